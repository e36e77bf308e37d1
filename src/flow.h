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
/* The newest connection on the segment's addresses, or NULL; `from` is the sender's side
 * either way, `hash` what flow_add() wants. */
struct conn *flow_find(struct flow_table *, const struct te_segment *, enum side *from,
		       uint64_t *hash);
/* A new, zeroed connection with its key set, in front of those on the same addresses.
 * NULL: out of memory. Owned by the table. */
struct conn *flow_add(struct flow_table *, const struct te_segment *, uint64_t hash);
/* Take it out and free it. */
void flow_remove(struct flow_table *, struct conn *);
/* The connections in order of their first segment; `next` goes on. */
struct conn *flow_first(struct flow_table *);
void flow_free(struct flow_table *); /* with all connections; NULL is fine */

#endif
