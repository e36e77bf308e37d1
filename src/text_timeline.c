/* text_timeline.c - one connection as a ladder: the two ends, and what passed between
 *
 * Each step of the track is a line. A state stands where its end entered it: beside the
 * segment that made the transition, on a line of its own if that segment is part of a
 * run or makes several transitions, or came from a timer. A finding stands beside its
 * first frame of evidence, or at the end if it lasts.
 */
#include "config.h"

#include "arrow.h"
#include "ladder.h"

#include <string.h>

/* ---- what passed ---- */

/* A run: what went each way, or how many empty ACKs. */
static void put_run(const struct ladder *ladder, const struct text_step *step)
{
	struct term *term = &ladder->text->term;
	uint64_t up = step->bytes[ladder->client];
	uint64_t down = step->bytes[1 - ladder->client];
	unsigned columns = ladder->arrow_columns;

	if (up > 0 && down > 0) {
		text_arrow_bytes(term, true, up, (columns - 1) / 2);
		term_to(term, ladder_arrow_at(ladder) + columns - (columns - 1) / 2, 1);
		text_arrow_bytes(term, false, down, (columns - 1) / 2);
	} else if (up > 0 || down > 0) {
		text_arrow_bytes(term, up > 0, up + down, columns);
	} else {
		term_printf(term, TERM_DIM, "(%u ACKs)", step->segments);
	}
}

static void put_passage(const struct ladder *ladder, const struct text_step *step)
{
	bool to_server = step->sender == ladder->client;
	char words[TEXT_ARROW];

	if (step->run && (step->segments > 1 || step->len > 0)) {
		put_run(ladder, step);
		return;
	}
	text_arrow_words(step, ladder->text->run->verbose > 0, words);
	arrow_put(&ladder->text->term, to_server, "─", words, ladder->arrow_columns);
}

/* ---- lines ---- */

/* The transition of `end` that stands on the line of step i, or NULL. */
static const struct te_transition *beside(const struct ladder *ladder, size_t i,
					  enum te_end end)
{
	const struct te_connection *connection = ladder->connection;

	if (ladder->track.steps[i].segments > 1)
		return NULL;
	for (size_t k = 0; k < connection->transition_count; k++)
		if (connection->transitions[k].end == end &&
		    ladder->spots.transitions[k].step == i &&
		    ladder->spots.transitions[k].inside)
			return &connection->transitions[k];
	return NULL;
}

static void put_state(struct term *term, const struct te_transition *transition)
{
	if (transition != NULL)
		text_put_state(term, (enum te_state)transition->to,
			       transition->basis == TE_PRESUMED);
}

static void put_findings_at(const struct ladder *ladder, size_t step)
{
	const struct te_connection *connection = ladder->connection;
	char remark[TEXT_SENTENCE];

	for (size_t i = 0; i < connection->finding_count; i++) {
		const struct te_finding *finding = &connection->findings[i];

		if (ladder->spots.findings[i].step != step ||
		    text_is_quiet(ladder->text, finding))
			continue;
		(void)snprintf(remark, sizeof(remark), "%s %s",
			       te_severity_name(finding->severity), finding->rule->id);
		ladder_put_remark(ladder, term_severity(finding->severity), remark);
	}
}

static void put_repeats(const struct ladder *ladder, const struct text_step *step)
{
	char remark[TERM_NUMBER + 16];

	if (step->segments == 1 && step->repeats == 1) {
		ladder_put_remark(ladder, TERM_DIM, "(sent again)");
	} else if (step->repeats > 0) {
		(void)snprintf(remark, sizeof(remark), "(%u sent again)", step->repeats);
		ladder_put_remark(ladder, TERM_DIM, remark);
	}
	if (step->duplicates > 0)
		ladder_put_remark(ladder, TERM_DIM, "(captured twice)");
}

static void put_step(struct ladder *ladder, size_t i)
{
	const struct text_step *step = &ladder->track.steps[i];
	struct term *term = &ladder->text->term;
	const struct te_transition *server = beside(ladder, i, TE_SERVER);
	char frames[2 * TEXT_FRAME];

	ladder_put_when(ladder, ladder_frames(ladder, step, frames),
			step->segments == 1 ? step->time : TE_TIME_NONE, step->file);
	term_to(term, ladder_client_at(ladder), 2);
	put_state(term, beside(ladder, i, TE_CLIENT));
	term_to(term, ladder_arrow_at(ladder), 1);
	put_passage(ladder, step);
	if (server != NULL) {
		term_to(term, ladder_server_at(ladder), 1);
		put_state(term, server);
	}
	put_repeats(ladder, step);
	put_findings_at(ladder, i);
	term_end(term);
}

static void put_lone_transition(struct ladder *ladder,
				const struct te_transition *transition)
{
	struct term *term = &ladder->text->term;
	char frame[TEXT_FRAME] = "";

	if (transition->frame > 0)
		(void)text_frame(ladder->text, transition->file, transition->frame,
				 frame);
	ladder_put_when(ladder, frame, transition->time, transition->file);
	if (transition->end == TE_CLIENT) {
		term_to(term, ladder_client_at(ladder), 2);
		put_state(term, transition);
	}
	if (transition->basis == TE_TIMER || transition->basis == TE_IMPLIED) {
		term_to(term, ladder_arrow_at(ladder), 1);
		term_printf(term, TERM_DIM, "(%s)",
			    te_basis_name((enum te_basis)transition->basis));
	}
	if (transition->end == TE_SERVER) {
		term_to(term, ladder_server_at(ladder), 1);
		put_state(term, transition);
	}
	term_end(term);
}

/* Those that belong to step i, but found no place on its line. */
static void put_lone_transitions(struct ladder *ladder, size_t i)
{
	const struct te_connection *connection = ladder->connection;
	bool lines = ladder->track.count > 0;

	for (size_t k = 0; k < connection->transition_count; k++) {
		const struct te_transition *transition = &connection->transitions[k];

		if (ladder->spots.transitions[k].step != i)
			continue;
		if (lines &&
		    transition == beside(ladder, i, (enum te_end)transition->end))
			continue;
		put_lone_transition(ladder, transition);
	}
}

/* ---- the end line ---- */

static void put_held(struct term *term, const struct te_end_view *view, te_time now)
{
	char duration[TERM_NUMBER];

	if (!out_is_held(view->state))
		return;
	text_put_state(term, view->state, view->presumed);
	if (view->since != TE_TIME_NONE && now >= view->since)
		term_printf(
		    term, TERM_PLAIN, " %s",
		    describe_duration(now - view->since, duration, sizeof(duration)));
}

/* The capture's end, as far as it is known while this is told. */
static te_time end_time(const struct ladder *ladder)
{
	const struct out_run *run = ladder->text->run;
	const struct te_totals *totals =
	    run->engine != NULL ? te_engine_totals(run->engine) : NULL;

	if (totals != NULL && totals->end != TE_TIME_NONE &&
	    totals->end > ladder->connection->last)
		return totals->end;
	return ladder->connection->last;
}

static void put_left_out(const struct ladder *ladder)
{
	struct term *term = &ladder->text->term;
	char count[TERM_NUMBER];

	if (ladder->track.left_out == 0)
		return;
	term_to(term, ladder_client_at(ladder), 0);
	term_printf(term, TERM_WARNING, "(%s further segments: no room to draw them)",
		    term_count(ladder->track.left_out, count));
	term_end(term);
}

static bool has_late_findings(const struct ladder *ladder)
{
	for (size_t i = 0; i < ladder->connection->finding_count; i++)
		if (ladder->spots.findings[i].step == ladder->track.count &&
		    !text_is_quiet(ladder->text, &ladder->connection->findings[i]))
			return true;
	return false;
}

static void put_end(struct ladder *ladder)
{
	const struct te_connection *connection = ladder->connection;
	const struct te_end_view *server = &connection->end[TE_SERVER];
	struct term *term = &ladder->text->term;
	te_time now = end_time(ladder);
	bool held =
	    out_is_held(connection->end[TE_CLIENT].state) || out_is_held(server->state);

	put_left_out(ladder);
	if (!held && !has_late_findings(ladder))
		return;
	ladder_put_when(ladder, "", held ? now : TE_TIME_NONE, connection->file);
	term_to(term, ladder_client_at(ladder), 2);
	put_held(term, &connection->end[TE_CLIENT], now);
	term_to(term, ladder_arrow_at(ladder), 1);
	if (held && connection->closed != TE_CLOSED_REPLACED &&
	    connection->closed != TE_CLOSED_EVICTED)
		term_put(term, TERM_DIM,
			 ladder->text->run->live ? "(now)" : "(end of the capture)");
	else if (held)
		term_printf(term, TERM_DIM, "(%s)", te_closed_name(connection->closed));
	if (out_is_held(server->state)) {
		term_to(term, ladder_server_at(ladder), 1);
		put_held(term, server, now);
	}
	put_findings_at(ladder, ladder->track.count);
	term_end(term);
}

static void put_lines(struct ladder *ladder)
{
	text_head_put(ladder->text, ladder->connection);
	ladder_put_heads(ladder);
	if (ladder->track.count == 0)
		put_lone_transitions(ladder, 0);
	for (size_t i = 0; i < ladder->track.count; i++) {
		put_step(ladder, i);
		put_lone_transitions(ladder, i);
	}
	put_end(ladder);
}

void text_timeline_connection(struct text *text, const struct te_connection *connection)
{
	struct ladder ladder = {
		.text = text,
		.connection = connection,
		.track = text_track_find(text, connection->number),
	};
	const struct te_end_view *client = &connection->end[TE_CLIENT];

	ladder.client =
	    ladder.track.port == client->port &&
		    memcmp(&ladder.track.addr, &client->addr, sizeof(client->addr)) == 0
		? 0
		: 1;
	text_separate(text);
	ladder_measure(&ladder);
	if (text_spots_find(&ladder.spots, &ladder.track, connection)) {
		put_lines(&ladder);
	} else {
		term_put(&text->term, TERM_WARNING, "out of memory");
		term_end(&text->term);
	}
	text_spots_free(&ladder.spots);
	text_track_drop(text, connection->number);
}
