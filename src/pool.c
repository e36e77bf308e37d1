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
	pool->chunks[pool->chunk_count] = aligned_alloc(CHUNK_BYTES, CHUNK_BYTES);
	if (!pool->chunks[pool->chunk_count])
		return false;
	/* Nothing is called 0. */
	pool->next = pool->chunk_count ? 0 : 1;
	pool->chunk_count++;
	return true;
}

uint32_t pool_take(struct pool *pool, unsigned units)
{
	uint32_t name = pool->freed[units];

	if (name) {
		memcpy(&pool->freed[units], pool_at(pool, name), sizeof(name));
	} else {
		if ((!pool->chunk_count || pool->next + units > CHUNK_UNITS) &&
		    !add_chunk(pool))
			return 0;
		name = (pool->chunk_count - 1) << POOL_CHUNK_BITS | pool->next;
		pool->next += units;
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
		free(pool->chunks[i]);
	free(pool->chunks);
}
