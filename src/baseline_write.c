/* baseline_write.c - --write-baseline: what is wrong now, to be known from now on
 *
 * In an order of their own, not that of the capture, so that two versions of the file
 * differ by what has changed.
 */
#include "config.h"
#include "aside.h"
#include "baseline.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char baseline_head[] =
    "# What tcpends --check knows already: --baseline FILE. More than max is new; after\n"
    "# `until` (a date, UTC) it fails again. Written by --write-baseline, which keeps\n"
    "# reason and until.\n";

static int baseline_compare(const void *left, const void *right)
{
	const struct baseline_row *a = left, *b = right;
	int by_label = strcmp(a->label, b->label);

	if (by_label != 0)
		return by_label;
	return a->fingerprint < b->fingerprint ? -1 : a->fingerprint > b->fingerprint;
}

static void baseline_put_day(FILE *file, int64_t day)
{
	time_t seconds = (time_t)(day * 86400);
	struct tm tm;
	char text[16];

	if (gmtime_r(&seconds, &tm) != NULL &&
	    strftime(text, sizeof(text), "%F", &tm) > 0)
		fprintf(file, "until = %s\n", text);
}

static void baseline_put(FILE *file, const struct baseline_row *row,
			 const struct baseline_entry *old)
{
	const char *reason = old == NULL ? NULL : old->reason;

	fprintf(file, "\n# %s\n[allow %016" PRIx64 "]\n", row->label, row->fingerprint);
	fprintf(file, "reason = %s\n",
		reason != NULL ? reason : "was there when this was written");
	fprintf(file, "max = %" PRIu64 "\n", row->count);
	if (old != NULL && old->until != INT64_MAX)
		baseline_put_day(file, old->until);
}

bool baseline_write(const struct baseline *old, const char *path,
		    struct baseline_row *rows, size_t count)
{
	struct aside aside;

	if (!aside_open(&aside, path))
		return false;
	if (count > 1)
		qsort(rows, count, sizeof(*rows), baseline_compare);
	fputs(baseline_head, aside.file);
	for (size_t i = 0; i < count; i++) {
		const struct baseline_entry *entry =
		    baseline_find(old, rows[i].fingerprint);

		if (entry == NULL || !entry->of_policy)
			baseline_put(aside.file, &rows[i], entry);
	}
	return aside_commit(&aside);
}
