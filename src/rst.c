/* rst.c - resets: who sent one, whether it moves its sender, whether its target takes it
 *
 * A bare RST answers the segment whose ACK number is its SEQ (RFC 9293 3.5.2, 3.10.7.1);
 * a RST+ACK at SND.NXT is an abort (3.10.5; Linux sets the ACK flag, the RFC does not).
 * What its target does follows RFC 5961 3.2 and 3.10.7.4 Second.
 */
#include "conn_parts.h"

/* 3.10.7.1: to a segment without ACK, SEQ 0 and an ACK number past its end. */
static bool answers_without_ack(const struct end *peer, const struct te_segment *seg)
{
	return peer->snd_known && !peer->ack_known && seg->seq == 0 &&
	       seg->ack == peer->snd_nxt;
}

static bool answers_receipt(const struct conn *conn, enum side to,
			    const struct te_segment *seg)
{
	for (unsigned i = 0; i < conn->receipt_count; i++)
		if (conn->receipts[i].to == to && conn->receipts[i].ack == seg->seq)
			return true;
	return false;
}

/* Does it answer a segment that passed toward its sender, within a round trip? */
static bool is_reply(const struct conn *conn, enum side side,
		     const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (seg->flags & TE_ACK)
		return self->state == TE_UNKNOWN &&
		       (conn_answers_syn(peer, seg) || answers_without_ack(peer, seg));
	if (seg->time - peer->last > 2 * end_rtt(self) + 10 * TE_MS)
		return false;
	return answers_receipt(conn, side, seg) ||
	       (peer->ack_known && (seg->seq == peer->last_ack || seg->seq == peer->ack ||
				    seg->seq == peer->prev_ack));
}

/* Beyond its SND.NXT, or below what the peer has acknowledged: not this end's, or of
 * another time. */
static bool moves_sender(const struct end *self, const struct end *peer,
			 const struct te_segment *seg, bool reply)
{
	/* To a SYN there is no other RST than RST+ACK (3.10.7.1). */
	if (self->state == TE_UNKNOWN && peer->state == TE_SYN_SENT)
		return reply;
	if (self->state == TE_SYN_SENT)
		return seg->flags & TE_ACK || seg->seq == self->iss + 1 + self->syn_len ||
		       seg->seq == self->iss + 1;
	if (reply)
		return true;
	if (self->snd_known && seq_gt(seg->seq, self->snd_nxt) &&
	    !(peer->ack_known && seg->seq == peer->ack)) /* the capture lost the rest */
		return false;
	return !(peer->ack_known && seq_lt(seg->seq, peer->ack));
}

/* The segments that this RST shows to have been refused are no receipts. */
static void drop_refused(struct conn *conn, enum side self, const struct te_segment *seg)
{
	for (unsigned i = conn->receipt_count; i-- > 0;) {
		struct receipt *r = &conn->receipts[i];

		if (r->to != self)
			continue;
		if (seg->flags & TE_ACK) {
			if (r->kind == RECEIPT_FIN && !seq_ge(seg->ack, r->end))
				receipt_drop(conn, r);
		} else if (r->ack == seg->seq &&
			   (r->kind == RECEIPT_FIN || r->kind == RECEIPT_SYNACK)) {
			receipt_drop(conn, r);
		}
	}
}

/* A bare RST at the end of the sender's FIN: what acknowledged the FIN before the segment
 * that it answers did arrive, or there would be no such number to answer. */
static void prove_by_reply(struct conn *conn, enum side self,
			   const struct te_segment *seg)
{
	const struct end *x = &conn->end[self];
	const struct end *y = &conn->end[side_other(self)];
	struct receipt *r = receipt_find(conn, self, RECEIPT_ACK_OF_FIN);

	if (r && !(seg->flags & TE_ACK) && x->fin_sent && seg->seq == x->fin_end &&
	    r->time < y->last)
		receipt_apply(conn, r, seg,
			      x->state == TE_LAST_ACK ? TE_ACKED : TE_PRESUMED);
}

/* The first word of a passive end in SYN_RCVD is a bare RST: states.md 3. */
static void leave_syn_rcvd(struct conn *conn, enum side self,
			   const struct te_segment *seg)
{
	struct end *x = &conn->end[self];
	const struct end *y = &conn->end[side_other(self)];
	bool only_acks = !seq_gt(y->snd_nxt, y->iss + 1 + y->syn_len);
	bool expired = x->syn_gap && seg->time - x->syn_last > 2 * x->syn_gap;

	if (seg->flags & TE_ACK || !conn_is_passive(conn, self))
		return;
	if (only_acks || expired)
		receipt_drop_kind(conn, self, RECEIPT_ACK_OF_SYN);
}

static enum state_event event_of(const struct end *self, const struct te_segment *seg,
				 bool reply)
{
	if (seg->flags & TE_ACK)
		return self->state == TE_UNKNOWN && reply ? STATE_SND_RST_REFUSE
							  : STATE_SND_RST;
	return reply ? STATE_SND_RST_REPLY : STATE_SND_RST;
}

/* Something that would have moved it is still on its way to it. */
static bool awaits(const struct conn *conn, enum side self)
{
	for (unsigned i = 0; i < conn->receipt_count; i++)
		if (conn->receipts[i].to == self && conn->receipts[i].kind != RECEIPT_RST)
			return true;
	return false;
}

/* Of several copies of a FIN, a bare RST says of one that it was refused. */
static bool refuses_one_of_many(const struct conn *conn, enum side self,
				const struct te_segment *seg)
{
	unsigned copies = 0;

	for (unsigned i = 0; i < conn->receipt_count; i++) {
		const struct receipt *r = &conn->receipts[i];

		if (r->to == self && r->kind == RECEIPT_FIN)
			copies += r->repeated || r->contradicted ? 2 : 1;
	}
	return !(seg->flags & TE_ACK) && copies > 1;
}

/* What came before the RST is not sure: data of the sender that the tap did not see, a
 * FIN of which a copy was refused, a handshake whose ACK is not proven. */
static bool began_in_doubt(const struct conn *conn, enum side self,
			   const struct te_segment *seg)
{
	const struct end *x = &conn->end[self];

	if (x->state == TE_UNKNOWN)
		return false;
	return x->hole || (x->snd_known && seq_gt(seg->seq, x->snd_nxt)) ||
	       refuses_one_of_many(conn, self, seg) ||
	       (x->state == TE_SYN_RCVD && !(seg->flags & TE_ACK) && awaits(conn, self));
}

/* A bare reply says that there is no socket left: if nothing seen had ended it, what did
 * was lost before the tap. */
static bool ended_unseen(const struct end *x, const struct te_segment *seg, bool reply)
{
	return !(seg->flags & TE_ACK) && reply &&
	       (x->state == TE_ESTABLISHED || x->state == TE_CLOSE_WAIT ||
		x->state == TE_SYN_RCVD);
}

/* What of what was on its way to it was there before it sent the RST? */
static void judge_receipts(struct conn *conn, enum side self,
			   const struct te_segment *seg)
{
	drop_refused(conn, self, seg);
	prove_by_reply(conn, self, seg);
	if (conn->end[self].state == TE_SYN_RCVD)
		leave_syn_rcvd(conn, self, seg);
	testimony_presume_older(conn, self, seg);
}

static void move_sender(struct conn *conn, enum side self, const struct te_segment *seg,
			bool reply)
{
	struct end *x = &conn->end[self];
	struct origin origin = origin_sent(seg);

	conn_arm_undo(conn, self);
	origin.doubtful = began_in_doubt(conn, self, seg);
	if (seg->flags & TE_ACK && x->state != TE_UNKNOWN)
		testimony_prove(conn, self, seg);
	if (conn->receipt_count)
		judge_receipts(conn, self, seg);
	origin.doubtful |=
	    x->state != TE_UNKNOWN && (awaits(conn, self) || ended_unseen(x, seg, reply));
	conn_move(conn, self, event_of(x, seg, reply), &origin);
	x->rst_time = seg->time;
	x->rst_seq = seg->seq;
	x->rst_ack = seg->flags & TE_ACK ? seg->ack : x->ack;
	x->rst_tsval = seg->has & TE_HAS_TS ? seg->tsval : x->tsval;
	x->rst_frame = seg->frame;
}

/* Exactly the next number that this end expects lies between its own last ACK number and
 * all that the sender was seen to send: that range is presumed accepted, and what the
 * end does then decides. Linux also takes RCV.NXT-1 after a FIN and the right edge of
 * the last SACK block. */
static bool is_acceptable(const struct end *target, const struct end *sender,
			  const struct te_segment *seg)
{
	if (target->state == TE_SYN_SENT)
		return seg->flags & TE_ACK && seq_gt(seg->ack, target->iss) &&
		       seq_le(seg->ack, target->snd_nxt);
	if (!target->ack_known || !sender->snd_known)
		return true;
	if (seg->seq == target->ack ||
	    (seq_ge(seg->seq, target->ack) && seq_le(seg->seq, sender->snd_nxt)))
		return true;
	if (sender->fin_sent && target->ack == sender->fin_end &&
	    seg->seq + 1 == sender->fin_end)
		return true;
	return target->sack_seen && seg->seq == target->sack_right;
}

/* Exactly one class for each RST, the first that matches. */
static enum rst_class classify(const struct conn *conn, enum side side,
			       const struct te_segment *seg, bool moves, bool reply,
			       bool accepted)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	bool opener = self->opener && !peer->opener;

	if (self->state == TE_CLOSED && self->rst_frame)
		return RST_AGAIN;
	if (!accepted && (!moves || !reply))
		return RST_REJECTED;
	if (reply && seg->flags & TE_ACK)
		return conn_answers_syn(peer, seg) ? RST_REFUSED : RST_NO_CONNECTION;
	if (opener && (peer->state == TE_UNKNOWN || peer->state == TE_LISTEN ||
		       peer->state == TE_SYN_RCVD))
		return RST_OPEN_ABORTED;
	if (peer->state == TE_TIME_WAIT && !seq_lt(seg->seq, peer->ack))
		return RST_IN_TIME_WAIT;
	if (reply)
		return RST_NO_CONNECTION;
	/* Nothing is known of a connection whose first sight is its end. */
	if (self->state == TE_UNKNOWN && !peer->packets)
		return RST_ALONE;
	return self->fin_sent ? RST_AFTER_FIN : RST_ABORT;
}

void rst_sent(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side];
	struct end *target = &conn->end[side_other(side)];
	bool reply = is_reply(conn, side, seg);
	bool moves = moves_sender(self, target, seg, reply);
	bool accepted = is_acceptable(target, self, seg);

	note_reset(conn, side, seg, classify(conn, side, seg, moves, reply, accepted));
	if (moves && self->state != TE_CLOSED)
		move_sender(conn, side, seg, reply);
	if (accepted && target->state != TE_UNKNOWN && target->state != TE_CLOSED &&
	    !receipt_find(conn, side_other(side), RECEIPT_RST))
		receipt_add(conn, side_other(side), RECEIPT_RST, seg);
}

/* A larger TSval, a new ACK or data beyond all that was sent: it lives. A segment that
 * was only reordered before the tap has none of them. */
bool rst_shows_life(const struct end *self, const struct te_segment *seg)
{
	uint32_t end = measure_end(seg);
	bool newer =
	    seg->has & TE_HAS_TS && self->ts_known && seq_gt(seg->tsval, self->tsval);
	bool acks = seg->flags & TE_ACK && self->ack_known && seq_gt(seg->ack, self->ack);

	if (newer && !(self->rst_frame && seq_le(seg->tsval, self->rst_tsval)))
		return true;
	if (acks && !(self->rst_frame && seq_le(seg->ack, self->rst_ack)))
		return true;
	return self->snd_known && seq_gt(end, self->snd_nxt) &&
	       !(self->rst_frame && seq_le(end, self->rst_seq));
}

/* A SYN+ACK that answers the very SYN that was refused, which did not come again. */
static bool takes_refusal_back(const struct end *self, const struct end *peer,
			       const struct te_segment *seg)
{
	return seg->flags & TE_ACK && !self->iss_known && peer->opener &&
	       peer->syn_last <= self->rst_time;
}

void rst_check_forged(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side];
	bool alive;

	if (self->state != TE_CLOSED || !self->rst_frame)
		return;
	alive = seg->flags & TE_SYN
		    ? takes_refusal_back(self, &conn->end[side_other(side)], seg)
		    : rst_shows_life(self, seg);
	if (!alive || !conn_undo(conn, side))
		return;
	self->rst_frame = 0;
	receipt_restore_fin(conn, side, seg);
	for (uint32_t i = conn->note_count; i-- > 0;) {
		struct note *note = &conn->notes[i];

		if (note->kind == NOTE_RST && note->side == side) {
			note->value = RST_FORGED;
			break;
		}
	}
}
