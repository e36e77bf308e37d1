/* life.c - connections of which there is nothing to find
 *
 * Most of those that are told lived so. Whatever the checks look for leaves a trace that
 * is looked for here: a note, an event of transfer.h, a state, a long silence.
 */
#include "life.h"

/* Both ends were there, and all that they sent was in order. */
static bool had_no_trouble(const struct conn *conn, const struct end *a,
			   const struct end *b)
{
	return !conn->note_count && !conn->transfer && !conn->gaps && !conn->duplicates &&
	       !conn->evicted && !conn->replaced && !conn->disowned && a->packets &&
	       b->packets && !a->over_pending && !b->over_pending;
}

static bool stays_open(const struct end *a, const struct end *b)
{
	return a->state == TE_ESTABLISHED && b->state == TE_ESTABLISHED && !a->fin_sent &&
	       !b->fin_sent;
}

/* Only the last ACK is not known to have arrived. */
static bool closes(const struct end *first, const struct end *last, te_time now,
		   te_time patience)
{
	return first->state == TE_TIME_WAIT && last->state == TE_LAST_ACK &&
	       !first->fin_repeats && !last->fin_repeats &&
	       seq_ge(first->ack, last->fin_end) && now - first->fin_time < patience &&
	       !(first->visited >> TE_CLOSING & 1);
}

bool life_is_quiet(const struct conn *conn, te_time patience)
{
	const struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];

	return had_no_trouble(conn, a, b) &&
	       (stays_open(a, b) || closes(a, b, conn->last, patience) ||
		closes(b, a, conn->last, patience));
}
