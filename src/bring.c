/* bring.c - what a segment brings its receiver: receipts, pending until proven
 * (receipt.c) */
#include "conn_parts.h"

static void bring_syn(struct conn *conn, enum side to, const struct te_segment *seg)
{
	struct end *target = &conn->end[to];

	if (!(seg->flags & TE_ACK)) {
		if ((target->state == TE_SYN_SENT || target->state == TE_UNKNOWN) &&
		    !receipt_find_any(conn, to, RECEIPT_SYN))
			receipt_add(conn, to, RECEIPT_SYN, seg);
		return;
	}
	if (!conn_synack_covers(target, seg))
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

static struct receipt *add_ack_of_fin(struct conn *conn, enum side to,
				      const struct te_segment *seg)
{
	const struct end *self = &conn->end[side_other(to)];
	struct receipt *r = receipt_add(conn, to, RECEIPT_ACK_OF_FIN, seg);

	r->names_itself =
	    seg->has & TE_HAS_TS && (!self->ts_known || seq_gt(seg->tsval, self->tsval));
	return r;
}

static void bring_ack_of_fin(struct conn *conn, enum side to,
			     const struct te_segment *seg)
{
	struct end *target = &conn->end[to];
	struct receipt *r;

	if (!(seg->flags & TE_ACK) || seg->ack != target->fin_end)
		return;
	if (target->state != TE_FIN_WAIT_1 && target->state != TE_CLOSING &&
	    target->state != TE_LAST_ACK)
		return;
	r = receipt_find(conn, to, RECEIPT_ACK_OF_FIN);
	if (!r && !receipt_find_any(conn, to, RECEIPT_ACK_OF_FIN))
		target->fin_acked_by_fin = seg->flags & TE_FIN;
	if (!r)
		r = add_ack_of_fin(conn, to, seg);
	else if (!(seg->flags & TE_FIN))
		r->separate = true;
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
	struct receipt *first;
	bool fills;

	if (target->ack_known && seq_ge(target->ack, self->fin_end))
		return;
	fills = seg->len && seq_lt(end, self->fin_end) && target->ack_known &&
		seq_lt(target->ack, end);
	if (!(seg->flags & TE_FIN) && !fills)
		return;
	if (fills)
		note_fin_ahead(conn, from, seg, FIN_AHEAD_FILLED);
	first = receipt_find_any(conn, to, RECEIPT_FIN);
	if (first)
		first->repeated = true;
	else if (fills)
		return;
	first = receipt_add_copy(conn, to, RECEIPT_FIN, seg);
	first->end = self->fin_end;
	first->repeated = self->fin_repeats > 0;
}

void bring(struct conn *conn, enum side from, const struct te_segment *seg)
{
	enum side to = side_other(from);

	if (conn->end[to].state == TE_CLOSED)
		return;
	if (seg->flags & TE_SYN)
		bring_syn(conn, to, seg);
	bring_ack_of_syn(conn, to, seg);
	if (conn->end[to].fin_sent)
		bring_ack_of_fin(conn, to, seg);
	if (conn->end[from].fin_sent)
		bring_fin(conn, from, to, seg);
}
