/* evict.c - which connections go when memory is short
 *
 * Those whose ends are done, then those that never opened, then the rest, of each kind
 * the longest idle. An eighth of the memory is freed at once, so that looking at all of
 * them is paid for by many that begin.
 */
#include "engine.h"

/* In the order in which they go. */
enum kind { FINISHED, HALF_OPEN, OTHER, KINDS };

/* How long they were idle, in classes of equal width. */
enum { AGES = 1024 };

struct census {
	te_time oldest, newest; /* last segments */
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
 * grows, and what is not used yet of the last chunk of trails (huge.h). */
static uint64_t budget(uint64_t most)
{
	const uint64_t program = (uint64_t)8 << 20;

	if (most <= 4 * program)
		return most / 8 * 3;
	return (most - program) / 5 * 4 - POOL_CHUNK_BYTES;
}

static enum kind kind_of_trail(const struct trail *trail)
{
	if (trail->bits & TRAIL_QUEUED)
		return FINISHED;
	return trail->count <= 2 ? HALF_OPEN : OTHER;
}

static enum kind kind_of(const struct conn *conn)
{
	const struct end *client = &conn->end[conn->client];

	if (conn->queued)
		return FINISHED;
	return client->opener && client->packets <= client->syn_repeats + 1 ? HALF_OPEN
									    : OTHER;
}

static unsigned age_of(const struct census *census, te_time last)
{
	te_time span = census->newest - census->oldest;

	return (unsigned)((double)(last - census->oldest) / ((double)span + 1) * AGES);
}

static void find_span(struct te_engine *engine, struct census *census)
{
	const struct trail *trail = NULL;

	census->oldest = census->newest = engine->now;
	while ((trail = trails_next(engine->trails, trail)))
		if (trail->first < census->oldest)
			census->oldest = trail->first;
	for (const struct conn *c = flow_first(engine->flows); c; c = c->next)
		if (c->last < census->oldest)
			census->oldest = c->last;
}

static void count_all(struct te_engine *engine, struct census *census)
{
	const struct trail *trail = NULL;

	while ((trail = trails_next(engine->trails, trail)))
		census->bytes[kind_of_trail(trail)][age_of(census, trail_last(trail))] +=
		    trail_memory(trail);
	for (const struct conn *c = flow_first(engine->flows); c; c = c->next)
		census->bytes[kind_of(c)][age_of(census, c->last)] += WHOLE;
}

/* The first `kinds` kinds go whole, and of the next one all up to this age. */
struct line {
	enum kind kind;
	unsigned age;
};

static struct line draw_line(const struct census *census, uint64_t need)
{
	uint64_t sum = 0;

	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned age = 0; age < AGES; age++) {
			sum += census->bytes[kind][age];
			if (sum >= need)
				return (struct line){ (enum kind)kind, age };
		}
	return (struct line){ OTHER, AGES - 1 };
}

static bool goes(const struct line *line, enum kind kind, unsigned age)
{
	return kind < line->kind || (kind == line->kind && age <= line->age);
}

static void evict_behind(struct te_engine *engine, const struct census *census,
			 const struct line *line)
{
	struct conn *next;
	struct trail *trail = NULL;

	while ((trail = trails_next(engine->trails, trail)))
		if (goes(line, kind_of_trail(trail), age_of(census, trail_last(trail))))
			play_evict(engine, trail);
	for (struct conn *c = flow_first(engine->flows); c; c = next) {
		next = c->next;
		if (goes(line, kind_of(c), age_of(census, c->last)))
			over_evict(engine, c);
	}
}

void evict(struct te_engine *engine)
{
	struct census census = { 0 };
	struct line line;
	uint64_t most = budget(engine->config.max_memory), used = memory(engine);

	if (used < most)
		return;
	find_span(engine, &census);
	count_all(engine, &census);
	line = draw_line(&census, used - most + most / 8);
	evict_behind(engine, &census, &line);
}
