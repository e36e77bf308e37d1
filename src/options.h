/* options.h - what the command line asks for
 *
 * The table in option_table.c is the only list of options: parsing, --help and the
 * hints for other tools' letters all come from it.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "at.h"
#include "check.h"
#include "hold.h"
#include "out.h"
#include "policy.h"
#include "select.h"
#include "words.h"

enum options_action {
	OPTIONS_RUN,
	OPTIONS_HELP,
	OPTIONS_VERSION,
	OPTIONS_INTERFACES,
	OPTIONS_EXPLAIN,
	OPTIONS_LIST_FINDINGS,
};

enum options_when { OPTIONS_AUTO, OPTIONS_ALWAYS, OPTIONS_NEVER };

/* One report: -T to standard output, --out to a file. */
struct options_report {
	const struct out_format *format;
	const char *path; /* NULL: standard output */
	unsigned show;    /* OUT_* */
};

struct options {
	enum options_action action;
	struct words words; /* inputs and FILTER */
	const char *filter; /* FILTER or what -F holds; NULL: everything */
	char *filter_text;  /* owned: what -F holds */
	const char *interface, *user, *filter_file, *write_path, *explain;
	const char *diff_old; /* --diff: OLD, and NEW is the one input; or NULL */
	uint64_t count;       /* -c; 0: no end */
	uint64_t snaplen, buffer_kib;
	bool no_promiscuous, line_buffered, quiet, separate, ascii;
	int verbose;
	enum out_time time;
	int time_letters; /* of tcpdump's -t, -tt, ... */

	const struct out_format *format; /* of -T */
	struct options_report *reports;  /* owned; the first is standard output's */
	size_t report_count;
	unsigned show; /* of --show; 0: each format's own default */

	struct at_spec at;
	struct selection selection;
	const struct hold_key *sort;
	uint64_t top; /* 0: all */
	struct check check;
	struct policy policy;
	const char *policy_path, *baseline_path, *write_baseline_path;
	struct te_config config;
	bool ports_given;      /* config.port_low and port_high are */
	unsigned limits_given; /* bit i: config.limits[i] is of the command line */
	uint64_t threads;      /* 0: not given */
	enum options_when color, progress;
};

enum { OPTIONS_ERRLEN = 256 };

/* False: wrong usage, one line was said. Borrows from argv. */
bool options_parse(struct options *, int argc, char **argv);
void options_free(struct options *);
/* --help, from the table. */
void options_help(void);

#endif
