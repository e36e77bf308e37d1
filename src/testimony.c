/* testimony.c - what a segment proves of its sender
 *
 * A segment that X sends proves that X had received, in order, all of Y's sequence space
 * below the ACK number. So before its own effect is applied, the pending receipts that
 * it proves are, in sequence order, dated when they passed the tap.
 */
#include "conn_parts.h"

static bool covers(const struct te_segment *seg, uint32_t number)
{
	return seg->flags & TE_ACK && seq_ge(seg->ack, number);
}

/* The copy that the end's timestamp echo names (RFC 7323 4.3), else the first one that
 * is not contradicted. */
static struct receipt *choose_copy(struct conn *conn, enum side self,
				   enum receipt_kind kind, const struct te_segment *seg)
{
	for (unsigned i = 0; i < conn->receipt_count; i++) {
		struct receipt *r = &conn->receipts[i];

		if (r->to == self && r->kind == kind && r->has_ts &&
		    seg->has & TE_HAS_TS && r->tsval == seg->tsecr)
			return r;
	}
	return receipt_find_any(conn, self, kind);
}

/* It happened, though the capture does not have what made it happen. */
static void imply(struct conn *conn, enum side side, enum state_event event,
		  const struct te_segment *seg)
{
	struct origin origin = origin_sent(seg);

	origin.basis = TE_IMPLIED;
	conn_move(conn, side, event, &origin);
}

/* The peer's SYN+ACK is not in the capture; this ACK number shows that it was. */
static void imply_synack(struct conn *conn, enum side self, const struct te_segment *seg)
{
	struct end *peer = &conn->end[side_other(self)];

	if (!peer->iss_known) {
		peer->iss = seg->ack - 1;
		peer->iss_known = true;
		peer->syn_time = peer->syn_last = seg->time;
	}
	if (peer->state == TE_UNKNOWN)
		imply(conn, side_other(self), STATE_SND_SYNACK, seg);
	imply(conn, self, STATE_RCV_SYNACK, seg);
}

/* Its SYN+ACK was lost before the tap: it echoes the SYN's TSval, not the SYN+ACK's, or
 * reports the SYN a second time (D-SACK, RFC 2883). */
static bool names_syn(struct conn *conn, enum side self, const struct receipt *syn,
		      const struct te_segment *seg)
{
	const struct receipt *synack = receipt_find_any(conn, self, RECEIPT_SYNACK);
	const struct end *peer = &conn->end[side_other(self)];

	if (!synack)
		return true;
	if (seg->has & TE_HAS_SACK && seg->sack_right == peer->iss + 1)
		return true;
	return syn->has_ts && seg->has & TE_HAS_TS && seg->tsecr == syn->tsval &&
	       seg->tsecr != synack->tsval;
}

static void prove_in_syn_sent(struct conn *conn, enum side self,
			      const struct te_segment *seg)
{
	const struct end *peer = &conn->end[side_other(self)];
	struct receipt *r;

	if (!(seg->flags & TE_ACK) || (peer->iss_known && !seq_gt(seg->ack, peer->iss)))
		return;
	if (seg->flags & TE_SYN) {
		r = receipt_find_any(conn, self, RECEIPT_SYN);
		if (r)
			receipt_apply(conn, r, seg, TE_ACKED);
		return;
	}
	/* No SYN+ACK of its own: it did not take the peer's SYN, but its SYN+ACK. */
	r = receipt_find_any(conn, self, RECEIPT_SYN);
	if (r && names_syn(conn, self, r, seg)) {
		receipt_apply(conn, r, seg, TE_ACKED);
		return;
	}
	r = choose_copy(conn, self, RECEIPT_SYNACK, seg);
	if (r)
		receipt_apply(conn, r, seg,
			      receipt_find_any(conn, self, RECEIPT_SYN) ? TE_PRESUMED
									: TE_ACKED);
	else if (!receipt_find_any(conn, self, RECEIPT_SYN) && !(seg->flags & TE_RST))
		imply_synack(conn, self, seg);
	if (conn->end[self].state != TE_SYN_SENT)
		receipt_drop_kind(conn, self, RECEIPT_SYN);
}

/* states.md 3: a bare ACK at iss+1 and a bare RST prove nothing; a request socket sends
 * both. With Fast Open, data and FIN come from SYN_RCVD too. */
static bool proves_established(const struct conn *conn, enum side self,
			       const struct te_segment *seg)
{
	const struct end *x = &conn->end[self], *y = &conn->end[side_other(self)];
	bool beyond_syn = covers(seg, y->iss + 1 + y->syn_len + 1);

	if (seg->flags & TE_SYN || !(seg->flags & TE_ACK))
		return false;
	if (seg->flags & TE_RST)
		return (conn_is_passive(conn, self) && !x->tfo) || beyond_syn;
	if (beyond_syn)
		return true;
	if (x->tfo)
		return false;
	return seg->len || seg->flags & TE_FIN || seg->seq != x->iss + 1;
}

static bool fast_open_ack_is_old(struct conn *conn, enum side self,
				 const struct te_segment *seg)
{
	const struct end *x = &conn->end[self];
	struct receipt *r = receipt_find(conn, self, RECEIPT_ACK_OF_SYN);

	if (!r || !x->tfo || seg->flags & (TE_SYN | TE_RST))
		return false;
	if (r->has_ts && seg->has & TE_HAS_TS && seq_ge(seg->tsecr, r->tsval))
		return true;
	return seg->time - r->time > end_rtt(x) * 3 / 2;
}

/* With Fast Open a close() with data queued leaves SYN_RCVD without a segment. */
static bool may_have_closed_early(const struct conn *conn, enum side self)
{
	const struct end *x = &conn->end[self], *y = &conn->end[side_other(self)];

	return x->tfo && y->ack_known && seq_lt(y->ack, x->snd_nxt);
}

static void prove_in_syn_rcvd(struct conn *conn, enum side self,
			      const struct te_segment *seg)
{
	struct receipt *r;

	if (!proves_established(conn, self, seg) &&
	    !fast_open_ack_is_old(conn, self, seg))
		return;
	r = receipt_find_any(conn, self, RECEIPT_ACK_OF_SYN);
	if (!r)
		r = receipt_find_any(conn, self, RECEIPT_SYNACK); /* simultaneous open */
	if (r)
		receipt_apply(conn, r, seg,
			      may_have_closed_early(conn, self) ? TE_PRESUMED : TE_ACKED);
	else
		imply(conn, self, STATE_RCV_ACK_OF_SYN, seg);
}

/* states.md 4, second rule: the peer's FIN, which does not cover X's own, and a separate
 * ACK of X's FIN that passed behind it are first proven by one segment. Did the ACK
 * overtake the FIN behind the tap? */
static bool ack_overtook(const struct conn *conn, const struct receipt *fin,
			 const struct receipt *ack, const struct te_segment *seg)
{
	te_time rtt = end_rtt(&conn->end[fin->to]);

	if (fin->repeated || !fin->has_ts || !(seg->has & TE_HAS_TS))
		return false;
	return seg->time - fin->time > rtt * 3 / 2 &&
	       seg->time - ack->time > rtt * 9 / 10 && seg->tsecr == fin->tsval;
}

/* The order of FIN and ACK of FIN at an end that closed itself: FIN_WAIT_2 or CLOSING. */
static void prove_fin_in_fin_wait_1(struct conn *conn, enum side self,
				    const struct te_segment *seg, struct receipt fin)
{
	struct receipt *ack = receipt_find(conn, self, RECEIPT_ACK_OF_FIN);
	bool own_covered = seq_ge(fin.ack, conn->end[self].fin_end);
	enum te_basis basis = TE_ACKED;

	if (ack && ack->frame != fin.frame && ack->time <= fin.time) {
		receipt_apply(conn, ack, seg, TE_PRESUMED);
	} else if (ack && (!own_covered || ack->frame != fin.frame || ack->separate)) {
		basis = TE_PRESUMED;
		if (fin.contradicted || ack_overtook(conn, &fin, ack, seg))
			receipt_apply(conn, ack, seg, TE_PRESUMED);
	}
	/* The list may have moved, and the copy with it. */
	for (unsigned i = 0; i < conn->receipt_count; i++)
		if (conn->receipts[i].kind == RECEIPT_FIN &&
		    conn->receipts[i].to == self && conn->receipts[i].frame == fin.frame)
			receipt_apply(conn, &conn->receipts[i], seg, basis);
}

/* close() enters FIN_WAIT_1 at once, with data still queued its FIN passes later
 * (linux.md 11): as long as data of X is unacknowledged the peer's FIN may have found it
 * there. And when X's first answer to that FIN is late, or the FIN came twice, an earlier
 * answer was lost before the tap, and this FIN of X may be a repeat. */
static bool may_have_closed(const struct conn *conn, enum side self,
			    const struct receipt *fin, const struct te_segment *seg)
{
	const struct end *x = &conn->end[self], *y = &conn->end[side_other(self)];

	if (x->snd_known && y->ack_known && seq_lt(y->ack, x->snd_nxt))
		return true;
	if (x->hole || (x->snd_known && seq_gt(seg->seq, x->snd_nxt)))
		return true;
	return seg->flags & TE_FIN && (fin->repeated || y->fin_repeats ||
				       seg->time - fin->time > end_rtt(x) + TE_SEC / 5);
}

static void prove_fin(struct conn *conn, enum side self, const struct te_segment *seg,
		      enum te_basis basis)
{
	struct receipt *fin = choose_copy(conn, self, RECEIPT_FIN, seg);

	if (!fin || !covers(seg, fin->end))
		return;
	if (conn->end[self].state == TE_ESTABLISHED && basis == TE_ACKED &&
	    may_have_closed(conn, self, fin, seg))
		basis = TE_PRESUMED;
	if (conn->end[self].state == TE_FIN_WAIT_1 && basis == TE_ACKED)
		prove_fin_in_fin_wait_1(conn, self, seg, *fin);
	else
		receipt_apply(conn, fin, seg, basis);
	receipt_drop_kind(conn, self, RECEIPT_FIN);
}

/* RFC 7323 4.3: TSecr is of a segment received in order. One with this TSval or a later
 * one has this ACK number too, unless it is the peer's FIN, which is judged by itself. */
static bool echoes(const struct te_segment *seg, const struct receipt *r)
{
	return r->names_itself && seg->has & TE_HAS_TS && seq_ge(seg->tsecr, r->tsval);
}

static void prove_ack_of_fin(struct conn *conn, enum side self,
			     const struct te_segment *seg)
{
	struct receipt *r = receipt_find_any(conn, self, RECEIPT_ACK_OF_FIN);

	if (!r)
		return;
	if (r->has_proof_seq && covers(seg, r->proof_seq))
		receipt_apply(conn, r, seg, TE_ACKED);
	else if (echoes(seg, r) && !receipt_find_any(conn, self, RECEIPT_FIN))
		receipt_apply(conn, r, seg, TE_ACKED);
}

/* states.md 4, first rule: X's FIN was lost before the tap. A pure ACK of X begins one
 * past all that X was seen to send, and covers Y's FIN. */
static bool implies_fin(const struct conn *conn, enum side self,
			const struct te_segment *seg)
{
	const struct end *x = &conn->end[self], *y = &conn->end[side_other(self)];

	return y->fin_sent && !x->fin_sent && seg->seq == x->snd_nxt + 1 &&
	       x->snd_known && !seg->len && !(seg->flags & (TE_SYN | TE_FIN | TE_RST)) &&
	       covers(seg, y->fin_end) &&
	       (x->state == TE_ESTABLISHED || x->state == TE_CLOSE_WAIT);
}

static void take_fin_as_sent(struct end *x, const struct te_segment *seg)
{
	x->fin_sent = x->fin_implied = true;
	x->fin_end = seg->seq;
	x->fin_time = x->fin_last = seg->time;
	x->fin_frame = seg->frame;
}

/* Y's own FIN covers that lost FIN of X: X closed first, and Y was in CLOSE_WAIT when it
 * closed. That the number was a FIN, not a byte, is the likelier reading, no more. */
static void imply_earlier_fin(struct conn *conn, enum side self,
			      const struct te_segment *seg, struct receipt *fin)
{
	enum side other = side_other(self);
	const struct end *y = &conn->end[other];
	struct origin implied = { .time = y->fin_time,
				  .frame = y->fin_frame,
				  .file = seg->file,
				  .proof = y->fin_frame,
				  .basis = TE_IMPLIED,
				  .doubtful = true };
	struct origin sent = implied;

	sent.basis = TE_SENT;
	if (!conn_undo(conn, other))
		return;
	conn_move(conn, self, STATE_SND_FIN, &implied);
	conn_move(conn, other, STATE_RCV_FIN, &implied);
	conn_move(conn, other, STATE_SND_FIN, &sent);
	receipt_apply(conn, fin, seg, TE_PRESUMED);
}

static void imply_fin(struct conn *conn, enum side self, const struct te_segment *seg)
{
	struct end *x = &conn->end[self];
	struct receipt *fin = receipt_find_any(conn, self, RECEIPT_FIN);
	struct origin origin = origin_sent(seg);
	bool crossed =
	    fin && !fin->repeated && seg->time - fin->time < end_rtt(x) * 3 / 2;

	origin.basis = TE_PRESUMED;
	origin.proof = 0;
	if (!crossed && !(fin && seq_ge(fin->ack, seg->seq)))
		prove_fin(conn, self, seg, TE_PRESUMED);
	conn_arm_undo(conn, self);
	take_fin_as_sent(x, seg);
	if (fin && seq_ge(fin->ack, seg->seq)) {
		imply_earlier_fin(conn, self, seg, fin);
		return;
	}
	if (crossed)
		conn_move(conn, self, STATE_SND_FIN, &origin);
	prove_fin(conn, self, seg, TE_PRESUMED);
	if (!crossed)
		conn_move(conn, self, STATE_SND_FIN, &origin);
}

/* An end that the capture never shows: what its peer acknowledges beyond the SYN, it
 * sent, and Fast Open apart it sends nothing else before it is ESTABLISHED. */
static void imply_established(struct conn *conn, enum side self,
			      const struct te_segment *seg)
{
	const struct end *y = &conn->end[side_other(self)];

	if (y->packets || y->state != TE_SYN_RCVD || !covers(seg, y->iss + 2))
		return;
	receipt_drop_kind(conn, side_other(self), RECEIPT_ACK_OF_SYN);
	imply(conn, side_other(self), STATE_RCV_ACK_OF_SYN, seg);
}

void testimony_prove(struct conn *conn, enum side self, const struct te_segment *seg)
{
	struct end *x = &conn->end[self];

	if (x->state == TE_SYN_SENT)
		prove_in_syn_sent(conn, self, seg);
	if (x->state == TE_SYN_RCVD)
		prove_in_syn_rcvd(conn, self, seg);
	if (implies_fin(conn, self, seg))
		imply_fin(conn, self, seg);
	imply_established(conn, self, seg);
	if (!conn->receipt_count)
		return;
	prove_ack_of_fin(conn, self, seg);
	prove_fin(conn, self, seg, TE_ACKED);
}

static struct receipt *oldest(struct conn *conn, enum side self, te_time before)
{
	struct receipt *best = NULL;

	for (unsigned i = 0; i < conn->receipt_count; i++) {
		struct receipt *r = &conn->receipts[i];

		if (r->to == self && !r->contradicted && r->time <= before &&
		    (!best || receipt_before(r, best)))
			best = r;
	}
	return best;
}

void testimony_presume_older(struct conn *conn, enum side self,
			     const struct te_segment *when)
{
	te_time before = when->time - end_rtt(&conn->end[self]) * 9 / 10;
	struct receipt *r;

	while ((r = oldest(conn, self, before)))
		receipt_apply(conn, r, when, TE_PRESUMED);
}
