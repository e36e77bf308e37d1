/* run-live.c - a script as a live capture: listen to what the engine tells as time passes
 *
 * It tells what it knows by then, nothing twice, and takes back only what it told.
 */
#include "run-live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void live_complain(struct live_run *live, const struct te_connection *c)
{
	run_complain(live->file, 0);
	printf("connection %llu: ", (unsigned long long)c->number);
}

/* ---- the sink ------------------------------------------------------------ */

struct live_conn *live_find(struct live_run *live, uint64_t number)
{
	for (size_t i = 0; i < live->conn_count; i++)
		if (live->conns[i].last.number == number)
			return &live->conns[i];
	return NULL;
}

static struct live_conn *conn_of(struct live_run *live, const struct te_connection *c)
{
	struct live_conn *conn = live_find(live, c->number);

	if (conn)
		return conn;
	live->conns = run_more(live->conns, live->conn_count, sizeof(*live->conns));
	conn = &live->conns[live->conn_count++];
	memset(conn, 0, sizeof(*conn));
	return conn;
}

static void print_transition(struct live_run *live, const struct te_connection *c,
			     size_t n, const struct te_transition *step)
{
	printf("    %llu n %zu line %u %s %s > %s %s\n", (unsigned long long)c->number, n,
	       script_line_of(live->file->script, step->frame),
	       te_end_name((enum te_end)step->end),
	       te_state_name((enum te_state)step->from),
	       te_state_name((enum te_state)step->to),
	       te_basis_name((enum te_basis)step->basis));
}

static void hear_revision(struct live_run *live, struct live_conn *conn,
			  const struct te_connection *c)
{
	const struct te_revision *revision = c->revision;
	struct live_revision *kept;

	live->revisions =
	    run_more(live->revisions, live->revision_count, sizeof(*live->revisions));
	kept = &live->revisions[live->revision_count++];
	*kept = (struct live_revision){ .number = c->number, .voids = revision->count };
	snprintf(kept->why, sizeof(kept->why), "%s", revision->why);
	for (size_t i = 0; i < revision->count; i++) {
		uint32_t n = revision->voids[i];

		if (live->verbose)
			printf("    %llu void %u: %s\n", (unsigned long long)c->number, n,
			       revision->why);
		if (n == 0 || n > conn->step_count || conn->steps[n - 1].is_void) {
			live_complain(live, c);
			printf("transition %u is not told, or void already\n", n);
			continue;
		}
		conn->steps[n - 1].is_void = true;
	}
}

static void hear_steps(struct live_run *live, struct live_conn *conn,
		       const struct te_connection *c)
{
	if (c->told != conn->step_count) {
		live_complain(live, c);
		printf("%zu transitions were told, it says %zu\n", conn->step_count,
		       c->told);
	}
	for (size_t i = 0; i < c->transition_count; i++) {
		conn->steps =
		    run_more(conn->steps, conn->step_count, sizeof(*conn->steps));
		conn->steps[conn->step_count++] =
		    (struct live_step){ .step = c->transitions[i] };
		if (live->verbose)
			print_transition(live, c, conn->step_count, &c->transitions[i]);
	}
}

/* Told of one end, it may be of both by the end: a count goes on. */
static bool is_of(const struct te_finding *told, const struct te_finding *finding)
{
	return told->rule == finding->rule &&
	       (told->end == finding->end || finding->end == TE_NO_END);
}

struct live_finding *live_find_finding(struct live_conn *conn,
				       const struct te_finding *finding)
{
	for (size_t i = 0; i < conn->finding_count; i++)
		if (is_of(&conn->findings[i].finding, finding))
			return &conn->findings[i];
	return NULL;
}

static void hear_finding(struct live_run *live, struct live_conn *conn,
			 const struct te_connection *c, const struct te_finding *finding)
{
	const struct live_finding *before = live_find_finding(conn, finding);

	if (finding->told != (before != NULL)) {
		live_complain(live, c);
		printf("%s is marked as %s\n", finding->rule->id,
		       before ? "new, and was told" : "told, and was not");
	}
	if (before)
		return;
	conn->findings =
	    run_more(conn->findings, conn->finding_count, sizeof(*conn->findings));
	conn->findings[conn->finding_count++] =
	    (struct live_finding){ .finding = *finding, .early = c->ongoing };
	if (live->verbose)
		printf("    %llu ! %s%s\n", (unsigned long long)c->number,
		       finding->rule->id, c->ongoing ? "" : " at the end");
}

static void hear(void *ctx, const struct te_connection *c)
{
	struct live_run *live = ctx;
	struct live_conn *conn = conn_of(live, c);

	conn->last = *c;
	if (conn->over) {
		live_complain(live, c);
		puts("told again after its end");
	}
	conn->over = !c->ongoing;
	if (c->revision)
		hear_revision(live, conn, c);
	hear_steps(live, conn, c);
	for (size_t i = 0; i < c->finding_count; i++)
		hear_finding(live, conn, c, &c->findings[i]);
}

/* ---- running ------------------------------------------------------------- */

/* Every 250 ms, as a capture that waits for packets does; coarser in long gaps. */
static void pass_time(struct te_engine *engine, te_time from, te_time to)
{
	te_time gap = to - from, period = 250 * TE_MS;

	if (gap > 120 * TE_SEC)
		period = gap / 480;
	for (te_time now = from + period; now < to; now += period)
		te_engine_tick(engine, now);
}

void live_run(struct live_run *live)
{
	const struct te_sink sink = { .ctx = live, .connection = hear };
	const struct script *script = live->file->script;
	struct te_config config;
	struct te_engine *engine;
	te_time now = TE_TIME_NONE;

	run_configure(live->file, &config);
	engine = te_engine_new(&config, &sink);
	if (!engine) {
		run_complain(live->file, 0);
		puts("no engine");
		return;
	}
	for (size_t i = 0; i < script->item_count; i++) {
		if (now != TE_TIME_NONE)
			pass_time(engine, now, script->items[i].time);
		if (now == TE_TIME_NONE || script->items[i].time > now)
			now = script->items[i].time;
		run_feed(engine, &script->items[i], RUN_LIVE);
	}
	te_engine_finish(engine);
	te_engine_free(engine);
}

void live_release(struct live_run *live)
{
	for (size_t i = 0; i < live->conn_count; i++) {
		free(live->conns[i].steps);
		free(live->conns[i].findings);
	}
	free(live->conns);
	free(live->revisions);
}
