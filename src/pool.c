/* pool.c - blocks of a few sizes, named by 31 bits */
#include "pool.h"
#include "huge.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_BITS = 31, PAGE = 4096 };

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
	if (pool->chunk_count && !pool->thrifty)
		huge_ask(chunk, POOL_CHUNK_BYTES);
	/* The first unit is this; so nothing is called 0. */
	*chunk =
	    (struct pool_chunk){ .pool = pool, .end = 1, .index = pool->chunk_count };
	pool->chunks[pool->chunk_count++] = chunk;
	pool->full += pool->last ? pool->last->end : 0;
	return pool->last = chunk;
}

/* The pages in the midst of a large one, which take no memory. */
static uint8_t *hollow_of(struct pool_hole *hole, size_t *bytes)
{
	uintptr_t first = (uintptr_t)(hole + 1), end = (uintptr_t)hole;

	first = (first + PAGE - 1) / PAGE * PAGE;
	end = (end + (size_t)hole->units * POOL_UNIT) / PAGE * PAGE;
	*bytes = first < end ? end - first : 0;
	return (uint8_t *)first;
}

static __attribute__((noinline)) size_t hollow_bytes(struct pool_hole *hole)
{
	size_t bytes;

	hollow_of(hole, &bytes);
	return bytes;
}

static struct pool_hole *put_free(struct pool *pool, uint32_t name, uint32_t units)
{
	unsigned size = units < POOL_LARGER ? units : POOL_LARGER;
	struct pool_hole *hole = pool_at(pool, name);

	*hole = (struct pool_hole){ .next = pool->freed[size], .units = units };
	pool->freed[size] = name;
	pool->sizes |= 1u << size;
	if (size == POOL_LARGER)
		pool->hollow += hollow_bytes(hole);
	return hole;
}

/* Of the smallest that are free and large enough: there is one; what is left of
 * it stays free. */
static uint32_t take_freed(struct pool *pool, unsigned units)
{
	unsigned size = units + (unsigned)__builtin_ctz(pool->sizes >> units);
	uint32_t name = pool->freed[size];
	struct pool_hole *hole = pool_at(pool, name);

	if (size == POOL_LARGER)
		pool->hollow -= hollow_bytes(hole);
	pool->freed[size] = hole->next;
	if (!pool->freed[size])
		pool->sizes &= ~(1u << size);
	if (hole->units > units)
		put_free(pool, name + units, hole->units - units);
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

void pool_forget_holes(struct pool *pool)
{
	memset(pool->freed, 0, sizeof(pool->freed));
	pool->sizes = 0;
	pool->hollow = 0;
}

void pool_put_hole(struct pool *pool, uint32_t name, uint32_t units)
{
	struct pool_hole *hole = put_free(pool, name, units);
	size_t bytes;
	uint8_t *at = hollow_of(hole, &bytes);

	if (bytes && units >= POOL_LARGER)
		huge_give_back(at, bytes);
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
