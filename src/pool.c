/* pool.c - blocks of a few sizes, named by 32 bits */
#include "pool.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_UNITS = 1 << POOL_CHUNK_BITS };
static const size_t CHUNK_BYTES = (size_t)CHUNK_UNITS * POOL_UNIT;

static bool add_chunk(struct pool *pool)
{
	uint32_t size = pool->chunk_size ? pool->chunk_size * 2 : 16;

	if (pool->chunk_count == 1u << (32 - POOL_CHUNK_BITS))
		return false;
	if (pool->chunk_count == pool->chunk_size) {
		void *grown = realloc(pool->chunks, size * sizeof(*pool->chunks));

		if (!grown)
			return false;
		pool->chunks = grown;
		pool->chunk_size = size;
	}
	/* Nothing is called 0. */
	pool->chunks[pool->chunk_count] =
	    (struct pool_chunk){ .bytes = aligned_alloc(CHUNK_BYTES, CHUNK_BYTES),
				 .end = pool->chunk_count ? 0 : 1 };
	if (!pool->chunks[pool->chunk_count].bytes)
		return false;
	pool->chunk_count++;
	return true;
}

/* The last chunk, with so much room at its end. */
static struct pool_chunk *room_for(struct pool *pool, unsigned units)
{
	uint32_t count = pool->chunk_count;

	if ((!count || pool->chunks[count - 1].end + units > CHUNK_UNITS) &&
	    !add_chunk(pool))
		return NULL;
	return &pool->chunks[pool->chunk_count - 1];
}

uint32_t pool_take(struct pool *pool, unsigned units)
{
	uint32_t name = pool->freed[units];

	if (name) {
		memcpy(&pool->freed[units], pool_at(pool, name), sizeof(name));
	} else {
		struct pool_chunk *last = room_for(pool, units);

		if (!last)
			return 0;
		name = (pool->chunk_count - 1) << POOL_CHUNK_BITS | last->end;
		last->end += units;
	}
	pool->bytes += (uint64_t)units * POOL_UNIT;
	return name;
}

void pool_give(struct pool *pool, uint32_t name, unsigned units)
{
	memcpy(pool_at(pool, name), &pool->freed[units], sizeof(name));
	pool->freed[units] = name;
	pool->bytes -= (uint64_t)units * POOL_UNIT;
}

void pool_free(struct pool *pool)
{
	for (uint32_t i = 0; i < pool->chunk_count; i++)
		free(pool->chunks[i].bytes);
	free(pool->chunks);
}

uint32_t pool_next(const struct pool *pool, uint32_t name, unsigned units)
{
	uint32_t chunk = name >> POOL_CHUNK_BITS, at = name & (CHUNK_UNITS - 1);

	at = name ? at + units : 1;
	for (; chunk < pool->chunk_count; chunk++, at = 0)
		if (at < pool->chunks[chunk].end)
			return chunk << POOL_CHUNK_BITS | at;
	return 0;
}
