/* crowd.h - what the connections of one listener, or of one client, come to together
 *
 * Fed once with each connection that is told. Of each listener, and of each client
 * toward one listener (a holder), it knows how many were in a state at once. A place
 * costs some kilobytes at most, however many connections it has. There are CROWD_PLACES
 * of them: of more, those with the fewest connections are forgotten.
 */
#ifndef CROWD_H
#define CROWD_H

#include "rules.h"
#include "trail.h"

enum { CROWD_PLACES = 16384 };

struct crowd;

/* The configuration is borrowed. NULL: out of memory. */
struct crowd *crowd_new(const struct te_config *);
/* A settled connection. `stuck`: its server did not close for too long, whatever became
 * of it then. */
void crowd_connection(struct crowd *, const struct rule_view *, bool stuck);
/* The same where all that there is is a SYN, sent once. `start` and `end`: of the input.
 * False: it is so old that there is more to say of it, and nothing is done. */
bool crowd_young_syn(struct crowd *, const struct trail *, te_time start, te_time end);

/* Look at all connections as they stand now: `first` is the first of flow.c's list. */
void crowd_look(struct crowd *, const struct conn *first, te_time now);
/* The same of one more, which is in no list. */
void crowd_look_at(struct crowd *, const struct conn *, te_time now);
/* As they stood then: how many servers beside this one's are stuck in CLOSE_WAIT. */
unsigned crowd_stuck(struct crowd *, const struct conn *);

typedef void crowd_tell_fn(void *ctx, const struct te_finding *);
/* Live, after crowd_look(): a flood that is on, once for each listener. */
void crowd_tell_now(struct crowd *, te_time now, crowd_tell_fn *, void *ctx);
/* No connection will come any more: all findings. */
void crowd_tell(struct crowd *, crowd_tell_fn *, void *ctx);
void crowd_free(struct crowd *); /* NULL is fine */

#endif
