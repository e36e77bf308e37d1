/* check.h - what a run's findings and inputs mean for its exit status */
#ifndef CHECK_H
#define CHECK_H

#include "tcpends.h"

enum {
	CHECK_OK = 0,
	CHECK_FAILED = 1,     /* findings at or above the threshold */
	CHECK_USAGE = 2,      /* nothing was analysed */
	CHECK_INCOMPLETE = 3, /* wins over CHECK_FAILED */
};

/* What --allow tolerates. */
struct check_allow {
	bool truncated_tail, empty, has_loss;
	double loss; /* percent of packets that may have been dropped */
};

struct check {
	bool enabled;     /* --check */
	bool has_fail_on; /* --fail-on was given; `never` clears has_threshold */
	bool has_threshold;
	enum te_severity threshold;
	struct check_allow allow;
};

/* What is known of the inputs when they have ended. */
struct check_inputs {
	bool damaged;        /* unreadable, or cut in a way that is not a cut tail */
	bool truncated_tail; /* the last record is incomplete */
	uint64_t dropped;    /* packets, as the file or the kernel counted them */
	bool interrupted;    /* not all was read, and nobody asked for that */
	const char *error;   /* the first thing that is wrong with a file; or NULL */
};

/* What a gate counted. */
struct check_counts {
	uint64_t failing; /* new findings at or above the threshold, of no rule */
	uint64_t known;   /* violations that the baseline has */
	uint64_t rules, broken;
};

struct check_result {
	int status;
	bool complete; /* nothing is missing, or what is missing was allowed */
	bool empty;    /* --check, and no TCP connection, and that is not allowed */
	struct check_counts counts;
	char trouble[160]; /* why it is not complete, or empty; "" if it is fine */
};

/* LEVEL of --fail-on: a severity or "never". */
bool check_parse_fail_on(struct check *, const char *text, char *err, size_t size);
/* LIST of --allow: truncated-tail, loss=PERCENT, empty. */
bool check_parse_allow(struct check *, const char *list, char *err, size_t size);
/* What of [check] in a policy the command line does not say itself. */
void check_inherit(struct check *, const struct check *policy);
/* Does a finding of this severity count, unless a rule names it? */
bool check_counts(const struct check *, enum te_severity);
/* The lowest severity that counts; false if none does. */
bool check_threshold(const struct check *, enum te_severity *);
struct check_result check_judge(const struct check *, const struct check_inputs *,
				const struct te_totals *, const struct check_counts *);
/* "passed", "FAILED", "INCOMPLETE" */
const char *check_word(int status);
/* "FAILED - 1 of 2 rules broken, 3 findings at or above warning"; returns buf. */
const char *check_verdict(const struct check *, const struct check_result *, char *buf,
			  size_t size);

#endif
