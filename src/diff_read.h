/* diff_read.h - a report in JSON Lines (tcpends/1), read back for --diff */
#ifndef DIFF_READ_H
#define DIFF_READ_H

#include "check.h"
#include "diff.h"

/* What is known of one input, capture or report, when it was read. */
struct diff_input {
	struct out_file file; /* its path is borrowed, the rest are constants */
	bool readable;        /* any of it */
	struct te_totals totals;
	struct check_inputs state;
	bool dropped_known;
	uint64_t dropped; /* also those that were tolerated */
	int status;       /* CHECK_OK or CHECK_INCOMPLETE */
};

struct diff_reader;

/* "-" is standard input. NULL: out of memory. */
struct diff_reader *diff_reader_open(const char *path);
/* Does it begin as JSON does? What cannot be read does not. */
bool diff_reader_is_report(struct diff_reader *);
/* Counts all that the report tells; what is wrong with it is said, in one line, and
 * `input` says what that means. False: out of memory, which was not said. */
bool diff_reader_read(struct diff_reader *, struct diff *, enum diff_side,
		      struct diff_input *);
void diff_reader_close(struct diff_reader *); /* NULL is fine */

#endif
