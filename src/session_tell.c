/* session_tell.c - what the engine tells, on to the reports and to -w */
#include "config.h"
#include "session_parts.h"
#include <stdlib.h>
#include <string.h>

static bool session_wants(void *ctx, uint64_t number, uint64_t id)
{
	const struct session *s = ctx;

	return select_passing(&s->options->selection, number, id) &&
	       (!s->chose || chosen_has(&s->chosen, number));
}

/* A script needs what has the same addresses, too. */
static bool session_follows(void *ctx, uint64_t number, uint64_t id)
{
	const struct session *s = ctx;

	if (outputs_want_script(s->spec->outputs))
		return select_passing(&s->options->selection, number, id);
	return session_wants(ctx, number, id);
}

/* Segments pass in the order of their frames. */
static const struct te_frame *session_frame_of(struct session *s,
					       const struct te_segment *segment)
{
	while (s->frame->number != segment->frame || s->frame->file != segment->file)
		s->frame++;
	return s->frame;
}

static void session_passing(void *ctx, const struct te_passing *passing)
{
	struct session *s = ctx;

	if (s->spec->write != NULL &&
	    (!s->chose || chosen_has(&s->chosen, passing->connection)))
		pcapout_frame(s->spec->write, session_frame_of(s, passing->segment));
	outputs_passing(s->spec->outputs, passing);
}

void session_show(void *ctx, const struct te_connection *connection)
{
	struct session *s = ctx;

	s->run.selected++;
	s->told = true;
	if (s->choosing && !chosen_add(&s->chosen, connection->number))
		s->broken = true;
	outputs_connection(s->spec->outputs, connection);
	if (s->spec->listener != NULL)
		s->spec->listener->connection(s->spec->listener->ctx, connection);
}

static void session_hold_or_show(struct session *s, const struct te_connection *c)
{
	if (s->hold == NULL)
		session_show(s, c);
	else if (!hold_add(s->hold, c))
		s->broken = true;
}

/* The connection with those of its findings that are selected. */
static void session_show_selected(struct session *s, const struct te_connection *whole,
				  struct te_finding *findings)
{
	struct te_connection part = *whole;

	part.findings = findings;
	part.finding_count = 0;
	for (size_t i = 0; i < whole->finding_count; i++) {
		if (select_finding(&s->options->selection, &findings[i]))
			findings[part.finding_count++] = findings[i];
	}
	session_hold_or_show(s, &part);
}

/* All is judged, what is selected is shown. The findings are a copy, for marks; NULL:
 * there are none, or nobody marks them or leaves any out. */
static void session_judge_and_show(struct session *s, const struct te_connection *whole,
				   struct te_finding *findings)
{
	bool selected =
	    !s->run.selecting || select_connection(&s->options->selection, whole);

	if (s->spec->gate != NULL && !gate_connection(s->spec->gate, whole, findings))
		s->broken = true;
	if (s->at != NULL && !at_connection(s->at, whole, selected))
		s->broken = true;
	if (selected && findings != NULL)
		session_show_selected(s, whole, findings);
	else if (selected)
		session_hold_or_show(s, whole);
	else if (!whole->ongoing)
		outputs_forget(s->spec->outputs, whole->number);
}

static void session_connection(void *ctx, const struct te_connection *connection)
{
	size_t size = connection->finding_count * sizeof(struct te_finding);
	struct te_finding *findings;
	struct session *s = ctx;

	if (s->direct) {
		s->told = true;
		s->run.selected++;
		outputs_connection(s->spec->outputs, connection);
		return;
	}
	if (connection->ongoing && s->hold != NULL)
		return; /* sorted, at the end */
	if (size == 0 || (s->spec->gate == NULL && !s->run.selecting)) {
		session_judge_and_show(s, connection, NULL);
		return;
	}
	findings = malloc(size);
	if (findings == NULL) {
		s->broken = true;
		return;
	}
	memcpy(findings, connection->findings, size);
	session_judge_and_show(s, connection, findings);
	free(findings);
}

static void session_finding(void *ctx, const struct te_finding *finding)
{
	struct te_finding copy = *finding;
	struct session *s = ctx;

	if (s->spec->gate != NULL && !gate_wide(s->spec->gate, &copy))
		s->broken = true;
	if (!select_wide(&s->options->selection, finding))
		return;
	s->told = true;
	outputs_finding(s->spec->outputs, &copy);
	if (s->spec->listener != NULL)
		s->spec->listener->finding(s->spec->listener->ctx, finding);
}

struct te_sink session_sink(struct session *s)
{
	struct te_sink sink = { .ctx = s,
				.connection = session_connection,
				.finding = session_finding };

	bool some = s->chose || s->options->selection.conn_count > 0;

	if (s->spec->write != NULL || outputs_want_passing(s->spec->outputs)) {
		sink.passing = session_passing;
		sink.follows = some ? session_follows : NULL;
	}
	if (some && session_is_selective(s))
		sink.wants = session_wants;
	return sink;
}
