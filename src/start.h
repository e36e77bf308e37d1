/* start.h - the plain beginning of a trail: handshake, data in order, and often a close
 *
 * What conn_segment() would make of such segments is known without asking it. The
 * connection is left just as it would have left it, and the rest of the trail, where
 * there is any, is played to the rules.
 */
#ifndef START_H
#define START_H

#include "conn.h"
#include "trail.h"

struct start {
	struct trail_reader reader; /* stands behind `seg` */
	struct te_segment *seg;     /* read, and not applied */
	int from;                   /* its sender, 0 or 1; -1: there was none left */
	struct te_segment *last[2]; /* of each sender that has sent any */
	struct peers *words;        /* NULL: nobody wants them */
	enum side client;
	struct te_segment room[3];
};

/* Stand before the first segment, which is `seg`, with its addresses. */
void start_begin(struct start *, const struct trail *);
/* Apply segments to a connection that engine_begin() has prepared, until one is not
 * plain. `client` is the sender of the first; `words`: other tools', too. */
void start_apply(struct start *, struct conn *, enum side client, bool words);

#endif
