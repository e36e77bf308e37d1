/* session.c - one timeline: capture, filter, engine, selection, reports
 *
 * -w with a selection that only a whole connection can answer (its last state, its
 * findings) reads the files twice: connections have the same numbers both times.
 */
#include "config.h"
#include "session.h"
#include "at.h"
#include "blind.h"
#include "capture.h"
#include "chosen.h"
#include "filter.h"
#include "progress.h"
#include "say.h"
#include "signals.h"
#include "taps.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SESSION_LOOK = 1024 }; /* frames between two looks at the clock */

struct session {
	const struct session_spec *spec;
	const struct options *options;
	struct capture *capture;
	struct filter *filter; /* NULL: live, where the kernel filters, or none given */
	struct blind blind;
	struct te_engine *engine;
	struct hold *hold; /* NULL: connections are told as they end */
	struct at *at;     /* --at; else NULL */
	struct chosen chosen;
	struct progress progress;
	struct out_file *files;
	struct out_run run;
	const struct te_frame *frame; /* the one in the engine */
	uint64_t seen, passed;
	int64_t last_mono; /* when the last frame came */
	te_time last_time; /* what its own clock said */
	bool live, rewriting;
	bool early;               /* --at asks for what was before the capture */
	bool begun, told, broken; /* out of memory on the way */
};

/* ---- what the engine tells ---- */

static bool session_writes_early(const struct session *s)
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

static void session_show(void *ctx, const struct te_connection *connection)
{
	struct session *s = ctx;

	s->run.selected++;
	s->told = true;
	if (s->spec->write != NULL && !session_writes_early(s) &&
	    !chosen_add(&s->chosen, connection->number))
		s->broken = true;
	outputs_connection(s->spec->outputs, connection);
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
}

/* ---- opening ---- */

static bool session_open_live(struct session *s)
{
	const struct options *o = s->options;
	const struct capture_live live = {
		.interface = o->interface,
		.snaplen = (uint32_t)o->snaplen,
		.buffer_kib = (int)o->buffer_kib,
		.promiscuous = !o->no_promiscuous,
		.filter = o->filter,
		.user = o->user,
	};
	char err[CAPTURE_ERRLEN];

	s->capture = capture_open_live(&live, err);
	if (s->capture == NULL)
		say_error("%s: %s", o->interface, err);
	else if (!o->quiet)
		fprintf(stderr, "listening on %s, snapshot length %" PRIu64 " bytes\n",
			o->interface, o->snaplen);
	return s->capture != NULL;
}

static bool session_open_capture(struct session *s)
{
	char err[CAPTURE_ERRLEN];

	if (s->live)
		return session_open_live(s);
	s->capture = capture_open_files(s->spec->paths, s->spec->path_count, err);
	if (s->capture == NULL)
		say_error("%s", err);
	return s->capture != NULL;
}

/* Unknown formats, missing files, broken headers; not a file that is merely cut. */
static bool session_is_capture(const struct capture_file *file)
{
	if (file->error == NULL || file->packets > 0)
		return true;
	return file->truncated_tail && strcmp(file->format, "unknown") != 0;
}

/* The first input that could be read at all, or NULL. */
static const struct capture_file *session_first(const struct session *s)
{
	for (size_t i = 0; i < capture_file_count(s->capture); i++) {
		if (session_is_capture(capture_file(s->capture, i)))
			return capture_file(s->capture, i);
	}
	return NULL;
}

/* Those that are no captures before the report, those that are damaged after reading. */
static void session_say_errors(const struct session *s, bool captures)
{
	for (size_t i = 0; i < capture_file_count(s->capture); i++) {
		const struct capture_file *file = capture_file(s->capture, i);

		if (file->error != NULL && session_is_capture(file) == captures)
			say_error("%s: %s", file->path, file->error);
	}
}

static bool session_open_filter(struct session *s, uint16_t linktype)
{
	const struct options *o = s->options;
	char err[256];

	if (o->filter == NULL)
		return true;
	s->filter = filter_new(o->filter, linktype, err, sizeof(err));
	if (s->filter == NULL) {
		/* Live the kernel has taken it, perhaps with words that files lack */
		if (s->live)
			return true;
		if (o->words.stray != NULL)
			say_error(
			    "filter '%s': %s ('%s' is a file: files come before the "
			    "filter)",
			    o->filter, err, o->words.stray);
		else
			say_error("filter '%s': %s", o->filter, err);
		return false;
	}
	if (!s->rewriting && filter_one_way(s->filter))
		say_warning("the filter '%s' passes one direction only; both are needed "
			    "to tell states",
			    o->filter);
	blind_open(&s->blind, linktype);
	return true;
}

static bool session_open_engine(struct session *s)
{
	const struct options *o = s->options;
	struct te_sink sink = { .ctx = s };
	struct te_config config;

	if (s->spec->write != NULL || outputs_want_passing(s->spec->outputs))
		sink.passing = session_passing;
	if (!s->rewriting) {
		sink.connection = session_connection;
		sink.finding = session_finding;
	}
	config = *s->spec->config;
	config.keep_transitions = outputs_want_part(
	    s->spec->outputs, OUT_TRANSITIONS | OUT_TIMELINE | OUT_HOSTS | OUT_SOCKETS);
	config.keep_peers = outputs_want_peers(s->spec->outputs);
	/* Timelines and counts over time are made of whole connections. */
	config.live = s->live && !outputs_want_passing(s->spec->outputs) &&
		      !outputs_want_part(s->spec->outputs, OUT_HOSTS);
	s->engine = te_engine_new(&config, &sink);
	if (o->at.moment.kind != MOMENT_NONE && !s->rewriting &&
	    (s->at = at_new(&o->at, config.seed)) == NULL)
		s->broken = true;
	if (s->engine != NULL && o->sort != NULL && !s->rewriting)
		s->hold = hold_new(o->sort, o->top);
	if (s->engine == NULL || (o->sort != NULL && !s->rewriting && s->hold == NULL)) {
		say_error("out of memory");
		return false;
	}
	return true;
}

/* False: nothing can be analysed. Unreadable files are no reason for that: they are
 * reported as such. */
static bool session_open(struct session *s)
{
	const struct capture_file *first;
	uint16_t linktype = 1; /* LINKTYPE_ETHERNET: a wrong filter is wrong anywhere */

	if (!session_open_capture(s))
		return false;
	first = session_first(s);
	if (first != NULL)
		linktype = first->linktype;
	if (!session_open_filter(s, linktype))
		return false;
	if (first != NULL && s->spec->write != NULL)
		pcapout_precision(s->spec->write, first->digits);
	if (!s->rewriting)
		session_say_errors(s, false);
	return session_open_engine(s);
}

/* ---- the loop ---- */

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
	if (s->begun || s->rewriting)
		return;
	s->begun = true;
	session_describe_files(s);
	s->run.live = s->live;
	s->run.config = s->spec->config;
	s->run.engine = s->engine;
	s->run.start = start;
	s->run.filter = s->options->filter;
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

/* The moment of --at may pass. False: it was before the capture, which was said. */
static bool session_reach(struct session *s, const struct te_frame *frame)
{
	char why[96];

	if (s->at == NULL || at_frame(s->at, frame, s->engine) || s->spec->one_of_many)
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

static void session_frame(struct session *s, const struct te_frame *frame)
{
	if (!session_reach(s, frame))
		return;
	session_begin(s, frame->time);
	if (s->live) {
		s->last_mono = progress_now();
		s->last_time = frame->time;
	}
	if (++s->seen % SESSION_LOOK == 0)
		progress_show(&s->progress, capture_progress(s->capture), s->seen);
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
	return signals_stopped() || s->broken || s->early ||
	       (s->options->count != 0 && s->passed >= s->options->count);
}

static void session_loop(struct session *s)
{
	struct te_frame frame;
	int got;

	signals_watch(s->capture);
	progress_start(&s->progress, s->options->progress == OPTIONS_AUTO &&
					 !s->options->quiet && !s->live);
	while (!session_done(s) && (got = capture_next(s->capture, &frame)) != 0) {
		if (got > 0)
			session_frame(s, &frame);
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

/* ---- the end ---- */

static bool session_is_stream(const char *path)
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

static void session_verdict(struct session *s, const struct check_result *result)
{
	const struct check *check = &s->options->check;
	char verdict[160], line[512];

	if (!check->enabled)
		return;
	check_verdict(check, result, verdict, sizeof(verdict));
	if (s->spec->one_of_many)
		snprintf(line, sizeof(line), "check: %s: %s", s->spec->paths[0], verdict);
	else
		snprintf(line, sizeof(line), "check: %s", verdict);
	outputs_line(s->spec->outputs, line);
}

static int session_end(struct session *s)
{
	const struct te_totals *totals = te_engine_totals(s->engine);
	struct check_inputs inputs;
	struct check_result result;

	capture_stats(s->capture);
	session_say_end(s);
	inputs = session_inputs(s);
	inputs.damaged |= session_foreign(s, totals);
	result = check_judge(&s->options->check, &inputs, totals);
	s->run.complete = result.complete;
	s->run.exit = result.status;
	s->run.truncated_tail = inputs.truncated_tail;
	s->run.dropped_known = session_dropped_known(s);
	s->run.dropped = inputs.dropped;
	outputs_end(s->spec->outputs, &s->run, totals);
	session_verdict(s, &result);
	if (s->live)
		session_say_live(s);
	return result.status;
}

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
