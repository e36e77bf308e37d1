/* live.h - telling while connections go on
 *
 * From a file nothing is told before it is settled. Live, a presumed transition settles
 * when the evidence against it would have come by now; what later evidence overturns all
 * the same is told as a revision.
 */
#ifndef LIVE_H
#define LIVE_H

#include "conn.h"

struct live {
	struct conn trial;     /* the connection as it is settled by now */
	struct log_entry *log; /* the trial's, reused */
	uint32_t log_size;
	struct te_transition *fresh;
	size_t fresh_size;
	uint32_t *voids;
	size_t void_size;
	struct te_revision revision;
};

void live_free(struct live *); /* what hangs on it */

/* The connection with all presumed that is due at `now`. Borrowed until the next call;
 * `conn` itself is not changed. NULL: out of memory. */
const struct conn *live_trial(struct live *, const struct conn *, te_time now);

/* Nothing that time alone would settle is still open. */
bool live_is_settled(const struct conn *trial);

/* What of `settled` (the trial, or the connection itself when it is over) was not told
 * yet, or was told otherwise: fills transitions, told and revision of the view, and
 * remembers it as told. True if there is anything. */
bool live_news(struct live *, struct conn *, const struct conn *settled, te_time now,
	       struct te_connection *view);

#endif
