/* trails.c - trails in a pool, and an index over them
 *
 * The index is open addressing over 32 bits of the hash and the name of the block; what
 * was dropped leaves a grave until the next growth. Its order never reaches the output.
 */
#include "huge.h"
#include "prefetch.h"
#include "trail_parts.h"
#include "trails_parts.h"

#include <stdlib.h>
#include <string.h>

struct trails *trails_new(bool snapped)
{
	struct trails *trails = calloc(1, sizeof(*trails));

	if (!trails)
		return NULL;
	trails->looked_at = LOOKED_AT | (snapped ? TE_SNAPPED : 0u);
	trails->size = 64;
	trails->slots = calloc(trails->size, sizeof(*trails->slots));
	if (!trails->slots) {
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
	struct trail_cell *cell;
	uint32_t name;

	if (cells == TRAIL_CELLS || !(name = pool_take(pool, TRAIL_CELL_UNITS)))
		return false;
	if (left) {
		cell = pool_at(pool, state->last);
		cell->bytes[TRAIL_CELL_ROOM - left] = 0; /* nothing more in this one */
	}
	cell = pool_at(pool, name);
	cell->before = TRAIL_CELL | state->last;
	state->last = name;
	trail->used = (uint8_t)(cells * TRAIL_CELL_STRIDE);
	return true;
}

/* ---- the index ---- */

void trails_seek(const struct trails *trails, uint64_t hash)
{
	__builtin_prefetch(&trails->slots[hash & (trails->size - 1)]);
}

/* The next slot with this hash, from the ith on, or the empty one behind them. */
static inline uint32_t next_with(const struct trails *trails, uint32_t hash, uint32_t i)
{
	const struct trails_slot *slots = trails->slots;
	uint32_t mask = trails->size - 1;

	for (i &= mask; slots[i].hash != hash && slots[i].name != TRAILS_EMPTY;)
		i = (i + 1) & mask;
	return i;
}

/* What is brought near in vain, for a grave, costs little. */
void trails_approach(const struct trails *trails, uint64_t hash)
{
	uint32_t i = next_with(trails, (uint32_t)hash, (uint32_t)hash);

	if (trails_is_used(&trails->slots[i]))
		prefetch((const char *)trails_block(trails, trails->slots[i].name) +
			     TRAIL_COLD,
			 TRAIL_HEAD_IPV4 - TRAIL_COLD);
}

static void put(struct trails_slot *slots, uint32_t size, struct trails_slot slot)
{
	uint32_t i = slot.hash & (size - 1);

	while (slots[i].name != TRAILS_EMPTY)
		i = (i + 1) & (size - 1);
	slots[i] = slot;
}

/* At a load of three quarters, graves included, it is made anew. */
static bool make_room(struct trails *trails)
{
	uint32_t size = trails->size;
	struct trails_slot *slots;

	if (trails->used < size / 4 * 3)
		return true;
	while (trails->live >= size / 2)
		size *= 2;
	slots = calloc(size, sizeof(*slots));
	if (!slots)
		return false;
	huge_ask(slots, size * sizeof(*slots));
	for (uint32_t i = 0; i < trails->size; i++)
		if (trails_is_used(&trails->slots[i]))
			put(slots, size, trails->slots[i]);
	free(trails->slots);
	trails->slots = slots;
	trails->size = size;
	trails->used = trails->live;
	return true;
}

static inline bool is_same4(const uint8_t *a, const struct te_addr *b)
{
	return !memcmp(a, b->bytes, 4);
}

static inline bool is_same16(const uint8_t *a, const struct te_addr *b)
{
	return !memcmp(a, b->bytes, 16);
}

/* Is it on these addresses, and sent by `from`? */
static inline bool is_from(const struct trail *trail, const struct te_segment *seg,
			   unsigned from)
{
	const uint8_t *at = trail->rest;
	unsigned to = from ^ 1;

	if (trail->port[from] != seg->src_port || trail->port[to] != seg->dst_port)
		return false;
	if (seg->ip_version == 6)
		return trail->bits & TRAIL_IPV6 &&
		       is_same16(at + 16 * (size_t)from, &seg->src) &&
		       is_same16(at + 16 * (size_t)to, &seg->dst);
	return !(trail->bits & TRAIL_IPV6) &&
	       is_same4(at + 4 * (size_t)from, &seg->src) &&
	       is_same4(at + 4 * (size_t)to, &seg->dst);
}

/* Hashes that meet, graves, and ports that do not tell who sends. */
static __attribute__((noinline)) struct trails_found
find_from(struct trails *trails, const struct te_segment *seg, uint32_t i)
{
	uint32_t hash = trails->slots[i].hash, name;

	for (; (name = trails->slots[i].name); i = next_with(trails, hash, i + 1))
		for (unsigned from = 0; name != TRAILS_GRAVE && from < 2; from++) {
			struct trail *trail = trails_block(trails, name);

			if (!is_from(trail, seg, from))
				continue;
			trails->found = i;
			return (struct trails_found){ trail, from };
		}
	return (struct trails_found){ NULL, 0 };
}

/* Mostly, the first with the hash is the one, and the ports tell who sends. */
struct trails_found trails_find(struct trails *trails, const struct te_segment *seg,
				uint64_t hash)
{
	uint32_t i = next_with(trails, (uint32_t)hash, (uint32_t)hash);
	uint32_t name = trails->slots[i].name;
	struct trail *trail;
	unsigned from;

	if (name == TRAILS_EMPTY)
		return (struct trails_found){ NULL, 0 };
	if (name == TRAILS_GRAVE)
		return find_from(trails, seg, i);
	trail = trails_block(trails, name);
	from = trail->port[0] != seg->src_port;
	if (!is_from(trail, seg, from))
		return find_from(trails, seg, i);
	trails->found = i;
	return (struct trails_found){ trail, from };
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

static inline bool may_be_over(const struct trail *trail)
{
	const uint8_t both = TRAIL_FIN | TRAIL_FIN << 1;

	return (trail->bits & both) == both || trail->bits & TRAIL_RST;
}

bool trails_note_closing(struct trails *trails, struct trail *trail,
			 const struct te_segment *seg, unsigned from)
{
	if (seg->flags & TE_FIN)
		trail->bits |= (uint8_t)(TRAIL_FIN << from);
	if (seg->flags & TE_RST)
		trail->bits |= TRAIL_RST;
	if (trail->bits & TRAIL_QUEUED)
		trail->bits |= TRAIL_TOUCHED;
	else if (may_be_over(trail))
		trails_queue(trails, trails->slots[trails->found].name);
	return true;
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

bool trails_begin(struct trails *trails, const struct te_segment *seg, uint64_t hash,
		  uint32_t number)
{
	size_t size = sizeof(struct trail) + (seg->ip_version == 6 ? 32 : 8);
	unsigned units = trails_units(size);
	uint32_t name;

	if (!make_room(trails) || !(name = pool_take(&trails->pool, units)))
		return false;
	if (!trail_begin(trails_block(trails, name), seg, number)) {
		pool_give(&trails->pool, name, units);
		return false;
	}
	put(trails->slots, trails->size, (struct trails_slot){ (uint32_t)hash, name });
	trails->used++;
	trails->live++;
	return true;
}

struct trail *trails_open(struct trails *trails, const struct trail *lone)
{
	size_t size = trail_size(lone);
	unsigned units = trails_units(size + sizeof(struct trail_state));
	uint32_t *name = &trails->slots[trails->found].name;
	uint32_t wider = pool_take(&trails->pool, units);
	struct trail *trail;

	if (!wider)
		return NULL;
	trail = trails_block(trails, wider);
	memcpy(trail, lone, size);
	pool_give(&trails->pool, *name, trails_units(size));
	*name = wider;
	trail_open(trail, trail_state(trail));
	trail->count++; /* which its size goes by */
	return trail;
}

/* A trail in the queue is freed when its turn comes. */
void trails_drop(struct trails *trails, struct trail *trail)
{
	struct trails_slot *slot = &trails->slots[trails->found];

	if (trail->bits & TRAIL_QUEUED)
		trail->number = TRAIL_GONE;
	else
		give(trails, slot->name);
	slot->name = TRAILS_GRAVE;
	trails->live--;
}
