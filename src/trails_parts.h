/* trails_parts.h - what the files trails*.c share; nobody else needs it */
#ifndef TRAILS_PARTS_H
#define TRAILS_PARTS_H

#include "pool.h"
#include "trails.h"

enum { TRAILS_EMPTY = 0, TRAILS_GRAVE = UINT32_MAX };

struct trails_slot {
	uint32_t hash; /* once sorted, the connection's number */
	uint32_t name; /* TRAILS_EMPTY, TRAILS_GRAVE, or a block's */
};

struct trails {
	struct pool pool;
	struct trails_slot *slots;
	unsigned looked_at;  /* TE_*, what a segment may have that is not plain */
	uint32_t size, used; /* slots, a power of two; used: not TRAILS_EMPTY */
	uint32_t live;
	uint32_t found; /* the slot of what was found last */
	uint32_t queue_first, queue_last;
	uint32_t order_at; /* once sorted */
	bool scattered;    /* ... and they do not lie in memory by number */
};

static inline struct trail *trails_block(const struct trails *trails, uint32_t name)
{
	return pool_at(&trails->pool, name);
}

static inline unsigned trails_units(size_t bytes)
{
	return (unsigned)(bytes + POOL_UNIT - 1) / POOL_UNIT;
}

static inline bool trails_is_used(const struct trails_slot *slot)
{
	return slot->name != TRAILS_EMPTY && slot->name != TRAILS_GRAVE;
}

/* ---- trails.c ---- */

/* The one that was found, a lone SYN, moves to where there is room for a state. NULL: out
 * of memory. */
struct trail *trails_open(struct trails *, const struct trail *lone);
/* To the end of the queue. */
void trails_queue(struct trails *, uint32_t name);

#endif
