/* session.c - one timeline: capture, filter, engine, selection, reports
 *
 * -w with a selection that only a whole connection can answer (its last state, its
 * findings) reads the files twice: connections have the same numbers both times.
 */
#include "config.h"
#include "session_parts.h"
#include "taps.h"
#include <stdlib.h>

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

/* The same way once more, for the packets of what was chosen the first time. */
static bool session_rewrite(const struct session *first)
{
	struct session s = {
		.spec = first->spec,
		.options = first->options,
		.chosen = first->chosen,
		.rewriting = true,
	};
	bool ok = session_open(&s);

	if (ok)
		session_loop(&s);
	session_close(&s);
	return ok && !s.broken;
}

int session_run(const struct session_spec *spec)
{
	struct session s = {
		.spec = spec,
		.options = spec->options,
		.live = spec->path_count == 0,
	};
	int status = CHECK_USAGE;

	if (taps_same_traffic(spec->paths, spec->path_count))
		return CHECK_USAGE;
	if (session_open(&s)) {
		session_loop(&s);
		if (!s.early)
			status = session_end(&s);
		if (!s.early && spec->write != NULL && !session_writes_early(&s) &&
		    !session_rewrite(&s))
			status = CHECK_INCOMPLETE;
	}
	session_close(&s);
	chosen_free(&s.chosen);
	return status;
}
