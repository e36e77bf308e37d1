/* trails_order.c - all trails, one after the other: as they lie in memory, or by number
 */
#include "trails_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- as they lie ---- */

uint64_t trails_memory(const struct trails *trails)
{
	return trails->pool.bytes + trails->size * sizeof(*trails->slots);
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

struct trail *trails_next(const struct trails *trails, uint32_t *name)
{
	const struct pool *pool = &trails->pool;
	unsigned units = *name ? units_at(pool_at(pool, *name)) : 0;

	while ((*name = pool_next(pool, *name, units)) != 0) {
		void *block = pool_at(pool, *name);

		if (is_trail(first_word(block)))
			return block;
		units = units_at(block);
	}
	return NULL;
}

void trails_mark(struct trails *trails)
{
	struct trail *trail;
	uint32_t name = 0;

	while ((trail = trails_next(trails, &name))) {
		trail->bits |= TRAIL_MARKED;
		trail->mark = trail->used;
	}
}

/* ---- in order ---- */

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* One pass of a radix sort, lowest digit first. */
static void sort_by_digit(const struct trails_slot *from, struct trails_slot *to,
			  uint32_t count, int shift)
{
	uint32_t starts[DIGITS] = { 0 }, sum = 0;

	for (uint32_t i = 0; i < count; i++)
		starts[from[i].hash >> shift & (DIGITS - 1)]++;
	for (int d = 0; d < DIGITS; d++) {
		uint32_t n = starts[d];

		starts[d] = sum;
		sum += n;
	}
	for (uint32_t i = 0; i < count; i++)
		to[starts[from[i].hash >> shift & (DIGITS - 1)]++] = from[i];
}

/* The index is not needed any more: its slots become what is sorted. */
static void gather(struct trails *trails)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < trails->size; i++) {
		uint32_t name = trails->slots[i].name;

		if (trails_is_used(&trails->slots[i]))
			trails->slots[count++] =
			    (struct trails_slot){ trails_block(trails, name)->number,
						  name };
	}
}

void trails_sort(struct trails *trails)
{
	struct trails_slot *slots = trails->slots;
	struct trails_slot *sorted = malloc((trails->live + 1) * sizeof(*sorted));

	gather(trails);
	if (sorted) {
		sort_by_digit(slots, sorted, trails->live, 0);
		sort_by_digit(sorted, slots, trails->live, DIGIT_BITS);
		sort_by_digit(slots, sorted, trails->live, 2 * DIGIT_BITS);
	} else { /* rather out of order than lost */
		sorted = slots;
		trails->slots = NULL;
	}
	trails->order = sorted;
}

const struct trail *trails_at(const struct trails *trails, uint32_t i)
{
	return i < trails->live - trails->order_at
		   ? trails_block(trails, trails->order[trails->order_at + i].name)
		   : NULL;
}

void trails_take_first(struct trails *trails)
{
	trails->order_at++;
}
