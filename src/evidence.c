/* evidence.c - what the checks share: frames, values, graces */
#include "rules_table.h"

double evidence_seconds(te_time time)
{
	return (double)time / (double)TE_SEC;
}

uint32_t evidence_all_causes(unsigned count)
{
	return (1u << count) - 1;
}

void evidence_frame(struct te_finding *finding, uint32_t file, uint64_t frame,
		    te_time time)
{
	unsigned at = finding->frame_count;

	if (!frame || at == TE_MAX_FRAMES)
		return;
	for (unsigned i = 0; i < at; i++)
		if (finding->frames[i] == frame)
			return;
	if (!at || frame < finding->frames[0]) {
		finding->file = file;
		finding->time = time;
	}
	for (; at > 0 && finding->frames[at - 1] > frame; at--)
		finding->frames[at] = finding->frames[at - 1];
	finding->frames[at] = frame;
	finding->frame_count++;
}

unsigned evidence_notes(const struct rule_view *view, enum side side, enum note_kind kind,
			struct te_finding *finding)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < view->conn->note_count; i++) {
		const struct note *note = &view->conn->notes[i];

		if (note->kind != kind || note->side != side)
			continue;
		evidence_frame(finding, note->file, note->frame, note->time);
		count++;
	}
	return count;
}

unsigned evidence_count(const struct rule_view *view, enum side side, enum note_kind kind)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < view->conn->note_count; i++)
		count += view->conn->notes[i].kind == kind &&
			 view->conn->notes[i].side == side;
	return count;
}

const struct note *evidence_first(const struct rule_view *view, enum side side,
				  enum note_kind kind)
{
	for (uint32_t i = 0; i < view->conn->note_count; i++) {
		const struct note *note = &view->conn->notes[i];

		if (note->kind == kind && note->side == side)
			return note;
	}
	return NULL;
}

void evidence_also(struct te_finding *finding, const char *id)
{
	if (finding->also_count < TE_MAX_ALSO)
		finding->also[finding->also_count++] = te_rule_find(id);
}

bool evidence_fires(const struct rule_view *view, rules_check_fn *check)
{
	struct te_finding finding = { 0 };

	return check(view, &finding);
}

void evidence_value(struct te_finding *finding, double value, double limit,
		    const char *unit)
{
	finding->has_value = true;
	finding->value = value;
	finding->has_limit = limit > 0;
	finding->limit = limit;
	finding->unit = unit;
}

enum te_end evidence_end(const struct rule_view *view, enum side side)
{
	return side == view->conn->client ? TE_CLIENT : TE_SERVER;
}

te_time evidence_grace(const struct rule_view *view, enum te_limit limit)
{
	const struct end *end = view->conn->end;
	double named = view->config->limits[limit] * (double)TE_SEC;
	double trip = (double)(end_rtt(&end[SIDE_A]) + end_rtt(&end[SIDE_B]));
	double trips = trip * view->config->limits[TE_LIMIT_RTT_FACTOR];
	bool measured =
	    end[SIDE_A].rtt != TE_TIME_NONE && end[SIDE_B].rtt != TE_TIME_NONE;

	return (te_time)(measured && trips > named ? trips : named);
}

const struct note *evidence_rst(const struct rule_view *view, enum rst_class class,
				struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct note *first = NULL;

	for (uint32_t i = 0; i < conn->note_count; i++) {
		const struct note *note = &conn->notes[i];

		if (note->kind != NOTE_RST || note->value != class)
			continue;
		if (!first)
			first = note;
		evidence_frame(finding, note->file, note->frame, note->time);
	}
	if (first)
		finding->end = evidence_end(view, (enum side)first->side);
	return first;
}

double evidence_tally(const struct rule_view *view, enum side side,
		      enum transfer_event event, struct te_finding *finding)
{
	const struct transfer_tally *tally = transfer_find(view->conn, side, event);

	for (int i = 0; tally && i < TRANSFER_FRAMES; i++)
		evidence_frame(finding, tally->file, tally->frames[i], tally->time);
	return tally ? tally->count : 0;
}

double evidence_tallies(const struct rule_view *view, enum transfer_event event,
			struct te_finding *finding)
{
	double a = evidence_tally(view, SIDE_A, event, finding);
	double b = evidence_tally(view, SIDE_B, event, finding);

	if (a + b <= 0)
		return 0;
	evidence_value(finding, a + b, 0, "segments");
	if (a > 0 && b > 0)
		finding->detail = "of both ends together";
	else
		finding->end = evidence_end(view, a > 0 ? SIDE_A : SIDE_B);
	return a + b;
}
