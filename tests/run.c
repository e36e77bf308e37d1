/* run.c - one run of the engine over a script
 *
 * A sink hears of a connection only when it ends, so what it told is kept until the
 * checks ask for it.
 */
#include "run.h"
#include "frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *run_more(void *array, size_t count, size_t size)
{
	array = realloc(array, (count + 1) * size);
	if (!array) {
		fputs("tests: out of memory\n", stderr);
		exit(2);
	}
	return array;
}

/* ---- the sink ------------------------------------------------------------ */

static void hear_finding(void *ctx, const struct te_finding *finding)
{
	struct run *run = ctx;

	run->heard = run_more(run->heard, run->heard_count, sizeof(*run->heard));
	run->heard[run->heard_count++] =
	    (struct heard){ .finding = *finding, .told = run->told_count };
	if (finding->connection)
		run->heard[run->heard_count - 1].wide = *finding->connection;
}

static void hear_connection(void *ctx, const struct te_connection *connection)
{
	struct run *run = ctx;
	struct told *told;

	for (size_t i = 0; i < connection->finding_count; i++)
		hear_finding(ctx, &connection->findings[i]);
	run->told = run_more(run->told, run->told_count, sizeof(*run->told));
	told = &run->told[run->told_count++];
	told->connection = *connection;
	told->steps = run_more(NULL, connection->transition_count, sizeof(*told->steps));
	for (size_t i = 0; i < connection->transition_count; i++)
		told->steps[i] = connection->transitions[i];
}

/* ---- running ------------------------------------------------------------- */

static bool set_word(struct te_config *config, const char *name, const char *word)
{
	static const struct {
		const char *name, *word;
		enum te_key key;
		enum te_checksum checksum;
	} words[] = {
		{ "key", "auto", TE_KEY_AUTO, 0 },
		{ "key", "vlan", TE_KEY_VLAN, 0 },
		{ "key", "novlan", TE_KEY_NOVLAN, 0 },
		{ "checksum", "ignore", 0, TE_SUM_IGNORE },
		{ "checksum", "count", 0, TE_SUM_COUNT },
		{ "checksum", "strict", 0, TE_SUM_STRICT },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(name, words[i].name) != 0 || strcmp(word, words[i].word) != 0)
			continue;
		if (name[0] == 'k')
			config->key = words[i].key;
		else
			config->checksum = words[i].checksum;
		return true;
	}
	return false;
}

static bool set_port(struct te_config *config, const struct script_named *set)
{
	bool low = strcmp(set->name, "port-low") == 0;

	if (!low && strcmp(set->name, "port-high") != 0)
		return false;
	*(low ? &config->port_low : &config->port_high) = (uint16_t)set->value;
	return true;
}

static bool set_limit(struct te_config *config, const struct script_named *set)
{
	for (unsigned i = 0; i < TE_LIMIT_COUNT; i++)
		if (strcmp(te_limit_row((enum te_limit)i)->name, set->name) == 0) {
			config->limits[i] = set->value;
			return true;
		}
	return set_port(config, set) || set_word(config, set->name, set->word);
}

void run_complain(struct run *run, unsigned line)
{
	static const char *const ways[] = { "", "as bytes: ", "live: " };

	run->failed = true;
	if (line)
		printf("%s:%u: %s", run->path, line, ways[run->way]);
	else
		printf("%s: %s", run->path, ways[run->way]);
}

void run_configure(struct run *run, struct te_config *config)
{
	te_config_init(config);
	config->keep_transitions = true;
	config->live = run->way == RUN_LIVE;
	config->seed[0] = 1;
	config->seed[1] = 2;
	for (size_t i = 0; i < run->script->item_count; i++) {
		const struct script_item *item = &run->script->items[i];

		if (item->kind == SCRIPT_SET && !set_limit(config, &item->u.named)) {
			run_complain(run, item->line);
			printf("cannot set %s=%s\n", item->u.named.name,
			       item->u.named.word);
		}
	}
}

/* The bytes stand alone on the heap, so that a sanitizer sees a step beyond them. */
static void feed_frame(struct te_engine *engine, const struct script_segment *s)
{
	static struct frame frame;
	struct te_frame told = { .time = s->segment.time,
				 .number = s->segment.frame,
				 .file = s->segment.file,
				 .linktype = FRAME_LINKTYPE };
	uint8_t *bytes;

	frame_build(&frame, s, false);
	bytes = run_more(NULL, frame.caplen - 1, 1);
	memcpy(bytes, frame.bytes, frame.caplen);
	told.bytes = bytes;
	told.caplen = (uint32_t)frame.caplen;
	told.len = (uint32_t)frame.len;
	te_engine_frame(engine, &told);
	free(bytes);
}

void run_feed(struct te_engine *engine, const struct script_item *item, enum run_way way)
{
	if (item->kind == SCRIPT_TICK)
		te_engine_tick(engine, item->time);
	else if (item->kind != SCRIPT_SEGMENT || item->u.segment.lost)
		return;
	else if (way == RUN_BYTES || !frame_is_readable(&item->u.segment))
		feed_frame(engine, &item->u.segment);
	else
		te_engine_segment(engine, &item->u.segment.segment);
}

void run_start(struct run *run, enum run_way way, const char *path,
	       const struct script *script, unsigned line)
{
	const struct te_sink sink = { .ctx = run,
				      .connection = hear_connection,
				      .finding = hear_finding };
	struct te_config config;
	struct te_engine *engine;

	memset(run, 0, sizeof(*run));
	run->script = script;
	run->way = way;
	run->path = path;
	run_configure(run, &config);
	engine = te_engine_new(&config, &sink);
	if (!engine) {
		run_complain(run, 0);
		puts("no engine");
		return;
	}
	for (size_t i = 0; i < script->item_count && script->items[i].line < line; i++)
		run_feed(engine, &script->items[i], way);
	te_engine_finish(engine);
	run->totals = *te_engine_totals(engine);
	te_engine_free(engine);
}

void run_stop(struct run *run)
{
	for (size_t i = 0; i < run->told_count; i++)
		free(run->told[i].steps);
	free(run->told);
	free(run->heard);
}

/* ---- whose is whose ------------------------------------------------------ */

static bool is_end(const struct script_conn *conn, unsigned side,
		   const struct te_end_view *end)
{
	return conn->port[side] == end->port &&
	       memcmp(&conn->addr[side], &end->addr, sizeof(end->addr)) == 0;
}

bool run_is_conn(const struct script_conn *conn, const struct te_connection *c)
{
	bool same_vlan = !c->has_vlan || !conn->has_vlan || c->vlan == conn->vlan;
	const struct te_end_view *client = &c->end[TE_CLIENT];
	const struct te_end_view *server = &c->end[TE_SERVER];

	return same_vlan && conn->ip_version == c->ip_version &&
	       ((is_end(conn, SCRIPT_A, client) && is_end(conn, SCRIPT_B, server)) ||
		(is_end(conn, SCRIPT_B, client) && is_end(conn, SCRIPT_A, server)));
}

enum te_end run_end_of(const struct script_conn *conn, const struct te_connection *c,
		       unsigned side)
{
	return is_end(conn, side, &c->end[TE_CLIENT]) &&
		       is_end(conn, !side, &c->end[TE_SERVER]) &&
		       (side == SCRIPT_A || !is_end(conn, side, &c->end[TE_SERVER]))
		   ? TE_CLIENT
		   : TE_SERVER;
}

/* How many on the same addresses began before it, itself included. */
static uint32_t rank_of(const struct run *run, const struct script_conn *conn,
			const struct te_connection *c)
{
	uint32_t rank = 0;

	for (size_t i = 0; i < run->told_count; i++)
		rank += run_is_conn(conn, &run->told[i].connection) &&
			run->told[i].connection.number <= c->number;
	return rank;
}

const struct told *run_find(struct run *run, const struct script_item *item,
			    uint32_t which)
{
	const struct script_conn *conn = &run->script->conns[item->conn];
	const struct told *found = NULL;

	for (size_t i = 0; i < run->told_count; i++) {
		const struct te_connection *c = &run->told[i].connection;

		if (!run_is_conn(conn, c))
			continue;
		if (which ? rank_of(run, conn, c) == which
			  : !found || c->number > found->connection.number)
			found = &run->told[i];
	}
	if (!found) {
		run_complain(run, item->line);
		printf("no such connection was told (%zu were)\n", run->told_count);
	}
	return found;
}

/* ---- reports ------------------------------------------------------------- */

void run_print_finding(struct run *run, const struct heard *heard)
{
	const struct te_finding *f = &heard->finding;
	const char *end = te_end_name(f->end);

	printf("%s %s %s %s%s", f->rule->id, end ? end : "-",
	       te_severity_name(f->severity), f->certain ? "certain" : "uncertain",
	       f->still ? " still" : "");
	for (unsigned i = 0; i < f->frame_count; i++)
		printf(" line %u", script_line_of(run->script, f->frames[i]));
	for (unsigned i = 0; i < f->also_count; i++)
		printf(" also %s", f->also[i]->id);
	putchar('\n');
}

static void print_step(struct run *run, const struct te_connection *c,
		       const struct te_transition *step)
{
	const char *from = te_state_name((enum te_state)step->from);
	unsigned line = script_line_of(run->script, step->frame);
	unsigned proof = script_line_of(run->script, step->proof);

	printf("    %5u %s %9.6f %-6s %s > %s %s%s", line, line ? "line" : "    ",
	       (double)(step->time - c->first) / (double)TE_SEC,
	       te_end_name((enum te_end)step->end), from,
	       te_state_name((enum te_state)step->to),
	       te_basis_name((enum te_basis)step->basis),
	       step->certain ? "" : " uncertain");
	if (proof)
		printf(" by line %u", proof);
	printf(" %s\n", step->rfc ? step->rfc : "-");
}

void run_print(struct run *run)
{
	for (size_t i = 0; i < run->told_count; i++) {
		const struct te_connection *c = &run->told[i].connection;

		printf("  connection %llu/%u from line %u: opened %s, closed %s\n",
		       (unsigned long long)c->number, c->incarnation,
		       script_line_of(run->script, c->frame), te_opened_name(c->opened),
		       te_closed_name(c->closed));
		for (size_t k = 0; k < c->transition_count; k++)
			print_step(run, c, &run->told[i].steps[k]);
	}
	for (size_t i = 0; i < run->heard_count; i++) {
		printf("  ! ");
		run_print_finding(run, &run->heard[i]);
	}
}
