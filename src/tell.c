/* tell.c - from a connection to what the sink is told of it
 *
 * Once when it is over or the input ends; live, also whenever there is news of it.
 */
#include "crowd.h"
#include "engine.h"
#include "transfer.h"

#include <stdlib.h>

/* Live: how often all connections are looked at, how long one must have been quiet before
 * its findings are told, and how often listeners are looked at. */
static const te_time LIVE_PERIOD = 250 * TE_MS, LIVE_QUIET = 1500 * TE_MS,
		     CROWD_PERIOD = TE_SEC;

static void tell_transitions(struct te_engine *engine, struct conn *conn,
			     struct te_connection *view)
{
	if (!conn->keep_log)
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

void tell_count(struct te_engine *engine, const struct te_connection *view,
		uint64_t times)
{
	struct te_totals *totals = &engine->totals;
	bool one_way = view->opened != TE_OPENED_UNANSWERED &&
		       (!view->end[TE_CLIENT].packets || !view->end[TE_SERVER].packets);

	totals->opened[view->opened] += times;
	totals->closed[view->closed] += times;
	totals->states[TE_CLIENT][view->end[TE_CLIENT].state] += times;
	totals->states[TE_SERVER][view->end[TE_SERVER].state] += times;
	totals->quality.midstream += view->opened == TE_OPENED_MIDSTREAM ? times : 0;
	totals->quality.one_way += one_way ? times : 0;
}

static void fill_peers(struct conn *conn, struct te_connection *view)
{
	view->zeek_state = peers_zeek_state(&conn->peers, conn->client);
	view->zeek_history = peers_zeek_history(&conn->peers, conn->client);
	view->completeness = peers_completeness(&conn->peers);
}

static struct rule_view rule_view(const struct te_engine *engine, const struct conn *conn,
				  const struct te_connection *verdict, te_time end,
				  bool ongoing)
{
	return (struct rule_view){ .conn = conn,
				   .verdict = verdict,
				   .config = &engine->config,
				   .start = engine->totals.start,
				   .end = end,
				   .ongoing = ongoing };
}

/* Of the rule in that place of the catalogue. */
static void count_finding(struct te_engine *engine, const struct te_finding *finding,
			  size_t place)
{
	engine->finding_counts[place]++;
	engine->totals.severities[finding->severity]++;
}

/* Of a listener that leaves many in CLOSE_WAIT, each is an error. */
static bool weigh_stuck(struct te_engine *engine, const struct conn *conn,
			struct te_finding *findings, size_t count)
{
	double many = engine->config.limits[TE_LIMIT_CLOSE_WAIT_MANY];

	for (size_t i = 0; i < count; i++) {
		if (!findings[i].rule->crowded || findings[i].end != TE_SERVER)
			continue;
		if (findings[i].still && crowd_stuck(engine->crowd, conn) >= many)
			findings[i].severity = TE_ERROR;
		return true;
	}
	return false;
}

/* Severities, and what was told of them before; true if its server did not close. */
static bool weigh(struct te_engine *engine, const struct conn *conn,
		  struct te_finding *findings, const uint8_t *places, size_t count)
{
	bool stuck = weigh_stuck(engine, conn, findings, count);

	for (size_t i = 0; i < count; i++) {
		count_finding(engine, &findings[i], places[i]);
		findings[i].told = conn->told_rules >> places[i] & 1;
	}
	return stuck;
}

static bool is_wanted(const struct te_engine *engine, const struct conn *conn, bool found)
{
	return conn->wanted && (found || conn->number <= engine->config.tell_first);
}

bool tell_unfound(struct te_engine *engine, const struct conn *conn,
		  const struct te_connection *view, te_time end, bool ongoing)
{
	struct rule_view rules = rule_view(engine, conn, view, end, ongoing);

	if (is_wanted(engine, conn, false) || rules_facts(&rules))
		return false;
	crowd_connection(engine->crowd, &rules, false);
	tell_count(engine, view, 1);
	return true;
}

void tell_settled(struct te_engine *engine, const struct conn *conn,
		  struct te_connection *view, te_time end, bool ongoing)
{
	struct te_finding findings[RULES_MAX];
	uint8_t places[RULES_MAX];
	struct rule_view rules = rule_view(engine, conn, view, end, ongoing);
	bool stuck = false;

	view->findings = findings;
	view->finding_count = rules_check(engine->rules, &rules, findings, places);
	if (view->finding_count)
		stuck = weigh(engine, conn, findings, places, view->finding_count);
	crowd_connection(engine->crowd, &rules, stuck);
	tell_count(engine, view, 1);
	if (engine->sink.connection && is_wanted(engine, conn, view->finding_count))
		engine->sink.connection(engine->sink.ctx, view);
}

void tell_connection(struct te_engine *engine, struct conn *conn, te_time end,
		     bool ongoing)
{
	struct te_quality *quality = &engine->totals.quality;
	struct te_connection view;

	verdict_fill(conn, engine->time_wait, &view);
	if (conn->keep_words)
		fill_peers(conn, &view);
	tell_transitions(engine, conn, &view);
	quality->implied_gaps += transfer_gaps(conn);
	quality->duplicates += conn->duplicates;
	if (conn->transfer)
		quality->reordered += transfer_sum(conn, TRANSFER_OUT_OF_ORDER);
	tell_settled(engine, conn, &view, end, ongoing);
}

/* A finding is told once, when nothing has happened for so long that it is settled. */
static size_t fresh_findings(struct te_engine *engine, struct conn *conn,
			     const struct rule_view *rules, struct te_finding *findings)
{
	uint8_t places[RULES_MAX];
	size_t count = 0, all;

	if (engine->now - conn->last < LIVE_QUIET || !live_is_settled(rules->conn))
		return 0;
	all = rules_check(engine->rules, rules, findings, places);
	for (size_t i = 0; i < all; i++) {
		if (conn->told_rules >> places[i] & 1)
			continue;
		conn->told_rules |= (uint64_t)1 << places[i];
		findings[count++] = findings[i];
	}
	return count;
}

/* What was told of a connection that is none after all is void. */
void tell_disowned(struct te_engine *engine, struct conn *conn)
{
	struct te_connection view;

	if (!conn->told_count)
		return;
	verdict_fill(conn, engine->time_wait, &view);
	view.ongoing = true;
	conn->log_count = 0;
	if (live_news(&engine->live, conn, conn, engine->now, &view) &&
	    engine->sink.connection)
		engine->sink.connection(engine->sink.ctx, &view);
}

void tell_news(struct te_engine *engine, struct conn *conn)
{
	const struct conn *settled = live_trial(&engine->live, conn, engine->now);
	struct te_finding findings[RULES_MAX];
	struct te_connection view;
	struct rule_view rules = rule_view(engine, settled, &view, engine->now, true);
	bool news;

	if (!settled || conn->disowned || !conn->wanted)
		return;
	verdict_fill(settled, engine->time_wait, &view);
	view.ongoing = true;
	view.findings = findings;
	view.finding_count = fresh_findings(engine, conn, &rules, findings);
	weigh_stuck(engine, conn, findings, view.finding_count);
	news = live_news(&engine->live, conn, settled, engine->now, &view);
	if ((news || view.finding_count) && engine->sink.connection)
		engine->sink.connection(engine->sink.ctx, &view);
}

/* ---- wider than one connection ---- */

static void tell_wide(void *ctx, const struct te_finding *finding)
{
	struct te_engine *engine = ctx;

	if (engine->sink.finding)
		engine->sink.finding(engine->sink.ctx, finding);
}

/* Live, a flood was told while it lasted, and is not told twice. */
static void tell_and_count(void *ctx, const struct te_finding *finding)
{
	count_finding(ctx, finding, rules_index(finding->rule));
	if (!finding->told)
		tell_wide(ctx, finding);
}

void tell_crowd(struct te_engine *engine)
{
	crowd_tell(engine->crowd, tell_and_count, engine);
}

static void tell_crowd_now(struct te_engine *engine)
{
	if (engine->now - engine->last_crowd < CROWD_PERIOD)
		return;
	engine->last_crowd = engine->now;
	crowd_look(engine->crowd, flow_first(engine->flows), engine->now);
	crowd_tell_now(engine->crowd, engine->now, tell_wide, engine);
}

/* Each connection is looked at again the later, the longer nothing happened to it. */
void tell_all_news(struct te_engine *engine)
{
	if (!engine->config.live || engine->now - engine->last_look < LIVE_PERIOD)
		return;
	engine->last_look = engine->now;
	tell_crowd_now(engine);
	for (struct conn *c = flow_first(engine->flows); c; c = c->next) {
		if (c->next_look > engine->now)
			continue;
		tell_news(engine, c);
		c->next_look = engine->now + LIVE_PERIOD + (engine->now - c->last) / 8;
	}
}

void tell_passing(struct te_engine *engine, const struct conn *conn, enum side from,
		  const struct te_segment *seg, bool duplicate, uint64_t retransmits)
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

	engine->sink.passing(engine->sink.ctx, &passing);
}
