/* pool.c - blocks of a few sizes, named by 31 bits */
#include "pool.h"
#include "huge.h"

#include <stdlib.h>

enum { NAME_BITS = 31 };

static bool has_room_for_chunk(struct pool *pool)
{
	uint32_t size = pool->chunk_size ? pool->chunk_size * 2 : 16;
	void *grown;

	if (pool->chunk_count < pool->chunk_size)
		return true;
	if (size > 1u << (NAME_BITS - POOL_CHUNK_BITS))
		return false;
	grown = realloc(pool->chunks, size * sizeof(*pool->chunks));
	if (!grown)
		return false;
	pool->chunks = grown;
	pool->chunk_size = size;
	return true;
}

static struct pool_chunk *add_chunk(struct pool *pool)
{
	struct pool_chunk *chunk;

	if (!has_room_for_chunk(pool))
		return NULL;
	chunk = aligned_alloc(POOL_CHUNK_BYTES, POOL_CHUNK_BYTES);
	if (!chunk)
		return NULL;
	/* Not the first: most captures are small, and would pay for 2 MiB. */
	if (pool->chunk_count)
		huge_ask(chunk, POOL_CHUNK_BYTES);
	/* The first unit is this; so nothing is called 0. */
	*chunk =
	    (struct pool_chunk){ .pool = pool, .end = 1, .index = pool->chunk_count };
	pool->chunks[pool->chunk_count++] = chunk;
	return pool->last = chunk;
}

static void put_free(struct pool *pool, uint32_t name, unsigned units)
{
	struct pool_hole *block = pool_at(pool, name);

	*block = (struct pool_hole){ .next = pool->freed[units], .units = units };
	pool->freed[units] = name;
	pool->sizes |= 1u << units;
}

/* Of the smallest that are free and large enough: there is one; what is left of
 * it stays free. */
static uint32_t take_freed(struct pool *pool, unsigned units)
{
	unsigned size = units + (unsigned)__builtin_ctz(pool->sizes >> units);
	uint32_t name = pool->freed[size];

	pool->freed[size] = ((struct pool_hole *)pool_at(pool, name))->next;
	if (!pool->freed[size])
		pool->sizes &= ~(1u << size);
	if (size > units)
		put_free(pool, name + units, size - units);
	return name;
}

struct pool_block pool_take_further(struct pool *pool, unsigned units)
{
	uint32_t name;

	if (!(pool->sizes >> units))
		return add_chunk(pool) ? pool_take(pool, units)
				       : (struct pool_block){ NULL, 0 };
	pool->bytes += (uint64_t)units * POOL_UNIT;
	name = take_freed(pool, units);
	return (struct pool_block){ pool_at(pool, name), name };
}

void pool_give(struct pool *pool, uint32_t name, unsigned units)
{
	put_free(pool, name, units);
	pool->bytes -= (uint64_t)units * POOL_UNIT;
}

void pool_free(struct pool *pool)
{
	for (uint32_t i = 0; i < pool->chunk_count; i++)
		free(pool->chunks[i]);
	free(pool->chunks);
}

void *pool_first(const struct pool *pool, uint32_t chunk)
{
	for (; chunk < pool->chunk_count; chunk++)
		if (pool->chunks[chunk]->end > 1)
			return (uint8_t *)pool->chunks[chunk] + POOL_UNIT;
	return NULL;
}
