/* engine.c - the way of a segment through the core
 *
 * decode -> find or begin its connection -> apply it -> tell the connections that are
 * over. From a file nothing settles before the connection or the input ends, so nothing
 * that was told is ever taken back.
 */
#include "engine.h"
#include "decode.h"
#include "flow.h"
#include "live.h"
#include "rules.h"
#include "siphash.h"

#include <stdlib.h>
#include <string.h>

/* Live: how often all connections are looked at, and how long one must have been quiet
 * before its findings are told. */
static const te_time LIVE_PERIOD = 250 * TE_MS, LIVE_QUIET = 1500 * TE_MS;

struct te_engine {
	struct te_config config;
	struct te_sink sink;
	struct flow_table *flows;
	struct te_totals totals;
	uint64_t *finding_counts;
	uint64_t last_number; /* of a connection */
	te_time now;
	te_time time_wait, duplicate_limit;
	struct conn *idle_first, *idle_last; /* that may be over, by last segment */
	struct te_transition *transitions;   /* room for one connection's */
	size_t transition_size;
	struct live live;
	te_time last_look; /* live: when all connections were looked at */
};

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
	engine->finding_counts = calloc(te_rule_count(), sizeof(uint64_t));
	if (!engine->flows || !engine->finding_counts) {
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
	free(engine->finding_counts);
	free(engine->transitions);
	live_free(&engine->live);
	free(engine);
}

/* ---- connections that may be over, by last segment ---- */

static void idle_unlink(struct te_engine *engine, struct conn *conn)
{
	if (!conn->queued)
		return;
	if (conn->idle_prev)
		conn->idle_prev->idle_next = conn->idle_next;
	else
		engine->idle_first = conn->idle_next;
	if (conn->idle_next)
		conn->idle_next->idle_prev = conn->idle_prev;
	else
		engine->idle_last = conn->idle_prev;
	conn->idle_prev = conn->idle_next = NULL;
	conn->queued = false;
}

static void idle_append(struct te_engine *engine, struct conn *conn)
{
	conn->idle_prev = engine->idle_last;
	conn->idle_next = NULL;
	if (engine->idle_last)
		engine->idle_last->idle_next = conn;
	else
		engine->idle_first = conn;
	engine->idle_last = conn;
	conn->queued = true;
}

static bool may_be_over(const struct conn *conn)
{
	const struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];

	return (a->fin_sent && b->fin_sent) || a->rst_frame || b->rst_frame;
}

static void idle_refresh(struct te_engine *engine, struct conn *conn)
{
	idle_unlink(engine, conn);
	if (may_be_over(conn))
		idle_append(engine, conn);
}

/* ---- telling ---- */

static void tell_transitions(struct te_engine *engine, struct conn *conn,
			     struct te_connection *view)
{
	if (!engine->config.keep_transitions)
		return;
	if (engine->config.live) {
		live_news(&engine->live, conn, conn, engine->now, view);
		return;
	}
	if (engine->transition_size < conn->log_count) {
		size_t size = conn->log_count + 32;
		void *grown =
		    realloc(engine->transitions, size * sizeof(*engine->transitions));

		if (!grown)
			return;
		engine->transitions = grown;
		engine->transition_size = size;
	}
	view->transitions = engine->transitions;
	view->transition_count = verdict_transitions(conn, engine->transitions);
}

static void count_connection(struct te_totals *totals, const struct te_connection *view)
{
	totals->opened[view->opened]++;
	totals->closed[view->closed]++;
	totals->states[TE_CLIENT][view->end[TE_CLIENT].state]++;
	totals->states[TE_SERVER][view->end[TE_SERVER].state]++;
	totals->quality.midstream += view->opened == TE_OPENED_MIDSTREAM;
	totals->quality.one_way +=
	    view->opened != TE_OPENED_UNANSWERED &&
	    (!view->end[TE_CLIENT].packets || !view->end[TE_SERVER].packets);
}

static void fill_peers(struct conn *conn, struct te_connection *view)
{
	view->zeek_state = peers_zeek_state(&conn->peers, conn->client);
	view->zeek_history = peers_zeek_history(&conn->peers, conn->client);
	view->completeness = peers_completeness(&conn->peers);
}

static void tell(struct te_engine *engine, struct conn *conn, te_time end, bool ongoing)
{
	struct te_finding findings[RULES_MAX];
	struct te_connection view;
	struct rule_view rules = { conn, &view, &engine->config, end, ongoing };

	verdict_fill(conn, &engine->config, &view);
	if (engine->config.keep_peers)
		fill_peers(conn, &view);
	view.findings = findings;
	view.finding_count = rules_check(&rules, findings);
	for (size_t i = 0; i < view.finding_count; i++) {
		size_t rule = rules_index(findings[i].rule);

		findings[i].told = conn->told_rules >> rule & 1;
		engine->finding_counts[rule]++;
		engine->totals.severities[findings[i].severity]++;
	}
	tell_transitions(engine, conn, &view);
	count_connection(&engine->totals, &view);
	engine->totals.quality.implied_gaps +=
	    conn->gaps + conn->end[SIDE_A].over_pending + conn->end[SIDE_B].over_pending;
	engine->totals.quality.duplicates += conn->duplicates;
	if (engine->sink.connection)
		engine->sink.connection(engine->sink.ctx, &view);
}

static void forget(struct te_engine *engine, struct conn *conn)
{
	idle_unlink(engine, conn);
	flow_remove(engine->flows, conn);
}

static void finish(struct te_engine *engine, struct conn *conn, te_time end, bool ongoing)
{
	if (conn->disowned) {
		engine->totals.connections--;
		forget(engine, conn);
		return;
	}
	conn_settle(conn, end);
	if (!ongoing && !conn->replaced)
		conn_expire(conn, engine->time_wait);
	tell(engine, conn, end, ongoing);
	forget(engine, conn);
}

/* ---- live: news of connections that go on ---- */

/* A finding is told once, when nothing has happened for so long that it is settled. */
static size_t fresh_findings(struct te_engine *engine, struct conn *conn,
			     const struct rule_view *rules, struct te_finding *findings)
{
	size_t count = 0, all;

	if (engine->now - conn->last < LIVE_QUIET)
		return 0;
	all = rules_check(rules, findings);
	for (size_t i = 0; i < all; i++) {
		size_t rule = rules_index(findings[i].rule);

		if (conn->told_rules >> rule & 1)
			continue;
		conn->told_rules |= (uint64_t)1 << rule;
		findings[count++] = findings[i];
	}
	return count;
}

static void tell_news(struct te_engine *engine, struct conn *conn)
{
	const struct conn *settled = live_trial(&engine->live, conn, engine->now);
	struct te_finding findings[RULES_MAX];
	struct te_connection view;
	struct rule_view rules = { settled, &view, &engine->config, engine->now, true };
	bool news;

	if (!settled || conn->disowned)
		return;
	verdict_fill(settled, &engine->config, &view);
	view.ongoing = true;
	view.findings = findings;
	view.finding_count = fresh_findings(engine, conn, &rules, findings);
	news = live_news(&engine->live, conn, settled, engine->now, &view);
	if ((news || view.finding_count) && engine->sink.connection)
		engine->sink.connection(engine->sink.ctx, &view);
}

/* Each connection is looked at again the later, the longer nothing happened to it. */
static void look_around(struct te_engine *engine)
{
	if (!engine->config.live || engine->now - engine->last_look < LIVE_PERIOD)
		return;
	engine->last_look = engine->now;
	for (struct conn *c = flow_first(engine->flows); c; c = c->next) {
		if (c->next_look > engine->now)
			continue;
		tell_news(engine, c);
		c->next_look = engine->now + LIVE_PERIOD + (engine->now - c->last) / 8;
	}
}

/* 2MSL after the last segment of a connection of which both ends are done. */
static void expire(struct te_engine *engine)
{
	struct conn *conn;

	while ((conn = engine->idle_first) &&
	       conn->last < engine->now - engine->time_wait) {
		if (conn_is_over(conn, engine->now))
			finish(engine, conn, engine->now, false);
		else
			idle_unlink(engine, conn);
	}
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
			  enum side from, uint64_t hash, const struct conn *older)
{
	struct conn *conn = flow_add(engine->flows, seg, hash);

	if (!conn)
		return NULL;
	conn_init(conn, seg, from);
	engine->totals.connections++;
	conn->number = ++engine->last_number;
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
		if (older->has_vlan != newest->has_vlan || older->vlan != newest->vlan)
			continue;
		older->replaced = true;
		older->taken[opener] = newest->first;
		older->taken[side_other(opener)] = engine->now;
		conn_prove_over(older, opener, newest->frame);
		finish(engine, older, engine->now, false);
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

static void tell_passing(struct te_engine *engine, const struct conn *conn,
			 enum side from, const struct te_segment *seg, bool duplicate,
			 uint64_t retransmits)
{
	const struct end *self = &conn->end[from], *peer = &conn->end[side_other(from)];
	struct te_passing passing = {
		.segment = seg,
		.connection = conn->number,
		.id = conn->id,
		.from = from == conn->client ? TE_CLIENT : TE_SERVER,
		.rel_seq = self->iss_known ? seg->seq - self->iss : seg->seq - self->base,
		.rel_ack = peer->iss_known ? seg->ack - peer->iss : seg->ack - peer->base,
		.duplicate = duplicate,
		.repeat = self->retransmits > retransmits,
	};

	if (engine->sink.passing)
		engine->sink.passing(engine->sink.ctx, &passing);
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
	idle_refresh(engine, conn);
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
	expire(engine);
	look_around(engine);
}

enum te_status te_engine_segment(struct te_engine *engine, const struct te_segment *seg)
{
	struct conn *newest, *conn;
	enum side from;
	uint64_t hash;

	if (engine->totals.start == TE_TIME_NONE)
		engine->totals.start = seg->time;
	advance(engine, seg->time);
	engine->totals.end = engine->now;
	engine->totals.tcp_packets++;
	engine->totals.quality.bad_checksums += !!(seg->has & TE_BAD_SUM);
	if (seg->has & TE_BAD_SUM && engine->config.checksum == TE_SUM_STRICT)
		return TE_OK;
	newest = flow_find(engine->flows, seg, &from, &hash);
	conn = route_find(newest, from, seg, engine->config.key);
	if (!conn)
		conn = begin(engine, seg, from, hash, newest);
	if (!conn)
		return TE_NO_MEMORY;
	if (conn != newest)
		check_disowned(newest, conn, from, seg);
	apply(engine, conn, from, seg);
	if (conn->older && route_answers(conn, from, seg)) {
		conn->disowned = false;
		replace_older(engine, conn, side_other(from));
	}
	return TE_OK;
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
	struct te_segment seg;
	enum te_status status;

	totals->packets++;
	if (totals->start == TE_TIME_NONE)
		totals->start = frame->time;
	status = decode_frame(frame, engine->config.checksum != TE_SUM_IGNORE, &seg);
	totals->tunnelled += !!(seg.has & (TE_TUNNELLED | TE_HAS_VLAN));
	count_frame(totals, status);
	if (status == TE_OK)
		return te_engine_segment(engine, &seg);
	if (engine->now == TE_TIME_NONE || frame->time > engine->now)
		totals->end = frame->time;
	return status;
}

void te_engine_tick(struct te_engine *engine, te_time now)
{
	if (engine->now == TE_TIME_NONE || now <= engine->now)
		return;
	engine->now = now;
	expire(engine);
	look_around(engine);
}

void te_engine_mark(struct te_engine *engine)
{
	for (struct conn *c = flow_first(engine->flows); c; c = c->next)
		verdict_mark(c);
}

void te_engine_finish(struct te_engine *engine)
{
	te_time end = engine->totals.end;
	struct conn *conn;

	if (end == TE_TIME_NONE || end < engine->now)
		end = engine->now;
	while ((conn = flow_first(engine->flows)))
		finish(engine, conn, end, true);
}

const struct te_totals *te_engine_totals(const struct te_engine *engine)
{
	return &engine->totals;
}

uint64_t te_engine_finding_count(const struct te_engine *engine, size_t rule)
{
	return engine->finding_counts[rule];
}
