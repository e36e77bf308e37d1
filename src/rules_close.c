/* rules_close.c - connections that did not close well */
#include "rules_table.h"

/* It had the peer's FIN, and ended the wait for the ACK of its own by a RST. */
static bool gave_up(const struct end *self, const struct end *peer)
{
	return self->rst_frame && self->killed && self->ack_known && peer->ack_known &&
	       seq_ge(self->ack, peer->fin_end) && seq_lt(peer->ack, self->fin_end);
}

/* An end whose FIN nobody covered although the peer has sent its own. */
static bool waits_for_last_ack(const struct end *self, const struct end *peer)
{
	return self->fin_sent && peer->fin_sent &&
	       (self->state == TE_LAST_ACK || self->state == TE_CLOSING ||
		self->state == TE_FIN_WAIT_1 || gave_up(self, peer));
}

/* The order of the causes in the catalogue's row of missing-final-ack. */
enum { MISSING_LOST = 1u << 0, MISSING_GONE = 1u << 1, MISSING_DROPPED = 1u << 2 };

static const char *why_missing(const struct rule_view *view, enum side side,
			       uint32_t *causes)
{
	const struct end *self = &view->conn->end[side];
	const struct end *peer = &view->conn->end[side_other(side)];

	*causes = MISSING_LOST | MISSING_GONE | MISSING_DROPPED;
	if (evidence_count(view, side, NOTE_ACK_OF_FIN_LOST)) {
		*causes = MISSING_LOST;
		return "the ACK passed the tap, yet the FIN was repeated: lost behind "
		       "the tap";
	}
	if (gave_up(self, peer))
		return "the peer was silent, and the end gave up with a RST";
	if (peer->rst_frame)
		return "a RST came instead";
	if (self->fin_repeats && peer->last < self->fin_time)
		return "the FIN was repeated and the peer is silent: gone, or cut off";
	if (peer->last >= self->fin_time)
		return "the peer still sends, and its ACK of the FIN was never sent, or "
		       "lost before the tap";
	return "it was never sent, or lost before the tap";
}

/* Of two ends that wait, the one that sent the later FIN. */
static bool find_waiting(const struct conn *conn, enum side *side)
{
	bool a = waits_for_last_ack(&conn->end[SIDE_A], &conn->end[SIDE_B]);
	bool b = waits_for_last_ack(&conn->end[SIDE_B], &conn->end[SIDE_A]);

	*side = b && (!a || conn->end[SIDE_B].fin_time > conn->end[SIDE_A].fin_time)
		    ? SIDE_B
		    : SIDE_A;
	return a || b;
}

/* Ethernet's padding, up to six bytes that some boxes count into the IP length: the ACK
 * is of a FIN right behind the headers, where the padding seems to be data. */
static bool counts_padding(const struct end *self, const struct end *peer)
{
	const uint32_t most = 46 - 20 - 20;
	uint32_t short_of = self->fin_end - peer->ack;

	return peer->ack_known && peer->last >= self->fin_time && short_of > 1 &&
	       short_of <= most;
}

bool rules_missing_final_ack(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	te_time grace = evidence_grace(view, TE_LIMIT_CLOSE_GRACE), waited;
	const struct end *self, *peer;
	enum side side;

	if (!find_waiting(conn, &side))
		return false;
	self = &conn->end[side];
	peer = &conn->end[side_other(side)];
	waited = (gave_up(self, peer) ? self->rst_time : view->end) - self->fin_time;
	if (waited <= grace)
		return false;
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, peer->fin_frame, peer->fin_time);
	evidence_frame(finding, conn->file, self->fin_frame, self->fin_time);
	evidence_notes(view, side, NOTE_FIN_REPEAT, finding);
	evidence_frame(finding, conn->file, self->rst_frame, self->rst_time);
	evidence_frame(finding, conn->file, peer->rst_frame, peer->rst_time);
	evidence_value(finding, evidence_seconds(waited), evidence_seconds(grace), "s");
	finding->certain = !self->presumed && !self->assumed && !self->fin_implied &&
			   !conn->gaps && !peer->over_pending;
	finding->detail = why_missing(view, side, &finding->causes);
	finding->still = view->ongoing && !self->rst_frame;
	if (self->fin_repeats > 1)
		evidence_also(finding, "close-retransmits");
	if (gave_up(self, peer))
		evidence_also(finding, "rst-after-fin");
	if (!peer->packets || !self->packets)
		finding->severity = TE_NOTE;
	if (counts_padding(self, peer)) {
		finding->severity = TE_NOTE;
		finding->certain = false;
		finding->detail = "the ACK lies inside the FIN's own few bytes: they may "
				  "be padding that the IP length counts";
	}
	return true;
}

bool rules_close_wait_silence(const struct rule_view *view, enum side side, te_time limit,
			      te_time *silence)
{
	const struct end *self = &view->conn->end[side];

	*silence = self->close_wait_silence;
	if (self->state == TE_CLOSE_WAIT && !self->presumed) {
		te_time from =
		    self->last_useful > self->since ? self->last_useful : self->since;

		if (view->end - from > *silence)
			*silence = view->end - from;
	}
	return *silence > limit;
}

bool rules_close_wait_stuck(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	double seconds = view->config->limits[TE_LIMIT_CLOSE_WAIT_STUCK];
	te_time limit = (te_time)(seconds * (double)TE_SEC), silence;
	enum side side = SIDE_A;
	const struct end *self, *peer;

	if (!rules_close_wait_silence(view, SIDE_A, limit, &silence)) {
		side = SIDE_B;
		if (!rules_close_wait_silence(view, SIDE_B, limit, &silence))
			return false;
	}
	self = &conn->end[side];
	peer = &conn->end[side_other(side)];
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, peer->fin_frame, peer->fin_time);
	evidence_value(finding, evidence_seconds(silence), seconds, "s");
	/* If nothing but its own FIN acknowledged the peer's, when had it that one? */
	finding->certain = !self->assumed && !peer->fin_acked_by_fin;
	finding->still = self->state == TE_CLOSE_WAIT;
	finding->causes = evidence_all_causes(3);
	if (peer->visited >> TE_FIN_WAIT_2 & 1 &&
	    evidence_seconds(silence) > view->config->limits[TE_LIMIT_FIN_WAIT_2_STUCK])
		evidence_also(finding, "fin-wait-2-stuck");
	if (self->half_closed)
		evidence_also(finding, "half-closed");
	if (finding->still) {
		finding->detail =
		    "its program has neither closed nor sent anything since; it "
		    "may still be working";
	} else {
		finding->detail = "it went on in the end";
	}
	return true;
}
