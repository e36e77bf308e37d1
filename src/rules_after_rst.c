/* rules_after_rst.c - who sent a RST, and what came after it */
#include "rules_table.h"

/* ---- rst-other-sender ---- */

/* A RST that moved somebody, unlike its end's other segments. Of one that is forged or
 * rejected, that finding tells it. */
static const struct note *find_unlike(const struct conn *conn)
{
	for (uint32_t i = 0; i < conn->note_count; i++) {
		const struct note *note = &conn->notes[i];

		if (note->kind == NOTE_RST && note->unlike && note->value != RST_FORGED &&
		    note->value != RST_REJECTED && note->value != RST_AGAIN)
			return note;
	}
	return NULL;
}

static const char *what_differs(uint8_t unlike)
{
	if (unlike & RST_OTHER_TTL)
		return unlike & RST_OTHER_ID
			   ? "its TTL and IP ID are not those of the end's other segments"
			   : "its TTL is not that of the end's other segments";
	return unlike & RST_OTHER_ID
		   ? "its IP ID leaps out of the end's sequence"
		   : "it has timestamps, which the ends have not agreed on";
}

bool rules_rst_other_sender(const struct rule_view *view, struct te_finding *finding)
{
	const struct note *note = find_unlike(view->conn);

	if (!note)
		return false;
	finding->end = evidence_end(view, (enum side)note->side);
	evidence_frame(finding, note->file, note->frame, note->time);
	finding->detail = what_differs(note->unlike);
	finding->causes = evidence_all_causes(3);
	return true;
}

/* ---- traffic-after-rst ---- */

bool rules_traffic_after_rst(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side side = evidence_count(view, SIDE_A, NOTE_AFTER_RST) ? SIDE_A : SIDE_B;
	const struct end *self = &conn->end[side];
	unsigned count;

	if (!self->rst_frame)
		return false; /* it was not its own: rst-forged */
	count = evidence_count(view, side, NOTE_AFTER_RST);
	if (!count)
		return false;
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, self->rst_frame, self->rst_time);
	evidence_notes(view, side, NOTE_AFTER_RST, finding);
	evidence_value(finding, count, 0, "segments");
	finding->certain = self->rtt != TE_TIME_NONE;
	finding->detail = "repeated by an end that should have forgotten them";
	finding->causes = evidence_all_causes(3);
	return true;
}
