/* play.c - connections that are kept as trails, until they must be whole
 *
 * A trail is whole again by playing its segments to the rules, in order. That happens
 * when a segment comes that it cannot hold or that may begin something new, and when it
 * is told. What of it is plain (start.c) they need not be asked about.
 */
#include "attempt.h"
#include "engine.h"
#include "start.h"
#include "watch.h"

#include <string.h>

/* From where `start` stands; `first` sent the first segment. */
static void play(struct te_engine *engine, struct conn *conn, const struct trail *trail,
		 struct start *start, enum side first)
{
	bool words = conn->keep_words;

	if (!(trail->bits & TRAIL_MARKED))
		start_apply(start, conn, first, words);
	while (start->from >= 0) {
		enum side side = start->from ? side_other(first) : first;

		start->seg->has |= trail->bits & TRAIL_VLAN;
		if (!conn_segment(conn, side, start->seg, engine->duplicate_limit) &&
		    words)
			peers_segment(&conn->peers, side, start->seg);
		if (trail_marked_here(&start->reader))
			verdict_mark(conn);
		start->from = trail_next(&start->reader, start->seg);
	}
}

/* Into the flow table. */
static void make_whole(struct te_engine *engine, struct trail *trail)
{
	struct flow_place place = { 0 };
	struct start start;
	struct conn *conn;

	start_begin(&start, trail);
	flow_seek(engine->flows, start.seg, &place);
	flow_find(engine->flows, start.seg, &place);
	conn = flow_add(engine->flows, start.seg, &place);
	if (conn) {
		engine_begin(engine, conn, start.seg, place.from, NULL, trail->number);
		play(engine, conn, trail, &start, place.from);
		over_refresh(engine, conn);
	}
	trails_drop(engine->trails, trail);
}

struct conn *play_stage(struct te_engine *engine, const struct trail *trail)
{
	struct conn *conn = engine->stage;
	struct start start;
	enum side first;

	conn_clear(conn);
	start_begin(&start, trail);
	first = flow_side(start.seg);
	flow_set_key(conn, start.seg, first);
	engine_begin(engine, conn, start.seg, first, NULL, trail->number);
	play(engine, conn, trail, &start, first);
	return conn;
}

/* ---- segments ---- */

/* Which connection it is of would have to be asked. */
static bool may_be_new(const struct trail *trail, const struct te_segment *seg,
		       unsigned from)
{
	if (!(seg->flags & TE_SYN) || (!from && attempt_repeats(trail, seg)))
		return false;
	return trail->count != 1 || !from ||
	       (seg->flags & (TE_SYN | TE_ACK | TE_FIN | TE_RST)) != (TE_SYN | TE_ACK);
}

/* What was found may have been over before this segment. What did not go in order may
 * have closed without a FIN that was captured: the numbers would show it. */
static bool is_old(const struct te_engine *engine, const struct trail *trail)
{
	const uint8_t closing = TRAIL_FIN | TRAIL_FIN << 1 | TRAIL_RST;

	return !trail_is_lone(trail) && engine_is_past(engine, trail_last(trail)) &&
	       (trail->bits & closing ||
		trail_watch(trail_state(trail))->phase <= WATCH_ASTRAY);
}

/* What was found is no trail any more. */
static __attribute__((noinline)) bool leave(struct te_engine *engine,
					    struct engine_ahead *ahead)
{
	make_whole(engine,
		   trails_find(engine->trails, &ahead->segment, &ahead->trail).trail);
	return false;
}

bool play_follow(struct te_engine *engine, struct engine_ahead *ahead)
{
	const struct te_segment *seg = &ahead->segment;
	struct trails_found found;

	if (!engine->keeps_trails)
		return false;
	found = trails_find(engine->trails, seg, &ahead->trail);
	if (!found.trail)
		return false;
	if (may_be_new(found.trail, seg, found.from) || is_old(engine, found.trail) ||
	    !trails_append(engine->trails, found.trail, seg, found.from))
		return leave(engine, ahead);
	if (engine->next_expiry == INT64_MAX && trails_waiting(engine->trails))
		engine->next_expiry = engine->now + engine->time_wait;
	return true;
}

static bool is_self_connect(const struct te_segment *seg)
{
	return seg->src_port == seg->dst_port &&
	       !memcmp(&seg->src, &seg->dst, sizeof(seg->src));
}

/* Its segments are told as they pass, which only whole ones' are. */
static bool is_followed(const struct te_engine *engine, const struct engine_ahead *ahead)
{
	return engine->sink.passing &&
	       engine_follows(
		   engine, engine->last_number + 1,
		   engine_id(engine, &ahead->segment, (enum side)ahead->place.from));
}

bool play_begin(struct te_engine *engine, const struct engine_ahead *ahead)
{
	const struct te_segment *seg = &ahead->segment;

	if (!engine->keeps_trails || is_self_connect(seg) || is_followed(engine, ahead) ||
	    engine->last_number >= TRAIL_NUMBER_MAX ||
	    !trails_begin(engine->trails, seg, &ahead->trail,
			  (uint32_t)engine->last_number + 1))
		return false;
	engine_next_number(engine);
	return true;
}
