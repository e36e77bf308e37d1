/* watch.c - does a trail go as it should? Watched while it is written */
#include "watch.h"
#include "trail_parts.h"

/* ---- what comes next ---- */

/* clang-format off */
/* By who sends: an ACK, one with data, a FIN, one with data. */
#define ROW(a0, a1, d0, d1, f0, f1, e0, e1) \
	{ { { a0, a1 }, { d0, d1 } }, { { f0, f1 }, { e0, e1 } } }
#define NO WATCH_ASTRAY

/* An ACK must carry data or acknowledge some; `news`: WATCH_NEW. */
#define ON(news, spoke, data, from) \
	((data) || (news) >> (from) & WATCH_NEW \
		 ? WATCH_OPEN + (((news) & ~(WATCH_NEW << (from))) | \
				 (data) * WATCH_NEW << !(from)) + \
			   ((spoke) || (from)) * WATCH_SPOKE \
		 : WATCH_ASTRAY)
#define OPEN(news, spoke) \
	[WATCH_OPEN + (news) + (spoke) * WATCH_SPOKE] = \
	    ROW(ON(news, spoke, 0, 0), ON(news, spoke, 0, 1), \
		ON(news, spoke, 1, 0), ON(news, spoke, 1, 1), \
		WATCH_FIN, WATCH_FIN + 1, WATCH_FIN, WATCH_FIN + 1)

/* FIN, ACK, FIN, ACK; or the second and the third in one. The first FIN may carry data. */
const uint8_t watch_steps[WATCH_PHASES][2][2][2] = {
	[WATCH_ASTRAY] = ROW(NO, NO, NO, NO, NO, NO, NO, NO),
	[WATCH_ANSWERED] = ROW(WATCH_OPEN, NO, WATCH_OPEN + (WATCH_NEW << 1), NO,
			       NO, NO, NO, NO),
	OPEN(0, 0), OPEN(1, 0), OPEN(2, 0), OPEN(3, 0),
	OPEN(0, 1), OPEN(1, 1), OPEN(2, 1), OPEN(3, 1),
	[WATCH_FIN]        = ROW(NO, WATCH_ACKED, NO, NO, NO, WATCH_FINS, NO, NO),
	[WATCH_FIN + 1]    = ROW(WATCH_ACKED + 1, NO, NO, NO, WATCH_FINS + 1, NO, NO, NO),
	[WATCH_ACKED]      = ROW(NO, NO, NO, NO, NO, WATCH_FINS, NO, NO),
	[WATCH_ACKED + 1]  = ROW(NO, NO, NO, NO, WATCH_FINS + 1, NO, NO, NO),
	[WATCH_FINS]       = ROW(WATCH_CLOSED, NO, NO, NO, NO, NO, NO, NO),
	[WATCH_FINS + 1]   = ROW(NO, WATCH_CLOSED + 1, NO, NO, NO, NO, NO, NO),
	[WATCH_CLOSED]     = ROW(NO, NO, NO, NO, NO, NO, NO, NO),
	[WATCH_CLOSED + 1] = ROW(NO, NO, NO, NO, NO, NO, NO, NO),
};
/* clang-format on */

/* ---- the SYN+ACK ---- */

/* RFC 7323 2.2: only if both have sent one. */
static void set_scales(struct trail_watch *watch, uint8_t options,
		       const struct te_segment *synack)
{
	bool both =
	    (options & OPTION_WSCALE) != OPTION_WSCALE && synack->has & TE_HAS_WSCALE;

	watch->scale[0] = both ? options & OPTION_WSCALE : 0;
	watch->scale[1] = both ? synack->wscale : 0;
}

/* Where the window of an end ends is not known before it sends more. Until then, nothing
 * is to be sent to the client, and no more than half of what its SYN+ACK offers to the
 * server: the window grows from there, else nothing is sure. */
void watch_answer(const struct trail *trail, struct trail_state *state,
		  const struct te_segment *synack)
{
	struct trail_watch *watch = trail_watch(state);

	set_scales(watch, trail->options, synack);
	state->side[0].edge = synack->seq + 1;
	state->side[1].edge = synack->ack + synack->window / 2u;
	watch->phase = WATCH_ANSWERED;
	watch->begun = trail->used;
	watch->has = (uint8_t)(synack->has & (SYN_OPTIONS | TE_HAS_TS));
}
