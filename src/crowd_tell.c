/* crowd_tell.c - what of listeners and holders is a finding */
#include "crowd_parts.h"
#include "rules_table.h"

#include <stdlib.h>

/* Of listeners behind SYN cookies: so many SYN+ACKs must show it. */
enum { COOKIE_SIGNS = 3 };

struct telling {
	struct crowd *crowd;
	struct crowd_place *place;
	struct te_connection about; /* made up: the addresses */
	struct te_finding finding;
	char detail[200];
	crowd_tell_fn *tell;
	void *ctx;
};

static double limit_of(const struct telling *t, enum te_limit limit)
{
	return t->crowd->config->limits[limit];
}

/* ---- words ---- */

static void say(struct telling *t, const char *words)
{
	size_t used = strlen(t->detail), length = strlen(words);

	if (used + length < sizeof(t->detail))
		memcpy(t->detail + used, words, length + 1);
	t->finding.detail = t->detail;
}

static void say_count(struct telling *t, uint64_t count)
{
	char digits[24];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = (char)('0' + count % 10);
		count /= 10;
	} while (count);
	say(t, digits + at);
}

/* In tenths: "12.3 s" */
static void say_time(struct telling *t, te_time from, te_time to)
{
	uint64_t tenths = to > from ? (uint64_t)(to - from) / (TE_SEC / 10) : 0;

	say_count(t, tenths / 10);
	say(t, ".");
	say_count(t, tenths % 10);
	say(t, " s");
}

static void say_when(struct telling *t, te_time when)
{
	say(t, "the most ");
	say_time(t, t->crowd->start, when);
	say(t, " into the capture");
}

/* ---- a finding ---- */

static void begin(struct telling *t, const char *id, enum te_end end)
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

static void about_place(struct telling *t)
{
	const uint64_t *key = t->place->key;

	t->about = (struct te_connection){ .ip_version = key[4] & 0xff };
	memcpy(t->about.end[TE_CLIENT].addr.bytes, key, 16);
	memcpy(t->about.end[TE_SERVER].addr.bytes, key + 2, 16);
	t->about.end[TE_SERVER].port = (uint16_t)(key[4] >> 16);
}

static void show_count(struct telling *t, enum crowd_what what)
{
	const struct crowd_count *count = &t->place->count[what];

	evidence_frame(&t->finding, count->file, count->first, count->first_time);
	evidence_frame(&t->finding, count->file, count->last, TE_TIME_NONE);
}

static void also(struct telling *t, const char *id)
{
	if (t->finding.also_count < TE_MAX_ALSO)
		t->finding.also[t->finding.also_count++] = te_rule_find(id);
}

/* 0 if there were fewer than `least` in all. */
static uint64_t peak(const struct telling *t, enum crowd_what what, double least,
		     te_time *when)
{
	struct series *series = &t->place->count[what].series;

	*when = t->crowd->start;
	if (!series_may_reach(series, (uint64_t)least))
		return 0;
	return series_peak(series, t->crowd->start, when);
}

/* ---- syn-flood, backlog-pressure, syn-cookie-likely ---- */

static bool shows_cookies(const struct telling *t)
{
	const struct crowd_place *place = t->place;

	if (!t->crowd->beyond_syns)
		return false;
	return (place->unrepeated >= COOKIE_SIGNS && !place->repeated) ||
	       (place->stripped >= COOKIE_SIGNS && place->granted >= COOKIE_SIGNS);
}

/* What the capture itself may explain. */
static void doubt_flood(struct telling *t)
{
	const struct crowd_place *place = t->place;

	if (!t->crowd->answered)
		say(t, "; no server answers anything here: only one direction may be in "
		       "the capture");
	else if (!t->crowd->beyond_syns && !place->repeated && !place->unanswered)
		say(t, "; the capture has nothing but SYN and SYN+ACK: the ACKs may "
		       "have been filtered out");
	else
		return;
	t->finding.certain = false;
	t->finding.severity = TE_WARNING;
}

/* The order of the causes in the catalogue's row of syn-flood. */
enum { FLOOD_SPOOFED, FLOOD_REAL_HOSTS, FLOOD_NO_WAY_BACK, FLOOD_FILTERED };

static uint32_t flood_causes(const struct crowd_place *place)
{
	uint32_t causes = 1u << FLOOD_SPOOFED | 1u << FLOOD_REAL_HOSTS;

	return causes | 1u << (place->unanswered ? FLOOD_FILTERED : FLOOD_NO_WAY_BACK);
}

static bool is_flood(const struct telling *t, uint64_t half, uint64_t rate)
{
	return (half > (uint64_t)limit_of(t, TE_LIMIT_SYN_FLOOD_COUNT) ||
		rate > (uint64_t)limit_of(t, TE_LIMIT_SYN_FLOOD_RATE)) &&
	       crowd_sources(t->place) >= crowd_many_sources(t->crowd);
}

static void measure_flood(struct telling *t, uint64_t half, uint64_t rate)
{
	double most = limit_of(t, TE_LIMIT_SYN_FLOOD_COUNT);

	if (half > (uint64_t)most)
		evidence_value(&t->finding, (double)half, most, "half-open");
	else
		evidence_value(&t->finding, (double)rate,
			       limit_of(t, TE_LIMIT_SYN_FLOOD_RATE), "per second");
	say(t, "from ");
	say_count(t, crowd_sources(t->place));
	say(t, " addresses or more");
	t->finding.causes = flood_causes(t->place);
}

static bool tell_flood(struct telling *t)
{
	struct crowd_place *place = t->place;
	te_time when, rate_when;
	uint64_t half =
	    peak(t, CROWD_HALF_OPEN, limit_of(t, TE_LIMIT_SYN_FLOOD_COUNT), &when);
	uint64_t rate =
	    peak(t, CROWD_RATE, limit_of(t, TE_LIMIT_SYN_FLOOD_RATE), &rate_when);

	if (!is_flood(t, half, rate) && !place->told)
		return false;
	begin(t, "syn-flood", TE_SERVER);
	if (half < place->flood_peak)
		half = place->flood_peak;
	measure_flood(t, half, rate);
	say(t, ", ");
	say_when(t, half ? when : rate_when);
	doubt_flood(t);
	show_count(t, CROWD_HALF_OPEN);
	t->finding.told = place->told;
	also(t, place->unanswered ? "syn-unanswered" : "half-open-syn-rcvd");
	if (shows_cookies(t))
		also(t, "syn-cookie-likely");
	t->tell(t->ctx, &t->finding);
	return true;
}

static void tell_backlog(struct telling *t)
{
	double limit = limit_of(t, TE_LIMIT_BACKLOG_PRESSURE);
	te_time when;
	uint64_t most = peak(t, CROWD_SYN_RCVD, limit, &when);

	if (most < (uint64_t)limit || !most || !t->crowd->beyond_syns)
		return;
	begin(t, "backlog-pressure", TE_SERVER);
	evidence_value(&t->finding, (double)most, limit, "in SYN_RCVD");
	show_count(t, CROWD_SYN_RCVD);
	say_when(t, when);
	t->finding.causes = evidence_all_causes(3);
	t->tell(t->ctx, &t->finding);
}

static void tell_cookies(struct telling *t)
{
	const struct crowd_place *place = t->place;
	bool silent = place->unrepeated >= COOKIE_SIGNS && !place->repeated;

	if (!shows_cookies(t))
		return;
	begin(t, "syn-cookie-likely", TE_SERVER);
	t->finding.certain = false;
	say_count(t, silent ? place->unrepeated : place->stripped);
	say(t, silent ? " SYN+ACKs that nobody answered, none of them sent again"
		      : " SYN+ACKs without the window scale and SACK that others get");
	t->finding.causes = evidence_all_causes(3);
	show_count(t, silent ? CROWD_HALF_OPEN : CROWD_SYN_RCVD);
	t->tell(t->ctx, &t->finding);
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
	te_time least = (te_time)(limit_of(t, TE_LIMIT_CLOSE_WAIT_STUCK) * 1e9);
	double many = limit_of(t, TE_LIMIT_CLOSE_WAIT_MANY);
	struct climb climb;

	if (!t->place->stuck_count || t->place->stuck_count < (uint32_t)many)
		return;
	climb = climb_of(t->place);
	if (!climb.count || climb.count < (uint32_t)many ||
	    climb.last->from - climb.first->from <= least)
		return;
	begin(t, "close-wait-growth", TE_SERVER);
	evidence_value(&t->finding, climb.count, many, "in CLOSE_WAIT");
	evidence_frame(&t->finding, climb.first->file, climb.first->frame,
		       climb.first->from);
	if (climb.last->file == climb.first->file)
		evidence_frame(&t->finding, climb.last->file, climb.last->frame,
			       climb.last->from);
	say(t, "one after the other in ");
	say_time(t, climb.first->from, climb.last->from);
	say(t, ", and none of them came free meanwhile");
	t->finding.still = climb.still;
	t->finding.causes = evidence_all_causes(3);
	also(t, "close-wait-stuck");
	t->tell(t->ctx, &t->finding);
}

/* ---- time-wait-pressure ---- */

static void tell_time_wait(struct telling *t)
{
	const struct te_config *config = t->crowd->config;
	double ports = (double)config->port_high - (double)config->port_low + 1;
	double limit = limit_of(t, TE_LIMIT_TIME_WAIT_PRESSURE) / 100 * ports;
	const struct crowd_count *count = &t->place->count[CROWD_TIME_WAIT];
	bool holder = t->place->holder;
	te_time when;
	uint64_t most = peak(t, CROWD_TIME_WAIT, limit, &when);

	if (!most || (double)most <= limit)
		return;
	begin(t, "time-wait-pressure", holder ? TE_CLIENT : TE_SERVER);
	/* A hundredth less is as good as all: the tap sees it a little later. */
	t->finding.severity = !holder                        ? TE_NOTE
			      : (double)most >= ports * 0.99 ? TE_ERROR
							     : TE_WARNING;
	t->finding.certain = !t->place->guessed;
	evidence_value(&t->finding, (double)most, limit,
		       holder ? "ports" : "in TIME_WAIT");
	show_count(t, CROWD_TIME_WAIT);
	say_when(t, when);
	say(t, ", ");
	say_time(t, count->first_time, when);
	say(t, " after the first of these connections began");
	t->finding.causes = evidence_all_causes(3);
	t->tell(t->ctx, &t->finding);
}

/* ---- all ---- */

static void tell_place(struct telling *t)
{
	about_place(t);
	if (!t->place->holder && !tell_flood(t)) {
		tell_backlog(t);
		tell_cookies(t);
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

void crowd_tell_now(struct crowd *crowd, te_time now, crowd_tell_fn *tell, void *ctx)
{
	struct telling t = { .crowd = crowd, .tell = tell, .ctx = ctx };

	for (t.place = crowd->places; t.place; t.place = t.place->hh.next) {
		if (t.place->half_now > t.place->flood_peak)
			t.place->flood_peak = t.place->half_now;
		if (t.place->told || t.place->holder ||
		    !is_flood(&t, t.place->half_now, 0))
			continue;
		about_place(&t);
		begin(&t, "syn-flood", TE_SERVER);
		measure_flood(&t, t.place->half_now, 0);
		t.finding.time = now;
		t.finding.still = t.place->told = true;
		tell(ctx, &t.finding);
	}
}
