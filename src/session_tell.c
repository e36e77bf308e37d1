/* session_tell.c - what the engine tells, on to the reports and to -w */
#include "config.h"
#include "session_parts.h"
#include <stdlib.h>

bool session_writes_early(const struct session *s)
{
	return s->spec->write != NULL && select_is_early(&s->options->selection) &&
	       s->options->sort == NULL;
}

static void session_passing(void *ctx, const struct te_passing *passing)
{
	struct session *s = ctx;

	if (!select_passing(&s->options->selection, passing->connection, passing->id))
		return;
	if (s->rewriting ? chosen_has(&s->chosen, passing->connection)
			 : session_writes_early(s))
		pcapout_frame(s->spec->write, s->frame);
	if (!s->rewriting)
		outputs_passing(s->spec->outputs, passing);
}

void session_show(void *ctx, const struct te_connection *connection)
{
	struct session *s = ctx;

	s->run.selected++;
	s->told = true;
	if (s->spec->write != NULL && !session_writes_early(s) &&
	    !chosen_add(&s->chosen, connection->number))
		s->broken = true;
	outputs_connection(s->spec->outputs, connection);
	if (s->spec->listener != NULL)
		s->spec->listener->connection(s->spec->listener->ctx, connection);
}

/* The connection with those of its findings that are selected. */
static void session_show_selected(struct session *s, const struct te_connection *whole,
				  void (*show)(struct session *,
					       const struct te_connection *))
{
	struct te_connection part = *whole;
	struct te_finding *findings = NULL;

	if (whole->finding_count > 0)
		findings = malloc(whole->finding_count * sizeof(*findings));
	if (findings == NULL) {
		s->broken |= whole->finding_count > 0;
		show(s, whole);
		return;
	}
	part.finding_count = 0;
	for (size_t i = 0; i < whole->finding_count; i++) {
		if (select_finding(&s->options->selection, &whole->findings[i]))
			findings[part.finding_count++] = whole->findings[i];
	}
	part.findings = findings;
	show(s, &part);
	free(findings);
}

static void session_hold_or_show(struct session *s, const struct te_connection *c)
{
	if (s->hold == NULL)
		session_show(s, c);
	else if (!hold_add(s->hold, c))
		s->broken = true;
}

static void session_connection(void *ctx, const struct te_connection *connection)
{
	struct session *s = ctx;
	bool selected;

	if (connection->ongoing && s->hold != NULL)
		return; /* sorted, at the end */
	selected = select_connection(&s->options->selection, connection);
	if (s->at != NULL && !at_connection(s->at, connection, selected))
		s->broken = true;
	if (selected)
		session_show_selected(s, connection, session_hold_or_show);
}

static void session_finding(void *ctx, const struct te_finding *finding)
{
	struct session *s = ctx;

	if (!select_wide(&s->options->selection, finding))
		return;
	s->told = true;
	outputs_finding(s->spec->outputs, finding);
	if (s->spec->listener != NULL)
		s->spec->listener->finding(s->spec->listener->ctx, finding);
}

struct te_sink session_sink(struct session *s)
{
	struct te_sink sink = { .ctx = s };

	if (s->spec->write != NULL || outputs_want_passing(s->spec->outputs))
		sink.passing = session_passing;
	if (!s->rewriting) {
		sink.connection = session_connection;
		sink.finding = session_finding;
	}
	return sink;
}
