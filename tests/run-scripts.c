/* run-scripts.c - run packet scripts through the engine and check what they assert
 *
 * usage: run-scripts [-v] [-sbl] SCRIPT...
 *	-v  print the transition log of each
 *	-s  as decoded segments only
 *	-b  as the bytes of frames only
 *	-l  as a live capture only
 *
 * Every script goes all three ways: the first two with the same assertions, live with
 * those of run-live-check.c.
 *
 * `=` in the middle of a script is asked of a fresh engine that gets the lines before
 * it and is then finished: what would be said if the capture ended here. All else is
 * asked at the end of the script.
 */
#include "run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct options {
	bool verbose, segments, bytes, live;
};

/* All the states asked for on one line, of one run. */
static bool check_line(enum run_way way, const char *path, const struct script *script,
		       size_t first)
{
	struct run run;
	unsigned line = script->items[first].line;

	run_start(&run, way, path, script, line);
	for (size_t i = first; i < script->item_count && script->items[i].line == line;
	     i++)
		check_item(&run, &script->items[i]);
	if (run.failed)
		run_print(&run);
	run_stop(&run);
	return !run.failed;
}

static bool check_end(enum run_way way, const char *path, const struct script *script,
		      bool verbose)
{
	struct run run;

	run_start(&run, way, path, script, UINT32_MAX);
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

static bool check_script(enum run_way way, const char *path, const struct script *script,
			 bool verbose)
{
	unsigned last = 0;
	bool right = true;

	for (size_t i = 0; i < script->item_count; i++)
		if (script->items[i].kind == SCRIPT_STATE &&
		    script->items[i].line != last) {
			last = script->items[i].line;
			right = check_line(way, path, script, i) && right;
		}
	return check_end(way, path, script, verbose) && right;
}

static bool check_all(const char *path, const struct script *script,
		      const struct options *options)
{
	bool right = true;

	if (options->segments)
		right = check_script(RUN_SEGMENTS, path, script, options->verbose);
	if (options->bytes)
		right = check_script(RUN_BYTES, path, script,
				     options->verbose && !options->segments) &&
			right;
	if (options->live)
		right = check_live(path, script, options->verbose) && right;
	return right;
}

static bool run_file(const char *path, const struct options *options)
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
		right = check_all(path, script, options);
	script_free(script);
	return right;
}

/* The first word that is no option, or 0. */
static int read_options(int argc, char **argv, struct options *options)
{
	int letter;

	while ((letter = getopt(argc, argv, "vsbl")) != -1) {
		if (letter == '?')
			return 0;
		options->verbose |= letter == 'v';
		options->segments |= letter == 's';
		options->bytes |= letter == 'b';
		options->live |= letter == 'l';
	}
	if (!options->segments && !options->bytes && !options->live)
		options->segments = options->bytes = options->live = true;
	return optind < argc ? optind : 0;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	int first = read_options(argc, argv, &options), failed = 0;

	if (first == 0) {
		fputs("usage: run-scripts [-v] [-sbl] SCRIPT...\n", stderr);
		return 2;
	}
	for (int i = first; i < argc; i++)
		if (!run_file(argv[i], &options))
			failed++;
	if (argc - first > 1)
		printf("%d passed, %d failed\n", argc - first - failed, failed);
	return failed != 0;
}
