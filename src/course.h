/* course.h - trails of connections that went as they should
 *
 * A handshake, data in order, and either a close in good order or the end of the input:
 * most connections there are, and in them nothing is found. What playing such a one to
 * the rules would come to is known without playing it.
 */
#ifndef COURSE_H
#define COURSE_H

#include "stencil.h"
#include "trail.h"

struct course {
	te_time answered; /* by the SYN+ACK */
	te_time completed;
	te_time fin[2]; /* when each sender of the trail sent its FIN, if closed */
	te_time last;
	unsigned closer;    /* whose FIN came first, 0 or 1 */
	uint8_t syn_has[2]; /* TE_HAS_* */
	bool closed;
};

/* False: it went another way, or may have. */
bool course_read(const struct trail *, struct course *);

struct courses;

struct courses *courses_new(bool evicted); /* as attempts_new() */
/* Its connection as conn_settle() would leave it, as far as crowd.h and the totals look
 * at it; `ongoing`: its TIME_WAIT is not over. Borrowed until the next call. */
struct stencil *course_fill(struct courses *, const struct trail *, const struct course *,
			    te_time time_wait, bool ongoing);

#endif
