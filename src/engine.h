/* engine.h - the pipeline: route a segment to its connection, tell what ended */
#ifndef ENGINE_H
#define ENGINE_H

#include "conn.h"

/* ---- route.c: which of the connections on the same addresses ---- */

/* NULL: none of them; a new one begins. */
struct conn *route_find(struct conn *newest, enum side from, const struct te_segment *,
			enum te_key);
/* True if this segment answers the SYN of the newest connection, so that all older ones
 * on these addresses are over. */
bool route_answers(const struct conn *newest, enum side from, const struct te_segment *);

/* ---- verdict.c: a settled connection as it is told ---- */

/* Fills all but transitions, findings and zeek words. */
void verdict_fill(const struct conn *, const struct te_config *, struct te_connection *);
struct te_transition verdict_transition(const struct conn *, const struct log_entry *);
/* Remember what is in flight now, as send_q. */
void verdict_mark(struct conn *);
/* The log in the order of time, each end's own order kept. Returns the count. */
size_t verdict_transitions(const struct conn *, struct te_transition *out);

#endif
