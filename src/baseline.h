/* baseline.h - what is known already: [allow FINGERPRINT] of a policy or a baseline */
#ifndef BASELINE_H
#define BASELINE_H

#include "tcpends.h"

struct baseline_entry {
	uint64_t fingerprint;
	char *reason;   /* owned; NULL if none is given */
	char *where;    /* owned: "FILE: line 3" */
	uint64_t max;   /* UINT64_MAX: any number */
	int64_t until;  /* the last day it holds, since 1970; INT64_MAX: for ever */
	bool of_policy; /* it stands in the policy itself */
	bool expired, seen;
	uint64_t count; /* in the capture that is judged */
};

struct baseline;

/* The day it is, since 1970: SOURCE_DATE_EPOCH's if that is set. False with err filled
 * when that is no number. */
bool baseline_today(int64_t *day, char *err, size_t size);
/* 2027-01-01; false if it is none. */
bool baseline_parse_day(const char *text, int64_t *day);

struct baseline *baseline_new(int64_t today); /* NULL: out of memory */
/* A new entry without limits, or the one that is there: then *is_new is false. NULL: out
 * of memory. Borrowed until the baseline is freed. */
struct baseline_entry *baseline_add(struct baseline *, uint64_t fingerprint,
				    bool *is_new);
/* NULL if there is none. */
struct baseline_entry *baseline_find(const struct baseline *, uint64_t fingerprint);
/* When all captures were judged: the next entry that somebody should look at again, for
 * it was not seen (stale) or is past its day. The first after NULL, NULL after the last,
 * in the order of their files. */
const struct baseline_entry *baseline_next_idle(const struct baseline *,
						const struct baseline_entry *);
/* "stale" or "expired" */
const char *baseline_idle_word(const struct baseline_entry *);
/* Which entries are past their day. To be called when all are complete. */
void baseline_expire(struct baseline *);

/* Another capture is judged: nothing of it was counted yet. */
void baseline_begin(struct baseline *);
/* This was there. Would one more of it be known? */
bool baseline_see(struct baseline *, uint64_t fingerprint);
/* The same, and one more is counted. */
bool baseline_take(struct baseline *, uint64_t fingerprint);
void baseline_free(struct baseline *); /* NULL is fine */

/* ---- baseline_write.c ---- */

/* What is to be known from now on. */
struct baseline_row {
	uint64_t fingerprint, count;
	const char *label; /* one line for people */
};

/* Writes aside and renames. Rows that the policy itself allows are left out, those of the
 * old baseline keep their reason and day. False with errno set. */
bool baseline_write(const struct baseline *old, const char *path,
		    struct baseline_row *rows, size_t count);

#endif
