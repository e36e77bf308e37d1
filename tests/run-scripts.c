/* run-scripts.c - run packet scripts through the engine and check what they assert
 *
 * usage: run-scripts [-v] SCRIPT...
 *
 * `=` in the middle of a script is asked of a fresh engine that gets the lines before
 * it and is then finished: what would be said if the capture ended here. All else is
 * asked at the end of the script.
 */
#include "run.h"

#include <stdio.h>
#include <string.h>

/* All the states asked for on one line, of one run. */
static bool check_line(const char *path, const struct script *script, size_t first)
{
	struct run run;
	unsigned line = script->items[first].line;

	run_start(&run, path, script, line);
	for (size_t i = first; i < script->item_count && script->items[i].line == line;
	     i++)
		check_item(&run, &script->items[i]);
	if (run.failed)
		run_print(&run);
	run_stop(&run);
	return !run.failed;
}

static bool check_end(const char *path, const struct script *script, bool verbose)
{
	struct run run;

	run_start(&run, path, script, UINT32_MAX);
	for (size_t i = 0; i < script->item_count; i++) {
		const struct script_item *item = &script->items[i];

		if (item->kind != SCRIPT_STATE)
			check_item(&run, item);
	}
	check_findings(&run);
	if (run.failed || verbose)
		run_print(&run);
	run_stop(&run);
	return !run.failed;
}

static bool check_script(const char *path, const struct script *script, bool verbose)
{
	unsigned last = 0;
	bool right = true;

	for (size_t i = 0; i < script->item_count; i++)
		if (script->items[i].kind == SCRIPT_STATE &&
		    script->items[i].line != last) {
			last = script->items[i].line;
			right = check_line(path, script, i) && right;
		}
	return check_end(path, script, verbose) && right;
}

static bool run_file(const char *path, bool verbose)
{
	struct script_error error;
	struct script *script = script_read(path, &error);
	bool right = false;

	if (!script && error.line == 0)
		printf("%s: %s\n", path, error.text);
	else if (!script)
		printf("%s:%u: %s\n", path, error.line, error.text);
	else if (script->segments == 0 || script->assertions == 0)
		printf("%s: no segments, or nothing asserted of them\n", path);
	else
		right = check_script(path, script, verbose);
	script_free(script);
	return right;
}

int main(int argc, char **argv)
{
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	int first = verbose ? 2 : 1, failed = 0;

	if (first >= argc) {
		fputs("usage: run-scripts [-v] SCRIPT...\n", stderr);
		return 2;
	}
	for (int i = first; i < argc; i++)
		if (!run_file(argv[i], verbose))
			failed++;
	if (argc - first > 1)
		printf("%d passed, %d failed\n", argc - first - failed, failed);
	return failed != 0;
}
