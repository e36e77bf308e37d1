/* engine.c - the way of a segment through the core
 *
 * decode -> find or begin its connection -> apply it -> tell the connections that are
 * over. From a file nothing settles before the connection or the input ends, so nothing
 * that was told is ever taken back.
 */
#include "engine.h"
#include "crowd.h"
#include "decode.h"
#include "flow.h"
#include "siphash.h"

#include <stdlib.h>
#include <string.h>

static te_time limit_of(const struct te_config *config, enum te_limit limit)
{
	return (te_time)(config->limits[limit] * (double)TE_SEC);
}

struct te_engine *te_engine_new(const struct te_config *config,
				const struct te_sink *sink)
{
	struct te_engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return NULL;
	engine->config = *config;
	engine->sink = *sink;
	engine->now = engine->totals.start = engine->totals.end = TE_TIME_NONE;
	engine->time_wait = limit_of(config, TE_LIMIT_TIME_WAIT);
	engine->duplicate_limit = limit_of(config, TE_LIMIT_DUPLICATE);
	engine->flows = flow_new(config->seed);
	engine->seeds = seeds_new();
	engine->crowd = crowd_new(&engine->config);
	engine->finding_counts = calloc(te_rule_count(), sizeof(uint64_t));
	if (!engine->flows || !engine->seeds || !engine->crowd ||
	    !engine->finding_counts) {
		te_engine_free(engine);
		return NULL;
	}
	return engine;
}

void te_engine_free(struct te_engine *engine)
{
	if (!engine)
		return;
	flow_free(engine->flows);
	seeds_free(engine->seeds);
	crowd_free(engine->crowd);
	free(engine->finding_counts);
	free(engine->transitions);
	live_free(&engine->live);
	free(engine);
}

/* ---- a segment ---- */

/* The same in every run: nothing secret, nothing of this run's order. */
static uint64_t id_of(const struct conn *conn)
{
	static const uint64_t key[2] = { 0x7463700000000001u, 0x656e647300000001u };
	uint64_t words[6];

	memcpy(words, conn->addr[SIDE_A].bytes, 16);
	memcpy(words + 2, conn->addr[SIDE_B].bytes, 16);
	words[4] = (uint64_t)conn->port[SIDE_A] << 32 |
		   (uint64_t)conn->port[SIDE_B] << 16 |
		   (conn->has_vlan ? conn->vlan | 0x8000u : 0);
	words[5] = (uint64_t)conn->first;
	return siphash_words(key, words, 6);
}

static struct conn *begin(struct te_engine *engine, const struct te_segment *seg,
			  const struct flow_place *place, const struct conn *older,
			  uint64_t number)
{
	struct conn *conn = flow_add(engine->flows, seg, place);

	if (!conn)
		return NULL;
	conn_init(conn, seg, place->from);
	conn->number = number;
	conn->keep_log = engine->config.keep_transitions;
	conn->incarnation = older ? older->incarnation + 1 : 1;
	conn->id = id_of(conn);
	return conn;
}

/* The newest was answered: what came before on these addresses is over. The newcomer's
 * own old end is: its pending FIN and ACK did arrive. */
static void replace_older(struct te_engine *engine, struct conn *newest, enum side opener)
{
	struct conn *older, *next;

	for (older = newest->older; older; older = next) {
		next = older->older;
		if (engine->config.key != TE_KEY_NOVLAN &&
		    (older->has_vlan != newest->has_vlan || older->vlan != newest->vlan))
			continue;
		older->replaced = true;
		older->taken[opener] = newest->first;
		older->taken[side_other(opener)] = engine->now;
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

static void apply(struct te_engine *engine, struct conn *conn, enum side from,
		  const struct te_segment *seg)
{
	uint64_t retransmits = conn->end[from].retransmits;
	bool duplicate = conn_segment(conn, from, seg, engine->duplicate_limit);

	if (!duplicate && engine->config.keep_peers)
		peers_segment(&conn->peers, from, seg);

	/* Self-connect: one socket plays both ends, each sends and receives all. */
	if (conn->self_connect)
		conn_segment(conn, side_other(from), seg, engine->duplicate_limit);
	over_refresh(engine, conn);
	tell_passing(engine, conn, from, seg, duplicate, retransmits);
	if (engine->config.live) {
		conn->next_look = engine->now;
		tell_news(engine, conn);
	}
}

static void advance(struct te_engine *engine, te_time now)
{
	if (engine->now == TE_TIME_NONE || now > engine->now)
		engine->now = now;
	else if (now < engine->now)
		engine->totals.quality.backward_time++;
	over_expire(engine);
	tell_all_news(engine);
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

static uint64_t next_number(struct te_engine *engine)
{
	engine->totals.connections++;
	return ++engine->last_number;
}

/* ---- seeds: connections of which only a SYN was seen ---- */

/* Who wants each segment, or lives in the present, waits for none. */
static bool may_run_ahead(const struct te_engine *engine)
{
	return !engine->sink.passing && !engine->config.live;
}

static bool sow(struct te_engine *engine, const struct conn *newest,
		const struct te_segment *seg, const struct flow_place *place)
{
	uint8_t flags = seg->flags & (TE_SYN | TE_ACK | TE_FIN | TE_RST);

	return !newest && flags == TE_SYN && may_run_ahead(engine) &&
	       seeds_add(engine->seeds, seg, place->hash, engine->last_number + 1) &&
	       next_number(engine);
}

static struct conn *grow_from(struct te_engine *engine, const struct seeds_syn *syn)
{
	struct flow_place place;
	struct conn *conn;

	flow_seek(engine->flows, &syn->segment, &place);
	flow_find(engine->flows, &syn->segment, &place);
	conn = begin(engine, &syn->segment, &place, NULL, syn->number);
	if (conn) {
		apply(engine, conn, place.from, &syn->segment);
		conn->marked = syn->marked;
	}
	return conn;
}

static struct conn *grow(struct te_engine *engine, const struct te_segment *seg,
			 const struct flow_place *place)
{
	struct seeds_syn syn;

	return seeds_take(engine->seeds, seg, place->hash, &syn) ? grow_from(engine, &syn)
								 : NULL;
}

static enum te_status take(struct te_engine *engine, const struct te_segment *seg,
			   struct flow_place *place)
{
	enum side from = place->from;
	struct conn *newest, *conn;

	if (engine->totals.start == TE_TIME_NONE)
		engine->totals.start = seg->time;
	advance(engine, seg->time);
	if (engine->totals.end == TE_TIME_NONE || engine->now > engine->totals.end)
		engine->totals.end = engine->now;
	engine->totals.tcp_packets++;
	engine->totals.quality.bad_checksums += !!(seg->has & TE_BAD_SUM);
	if (seg->has & TE_BAD_SUM && engine->config.checksum == TE_SUM_STRICT)
		return TE_OK;
	newest = flow_find(engine->flows, seg, place);
	if (!newest)
		newest = grow(engine, seg, place);
	if (newest && newest->queued && over_expire_one(engine, newest))
		newest = flow_find(engine->flows, seg, place);
	conn = route_find(newest, from, seg, engine->config.key);
	if (!conn && sow(engine, newest, seg, place))
		return TE_OK;
	if (!conn) {
		conn = begin(engine, seg, place, newest, next_number(engine));
		if (!conn)
			return TE_NO_MEMORY;
		route_note_inside(conn, from, seg, engine->now);
	}
	if (conn != newest)
		check_disowned(newest, conn, from, seg);
	if (seg->flags & TE_RST && !(seg->flags & TE_ACK))
		finish_by_newcomer(newest, conn, from);
	apply(engine, conn, from, seg);
	if (conn->older && route_answers(conn, from, seg)) {
		conn->disowned = false;
		replace_older(engine, conn, side_other(from));
	}
	return TE_OK;
}

/* ---- frames ---- */

/* Apply what was decoded ahead, in order. */
static enum te_status catch_up(struct te_engine *engine)
{
	unsigned count = engine->ahead_count;
	enum te_status status = TE_OK, worst = TE_OK;

	engine->ahead_count = 0;
	for (unsigned i = 0; i < count; i++)
		flow_approach(engine->flows, &engine->ahead[i].place);
	for (unsigned i = 0; i < count; i++) {
		status = take(engine, &engine->ahead[i].segment, &engine->ahead[i].place);
		if (status != TE_OK)
			worst = status;
	}
	return worst;
}

enum te_status te_engine_segment(struct te_engine *engine, const struct te_segment *seg)
{
	struct flow_place place;

	catch_up(engine);
	flow_seek(engine->flows, seg, &place);
	return take(engine, seg, &place);
}

static void count_frame(struct te_totals *totals, enum te_status status)
{
	switch (status) {
	case TE_IGNORED:
		totals->not_tcp++;
		break;
	case TE_FRAGMENT:
		totals->fragments++;
		break;
	case TE_TRUNCATED:
		totals->truncated++;
		totals->quality.snaplen_cut++;
		break;
	case TE_MALFORMED:
		totals->malformed++;
		break;
	case TE_UNSUPPORTED:
		totals->unsupported++;
		break;
	case TE_OK:
	case TE_NO_MEMORY:
		break;
	}
}

enum te_status te_engine_frame(struct te_engine *engine, const struct te_frame *frame)
{
	struct te_totals *totals = &engine->totals;
	struct engine_ahead *ahead = &engine->ahead[engine->ahead_count];
	struct te_segment *seg = &ahead->segment;
	enum te_status status;

	totals->packets++;
	if (totals->start == TE_TIME_NONE)
		totals->start = frame->time;
	status = decode_frame(frame, engine->config.checksum != TE_SUM_IGNORE, seg);
	totals->tunnelled += !!(seg->has & (TE_TUNNELLED | TE_HAS_VLAN));
	count_frame(totals, status);
	if (status == TE_OK) {
		flow_seek(engine->flows, seg, &ahead->place);
		engine->ahead_count++;
		return may_run_ahead(engine) && engine->ahead_count < ENGINE_AHEAD
			   ? TE_OK
			   : catch_up(engine);
	}
	if (engine->now == TE_TIME_NONE || frame->time > engine->now)
		totals->end = frame->time;
	return status;
}

void te_engine_tick(struct te_engine *engine, te_time now)
{
	catch_up(engine);
	if (engine->now == TE_TIME_NONE || now <= engine->now)
		return;
	engine->now = now;
	over_expire(engine);
	tell_all_news(engine);
}

void te_engine_mark(struct te_engine *engine)
{
	catch_up(engine);
	seeds_mark(engine->seeds);
	for (struct conn *c = flow_first(engine->flows); c; c = c->next)
		verdict_mark(c);
}

/* The first segment decides the order. Connections stand in the order in which they grew,
 * which is nearly that. */
static struct conn *next_to_finish(struct te_engine *engine)
{
	struct conn *conn = flow_first(engine->flows);
	uint64_t seed = seeds_oldest(engine->seeds);
	struct seeds_syn syn;

	if (!seed || (conn && conn->number < seed))
		return conn;
	seeds_take_oldest(engine->seeds, &syn);
	return grow_from(engine, &syn);
}

void te_engine_finish(struct te_engine *engine)
{
	struct conn *conn;
	te_time end;

	catch_up(engine);
	end = engine->totals.end;
	if (end == TE_TIME_NONE || end < engine->now)
		end = engine->now;
	crowd_look(engine->crowd, flow_first(engine->flows), end);
	while ((conn = next_to_finish(engine)))
		over_finish(engine, conn, end, true);
	tell_crowd(engine);
}

const struct te_totals *te_engine_totals(const struct te_engine *engine)
{
	return &engine->totals;
}

uint64_t te_engine_finding_count(const struct te_engine *engine, size_t rule)
{
	return engine->finding_counts[rule];
}
