/* crowd_tell.c - what of listeners and holders is a finding */
#include "crowd_parts.h"
#include "rules_table.h"

#include <stdlib.h>

double telling_limit_of(const struct telling *t, enum te_limit limit)
{
	return t->crowd->config->limits[limit];
}

/* ---- words ---- */

void telling_say(struct telling *t, const char *words)
{
	size_t used = strlen(t->detail), length = strlen(words);

	if (used + length < sizeof(t->detail))
		memcpy(t->detail + used, words, length + 1);
	t->finding.detail = t->detail;
}

void telling_say_count(struct telling *t, uint64_t count)
{
	char digits[24];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = (char)('0' + count % 10);
		count /= 10;
	} while (count);
	telling_say(t, digits + at);
}

/* In tenths: "12.3 s" */
static void telling_say_time(struct telling *t, te_time from, te_time to)
{
	uint64_t tenths = to > from ? (uint64_t)(to - from) / (TE_SEC / 10) : 0;

	telling_say_count(t, tenths / 10);
	telling_say(t, ".");
	telling_say_count(t, tenths % 10);
	telling_say(t, " s");
}

void telling_say_when(struct telling *t, te_time when)
{
	telling_say(t, "the most ");
	telling_say_time(t, t->crowd->start, when);
	telling_say(t, " into the capture");
}

/* ---- a finding ---- */

void telling_begin(struct telling *t, const char *id, enum te_end end)
{
	bool holder = t->place->holder;

	t->detail[0] = '\0';
	t->finding =
	    (struct te_finding){ .rule = te_rule_find(id),
				 .scope = holder ? TE_SCOPE_HOLDER : TE_SCOPE_LISTENER,
				 .connection = &t->about,
				 .end = end,
				 .time = TE_TIME_NONE,
				 .certain = true };
	t->finding.severity = t->finding.rule->severity;
}

void telling_about_place(struct telling *t)
{
	const uint64_t *key = t->place->key;

	t->about = (struct te_connection){ .ip_version = key[4] & 0xff };
	memcpy(t->about.end[TE_CLIENT].addr.bytes, key, 16);
	memcpy(t->about.end[TE_SERVER].addr.bytes, key + 2, 16);
	t->about.end[TE_SERVER].port = (uint16_t)(key[4] >> 16);
}

void telling_show_count(struct telling *t, enum crowd_what what)
{
	const struct crowd_count *count = &t->place->count[what];

	evidence_frame(&t->finding, count->file, count->first, count->first_time);
	evidence_frame(&t->finding, count->file, count->last, TE_TIME_NONE);
}

void telling_also(struct telling *t, const char *id)
{
	if (t->finding.also_count < TE_MAX_ALSO)
		t->finding.also[t->finding.also_count++] = te_rule_find(id);
}

/* 0 if there were fewer than `least` in all. */
uint64_t telling_peak(const struct telling *t, enum crowd_what what, double least,
		      te_time *when)
{
	struct series *series = &t->place->count[what].series;

	*when = t->crowd->start;
	if (!series_may_reach(series, (uint64_t)least))
		return 0;
	return series_peak(series, t->crowd->start, when);
}

/* ---- close-wait-growth ---- */

struct change {
	te_time time;
	int by; /* of equal times, what goes comes first */
	const struct crowd_stuck *stuck;
};

static int compare_changes(const void *left, const void *right)
{
	const struct change *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->by - b->by;
}

/* The longest run of servers that got stuck while none came free. */
struct climb {
	uint32_t count;
	const struct crowd_stuck *first, *last;
	bool still;
};

static struct climb find_climb(const struct change *changes, size_t count)
{
	struct climb best = { 0 }, now = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (changes[i].by < 0) {
			now.count = 0;
			best.still = false;
			continue;
		}
		if (now.count++ == 0)
			now.first = changes[i].stuck;
		now.last = changes[i].stuck;
		if (now.count > best.count) {
			best = now;
			best.still = true;
		}
	}
	return best;
}

static struct climb climb_of(const struct crowd_place *place)
{
	struct change *changes = calloc(2 * (size_t)place->stuck_count, sizeof(*changes));
	struct climb climb = { 0 };
	size_t count = 0;

	if (!changes)
		return climb;
	for (uint32_t i = 0; i < place->stuck_count; i++) {
		const struct crowd_stuck *stuck = &place->stuck[i];

		changes[count++] = (struct change){ stuck->from, 1, stuck };
		if (stuck->to != TE_TIME_NONE)
			changes[count++] = (struct change){ stuck->to, -1, stuck };
	}
	qsort(changes, count, sizeof(*changes), compare_changes);
	climb = find_climb(changes, count);
	free(changes);
	return climb;
}

static void tell_growth(struct telling *t)
{
	te_time least = (te_time)(telling_limit_of(t, TE_LIMIT_CLOSE_WAIT_STUCK) * 1e9);
	double many = telling_limit_of(t, TE_LIMIT_CLOSE_WAIT_MANY);
	struct climb climb;

	if (!t->place->stuck_count || t->place->stuck_count < (uint32_t)many)
		return;
	climb = climb_of(t->place);
	if (!climb.count || climb.count < (uint32_t)many ||
	    climb.last->from - climb.first->from <= least)
		return;
	telling_begin(t, "close-wait-growth", TE_SERVER);
	evidence_value(&t->finding, climb.count, many, "in CLOSE_WAIT");
	evidence_frame(&t->finding, climb.first->file, climb.first->frame,
		       climb.first->from);
	if (climb.last->file == climb.first->file)
		evidence_frame(&t->finding, climb.last->file, climb.last->frame,
			       climb.last->from);
	telling_say(t, "one after the other in ");
	telling_say_time(t, climb.first->from, climb.last->from);
	telling_say(t, ", and none of them came free meanwhile");
	t->finding.still = climb.still;
	t->finding.causes = evidence_all_causes(3);
	telling_also(t, "close-wait-stuck");
	t->tell(t->ctx, &t->finding);
}

/* ---- time-wait-pressure ---- */

static void tell_time_wait(struct telling *t)
{
	const struct te_config *config = t->crowd->config;
	double ports = (double)config->port_high - (double)config->port_low + 1;
	double limit = telling_limit_of(t, TE_LIMIT_TIME_WAIT_PRESSURE) / 100 * ports;
	const struct crowd_count *count = &t->place->count[CROWD_TIME_WAIT];
	bool holder = t->place->holder;
	te_time when;
	uint64_t most = telling_peak(t, CROWD_TIME_WAIT, limit, &when);

	if (!most || (double)most <= limit)
		return;
	telling_begin(t, "time-wait-pressure", holder ? TE_CLIENT : TE_SERVER);
	/* A hundredth less is as good as all: the tap sees it a little later. */
	t->finding.severity = !holder                        ? TE_NOTE
			      : (double)most >= ports * 0.99 ? TE_ERROR
							     : TE_WARNING;
	t->finding.certain = !t->place->guessed;
	evidence_value(&t->finding, (double)most, limit,
		       holder ? "ports" : "in TIME_WAIT");
	telling_show_count(t, CROWD_TIME_WAIT);
	telling_say_when(t, when);
	telling_say(t, ", ");
	telling_say_time(t, count->first_time, when);
	telling_say(t, " after the first of these connections began");
	t->finding.causes = evidence_all_causes(3);
	t->tell(t->ctx, &t->finding);
}

/* ---- all ---- */

static void tell_place(struct telling *t)
{
	telling_about_place(t);
	if (!t->place->holder && !crowd_tell_flood(t)) {
		crowd_tell_backlog(t);
		crowd_tell_cookies(t);
	}
	tell_growth(t);
	tell_time_wait(t);
}

void crowd_tell(struct crowd *crowd, crowd_tell_fn *tell, void *ctx)
{
	struct telling t = { .crowd = crowd, .tell = tell, .ctx = ctx };

	for (t.place = crowd->places; t.place; t.place = t.place->hh.next)
		tell_place(&t);
}
