/* over.c - when a connection is over, and who waits for that
 *
 * Both ends are CLOSED or TIME_WAIT, presumed counts, and 2MSL has passed since its last
 * segment; or a newer one on its addresses was answered; or the input ends. Those that
 * may be over wait in a queue.
 */
#include "engine.h"

static void idle_begin_at(struct te_engine *engine, struct conn *first)
{
	bool ends = first && first->queued_since < INT64_MAX - engine->time_wait;

	engine->idle_first = first;
	engine->idle_until = ends ? first->queued_since + engine->time_wait : INT64_MAX;
}

static void idle_unlink(struct te_engine *engine, struct conn *conn)
{
	if (!conn->queued)
		return;
	if (conn->idle_prev)
		conn->idle_prev->idle_next = conn->idle_next;
	else
		idle_begin_at(engine, conn->idle_next);
	if (conn->idle_next)
		conn->idle_next->idle_prev = conn->idle_prev;
	else
		engine->idle_last = conn->idle_prev;
	conn->idle_prev = conn->idle_next = NULL;
	conn->queued = false;
}

static void idle_append(struct te_engine *engine, struct conn *conn, te_time since)
{
	conn->queued_since = since;
	conn->idle_prev = engine->idle_last;
	conn->idle_next = NULL;
	if (engine->idle_last)
		engine->idle_last->idle_next = conn;
	else
		idle_begin_at(engine, conn);
	engine->idle_last = conn;
	conn->queued = true;
}

static bool awaits_rst(const struct conn *conn)
{
	for (unsigned i = 0; i < conn->receipt_count; i++)
		if (conn->receipts[i].kind == RECEIPT_RST)
			return true;
	return false;
}

/* Both ends have sent a FIN, or one a RST, which may be on its way although its apparent
 * sender went on. Nothing else leads to where over_expire_one() wants both. */
static bool may_be_over(const struct conn *conn)
{
	const struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];

	return (a->fin_sent && b->fin_sent) || a->rst_frame || b->rst_frame ||
	       awaits_rst(conn);
}

/* Its place in the queue is that of when it came in: moving it with each segment would
 * cost its neighbours' cache lines. over_expire() looks at its last segment. */
void over_refresh(struct te_engine *engine, struct conn *conn)
{
	if (!conn->queued && may_be_over(conn))
		idle_append(engine, conn, conn->last);
}

static void forget(struct te_engine *engine, struct conn *conn)
{
	idle_unlink(engine, conn);
	flow_remove(engine->flows, conn);
}

void over_tell(struct te_engine *engine, struct conn *conn, te_time end, bool ongoing)
{
	if (!conn->settled)
		conn_settle(conn, end);
	if (!ongoing && !conn->replaced)
		conn_expire(conn, engine->time_wait);
	tell_connection(engine, conn, end, ongoing);
}

void over_finish(struct te_engine *engine, struct conn *conn, te_time end, bool ongoing)
{
	if (conn->disowned) {
		engine->totals.connections--;
		tell_disowned(engine, conn);
	} else {
		over_tell(engine, conn, end, ongoing);
	}
	forget(engine, conn);
}

/* True, and it is gone: both ends are done, and 2MSL has passed since its last segment.
 */
bool over_expire_one(struct te_engine *engine, struct conn *conn)
{
	if (!engine_is_past(engine, conn->last) || !conn_is_over(conn, engine->now))
		return false;
	over_finish(engine, conn, engine->now, false);
	return true;
}

/* One that a later segment touches first is met in engine.c, so the order of the queue
 * decides nothing. */
void over_expire(struct te_engine *engine)
{
	te_time before = engine->now - engine->time_wait;
	struct conn *conn;

	play_expire(engine);
	while ((conn = engine->idle_first) && conn->queued_since < before) {
		if (over_expire_one(engine, conn))
			continue;
		idle_unlink(engine, conn);
		if (conn->last >= before)
			idle_append(engine, conn, conn->last);
	}
}

void over_evict(struct te_engine *engine, struct conn *conn)
{
	conn->evicted = true;
	over_finish(engine, conn, engine->now, true);
}

/* It goes on although somebody sent a RST. */
static bool outlives_rst(const struct te_engine *engine, const struct conn *conn)
{
	return conn->last > conn->queued_since &&
	       !(conn->end[SIDE_A].fin_sent && conn->end[SIDE_B].fin_sent) &&
	       over_is_lively(engine, conn->first, conn->last);
}

void over_evict_first(struct te_engine *engine)
{
	struct conn *conn = engine->idle_first;

	if (!outlives_rst(engine, conn)) {
		over_evict(engine, conn);
		return;
	}
	idle_unlink(engine, conn);
	idle_append(engine, conn, conn->last);
}
