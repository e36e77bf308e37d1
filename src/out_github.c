/* out_github.c - --check as annotations of a GitHub workflow
 *
 * One line each, ::error file=PATH,title=TITLE::MESSAGE. GitHub shows ten of a step and
 * drops the rest in silence: nine are told, and how many more there are.
 */
#include "config.h"
#include "gate.h"
#include "out.h"
#include <inttypes.h>
#include <string.h>

enum { GITHUB_TEXT = 1024, GITHUB_MOST = 9 };

struct github {
	struct out *out;
	uint64_t told, more;
};

/* % and line ends everywhere; in properties also what separates them. */
static void github_escape(struct out *out, const char *text, bool property)
{
	for (; *text != '\0'; text++) {
		if (strchr("%\r\n", *text) != NULL ||
		    (property && strchr(":,", *text) != NULL) ||
		    (unsigned char)*text < 0x20)
			out_printf(out, "%%%02X", (unsigned char)*text);
		else
			out_char(out, *text);
	}
}

static void github_tell(struct github *github, const struct gate_file *file,
			const char *title, const char *message)
{
	struct out *out = github->out;

	if (github->told >= GITHUB_MOST) {
		github->more++;
		return;
	}
	github->told++;
	out_str(out, "::error file=");
	github_escape(out, gate_path(file->path), true);
	out_str(out, ",title=");
	github_escape(out, title, true);
	out_str(out, "::");
	github_escape(out, message, false);
	out_char(out, '\n');
}

static void github_case(struct github *github, const struct gate_file *file,
			const struct gate_case *of)
{
	const struct gate_item *item = gate_next_new(of->items);
	char text[GITHUB_TEXT];

	if (of->status == GATE_ERROR)
		github_tell(github, file, of->name,
			    gate_summary(file, of, text, sizeof(text)));
	for (; of->status == GATE_FAILED && item != NULL;
	     item = gate_next_new(item->hh.next))
		github_tell(github, file,
			    of->kind != GATE_RULE && item->finding != NULL
				? item->finding->id
				: of->name,
			    gate_sentence(item, text, sizeof(text)));
}

/* One line: these have ten of their own, but nobody reads ten. */
static void github_baseline(struct out *out, const struct baseline *baseline)
{
	const struct baseline_entry *first = baseline_next_idle(baseline, NULL);
	const struct baseline_entry *entry = first;
	uint64_t count = 0;

	for (; entry != NULL; entry = baseline_next_idle(baseline, entry))
		count++;
	if (count == 0)
		return;
	out_printf(out,
		   "::notice title=tcpends::%" PRIu64 " of the baseline stale or "
		   "expired, as %016" PRIx64 " in ",
		   count, first->fingerprint);
	github_escape(out, first->where, false);
	out_char(out, '\n');
}

static void github_gate(struct out *out, const struct gate *gate)
{
	struct github github = { .out = out };

	for (size_t f = 0; f < gate->file_count; f++) {
		const struct gate_file *file = &gate->files[f];

		for (size_t i = 0; i < file->case_count; i++)
			github_case(&github, file, &file->cases[i]);
	}
	if (github.more > 0)
		out_printf(out, "::error title=tcpends::and %" PRIu64 " more\n",
			   github.more);
	github_baseline(out, gate->policy->baseline);
}

const struct out_format out_github = {
	.name = "github",
	.gate = github_gate,
};
