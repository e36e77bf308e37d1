/* flow.h - from the addresses of a segment to its connection
 *
 * All connections on the same two addresses and ports hang on one slot, the newest
 * first, linked by `older`; which of them a segment belongs to is engine.c's question.
 */
#ifndef FLOW_H
#define FLOW_H

#include "conn.h"

struct flow_table;

/* `seed` keys the hash. NULL: out of memory. */
struct flow_table *flow_new(const uint64_t seed[2]);
/* Where a segment's connection is looked for. Sought some segments ahead of being asked
 * for, and approached then, index and connection are brought near, so that the misses of
 * several segments overlap; flow_approach() is a hint, and may be left out. */
struct flow_place {
	uint64_t hash;              /* if hashed */
	struct flow_recent *recent; /* where it is, if it was seen lately */
	uint64_t word;              /* by which it is known there */
	enum side from;             /* the sender's side; not before flow_recent() */
	bool hashed;
};
void flow_seek(struct flow_table *, const struct te_segment *, struct flow_place *);
void flow_approach(const struct flow_table *, const struct flow_place *);
/* The newest connection on the segment's addresses, if it is among those seen last, or
 * NULL; place->hash and place->from are good from now on. */
struct conn *flow_recent(struct flow_table *, const struct te_segment *,
			 struct flow_place *);
/* The newest connection on the segment's addresses, or NULL; `place` is what flow_add()
 * wants either way. A place that was sought ahead stays good whatever came between. */
struct conn *flow_find(struct flow_table *, const struct te_segment *,
		       struct flow_place *);
/* A new, zeroed connection with its key set, in front of those on the same addresses.
 * NULL: out of memory. Owned by the table. */
struct conn *flow_add(struct flow_table *, const struct te_segment *,
		      const struct flow_place *);
/* Take it out and free it. */
void flow_remove(struct flow_table *, struct conn *);
/* Of a zeroed connection that stands in no table. */
void flow_set_key(struct conn *, const struct te_segment *, enum side from);
/* Which side sent it. */
enum side flow_side(const struct te_segment *);
/* The connections in the order in which they came into the table; `next` goes on. */
struct conn *flow_first(struct flow_table *);
/* From now on in order of their numbers: those that were trails came late. */
void flow_sort(struct flow_table *);
size_t flow_count(const struct flow_table *); /* connections */
void flow_free(struct flow_table *);          /* with all connections; NULL is fine */

#endif
