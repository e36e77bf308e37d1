/* crowd_flood.c - handshakes of one listener: floods, pressure, cookies */
#include "crowd_parts.h"
#include "rules_table.h"

/* Of listeners behind SYN cookies: so many SYN+ACKs must show it. */
enum { COOKIE_SIGNS = 3 };

static bool shows_cookies(const struct telling *t)
{
	const struct crowd_place *place = t->place;

	if (!t->crowd->beyond_syns)
		return false;
	return (place->unrepeated >= COOKIE_SIGNS && !place->repeated) ||
	       (place->stripped >= COOKIE_SIGNS && place->granted >= COOKIE_SIGNS);
}

/* Most had little time to go on before the capture ended. */
static bool is_young(const struct crowd_place *place)
{
	return place->young > place->old;
}

/* What the capture itself may explain. */
static void doubt_flood(struct telling *t)
{
	const struct crowd_place *place = t->place;

	if (is_young(place))
		telling_say(t, "; most of them began shortly before the capture ended");
	else if (!t->crowd->answered)
		telling_say(
		    t, "; no server answers anything here: only one direction may be in "
		       "the capture");
	else if (!t->crowd->beyond_syns && !place->repeated && !place->unanswered)
		telling_say(t,
			    "; the capture has nothing but SYN and SYN+ACK: the ACKs may "
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
	const struct crowd_place *place = t->place;

	/* Of a busy listener some are young at any moment. */
	if (is_young(place) && place->completed > place->young / 8)
		return false;
	return (half > (uint64_t)telling_limit_of(t, TE_LIMIT_SYN_FLOOD_COUNT) ||
		rate > (uint64_t)telling_limit_of(t, TE_LIMIT_SYN_FLOOD_RATE)) &&
	       place->source_count >= crowd_many_sources(t->crowd);
}

static void measure_flood(struct telling *t, uint64_t half, uint64_t rate)
{
	double most = telling_limit_of(t, TE_LIMIT_SYN_FLOOD_COUNT);

	if (half > (uint64_t)most)
		evidence_value(&t->finding, (double)half, most, "half-open");
	else
		evidence_value(&t->finding, (double)rate,
			       telling_limit_of(t, TE_LIMIT_SYN_FLOOD_RATE),
			       "per second");
	telling_say(t, "from ");
	telling_say_count(t, t->place->source_count);
	telling_say(t, " addresses or more");
	t->finding.causes = flood_causes(t->place);
}

bool crowd_tell_flood(struct telling *t)
{
	struct crowd_place *place = t->place;
	te_time when, rate_when;
	uint64_t half = telling_peak(
	    t, CROWD_HALF_OPEN, telling_limit_of(t, TE_LIMIT_SYN_FLOOD_COUNT), &when);
	uint64_t rate = telling_peak(
	    t, CROWD_RATE, telling_limit_of(t, TE_LIMIT_SYN_FLOOD_RATE), &rate_when);

	if (!is_flood(t, half, rate) && !place->told)
		return false;
	telling_begin(t, "syn-flood", TE_SERVER);
	if (half < place->flood_peak)
		half = place->flood_peak;
	measure_flood(t, half, rate);
	telling_say(t, ", ");
	telling_say_when(t, half ? when : rate_when);
	doubt_flood(t);
	telling_show_count(t, CROWD_RATE);
	t->finding.told = place->told;
	telling_also(t, place->unanswered ? "syn-unanswered" : "half-open-syn-rcvd");
	if (shows_cookies(t))
		telling_also(t, "syn-cookie-likely");
	t->tell(t->ctx, &t->finding);
	return true;
}

void crowd_tell_backlog(struct telling *t)
{
	double limit = telling_limit_of(t, TE_LIMIT_BACKLOG_PRESSURE);
	te_time when;
	uint64_t most = telling_peak(t, CROWD_SYN_RCVD, limit, &when);

	if (most < (uint64_t)limit || !most || !t->crowd->beyond_syns)
		return;
	telling_begin(t, "backlog-pressure", TE_SERVER);
	evidence_value(&t->finding, (double)most, limit, "in SYN_RCVD");
	telling_show_count(t, CROWD_SYN_RCVD);
	telling_say_when(t, when);
	t->finding.causes = evidence_all_causes(3);
	t->tell(t->ctx, &t->finding);
}

void crowd_tell_cookies(struct telling *t)
{
	const struct crowd_place *place = t->place;
	bool silent = place->unrepeated >= COOKIE_SIGNS && !place->repeated;

	if (!shows_cookies(t))
		return;
	telling_begin(t, "syn-cookie-likely", TE_SERVER);
	t->finding.certain = false;
	telling_say_count(t, silent ? place->unrepeated : place->stripped);
	telling_say(
	    t, silent ? " SYN+ACKs that nobody answered, none of them sent again"
		      : " SYN+ACKs without the window scale and SACK that others get");
	t->finding.causes = evidence_all_causes(3);
	telling_show_count(t, silent ? CROWD_HALF_OPEN : CROWD_SYN_RCVD);
	t->tell(t->ctx, &t->finding);
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
		telling_about_place(&t);
		telling_begin(&t, "syn-flood", TE_SERVER);
		measure_flood(&t, t.place->half_now, 0);
		t.finding.time = now;
		t.finding.still = t.place->told = true;
		tell(ctx, &t.finding);
	}
}
