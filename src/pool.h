/* pool.h - blocks of a few sizes, named by 31 bits
 *
 * Sizes are in units of POOL_UNIT bytes, up to POOL_MOST of them. What is given back is
 * used again, whole or in parts. Only who knows what lies in the pool can join holes that
 * lie side by side: large ones take no memory.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POOL_UNIT = 16, POOL_MOST = 9, POOL_LARGER };

/* Aligned to its size, so that a block leads to it. */
struct pool_chunk {
	struct pool *pool;
	uint32_t end; /* units in use or free; what is behind was never taken */
	uint32_t index;
};

struct pool {
	struct pool_chunk **chunks, *last; /* last: NULL if there is none */
	uint32_t chunk_count, chunk_size;
	uint32_t freed[POOL_LARGER + 1]; /* names, linked; the last: of all larger ones */
	unsigned sizes;                  /* bit n: freed[n] has some */
	uint64_t bytes;                  /* in use */
	bool thrifty;                    /* no page is taken before it is needed */
	uint64_t full;   /* units of all chunks but the last, in use or free */
	uint64_t hollow; /* bytes of large holes that take no memory */
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

/* `units` units, not initialised. */
struct pool_block {
	void *at;
	uint32_t name; /* 0: out of memory */
};
static inline struct pool_block pool_take(struct pool *, unsigned units);
void pool_give(struct pool *, uint32_t name, unsigned units);
void pool_free(struct pool *);
/* Bytes of memory that are taken, in use or not. */
static inline uint64_t pool_held(const struct pool *);
/* All holes are forgotten, and then put again, joined. */
void pool_forget_holes(struct pool *);
void pool_put_hole(struct pool *, uint32_t name, uint32_t units);
/* Blocks lie one behind the other: the one behind a block of `units` units; NULL: there
 * is none. */
static inline void *pool_behind(const void *block, uint32_t units);
/* The first of the chunks from this one on, or NULL. */
void *pool_first(const struct pool *, uint32_t chunk);

/* ---- for the functions below ---- */

/* Of what was given back, or of a new chunk. */
struct pool_block pool_take_further(struct pool *, unsigned units);

static inline void *pool_at(const struct pool *pool, uint32_t name)
{
	return (uint8_t *)pool->chunks[name >> POOL_CHUNK_BITS] +
	       (size_t)(name & ((1u << POOL_CHUNK_BITS) - 1)) * POOL_UNIT;
}

/* That of a block. */
static inline const struct pool_chunk *pool_chunk(const void *block)
{
	return (const void *)((uintptr_t)block & ~(uintptr_t)(POOL_CHUNK_BYTES - 1));
}

static inline const struct pool *pool_of(const void *block)
{
	return pool_chunk(block)->pool;
}

static inline uint32_t pool_name(const void *block)
{
	const struct pool_chunk *chunk = pool_chunk(block);
	size_t at = (size_t)((const uint8_t *)block - (const uint8_t *)chunk);

	return chunk->index << POOL_CHUNK_BITS | (uint32_t)(at / POOL_UNIT);
}

static inline void *pool_behind(const void *block, uint32_t units)
{
	const struct pool_chunk *chunk = pool_chunk(block);
	uint8_t *behind = (uint8_t *)block + (size_t)units * POOL_UNIT;

	return behind < (const uint8_t *)chunk + (size_t)chunk->end * POOL_UNIT
		   ? behind
		   : pool_first(chunk->pool, chunk->index + 1);
}

static inline uint64_t pool_held(const struct pool *pool)
{
	uint64_t units = pool->full + (pool->last ? pool->last->end : 0);

	return units * POOL_UNIT - pool->hollow;
}

static inline struct pool_block pool_take(struct pool *pool, unsigned units)
{
	struct pool_chunk *last = pool->last;
	uint32_t at;

	if (pool->sizes >> units || !last || last->end + units > 1u << POOL_CHUNK_BITS)
		return pool_take_further(pool, units);
	at = last->end;
	last->end += units;
	pool->bytes += (uint64_t)units * POOL_UNIT;
	return (struct pool_block){ (uint8_t *)last + (size_t)at * POOL_UNIT,
				    last->index << POOL_CHUNK_BITS | at };
}

#endif
