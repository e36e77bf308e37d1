/* trails_index.c - from addresses to a trail
 *
 * Open addressing over 32 bits of the hash and the name of the block; what follows one
 * that is dropped closes the gap. Their order never reaches the output.
 */
#include "huge.h"
#include "prefetch.h"
#include "trails_parts.h"

#include <stdlib.h>
#include <string.h>

/* There are sixteen times the slots that are needed, at first. What was not touched yet
 * costs addresses and no memory, and so the index mostly grows where it lies: every page
 * of it is cleared once, and no older one lies beside it meanwhile. */
enum { SLOTS_FIRST = 64, SLOTS_MANY = 1 << 18, ROOM = 16 };

bool trails_make_index(struct trails *trails)
{
	trails->room = trails->size = SLOTS_FIRST;
	trails->moves = 1;
	trails->slots = calloc(SLOTS_FIRST, sizeof(*trails->slots));
	return trails->slots;
}

/* ---- where ---- */

void trails_seek(const struct trails *trails, const struct trails_place *place)
{
	__builtin_prefetch(&trails->slots[place->hash & (trails->size - 1)]);
}

/* Nothing of this hash is in front of it. */
static inline uint32_t begin_at(const struct trails *trails,
				const struct trails_place *place)
{
	return place->moves == trails->moves ? place->slot : place->hash;
}

/* Of another hash, and not empty. */
static inline bool is_other(const struct trails_slot *slot, uint32_t hash)
{
	return (slot->hash != hash) & (slot->name != TRAILS_EMPTY);
}

/* The next slot with this hash, from the ith on, or the empty one behind them. */
static inline uint32_t next_with(const struct trails *trails, uint32_t hash, uint32_t i)
{
	uint32_t mask = trails->size - 1;

	for (i &= mask; is_other(&trails->slots[i], hash);)
		i = (i + 1) & mask;
	return i;
}

/* It is mostly one of the first two, and nobody can foresee which: no branch there. */
static inline uint32_t first_with(const struct trails *trails, uint32_t hash)
{
	uint32_t i = hash & (trails->size - 1);

	return next_with(trails, hash, i + is_other(&trails->slots[i], hash));
}

void trails_approach(const struct trails *trails, struct trails_place *place)
{
	uint32_t i = first_with(trails, place->hash);
	const struct trails_slot *slot = &trails->slots[i];

	place->slot = i;
	place->moves = trails->moves;
	if (slot->name != TRAILS_EMPTY)
		prefetch((const char *)trails_block(trails, slot->name) + TRAIL_COLD,
			 TRAIL_HEAD_IPV4 - TRAIL_COLD);
}

/* ---- is it there? ---- */

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

/* Hashes that meet, and ports that do not tell who sends. */
static __attribute__((noinline)) struct trails_found
find_from(struct trails *trails, const struct te_segment *seg, uint32_t i)
{
	uint32_t hash = trails->slots[i].hash, name;

	for (; (name = trails->slots[i].name); i = next_with(trails, hash, i + 1))
		for (unsigned from = 0; from < 2; from++) {
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
				const struct trails_place *place)
{
	uint32_t i = next_with(trails, place->hash, begin_at(trails, place));
	uint32_t name = trails->slots[i].name;
	struct trail *trail;
	unsigned from;

	if (name == TRAILS_EMPTY)
		return (struct trails_found){ NULL, 0 };
	trail = trails_block(trails, name);
	from = trail->port[0] != seg->src_port;
	if (!is_from(trail, seg, from))
		return find_from(trails, seg, i);
	trails->found = i;
	return (struct trails_found){ trail, from };
}

struct trail *trails_meet(struct trails *trails, uint32_t name, uint32_t hash)
{
	uint32_t mask = trails->size - 1, i = hash & mask;

	while (trails->slots[i].name != name)
		i = (i + 1) & mask;
	trails->found = i;
	return trails_block(trails, name);
}

/* ---- one more ---- */

static inline struct trails_slot *next_empty(struct trails_slot *slots, uint32_t mask,
					     uint32_t i)
{
	for (i &= mask; slots[i].name != TRAILS_EMPTY;)
		i = (i + 1) & mask;
	return &slots[i];
}

void trails_put(struct trails *trails, const struct trails_place *place, uint32_t name)
{
	*next_empty(trails->slots, trails->size - 1, begin_at(trails, place)) =
	    (struct trails_slot){ place->hash, name };
	trails->used++;
}

/* What stands behind it and may stand here moves up, and leaves the next gap. */
void trails_close(struct trails *trails, uint32_t gap)
{
	struct trails_slot *slots = trails->slots;
	uint32_t mask = trails->size - 1;

	for (uint32_t i = (gap + 1) & mask; slots[i].name != TRAILS_EMPTY;
	     i = (i + 1) & mask) {
		if (((i - slots[i].hash) & mask) < ((i - gap) & mask))
			continue;
		slots[gap] = slots[i];
		gap = i;
	}
	slots[gap] = (struct trails_slot){ 0, TRAILS_EMPTY };
	trails->used--;
	trails->moves++;
}

/* To where there is room for `size` slots, and more if it can be had. */
static bool move(struct trails *trails, uint32_t size)
{
	struct trails_slot *slots = NULL;
	size_t room = (size_t)size * ROOM;

	while (!(slots = calloc(room, sizeof(*slots))) && room > size)
		room /= 2;
	if (!slots)
		return false;
	if (!trails->pool.thrifty)
		huge_ask(slots, room * sizeof(*slots));
	memcpy(slots, trails->slots, trails->size * sizeof(*slots));
	free(trails->slots);
	trails->slots = slots;
	trails->room = room;
	return true;
}

/* Each slot to where it belongs among `size` of them. Behind an empty one they are
 * taken out and put in again in their order: so none finds another in its way that is
 * still to be moved, and none leaves a gap before one that was. What belongs to the
 * uppermost part is never so much that it reaches around to where that began. An empty
 * one goes to where it is: a branch would be missed at each second slot. */
static void spread(struct trails *trails, uint32_t size)
{
	struct trails_slot *slots = trails->slots;
	uint32_t old = trails->size - 1, mask = size - 1;
	uint32_t start = (uint32_t)(next_empty(slots, old, 0) - slots);

	for (uint32_t n = 0; n <= old; n++) {
		uint32_t i = (start + n) & old;
		struct trails_slot slot = slots[i];
		uint32_t home = slot.hash | (i & -(uint32_t)(slot.name == TRAILS_EMPTY));

		slots[i] = (struct trails_slot){ 0, TRAILS_EMPTY };
		*next_empty(slots, mask, home) = slot;
	}
	trails->size = size;
}

__attribute__((noinline)) bool trails_grow(struct trails *trails)
{
	/* Few slots are soon too few again. */
	uint32_t size = trails->size * (trails->size < SLOTS_MANY ? 4 : 2);

	if (size > trails->room && !move(trails, size))
		return false;
	spread(trails, size);
	trails->moves++;
	return true;
}
