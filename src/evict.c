/* evict.c - which connections go when memory is short
 *
 * Those whose ends are done, which wait in their queues; then those that never opened,
 * then the rest, of each kind the longest idle. Of these, an eighth of the memory is
 * freed at once, so that looking at all of them is paid for by many that begin.
 */
#include "engine.h"

/* In the order in which they go, behind those that are done. */
enum kind { HALF_OPEN, OTHER, KINDS };

/* Segments of one that may not have opened. */
enum { FEW = 2 };

/* How long they were idle, in classes of a thirty-second of that. */
enum { PARTS_BITS = 5, PARTS = 1 << PARTS_BITS, AGES = (63 - PARTS_BITS + 1) * PARTS };

struct census {
	te_time now;
	uint64_t bytes[KINDS][AGES];
};

/* A connection, with what usually hangs on it, and its slots. */
enum { WHOLE = sizeof(struct conn) + 64 };

static uint64_t memory(const struct te_engine *engine)
{
	return trails_memory(engine->trails) +
	       (uint64_t)flow_count(engine->flows) * WHOLE;
}

/* What connections may take of the whole: the rest is the program's, an index's while it
 * grows, and what was left and not taken again. */
static uint64_t budget(uint64_t most)
{
	const uint64_t program = (uint64_t)8 << 20;

	return most <= 2 * program ? most / 8 * 3 : (most - program) / 5 * 4;
}

/* Trails that go together. */
struct leaving {
	const struct trail *trails[PLAY_SOME];
	unsigned count;
};

static void leave(struct te_engine *engine, struct leaving *leaving)
{
	play_evict(engine, leaving->trails, leaving->count);
	leaving->count = 0;
}

static void let_go(struct te_engine *engine, struct leaving *leaving,
		   const struct trail *trail)
{
	leaving->trails[leaving->count++] = trail;
	if (leaving->count == PLAY_SOME)
		leave(engine, leaving);
}

/* ---- those that are done ---- */

/* The one that waits longest. False: there is none. */
static bool evict_first(struct te_engine *engine, struct leaving *leaving)
{
	const struct trail *trail = trails_waiting(engine->trails);
	const struct conn *conn = engine->idle_first;

	if (!trail && !conn)
		return false;
	if (!trail || (conn && conn->queued_since <= trail_last(trail)))
		over_evict_first(engine);
	else if (play_take_first(engine, trail))
		let_go(engine, leaving, trail);
	return true;
}

static void evict_finished(struct te_engine *engine, uint64_t goal)
{
	struct leaving leaving = { .count = 0 };

	while (memory(engine) > goal && evict_first(engine, &leaving))
		;
	leave(engine, &leaving);
}

/* ---- the others ---- */

static enum kind kind_of_trail(const struct trail *trail)
{
	return trail->count <= FEW ? HALF_OPEN : OTHER;
}

/* No more than its opening was seen, or, in the middle, hardly anything, as of what goes
 * on after it was evicted: a large one, of which little is lost. */
static enum kind kind_of(const struct conn *conn)
{
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other((enum side)conn->client)];
	bool begun = client->opener ? client->packets <= client->syn_repeats + 1
				    : client->packets + server->packets <= FEW;

	return begun ? HALF_OPEN : OTHER;
}

/* From its highest bit on, so many bits. */
static unsigned age_class(uint64_t age)
{
	unsigned shift;

	if (age < PARTS)
		return (unsigned)age;
	shift = 63u - (unsigned)__builtin_clzll(age) - PARTS_BITS;
	return shift * PARTS + (unsigned)(age >> shift);
}

/* The least of a class. */
static te_time age_from(unsigned class)
{
	unsigned shift = class < PARTS ? 0 : class / PARTS - 1;

	return (te_time)(class - shift * PARTS) << shift;
}

static void count(struct census *census, enum kind kind, te_time last, uint64_t bytes)
{
	uint64_t age = last < census->now ? (uint64_t)(census->now - last) : 0;

	census->bytes[kind][age_class(age)] += bytes;
}

static void count_all(struct te_engine *engine, struct census *census)
{
	const struct trail *trail = NULL;

	while ((trail = trails_next(engine->trails, trail)))
		count(census, kind_of_trail(trail), trail_last(trail),
		      trail_memory(trail));
	for (const struct conn *c = flow_first(engine->flows); c; c = c->next)
		count(census, kind_of(c), c->last, WHOLE);
}

/* The kinds before this one go whole; of it, all whose last segment is as old as `all`,
 * and `part` bytes of those up to `some`. */
struct line {
	enum kind kind;
	te_time all, some;
	uint64_t part;
};

static struct line draw_line(const struct census *census, uint64_t need)
{
	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned age = AGES; age-- > 0;) {
			uint64_t bytes = census->bytes[kind][age];

			if (bytes >= need)
				return (struct line){
					.kind = (enum kind)kind,
					.all = census->now - age_from(age + 1),
					.some = census->now - age_from(age),
					.part = need,
				};
			need -= bytes;
		}
	return (struct line){ .kind = KINDS };
}

static bool goes(struct line *line, enum kind kind, te_time last, uint64_t bytes)
{
	if (kind != line->kind || last <= line->all)
		return kind <= line->kind;
	if (last > line->some || !line->part)
		return false;
	line->part -= bytes < line->part ? bytes : line->part;
	return true;
}

static void evict_behind(struct te_engine *engine, struct line *line)
{
	struct leaving leaving = { .count = 0 };
	const struct trail *trail = NULL;
	struct conn *next;

	while ((trail = trails_next(engine->trails, trail)))
		if (goes(line, kind_of_trail(trail), trail_last(trail),
			 trail_memory(trail)))
			let_go(engine, &leaving, trail);
	leave(engine, &leaving);
	for (struct conn *c = flow_first(engine->flows); c; c = next) {
		next = c->next;
		if (goes(line, kind_of(c), c->last, WHOLE))
			over_evict(engine, c);
	}
}

static __attribute__((noinline)) void evict_open(struct te_engine *engine, uint64_t need)
{
	struct census census = { .now = engine->now };
	struct line line;

	count_all(engine, &census);
	line = draw_line(&census, need);
	evict_behind(engine, &line);
}

/* ---- room ---- */

/* What trails left, until others take it. */
static uint64_t holes(const struct te_engine *engine)
{
	return trails_held(engine->trails) - trails_memory(engine->trails);
}

/* Too much of that is given back, as where trails became whole connections. */
static void sweep(struct te_engine *engine, uint64_t bearable)
{
	if (holes(engine) <= bearable)
		return;
	trails_sweep(engine->trails);
	engine->holes_left = holes(engine);
}

/* Little at once where none is looked for, so that what is done stays long: something may
 * still come of it. */
static void make_room(struct te_engine *engine, uint64_t most)
{
	evict_finished(engine, most - most / 64);
	if (memory(engine) >= most)
		evict_open(engine, memory(engine) - (most - most / 8));
}

void evict(struct te_engine *engine)
{
	uint64_t most = budget(engine->config.max_memory), bearable = most / 4;

	if (memory(engine) >= most)
		make_room(engine, most);
	else if (bearable < engine->holes_left + most / 8)
		bearable = engine->holes_left + most / 8; /* not in vain each time */
	sweep(engine, bearable);
}
