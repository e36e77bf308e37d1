/* text_timeline.c - one connection as a ladder: the two ends, and what passed between
 *
 * Each step of the track is a line. A state stands where its end entered it: beside the
 * segment that made the transition, on a line of its own if that segment is part of a
 * run or makes several transitions, or came from a timer. A finding stands beside its
 * first frame of evidence, or at the end if it lasts.
 */
#include "config.h"

#include "text.h"

#include <string.h>

enum {
	LEAST_FRAME = 6,
	TIME_COLUMNS = 11, /* the blank before it included */
	STATE_COLUMNS = 14,
	GAP = 3, /* before the server's column */
	LEAST_ARROW = 16,
	ARROW = 31,
	VERBOSE_ARROW = 44,
	SERVER_ROOM = 20, /* "ESTABLISHED? 41.2 s" */
};

struct drawing {
	struct text *text;
	const struct te_connection *connection;
	struct text_track track;
	unsigned client; /* the sender's number in the track */
	unsigned frame_columns, arrow_columns;
	struct text_spots spots;
};

/* ---- columns ---- */

static unsigned client_at(const struct drawing *drawing)
{
	return drawing->frame_columns + TIME_COLUMNS + 2;
}

static unsigned arrow_at(const struct drawing *drawing)
{
	return client_at(drawing) + STATE_COLUMNS;
}

static unsigned server_at(const struct drawing *drawing)
{
	return arrow_at(drawing) + drawing->arrow_columns + GAP;
}

static const char *frames_cell(const struct drawing *drawing,
			       const struct text_step *step, char cell[2 * TEXT_FRAME])
{
	char last[TEXT_FRAME];

	(void)text_frame(drawing->text, step->file, step->first, cell);
	if (step->last != step->first) {
		(void)snprintf(last, sizeof(last), "–%llu",
			       (unsigned long long)step->last);
		memcpy(cell + strlen(cell), last, strlen(last) + 1);
	}
	return cell;
}

static void measure(struct drawing *drawing)
{
	const struct term *term = &drawing->text->term;
	unsigned most = drawing->text->run->verbose > 0 ? VERBOSE_ARROW : ARROW;
	unsigned fixed;
	char cell[2 * TEXT_FRAME];

	drawing->frame_columns = LEAST_FRAME;
	for (size_t i = 0; i < drawing->track.count; i++) {
		unsigned own = term_columns(
		    term, frames_cell(drawing, &drawing->track.steps[i], cell));
		if (own > drawing->frame_columns)
			drawing->frame_columns = own;
	}
	fixed = arrow_at(drawing) + GAP + SERVER_ROOM;
	drawing->arrow_columns = most;
	if (term->width > 0 && term->width < fixed + most)
		drawing->arrow_columns =
		    term->width > fixed + LEAST_ARROW ? term->width - fixed : LEAST_ARROW;
}

static void put_heads(const struct drawing *drawing)
{
	struct term *term = &drawing->text->term;

	term_right(term, TERM_DIM, drawing->frame_columns, "frame");
	term_right(term, TERM_DIM, TIME_COLUMNS, "time");
	term_to(term, client_at(drawing), 2);
	term_put(term, TERM_DIM, "client");
	term_to(term, server_at(drawing), 2);
	term_put(term, TERM_DIM, "server");
	term_end(term);
}

/* ---- what passed ---- */

/* A run: what went each way, or how many empty ACKs. */
static void put_run(const struct drawing *drawing, const struct text_step *step)
{
	struct term *term = &drawing->text->term;
	uint64_t up = step->bytes[drawing->client];
	uint64_t down = step->bytes[1 - drawing->client];
	unsigned columns = drawing->arrow_columns;

	if (up > 0 && down > 0) {
		text_arrow_bytes(term, true, up, (columns - 1) / 2);
		term_to(term, arrow_at(drawing) + columns - (columns - 1) / 2, 1);
		text_arrow_bytes(term, false, down, (columns - 1) / 2);
	} else if (up > 0 || down > 0) {
		text_arrow_bytes(term, up > 0, up + down, columns);
	} else {
		term_printf(term, TERM_DIM, "(%u ACKs)", step->segments);
	}
}

static void put_passage(const struct drawing *drawing, const struct text_step *step)
{
	bool to_server = step->sender == drawing->client;
	char words[TEXT_ARROW];

	if (step->run && (step->segments > 1 || step->len > 0)) {
		put_run(drawing, step);
		return;
	}
	text_arrow_words(step, drawing->text->run->verbose > 0, words);
	text_arrow_put(&drawing->text->term, to_server, "─", words,
		       drawing->arrow_columns);
}

/* ---- lines ---- */

/* The transition of `end` that stands on the line of step i, or NULL. */
static const struct te_transition *beside(const struct drawing *drawing, size_t i,
					  enum te_end end)
{
	const struct te_connection *connection = drawing->connection;

	if (drawing->track.steps[i].segments > 1)
		return NULL;
	for (size_t k = 0; k < connection->transition_count; k++)
		if (connection->transitions[k].end == end &&
		    drawing->spots.transitions[k].step == i &&
		    drawing->spots.transitions[k].inside)
			return &connection->transitions[k];
	return NULL;
}

static void put_state(struct term *term, const struct te_transition *transition)
{
	if (transition != NULL)
		term_printf(term, TERM_STATE, "%s%s",
			    te_state_name((enum te_state)transition->to),
			    transition->basis == TE_PRESUMED ? "?" : "");
}

static void put_when(const struct drawing *drawing, const char *frames, te_time time,
		     uint32_t file)
{
	struct term *term = &drawing->text->term;
	char seconds[TERM_NUMBER];

	term_right(term, TERM_DIM, drawing->frame_columns, frames);
	if (time != TE_TIME_NONE)
		term_right(term, TERM_PLAIN, TIME_COLUMNS,
			   term_seconds(time - drawing->connection->first,
					text_digits(drawing->text, file), seconds));
}

/* In the margin if there is room; else where the server's state is not; else below. */
static void put_remark(const struct drawing *drawing, enum term_style style,
		       const char *remark)
{
	struct term *term = &drawing->text->term;
	unsigned columns = term_columns(term, remark);
	unsigned margin = server_at(drawing) + STATE_COLUMNS;
	unsigned at = term->column + 3 > margin ? term->column + 3 : margin;

	if (term->width > 0 && at + columns > term->width) {
		at = server_at(drawing);
		if (term->column > at || at + columns > term->width) {
			term_end(term);
			at = client_at(drawing);
		}
	}
	term_to(term, at, 0);
	term_put(term, style, remark);
}

static void put_findings_at(const struct drawing *drawing, size_t step)
{
	const struct te_connection *connection = drawing->connection;
	char remark[TEXT_SENTENCE];

	for (size_t i = 0; i < connection->finding_count; i++) {
		const struct te_finding *finding = &connection->findings[i];

		if (drawing->spots.findings[i].step != step)
			continue;
		(void)snprintf(remark, sizeof(remark), "%s %s",
			       te_severity_name(finding->severity), finding->rule->id);
		put_remark(drawing, term_severity(finding->severity), remark);
	}
}

static void put_repeats(const struct drawing *drawing, const struct text_step *step)
{
	char remark[TERM_NUMBER + 16];

	if (step->segments == 1 && step->repeats == 1) {
		put_remark(drawing, TERM_DIM, "(sent again)");
	} else if (step->repeats > 0) {
		(void)snprintf(remark, sizeof(remark), "(%u sent again)", step->repeats);
		put_remark(drawing, TERM_DIM, remark);
	}
	if (step->duplicates > 0)
		put_remark(drawing, TERM_DIM, "(captured twice)");
}

static void put_step(const struct drawing *drawing, size_t i)
{
	const struct text_step *step = &drawing->track.steps[i];
	struct term *term = &drawing->text->term;
	const struct te_transition *server = beside(drawing, i, TE_SERVER);
	char frames[2 * TEXT_FRAME];

	put_when(drawing, frames_cell(drawing, step, frames),
		 step->segments == 1 ? step->time : TE_TIME_NONE, step->file);
	term_to(term, client_at(drawing), 2);
	put_state(term, beside(drawing, i, TE_CLIENT));
	term_to(term, arrow_at(drawing), 1);
	put_passage(drawing, step);
	if (server != NULL) {
		term_to(term, server_at(drawing), 1);
		put_state(term, server);
	}
	put_repeats(drawing, step);
	put_findings_at(drawing, i);
	term_end(term);
}

static void put_lone_transition(const struct drawing *drawing,
				const struct te_transition *transition)
{
	struct term *term = &drawing->text->term;
	char frame[TEXT_FRAME] = "";

	if (transition->frame > 0)
		(void)text_frame(drawing->text, transition->file, transition->frame,
				 frame);
	put_when(drawing, frame, transition->time, transition->file);
	if (transition->end == TE_CLIENT) {
		term_to(term, client_at(drawing), 2);
		put_state(term, transition);
	}
	if (transition->basis == TE_TIMER || transition->basis == TE_IMPLIED) {
		term_to(term, arrow_at(drawing), 1);
		term_printf(term, TERM_DIM, "(%s)",
			    te_basis_name((enum te_basis)transition->basis));
	}
	if (transition->end == TE_SERVER) {
		term_to(term, server_at(drawing), 1);
		put_state(term, transition);
	}
	term_end(term);
}

/* Those that belong to step i, but found no place on its line. */
static void put_lone_transitions(const struct drawing *drawing, size_t i)
{
	const struct te_connection *connection = drawing->connection;
	bool lines = drawing->track.count > 0;

	for (size_t k = 0; k < connection->transition_count; k++) {
		const struct te_transition *transition = &connection->transitions[k];

		if (drawing->spots.transitions[k].step != i)
			continue;
		if (lines &&
		    transition == beside(drawing, i, (enum te_end)transition->end))
			continue;
		put_lone_transition(drawing, transition);
	}
}

/* ---- the end line ---- */

static void put_held(struct term *term, const struct te_end_view *view, te_time now)
{
	char duration[TERM_NUMBER];

	if (!text_is_held(view->state))
		return;
	term_printf(term, TERM_STATE, "%s%s", te_state_name(view->state),
		    view->presumed ? "?" : "");
	if (view->since != TE_TIME_NONE && now >= view->since)
		term_printf(
		    term, TERM_PLAIN, " %s",
		    describe_duration(now - view->since, duration, sizeof(duration)));
}

/* The capture's end, as far as it is known while this is told. */
static te_time end_time(const struct drawing *drawing)
{
	const struct out_run *run = drawing->text->run;
	const struct te_totals *totals =
	    run->engine != NULL ? te_engine_totals(run->engine) : NULL;

	if (totals != NULL && totals->end != TE_TIME_NONE &&
	    totals->end > drawing->connection->last)
		return totals->end;
	return drawing->connection->last;
}

static void put_left_out(const struct drawing *drawing)
{
	struct term *term = &drawing->text->term;
	char count[TERM_NUMBER];

	if (drawing->track.left_out == 0)
		return;
	term_to(term, client_at(drawing), 0);
	term_printf(term, TERM_WARNING, "(%s further segments: no room to draw them)",
		    term_count(drawing->track.left_out, count));
	term_end(term);
}

static bool has_late_findings(const struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->connection->finding_count; i++)
		if (drawing->spots.findings[i].step == drawing->track.count)
			return true;
	return false;
}

static void put_end(const struct drawing *drawing)
{
	const struct te_connection *connection = drawing->connection;
	const struct te_end_view *server = &connection->end[TE_SERVER];
	struct term *term = &drawing->text->term;
	te_time now = end_time(drawing);
	bool held =
	    text_is_held(connection->end[TE_CLIENT].state) || text_is_held(server->state);

	put_left_out(drawing);
	if (!held && !has_late_findings(drawing))
		return;
	put_when(drawing, "", held ? now : TE_TIME_NONE, connection->file);
	term_to(term, client_at(drawing), 2);
	put_held(term, &connection->end[TE_CLIENT], now);
	term_to(term, arrow_at(drawing), 1);
	if (held && connection->closed != TE_CLOSED_REPLACED &&
	    connection->closed != TE_CLOSED_EVICTED)
		term_put(term, TERM_DIM,
			 drawing->text->run->live ? "(now)" : "(end of the capture)");
	else if (held)
		term_printf(term, TERM_DIM, "(%s)", te_closed_name(connection->closed));
	if (text_is_held(server->state)) {
		term_to(term, server_at(drawing), 1);
		put_held(term, server, now);
	}
	put_findings_at(drawing, drawing->track.count);
	term_end(term);
}

static void put_lines(const struct drawing *drawing)
{
	text_head_put(drawing->text, drawing->connection);
	put_heads(drawing);
	if (drawing->track.count == 0)
		put_lone_transitions(drawing, 0);
	for (size_t i = 0; i < drawing->track.count; i++) {
		put_step(drawing, i);
		put_lone_transitions(drawing, i);
	}
	put_end(drawing);
}

void text_timeline_connection(struct text *text, const struct te_connection *connection)
{
	struct drawing drawing = {
		.text = text,
		.connection = connection,
		.track = text_track_find(text, connection->number),
	};
	const struct te_end_view *client = &connection->end[TE_CLIENT];

	drawing.client =
	    drawing.track.port == client->port &&
		    memcmp(&drawing.track.addr, &client->addr, sizeof(client->addr)) == 0
		? 0
		: 1;
	text_separate(text);
	measure(&drawing);
	if (text_spots_find(&drawing.spots, &drawing.track, connection)) {
		put_lines(&drawing);
	} else {
		term_put(&text->term, TERM_WARNING, "out of memory");
		term_end(&text->term);
	}
	text_spots_free(&drawing.spots);
	text_track_drop(text, connection->number);
}
