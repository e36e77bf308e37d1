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

enum { HOSTS_KEY = 3, HOSTS_STEPS = 65536 };

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
static int hosts_compare_steps(const void *left, const void *right)
{
	const struct hosts_step *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->net < b->net ? -1 : a->net > b->net;
}

static void hosts_sort(struct hosts_series *series)
{
	if (series->count > 1)
		qsort(series->steps, series->count, sizeof(*series->steps),
		      hosts_compare_steps);
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
static void hosts_shrink(struct hosts_series *series)
{
	uint32_t pairs = series->count / 4, kept = pairs;

	hosts_sort(series);
	for (uint32_t i = 0; i < pairs; i++)
		series->steps[i] =
		    hosts_merge(&series->steps[2 * i], &series->steps[2 * i + 1]);
	for (uint32_t i = 2 * pairs; i < series->count; i++)
		series->steps[kept++] = series->steps[i];
	series->count = kept;
}

static bool hosts_grow(struct hosts_series *series)
{
	uint32_t size = series->size == 0 ? 4 : 2 * series->size;
	struct hosts_step *steps;

	if (series->size == HOSTS_STEPS) {
		hosts_shrink(series);
		return true;
	}
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

static void hosts_sum(struct hosts_series *series, te_time end, enum te_state state,
		      struct hosts_row *row)
{
	int64_t count = 0, peak = 0;

	hosts_sort(series);
	for (uint32_t i = 0; i < series->count && series->steps[i].time <= end; i++) {
		if (count + series->steps[i].most > peak) {
			peak = count + series->steps[i].most;
			row->peak_time[state] = series->steps[i].time;
		}
		count += series->steps[i].net;
	}
	row->now[state] = count > 0 ? (uint64_t)count : 0;
	row->peak[state] = (uint64_t)peak;
}

static void hosts_fill(struct hosts_item *item, te_time end, struct hosts_row *row)
{
	*row = (struct hosts_row){
		.ip_version = item->ip_version,
		.listener = item->listener,
		.addr = item->addr,
		.port = item->port,
	};
	for (int state = 0; state < TE_STATE_COUNT; state++)
		hosts_sum(&item->series[state], end, (enum te_state)state, row);
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
		hosts_fill(item, end, &hosts->rows[*count]);
		*count += hosts->rows[*count].peak[TE_UNKNOWN] > 0;
	}
	qsort(hosts->rows, *count, sizeof(*hosts->rows), hosts_compare);
	*rows = hosts->rows;
	return true;
}
