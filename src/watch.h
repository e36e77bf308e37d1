/* watch.h - does a trail go as it should? Watched while it is written
 *
 * Of each plain segment is asked what course.c would ask of it in the end. If all are as
 * they should be, it need not read them again; nor if one certainly is not. Where it
 * cannot be said here, it does.
 */
#ifndef WATCH_H
#define WATCH_H

#include "seq.h"
#include "trail.h"

/* How far it has come. */
enum {
	WATCH_UNSURE,
	WATCH_ASTRAY,                /* it certainly does not go as it should */
	WATCH_ANSWERED,              /* by a SYN+ACK */
	WATCH_OPEN,                  /* + WATCH_NEW, WATCH_SPOKE */
	WATCH_FIN = WATCH_OPEN + 8,  /* of the first sender, + 1: of the other one */
	WATCH_ACKED = WATCH_FIN + 2, /* ... and it was acknowledged */
	WATCH_FINS = WATCH_FIN + 4,
	WATCH_CLOSED = WATCH_FIN + 6,
	WATCH_PHASES = WATCH_FIN + 8,
};
enum {
	WATCH_NEW = 1,   /* the first sender was sent something since; << 1: the other */
	WATCH_SPOKE = 4, /* the other one went on behind its SYN+ACK */
};

/* What comes next, by: is it a FIN, does it carry data, who sends it? */
extern const uint8_t watch_steps[WATCH_PHASES][2][2][2];

/* A plain SYN+ACK was written behind the SYN. */
void watch_answer(const struct trail *, struct trail_state *,
		  const struct te_segment *synack);

/* A plain segment was written, up to `used`, and is not yet taken over into `self`.
 * Without a branch: nobody can foresee whose turn it is. */
static inline void watch_plain(struct trail_watch *watch, struct trail_side *self,
			       const struct trail_side *peer,
			       const struct te_segment *seg, unsigned from, uint8_t used)
{
	uint32_t edge = seg->ack + ((uint32_t)seg->window << watch->scale[from]);
	unsigned phase = watch->phase;
	bool odd = seg->window == 0;

	odd |= seq_lt(edge, self->edge);
	odd |= seq_ge(self->next, peer->edge);
	self->edge = edge;
	watch->used[phase >= WATCH_FIN] = used;
	phase = watch_steps[phase][!!(seg->flags & TE_FIN)][seg->len > 0][from];
	watch->phase = (uint8_t)(odd ? WATCH_UNSURE : phase);
}

/* One that is not plain; `in_order`: course.c may find that it is. */
static inline void watch_odd(struct trail_watch *watch, bool in_order)
{
	watch->phase = in_order ? WATCH_UNSURE : WATCH_ASTRAY;
}

#endif
