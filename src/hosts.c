/* hosts.c - how many sockets each host had in each state, at most and at the end
 *
 * A step stands for one change of a count, or for a run of them: by how much it goes up
 * over the whole run, how far at most within it, and when that was. Two steps that follow
 * one another merge into one without loss.
 */
#include "config.h"
#include "hosts.h"
#include "out.h"
#include "table.h"
#include <stdlib.h>

enum { HOSTS_KEY = 3, HOSTS_STEPS = 65536, HOSTS_FEW = 8 };

struct hosts_step {
	te_time time; /* of `most` */
	int32_t net, most;
};

struct hosts_series {
	struct hosts_step *steps;
	uint32_t count, size;
};

struct hosts_item {
	uint64_t key[HOSTS_KEY];
	uint8_t ip_version;
	bool listener;
	struct te_addr addr;
	uint16_t port;
	struct hosts_series series[TE_STATE_COUNT]; /* [TE_UNKNOWN]: all sockets */
	bool lost;
	UT_hash_handle hh;
};

struct hosts {
	uint64_t seed[2];
	struct hosts_item *items;
	struct hosts_row *rows;
};

struct hosts *hosts_new(const uint64_t seed[2])
{
	struct hosts *hosts = calloc(1, sizeof(*hosts));

	if (hosts != NULL && seed != NULL)
		memcpy(hosts->seed, seed, sizeof(hosts->seed));
	return hosts;
}

void hosts_free(struct hosts *hosts)
{
	struct hosts_item *item, *next;

	if (hosts == NULL)
		return;
	HASH_ITER (hh, hosts->items, item, next) {
		HASH_DEL(hosts->items, item);
		for (int i = 0; i < TE_STATE_COUNT; i++)
			free(item->series[i].steps);
		free(item);
	}
	free(hosts->rows);
	free(hosts);
}

/* ---- series ---- */

/* Of equal times, what goes comes first: it makes room for what takes its place. */
static inline bool hosts_before(const struct hosts_step *a, const struct hosts_step *b)
{
	return a->time < b->time || (a->time == b->time && a->net < b->net);
}

static void hosts_sort_few(struct hosts_step *steps, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		struct hosts_step step = steps[i];
		uint32_t k = i;

		for (; k > 0 && hosts_before(&step, &steps[k - 1]); k--)
			steps[k] = steps[k - 1];
		steps[k] = step;
	}
}

/* Two sorted runs into one, elsewhere; which of the two goes on is nobody's guess. */
static void hosts_join(struct hosts_step *to, const struct hosts_step *a,
		       const struct hosts_step *middle, const struct hosts_step *end)
{
	const struct hosts_step *b = middle;

	while (a < middle && b < end) {
		bool second = hosts_before(b, a);

		*to++ = *(second ? b : a);
		b += second;
		a += !second;
	}
	memcpy(to, a, (size_t)(middle - a) * sizeof(*a));
	memcpy(to + (middle - a), b, (size_t)(end - b) * sizeof(*b));
}

/* Sorted runs of so many, here and there in turn; returns where all of them end up. */
static struct hosts_step *hosts_join_all(struct hosts_step *from, struct hosts_step *to,
					 uint32_t count, uint32_t run)
{
	struct hosts_step *joined = to;

	for (; run < count; run *= 2) {
		for (uint32_t i = 0; i < count; i += 2 * run) {
			uint32_t left = count - i;

			hosts_join(to + i, from + i, from + i + (left < run ? left : run),
				   from + i + (left < 2 * run ? left : 2 * run));
		}
		joined = to;
		to = from;
		from = joined;
	}
	return joined;
}

/* As qsort() does, but that asks through a pointer, and there is much to sort. False: out
 * of memory. */
static bool hosts_sort(struct hosts_series *series)
{
	struct hosts_step *steps = series->steps, *room;
	uint32_t count = series->count;

	for (uint32_t i = 0; i < count; i += HOSTS_FEW)
		hosts_sort_few(steps + i, count - i < HOSTS_FEW ? count - i : HOSTS_FEW);
	if (count <= HOSTS_FEW)
		return true;
	room = malloc(count * sizeof(*room));
	if (room == NULL)
		return false;
	if (hosts_join_all(steps, room, count, HOSTS_FEW) == room)
		memcpy(steps, room, count * sizeof(*room));
	free(room);
	return true;
}

static struct hosts_step hosts_merge(const struct hosts_step *a,
				     const struct hosts_step *b)
{
	bool second = a->net + b->most > a->most;

	return (struct hosts_step){
		.time = second ? b->time : a->time,
		.net = a->net + b->net,
		.most = second ? a->net + b->most : a->most,
	};
}

/* The older half, in pairs. */
static bool hosts_shrink(struct hosts_series *series)
{
	uint32_t pairs = series->count / 4, kept = pairs;

	if (!hosts_sort(series))
		return false;
	for (uint32_t i = 0; i < pairs; i++)
		series->steps[i] =
		    hosts_merge(&series->steps[2 * i], &series->steps[2 * i + 1]);
	for (uint32_t i = 2 * pairs; i < series->count; i++)
		series->steps[kept++] = series->steps[i];
	series->count = kept;
	return true;
}

static bool hosts_grow(struct hosts_series *series)
{
	uint32_t size = series->size == 0 ? 4 : 2 * series->size;
	struct hosts_step *steps;

	if (series->size == HOSTS_STEPS)
		return hosts_shrink(series);
	steps = realloc(series->steps, size * sizeof(*steps));
	if (steps == NULL)
		return false;
	series->steps = steps;
	series->size = size;
	return true;
}

static bool hosts_step(struct hosts_item *item, enum te_state state, te_time time,
		       int32_t change)
{
	struct hosts_series *series = &item->series[state];

	if (series->count == series->size && !hosts_grow(series))
		return false;
	series->steps[series->count++] = (struct hosts_step){
		.time = time,
		.net = change,
		.most = change > 0 ? change : 0,
	};
	return true;
}

/* ---- told ---- */

static struct hosts_item *hosts_add(struct hosts *hosts, const uint64_t key[HOSTS_KEY])
{
	const uint64_t *seed = hosts->seed;
	struct hosts_item *item = calloc(1, sizeof(*item));

	if (item == NULL)
		return NULL;
	memcpy(item->key, key, sizeof(item->key));
	HASH_ADD(hh, hosts->items, key, sizeof(item->key), item);
	if (!item->lost)
		return item;
	free(item);
	return NULL;
}

/* The host of an end, a new one if it has no sockets yet; NULL: out of memory. */
static struct hosts_item *hosts_of(struct hosts *hosts, const struct te_connection *c,
				   enum te_end end)
{
	const struct te_end_view *view = &c->end[end];
	const uint64_t *seed = hosts->seed;
	uint16_t port = end == TE_SERVER ? view->port : 0;
	uint64_t key[HOSTS_KEY];
	struct hosts_item *item;

	table_put_addr(key, view->addr.bytes);
	key[2] = (uint64_t)port << 16 | (uint64_t)(end == TE_SERVER) << 8 | c->ip_version;
	HASH_FIND(hh, hosts->items, key, sizeof(key), item);
	if (item != NULL)
		return item;
	item = hosts_add(hosts, key);
	if (item == NULL)
		return NULL;
	item->ip_version = c->ip_version;
	item->listener = end == TE_SERVER;
	item->addr = view->addr;
	item->port = port;
	return item;
}

static bool hosts_move(struct hosts_item *item, enum te_state from, enum te_state to,
		       te_time time)
{
	bool before = out_is_held(from), after = out_is_held(to);

	return (!before || hosts_step(item, from, time, -1)) &&
	       (!after || hosts_step(item, to, time, 1)) &&
	       (before == after || hosts_step(item, TE_UNKNOWN, time, after ? 1 : -1));
}

static bool hosts_end(struct hosts *hosts, const struct te_connection *c, enum te_end end)
{
	enum te_state state = TE_UNKNOWN;
	te_time time = TE_TIME_NONE;
	struct hosts_item *item = NULL;

	for (size_t i = 0; i < c->transition_count; i++) {
		const struct te_transition *step = &c->transitions[i];
		enum te_state to = (enum te_state)step->to;

		if (step->end != end)
			continue;
		if (item == NULL && out_is_held(to) &&
		    (item = hosts_of(hosts, c, end)) == NULL)
			return false;
		time = step->time > time ? step->time : time;
		if (item != NULL && !hosts_move(item, state, to, time))
			return false;
		state = to;
	}
	if (item == NULL || c->gone[end] == TE_TIME_NONE)
		return true;
	return hosts_move(item, state, TE_CLOSED,
			  c->gone[end] > time ? c->gone[end] : time);
}

bool hosts_connection(struct hosts *hosts, const struct te_connection *c)
{
	return hosts_end(hosts, c, TE_CLIENT) && hosts_end(hosts, c, TE_SERVER);
}

/* ---- summed up ---- */

static bool hosts_sum(struct hosts_series *series, te_time end, enum te_state state,
		      struct hosts_row *row)
{
	int64_t count = 0, peak = 0;

	if (!hosts_sort(series))
		return false;
	for (uint32_t i = 0; i < series->count && series->steps[i].time <= end; i++) {
		if (count + series->steps[i].most > peak) {
			peak = count + series->steps[i].most;
			row->peak_time[state] = series->steps[i].time;
		}
		count += series->steps[i].net;
	}
	row->now[state] = count > 0 ? (uint64_t)count : 0;
	row->peak[state] = (uint64_t)peak;
	return true;
}

static bool hosts_fill(struct hosts_item *item, te_time end, struct hosts_row *row)
{
	*row = (struct hosts_row){
		.ip_version = item->ip_version,
		.listener = item->listener,
		.addr = item->addr,
		.port = item->port,
	};
	for (int state = 0; state < TE_STATE_COUNT; state++)
		if (!hosts_sum(&item->series[state], end, (enum te_state)state, row))
			return false;
	return true;
}

static int hosts_compare(const void *left, const void *right)
{
	const struct hosts_row *a = left, *b = right;
	int order;

	if (a->listener != b->listener)
		return a->listener ? -1 : 1;
	if (a->peak[TE_UNKNOWN] != b->peak[TE_UNKNOWN])
		return a->peak[TE_UNKNOWN] > b->peak[TE_UNKNOWN] ? -1 : 1;
	if (a->ip_version != b->ip_version)
		return a->ip_version < b->ip_version ? -1 : 1;
	if ((order = memcmp(&a->addr, &b->addr, sizeof(a->addr))) != 0)
		return order;
	return a->port < b->port ? -1 : a->port > b->port;
}

bool hosts_rows(struct hosts *hosts, te_time end, const struct hosts_row **rows,
		size_t *count)
{
	struct hosts_item *item, *next;

	*count = 0;
	hosts->rows = calloc(HASH_COUNT(hosts->items) + 1, sizeof(*hosts->rows));
	if (hosts->rows == NULL)
		return false;
	HASH_ITER (hh, hosts->items, item, next) {
		if (!hosts_fill(item, end, &hosts->rows[*count]))
			return false;
		*count += hosts->rows[*count].peak[TE_UNKNOWN] > 0;
	}
	qsort(hosts->rows, *count, sizeof(*hosts->rows), hosts_compare);
	*rows = hosts->rows;
	return true;
}
