/* out_summary.c - --check as Markdown, for the summary page of a job */
#include "config.h"
#include "gate.h"
#include "out.h"
#include "utf8.h"
#include <inttypes.h>
#include <string.h>

enum { SUMMARY_TEXT = 1024, SUMMARY_ITEMS = 20, SUMMARY_CASES = 200 };

/* Text of captures and policies, so that none of it is taken for Markdown or HTML. */
static void summary_escape(struct out *out, const char *text)
{
	for (size_t length; *text != '\0'; text += length == 0 ? 1 : length) {
		length = utf8_length(text);
		if (*text == '<')
			out_str(out, "&lt;");
		else if (*text == '&')
			out_str(out, "&amp;");
		else if (length == 0 || (unsigned char)*text < 0x20)
			out_char(out, ' ');
		else if (strchr("\\`*_{}[]|#~>@!$", *text) != NULL)
			out_printf(out, "\\%c", *text);
		else
			out_bytes(out, text, length);
	}
}

static const char *summary_mark(enum gate_status status)
{
	static const char *const marks[] = {
		[GATE_PASSED] = "✅",
		[GATE_KNOWN] = "➖",
		[GATE_FAILED] = "❌",
		[GATE_ERROR] = "⚠️",
	};

	return marks[status];
}

/* Of findings those that occurred; rules all. */
static bool summary_is_told(const struct gate_case *of)
{
	return of->kind == GATE_RULE || of->status != GATE_PASSED;
}

static void summary_table(struct out *out, const struct gate_file *file)
{
	bool headed = false;
	char text[SUMMARY_TEXT];

	for (size_t i = 0; i < file->case_count && i < SUMMARY_CASES; i++) {
		const struct gate_case *of = &file->cases[i];

		if (!summary_is_told(of))
			continue;
		if (!headed)
			out_str(out, "\n| result | what | found |\n|---|---|---|\n");
		headed = true;
		out_printf(out, "| %s %s | ", summary_mark(of->status),
			   gate_status_word(of->status));
		summary_escape(out, of->name);
		out_str(out, " | ");
		summary_escape(out, gate_summary(file, of, text, sizeof(text)));
		out_str(out, " |\n");
	}
}

/* The place is code: else #2 would become a link to issue 2. */
static void summary_item(struct out *out, const struct gate_item *item)
{
	out_str(out, "- ");
	if (item->place[0] != '\0')
		out_printf(out, "`%s`: ", item->place);
	summary_escape(out, item->what);
	if (item->count > 1)
		out_printf(out, " (and %" PRIu64 " more)", item->count - 1);
	out_printf(out, " `%016" PRIx64 "`\n", item->fingerprint);
}

static void summary_items(struct out *out, const struct gate_file *file)
{
	uint64_t told = 0, more = 0;

	for (size_t i = 0; i < file->case_count; i++) {
		const struct gate_item *item = gate_next_new(file->cases[i].items);

		for (; item != NULL; item = gate_next_new(item->hh.next)) {
			if (told == SUMMARY_ITEMS) {
				more++;
				continue;
			}
			out_str(out, told++ == 0 ? "\n" : "");
			summary_item(out, item);
		}
	}
	if (more > 0)
		out_printf(out, "- and %" PRIu64 " more\n", more);
}

static void summary_file(struct out *out, const struct gate *gate,
			 const struct gate_file *file)
{
	char text[SUMMARY_TEXT];

	out_str(out, "\n### ");
	summary_escape(out, gate_path(file->path));
	out_str(out, "\n\n");
	summary_escape(out,
		       check_verdict(gate->check, &file->result, text, sizeof(text)));
	out_printf(out, " (%" PRIu64 " connection%s)\n", file->connections,
		   file->connections == 1 ? "" : "s");
	summary_table(out, file);
	summary_items(out, file);
}

static void summary_baseline(struct out *out, const struct baseline *baseline)
{
	const struct baseline_entry *entry = NULL;
	bool headed = false;

	while ((entry = baseline_next_idle(baseline, entry)) != NULL) {
		if (!headed)
			out_str(out, "\n### Baseline\n\n");
		headed = true;
		out_printf(out, "- %s `%016" PRIx64 "` ", baseline_idle_word(entry),
			   entry->fingerprint);
		summary_escape(out, entry->reason != NULL ? entry->reason : "");
		out_str(out, " ");
		summary_escape(out, entry->where);
		out_char(out, '\n');
	}
}

static void summary_gate(struct out *out, const struct gate *gate)
{
	size_t passed = 0;

	for (size_t i = 0; i < gate->file_count; i++)
		passed += gate->files[i].result.status == CHECK_OK;
	out_printf(out, "## tcpends: %s, %zu of %zu capture%s\n",
		   check_word(gate_status(gate)), passed, gate->file_count,
		   gate->file_count == 1 ? "" : "s");
	for (size_t i = 0; i < gate->file_count; i++)
		summary_file(out, gate, &gate->files[i]);
	summary_baseline(out, gate->policy->baseline);
}

const struct out_format out_summary = {
	.name = "summary",
	.gate = summary_gate,
};
