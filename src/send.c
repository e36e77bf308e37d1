/* send.c - what an end does by sending a segment: the effect of its own flags
 *
 * All that the segment proves of its sender was applied before (testimony.c), so the
 * state here is the one that the end was in when it sent.
 */
#include "conn_parts.h"

static void mark(struct end *self, const struct te_segment *seg)
{
	self->mark_tsval = seg->tsval;
	self->mark_id = seg->ip_id;
}

void send_syn(struct conn *conn, enum side side, const struct te_segment *seg,
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
		self->syn_has = (uint8_t)seg->has;
		if (conn->end[side_other(side)].opener)
			conn_note(conn, side, NOTE_UNUSUAL_OPENING, seg, 0);
		conn_move(conn, side, STATE_SND_SYN, &origin);
	} else if (repeat) {
		self->syn_repeats++;
		self->syn_gap = seg->time - self->syn_last;
		self->syn_last = seg->time;
		if (self->syn_frame)
			conn_note(conn, side, NOTE_SYN_REPEAT, seg, 0);
	}
	if (!self->syn_frame) { /* a tap that reorders showed its SYN+ACK first */
		self->syn_frame = seg->frame;
		self->syn_has = (uint8_t)seg->has;
	}
	mark(self, seg);
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

/* A listener on an ephemeral port is rare, and Linux' request sockets answer with IP ID
 * 0. */
bool send_may_have_connected(const struct conn *conn, enum side side,
			     const struct te_segment *seg)
{
	return !conn->end[side].opener && (seg->ip_id || conn->ip_version == 6) &&
	       (conn->port[SIDE_A] == conn->port[SIDE_B] ||
		(conn->port[SIDE_A] >= CONN_EPHEMERAL &&
		 conn->port[SIDE_B] >= CONN_EPHEMERAL));
}

static void first_synack(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct origin origin = origin_sent(seg), before = origin;

	before.time = peer->syn_time;
	before.frame = peer->syn_frame;
	before.basis = TE_ACKED;
	before.doubtful = origin.doubtful = send_may_have_connected(conn, side, seg);
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
	self->syn_has = (uint8_t)seg->has;
}

/* All of one handshake have the same number: RFC 9293 3.4.1, 3.8.1. One that is late and
 * of an end already synchronised may answer another SYN. */
static void note_changed_synack(struct conn *conn, enum side side,
				const struct te_segment *seg)
{
	const struct end *self = &conn->end[side];

	if (self->synack_sent && self->iss != seg->seq && !self->opener)
		conn_note(conn, side, NOTE_SYNACK_CHANGED, seg, seg->seq);
}

/* False: it answers nothing that was sent, and its numbers are not to be believed. */
bool send_synack(struct conn *conn, enum side side, const struct te_segment *seg,
		 bool repeat)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (!peer->iss_known && peer->state == TE_UNKNOWN)
		imply_syn(conn, side_other(side), seg);
	if (peer->iss_known && !conn_synack_covers(peer, seg)) {
		conn_note(conn, side, NOTE_BAD_SYNACK, seg, seg->ack);
		return false;
	}
	note_changed_synack(conn, side, seg);
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
	if (peer->syn_len && seg->ack != peer->iss + 1) {
		self->tfo = true;
		conn_note(conn, side, NOTE_UNUSUAL_OPENING, seg, 0);
	}
	mark(self, seg);
	return true;
}

void send_keep_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side];

	conn_arm_undo(conn, side);
	self->fin_sent = true;
	self->fin_implied = false;
	self->fin_end = measure_end(seg);
	self->fin_time = self->fin_last = seg->time;
	self->fin_frame = seg->frame;
	self->fin_ttl = seg->ttl;
}

static void first_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct origin origin = origin_sent(seg);
	bool last = self->state == TE_UNKNOWN && peer->fin_sent && seg->flags & TE_ACK &&
		    seq_ge(seg->ack, peer->fin_end);

	/* RFC 7323 3.2: with timestamps agreed, every segment but RST has them. And a FIN
	 * ahead of a hole: is the hole the tap's, or the FIN somebody else's? */
	origin.doubtful = (self->ts_known && peer->ts_known && !(seg->has & TE_HAS_TS)) ||
			  (self->snd_known && seq_gt(seg->seq, self->snd_nxt));

	send_keep_fin(conn, side, seg);
	if (self->snd_known && seq_gt(seg->seq, self->snd_nxt))
		note_fin_ahead(conn, side, seg, FIN_AHEAD_AT_TAP);
	conn_move(conn, side, last ? STATE_SND_FIN_LAST : STATE_SND_FIN, &origin);
	if (last)
		receipt_drop_kind(conn, side, RECEIPT_FIN);
}

void conn_undo_fin(struct conn *conn, enum side side, const struct te_segment *seg,
		   enum fin_moved how)
{
	struct end *self = &conn->end[side];

	struct end *peer = &conn->end[side_other(side)];

	struct te_segment first = { .time = self->fin_time,
				    .frame = self->fin_frame,
				    .file = seg->file };

	if (!self->fin_sent || !conn_undo(conn, side))
		return;
	conn_note(conn, side, NOTE_FIN_MOVED, &first, how);
	self->fin_sent = self->fin_implied = false;
	self->snd_nxt = self->fin_end - 1;
	conn_note(conn, side, NOTE_FIN_MOVED, seg, how);
	receipt_drop_kind(conn, side_other(side), RECEIPT_FIN);
	receipt_drop_kind(conn, side, RECEIPT_ACK_OF_FIN);
	/* What it proved of the peer's FIN stays proven. */
	if (peer->fin_sent && self->ack_known && seq_ge(self->ack, peer->fin_end)) {
		struct origin fin = { .time = peer->fin_time,
				      .frame = peer->fin_frame,
				      .file = seg->file,
				      .proof = seg->frame,
				      .basis = TE_ACKED };
		conn_move(conn, side, STATE_RCV_FIN, &fin);
	}
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

/* Before its FIN, and not of another connection whose SYN the capture does not have. */
static bool is_nearer(const struct end *self, uint32_t end)
{
	return seq_lt(end, self->fin_end) && seq_diff(self->fin_end, end) < 1 << 24;
}

void send_fin(struct conn *conn, enum side side, const struct te_segment *seg,
	      bool repeat)
{
	struct end *self = &conn->end[side];
	uint32_t end = measure_end(seg);

	if (self->fin_sent && seq_gt(end, self->fin_end))
		conn_undo_fin(conn, side, seg, FIN_FURTHER);
	if (!self->fin_sent) {
		first_fin(conn, side, seg);
	} else if (self->fin_implied && end == self->fin_end) {
		late_original_fin(conn, side, seg);
	} else if (end == self->fin_end && repeat) {
		self->fin_repeats++;
		self->fin_last = seg->time;
		conn_note(conn, side, NOTE_FIN_REPEAT, seg, 0);
	} else if (repeat && is_nearer(self, end)) {
		conn_note(conn, side, NOTE_FIN_MOVED, seg, FIN_NEARER);
	}
	mark(self, seg);
}

/* Apart, so that who has nothing to do need not make room. */
static __attribute__((noinline)) void go_on_from(struct conn *conn, enum side side,
						 const struct te_segment *seg)
{
	struct origin origin = origin_sent(seg);

	conn_move(conn, side, STATE_SND_OTHER, &origin);
}

void send_other(struct conn *conn, enum side side, const struct te_segment *seg)
{
	enum te_state state = (enum te_state)conn->end[side].state;
	const struct state_step *step = state_step(state, STATE_SND_OTHER);

	if (step->known && step->to != state)
		go_on_from(conn, side, seg);
}

/* states.md 5: a FIN that its sender takes back was somebody else's. */
void send_check_forged_fin(struct conn *conn, enum side side,
			   const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	uint32_t end = measure_end(seg);

	if (!self->fin_sent || seg->flags & (TE_SYN | TE_FIN))
		return;
	if (seg->len && seq_gt(end, self->fin_end) && seq_ge(seg->seq, self->fin_end - 1))
		conn_undo_fin(conn, side, seg, FIN_DATA_MORE);
	else if (!seg->len && seg->seq + 1 == self->fin_end && peer->ack_known &&
		 seq_ge(peer->ack, self->fin_end) &&
		 seg->time - peer->last < TE_SEC / 2 && seg->ttl != self->fin_ttl)
		conn_undo_fin(conn, side, seg, FIN_TAKEN);
}
