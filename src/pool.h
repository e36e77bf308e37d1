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

struct pool {
	uint8_t **chunks;
	uint32_t chunk_count, chunk_size;
	uint32_t next;                  /* unit in the last chunk */
	uint32_t freed[POOL_SIZES + 1]; /* names, linked by their first four bytes */
	uint64_t bytes;                 /* in use */
};

enum { POOL_CHUNK_BITS = 17 }; /* units in a chunk of 2 MiB, which is a huge page */

/* 0: out of memory; else the name of `units` units, not initialised. */
uint32_t pool_take(struct pool *, unsigned units);
void pool_give(struct pool *, uint32_t name, unsigned units);
void pool_free(struct pool *);

static inline void *pool_at(const struct pool *pool, uint32_t name)
{
	return pool->chunks[name >> POOL_CHUNK_BITS] +
	       (size_t)(name & ((1u << POOL_CHUNK_BITS) - 1)) * POOL_UNIT;
}

#endif
