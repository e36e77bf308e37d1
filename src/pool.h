/* pool.h - blocks of a few sizes, named by 31 bits
 *
 * Sizes are in units of POOL_UNIT bytes, up to POOL_MOST of them. What is given back is
 * used again, whole or in parts, and leaves the pool with all else in pool_free().
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POOL_UNIT = 16, POOL_MOST = 9 };

/* Aligned to its size, so that a block leads to it. */
struct pool_chunk {
	struct pool *pool;
	uint32_t end; /* units in use or free; what is behind was never taken */
};

struct pool {
	struct pool_chunk **chunks;
	uint32_t chunk_count, chunk_size;
	uint32_t freed[POOL_MOST + 1]; /* names, linked */
	unsigned sizes;                /* bit n: freed[n] has some */
	uint64_t bytes;                /* in use */
};

/* The first word of a block that is free is 0; while it is in use, its owner keeps it
 * from being that. */
struct pool_hole {
	uint32_t zero;
	uint32_t next;
	uint32_t units;
};

enum { POOL_CHUNK_BITS = 17 }; /* units in a chunk of 2 MiB, which is a huge page */
enum { POOL_CHUNK_BYTES = POOL_UNIT << POOL_CHUNK_BITS };

/* 0: out of memory; else the name of `units` units, not initialised. */
uint32_t pool_take(struct pool *, unsigned units);
void pool_give(struct pool *, uint32_t name, unsigned units);
void pool_free(struct pool *);
/* Blocks lie one behind the other: the name of the one behind a block of `units` units,
 * or of the first if `name` is 0; 0: there is none. */
static inline uint32_t pool_next(const struct pool *, uint32_t name, unsigned units);
/* The first of the chunks from this one on, or 0. */
uint32_t pool_first(const struct pool *, uint32_t chunk);

static inline void *pool_at(const struct pool *pool, uint32_t name)
{
	return (uint8_t *)pool->chunks[name >> POOL_CHUNK_BITS] +
	       (size_t)(name & ((1u << POOL_CHUNK_BITS) - 1)) * POOL_UNIT;
}

static inline uint32_t pool_next(const struct pool *pool, uint32_t name, unsigned units)
{
	uint32_t chunk = name >> POOL_CHUNK_BITS;
	uint32_t at = (name & ((1u << POOL_CHUNK_BITS) - 1)) + units;

	if (!name)
		return pool_first(pool, 0);
	return at < pool->chunks[chunk]->end ? name + units : pool_first(pool, chunk + 1);
}

/* That of a block. */
static inline const struct pool *pool_of(const void *block)
{
	uintptr_t chunk = (uintptr_t)block & ~(uintptr_t)(POOL_CHUNK_BYTES - 1);

	return ((const struct pool_chunk *)chunk)->pool;
}

#endif
