/* trails.c - trails in a pool: they begin, close, wait and go */
#include "trail_parts.h"
#include "trails_parts.h"
#include "watch.h"

#include <stdlib.h>
#include <string.h>

struct trails *trails_new(bool snapped)
{
	struct trails *trails = calloc(1, sizeof(*trails));

	if (!trails)
		return NULL;
	trails->looked_at = LOOKED_AT | (snapped ? TE_SNAPPED : 0u);
	if (!trails_make_index(trails)) {
		trails_free(trails);
		return NULL;
	}
	return trails;
}

void trails_free(struct trails *trails)
{
	if (!trails)
		return;
	pool_free(&trails->pool);
	free(trails->slots);
	free(trails);
}

void trails_be_thrifty(struct trails *trails)
{
	trails->pool.thrifty = true;
}

/* ---- blocks ---- */

static void give(struct trails *trails, uint32_t name)
{
	const struct trail *trail = trails_block(trails, name);
	uint32_t at = trail_is_lone(trail) ? 0 : trail_state(trail)->last;

	while (at & ~TRAIL_CELL) {
		uint32_t cell = at & ~TRAIL_CELL;

		at = ((const struct trail_cell *)pool_at(&trails->pool, cell))->before;
		pool_give(&trails->pool, cell, TRAIL_CELL_UNITS);
	}
	pool_give(&trails->pool, name, trails_units(trail_size(trail)));
}

bool trails_new_cell(struct pool *pool, struct trail *trail)
{
	struct trail_state *state = trail_state(trail);
	unsigned left = trail_left(trail), cells = trail_cells(trail);
	struct pool_block block;
	struct trail_cell *cell;

	if (cells == TRAIL_CELLS || !(block = pool_take(pool, TRAIL_CELL_UNITS)).name)
		return false;
	if (left) {
		cell = pool_at(pool, state->last);
		cell->bytes[TRAIL_CELL_ROOM - left] = 0; /* nothing more in this one */
	}
	cell = block.at;
	cell->before = TRAIL_CELL | state->last;
	state->last = block.name;
	trail->used = (uint8_t)(cells * TRAIL_CELL_STRIDE);
	return true;
}

/* ---- the queue ---- */

void trails_queue(struct trails *trails, uint32_t name)
{
	struct trail *trail = trails_block(trails, name);

	trail->bits = (uint8_t)((trail->bits & ~TRAIL_TOUCHED) | TRAIL_QUEUED);
	trail->next = 0;
	if (trails->queue_last)
		trails_block(trails, trails->queue_last)->next = name;
	else
		trails->queue_first = name;
	trails->queue_last = name;
}

static uint32_t leave_queue(struct trails *trails)
{
	uint32_t name = trails->queue_first;
	struct trail *trail = trails_block(trails, name);

	trails->queue_first = trail->next;
	if (!trails->queue_first)
		trails->queue_last = 0;
	trail->bits &= (uint8_t) ~(TRAIL_QUEUED | TRAIL_TOUCHED);
	return name;
}

struct trail *trails_waiting(struct trails *trails)
{
	while (trails->queue_first &&
	       trails_block(trails, trails->queue_first)->number == TRAIL_GONE) {
		uint32_t name = leave_queue(trails);

		give(trails, name);
	}
	return trails->queue_first ? trails_block(trails, trails->queue_first) : NULL;
}

void trails_unqueue(struct trails *trails, bool again)
{
	uint32_t name = leave_queue(trails);

	if (again)
		trails_queue(trails, name);
}

/* ---- segments ---- */

bool trails_begin(struct trails *trails, const struct te_segment *seg,
		  const struct trails_place *place, uint32_t number)
{
	unsigned units = trails_units(sizeof(struct trail) + trail_address_bytes(seg));
	struct pool_block block;

	if (!trail_may_begin(seg) || !trails_make_room(trails) ||
	    !(block = pool_take(&trails->pool, units)).name)
		return false;
	trail_begin(block.at, seg, number);
	trails_put(trails, place, block.name);
	return true;
}

/* That of a lone one, if it is as large. 0: out of memory. */
static uint32_t make_cell(struct pool *pool, struct pool_block lone, unsigned units)
{
	struct trail_cell *cell;

	if (units != TRAIL_CELL_UNITS) {
		pool_give(pool, lone.name, units);
		lone = pool_take(pool, TRAIL_CELL_UNITS);
	}
	if (lone.name) {
		cell = lone.at;
		cell->before = TRAIL_CELL;
	}
	return lone.name;
}

struct trail *trails_open(struct trails *trails, struct trail *lone)
{
	size_t size = trail_size(lone);
	uint32_t *name = &trails->slots[trails->found].name;
	struct pool_block wider =
	    pool_take(&trails->pool, trails_units(size + TRAIL_OPEN));
	struct pool_block old = { lone, *name };
	struct trail *trail = wider.at;
	struct trail_state *state;

	if (!wider.name)
		return NULL;
	memcpy(trail, lone, size);
	*name = wider.name;
	trails->moved = true;
	state = trail_state(trail);
	trail_open(trail, state);
	*trail_watch(state) = (struct trail_watch){ .phase = WATCH_UNSURE };
	trail->count++; /* which its size goes by */
	state->last = make_cell(&trails->pool, old, trails_units(size));
	return state->last ? trail : NULL;
}

/* A trail in the queue is freed when its turn comes. */
void trails_drop(struct trails *trails, struct trail *trail)
{
	if (trail->bits & TRAIL_QUEUED)
		trail->number = TRAIL_GONE;
	else
		give(trails, trails->slots[trails->found].name);
	trails_close(trails, trails->found);
	trails->moved = true; /* in time: the next one takes its place */
}

void trails_drop_at(struct trails *trails, const struct trail *trail,
		    const struct trails_place *place)
{
	trails_drop(trails, trails_meet(trails, pool_name(trail), place->hash));
}
