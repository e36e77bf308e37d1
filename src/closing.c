/* closing.c - the short way of a close in good order
 *
 * FIN, ACK, FIN, ACK, or FIN, FIN, ACK, just where they are expected, and data between
 * the first two FINs. testimony.c, send.c and bring.c would come to what stands here: one
 * function for each of these segments, by the states of both ends and by what is on its
 * way to them. tests/shortcuts.c says where they come to something else.
 */
#include "order.h"
#include "transfer.h"

/* Nobody doubts a number, or waits for something. */
static bool is_calm(const struct conn *conn, const struct end *a, const struct end *b)
{
	const struct transfer *t = conn->transfer;
	bool known = a->ack_known & b->ack_known & a->snd_known & b->snd_known;
	bool odd = conn->watched | a->over_pending | b->over_pending | a->hole | b->hole;

	return known && !odd && !(a->fin_ahead | b->fin_ahead) &&
	       !(t && (t->end[SIDE_A].shrunk | t->end[SIDE_B].shrunk));
}

/* The ith receipt is this one, and the only one of its kind. */
static bool awaits(const struct conn *conn, unsigned i, enum side to,
		   enum receipt_kind kind)
{
	const struct receipt *r = &conn->receipts[i];

	return r->to == to && r->kind == kind && !r->contradicted && !r->repeated;
}

/* Nothing else is on its way than this to an end in that state, or nothing to one that is
 * further. */
static bool awaits_only(const struct conn *conn, enum side to, enum te_state state,
			enum receipt_kind kind, enum te_state further)
{
	enum te_state now = (enum te_state)conn->end[to].state;

	return conn->receipt_count
		   ? conn->receipt_count == 1 && now == state && awaits(conn, 0, to, kind)
		   : now == further;
}

/* ---- what a segment does ---- */

/* It had the ACK of its SYN. */
static void leave_syn_rcvd(struct conn *conn, enum side side,
			   const struct te_segment *seg)
{
	order_enter(conn, side, STATE_RCV_ACK_OF_SYN, TE_ESTABLISHED,
		    origin_receipt(conn->receipts, seg, TE_ACKED));
	conn->left_syn_rcvd = conn->end[side].since;
	receipt_drop(conn, conn->receipts);
}

/* The peer's FIN has arrived. When it did is only presumed if data of this end was in
 * flight, or its own FIN came late (testimony.c, may_have_closed()). */
static void take_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	const struct receipt *fin = conn->receipts;
	bool late =
	    seg->flags & TE_FIN && seg->time - fin->time > end_rtt(self) + TE_SEC / 5;
	bool presumed = late || seq_lt(peer->ack, self->snd_nxt);

	order_enter(conn, side, STATE_RCV_FIN, TE_CLOSE_WAIT,
		    origin_receipt(fin, seg, presumed ? TE_PRESUMED : TE_ACKED));
	conn->receipt_count = 0;
}

/* send.c's first_fin(), with nothing missing before it. */
static inline void put_fin(struct conn *conn, enum side side,
			   const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct origin origin = origin_sent(seg);

	send_keep_fin(conn, side, seg);
	self->mark_tsval = seg->tsval;
	self->mark_id = seg->ip_id;
	origin.doubtful = self->ts_known && peer->ts_known && !(seg->has & TE_HAS_TS);
	order_enter(conn, side, STATE_SND_FIN,
		    self->state == TE_CLOSE_WAIT ? TE_LAST_ACK : TE_FIN_WAIT_1, origin);
}

/* Before it is sent by an end in CLOSE_WAIT: step.c's measure_silence(). */
static void end_silence(struct end *self, te_time now)
{
	te_time from = self->last_useful > self->since ? self->last_useful : self->since;

	if (now - from > self->close_wait_silence)
		self->close_wait_silence = now - from;
}

static inline void bring_ack(struct conn *conn, enum side from,
			     const struct te_segment *seg)
{
	const struct end *self = &conn->end[from];
	enum side to = side_other(from);
	struct receipt *r = order_bring(conn, to, RECEIPT_ACK_OF_FIN, seg);

	r->names_itself =
	    seg->has & TE_HAS_TS && (!self->ts_known || seq_gt(seg->tsval, self->tsval));
	conn->end[to].fin_acked_by_fin = seg->flags & TE_FIN;
}

/* ---- one function for each segment ---- */

/* Of an end whose peer, or which itself, may be in SYN_RCVD: a FIN shows that it had the
 * ACK of its SYN. */
static bool first_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side];
	enum side other = side_other(side);
	bool early = self->state == TE_SYN_RCVD;

	if (!awaits_only(conn, early ? side : other, TE_SYN_RCVD, RECEIPT_ACK_OF_SYN,
			 TE_ESTABLISHED) ||
	    (early && (self->tfo || conn->end[other].state != TE_ESTABLISHED)))
		return false;
	if (early)
		leave_syn_rcvd(conn, side, seg);
	put_fin(conn, side, seg);
	order_bring(conn, other, RECEIPT_FIN, seg);
	return true;
}

/* The answer to the FIN, alone or with this end's own FIN. */
static bool answer(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	bool early = self->state == TE_SYN_RCVD;

	if (conn->receipt_count != early + 1u ||
	    !awaits(conn, early, side, RECEIPT_FIN) || peer->state != TE_FIN_WAIT_1 ||
	    seg->len || seg->ack != peer->fin_end ||
	    (early && (self->tfo || !awaits(conn, 0, side, RECEIPT_ACK_OF_SYN))))
		return false;
	if (early)
		leave_syn_rcvd(conn, side, seg);
	take_fin(conn, side, seg);
	if (seg->flags & TE_FIN) {
		end_silence(self, seg->time);
		put_fin(conn, side, seg);
	}
	bring_ack(conn, side, seg);
	if (seg->flags & TE_FIN)
		order_bring(conn, side_other(side), RECEIPT_FIN, seg);
	return true;
}

/* It has the peer's FIN, and the peer perhaps its ACK of that. */
static bool has_fin(const struct conn *conn, enum side side, const struct te_segment *seg)
{
	enum side other = side_other(side);

	return seg->ack == conn->end[other].fin_end &&
	       awaits_only(conn, other, TE_FIN_WAIT_1, RECEIPT_ACK_OF_FIN, TE_FIN_WAIT_2);
}

/* A peer that acknowledges this data has had the ACK of its FIN. */
static bool go_on(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side];
	struct receipt *ack = &conn->receipts[0];

	if (!seg->len || !has_fin(conn, side, seg))
		return false;
	if (!self->half_closed)
		conn_note(conn, side, NOTE_HALF_CLOSED, seg, seg->seq);
	self->half_closed = true;
	if (!conn->receipt_count)
		return true;
	ack->separate = true;
	if (!ack->has_proof_seq)
		ack->proof_seq = measure_end(seg);
	ack->has_proof_seq = true;
	return true;
}

static bool proves(const struct receipt *ack, const struct te_segment *seg)
{
	return ack->has_proof_seq && seq_ge(seg->ack, ack->proof_seq);
}

static bool hear(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (seg->len || peer->state != TE_CLOSE_WAIT || peer->ack != self->fin_end ||
	    !awaits_only(conn, side, TE_FIN_WAIT_1, RECEIPT_ACK_OF_FIN, TE_FIN_WAIT_2) ||
	    (conn->receipt_count && !proves(&conn->receipts[0], seg)))
		return false;
	if (conn->receipt_count)
		order_enter(conn, side, STATE_RCV_ACK_OF_FIN, TE_FIN_WAIT_2,
			    origin_receipt(conn->receipts, seg, TE_ACKED));
	conn->receipt_count = 0;
	return true;
}

static bool second_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side];

	if (seg->len || !has_fin(conn, side, seg))
		return false;
	end_silence(self, seg->time);
	put_fin(conn, side, seg);
	order_bring(conn, side_other(side), RECEIPT_FIN, seg);
	return true;
}

/* It proves the peer's FIN and the ACK of its own, if the two are not one. */
static bool last_ack(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	bool waits = self->state == TE_FIN_WAIT_1;
	const struct receipt *ack = &conn->receipts[0], *fin = &conn->receipts[waits];
	bool three = waits && ack->frame == fin->frame && !ack->separate;

	if (conn->receipt_count != waits + 1u ||
	    !awaits(conn, waits, side, RECEIPT_FIN) || seg->len ||
	    seg->ack != peer->fin_end || seq_lt(fin->ack, self->fin_end) ||
	    (waits && (!awaits(conn, 0, side, RECEIPT_ACK_OF_FIN) ||
		       ack->time > fin->time || (ack->frame == fin->frame && !three))))
		return false;
	if (waits && !three)
		order_enter(
		    conn, side, STATE_RCV_ACK_OF_FIN, TE_FIN_WAIT_2,
		    origin_receipt(ack, seg, proves(ack, seg) ? TE_ACKED : TE_PRESUMED));
	order_enter(conn, side, STATE_RCV_FIN_ACK, TE_TIME_WAIT,
		    origin_receipt(fin, seg, TE_ACKED));
	conn->receipt_count = three;
	bring_ack(conn, side, seg);
	return true;
}

/* ---- which of them ---- */

static bool close_by_fin(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (self->fin_sent || self->fin_repeats || seg->flags == self->dup_flags ||
	    seq_gt(peer->ack, self->snd_nxt))
		return false;
	if (self->state == TE_CLOSE_WAIT)
		return second_fin(conn, side, seg);
	if (self->state != TE_ESTABLISHED && self->state != TE_SYN_RCVD)
		return false;
	return peer->fin_sent ? answer(conn, side, seg) : first_fin(conn, side, seg);
}

static bool close_by_ack(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (self->state == TE_CLOSE_WAIT)
		return go_on(conn, side, seg);
	if (seg->ack == self->ack)
		return false;
	if (self->state == TE_FIN_WAIT_1 || self->state == TE_FIN_WAIT_2)
		return peer->state == TE_LAST_ACK ? last_ack(conn, side, seg)
						  : hear(conn, side, seg);
	return (self->state == TE_ESTABLISHED || self->state == TE_SYN_RCVD) &&
	       peer->fin_sent && answer(conn, side, seg);
}

static inline bool is_expected(const struct end *self, const struct end *peer,
			       const struct te_segment *seg)
{
	uint8_t kind = order_kind(seg);

	return (kind == TE_ACK || kind == (TE_FIN | TE_ACK)) &&
	       order_is_plain(self, peer, seg);
}

static inline bool take(struct conn *conn, enum side from, const struct te_segment *seg)
{
	struct end *self = &conn->end[from], *peer = &conn->end[side_other(from)];

	if (!(seg->flags & TE_FIN ? close_by_fin(conn, from, seg)
				  : close_by_ack(conn, from, seg)))
		return false;
	order_take(self, peer, seg, measure_end(seg));
	return true;
}

bool closing_calm(struct conn *conn, enum side from, const struct te_segment *seg)
{
	return is_expected(&conn->end[from], &conn->end[side_other(from)], seg) &&
	       take(conn, from, seg);
}

enum closing closing_segment(struct conn *conn, enum side from,
			     const struct te_segment *seg)
{
	const struct end *self = &conn->end[from], *peer = &conn->end[side_other(from)];

	if (!is_calm(conn, self, peer) || !is_expected(self, peer, seg))
		return CLOSING_ELSE;
	if (take(conn, from, seg))
		return CLOSING_TAKEN;
	return transfer_is_still(self, seg) ? CLOSING_ELSE : CLOSING_IN_ORDER;
}
