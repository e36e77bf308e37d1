/* contradict.c - what a segment shows its sender not to have received
 *
 * An end that repeats what a receipt would have ended, later than a round trip after that
 * passed, did not take it; earlier, the two merely crossed. An ACK number short of the
 * peer's FIN says the same of the FIN. The next copy arms the receipt again.
 */
#include "conn_parts.h"

static void contradict(struct conn *conn, enum side self, enum receipt_kind kind,
		       const struct te_segment *seg, te_time grace, enum note_kind note)
{
	struct receipt *r;

	while ((r = receipt_find(conn, self, kind)) && seg->time - r->time > grace) {
		r->contradicted = true;
		conn->end[self].refused_wait = seg->time - r->time;
		conn_note(conn, self, note, seg,
			  (uint32_t)((seg->time - r->time) / TE_MS));
	}
}

static bool waits_behind_hole(const struct end *y, const struct te_segment *seg)
{
	return seg->flags & TE_ACK && seq_lt(seg->ack, y->fin_end - 1);
}

static void contradict_fin(struct conn *conn, enum side self,
			   const struct te_segment *seg, te_time rtt)
{
	struct receipt *r = receipt_find(conn, self, RECEIPT_FIN);
	bool sacked = r && seg->has & TE_HAS_SACK && seg->sack_right == r->end;

	if (!r || (!sacked && seg->time - r->time <= rtt * 3 / 2 + 2 * TE_MS))
		return;
	r->contradicted = true;
	note_fin_ahead(conn, side_other(self), seg,
		       sacked ? FIN_AHEAD_BY_SACK : FIN_AHEAD_BY_ACK);
}

void contradict_pending(struct conn *conn, enum side self, const struct te_segment *seg,
			bool repeat)
{
	const struct end *x = &conn->end[self], *y = &conn->end[side_other(self)];
	te_time rtt = end_rtt(x);

	if (repeat && seg->flags & TE_SYN && seg->flags & TE_ACK)
		contradict(conn, self, RECEIPT_ACK_OF_SYN, seg, rtt,
			   NOTE_HANDSHAKE_ACK_IGNORED);
	else if (repeat && seg->flags & TE_SYN)
		contradict(conn, self, RECEIPT_SYNACK, seg, rtt, NOTE_SYN_REPEAT);
	if (repeat && seg->flags & TE_FIN)
		contradict(conn, self, RECEIPT_ACK_OF_FIN, seg, rtt,
			   NOTE_ACK_OF_FIN_LOST);
	if (y->fin_sent && seg->flags & TE_ACK && seg->ack + 1 == y->fin_end)
		contradict(conn, self, RECEIPT_FIN, seg, rtt * 3 / 2 + 2 * TE_MS,
			   NOTE_FIN_LOST);
	/* Below that, or with the FIN in a SACK block: it waits behind a hole. */
	if (y->fin_sent && waits_behind_hole(y, seg))
		contradict_fin(conn, self, seg, rtt);
	/* An end that goes on did not take the RST. But a SYN after a refusal is a new
	 * try with old numbers, as Windows makes two of. */
	contradict(conn, self, RECEIPT_RST, seg, rtt,
		   seg->flags & TE_SYN ? NOTE_SYN_REPEAT : NOTE_RST_LOST);
}
