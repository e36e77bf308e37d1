/* session_open.c - the capture, the filter and the engine of a timeline */
#include "config.h"
#include "say.h"
#include "session_parts.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

bool session_is_capture(const struct capture_file *file)
{
	if (file->error == NULL || file->packets > 0)
		return true;
	return file->truncated_tail && strcmp(file->format, "unknown") != 0;
}

const struct capture_file *session_first(const struct session *s)
{
	for (size_t i = 0; i < capture_file_count(s->capture); i++) {
		if (session_is_capture(capture_file(s->capture, i)))
			return capture_file(s->capture, i);
	}
	return NULL;
}

void session_say_errors(const struct session *s, bool captures)
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
	if (!s->choosing && filter_one_way(s->filter))
		say_warning("the filter '%s' passes one direction only; both are needed "
			    "to tell states",
			    o->filter);
	blind_open(&s->blind, linktype);
	return true;
}

/* Who selects, judges, sorts or writes has to see all first. */
static bool session_is_direct(const struct session *s)
{
	const struct options *o = s->options;

	return !select_given(&o->selection) && o->sort == NULL &&
	       o->at.moment.kind == MOMENT_NONE && s->spec->gate == NULL &&
	       s->spec->write == NULL && s->spec->listener == NULL;
}

/* How many need be told that nothing was found in? All that are kept somewhere until
 * then, too. */
static uint64_t session_tell_first(const struct session *s, const struct te_sink *sink)
{
	const struct options *o = s->options;
	bool kept = sink->passing != NULL && sink->follows == NULL;

	/* Of a single one, the overview tells all. */
	if (s->direct && !s->live && !outputs_want_all(s->spec->outputs))
		return 1;
	if (select_found(&o->selection) && session_is_selective(s) && !kept)
		return 0;
	return UINT64_MAX;
}

bool session_is_selective(const struct session *s)
{
	return !s->live && s->spec->gate == NULL &&
	       s->options->at.moment.kind == MOMENT_NONE;
}

static bool session_open_engine(struct session *s)
{
	const struct options *o = s->options;
	struct te_sink sink = session_sink(s);
	struct te_config config;

	config = *s->spec->config;
	s->direct = session_is_direct(s);
	config.keep_transitions = outputs_want_part(
	    s->spec->outputs, OUT_TRANSITIONS | OUT_TIMELINE | OUT_HOSTS | OUT_SOCKETS);
	config.keep_transitions |= policy_times_handshakes(&o->policy);
	config.keep_peers = outputs_want_peers(s->spec->outputs);
	config.keep_ids =
	    outputs_want_ids(s->spec->outputs) || select_by_id(&o->selection);
	/* Timelines and counts over time are made of whole connections. */
	config.live = s->live && !outputs_want_passing(s->spec->outputs) &&
		      !outputs_want_part(s->spec->outputs, OUT_HOSTS);
	config.tell_first = session_tell_first(s, &sink);
	/* What is dropped when memory is short must be the same both times. */
	config.keep_whole = (s->choosing || s->chose) && config.max_memory != 0;
	s->engine = te_engine_new(&config, &sink);
	if (o->at.moment.kind != MOMENT_NONE && !s->choosing &&
	    (s->at = at_new(&o->at, config.seed)) == NULL)
		s->broken = true;
	if (s->engine != NULL && o->sort != NULL)
		s->hold = hold_new(o->sort, o->top);
	if (s->engine == NULL || (o->sort != NULL && s->hold == NULL)) {
		say_error("out of memory");
		return false;
	}
	return true;
}

static bool session_open_gate(struct session *s)
{
	const char *path = s->live ? s->options->interface : s->spec->paths[0];

	if (s->spec->gate == NULL || gate_begin(s->spec->gate, path))
		return true;
	say_error("out of memory");
	return false;
}

bool session_open(struct session *s)
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
	if (!s->choosing)
		session_say_errors(s, false);
	return session_open_gate(s) && session_open_engine(s);
}
