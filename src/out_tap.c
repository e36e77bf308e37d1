/* out_tap.c - --check as TAP: a point for each rule, or without rules for each finding
 *
 * Version 13, written so that it is 14 as well: # and \ are escaped in descriptions, and
 * YAML comes as JSON strings, indented by two.
 */
#include "config.h"
#include "gate.h"
#include "out.h"
#include "utf8.h"
#include <inttypes.h>

enum { TAP_TEXT = 1024, TAP_LINES = 10 };

/* A description goes on to the end of its line; " # " would begin a directive. */
static void tap_description(struct out *out, const char *text)
{
	for (size_t length; *text != '\0'; text += length == 0 ? 1 : length) {
		length = utf8_length(text);
		if (length == 0 || (unsigned char)*text < 0x20 || *text == 0x7f) {
			out_char(out, '?');
			continue;
		}
		if (*text == '#' || *text == '\\')
			out_char(out, '\\');
		out_bytes(out, text, length);
	}
}

static void tap_string(struct out *out, const char *text)
{
	out_char(out, '"');
	for (size_t length; *text != '\0'; text += length == 0 ? 1 : length) {
		length = utf8_length(text);
		if (length == 0 || (unsigned char)*text < 0x20 || *text == 0x7f) {
			out_char(out, '?');
			continue;
		}
		if (*text == '"' || *text == '\\')
			out_char(out, '\\');
		out_bytes(out, text, length);
	}
	out_char(out, '"');
}

static void tap_items(struct out *out, const struct gate_case *of)
{
	const struct gate_item *item = gate_next_new(of->items);
	uint64_t lines = 0, more = 0;
	char text[TAP_TEXT];

	if (item == NULL)
		return;
	out_str(out, "  against:\n");
	for (; item != NULL; item = gate_next_new(item->hh.next)) {
		if (lines++ >= TAP_LINES) {
			more++;
			continue;
		}
		out_str(out, "    - ");
		tap_string(out, gate_sentence(item, text, sizeof(text)));
		out_char(out, '\n');
	}
	if (more > 0)
		out_printf(out, "  more: %" PRIu64 "\n", more);
}

static void tap_why(struct out *out, const struct gate_file *file,
		    const struct gate_case *of)
{
	char text[TAP_TEXT];

	out_str(out, "  ---\n  message: ");
	tap_string(out, gate_summary(file, of, text, sizeof(text)));
	out_char(out, '\n');
	tap_items(out, of);
	out_str(out, "  ...\n");
}

static void tap_point(struct out *out, uint64_t number, const struct gate_file *file,
		      const struct gate_case *of)
{
	bool ok = of->status == GATE_PASSED || of->status == GATE_KNOWN;
	char text[TAP_TEXT];

	out_printf(out, "%sok %" PRIu64 " - ", ok ? "" : "not ", number);
	tap_description(out, gate_path(file->path));
	out_str(out, ": ");
	tap_description(out, of->name);
	if (of->status == GATE_KNOWN) {
		out_str(out, " # SKIP ");
		tap_description(out, gate_summary(file, of, text, sizeof(text)));
	}
	out_char(out, '\n');
	if (!ok)
		tap_why(out, file, of);
}

/* For people: a comment, which no reader counts. */
static void tap_baseline(struct out *out, const struct baseline *baseline)
{
	const struct baseline_entry *entry = NULL;

	while ((entry = baseline_next_idle(baseline, entry)) != NULL) {
		out_printf(out, "# %s: %016" PRIx64 " ", baseline_idle_word(entry),
			   entry->fingerprint);
		tap_description(out, entry->reason != NULL ? entry->reason : "");
		out_str(out, " (");
		tap_description(out, entry->where);
		out_str(out, ")\n");
	}
}

static void tap_gate(struct out *out, const struct gate *gate)
{
	uint64_t count = 0, number = 0;

	for (size_t i = 0; i < gate->file_count; i++)
		count += gate->files[i].case_count;
	out_printf(out, "TAP version 13\n1..%" PRIu64 "\n", count);
	for (size_t i = 0; i < gate->file_count; i++) {
		const struct gate_file *file = &gate->files[i];

		for (size_t c = 0; c < file->case_count; c++)
			tap_point(out, ++number, file, &file->cases[c]);
	}
	tap_baseline(out, gate->policy->baseline);
}

const struct out_format out_tap = {
	.name = "tap",
	.gate = tap_gate,
};
