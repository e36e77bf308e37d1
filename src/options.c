/* options.c - what the command line asks for
 *
 * getopt_long() with '-' leads its option string, which keeps words in their order; "--"
 * is taken before getopt sees it, because only the first words' end is meant by it:
 * options are options behind it too.
 */
#include "config.h"
#include "options.h"
#include "inputs.h"
#include "nearest.h"
#include "option_table.h"
#include "option_values.h"
#include "say.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPTIONS_LONG = 256, /* getopt's value of row i is OPTIONS_LONG + i */
	OPTIONS_ROWS = 128,
	OPTIONS_FILTER_MAX = 65536,
};

struct options_getopt {
	char letters[3 * OPTIONS_ROWS];
	struct option longs[OPTIONS_ROWS + 1];
};

static void options_build(struct options_getopt *g)
{
	size_t used = 0, count = 0;

	g->letters[used++] = '-';
	g->letters[used++] = ':';
	for (size_t i = 0; i < option_row_count && i < OPTIONS_ROWS; i++) {
		const struct option_row *row = &option_rows[i];
		bool value = row->arg != NULL && row->kind != OPTION_MAYBE;

		if (row->letter != 0) {
			g->letters[used++] = (char)row->letter;
			if (value)
				g->letters[used++] = ':';
		}
		if (row->name != NULL)
			g->longs[count++] =
			    (struct option){ row->name,
					     value ? required_argument
					     : row->kind == OPTION_MAYBE
						 ? optional_argument
						 : no_argument,
					     NULL, OPTIONS_LONG + (int)i };
	}
	g->letters[used] = '\0';
	g->longs[count] = (struct option){ 0 };
}

static const struct option_row *options_row(int value)
{
	if (value >= OPTIONS_LONG && (size_t)(value - OPTIONS_LONG) < option_row_count)
		return &option_rows[value - OPTIONS_LONG];
	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].letter == value && value != 0)
			return &option_rows[i];
	}
	return NULL;
}

/* "-r" or "--json", as it was given. */
static const char *options_name(const struct option_row *row, int value, char buf[64])
{
	if (value >= OPTIONS_LONG)
		snprintf(buf, 64, "--%s", row->name);
	else
		snprintf(buf, 64, "-%c", row->letter);
	return buf;
}

static bool options_unknown(int letter, const char *word)
{
	struct nearest near;
	char name[64];

	if (letter != 0) {
		say_error("there is no option -%c; see --help", letter);
		return false;
	}
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	nearest_start(&near, name);
	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].name != NULL && option_rows[i].kind != OPTION_HINT)
			nearest_try(&near, option_rows[i].name);
	}
	if (near.best == NULL)
		say_error("there is no option --%s; see --help", name);
	else
		say_error("there is no option --%s; did you mean --%s?", name, near.best);
	return false;
}

/* getopt's '?': an unknown option, or a value for one that takes none. */
static bool options_refuse(int wrong, const char *word)
{
	if (wrong >= OPTIONS_LONG) {
		say_error("--%s takes no value", option_rows[wrong - OPTIONS_LONG].name);
		return false;
	}
	return options_unknown(wrong, word);
}

static bool options_no_value(int value)
{
	const struct option_row *row = options_row(value);
	char name[64];

	say_error("%s needs a value: %s", options_name(row, value, name), row->arg);
	return false;
}

/* A value that is the next word, if it can be: -t's are a list, --explain's any word. */
static const char *options_maybe(const struct option_row *row, const char *given,
				 int argc, char **argv)
{
	const char *next = optind < argc ? argv[optind] : NULL;

	if (given != NULL || next == NULL)
		return given;
	if (row->letter == 't' ? option_is_time_format(next) : next[0] != '-') {
		optind++;
		return next;
	}
	return NULL;
}

static bool options_take(struct options *o, const struct option_row *row,
			 const char *name, const char *value)
{
	char err[OPTIONS_ERRLEN] = "";

	if (row->take(o, value, err, sizeof(err)))
		return true;
	say_error("%s: %s", name, err);
	return false;
}

static bool options_apply(struct options *o, int value, int argc, char **argv)
{
	const struct option_row *row = options_row(value);
	char *member = (char *)o + row->offset;
	char name[64];

	options_name(row, value, name);
	switch (row->kind) {
	case OPTION_CALL:
		return options_take(o, row, name, optarg);
	case OPTION_MAYBE:
		if (row->letter == 0)
			o->action = OPTIONS_EXPLAIN;
		return options_take(o, row, name, options_maybe(row, optarg, argc, argv));
	case OPTION_FLAG:
		*(bool *)(void *)member = true;
		return true;
	case OPTION_COUNT:
		++*(int *)(void *)member;
		return true;
	case OPTION_TEXT:
		*(const char **)(void *)member = optarg;
		return true;
	case OPTION_ACTION:
		o->action = row->action;
		return true;
	case OPTION_LATER:
		say_error("%s is not available yet", name);
		return false;
	case OPTION_HINT:
		say_error("%s: %s", name, row->help);
		return false;
	case OPTION_HEADING:
	case OPTION_NOTHING:
		break;
	}
	return true;
}

static bool options_word(struct options *o, const char *word)
{
	if (words_add(&o->words, word))
		return true;
	say_error("out of memory");
	return false;
}

static bool options_read(struct options *o, int argc, char **argv)
{
	struct options_getopt g;
	int value;

	options_build(&g);
	opterr = 0;
	optind = 1;
	for (;;) {
		if (optind < argc && strcmp(argv[optind], "--") == 0) {
			o->words.in_filter = true;
			optind++;
			continue;
		}
		value = getopt_long(argc, argv, g.letters, g.longs, NULL);
		if (value == -1)
			return true;
		if (value == ':')
			return options_no_value(optopt);
		if (value == '?')
			return options_refuse(optopt, argv[optind - 1]);
		if (value == 1 ? !options_word(o, optarg)
			       : !options_apply(o, value, argc, argv))
			return false;
	}
}

/* -F: as tcpdump, '#' begins a comment; line ends are blanks. */
static char *options_read_filter(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, OPTIONS_FILTER_MAX + 1);
	size_t len = 0;
	bool comment = false;
	int c;

	while (file != NULL && text != NULL && len < OPTIONS_FILTER_MAX &&
	       (c = getc(file)) != EOF) {
		comment = c == '#' || (comment && c != '\n');
		text[len++] = comment || c == '\n' || c == '\0' ? ' ' : (char)c;
	}
	if (file == NULL || text == NULL || ferror(file) != 0 ||
	    len == OPTIONS_FILTER_MAX) {
		say_error("%s: %s", path,
			  len == OPTIONS_FILTER_MAX ? "is too long for a filter"
						    : strerror(errno));
		free(text);
		text = NULL;
	}
	if (file != NULL)
		fclose(file);
	return text;
}

static bool options_finish_filter(struct options *o)
{
	o->filter = o->words.filter;
	if (o->filter_file == NULL)
		return true;
	if (o->filter != NULL) {
		say_error("-F and a filter on the command line: give one");
		return false;
	}
	o->filter_text = options_read_filter(o->filter_file);
	o->filter = o->filter_text;
	return o->filter != NULL;
}

static bool options_finish_inputs(struct options *o)
{
	const struct words *words = &o->words;
	size_t stdins = 0;

	for (size_t i = 0; i < words->input_count; i++)
		stdins += strcmp(words->inputs[i], "-") == 0;
	if (o->interface != NULL && words->input_count > 0)
		say_error("-i and files: give one");
	else if (stdins > 1)
		say_error("'-' is given twice; standard input can be read once");
	else if (o->interface != NULL || words->input_count > 0)
		return true;
	else if (words->stray != NULL)
		say_error("no input: '%s' was taken for FILTER; files come before it",
			  words->stray);
	else if (words->filter != NULL)
		say_error("no input: '%s' is no file and was taken for FILTER",
			  words->filter);
	else
		say_error("no input; give a FILE, '-' or -i INTERFACE (see --help)");
	return false;
}

static bool options_expand(struct options *o)
{
	/* --diff compares two files: whoever opens a directory says what it is */
	if (o->diff_old != NULL || inputs_expand(&o->words))
		return true;
	say_error("out of memory");
	return false;
}

/* --at is a report of its own: one table, in ss's order. */
static bool options_finish_at(const struct options *o)
{
	bool at = o->at.moment.kind != MOMENT_NONE;

	if (!at && o->at.host_version != 0)
		say_error("--host goes with --at; to select packets use the filter "
			  "'host ADDR'");
	else if (at && o->interface != NULL)
		say_error("--at looks back into a file; it does not go with -i");
	else if (at && o->show != 0)
		say_error("--at and --show: give one");
	else if (at && o->sort != NULL)
		say_error("--at has an order of its own: no --sort, no --top");
	else
		return true;
	return false;
}

static bool options_finish_write(const struct options *o)
{
	bool early = select_is_early(&o->selection) && o->sort == NULL;

	if (o->write_path == NULL)
		return true;
	if (strcmp(o->write_path, "-") == 0) {
		say_error("-w -: standard output carries the report; name a file");
		return false;
	}
	if (o->interface != NULL && !early) {
		say_error("-w with -i selects by --conn alone: packets pass but once");
		return false;
	}
	return true;
}

bool options_parse(struct options *o, int argc, char **argv)
{
	*o = (struct options){ .snaplen = 256 };
	te_config_init(&o->config);
	if (!options_read(o, argc, argv))
		return false;
	if (o->action != OPTIONS_RUN)
		return true;
	if (o->top != 0 && o->sort == NULL)
		o->sort = hold_key_find("bytes");
	return option_diff_goes(o) && options_finish_at(o) && options_finish_filter(o) &&
	       options_finish_inputs(o) && options_expand(o) &&
	       option_finish_reports(o) && options_finish_write(o) &&
	       option_read_policy(o);
}

void options_free(struct options *o)
{
	words_free(&o->words);
	select_free(&o->selection);
	policy_free(&o->policy);
	free(o->filter_text);
	free(o->reports);
}
