/* session.c - one timeline: capture, filter, engine, selection, reports
 *
 * Segments of connections that only a whole one can tell to be selected (by its last
 * state, its findings) are followed by reading the files twice: first to choose, then to
 * report. Connections have the same numbers both times.
 */
#include "config.h"
#include "say.h"
#include "session_parts.h"
#include "taps.h"
#include <stdlib.h>
#include <string.h>

static void session_close(struct session *s)
{
	te_engine_free(s->engine);
	hold_free(s->hold);
	at_free(s->at);
	filter_free(s->filter);
	blind_close(&s->blind);
	capture_close(s->capture);
	free(s->files);
}

/* Is it known only of a whole connection whether it is selected? */
static bool session_selects_late(const struct session_spec *spec)
{
	return !select_is_early(&spec->options->selection) || spec->options->sort != NULL;
}

/* What passes but once cannot be read twice: its path, or NULL. */
static const char *session_stream(const struct session_spec *spec)
{
	for (size_t i = 0; i < spec->path_count; i++) {
		if (session_is_stream(spec->paths[i]))
			return spec->paths[i];
	}
	return NULL;
}

static bool session_may_write(const struct session_spec *spec)
{
	const char *stream = session_stream(spec);

	if (stream == NULL || !session_selects_late(spec))
		return true;
	say_error("%s: -w with a selection reads the input twice; give a file",
		  strcmp(stream, "-") == 0 ? "standard input" : stream);
	return false;
}

/* Where it cannot, every segment is kept until its connection is told. So does a script:
 * it needs what has the same addresses, too. */
static bool session_chooses(const struct session_spec *spec)
{
	if (spec->path_count == 0 || !session_selects_late(spec) ||
	    session_stream(spec) != NULL)
		return false;
	return spec->write != NULL || (outputs_want_passing(spec->outputs) &&
				       !outputs_want_script(spec->outputs));
}

/* All the way for nobody: CHECK_OK, and the chosen are known. */
static int session_choose(const struct session_spec *spec, struct chosen *chosen)
{
	const struct options nothing = { .report_count = 0 };
	struct session_spec silent = { .options = spec->options,
				       .config = spec->config,
				       .paths = spec->paths,
				       .path_count = spec->path_count,
				       .naming = spec->naming,
				       .outputs = outputs_new(&nothing) };
	struct session s = { .spec = &silent,
			     .options = spec->options,
			     .choosing = true };
	bool open = silent.outputs != NULL && session_open(&s);

	if (open)
		session_loop(&s);
	if (s.broken)
		say_error("out of memory");
	session_close(&s);
	outputs_free(silent.outputs);
	*chosen = s.chosen;
	return !open ? CHECK_USAGE : s.broken ? CHECK_INCOMPLETE : CHECK_OK;
}

static int session_report(struct session *s)
{
	int status = CHECK_USAGE;

	if (session_open(s)) {
		session_loop(s);
		if (!s->early)
			status = session_end(s);
	}
	session_close(s);
	return status;
}

int session_run(const struct session_spec *spec)
{
	struct session s = {
		.spec = spec,
		.options = spec->options,
		.live = spec->path_count == 0,
		.chose = session_chooses(spec),
	};
	int status = CHECK_OK;

	if ((spec->write != NULL && !session_may_write(spec)) ||
	    taps_same_traffic(spec->paths, spec->path_count))
		return CHECK_USAGE;
	if (s.chose)
		status = session_choose(spec, &s.chosen);
	if (status == CHECK_OK)
		status = session_report(&s);
	chosen_free(&s.chosen);
	return status;
}
