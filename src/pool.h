/* pool.h - blocks of a few sizes, named by 32 bits
 *
 * Sizes are in units of POOL_UNIT bytes, up to POOL_SIZES of them. What is freed is used
 * again for the same size and never given back before pool_free().
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POOL_UNIT = 16, POOL_SIZES = 16 };

struct pool_chunk {
	uint8_t *bytes;
	uint32_t end; /* units in use or freed; what is behind was never taken */
};

struct pool {
	struct pool_chunk *chunks;
	uint32_t chunk_count, chunk_size;
	uint32_t freed[POOL_SIZES + 1]; /* names, linked by their first four bytes */
	uint64_t bytes;                 /* in use */
};

enum { POOL_CHUNK_BITS = 17 }; /* units in a chunk of 2 MiB, which is a huge page */

/* 0: out of memory; else the name of `units` units, not initialised. */
uint32_t pool_take(struct pool *, unsigned units);
void pool_give(struct pool *, uint32_t name, unsigned units);
void pool_free(struct pool *);
/* Blocks lie one behind the other: the name of the one behind a block of `units` units,
 * or of the first if `name` is 0; 0: there is none. */
uint32_t pool_next(const struct pool *, uint32_t name, unsigned units);

static inline void *pool_at(const struct pool *pool, uint32_t name)
{
	return pool->chunks[name >> POOL_CHUNK_BITS].bytes +
	       (size_t)(name & ((1u << POOL_CHUNK_BITS) - 1)) * POOL_UNIT;
}

#endif
