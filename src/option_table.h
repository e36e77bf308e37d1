/* option_table.h - rows of the option table; for options.c only */
#ifndef OPTION_TABLE_H
#define OPTION_TABLE_H

#include "options.h"

enum option_kind {
	OPTION_HEADING, /* a line of --help */
	OPTION_CALL,    /* take() has it */
	OPTION_FLAG,    /* a bool at offset becomes true */
	OPTION_COUNT,   /* an int at offset, one more */
	OPTION_TEXT,    /* a const char * at offset */
	OPTION_ACTION,  /* take() may be NULL; ends in `action` instead of a run */
	OPTION_MAYBE,   /* take() decides by the next word whether it is its value */
	OPTION_NOTHING, /* accepted, nothing to do */
	OPTION_LATER,   /* known, and not available yet */
	OPTION_HINT,    /* another tool's; help says what to use */
};

struct option_row {
	int letter;       /* 0: none */
	const char *name; /* long; NULL: none */
	const char *arg;  /* NULL: takes none */
	enum option_kind kind;
	size_t offset;
	enum options_action action;
	bool (*take)(struct options *, const char *value, char *err, size_t size);
	const char *help; /* '\n' between lines; NULL: not in --help */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* Is `word` a value of -t? */
bool option_is_time_format(const char *word);

/* Before the reports are complete: does the rest of the command line go with --diff?
 * False: one line was said. */
bool option_diff_goes(const struct options *);

#endif
