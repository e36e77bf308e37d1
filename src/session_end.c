/* session_end.c - what the inputs came to: the last words, and the exit status */
#include "config.h"
#include "say.h"
#include "session_parts.h"
#include "signals.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool session_is_stream(const char *path)
{
	struct stat st;

	return strcmp(path, "-") == 0 || (stat(path, &st) == 0 && S_ISFIFO(st.st_mode));
}

/* A reader of a pipe who is stopped has got what he asked for, as live. */
static bool session_interrupted(const struct session *s)
{
	if (!signals_stopped() || s->live)
		return false;
	for (size_t i = 0; i < s->spec->path_count; i++) {
		if (session_is_stream(s->spec->paths[i]))
			return false;
	}
	return true;
}

static struct check_inputs session_inputs(const struct session *s)
{
	struct check_inputs inputs = { .interrupted =
					   session_interrupted(s) || s->broken };

	for (size_t i = 0; i < capture_file_count(s->capture); i++) {
		const struct capture_file *file = capture_file(s->capture, i);

		if (inputs.error == NULL)
			inputs.error = file->error;
		inputs.truncated_tail |= file->error != NULL && file->truncated_tail;
		inputs.damaged |= file->error != NULL && !file->truncated_tail;
		if (file->dropped_known)
			inputs.dropped += file->dropped + file->dropped_by_if;
	}
	return inputs;
}

static bool session_dropped_known(const struct session *s)
{
	for (size_t i = 0; i < capture_file_count(s->capture); i++) {
		if (capture_file(s->capture, i)->dropped_known)
			return true;
	}
	return false;
}

/* No frame of any input could be read: that is no analysis. */
static bool session_foreign(const struct session *s, const struct te_totals *totals)
{
	const struct capture_file *first = session_first(s);

	if (totals->unsupported == 0)
		return false;
	if (totals->unsupported < totals->packets) {
		say_warning("%" PRIu64
			    " packets are of a link type that is not supported",
			    totals->unsupported);
		return false;
	}
	say_error("%s: link type %u is not supported", first->path, first->linktype);
	return true;
}

static void session_say_live(const struct session *s)
{
	const struct capture_file *file = capture_file(s->capture, 0);

	fprintf(stderr, "%" PRIu64 " packets captured\n", file->packets);
	fprintf(stderr, "%" PRIu64 " packets received by filter\n",
		file->packets + file->dropped);
	fprintf(stderr, "%" PRIu64 " packets dropped by kernel\n", file->dropped);
	if (file->dropped_by_if > 0)
		fprintf(stderr, "%" PRIu64 " packets dropped by interface\n",
			file->dropped_by_if);
}

static void session_say_end(const struct session *s)
{
	session_say_errors(s, true);
	if (s->broken)
		say_error("out of memory");
	if (s->filter != NULL && !s->live && s->passed == 0 && s->seen > 0)
		blind_say(&s->blind, s->options->filter);
}

static struct check_result session_judge(const struct session *s,
					 const struct check_inputs *inputs,
					 const struct te_totals *totals)
{
	const struct check_counts none = { 0 };

	if (s->spec->gate != NULL)
		return gate_end(s->spec->gate, inputs, totals)->result;
	return check_judge(&s->options->check, inputs, totals, &none);
}

int session_end(struct session *s)
{
	const struct te_totals *totals = te_engine_totals(s->engine);
	struct check_inputs inputs;
	struct check_result result;

	capture_stats(s->capture);
	session_say_end(s);
	inputs = session_inputs(s);
	inputs.damaged |= session_foreign(s, totals);
	result = session_judge(s, &inputs, totals);
	s->run.complete = result.complete;
	s->run.exit = result.status;
	s->run.truncated_tail = inputs.truncated_tail;
	s->run.dropped_known = session_dropped_known(s);
	s->run.dropped = inputs.dropped;
	outputs_end(s->spec->outputs, &s->run, totals);
	if (s->spec->listener != NULL)
		s->spec->listener->end(s->spec->listener->ctx, &s->run, totals);
	if (s->spec->gate != NULL)
		outputs_judged(s->spec->outputs, s->spec->gate);
	if (s->live)
		session_say_live(s);
	return result.status;
}
