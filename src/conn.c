/* conn.c - one segment at one connection, from its sender's testimony to the receipts
 *
 * In this order: is it a second capture of the same frame; what does it prove and
 * contradict of its sender's pending receipts (testimony.c); what does its sender do by
 * sending it; what does it bring its receiver (receipt.c).
 */
#include "conn.h"

#include <stdlib.h>
#include <string.h>

/* An ephemeral port is the client's: IANA's range and Linux' begin at or above this. */
enum { WELL_KNOWN = 1024, EPHEMERAL = 32768 };

static enum side guess_client(const struct conn *conn, enum side from)
{
	const uint16_t *port = conn->port;

	if ((port[SIDE_A] < WELL_KNOWN) != (port[SIDE_B] < WELL_KNOWN))
		return port[SIDE_A] < WELL_KNOWN ? SIDE_B : SIDE_A;
	if ((port[SIDE_A] >= EPHEMERAL) != (port[SIDE_B] >= EPHEMERAL))
		return port[SIDE_A] >= EPHEMERAL ? SIDE_A : SIDE_B;
	return from;
}

void conn_init(struct conn *conn, const struct te_segment *seg, enum side from)
{
	for (int i = 0; i < 2; i++) {
		conn->end[i].rtt = TE_TIME_NONE;
		conn->end[i].since = seg->time;
	}
	conn->file = seg->file;
	conn->frame = seg->frame;
	conn->first = seg->time;
	conn->client = (uint8_t)guess_client(conn, from);
}

void conn_release(struct conn *conn)
{
	free(conn->log);
	free(conn->notes);
	free(conn->told);
	peers_release(&conn->peers);
}

/* Roles by flags: who sent the first SYN without ACK, else who was sent a SYN+ACK. */
static void learn_roles(struct conn *conn, enum side from, const struct te_segment *seg)
{
	if (conn->roles_certain || !(seg->flags & TE_SYN) || seg->flags & TE_RST)
		return;
	conn->client = (uint8_t)(seg->flags & TE_ACK ? side_other(from) : from);
	conn->roles_certain = true;
}

static void mark(struct end *self, const struct te_segment *seg)
{
	self->mark_tsval = seg->tsval;
	self->mark_id = seg->ip_id;
}

/* ---- what the sender does by sending it ---- */

static void send_syn(struct conn *conn, enum side side, const struct te_segment *seg,
		     bool repeat)
{
	struct end *self = &conn->end[side];
	struct origin origin = origin_sent(seg);

	if (self->state == TE_UNKNOWN || !self->iss_known) {
		self->iss = seg->seq;
		self->iss_known = self->opener = true;
		self->syn_len = seg->len;
		self->syn_time = self->syn_last = seg->time;
		self->syn_frame = seg->frame;
		conn_move(conn, side, STATE_SND_SYN, &origin);
	} else if (repeat) {
		self->syn_repeats++;
		self->syn_gap = seg->time - self->syn_last;
		self->syn_last = seg->time;
		conn_note(conn, side, NOTE_SYN_REPEAT, seg, 0);
	}
	mark(self, seg);
}

static bool synack_covers(const struct end *peer, const struct te_segment *seg)
{
	return seq_gt(seg->ack, peer->iss) &&
	       seq_le(seg->ack, peer->iss + 1 + peer->syn_len);
}

/* The capture does not have the SYN; the SYN+ACK shows that there was one. */
static void imply_syn(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side];
	struct origin origin = origin_sent(seg);

	origin.basis = TE_IMPLIED;
	self->iss = seg->ack - 1;
	self->iss_known = self->opener = true;
	self->snd_nxt = seg->ack;
	self->snd_known = true;
	self->syn_time = self->syn_last = seg->time;
	conn_move(conn, side, STATE_SND_SYN, &origin);
}

/* Its own SYN, of a simultaneous open, may have been lost before the tap. A listener on
 * an ephemeral port is rare, and Linux' request sockets answer with IP ID 0. */
static bool may_have_connected(const struct conn *conn, enum side side,
			       const struct te_segment *seg)
{
	return !conn->end[side].opener && seg->ip_id && conn->port[SIDE_A] >= EPHEMERAL &&
	       conn->port[SIDE_B] >= EPHEMERAL;
}

static void first_synack(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct origin origin = origin_sent(seg), before = origin;

	before.time = peer->syn_time;
	before.frame = peer->syn_frame;
	before.basis = TE_ACKED;
	before.doubtful = origin.doubtful = may_have_connected(conn, side, seg);
	if (self->state == TE_UNKNOWN || self->state == TE_CLOSED) {
		conn_move(conn, side, STATE_LISTENED, &before);
		receipt_drop_kind(conn, side, RECEIPT_SYN);
	}
	conn_move(conn, side, STATE_SND_SYNACK, &origin);
	self->iss = seg->seq;
	self->iss_known = self->synack_sent = true;
	if (!self->opener)
		self->syn_time = seg->time;
	self->syn_last = seg->time;
	if (!self->syn_frame || !self->opener)
		self->syn_frame = seg->frame;
}

/* False: it answers nothing that was sent, and its numbers are not to be believed. */
static bool send_synack(struct conn *conn, enum side side, const struct te_segment *seg,
			bool repeat)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (!peer->iss_known && peer->state == TE_UNKNOWN)
		imply_syn(conn, side_other(side), seg);
	if (peer->iss_known && !synack_covers(peer, seg)) {
		conn_note(conn, side, NOTE_BAD_SYNACK, seg, 0);
		return false;
	}
	if (self->state == TE_UNKNOWN || self->state == TE_LISTEN ||
	    self->state == TE_SYN_SENT ||
	    (self->state == TE_CLOSED && !self->iss_known) ||
	    (self->state == TE_SYN_RCVD && !self->synack_sent)) {
		first_synack(conn, side, seg);
	} else if (self->state == TE_SYN_RCVD && self->iss != seg->seq &&
		   !peer->ack_known) {
		self->iss = seg->seq; /* the one that the client acknowledges counts */
		self->snd_nxt = measure_end(seg);
	} else if (repeat) {
		self->syn_repeats++;
		self->syn_gap = seg->time - self->syn_last;
		self->syn_last = seg->time;
		conn_note(conn, side, NOTE_SYNACK_REPEAT, seg, 0);
	}
	if (peer->syn_len && seg->ack != peer->iss + 1)
		self->tfo = true;
	mark(self, seg);
	return true;
}

static void first_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct origin origin = origin_sent(seg);
	bool last = self->state == TE_UNKNOWN && peer->fin_sent && seg->flags & TE_ACK &&
		    seq_ge(seg->ack, peer->fin_end);

	conn_arm_undo(conn, side);
	self->fin_sent = true;
	self->fin_implied = false;
	self->fin_end = measure_end(seg);
	self->fin_time = self->fin_last = seg->time;
	self->fin_frame = seg->frame;
	self->fin_ttl = seg->ttl;
	self->bytes_at_fin = peer->bytes;
	conn_move(conn, side, last ? STATE_SND_FIN_LAST : STATE_SND_FIN, &origin);
	if (last)
		receipt_drop_kind(conn, side, RECEIPT_FIN);
}

void conn_undo_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side];

	if (!self->fin_sent || !conn_undo(conn, side))
		return;
	self->fin_sent = self->fin_implied = false;
	self->snd_nxt = self->fin_end - 1;
	conn_note(conn, side, NOTE_FIN_MOVED, seg, 0);
	receipt_drop_kind(conn, side_other(side), RECEIPT_FIN);
	receipt_drop_kind(conn, side, RECEIPT_ACK_OF_FIN);
}

/* states.md 4: the FIN that was only implied passes after all. If it does not cover the
 * peer's FIN, it was sent before that one arrived. */
static void late_original_fin(struct conn *conn, enum side side,
			      const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct origin origin = origin_sent(seg);
	struct origin fin = { .time = self->fin_time,
			      .frame = self->fin_frame,
			      .file = seg->file,
			      .proof = seg->frame,
			      .basis = TE_ACKED };

	self->fin_implied = false;
	if (!peer->fin_sent || seq_ge(seg->ack, peer->fin_end) || !conn_undo(conn, side))
		return;
	conn_move(conn, side, STATE_SND_FIN, &origin);
	conn_move(conn, side, STATE_RCV_FIN, &fin);
}

static void send_fin(struct conn *conn, enum side side, const struct te_segment *seg,
		     bool repeat)
{
	struct end *self = &conn->end[side];
	uint32_t end = measure_end(seg);

	if (self->fin_sent && seq_gt(end, self->fin_end))
		conn_undo_fin(conn, side, seg);
	if (!self->fin_sent) {
		first_fin(conn, side, seg);
	} else if (self->fin_implied && end == self->fin_end) {
		late_original_fin(conn, side, seg);
	} else if (end == self->fin_end && repeat) {
		self->fin_repeats++;
		self->fin_last = seg->time;
		conn_note(conn, side, NOTE_FIN_REPEAT, seg, 0);
	}
	mark(self, seg);
}

static void send_other(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct origin origin = origin_sent(seg);

	if (conn->end[side].state != TE_SYN_SENT && conn->end[side].state != TE_LISTEN)
		conn_move(conn, side, STATE_SND_OTHER, &origin);
}

/* states.md 5: a FIN that its sender takes back was somebody else's. */
static void check_forged_fin(struct conn *conn, enum side side,
			     const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	uint32_t end = measure_end(seg);

	if (!self->fin_sent || seg->flags & (TE_SYN | TE_FIN))
		return;
	if (seg->len && seq_gt(end, self->fin_end) && seq_ge(seg->seq, self->fin_end - 1))
		conn_undo_fin(conn, side, seg);
	else if (!seg->len && seg->seq + 1 == self->fin_end && peer->ack_known &&
		 seq_ge(peer->ack, self->fin_end) &&
		 seg->time - peer->last < TE_SEC / 2 && seg->ttl != self->fin_ttl)
		conn_undo_fin(conn, side, seg);
}

/* ---- what it brings its receiver ---- */

static void bring_syn(struct conn *conn, enum side to, const struct te_segment *seg)
{
	struct end *target = &conn->end[to];

	if (!(seg->flags & TE_ACK)) {
		if ((target->state == TE_SYN_SENT || target->state == TE_UNKNOWN) &&
		    !receipt_find_any(conn, to, RECEIPT_SYN))
			receipt_add(conn, to, RECEIPT_SYN, seg);
		return;
	}
	if (!synack_covers(target, seg))
		return;
	if (target->state == TE_SYN_SENT ||
	    (target->state == TE_SYN_RCVD && target->opener))
		receipt_add_copy(conn, to, RECEIPT_SYNACK, seg);
}

static void bring_ack_of_syn(struct conn *conn, enum side to,
			     const struct te_segment *seg)
{
	const struct end *target = &conn->end[to];

	if (target->state != TE_SYN_RCVD || !(seg->flags & TE_ACK) || seg->flags & TE_SYN)
		return;
	if (seq_gt(seg->ack, target->iss) && !seq_gt(seg->ack, target->snd_nxt) &&
	    !receipt_find(conn, to, RECEIPT_ACK_OF_SYN))
		receipt_add(conn, to, RECEIPT_ACK_OF_SYN, seg);
}

static void bring_ack_of_fin(struct conn *conn, enum side to,
			     const struct te_segment *seg)
{
	struct end *target = &conn->end[to];
	struct receipt *r;

	if (!target->fin_sent || !(seg->flags & TE_ACK) || seg->ack != target->fin_end)
		return;
	if (target->state != TE_FIN_WAIT_1 && target->state != TE_CLOSING &&
	    target->state != TE_LAST_ACK)
		return;
	r = receipt_find(conn, to, RECEIPT_ACK_OF_FIN);
	if (!r && !receipt_find_any(conn, to, RECEIPT_ACK_OF_FIN))
		target->fin_acked_by_fin = seg->flags & TE_FIN;
	if (!r)
		r = receipt_add(conn, to, RECEIPT_ACK_OF_FIN, seg);
	if (seg->len && !r->has_proof_seq) {
		r->has_proof_seq = true;
		r->proof_seq = seg->seq + seg->len;
	}
}

/* The FIN, its later copies, and a repeat of data below it that fills a hole: then the
 * receipt is complete only now. */
static void bring_fin(struct conn *conn, enum side from, enum side to,
		      const struct te_segment *seg)
{
	const struct end *self = &conn->end[from], *target = &conn->end[to];
	uint32_t end = measure_end(seg);
	bool fills = !(seg->flags & TE_FIN) && seg->len && seq_lt(end, self->fin_end) &&
		     target->ack_known && seq_lt(target->ack, end);
	struct receipt *first;

	if (!self->fin_sent || (target->ack_known && seq_ge(target->ack, self->fin_end)))
		return;
	if (!(seg->flags & TE_FIN) && !fills)
		return;
	first = receipt_find_any(conn, to, RECEIPT_FIN);
	if (first)
		first->repeated = true;
	else if (fills)
		return;
	first = receipt_add_copy(conn, to, RECEIPT_FIN, seg);
	first->end = self->fin_end;
	first->repeated = self->fin_repeats > 0;
}

static void bring(struct conn *conn, enum side from, const struct te_segment *seg)
{
	enum side to = side_other(from);

	if (conn->end[to].state == TE_CLOSED)
		return;
	if (seg->flags & TE_SYN)
		bring_syn(conn, to, seg);
	bring_ack_of_syn(conn, to, seg);
	bring_ack_of_fin(conn, to, seg);
	bring_fin(conn, from, to, seg);
}

/* ---- one segment ---- */

static bool ordinary(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side];
	bool stale = measure_is_stale(self, seg);
	bool repeat = !stale && !measure_is_copy(self, seg);

	measure_gaps(conn, side, seg);
	rst_check_forged(conn, side, seg);
	check_forged_fin(conn, side, seg);
	if (self->state == TE_UNKNOWN && !(seg->flags & (TE_SYN | TE_FIN)))
		send_other(conn, side, seg);
	if (!stale && self->state != TE_UNKNOWN) {
		testimony_prove(conn, side, seg);
		if (!measure_is_copy_of_last(self, seg))
			testimony_contradict(conn, side, seg, repeat && self->packets);
	}
	if (seg->flags & TE_SYN && seg->flags & TE_ACK) {
		if (!send_synack(conn, side, seg, repeat))
			return false;
	} else if (seg->flags & TE_SYN) {
		send_syn(conn, side, seg, repeat);
	} else if (seg->flags & TE_FIN) {
		send_fin(conn, side, seg, repeat);
	} else {
		send_other(conn, side, seg);
	}
	bring(conn, side, seg);
	measure_probe(conn, side, seg);
	return true;
}

bool conn_segment(struct conn *conn, enum side from, const struct te_segment *seg,
		  te_time duplicate_limit)
{
	struct end *self = &conn->end[from];
	bool believed = true;

	conn->last = seg->time;
	conn->last_file = seg->file;
	conn->last_frame = seg->frame;
	if (measure_captured_twice(self, seg, duplicate_limit)) {
		conn->duplicates++;
		return true;
	}
	learn_roles(conn, from, seg);
	conn->syn_seen |= seg->flags & TE_SYN;
	if (seg->flags & TE_RST)
		rst_sent(conn, from, seg);
	else
		believed = ordinary(conn, from, seg);
	measure_count(self, seg);
	if (believed)
		measure_sent(self, seg);
	return false;
}

/* ---- the end ---- */

static bool reset_meanwhile(const struct conn *conn, const struct receipt *fin)
{
	for (unsigned i = 0; i < conn->receipt_count; i++) {
		const struct receipt *r = &conn->receipts[i];

		if (r->to == fin->to && r->kind == RECEIPT_RST && !r->contradicted)
			return true;
	}
	return false;
}

static const struct receipt *first_copy(const struct conn *conn, const struct receipt *of)
{
	for (unsigned i = 0; i < conn->receipt_count; i++) {
		const struct receipt *r = &conn->receipts[i];

		if (r->to == of->to && r->kind == of->kind && !r->contradicted)
			return r;
	}
	return of;
}

static const struct receipt *fin_of_same_segment(const struct conn *conn,
						 const struct receipt *ack)
{
	for (unsigned i = 0; i < conn->receipt_count; i++) {
		const struct receipt *r = &conn->receipts[i];

		if (r->kind == RECEIPT_FIN && r->to == ack->to && r->frame == ack->frame)
			return r;
	}
	return NULL;
}

/* RFC 1122 4.2.3.2: an ACK comes within half a second. A FIN or SYN+ACK that was
 * repeated, or is old enough and unanswered, is not presumed received. */
static bool is_unanswered(const struct conn *conn, const struct receipt *r, te_time now)
{
	const struct end *target = &conn->end[r->to],
			 *sender = &conn->end[side_other(r->to)];
	te_time patience = TE_SEC / 2 + 2 * end_rtt(target);
	const struct receipt *fin;

	if (r->kind == RECEIPT_ACK_OF_FIN && (fin = fin_of_same_segment(conn, r)))
		r = fin;
	if (r->kind == RECEIPT_FIN)
		return (sender->fin_repeats || now - r->time > patience) &&
		       !reset_meanwhile(conn, r);
	if (r->kind == RECEIPT_SYNACK)
		return now - first_copy(conn, r)->time > patience;
	return false;
}

static struct receipt *next_to_presume(struct conn *conn, te_time now)
{
	struct receipt *best = NULL;

	for (unsigned i = 0; i < conn->receipt_count; i++) {
		struct receipt *r = &conn->receipts[i];

		if (!r->contradicted && !is_unanswered(conn, r, now) &&
		    (!best || receipt_before(r, best)))
			best = r;
	}
	return best;
}

void conn_settle(struct conn *conn, te_time now)
{
	struct receipt *r;

	while ((r = next_to_presume(conn, now)))
		receipt_apply(conn, r, NULL, TE_PRESUMED);
	conn->settled = true;
}

static bool is_final(const struct end *end)
{
	return end->state == TE_CLOSED || end->state == TE_TIME_WAIT;
}

bool conn_is_over(const struct conn *conn, te_time now)
{
	struct conn trial = *conn;

	trial.trial = CONN_TRIAL;
	conn_settle(&trial, now);
	return is_final(&trial.end[SIDE_A]) && is_final(&trial.end[SIDE_B]);
}

/* The first, in order of passing, that closes something. */
static struct receipt *next_of_close(struct conn *conn, enum side self)
{
	struct receipt *best = NULL;

	for (unsigned i = 0; i < conn->receipt_count; i++) {
		struct receipt *r = &conn->receipts[i];

		if (r->to == self && (!best || receipt_before(r, best)) &&
		    (r->kind == RECEIPT_FIN || r->kind == RECEIPT_ACK_OF_FIN))
			best = r;
	}
	return best;
}

void conn_prove_over(struct conn *conn, enum side self, uint64_t frame)
{
	struct te_segment proof = { .frame = frame };
	struct receipt *r;

	while (conn->end[self].fin_sent && (r = next_of_close(conn, self)))
		receipt_apply(conn, r, &proof, TE_ACKED);
}

void conn_expire(struct conn *conn, te_time time_wait)
{
	struct origin origin = { .time = conn->last + time_wait,
				 .file = conn->last_file,
				 .basis = TE_TIMER };

	for (int i = 0; i < 2; i++)
		if (conn->end[i].state == TE_TIME_WAIT)
			conn_move(conn, (enum side)i, STATE_TIMER_2MSL, &origin);
}
