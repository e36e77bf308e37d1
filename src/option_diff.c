/* option_diff.c - what goes with --diff on one command line */
#include "config.h"
#include "option_table.h"
#include "say.h"
#include <string.h>

static bool option_diff_format(const struct out_format *format)
{
	if (format == NULL || format == &out_text || format == &out_json)
		return true;
	say_error("--diff is text or jsonl, not %s", format->name);
	return false;
}

static bool option_diff_inputs(const struct options *o)
{
	const struct words *words = &o->words;

	if (o->interface != NULL)
		say_error("--diff compares files; it does not go with -i");
	else if (words->input_count == 0 && words->filter != NULL)
		say_error("--diff OLD NEW: NEW is missing; '%s' is no file",
			  words->filter);
	else if (words->input_count == 0)
		say_error("--diff OLD NEW: NEW is missing");
	else if (words->input_count > 1)
		say_error("--diff OLD NEW: '%s' is one too many", words->inputs[1]);
	else if (strcmp(o->diff_old, "-") == 0 && strcmp(words->inputs[0], "-") == 0)
		say_error("'-' is given twice; standard input can be read once");
	else
		return true;
	return false;
}

/* It compares all there is, and what it finds is the judgement. */
static bool option_diff_others(const struct options *o)
{
	const struct {
		bool given;
		const char *name;
	} others[] = {
		{ o->check.enabled, "--check" },
		{ o->check.has_fail_on, "--fail-on" },
		{ select_given(&o->selection) || o->sort != NULL, "a selection" },
		{ o->show != 0, "--show" },
		{ o->at.moment.kind != MOMENT_NONE, "--at" },
		{ o->write_path != NULL, "-w" },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (others[i].given) {
			say_error("--diff and %s: give one", others[i].name);
			return false;
		}
	}
	return true;
}

bool option_diff_goes(const struct options *o)
{
	if (o->diff_old == NULL)
		return true;
	if (!option_diff_inputs(o) || !option_diff_others(o) ||
	    !option_diff_format(o->format))
		return false;
	for (size_t i = 0; i < o->report_count; i++) {
		if (!option_diff_format(o->reports[i].format))
			return false;
	}
	return true;
}
