/* trails_order.c - all trails, one after the other: as they lie in memory, or by number
 */
#include "prefetch.h"
#include "trails_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- as they lie ---- */

uint64_t trails_memory(const struct trails *trails)
{
	return trails->pool.bytes + trails->size * sizeof(*trails->slots);
}

uint64_t trails_held(const struct trails *trails)
{
	return pool_held(&trails->pool) + trails->size * sizeof(*trails->slots);
}

static uint32_t first_word(const void *block)
{
	uint32_t word;

	memcpy(&word, block, sizeof(word));
	return word;
}

/* Of whatever begins there. */
static unsigned units_at(const void *block)
{
	uint32_t word = first_word(block);

	if (!word)
		return ((const struct pool_hole *)block)->units;
	return word & TRAIL_CELL ? TRAIL_CELL_UNITS : trails_units(trail_size(block));
}

static bool is_trail(uint32_t word)
{
	return word && !(word & TRAIL_CELL) && word != TRAIL_GONE;
}

static inline void *behind(const void *block)
{
	return pool_behind(block, units_at(block));
}

struct trail *trails_next(const struct trails *trails, const struct trail *trail)
{
	void *block = trail ? behind(trail) : pool_first(&trails->pool, 0);

	while (block && !is_trail(first_word(block)))
		block = behind(block);
	return block;
}

/* Holes that lie side by side become one. */
static void sweep_chunk(struct pool *pool, uint32_t chunk)
{
	uint32_t name = chunk << POOL_CHUNK_BITS | 1, hole = 0, units;
	uint32_t end = (chunk << POOL_CHUNK_BITS) + pool->chunks[chunk]->end;

	for (; name < end; name += units) {
		const void *block = pool_at(pool, name);

		units = units_at(block);
		if (!first_word(block)) {
			hole += units;
		} else if (hole) {
			pool_put_hole(pool, name - hole, hole);
			hole = 0;
		}
	}
	if (hole)
		pool_put_hole(pool, name - hole, hole);
}

void trails_sweep(struct trails *trails)
{
	pool_forget_holes(&trails->pool);
	for (uint32_t i = 0; i < trails->pool.chunk_count; i++)
		sweep_chunk(&trails->pool, i);
}

void trails_mark(struct trails *trails)
{
	struct trail *trail = NULL;

	while ((trail = trails_next(trails, trail))) {
		trail->bits |= TRAIL_MARKED;
		trail->mark = trail->used;
	}
}

/* ---- in order ---- */

/* An American flag sort: in place, by the highest digit, then each part by the next one.
 * McIlroy, Bostic, McIlroy, "Engineering Radix Sort" (1993). */
enum { DIGIT_BITS_MAX = 11, FEW = 16 };

struct digit {
	int shift;
	uint32_t count; /* a power of two */
};

static inline uint32_t value_of(const struct digit *digit, uint32_t number)
{
	return number >> digit->shift & (digit->count - 1);
}

static void sort_few(struct trails_slot *entries, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		struct trails_slot entry = entries[i];
		uint32_t at = i;

		for (; at && entries[at - 1].hash > entry.hash; at--)
			entries[at] = entries[at - 1];
		entries[at] = entry;
	}
}

/* `ends` becomes where the entries of each digit end. */
static void sort_by_digit(struct trails_slot *entries, uint32_t count,
			  const struct digit *digit, uint32_t *ends)
{
	uint32_t next[1 << DIGIT_BITS_MAX], sum = 0;

	for (uint32_t i = 0; i < count; i++)
		ends[value_of(digit, entries[i].hash)]++;
	for (uint32_t d = 0; d < digit->count; d++) {
		next[d] = sum;
		ends[d] = sum += ends[d];
	}
	for (uint32_t d = 0; d < digit->count; d++)
		while (next[d] < ends[d]) {
			struct trails_slot *at = &entries[next[d]], entry = *at;
			struct trails_slot *to =
			    &entries[next[value_of(digit, entry.hash)]++];

			*at = *to;
			*to = entry;
		}
}

static void sort(struct trails_slot *entries, uint32_t count, int bits);

/* So wide that few have the same. */
static void sort_parts(struct trails_slot *entries, uint32_t count, int bits)
{
	uint32_t ends[1 << DIGIT_BITS_MAX], start = 0;
	int wide = 1;
	struct digit digit;

	while (wide < DIGIT_BITS_MAX && wide < bits && count >> (wide + 2))
		wide++;
	digit = (struct digit){ .shift = bits - wide, .count = 1u << wide };
	memset(ends, 0, digit.count * sizeof(*ends));
	sort_by_digit(entries, count, &digit, ends);
	for (uint32_t d = 0; d < digit.count; d++) {
		sort(entries + start, ends[d] - start, digit.shift);
		start = ends[d];
	}
}

/* Those that differ in their lowest `bits` only. */
static void sort(struct trails_slot *entries, uint32_t count, int bits)
{
	if (count > FEW)
		sort_parts(entries, count, bits);
	else
		sort_few(entries, count);
}

static bool is_sorted(const struct trails_slot *entries, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		if (entries[i - 1].hash > entries[i].hash)
			return false;
	return true;
}

/* Of the greatest number. */
static int number_bits(const struct trails_slot *entries, uint32_t count)
{
	uint32_t all = 1;

	for (uint32_t i = 0; i < count; i++)
		all |= entries[i].hash;
	return 32 - __builtin_clz(all);
}

/* Where none was moved nothing but lone trails lies in memory. */
static inline const struct trail *behind_lone(const struct trail *trail)
{
	return pool_behind(trail, trails_units(trail_size(trail)));
}

/* The slots behind so many, before connections are told, which takes memory. */
static void give_back(struct trails *trails, uint32_t count)
{
	void *fewer = realloc(trails->slots, (count + 1) * sizeof(*trails->slots));

	if (fewer)
		trails->slots = fewer;
}

/* The index is not needed any more: its slots become what is sorted. Where trails lie in
 * memory as they came, as lone ones do, there is nothing to sort. */
void trails_sort(struct trails *trails)
{
	const struct trail *trail = NULL;
	uint32_t count = 0;

	if (!trails->moved) {
		trails->first = trails_next(trails, NULL);
		return;
	}
	while ((trail = trails_next(trails, trail)))
		trails->slots[count++] =
		    (struct trails_slot){ trail->number, pool_name(trail) };
	trails->scattered = !is_sorted(trails->slots, count);
	if (trails->scattered)
		sort(trails->slots, count, number_bits(trails->slots, count));
	give_back(trails, count);
}

/* The ith that is left. */
static const struct trail *trail_at(const struct trails *trails, uint32_t i)
{
	return i < trails->used - trails->order_at
		   ? trails_block(trails, trails->slots[trails->order_at + i].name)
		   : NULL;
}

const struct trail *trails_first(const struct trails *trails)
{
	return trails->moved ? trail_at(trails, 0) : trails->first;
}

const struct trail *trails_next_open(const struct trails *trails, uint32_t *i)
{
	const struct trail *trail;

	while (trails->moved && (trail = trail_at(trails, (*i)++)))
		if (!trail_is_lone(trail))
			return trail;
	return NULL;
}

/* That of the ith trail's cells, counted from its last one, 0. */
PREFETCHES bring_cell(const struct trails *trails, uint32_t i, unsigned back)
{
	const struct trail *trail = trail_at(trails, i);
	uint32_t name;

	if (!trail || trail_is_lone(trail) || trail_cells(trail) <= back)
		return;
	name = trail_state(trail)->last;
	while (back-- > 0) {
		const struct trail_cell *cell = pool_at(&trails->pool, name);

		name = cell->before & ~TRAIL_CELL;
	}
	prefetch(pool_at(&trails->pool, name), sizeof(struct trail_cell));
}

/* Each step finds near what the one before has asked for, eight trails ago. */
PREFETCHES bring_next(const struct trails *trails)
{
	const struct trail *far = trail_at(trails, 24);

	if (far)
		prefetch(far, TRAIL_HEAD_MOST);
	bring_cell(trails, 16, 0);
	bring_cell(trails, 8, 1);
}

void trails_take_first(struct trails *trails)
{
	if (!trails->moved) {
		trails->first = behind_lone(trails->first);
		return;
	}
	trails->order_at++;
	if (trails->scattered)
		bring_next(trails);
}
