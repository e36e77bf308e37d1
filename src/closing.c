/* closing.c - the short way of a close in good order
 *
 * FIN, ACK, FIN, ACK, or FIN, FIN, ACK, just where they are expected. testimony.c, send.c
 * and bring.c would come to what stands here: one function for each of these segments, by
 * the states of both ends and by what is on its way to them.
 */
#include "order.h"
#include "transfer.h"

/* Nobody keeps a log, doubts a number, or waits for something. */
static bool is_calm(const struct conn *conn, const struct end *a, const struct end *b)
{
	const struct transfer *t = conn->transfer;

	return !conn->keep_log && !conn->watched && a->ack_known && b->ack_known &&
	       a->snd_known && b->snd_known && !a->over_pending && !b->over_pending &&
	       !a->hole && !b->hole && !a->fin_ahead && !b->fin_ahead &&
	       !(t && (t->end[SIDE_A].shrunk || t->end[SIDE_B].shrunk));
}

/* The ith receipt is this one, and the only one of its kind. */
static bool awaits(const struct conn *conn, unsigned i, enum side to,
		   enum receipt_kind kind)
{
	const struct receipt *r = &conn->receipts[i];

	return r->to == to && r->kind == kind && !r->contradicted && !r->repeated &&
	       !r->separate && !r->has_proof_seq;
}

/* ---- what a segment does ---- */

/* The peer's FIN has arrived. When it did is only presumed if data of this end was in
 * flight, or its own FIN came late (testimony.c, may_have_closed()). */
static void take_fin(struct conn *conn, struct end *self, const struct end *peer,
		     const struct te_segment *seg)
{
	te_time passed = conn->receipts[0].time;
	bool late =
	    seg->flags & TE_FIN && seg->time - passed > end_rtt(self) + TE_SEC / 5;

	order_enter(self, TE_CLOSE_WAIT, passed, late || seq_lt(peer->ack, self->snd_nxt),
		    false);
	conn->receipt_count = 0;
}

/* send.c's first_fin(), with nothing missing before it. */
static void send(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	conn_arm_undo(conn, side);
	self->fin_sent = true;
	self->fin_implied = false;
	self->fin_end = measure_end(seg);
	self->fin_time = self->fin_last = seg->time;
	self->fin_frame = seg->frame;
	self->fin_ttl = seg->ttl;
	self->mark_tsval = seg->tsval;
	self->mark_id = seg->ip_id;
	order_enter(self, self->state == TE_CLOSE_WAIT ? TE_LAST_ACK : TE_FIN_WAIT_1,
		    seg->time, false,
		    self->ts_known && peer->ts_known && !(seg->has & TE_HAS_TS));
}

/* Before it is sent by an end in CLOSE_WAIT: step.c's measure_silence(). */
static void end_silence(struct end *self, te_time now)
{
	te_time from = self->last_useful > self->since ? self->last_useful : self->since;

	if (now - from > self->close_wait_silence)
		self->close_wait_silence = now - from;
}

static void bring_ack(struct conn *conn, enum side from, const struct te_segment *seg)
{
	const struct end *self = &conn->end[from];
	enum side to = side_other(from);
	struct receipt *r = receipt_add(conn, to, RECEIPT_ACK_OF_FIN, seg);

	r->names_itself =
	    seg->has & TE_HAS_TS && (!self->ts_known || seq_gt(seg->tsval, self->tsval));
	conn->end[to].fin_acked_by_fin = seg->flags & TE_FIN;
}

/* ---- one function for each segment ---- */

static bool first_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	if (conn->receipt_count || conn->end[side_other(side)].state != TE_ESTABLISHED)
		return false;
	send(conn, side, seg);
	receipt_add(conn, side_other(side), RECEIPT_FIN, seg);
	return true;
}

/* The answer to the FIN, alone or with this end's own FIN. */
static bool answer(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (conn->receipt_count != 1 || !awaits(conn, 0, side, RECEIPT_FIN) ||
	    peer->state != TE_FIN_WAIT_1 || seg->len || seg->ack != peer->fin_end)
		return false;
	take_fin(conn, self, peer, seg);
	if (seg->flags & TE_FIN) {
		end_silence(self, seg->time);
		send(conn, side, seg);
	}
	bring_ack(conn, side, seg);
	if (seg->flags & TE_FIN)
		receipt_add(conn, side_other(side), RECEIPT_FIN, seg);
	return true;
}

static bool second_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	enum side other = side_other(side);
	struct end *self = &conn->end[side], *peer = &conn->end[other];

	if (conn->receipt_count != 1 || !awaits(conn, 0, other, RECEIPT_ACK_OF_FIN) ||
	    peer->state != TE_FIN_WAIT_1 || seg->len || seg->ack != peer->fin_end)
		return false;
	end_silence(self, seg->time);
	send(conn, side, seg);
	receipt_add(conn, other, RECEIPT_FIN, seg);
	return true;
}

/* It proves the peer's FIN and the ACK of its own, of which nobody knows when it came if
 * the two are not one. */
static bool last_ack(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	const struct receipt *ack = &conn->receipts[0], *fin = &conn->receipts[1];
	bool three = ack->frame == fin->frame;

	if (conn->receipt_count != 2 || !awaits(conn, 0, side, RECEIPT_ACK_OF_FIN) ||
	    !awaits(conn, 1, side, RECEIPT_FIN) || peer->state != TE_LAST_ACK ||
	    seg->len || seg->ack != peer->fin_end || seq_lt(fin->ack, self->fin_end) ||
	    ack->time > fin->time)
		return false;
	if (!three)
		order_enter(self, TE_FIN_WAIT_2, ack->time, true, false);
	order_enter(self, TE_TIME_WAIT, fin->time, false, false);
	conn->receipt_count = three;
	bring_ack(conn, side, seg);
	return true;
}

static bool close_by_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (seg->flags == self->dup_flags || self->fin_repeats ||
	    seq_gt(peer->ack, self->snd_nxt))
		return false;
	if (self->state == TE_CLOSE_WAIT)
		return second_fin(conn, side, seg);
	if (self->state != TE_ESTABLISHED)
		return false;
	return peer->fin_sent ? answer(conn, side, seg) : first_fin(conn, side, seg);
}

static bool close_by_ack(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side];

	if (seg->ack == self->ack)
		return false;
	if (self->state == TE_ESTABLISHED)
		return answer(conn, side, seg);
	return self->state == TE_FIN_WAIT_1 && last_ack(conn, side, seg);
}

bool closing_segment(struct conn *conn, enum side from, const struct te_segment *seg)
{
	struct end *self = &conn->end[from], *peer = &conn->end[side_other(from)];
	uint8_t kind = order_kind(seg);
	bool fin = kind == (TE_FIN | TE_ACK);

	if ((!fin && (kind != TE_ACK || !peer->fin_sent)) || (fin && self->fin_sent) ||
	    !is_calm(conn, self, peer) || !order_is_plain(self, peer, seg))
		return false;
	if (!(fin ? close_by_fin : close_by_ack)(conn, from, seg))
		return false;
	order_take(self, peer, seg, measure_end(seg));
	return true;
}
