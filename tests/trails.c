/* trails.c - is a connection that is kept as a trail told as a whole one?
 *
 * Every packet script runs without transitions and other tools' words, so that most are
 * trails until they are told and take the short ways; where connections without findings
 * are only counted (course.c); with them, so that each trail is played, segment by
 * segment; and where each connection is whole from the start. Where every second one
 * is followed, or wanted, it must be told as where all are. The scripts' own limits are
 * kept, and again with a TIME_WAIT that ends within the script.
 */
#include "corpus.h"
#include "run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 2048 };

struct lines {
	char (*text)[LINE];
	size_t count;
	bool steps, words; /* transitions, and other tools' words, are asked for */
	bool counted;      /* connections without findings: a line for all of them */
	bool followed;     /* the segments of every second one, too */
	bool wanted;       /* only every second one, which the engine knows, or ... */
	bool sorts_out;    /* ... we do */
	bool ended;        /* the input: from now on in order of numbers */
	uint64_t last, heard;
	unsigned swapped, passed;
};

struct pair {
	unsigned scripts, wrong;
	uint64_t connections;
};

/* clang-format off */
static const struct lines ways[] = {
	{ .counted = true },
	{ .steps = false, .words = false },
	{ .steps = false, .words = true },
	{ .steps = true,  .words = false },
	{ .steps = true,  .words = true },
	{ .followed = true },
	{ .followed = true, .words = true },
	{ .wanted = true },
	{ .wanted = true, .steps = true, .words = true },
	{ .wanted = true, .followed = true, .steps = true },
};
/* clang-format on */

static int put_end(char *to, size_t size, const struct te_end_view *end)
{
	return snprintf(
	    to, size,
	    " %02x%02x:%u state %d %d%d%d packets %" PRIu64 " bytes %" PRIu64
	    " again %" PRIu64 " since %" PRId64 " rtt %" PRId64 " unacked %" PRIu64,
	    end->addr.bytes[0], end->addr.bytes[3], end->port, (int)end->state,
	    end->certain, end->presumed, end->port_known, end->packets, end->bytes,
	    end->retransmits, end->since, end->rtt, end->unacked);
}

static int put_step(char *to, size_t size, const struct te_transition *step)
{
	return snprintf(to, size, " %d>%d(%" PRIu64 " %" PRIu64 " %d%d)", (int)step->from,
			(int)step->to, step->frame, step->proof, (int)step->basis,
			step->certain);
}

static bool is_second(void *ctx, uint64_t number, uint64_t id)
{
	(void)ctx;
	(void)id;
	return number % 2 == 1;
}

static void hear(void *ctx, const struct te_connection *c)
{
	struct lines *lines = ctx;
	char *line;
	int n;

	lines->swapped += lines->ended && c->number < lines->last;
	lines->last = c->number;
	if ((lines->counted && !c->finding_count) ||
	    (lines->sorts_out && !is_second(ctx, c->number, c->id)))
		return;
	lines->text = run_more(lines->text, lines->count, sizeof(*lines->text));
	line = lines->text[lines->count++];
	n = snprintf(line, LINE,
		     "#%" PRIu64 " %" PRIx64 " inc %u file %u frame %" PRIu64 " %" PRId64
		     "..%" PRId64 " opened %d closed %d in %u by %d until %" PRId64
		     " gone %" PRId64 " %" PRId64 ":",
		     c->number, c->id, c->incarnation, c->file, c->frame, c->first,
		     c->last, (int)c->opened, (int)c->closed, c->segments_to_close,
		     (int)c->first_closer, c->time_wait_until, c->gone[0], c->gone[1]);
	for (int end = TE_CLIENT; end <= TE_SERVER; end++)
		n += put_end(line + n, LINE - (size_t)n, &c->end[end]);
	if (lines->words)
		n += snprintf(line + n, LINE - (size_t)n, " %s %s %u", c->zeek_state,
			      c->zeek_history, c->completeness);
	for (size_t i = 0; i < c->transition_count; i++)
		n += put_step(line + n, LINE - (size_t)n, &c->transitions[i]);
	for (size_t i = 0; i < c->finding_count; i++)
		n += snprintf(line + n, LINE - (size_t)n, " %s(%u)",
			      c->findings[i].rule->id, c->findings[i].frame_count);
}

static void hear_passing(void *ctx, const struct te_passing *passing)
{
	const struct te_segment *seg = passing->segment;
	struct lines *lines = ctx;
	char *line;

	lines->heard++;
	if (!is_second(ctx, passing->connection, passing->id))
		return;
	lines->text = run_more(lines->text, lines->count, sizeof(*lines->text));
	line = lines->text[lines->count++];
	(void)snprintf(line, LINE,
		       "passing %u of #%" PRIu64 " frame %" PRIu64 " %" PRId64
		       " flags %x from %d seq %u ack %u twice %d again %d",
		       ++lines->passed, passing->connection, seg->frame, seg->time,
		       seg->flags, (int)passing->from, passing->rel_seq, passing->rel_ack,
		       passing->duplicate, passing->repeat);
}

/* Of a listener or a holder. */
static void hear_wide(void *ctx, const struct te_finding *f)
{
	struct lines *lines = ctx;
	char *line;

	lines->text = run_more(lines->text, lines->count, sizeof(*lines->text));
	line = lines->text[lines->count++];
	(void)snprintf(line, LINE,
		       "%s %d %d at %" PRId64 " value %.6f frames %" PRIu64 " %" PRIu64
		       ": %s",
		       f->rule->id, (int)f->severity, f->certain, f->time, f->value,
		       f->frames[0], f->frames[1], f->detail ? f->detail : "");
}

static void add_counts(char *line, const uint64_t *counts, size_t n)
{
	size_t used = strlen(line);

	for (size_t i = 0; i < n; i++)
		used +=
		    (size_t)snprintf(line + used, LINE - used, " %" PRIu64, counts[i]);
}

static void hear_totals(struct lines *lines, const struct te_totals *t)
{
	const struct te_quality *q = &t->quality;
	const uint64_t quality[] = { t->connections, q->implied_gaps, q->duplicates,
				     q->reordered,   q->midstream,    q->one_way };
	char *line;

	lines->text = run_more(lines->text, lines->count, sizeof(*lines->text));
	line = lines->text[lines->count++];
	(void)snprintf(line, LINE, "totals:");
	add_counts(line, quality, sizeof(quality) / sizeof(*quality));
	add_counts(line, t->opened, TE_OPENED_COUNT);
	add_counts(line, t->closed, TE_CLOSED_COUNT);
	add_counts(line, t->states[0], TE_STATE_COUNT);
	add_counts(line, t->states[1], TE_STATE_COUNT);
	add_counts(line, t->severities, TE_ERROR + 1);
}

/* Where all are followed, every segment must have been heard of. */
static void hear_missing(struct lines *lines, const struct te_totals *t, bool strict)
{
	uint64_t missing =
	    t->tcp_packets - lines->heard - (strict ? t->quality.bad_checksums : 0);

	add_counts(lines->text[lines->count - 1], &missing, missing != 0);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void play(const struct script *script, bool whole, double time_wait,
		 struct lines *lines)
{
	struct run run = { .script = script, .way = RUN_SEGMENTS };
	struct te_sink sink = { .ctx = lines, .connection = hear, .finding = hear_wide };
	struct te_config config;
	struct te_engine *engine;

	run_configure(&run, &config);
	config.keep_transitions = lines->steps;
	config.keep_peers = lines->words;
	config.keep_whole = whole;
	if (lines->counted && !whole)
		config.tell_first = 0;
	if (lines->followed) {
		sink.passing = hear_passing;
		sink.follows = whole ? NULL : is_second;
	}
	lines->sorts_out = lines->wanted && whole;
	if (lines->wanted && !whole)
		sink.wants = is_second;
	if (time_wait > 0)
		config.limits[TE_LIMIT_TIME_WAIT] = time_wait;
	engine = te_engine_new(&config, &sink);
	for (size_t i = 0; engine && i < script->item_count; i++)
		run_feed(engine, &script->items[i], run.way);
	lines->last = 0;
	lines->ended = true;
	if (engine) {
		te_engine_finish(engine);
		hear_totals(lines, te_engine_totals(engine));
		if (sink.passing && !sink.follows)
			hear_missing(lines, te_engine_totals(engine),
				     config.checksum == TE_SUM_STRICT);
	}
	te_engine_free(engine);
	if (lines->count)
		qsort(lines->text, lines->count, sizeof(*lines->text), compare);
}

static void check(struct pair *pair, const char *path, const struct script *script,
		  const struct lines *way, double time_wait)
{
	struct lines trails = *way, whole = *way;

	play(script, false, time_wait, &trails);
	play(script, true, time_wait, &whole);
	if (trails.count != whole.count) {
		printf("%s: %zu connections, whole %zu\n", path, trails.count,
		       whole.count);
		pair->wrong++;
	}
	if (trails.swapped) {
		printf("%s: %u not in the order of their numbers\n", path,
		       trails.swapped);
		pair->wrong++;
	}
	for (size_t i = 0; i < trails.count && i < whole.count; i++) {
		if (!strcmp(trails.text[i], whole.text[i]))
			continue;
		printf("%s:\n  trail %s\n  whole %s\n", path, trails.text[i],
		       whole.text[i]);
		pair->wrong++;
	}
	pair->connections += trails.count;
	free(trails.text);
	free(whole.text);
}

static void each(void *ctx, const char *path, const struct script *script)
{
	struct pair *pair = ctx;

	pair->scripts++;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		check(pair, path, script, &ways[i], 0);
		check(pair, path, script, &ways[i], 0.5);
	}
}

int main(void)
{
	struct pair pair = { 0 };

	if (!corpus_each(each, &pair))
		return 1;
	printf("%u scripts, %" PRIu64 " connections: %u differ\n", pair.scripts,
	       pair.connections, pair.wrong);
	return pair.wrong != 0 || !pair.connections;
}
