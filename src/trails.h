/* trails.h - all connections that are kept as trails, found by their addresses
 *
 * At most one on a pair of addresses and ports, and then there is no `struct conn` on
 * them. A trail is borrowed until the next call that adds to one or drops one.
 */
#ifndef TRAILS_H
#define TRAILS_H

#include "trail.h"

struct trails;

/* NULL: out of memory. `snapped`: TE_SNAPPED is to be kept of a segment with data, at a
 * byte; only the words of other tools ask for it. */
struct trails *trails_new(bool snapped);
void trails_free(struct trails *); /* NULL is fine */
/* Memory is short: no page is taken before it is needed. */
void trails_be_thrifty(struct trails *);

/* Where a trail is looked for: what trails_approach() finds out the others need not ask
 * again. It stays good whatever comes between. */
struct trails_place {
	uint32_t hash;
	uint32_t moves; /* of all slots, until `slot` was found; 0: it was not */
	uint32_t slot;
};
static inline void trails_begin_place(struct trails_place *place, uint64_t hash)
{
	place->hash = (uint32_t)hash;
	place->moves = 0;
}

/* Bring near what trails_find() will look at, in this order, as flow.h has it. */
void trails_seek(const struct trails *, const struct trails_place *);
void trails_approach(const struct trails *, struct trails_place *);
/* On the addresses of a segment, in either direction; `from` is its sender. */
struct trails_found {
	struct trail *trail; /* NULL: there is none */
	unsigned from;
};
struct trails_found trails_find(struct trails *, const struct te_segment *,
				const struct trails_place *);
/* A new one of this segment; numbers grow. False: it cannot be kept so, or out of memory.
 */
bool trails_begin(struct trails *, const struct te_segment *, const struct trails_place *,
		  uint32_t number);
/* One more segment of what trails_find() found last, which may move: it has to be found
 * again. False: there is no room, or it cannot be kept so; the trail is only good for
 * reading and dropping. */
bool trails_append(struct trails *, struct trail *, const struct te_segment *,
		   unsigned from);
/* Take out what trails_find() found last; it is gone. */
void trails_drop(struct trails *, struct trail *);
/* The same of one that was met otherwise; the place is that of its addresses. */
void trails_drop_at(struct trails *, const struct trail *, const struct trails_place *);

/* A trail waits in a queue once both ends have sent a FIN, or one a RST. The one that
 * waits longest, or NULL. */
struct trail *trails_waiting(struct trails *);
/* It leaves the queue; with `again`, it goes to the end. */
void trails_unqueue(struct trails *, bool again);

/* Bytes, of trails and index. */
uint64_t trails_memory(const struct trails *);
/* And of memory that trails left, until others take it or it is swept. */
uint64_t trails_held(const struct trails *);
/* No trail moves. */
void trails_sweep(struct trails *);
/* The one behind this one in memory; NULL begins. NULL behind the last. The one that was
 * visited last may have been dropped. */
struct trail *trails_next(const struct trails *, const struct trail *);
void trails_mark(struct trails *); /* TRAIL_MARKED, all of them */
/* The input ends: from now on only the next three may be called. */
void trails_sort(struct trails *);
/* By number: the first that is left, or NULL; take it. */
const struct trail *trails_first(const struct trails *);
void trails_take_first(struct trails *);
/* By number: one that is not lone, from the *ith on; 0 begins. NULL behind the last.
 * Before any is taken. */
const struct trail *trails_next_open(const struct trails *, uint32_t *i);

#endif
