/* out_junit.c - --check as JUnit XML, as Jenkins and GitLab read it
 *
 * A suite is a capture, a case is a rule, or without rules a finding. What failed stands
 * in the message (which GitLab shows) and in the body (which Jenkins shows); what the
 * baseline knows is skipped.
 */
#include "config.h"
#include "gate.h"
#include "out.h"
#include "utf8.h"
#include <inttypes.h>

enum { JUNIT_TEXT = 1024, JUNIT_LINES = 100 };

struct junit_counts {
	uint64_t tests, failures, errors, skipped;
};

/* ---- XML ---- */

static const char *junit_entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\n':
		return "&#10;";
	default:
		return NULL;
	}
}

/* Characters that XML 1.0 has no way to write become U+FFFD. */
static void junit_escape(struct out *out, const char *text)
{
	while (*text != '\0') {
		size_t length = utf8_length(text);
		const char *entity = junit_entity(*text);

		if (entity != NULL)
			out_str(out, entity);
		else if (length == 0 || (unsigned char)*text < 0x20 || *text == 0x7f)
			out_str(out, "\xef\xbf\xbd");
		else
			out_bytes(out, text, length);
		text += length == 0 ? 1 : length;
	}
}

static void junit_attribute(struct out *out, const char *name, const char *value)
{
	out_printf(out, " %s=\"", name);
	junit_escape(out, value);
	out_char(out, '"');
}

static void junit_number(struct out *out, const char *name, uint64_t value)
{
	out_printf(out, " %s=\"%" PRIu64 "\"", name, value);
}

/* ---- counts ---- */

static void junit_count(struct junit_counts *counts, const struct gate_file *file)
{
	counts->tests += file->case_count;
	for (size_t i = 0; i < file->case_count; i++) {
		enum gate_status status = file->cases[i].status;

		counts->failures += status == GATE_FAILED;
		counts->errors += status == GATE_ERROR;
		counts->skipped += status == GATE_KNOWN;
	}
}

static void junit_put_counts(struct out *out, const struct junit_counts *counts)
{
	junit_number(out, "tests", counts->tests);
	junit_number(out, "failures", counts->failures);
	junit_number(out, "errors", counts->errors);
}

/* ---- cases ---- */

/* Dots would be taken for those between packages. */
static void junit_class(struct out *out, const char *path)
{
	out_str(out, " classname=\"tcpends.");
	for (; *path != '\0'; path++) {
		char piece[2] = { *path == '.' ? '_' : *path, '\0' };

		if ((unsigned char)*path < 0x80)
			junit_escape(out, piece);
		else
			out_char(out, '_');
	}
	out_char(out, '"');
}

/* "2 violations in 14 connections: #4 10.0.0.1:1000 > ...: closed rst-client, not fin" */
static void junit_message(struct out *out, const struct gate_file *file,
			  const struct gate_case *of)
{
	const struct gate_item *first = gate_next_new(of->items);
	char text[JUNIT_TEXT];

	out_str(out, " message=\"");
	junit_escape(out, gate_summary(file, of, text, sizeof(text)));
	if (first != NULL) {
		out_str(out, ": ");
		junit_escape(out, gate_sentence(first, text, sizeof(text)));
	}
	out_char(out, '"');
}

static void junit_body(struct out *out, const struct gate_file *file,
		       const struct gate_case *of)
{
	const struct gate_item *item = gate_next_new(of->items);
	uint64_t lines = 0, more = 0;
	char text[JUNIT_TEXT];

	junit_escape(out, gate_path(file->path));
	out_str(out, ": ");
	junit_escape(out, gate_summary(file, of, text, sizeof(text)));
	out_char(out, '\n');
	for (; item != NULL; item = gate_next_new(item->hh.next)) {
		if (lines++ >= JUNIT_LINES) {
			more++;
			continue;
		}
		junit_escape(out, gate_sentence(item, text, sizeof(text)));
		out_char(out, '\n');
	}
	if (more > 0)
		out_printf(out, "and %" PRIu64 " more\n", more);
	if (of->finding != NULL)
		out_printf(out, "see tcpends --explain %s\n", of->finding->id);
}

static const char *junit_type(const struct gate_case *of)
{
	switch (of->kind) {
	case GATE_RULE:
		return "rule";
	case GATE_FINDING:
	case GATE_REST:
		return "finding";
	case GATE_CAPTURE:
		break;
	}
	return "capture";
}

static void junit_wrong(struct out *out, const struct gate_file *file,
			const struct gate_case *of, const char *element)
{
	out_printf(out, "   <%s", element);
	junit_message(out, file, of);
	junit_attribute(out, "type", junit_type(of));
	out_char(out, '>');
	junit_body(out, file, of);
	out_printf(out, "</%s>\n", element);
}

static void junit_skipped(struct out *out, const struct gate_file *file,
			  const struct gate_case *of)
{
	char text[JUNIT_TEXT];

	out_str(out, "   <skipped");
	junit_attribute(out, "message", gate_summary(file, of, text, sizeof(text)));
	out_str(out, "/>\n");
}

static void junit_case(struct out *out, const struct gate_file *file,
		       const struct gate_case *of)
{
	out_str(out, "  <testcase");
	junit_attribute(out, "name", of->name);
	junit_class(out, gate_path(file->path));
	if (of->status == GATE_PASSED) {
		out_str(out, " time=\"0\"/>\n");
		return;
	}
	out_str(out, " time=\"0\">\n");
	if (of->status == GATE_KNOWN)
		junit_skipped(out, file, of);
	else
		junit_wrong(out, file, of,
			    of->status == GATE_ERROR ? "error" : "failure");
	out_str(out, "  </testcase>\n");
}

static void junit_suite(struct out *out, const struct gate_file *file)
{
	struct junit_counts counts = { 0 };

	junit_count(&counts, file);
	out_str(out, " <testsuite");
	junit_attribute(out, "name", gate_path(file->path));
	junit_put_counts(out, &counts);
	junit_number(out, "skipped", counts.skipped);
	out_str(out, " time=\"0\">\n");
	for (size_t i = 0; i < file->case_count; i++)
		junit_case(out, file, &file->cases[i]);
	out_str(out, " </testsuite>\n");
}

static void junit_gate(struct out *out, const struct gate *gate)
{
	struct junit_counts counts = { 0 };

	for (size_t i = 0; i < gate->file_count; i++)
		junit_count(&counts, &gate->files[i]);
	out_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	out_str(out, "<testsuites name=\"tcpends\"");
	junit_put_counts(out, &counts);
	out_str(out, ">\n");
	for (size_t i = 0; i < gate->file_count; i++)
		junit_suite(out, &gate->files[i]);
	out_str(out, "</testsuites>\n");
}

const struct out_format out_junit = {
	.name = "junit",
	.gate = junit_gate,
};
