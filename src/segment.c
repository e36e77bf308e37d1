/* segment.c - one segment: which connection it is of, and what it means to the others
 *
 * The shortest way that will do: written behind a trail (play.c), counted (plain.c), or
 * through the rules (conn.c).
 */
#include "conn_parts.h"
#include "engine.h"
#include "order.h"

static struct conn *begin(struct te_engine *engine, const struct te_segment *seg,
			  const struct flow_place *place, const struct conn *older,
			  uint64_t number)
{
	struct conn *conn = flow_add(engine->flows, seg, place);

	if (!conn)
		return NULL;
	engine_begin(engine, conn, seg, place->from, older, number);
	conn->followed = engine_follows(engine, number, conn->id);
	return conn;
}

/* The newest was answered: what came before on these addresses is over. The newcomer's
 * own old end is: its pending FIN and ACK did arrive. */
static void replace_older(struct te_engine *engine, struct conn *newest, enum side opener,
			  const struct te_segment *answer)
{
	struct conn *older, *next;

	for (older = newest->older; older; older = next) {
		next = older->older;
		if (!route_is_beside(older, newest, engine->config.key))
			continue;
		older->replaced = true;
		older->taken[opener] = newest->first;
		older->taken[side_other(opener)] = engine->now;
		note_newer(older, opener, newest, answer);
		conn_prove_over(older, opener, newest->frame, newest->first);
		over_finish(engine, older, engine->now, false);
	}
}

/* The apparent sender of a newer, unanswered SYN goes on with its old numbers: the SYN
 * was somebody else's, and no connection. */
static void check_disowned(struct conn *newest, const struct conn *old, enum side from,
			   const struct te_segment *seg)
{
	for (; newest && newest != old; newest = newest->older)
		if (newest->end[from].opener &&
		    newest->end[side_other(from)].state == TE_UNKNOWN &&
		    rst_shows_life(&old->end[from], seg))
			newest->disowned = true;
}

/* The shortest way: the only connection on these addresses, and nothing to decide. All
 * of this changes by what passes through apply() alone, but for an older connection:
 * with that, this one is not the newest, or passes through it. */
static bool may_be_plain(const struct te_engine *engine, const struct conn *conn)
{
	return engine->hurried && !conn->keep_words && !conn->followed && !conn->older &&
	       !conn->queued && !conn->self_connect && !conn->disowned &&
	       plain_is_steady(conn);
}

static void apply(struct te_engine *engine, struct conn *conn, enum side from,
		  const struct te_segment *seg)
{
	uint64_t retransmits = conn->end[from].retransmits;
	bool duplicate = conn_segment(conn, from, seg, engine->duplicate_limit);

	if (!duplicate && conn->keep_words)
		peers_segment(&conn->peers, from, seg);

	/* Self-connect: one socket plays both ends, each sends and receives all. */
	if (conn->self_connect)
		conn_segment(conn, side_other(from), seg, engine->duplicate_limit);
	over_refresh(engine, conn);
	plain_foresee(conn, may_be_plain(engine, conn));
	if (conn->followed)
		tell_passing(engine, conn, from, seg, duplicate, retransmits);
	if (engine->config.live) {
		conn->next_look = engine->now;
		tell_news(engine, conn);
	}
}

/* A bare RST of the newcomer to its old numbers: its old end was finished by its new SYN.
 */
static void finish_by_newcomer(const struct conn *newest, struct conn *old,
			       enum side from)
{
	for (; newest && newest != old; newest = newest->older)
		if (newest->end[from].opener)
			conn_prove_over(old, from, newest->frame, newest->first);
}

/* It belongs to `conn`, of those on its addresses of which `newest` was there before.
 * `first`: what its bytes contradict, or NULL. */
static void take_in(struct te_engine *engine, struct conn *newest, struct conn *conn,
		    enum side from, const struct te_segment *seg,
		    const struct overlap_first *first)
{
	if (conn != newest)
		check_disowned(newest, conn, from, seg);
	if (seg->flags & TE_RST && !(seg->flags & TE_ACK))
		finish_by_newcomer(newest, conn, from);
	if (first)
		overlap_note(conn, from, first, seg);
	apply(engine, conn, from, seg);
	if (conn->older && route_answers(conn, from, seg)) {
		conn->disowned = false;
		replace_older(engine, conn, side_other(from), seg);
	}
}

/* It is told as it stands. */
static void bound_older(struct te_engine *engine, const struct conn *newest)
{
	struct conn *older = route_too_many(newest, engine->config.key);

	if (older)
		over_finish(engine, older, engine->now,
			    !conn_is_over(older, engine->now));
}

static __attribute__((noinline)) enum te_status
begin_whole(struct te_engine *engine, struct engine_ahead *ahead, struct conn *newest,
	    const struct overlap_first *first)
{
	const struct te_segment *seg = &ahead->segment;
	struct flow_place *place = &ahead->place;
	struct conn *conn;

	conn = begin(engine, seg, place, newest, engine_next_number(engine));
	if (!conn)
		return TE_NO_MEMORY;
	route_note_inside(conn, place->from, seg, engine->now);
	take_in(engine, newest, conn, place->from, seg, first);
	bound_older(engine, conn);
	return TE_OK;
}

/* It belongs to none that is known. */
static enum te_status begin_with(struct te_engine *engine, struct engine_ahead *ahead,
				 struct conn *newest, const struct overlap_first *first)
{
	if (!newest && play_begin(engine, ahead))
		return TE_OK;
	return begin_whole(engine, ahead, newest, first);
}

/* The shortest way, see may_be_plain(). */
static inline bool pass(struct conn *conn, enum side from, const struct te_segment *seg)
{
	struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];
	struct end *self = from == SIDE_A ? a : b;

	return order_has_usual(self, seg) && seg->vlan == conn->vlan &&
	       order_pass(conn, self, from == SIDE_A ? b : a, seg);
}

/* Which of those on its addresses is it of? `newest`: of these, or NULL. */
static enum te_status route(struct te_engine *engine, struct engine_ahead *ahead,
			    struct conn *newest, const struct overlap_first *first)
{
	const struct te_segment *seg = &ahead->segment;
	struct flow_place *place = &ahead->place;
	struct conn *conn;

	if (newest && newest->queued && over_expire_one(engine, newest))
		newest = flow_find(engine->flows, seg, place);
	conn = route_find(newest, place->from, seg, engine->config.key);
	if (!conn)
		return begin_with(engine, ahead, newest, first);
	take_in(engine, newest, conn, place->from, seg, first);
	return TE_OK;
}

/* The longer ways. `recent`: the connection, if it was seen lately, for which this is
 * nothing plain. */
static enum te_status find(struct te_engine *engine, struct engine_ahead *ahead,
			   struct conn *recent, const struct overlap_first *first)
{
	const struct te_segment *seg = &ahead->segment;
	struct flow_place *place = &ahead->place;
	struct conn *newest = recent;
	bool hashed = place->hashed;

	flow_know(engine->flows, seg, place, recent);
	if (!hashed)
		trails_begin_place(&ahead->trail, place->hash);
	if (!recent) {
		if (play_follow(engine, ahead))
			return TE_OK;
		newest = flow_find_further(engine->flows, seg, place);
		if (!newest)
			return begin_with(engine, ahead, NULL, first);
		if (pass(newest, place->from, seg))
			return TE_OK;
	}
	return route(engine, ahead, newest, first);
}

/* After what time something is to be done before a segment is taken in. */
static inline te_time due_after(const struct te_engine *engine)
{
	return engine->hurried ? over_due(engine) : INT64_MIN;
}

__attribute__((noinline)) static void look_around(struct te_engine *engine)
{
	if (engine->now > over_due(engine))
		over_expire(engine);
	if (!engine->hurried)
		tell_all_news(engine);
}

static inline void advance(struct te_engine *engine, te_time time)
{
	struct te_totals *totals = &engine->totals;

	if (time >= engine->now)
		engine->now = time;
	else
		totals->quality.backward_time++;
	if (engine->now > totals->end)
		totals->end = engine->now;
}

static inline bool is_usual(const struct te_segment *seg)
{
	return !(seg->has & (TE_BAD_SUM | TE_PART_SUM)) && seg->len <= ENGINE_JUMBO;
}

/* Count what is not usual. False: it is dropped for its checksum. */
__attribute__((noinline)) static bool is_counted(struct te_engine *engine,
						 const struct te_segment *seg)
{
	struct te_quality *quality = &engine->totals.quality;

	quality->bad_checksums += !!(seg->has & TE_BAD_SUM);
	quality->offloaded += seg->has & TE_PART_SUM || seg->len > ENGINE_JUMBO;
	if (!(seg->has & TE_BAD_SUM) || engine->config.checksum != TE_SUM_STRICT)
		return true;
	spoilt_sum(engine->spoilt, seg);
	return false;
}

/* `changes`: as in flow_peek(). `due`: see due_after(); the shortest way does not change
 * it.
 */
static inline enum te_status take(struct te_engine *engine, struct engine_ahead *ahead,
				  uint32_t changes, te_time *due)
{
	const struct te_segment *seg = &ahead->segment;
	enum te_status status;
	struct conn *recent;

	advance(engine, seg->time);
	if (engine->now > *due) {
		look_around(engine);
		*due = due_after(engine);
	}
	engine->totals.tcp_packets++;
	if (!is_usual(seg) && !is_counted(engine, seg))
		return TE_OK;
	recent = flow_peek(engine->flows, seg, &ahead->place, changes);
	if (recent && pass(recent, (enum side)ahead->place.recent->from, seg))
		return TE_OK;
	status =
	    find(engine, ahead, recent, seg->has & TE_OVERLAPS ? &ahead->first : NULL);
	*due = due_after(engine);
	return status;
}

enum te_status segment_take(struct te_engine *engine, struct engine_ahead *ahead,
			    unsigned count)
{
	enum te_status worst = TE_OK;
	te_time due = due_after(engine);
	uint32_t changes = engine->flows->changes;

	for (const struct engine_ahead *end = ahead + count; ahead < end; ahead++)
		if (take(engine, ahead, changes, &due) != TE_OK)
			worst = TE_NO_MEMORY;
	if (engine->config.max_memory)
		evict(engine); /* nothing is sought ahead now */
	return worst;
}
