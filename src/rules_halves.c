/* rules_halves.c - one direction closed, and the other did not follow as usual */
#include "rules_table.h"

/* ---- fin-unanswered ---- */

enum {
	FIN_LOST = 1u << 0,
	PEER_GONE = 1u << 1,
	FORGOTTEN = 1u << 2,
	OTHER_WAY = 1u << 3
};

/* The only FIN, of which no ACK is known to have arrived; the peer did not reset, and is
 * in the capture at all. */
static bool is_unanswered(const struct conn *conn, enum side side)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	return self->state == TE_FIN_WAIT_1 && self->fin_sent && !peer->fin_sent &&
	       !peer->rst_frame && peer->packets;
}

static const char *why_unanswered(const struct rule_view *view, enum side side,
				  uint32_t *causes)
{
	const struct end *self = &view->conn->end[side];
	const struct end *peer = &view->conn->end[side_other(side)];

	*causes = FIN_LOST | PEER_GONE | FORGOTTEN | OTHER_WAY;
	if (evidence_count(view, side, NOTE_ACK_OF_FIN_LOST)) {
		*causes = OTHER_WAY;
		return "the ACK passed the tap, yet the FIN was repeated: lost behind "
		       "the tap";
	}
	if (peer->last > self->fin_time) {
		*causes = FIN_LOST;
		return "the peer goes on, and its ACKs do not cover the FIN";
	}
	return self->fin_repeats ? "repeated, and the peer is silent"
				 : "the peer is silent";
}

bool rules_fin_unanswered(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side side = is_unanswered(conn, SIDE_A) ? SIDE_A : SIDE_B;
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	te_time grace = evidence_grace(view, TE_LIMIT_CLOSE_GRACE);
	te_time waited = view->end - self->fin_time;

	if (!is_unanswered(conn, side) || waited <= grace ||
	    evidence_fires(view, rules_half_open))
		return false;
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, self->fin_frame, self->fin_time);
	evidence_notes(view, side, NOTE_FIN_REPEAT, finding);
	evidence_value(finding, evidence_seconds(waited), evidence_seconds(grace), "s");
	finding->certain = !self->fin_implied && !peer->over_pending;
	finding->detail = why_unanswered(view, side, &finding->causes);
	finding->still = view->ongoing;
	if (self->fin_repeats > 1)
		evidence_also(finding, "close-retransmits");
	if (self->fin_ahead >> FIN_AHEAD_BY_SACK & 1)
		evidence_also(finding, "fin-ahead-of-data");
	return true;
}

/* ---- fin-wait-2-stuck ---- */

bool rules_fin_wait_2_stuck(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	double seconds = view->config->limits[TE_LIMIT_FIN_WAIT_2_STUCK];
	te_time limit = (te_time)(seconds * (double)TE_SEC), silence;
	enum side side = SIDE_A; /* that waits in FIN_WAIT_2 */
	const struct end *self;

	if (!rules_close_wait_silence(view, SIDE_B, limit, &silence)) {
		side = SIDE_B;
		if (!rules_close_wait_silence(view, SIDE_A, limit, &silence))
			return false;
	}
	self = &conn->end[side];
	if (!(self->visited >> TE_FIN_WAIT_2 & 1) ||
	    evidence_fires(view, rules_close_wait_stuck))
		return false;
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, self->fin_frame, self->fin_time);
	evidence_value(finding, evidence_seconds(silence), seconds, "s");
	finding->still = self->state == TE_FIN_WAIT_2;
	finding->detail = finding->still
			      ? "if its program has closed, the kernel may have dropped "
				"it by now"
			      : "the peer went on in the end";
	finding->causes = evidence_all_causes(3);
	return true;
}

/* ---- half-closed ---- */

/* What it sent behind its peer's FIN, its own FIN not counted. */
static uint32_t sent_since(const struct end *self, const struct note *first)
{
	uint32_t end = self->fin_sent && self->snd_nxt == self->fin_end
			   ? self->snd_nxt - 1
			   : self->snd_nxt;

	return seq_gt(end, first->value) ? end - first->value : 0;
}

/* Data that the closed end refused by RST, all of it, is no half-close in use. */
static bool was_refused(const struct end *peer, const struct note *first)
{
	return peer->rst_frame && !(peer->ack_known && seq_gt(peer->ack, first->value));
}

bool rules_half_closed(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side side = conn->end[SIDE_A].half_closed ? SIDE_A : SIDE_B;
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	const struct note *first = evidence_first(view, side, NOTE_HALF_CLOSED);

	if (!self->half_closed || !first || !peer->fin_sent || was_refused(peer, first) ||
	    evidence_fires(view, rules_close_wait_stuck))
		return false;
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, peer->fin_frame, peer->fin_time);
	evidence_frame(finding, first->file, first->frame, first->time);
	evidence_frame(finding, conn->file, self->fin_frame, self->fin_time);
	evidence_value(finding, evidence_seconds(self->last_useful - peer->fin_time), 0,
		       "s");
	finding->bytes = sent_since(self, first);
	finding->certain = !peer->fin_implied;
	finding->still = self->state == TE_CLOSE_WAIT;
	finding->detail = "sent after the peer had finished";
	finding->causes = evidence_all_causes(3);
	return true;
}

/* ---- simultaneous-close ---- */

/* Each is known to have had the other's FIN. */
static bool both_acknowledged(const struct end *a, const struct end *b)
{
	return a->ack_known && b->ack_known && seq_ge(a->ack, b->fin_end) &&
	       seq_ge(b->ack, a->fin_end) && !a->fin_implied && !b->fin_implied;
}

bool rules_simultaneous_close(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];
	uint16_t closing = (uint16_t)1 << TE_CLOSING;

	if (!((a->visited | b->visited) & closing) || !a->fin_sent || !b->fin_sent)
		return false;
	evidence_frame(finding, conn->file, a->fin_frame, a->fin_time);
	evidence_frame(finding, conn->file, b->fin_frame, b->fin_time);
	finding->certain = a->visited & b->visited & closing && both_acknowledged(a, b) &&
			   !a->assumed && !b->assumed;
	finding->causes = evidence_all_causes(2);
	return true;
}

/* ---- close-retransmits ---- */

static const char *until_what(const struct conn *conn, enum side side)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (peer->rst_frame)
		return "until a RST came";
	if (self->rst_frame)
		return "until it gave up with a RST";
	return peer->ack_known && seq_ge(peer->ack, self->fin_end)
		   ? "until it was acknowledged"
		   : "until the capture ended";
}

bool rules_close_retransmits(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side side = conn->end[SIDE_A].fin_repeats >= conn->end[SIDE_B].fin_repeats
			     ? SIDE_A
			     : SIDE_B;
	const struct end *self = &conn->end[side];

	if (self->fin_repeats < 2 || evidence_fires(view, rules_missing_final_ack) ||
	    evidence_fires(view, rules_fin_unanswered))
		return false;
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, self->fin_frame, self->fin_time);
	evidence_notes(view, side, NOTE_FIN_REPEAT, finding);
	evidence_value(finding, self->fin_repeats, 0, "segments");
	finding->certain = !self->fin_implied;
	finding->detail = until_what(conn, side);
	finding->causes = evidence_all_causes(3);
	return true;
}
