/* session_loop.c - frames from the capture through the filter to the engine */
#include "config.h"
#include "say.h"
#include "session_parts.h"
#include "signals.h"
#include <stdio.h>
#include <stdlib.h>

enum {
	SESSION_LOOK = 1024, /* frames between two looks at the clock */
	SESSION_BATCH = 64,
};

static void session_describe_files(struct session *s)
{
	size_t count = capture_file_count(s->capture);

	s->files = calloc(count, sizeof(*s->files));
	for (size_t i = 0; s->files != NULL && i < count; i++) {
		const struct capture_file *file = capture_file(s->capture, i);
		const char *linktype =
		    session_is_capture(file) ? te_linktype_name(file->linktype) : NULL;

		s->files[i] = (struct out_file){
			.path = file->path,
			.format = file->format,
			.codec = file->codec,
			.linktype = linktype != NULL ? linktype : "unknown",
			.snaplen = file->snaplen,
			.digits = file->digits,
		};
	}
	s->run.files = s->files;
	s->run.file_count = s->files == NULL ? 0 : count;
}

/* At the first frame, or at the end of an input without one. */
static void session_begin(struct session *s, te_time start)
{
	if (s->begun)
		return;
	s->begun = true;
	session_describe_files(s);
	s->run.live = s->live;
	s->run.config = s->spec->config;
	s->run.engine = s->engine;
	s->run.start = start;
	s->run.filter = s->options->filter;
	s->run.naming = *s->spec->naming;
	s->run.selecting = select_given(&s->options->selection) || s->hold != NULL;
	if (s->files == NULL ||
	    !outputs_begin(s->spec->outputs, &s->run, session_first(s) != NULL))
		s->broken = true;
}

static bool session_passes(struct session *s, const struct te_frame *frame)
{
	if (s->filter == NULL || s->live || filter_passes(s->filter, frame))
		return true;
	if (s->passed == 0)
		blind_refused(&s->blind, frame);
	return false;
}

static void session_flush(struct session *s)
{
	if (s->told && (s->live || s->options->line_buffered))
		outputs_flush(s->spec->outputs);
	s->told = false;
}

/* The moment of --at may pass: so many may be taken at once. False: it was before the
 * capture, which was said. */
static bool session_reach(struct session *s, const struct te_frame *frames, size_t *count)
{
	char why[96];

	if (s->at == NULL || at_frames(s->at, frames, count, s->engine) ||
	    s->spec->one_of_many)
		return true;
	say_error("--at: %s", at_miss(s->at, why, sizeof(why)));
	s->early = true;
	return false;
}

static void session_sockets(struct session *s, bool inside)
{
	const struct out_socket *sockets;
	char why[96];
	size_t count;

	if (!inside)
		say_warning("--at: %s", at_miss(s->at, why, sizeof(why)));
	if (at_sockets(s->at, &sockets, &count))
		outputs_sockets(s->spec->outputs, sockets, count);
	else
		s->broken = true;
	if (inside && !at_host_seen(s->at))
		say_warning("--host: no connection has an end there");
}

static void session_finish(struct session *s)
{
	bool inside = s->at != NULL && at_end(s->at, s->engine);

	te_engine_finish(s->engine);
	if (s->at != NULL)
		session_sockets(s, inside);
	if (s->hold != NULL)
		hold_tell(s->hold, session_show, s);
}

static void session_see(struct session *s, uint64_t count)
{
	uint64_t before = s->seen;

	s->seen += count;
	if (s->seen / SESSION_LOOK != before / SESSION_LOOK)
		progress_show(&s->progress, capture_progress(s->capture), s->seen);
}

static void session_frame(struct session *s, const struct te_frame *frame)
{
	size_t one = 1;

	if (!session_reach(s, frame, &one))
		return;
	session_begin(s, frame->time);
	if (s->live) {
		s->last_mono = progress_now();
		s->last_time = frame->time;
	}
	session_see(s, 1);
	if (!session_passes(s, frame))
		return;
	s->passed++;
	s->frame = frame;
	if (te_engine_frame(s->engine, frame) == TE_NO_MEMORY)
		s->broken = true;
	session_flush(s);
}

/* The capture's clock went on while nothing came. */
static void session_silence(struct session *s)
{
	if (!s->live || s->seen == 0)
		return;
	te_engine_tick(s->engine, s->last_time + (progress_now() - s->last_mono));
	session_flush(s);
}

static bool session_done(const struct session *s)
{
	return s->broken || s->early ||
	       (s->options->count != 0 && s->passed >= s->options->count);
}

/* Those that pass the filter move to the front. */
static size_t session_sift(struct session *s, struct te_frame *frames, size_t count)
{
	size_t passed = 0;

	if (s->filter == NULL && s->options->count == 0) {
		s->passed += count;
		return count;
	}
	for (size_t i = 0; i < count && !session_done(s); i++) {
		if (!session_passes(s, &frames[i]))
			continue;
		s->passed++;
		frames[passed++] = frames[i];
	}
	return passed;
}

/* Live, each is taken in as it comes. With -c, --at must not see what comes behind the
 * last one. */
static bool session_one_by_one(const struct session *s)
{
	return s->live || (s->at != NULL && s->options->count != 0);
}

static void session_batch(struct session *s, struct te_frame *frames, size_t count)
{
	session_begin(s, frames[0].time);
	session_see(s, count);
	count = session_sift(s, frames, count);
	s->frame = frames;
	if (te_engine_frames(s->engine, frames, count) == TE_NO_MEMORY)
		s->broken = true;
	session_flush(s);
}

static void session_frames(struct session *s, struct te_frame *frames, size_t count)
{
	bool one_by_one = session_one_by_one(s);
	size_t some;

	for (; count > 0 && !session_done(s); frames += some, count -= some) {
		some = one_by_one ? 1 : count;
		if (one_by_one)
			session_frame(s, frames);
		else if (session_reach(s, frames, &some))
			session_batch(s, frames, some);
	}
}

void session_loop(struct session *s)
{
	struct te_frame frames[SESSION_BATCH];
	int got;

	signals_watch(s->capture);
	progress_start(&s->progress, s->options->progress == OPTIONS_AUTO &&
					 !s->options->quiet && !s->live);
	while (!signals_stopped() && !session_done(s) &&
	       (got = capture_batch(s->capture, frames, SESSION_BATCH)) != 0) {
		if (got > 0)
			session_frames(s, frames, (size_t)got);
		else
			session_silence(s);
	}
	progress_stop(&s->progress);
	signals_watch(NULL);
	if (s->early)
		return;
	session_begin(s, TE_TIME_NONE);
	session_finish(s);
}
