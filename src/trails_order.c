/* trails_order.c - all trails, one after the other: as they lie in memory, or by number
 */
#include "trails_parts.h"

#include <stdlib.h>

/* ---- as they lie ---- */

uint64_t trails_memory(const struct trails *trails)
{
	return trails->pool.bytes + trails->size * sizeof(*trails->slots);
}

struct trail *trails_next(const struct trails *trails, uint32_t *name)
{
	unsigned size = *name ? trails_block(trails, *name)->size : 0;

	while ((*name = pool_next(&trails->pool, *name, size)) != 0) {
		struct trail *trail = trails_block(trails, *name);

		if (trail->number)
			return trail;
		size = trail->size;
	}
	return NULL;
}

void trails_mark(struct trails *trails)
{
	for (uint32_t i = 0; i < trails->size; i++) {
		struct trail *trail;

		if (!trails_is_used(&trails->slots[i]))
			continue;
		trail = trails_block(trails, trails->slots[i].name);
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
