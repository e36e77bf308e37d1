/* shortcuts.c - do the short ways leave a connection as the rules do?
 *
 * Each segment of every packet script goes to two connections: to one by conn_segment(),
 * which may take a short way, to the other by the rules alone. They are the same, byte
 * for byte, after each of them, and so are their logs. So is what start.c makes of a
 * trail of the segments so far, with as many of them as it took.
 */
#include "../src/flow.h"
#include "../src/start.h"
#include "../src/trails.h"
#include "../src/transfer.h"
#include "corpus.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All segments on the same addresses, and the connections that they make. */
struct talk {
	const char *path;
	const struct te_segment **segments;
	struct conn *ruled; /* by the rules alone, after each segment, with their logs */
	size_t count;
};

struct result {
	size_t segments, by_trail, wrong;
};

static void complain(struct result *result, const struct talk *talk, size_t n,
		     const char *what)
{
	printf("%s: frame %llu: %s\n", talk->path,
	       (unsigned long long)talk->segments[n - 1]->frame, what);
	result->wrong++;
}

/* ---- one connection and another ---- */

/* What is between its fields may be anything. */
static void reduce_question(const struct question *question, struct question *to)
{
	memset(to, 0, sizeof(*to));
	to->time = question->time;
	to->frame = question->frame;
	to->file = question->file;
	to->seq = question->seq;
	to->pending = question->pending;
}

/* Two that lived the same may differ in where log, notes and events are kept, of which
 * the last two's number will do, and in receipts that are gone. */
static void reduce(const struct conn *conn, struct conn *to)
{
	memcpy(to, conn, sizeof(*to));
	memset(&to->receipts[to->receipt_count], 0,
	       (size_t)(CONN_RECEIPTS - to->receipt_count) * sizeof(*to->receipts));
	for (int i = 0; i < 2; i++)
		reduce_question(&conn->challenged[i], &to->challenged[i]);
	to->log = NULL;
	to->log_size = 0;
	to->notes = NULL;
	to->transfer = NULL;
	if (conn->transfer)
		to->told_count = 1 + conn->transfer->tally_count;
}

static bool has_same_log(const struct conn *a, const struct conn *b)
{
	const size_t said = offsetof(struct log_entry, certain) + sizeof(bool);

	for (uint32_t i = 0; i < a->log_count; i++)
		if (memcmp(&a->log[i], &b->log[i], said) != 0)
			return false;
	return true;
}

static bool is_same(const struct conn *a, const struct conn *b)
{
	struct conn x, y;

	reduce(a, &x);
	reduce(b, &y);
	return !memcmp(&x, &y, sizeof(x)) && has_same_log(a, b);
}

static void prepare(struct conn *conn, const struct te_segment *first)
{
	enum side from = flow_side(first);

	memset(conn, 0, sizeof(*conn));
	flow_set_key(conn, first, from);
	conn_init(conn, first, from);
	conn->keep_log = true;
}

/* ---- segment by segment ---- */

static void keep_ruled(const struct conn *ruled, struct conn *to)
{
	reduce(ruled, to);
	to->log = calloc(ruled->log_count + 1, sizeof(*to->log));
	if (!to->log)
		abort();
	if (ruled->log_count)
		memcpy(to->log, ruled->log, ruled->log_count * sizeof(*to->log));
}

static void walk(struct result *result, struct talk *talk)
{
	struct conn brief, ruled;

	prepare(&brief, talk->segments[0]);
	prepare(&ruled, talk->segments[0]);
	for (size_t n = 0; n < talk->count; n++) {
		const struct te_segment *seg = talk->segments[n];

		(void)conn_segment(&brief, flow_side(seg), seg, TE_MS);
		(void)conn_ask_rules(&ruled, flow_side(seg), seg, TE_MS);
		if (!is_same(&brief, &ruled))
			complain(result, talk, n + 1, "the short way is another");
		keep_ruled(&ruled, &talk->ruled[n]);
	}
	result->segments += talk->count;
	conn_release(&brief);
	conn_release(&ruled);
}

/* ---- trails ---- */

/* NULL: they are not kept so. */
static struct trail *keep(struct trails *trails, const struct talk *talk, size_t count)
{
	struct trails_place place;
	struct trails_found found;

	trails_begin_place(&place, 0);
	if (!trails_begin(trails, talk->segments[0], &place, 1))
		return NULL;
	for (size_t i = 1; i < count; i++) {
		const struct te_segment *seg = talk->segments[i];

		found = trails_find(trails, seg, &place);
		if (!found.trail || !trails_append(trails, found.trail, seg, found.from))
			return NULL;
	}
	return trails_find(trails, talk->segments[0], &place).trail;
}

static size_t count_left(struct start *start)
{
	size_t left = 0;

	for (; start->from >= 0; left++)
		start->from = trail_next(&start->reader, start->seg);
	return left;
}

static void start(struct result *result, const struct talk *talk, size_t count)
{
	struct trails *trails = trails_new(false);
	struct trail *trail = trails ? keep(trails, talk, count) : NULL;
	struct start start;
	struct conn conn;
	size_t taken;

	if (trail) {
		start_begin(&start, trail);
		prepare(&conn, start.seg);
		start_apply(&start, &conn, flow_side(talk->segments[0]), false);
		taken = count - count_left(&start);
		if (taken && !is_same(&conn, &talk->ruled[taken - 1]))
			complain(result, talk, taken, "the start is another");
		result->by_trail += taken;
		conn_release(&conn);
	}
	trails_free(trails);
}

static bool is_kept(const struct te_segment *first)
{
	return (first->flags & (TE_SYN | TE_ACK | TE_FIN | TE_RST)) == TE_SYN;
}

/* ---- all scripts ---- */

static void collect(struct talk *talk, const struct script *script, unsigned conn)
{
	for (size_t i = 0; i < script->item_count; i++) {
		const struct script_item *item = &script->items[i];

		if (item->kind == SCRIPT_SEGMENT && !item->u.segment.lost &&
		    item->conn == conn)
			talk->segments[talk->count++] = &item->u.segment.segment;
	}
}

static void each(void *ctx, const char *path, const struct script *script)
{
	struct talk talk = { .path = path };

	talk.segments = calloc(script->item_count, sizeof(*talk.segments));
	talk.ruled = calloc(script->item_count, sizeof(*talk.ruled));
	for (unsigned i = 0; talk.segments && talk.ruled && i < script->conn_count; i++) {
		talk.count = 0;
		collect(&talk, script, i);
		if (talk.count)
			walk(ctx, &talk);
		for (size_t n = 1; n <= talk.count && is_kept(talk.segments[0]); n++)
			start(ctx, &talk, n);
		for (size_t n = 0; n < talk.count; n++)
			free(talk.ruled[n].log);
	}
	free(talk.segments);
	free(talk.ruled);
}

int main(void)
{
	struct result result = { 0 };

	if (!corpus_each(each, &result))
		return 1;
	printf("%zu segments, %zu by trails: %zu differ\n", result.segments,
	       result.by_trail, result.wrong);
	return result.wrong != 0 || !result.by_trail;
}
