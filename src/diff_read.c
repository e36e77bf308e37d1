/* diff_read.c - a report in JSON Lines (tcpends/1), read back for --diff
 *
 * One report is from its `capture` to its `summary`; there may be several, as --separate
 * prints them. A line that is damaged is left out and the rest counted.
 */
#include "config.h"
#include "diff_read.h"
#include "diff_json.h"
#include "lines.h"
#include "say.h"
#include "signals.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct diff_reader {
	const char *path;
	struct stream *stream;
	struct lines lines;
	/* while it is read: */
	struct diff *diff;
	enum diff_side side;
	struct diff_input *input;
	bool inside;                    /* behind a `capture`, before its `summary` */
	uint64_t connections, findings; /* told since that `capture` */
	uint64_t wrong;                 /* lines */
	char why[256];                  /* what is wrong with the first of them */
	bool cut;                       /* a report has no end */
	bool alien, lost;
};

struct diff_reader *diff_reader_open(const char *path)
{
	struct diff_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return NULL;
	reader->path = path;
	reader->stream = stream_open(path);
	if (reader->stream == NULL) {
		free(reader);
		return NULL;
	}
	lines_begin(&reader->lines, reader->stream);
	return reader;
}

bool diff_reader_is_report(struct diff_reader *reader)
{
	return lines_peek(&reader->lines) == '{';
}

void diff_reader_close(struct diff_reader *reader)
{
	if (reader == NULL)
		return;
	lines_end(&reader->lines);
	stream_close(reader->stream);
	free(reader);
}

/* ---- what is wrong ---- */

static void diff_reader_wrong(struct diff_reader *reader, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void diff_reader_wrong(struct diff_reader *reader, const char *fmt, ...)
{
	va_list args;
	size_t used;

	if (reader->wrong++ > 0)
		return;
	used = (size_t)snprintf(reader->why, sizeof(reader->why), "line %" PRIu64 ": ",
				reader->lines.number);
	va_start(args, fmt);
	vsnprintf(reader->why + used, sizeof(reader->why) - used, fmt, args);
	va_end(args);
}

static void diff_reader_need(struct diff_reader *reader, const char *type,
			     const char *wrong)
{
	if (wrong != NULL)
		diff_reader_wrong(reader, "%s: '%s' is missing or wrong", type, wrong);
}

/* ---- lines by type ---- */

static void diff_reader_capture(struct diff_reader *reader, const json_t *object)
{
	const char *schema = json_string_value(json_object_get(object, "schema"));

	if (schema == NULL || strcmp(schema, "tcpends/1") != 0) {
		reader->alien = true;
		diff_reader_wrong(reader, "its schema is '%.40s', not 'tcpends/1'",
				  schema != NULL ? schema : "");
		return;
	}
	reader->cut |= reader->inside;
	reader->inside = reader->input->readable = true;
	reader->connections = reader->findings = 0;
}

static void diff_reader_connection(struct diff_reader *reader, const json_t *object)
{
	struct te_connection connection;
	const char *wrong = diff_json_connection(object, &connection);

	reader->connections++;
	if (wrong == NULL &&
	    !diff_add_connection(reader->diff, reader->side, &connection))
		reader->lost = true;
	diff_reader_need(reader, "connection", wrong);
}

static void diff_reader_finding(struct diff_reader *reader, const json_t *object)
{
	struct diff_row row;
	const char *wrong = diff_json_finding(object, &row);

	reader->findings++;
	if (wrong == NULL && !diff_add(reader->diff, reader->side, &row))
		reader->lost = true;
	diff_reader_need(reader, "finding", wrong);
}

/* A report that shows less than it has judged cannot be compared. */
static void diff_reader_all_told(struct diff_reader *reader, const json_t *object,
				 uint64_t connections)
{
	const json_t *member, *counts = json_object_get(object, "finding_counts");
	uint64_t findings = 0;
	const char *id;

	json_object_foreach((json_t *)(uintptr_t)counts, id, member) findings +=
	    (uint64_t)json_integer_value(member);
	if (reader->connections < connections)
		diff_reader_wrong(reader,
				  "it tells %" PRIu64 " of %" PRIu64
				  " connections: a report of a selection, or of --show",
				  reader->connections, connections);
	else if (reader->findings < findings)
		diff_reader_wrong(reader,
				  "it tells %" PRIu64 " of %" PRIu64
				  " findings: a report of a selection, or of --show",
				  reader->findings, findings);
}

/* Why it is not complete, as far as the report says: --allow may tolerate that. */
static bool diff_reader_missing(struct diff_reader *reader, const json_t *object)
{
	const json_t *quality = json_object_get(object, "capture_quality");
	struct diff_input *input = reader->input;
	bool complete, cut, known;
	uint64_t dropped;

	if (!diff_json_bool(object, "complete", &complete) ||
	    !diff_json_bool(quality, "truncated_tail", &cut) ||
	    !diff_json_count(quality, "dropped", &dropped, &known))
		return false;
	input->dropped_known |= known;
	input->dropped += dropped;
	if (complete)
		return true;
	input->state.dropped += dropped;
	input->state.truncated_tail |= cut;
	input->state.damaged |= !cut && dropped == 0;
	return true;
}

static void diff_reader_summary(struct diff_reader *reader, const json_t *object)
{
	struct te_totals *totals = &reader->input->totals;
	uint64_t before = totals->connections;
	const char *wrong = diff_json_summary(object, totals);

	reader->inside = false;
	if (wrong == NULL && !diff_reader_missing(reader, object))
		wrong = "complete";
	diff_reader_need(reader, "summary", wrong);
	if (wrong == NULL)
		diff_reader_all_told(reader, object, totals->connections - before);
}

static void diff_reader_refuse(struct diff_reader *reader, const json_t *object)
{
	(void)object;
	reader->alien = true;
	diff_reader_wrong(reader, "this is a report of --diff already");
}

/* clang-format off */
static const struct {
	const char *type;
	void (*take)(struct diff_reader *, const json_t *); /* NULL: says nothing new */
} diff_reader_types[] = {
	{ "capture",    diff_reader_capture },
	{ "connection", diff_reader_connection },
	{ "finding",    diff_reader_finding },
	{ "summary",    diff_reader_summary },
	{ "diff",       diff_reader_refuse },
	{ "transition", NULL },
	{ "revision",   NULL },
	{ "socket",     NULL },
	{ "host",       NULL },
};
/* clang-format on */

static void diff_reader_object(struct diff_reader *reader, const json_t *object)
{
	const char *type = json_string_value(json_object_get(object, "type"));
	size_t count = sizeof(diff_reader_types) / sizeof(diff_reader_types[0]), i = 0;

	if (!reader->inside && (type == NULL || strcmp(type, "capture") != 0)) {
		reader->alien = !reader->input->readable;
		diff_reader_wrong(reader, "no report of tcpends begins so: a line of "
					  "type 'capture' does");
		return;
	}
	while (i < count &&
	       (type == NULL || strcmp(diff_reader_types[i].type, type) != 0))
		i++;
	if (i == count)
		diff_reader_wrong(reader, "'%.40s' is no type of line",
				  type != NULL ? type : "");
	else if (diff_reader_types[i].take != NULL)
		diff_reader_types[i].take(reader, object);
}

static void diff_reader_line(struct diff_reader *reader, const char *line, size_t len)
{
	json_error_t error;
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);

	if (json_is_object(object)) {
		diff_reader_object(reader, object);
	} else if (object == NULL && !reader->lines.whole) {
		reader->cut = true; /* in this line */
	} else {
		diff_reader_wrong(reader, "no JSON object: %s (at column %d)",
				  object == NULL ? error.text : "another value",
				  object == NULL ? error.column : 1);
		reader->alien = !reader->input->readable;
	}
	json_decref(object);
}

/* ---- the whole ---- */

/* Most lines of most reports, and nothing that is compared: left out by how they begin
 * and end, as tcpends writes them. What is not so is read. */
static bool diff_reader_skips(const struct diff_reader *reader, const char *line,
			      size_t len)
{
	static const char begin[] = "{\"type\":\"transition\",";
	const size_t n = sizeof(begin) - 1;

	return reader->inside && reader->lines.whole && len > n &&
	       memcmp(line, begin, n) == 0 && line[len - 1] == '}';
}

static void diff_reader_lines(struct diff_reader *reader)
{
	const char *line;
	size_t len;

	while (!reader->alien && !reader->lost && !signals_stopped() &&
	       (line = lines_next(&reader->lines, &len)) != NULL) {
		if (!diff_reader_skips(reader, line, len) && len > strspn(line, " \t\r"))
			diff_reader_line(reader, line, len);
	}
}

static void diff_reader_say(const struct diff_reader *reader)
{
	const struct check_inputs *state = &reader->input->state;
	const char *error = stream_error(reader->stream);

	if (reader->wrong > 1)
		say_error("%s: %s (and %" PRIu64 " more wrong lines)", reader->path,
			  reader->why, reader->wrong - 1);
	else if (reader->wrong == 1)
		say_error("%s: %s", reader->path, reader->why);
	else if (error != NULL)
		say_error("%s: %s", reader->path, error);
	else if (reader->lines.lost)
		say_error("%s: line %" PRIu64 " is too long", reader->path,
			  reader->lines.number + 1);
	else if (reader->cut)
		say_error("%s: cut: there is no summary (at line %" PRIu64 ")",
			  reader->path, reader->lines.number);
	else if (state->truncated_tail || state->damaged || state->dropped > 0)
		say_error("%s: the report says that its capture is not complete",
			  reader->path);
}

bool diff_reader_read(struct diff_reader *reader, struct diff *diff, enum diff_side side,
		      struct diff_input *input)
{
	struct check_inputs *state = &input->state;

	reader->diff = diff;
	reader->side = side;
	reader->input = input;
	diff_reader_lines(reader);
	input->file = (struct out_file){
		.path = reader->path,
		.format = "jsonl",
		.codec = stream_codec(reader->stream),
	};
	input->readable &= !reader->alien;
	state->interrupted = signals_stopped();
	reader->cut |= reader->inside && !state->interrupted;
	state->truncated_tail |= reader->cut || stream_cut(reader->stream);
	state->damaged |=
	    reader->wrong > 0 || reader->lines.lost ||
	    (stream_error(reader->stream) != NULL && !stream_cut(reader->stream));
	diff_reader_say(reader);
	return !reader->lost;
}
