/* rules_fin.c - FINs that are not where they should be */
#include "rules_table.h"

/* What `side` did that does not agree with its own FIN, as evidence: notes of the kinds
 * from `least` to `most`. NULL: nothing. */
static const struct note *find_moved(const struct rule_view *view, enum side side,
				     enum fin_moved least, enum fin_moved most,
				     struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct note *found = NULL;

	for (uint32_t i = 0; i < conn->note_count; i++) {
		const struct note *note = &conn->notes[i];

		if (note->kind != NOTE_FIN_MOVED || note->side != side ||
		    note->value < (uint32_t)least || note->value > (uint32_t)most)
			continue;
		evidence_frame(finding, note->file, note->frame, note->time);
		found = note;
	}
	return found;
}

static const struct note *moved(const struct rule_view *view, struct te_finding *finding,
				enum fin_moved least, enum fin_moved most)
{
	const struct conn *conn = view->conn;
	enum side side = SIDE_A;
	const struct note *note = find_moved(view, side, least, most, finding);

	if (!note) {
		side = SIDE_B;
		note = find_moved(view, side, least, most, finding);
	}
	if (!note)
		return NULL;
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, conn->end[side].fin_frame,
		       conn->end[side].fin_time);
	/* What the capture lost may look so. */
	finding->certain = !conn->gaps && !conn->end[side].over_pending;
	finding->causes = evidence_all_causes(3);
	return note;
}

bool rules_data_after_fin(const struct rule_view *view, struct te_finding *finding)
{
	const struct note *note = moved(view, finding, FIN_TAKEN, FIN_DATA_MORE);

	if (!note)
		return false;
	finding->detail = note->value == FIN_DATA_MORE
			      ? "data beyond the FIN"
			      : "it goes on, with another TTL, as if it had sent no FIN";
	if (note->value == FIN_TAKEN)
		finding->causes = 1; /* the FIN was not its own */
	return true;
}

bool rules_fin_moved(const struct rule_view *view, struct te_finding *finding)
{
	const struct note *note = moved(view, finding, FIN_FURTHER, FIN_NEARER);

	if (!note || evidence_fires(view, rules_data_after_fin))
		return false;
	finding->detail = note->value == FIN_FURTHER ? "the second one is further on"
						     : "the second one is before it";
	return true;
}

/* ---- fin-ahead-of-data ---- */

/* A hole that nothing filled is the capture's; a FIN that came again had been lost; and
 * data that is merely repeated, or acknowledged late, was not missing. */
static bool was_ahead(const struct end *self, bool acknowledged)
{
	unsigned late = 1u << FIN_AHEAD_BY_ACK | 1u << FIN_AHEAD_FILLED;

	if (!self->fin_sent || self->fin_ahead >> FIN_AHEAD_BY_SACK & 1)
		return self->fin_sent;
	if (!acknowledged)
		return false;
	return (self->fin_ahead >> FIN_AHEAD_AT_TAP & 1 && !self->hole) ||
	       ((self->fin_ahead & late) == late && !self->fin_repeats);
}

bool rules_fin_ahead_of_data(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side side = conn->end[SIDE_A].fin_ahead ? SIDE_A : SIDE_B; /* the FIN's */
	const struct end *self = &conn->end[side];
	const struct note *ack = evidence_first(view, side_other(side), NOTE_ACK_OF_FIN);
	te_time until = ack ? ack->time : view->end;

	if (!was_ahead(self, ack) || evidence_fires(view, rules_fin_unanswered))
		return false;
	finding->end = evidence_end(view, side_other(side));
	evidence_frame(finding, conn->file, self->fin_frame, self->fin_time);
	evidence_notes(view, side, NOTE_FIN_AHEAD, finding);
	evidence_notes(view, side_other(side), NOTE_ACK_OF_FIN, finding);
	evidence_value(finding, evidence_seconds(until - self->fin_time), 0, "s");
	finding->certain = self->fin_ahead >> FIN_AHEAD_BY_SACK & 1;
	finding->still = !ack && view->ongoing;
	finding->detail = ack ? "from the FIN to the ACK that covers it"
			      : "the FIN was not acknowledged";
	finding->causes = evidence_all_causes(2);
	return true;
}
