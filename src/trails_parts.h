/* trails_parts.h - what the files trails*.c share; nobody else needs it */
#ifndef TRAILS_PARTS_H
#define TRAILS_PARTS_H

#include "pool.h"
#include "trail_parts.h"
#include "trails.h"

enum { TRAILS_EMPTY = 0 };

struct trails_slot {
	uint32_t hash; /* once sorted, the connection's number */
	uint32_t name; /* a block's, or TRAILS_EMPTY */
};

struct trails {
	struct pool pool;
	struct trails_slot *slots;
	size_t room;         /* slots that there is memory for; behind `size` all are 0 */
	unsigned looked_at;  /* TE_*, what a segment may have that is not plain */
	uint32_t size, used; /* slots, a power of two; used: not TRAILS_EMPTY */
	uint32_t found;      /* the slot of what was found last */
	uint32_t queue_first, queue_last;
	uint32_t moves; /* how often slots got another place, from 1 on */
	bool moved;     /* some was opened, or may lie in front of an older one */
	bool scattered; /* once sorted: they do not lie in memory by number */
	/* Once sorted: how many of the slots were taken. Where none was moved slots are
	 * not asked, but the first that is left. */
	uint32_t order_at;
	const struct trail *first;
};

static inline struct trail *trails_block(const struct trails *trails, uint32_t name)
{
	return pool_at(&trails->pool, name);
}

static inline unsigned trails_units(size_t bytes)
{
	return (unsigned)(bytes + POOL_UNIT - 1) / POOL_UNIT;
}

/* ---- a segment and a trail ---- */

/* From the segment before. Backward is far ahead. */
struct trails_step {
	uint64_t us, between; /* time, frames */
	uint32_t ns;
	unsigned odd; /* TE_* that it has and was not expected to, or the reverse */
};

static inline unsigned trails_odd_parts(const struct trails *trails,
					const struct trail *trail,
					const struct te_segment *seg,
					const struct trail_side *self)
{
	return (seg->has ^ trail_expected_has(trail, self)) & trails->looked_at;
}

static inline struct trails_step trails_step(const struct trails *trails,
					     const struct trail *trail,
					     const struct te_segment *seg, unsigned from)
{
	const struct trail_state *state = trail_state(trail);
	uint64_t passed = (uint64_t)seg->time - (uint64_t)state->time;
	uint64_t us = passed / TE_US;

	return (struct trails_step){
		.us = us,
		.between = seg->frame - state->frame - 1,
		.ns = (uint32_t)(passed - us * TE_US),
		.odd = trails_odd_parts(trails, trail, seg, &state->side[from]),
	};
}

/* A TTL of 0 is not the first one's: that one is not known yet. */
static inline bool trails_odd_ttl(const struct trail *trail, const struct te_segment *seg,
				  unsigned from)
{
	return !seg->ttl || seg->ttl != trail->ttl[from];
}

static inline bool trails_has_room(const struct trail *trail, size_t n)
{
	return trail->used % TRAIL_CELL_STRIDE + n <= TRAIL_CELL_ROOM;
}

/* Where the next `n` bytes go; there is room for them. */
static inline uint8_t *trails_next_bytes(const struct pool *pool, struct trail *trail,
					 const struct trail_state *state, size_t n)
{
	struct trail_cell *cell = pool_at(pool, state->last);
	unsigned at = trail->used % TRAIL_CELL_STRIDE;

	trail->used = (uint8_t)(trail->used + n);
	return cell->bytes + at;
}

/* ---- trails_index.c ---- */

bool trails_make_index(struct trails *); /* false: out of memory */
/* At a load of five eighths it grows. False: out of memory. */
bool trails_grow(struct trails *);
static inline bool trails_make_room(struct trails *trails)
{
	return trails->used < trails->size / 8 * 5 || trails_grow(trails);
}
/* There is room. */
void trails_put(struct trails *, const struct trails_place *, uint32_t name);

/* That slot is empty. */
void trails_close(struct trails *, uint32_t slot);
/* The block of that name, a trail, as if it were found. */
struct trail *trails_meet(struct trails *, uint32_t name, uint32_t hash);

/* ---- trails.c ---- */

/* The one that was found, a lone SYN, moves to where there is room for a state, and gets
 * a cell. NULL: out of memory. */
struct trail *trails_open(struct trails *, struct trail *lone);
/* To the end of the queue. */
void trails_queue(struct trails *, uint32_t name);
/* There is room for a segment now, and it goes to the beginning of a cell. False: out of
 * memory, or the trail is as long as it may be. */
bool trails_new_cell(struct pool *, struct trail *);

/* ---- closing ---- */

/* What a FIN or RST of each sender adds. Looked up, as nobody can foresee them. */
static const uint8_t trails_closing[2][(TE_FIN | TE_RST) + 1] = {
	{ [TE_FIN] = TRAIL_FIN,
	  [TE_RST] = TRAIL_RST,
	  [TE_FIN | TE_RST] = TRAIL_FIN | TRAIL_RST },
	{ [TE_FIN] = TRAIL_FIN << 1,
	  [TE_RST] = TRAIL_RST,
	  [TE_FIN | TE_RST] = TRAIL_FIN << 1 | TRAIL_RST },
};

/* By the five bits from TRAIL_QUEUED on: both ends have sent a FIN, or one a RST, and it
 * does not wait yet. */
#define TRAILS_FATE(bits) ((bits) / TRAIL_QUEUED % 32)
static const bool trails_begins_to_wait[32] = {
	[TRAILS_FATE(TRAIL_FIN | TRAIL_FIN << 1)] = true,
	[TRAILS_FATE(TRAIL_RST)] = true,
	[TRAILS_FATE(TRAIL_RST | TRAIL_FIN)] = true,
	[TRAILS_FATE(TRAIL_RST | TRAIL_FIN << 1)] = true,
	[TRAILS_FATE(TRAIL_RST | TRAIL_FIN | TRAIL_FIN << 1)] = true,
};

/* A segment was written. True. */
static inline bool trails_appended(struct trails *trails, struct trail *trail,
				   const struct te_segment *seg, unsigned from)
{
	unsigned bits = trail->bits;

	bits |= trails_closing[from][seg->flags & (TE_FIN | TE_RST)] |
		(bits & TRAIL_QUEUED) * (TRAIL_TOUCHED / TRAIL_QUEUED);
	trail->bits = (uint8_t)bits;
	if (trails_begins_to_wait[TRAILS_FATE(bits)])
		trails_queue(trails, trails->slots[trails->found].name);
	return true;
}

/* ---- trails_odd.c ---- */

/* A plain one as any other: only its bytes. False: there is no room for them. */
bool trails_write(struct trails *, struct trail *, const struct te_segment *,
		  unsigned from);
/* Whatever can be kept; where it is the second one, trails_open() has counted it. */
bool trails_append_any(struct trails *, struct trail *, const struct te_segment *,
		       unsigned from);

#endif
