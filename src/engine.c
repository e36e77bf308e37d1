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

/* RFC 1122 4.2.3.2's half second, unless a limit is shorter. */
static te_time patience(const struct te_config *config)
{
	te_time least = TE_SEC / 2;

	for (int i = 0; i < TE_LIMIT_COUNT; i++)
		if (te_limit_row((enum te_limit)i)->unit == TE_UNIT_SECONDS &&
		    i != TE_LIMIT_DUPLICATE && limit_of(config, (enum te_limit)i) < least)
			least = limit_of(config, (enum te_limit)i);
	return least;
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
	engine->next_expiry = TE_TIME_NONE;
	engine->time_wait = limit_of(config, TE_LIMIT_TIME_WAIT);
	engine->duplicate_limit = limit_of(config, TE_LIMIT_DUPLICATE);
	engine->hurried = !sink->passing && !config->live;
	engine->patience = patience(config);
	engine->flows = flow_new(config->seed);
	engine->trails = trails_new();
	engine->stage = calloc(1, sizeof(*engine->stage));
	engine->lived = calloc(1, sizeof(*engine->lived));
	engine->crowd = crowd_new(&engine->config);
	engine->finding_counts = calloc(te_rule_count(), sizeof(uint64_t));
	if (!engine->flows || !engine->trails || !engine->stage || !engine->lived ||
	    !engine->crowd || !engine->finding_counts) {
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
	trails_free(engine->trails);
	free(engine->stage);
	free(engine->lived);
	crowd_free(engine->crowd);
	overlap_free(engine->overlap);
	free(engine->finding_counts);
	free(engine->transitions);
	live_free(&engine->live);
	free(engine);
}

/* ---- a segment ---- */

uint64_t engine_id(const struct te_segment *first, enum side from)
{
	static const uint64_t key[2] = { 0x7463700000000001u, 0x656e647300000001u };
	bool back = from == SIDE_B;
	uint64_t ports[2] = { first->src_port, first->dst_port }, words[6];

	memcpy(words, (back ? &first->dst : &first->src)->bytes, 16);
	memcpy(words + 2, (back ? &first->src : &first->dst)->bytes, 16);
	words[4] = ports[back] << 32 | ports[!back] << 16 |
		   (first->has & TE_HAS_VLAN ? first->vlan | 0x8000u : 0);
	words[5] = (uint64_t)first->time;
	return siphash_words(key, words, 6);
}

uint64_t engine_next_number(struct te_engine *engine)
{
	engine->totals.connections++;
	return ++engine->last_number;
}

void engine_begin(struct te_engine *engine, struct conn *conn,
		  const struct te_segment *seg, enum side from, const struct conn *older,
		  uint64_t number)
{
	conn_init(conn, seg, from);
	conn->number = number;
	conn->keep_log = engine->config.keep_transitions;
	conn->incarnation = older ? older->incarnation + 1 : 1;
	conn->id = engine_id(seg, from);
}

static struct conn *begin(struct te_engine *engine, const struct te_segment *seg,
			  const struct flow_place *place, const struct conn *older,
			  uint64_t number)
{
	struct conn *conn = flow_add(engine->flows, seg, place);

	if (conn)
		engine_begin(engine, conn, seg, place->from, older, number);
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
		if (engine->config.key != TE_KEY_NOVLAN &&
		    (older->has_vlan != newest->has_vlan || older->vlan != newest->vlan))
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

/* The shortest way: the only connection on these addresses, and nothing to decide. */
static bool pass(const struct te_engine *engine, struct conn *conn, enum side from,
		 const struct te_segment *seg)
{
	return engine->hurried && !engine->config.keep_peers && !conn->older &&
	       !conn->queued && !conn->self_connect && !conn->disowned &&
	       route_same_vlan(conn, seg) && plain_segment(conn, from, seg);
}

static void count(struct te_totals *totals, te_time now, const struct te_segment *seg)
{
	if (totals->start == TE_TIME_NONE)
		totals->start = seg->time;
	if (totals->end == TE_TIME_NONE || now > totals->end)
		totals->end = now;
	totals->tcp_packets++;
	totals->quality.bad_checksums += !!(seg->has & TE_BAD_SUM);
	totals->quality.offloaded += seg->has & TE_PART_SUM || seg->len > ENGINE_JUMBO;
}

/* The older ones on these addresses may be among those that go. */
static void evict_for(struct te_engine *engine, struct conn **newest,
		      const struct te_segment *seg, struct flow_place *place)
{
	if (!engine->config.max_memory)
		return;
	evict(engine);
	*newest = flow_find(engine->flows, seg, place);
}

static enum te_status take(struct te_engine *engine, const struct te_segment *seg,
			   struct flow_place *place)
{
	enum side from = place->from;
	struct conn *newest, *conn;
	struct overlap_first first;
	struct te_segment marked;

	advance(engine, seg->time);
	count(&engine->totals, engine->now, seg);
	if (seg->has & TE_BAD_SUM && engine->config.checksum == TE_SUM_STRICT) {
		spoilt_sum(engine->spoilt, seg);
		return TE_OK;
	}
	if (overlap_see(&engine->overlap, seg, &first)) {
		marked = *seg;
		marked.has |= TE_OVERLAPS;
		seg = &marked;
	}
	newest = flow_recent(engine->flows, seg, place);
	if (!newest && play_follow(engine, seg, place))
		return TE_OK;
	if (!newest)
		newest = flow_find(engine->flows, seg, place);
	if (newest && pass(engine, newest, from, seg))
		return TE_OK;
	if (newest && newest->queued && over_expire_one(engine, newest))
		newest = flow_find(engine->flows, seg, place);
	conn = route_find(newest, from, seg, engine->config.key);
	if (!conn)
		evict_for(engine, &newest, seg, place);
	if (!newest && play_begin(engine, seg, place))
		return TE_OK;
	if (!conn) {
		conn = begin(engine, seg, place, newest, engine_next_number(engine));
		if (!conn)
			return TE_NO_MEMORY;
		route_note_inside(conn, from, seg, engine->now);
	}
	if (conn != newest)
		check_disowned(newest, conn, from, seg);
	if (seg->flags & TE_RST && !(seg->flags & TE_ACK))
		finish_by_newcomer(newest, conn, from);
	if (seg == &marked)
		overlap_note(conn, from, &first, seg);
	apply(engine, conn, from, seg);
	if (conn->older && route_answers(conn, from, seg)) {
		conn->disowned = false;
		replace_older(engine, conn, side_other(from), seg);
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
	for (unsigned i = 0; i < count; i++) {
		flow_approach(engine->flows, &engine->ahead[i].place);
		trails_approach(engine->trails, engine->ahead[i].place.hash);
	}
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
	spoilt_frame(engine->spoilt, status, frame);
	if (status == TE_OK) {
		flow_seek(engine->flows, seg, &ahead->place);
		trails_seek(engine->trails, ahead->place.hash);
		if (engine->hurried)
			overlap_keep(seg, ahead->head);
		engine->ahead_count++;
		return engine->hurried && engine->ahead_count < ENGINE_AHEAD
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
	trails_mark(engine->trails);
	for (struct conn *c = flow_first(engine->flows); c; c = c->next)
		verdict_mark(c);
}

void te_engine_finish(struct te_engine *engine)
{
	const struct trail *trail;
	struct conn *conn;
	te_time end;

	catch_up(engine);
	end = engine->totals.end;
	if (end == TE_TIME_NONE || end < engine->now)
		end = engine->now;
	engine->now = end;
	crowd_look(engine->crowd, flow_first(engine->flows), end);
	trails_sort(engine->trails);
	play_look(engine);
	/* The first segment decides the order. Connections stand in that in which they
	 * left their trails, which is nearly the same. */
	do {
		conn = flow_first(engine->flows);
		trail = trails_at(engine->trails, 0);
		if (trail && (!conn || trail->number < conn->number)) {
			play_finish(engine, trail);
			trails_take_first(engine->trails);
		} else if (conn && !(conn->queued && over_expire_one(engine, conn))) {
			over_finish(engine, conn, end, true);
		}
	} while (conn || trail);
	tell_crowd(engine);
	spoilt_tell(engine);
}

const struct te_totals *te_engine_totals(const struct te_engine *engine)
{
	return &engine->totals;
}

uint64_t te_engine_finding_count(const struct te_engine *engine, size_t rule)
{
	return engine->finding_counts[rule];
}
