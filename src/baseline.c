/* baseline.c - what is known already: [allow FINGERPRINT] of a policy or a baseline */
#include "config.h"
#include "baseline.h"
#include "parse.h"
#include "table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BASELINE_DAY = 86400 };

struct baseline_item {
	struct baseline_entry entry;
	UT_hash_handle hh;
	bool lost;
};

struct baseline {
	struct baseline_item *items; /* by fingerprint, in the order they came */
	int64_t today;
};

/* The file is our user's own: nobody aims at its hash. */
static const uint64_t seed[2] = { 0, 0 };

bool baseline_today(int64_t *day, char *err, size_t size)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t seconds;

	if (epoch == NULL || epoch[0] == '\0') {
		*day = (int64_t)time(NULL) / BASELINE_DAY;
		return true;
	}
	if (!parse_u64(epoch, 0, INT64_MAX, &seconds)) {
		snprintf(err, size, "SOURCE_DATE_EPOCH: '%.60s' are no seconds", epoch);
		return false;
	}
	*day = (int64_t)seconds / BASELINE_DAY;
	return true;
}

bool baseline_parse_day(const char *text, int64_t *day)
{
	struct tm tm = { 0 };
	char again[16];

	/* Told back, so that no blank, no missing zero and no February 30 is taken */
	if (strptime(text, "%Y-%m-%d", &tm) == NULL)
		return false;
	*day = (int64_t)timegm(&tm) / BASELINE_DAY;
	return strftime(again, sizeof(again), "%Y-%m-%d", &tm) > 0 &&
	       strcmp(again, text) == 0;
}

struct baseline *baseline_new(int64_t today)
{
	struct baseline *baseline = calloc(1, sizeof(*baseline));

	if (baseline != NULL)
		baseline->today = today;
	return baseline;
}

struct baseline_entry *baseline_find(const struct baseline *baseline,
				     uint64_t fingerprint)
{
	struct baseline_item *item;

	HASH_FIND(hh, baseline->items, &fingerprint, sizeof(fingerprint), item);
	return item == NULL ? NULL : &item->entry;
}

struct baseline_entry *baseline_add(struct baseline *baseline, uint64_t fingerprint,
				    bool *is_new)
{
	struct baseline_entry *entry = baseline_find(baseline, fingerprint);
	struct baseline_item *item;

	*is_new = entry == NULL;
	if (entry != NULL)
		return entry;
	item = calloc(1, sizeof(*item));
	if (item == NULL)
		return NULL;
	item->entry.fingerprint = fingerprint;
	item->entry.max = UINT64_MAX;
	item->entry.until = INT64_MAX;
	HASH_ADD(hh, baseline->items, entry.fingerprint, sizeof(fingerprint), item);
	if (!item->lost)
		return &item->entry;
	free(item);
	return NULL;
}

const struct baseline_entry *baseline_next_idle(const struct baseline *baseline,
						const struct baseline_entry *after)
{
	const struct baseline_item *item = baseline->items;

	if (after != NULL) /* the entry is the item's first member */
		item = ((const struct baseline_item *)(const void *)after)->hh.next;
	while (item != NULL && item->entry.seen && !item->entry.expired)
		item = item->hh.next;
	return item == NULL ? NULL : &item->entry;
}

const char *baseline_idle_word(const struct baseline_entry *entry)
{
	return entry->seen ? "expired" : "stale";
}

void baseline_expire(struct baseline *baseline)
{
	for (struct baseline_item *item = baseline->items; item; item = item->hh.next)
		item->entry.expired = baseline->today > item->entry.until;
}

void baseline_begin(struct baseline *baseline)
{
	for (struct baseline_item *item = baseline->items; item; item = item->hh.next)
		item->entry.count = 0;
}

bool baseline_see(struct baseline *baseline, uint64_t fingerprint)
{
	struct baseline_entry *entry = baseline_find(baseline, fingerprint);

	if (entry == NULL)
		return false;
	entry->seen = true;
	return !entry->expired && entry->count < entry->max;
}

bool baseline_take(struct baseline *baseline, uint64_t fingerprint)
{
	struct baseline_entry *entry = baseline_find(baseline, fingerprint);
	bool known = baseline_see(baseline, fingerprint);

	if (entry != NULL)
		entry->count++;
	return known;
}

void baseline_free(struct baseline *baseline)
{
	struct baseline_item *item, *next;

	if (baseline == NULL)
		return;
	HASH_ITER (hh, baseline->items, item, next) {
		HASH_DEL(baseline->items, item);
		free(item->entry.reason);
		free(item->entry.where);
		free(item);
	}
	free(baseline);
}
