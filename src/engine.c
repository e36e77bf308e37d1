/* engine.c - the way of a frame through the core
 *
 * decode -> find or begin its connection and apply it (segment.c) -> tell the connections
 * that are over. From a file nothing settles before the connection or the input ends, so
 * nothing that was told is ever taken back.
 */
#include "engine.h"
#include "attempt.h"
#include "course.h"
#include "crowd.h"
#include "decode.h"
#include "decode_plain.h"
#include "flow.h"
#include "siphash.h"

#include <stdlib.h>
#include <string.h>

static te_time limit_of(const struct te_config *config, enum te_limit limit)
{
	return (te_time)(config->limits[limit] * (double)TE_SEC);
}

static bool make_stencils(struct te_engine *engine)
{
	for (int evicted = 0; evicted <= !!engine->config.max_memory; evicted++) {
		engine->attempts[evicted] = attempts_new(evicted);
		engine->courses[evicted] = courses_new(evicted);
		if (!engine->attempts[evicted] || !engine->courses[evicted])
			return false;
	}
	return true;
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
	engine->next_expiry = engine->idle_until = INT64_MAX;
	engine->time_wait = limit_of(config, TE_LIMIT_TIME_WAIT);
	engine->duplicate_limit = limit_of(config, TE_LIMIT_DUPLICATE);
	engine->hurried = !config->live;
	engine->keeps_trails =
	    engine->hurried && !config->keep_whole && (!sink->passing || sink->follows);
	engine->flows = flow_new(config->seed);
	engine->trails = trails_new(config->keep_peers);
	engine->stage = calloc(1, sizeof(*engine->stage));
	engine->crowd = crowd_new(&engine->config);
	engine->rules = rules_new();
	engine->overlap = overlap_new();
	engine->finding_counts = calloc(te_rule_count(), sizeof(uint64_t));
	if (!engine->flows || !engine->trails || !engine->stage ||
	    !make_stencils(engine) || !engine->crowd || !engine->rules ||
	    !engine->overlap || !engine->finding_counts) {
		te_engine_free(engine);
		return NULL;
	}
	if (config->max_memory)
		trails_be_thrifty(engine->trails);
	return engine;
}

void te_engine_free(struct te_engine *engine)
{
	if (!engine)
		return;
	flow_free(engine->flows);
	trails_free(engine->trails);
	if (engine->stage)
		conn_release(engine->stage);
	free(engine->stage);
	for (int evicted = 0; evicted < 2; evicted++) {
		free(engine->attempts[evicted]);
		free(engine->courses[evicted]);
	}
	free(engine->rules);
	crowd_free(engine->crowd);
	overlap_free(engine->overlap);
	free(engine->finding_counts);
	free(engine->transitions);
	live_free(&engine->live);
	free(engine);
}

/* ---- a connection ---- */

uint64_t engine_id(const struct te_engine *engine, const struct te_segment *first,
		   enum side from)
{
	static const uint64_t key[2] = { 0x7463700000000001u, 0x656e647300000001u };
	bool back = from == SIDE_B;
	uint64_t ports[2] = { first->src_port, first->dst_port }, words[6];

	if (!engine->config.keep_ids)
		return 0;
	memcpy(words, (back ? &first->dst : &first->src)->bytes, 16);
	memcpy(words + 2, (back ? &first->src : &first->dst)->bytes, 16);
	words[4] = ports[back] << 32 | ports[!back] << 16 |
		   (first->has & TE_HAS_VLAN ? first->vlan | 0x8000u : 0);
	words[5] = (uint64_t)first->time;
	return siphash_words(key, words, 6);
}

bool engine_follows(const struct te_engine *engine, uint64_t number, uint64_t id)
{
	const struct te_sink *sink = &engine->sink;

	return sink->passing && (!sink->follows || sink->follows(sink->ctx, number, id));
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
	conn->incarnation = older ? older->incarnation + 1 : 1;
	conn->id = engine_id(engine, seg, from);
	conn->wanted = engine_wants(engine, number, conn->id);
	conn->keep_log = conn->wanted && engine->config.keep_transitions;
	conn->keep_words = conn->wanted && engine->config.keep_peers;
}

/* ---- segments and frames ---- */

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

/* It was not seen lately. */
__attribute__((noinline)) static void seek_further(struct te_engine *engine,
						   struct engine_ahead *ahead)
{
	flow_seek_slot(engine->flows, &ahead->segment, &ahead->place);
	trails_begin_place(&ahead->trail, ahead->place.hash);
	trails_seek(engine->trails, &ahead->trail);
}

/* Mark it if it carries other bytes than its numbers did before. */
static inline void see_data(struct te_engine *engine, struct engine_ahead *ahead)
{
	struct te_segment *seg = &ahead->segment;

	if (overlap_see(engine->overlap, seg, ahead->place.word, &ahead->first))
		seg->has |= TE_OVERLAPS;
}

/* Bring near what it will ask for. */
__attribute__((always_inline)) static inline void seek(struct te_engine *engine,
						       struct engine_ahead *ahead)
{
	const struct te_segment *seg = &ahead->segment;
	bool recent = flow_seek_recent(engine->flows, seg, &ahead->place);

	see_data(engine, ahead);
	if (!recent)
		seek_further(engine, ahead);
}

enum te_status te_engine_segment(struct te_engine *engine, const struct te_segment *seg)
{
	struct engine_ahead one = { .segment = *seg };

	if (engine->totals.start == TE_TIME_NONE)
		engine->totals.start = seg->time;
	seek(engine, &one);
	return segment_take(engine, &one, 1);
}

static enum te_status read_layers(struct te_engine *engine, const struct te_frame *frame,
				  bool checksum, struct te_segment *seg)
{
	struct te_totals *totals = &engine->totals;
	enum te_status status = decode_layers(frame, checksum, seg);

	count_frame(totals, status);
	spoilt_frame(engine->spoilt, status, frame);
	return status;
}

/* What is not as most frames are. */
static enum te_status read_other(struct te_engine *engine, const struct te_frame *frame,
				 bool checksum, struct te_segment *seg)
{
	enum te_status status = TE_OK;

	if (!decode_plain_link(frame, checksum, seg))
		status = read_layers(engine, frame, checksum, seg);
	engine->totals.tunnelled += !!(seg->has & (TE_TUNNELLED | TE_HAS_VLAN));
	return status;
}

__attribute__((always_inline)) static inline enum te_status
read_frame(struct te_engine *engine, const struct te_frame *frame, bool checksum,
	   struct engine_ahead *ahead)
{
	enum te_status status = TE_OK;

	if (!decode_plain(frame, checksum, &ahead->segment))
		status = read_other(engine, frame, checksum, &ahead->segment);
	if (status == TE_OK)
		seek(engine, ahead);
	return status;
}

static void count_frames(struct te_totals *totals, const struct te_frame *frames,
			 size_t count)
{
	totals->packets += count;
	if (totals->start == TE_TIME_NONE && count)
		totals->start = frames[0].time;
}

static void approach(struct te_engine *engine, struct engine_ahead *ahead, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (!ahead[i].place.hashed)
			continue;
		flow_approach(engine->flows, &ahead[i].place);
		trails_approach(engine->trails, &ahead[i].trail);
	}
}

/* It is no segment. */
static void pass_over(struct te_engine *engine, const struct te_frame *frame)
{
	if (frame->time > engine->totals.end)
		engine->totals.end = frame->time;
}

static enum te_status take_ahead(struct te_engine *engine, struct engine_ahead *ahead,
				 const struct engine_ahead *end, unsigned hashed)
{
	unsigned count = (unsigned)(end - ahead);

	if (hashed)
		approach(engine, ahead, count);
	return segment_take(engine, ahead, count);
}

/* At most ENGINE_AHEAD: their misses overlap. Who follows connections may ask for the end
 * of what came so far: there, what is no segment waits for those before it. */
static enum te_status take_frames(struct te_engine *engine, const struct te_frame *frames,
				  size_t count)
{
	bool checksum = engine->config.checksum != TE_SUM_IGNORE;
	struct engine_ahead ahead[ENGINE_AHEAD], *next = ahead;
	enum te_status before = TE_OK, last;
	unsigned hashed = 0;

	for (const struct te_frame *frame = frames; frame < frames + count; frame++) {
		if (read_frame(engine, frame, checksum, next) == TE_OK) {
			hashed += next->place.hashed;
			next++;
			continue;
		}
		if (engine->sink.passing && next > ahead) {
			if (take_ahead(engine, ahead, next, hashed) != TE_OK)
				before = TE_NO_MEMORY;
			next = ahead;
			hashed = 0;
		}
		pass_over(engine, frame);
	}
	last = take_ahead(engine, ahead, next, hashed);
	return before == TE_OK ? last : before;
}

enum te_status te_engine_frames(struct te_engine *engine, const struct te_frame *frames,
				size_t count)
{
	enum te_status worst = TE_OK;

	count_frames(&engine->totals, frames, count);
	for (size_t left = count, n; left; left -= n, frames += n) {
		n = left < ENGINE_AHEAD ? left : ENGINE_AHEAD;
		if (take_frames(engine, frames, n) != TE_OK)
			worst = TE_NO_MEMORY;
	}
	return worst;
}

enum te_status te_engine_frame(struct te_engine *engine, const struct te_frame *frame)
{
	bool checksum = engine->config.checksum != TE_SUM_IGNORE;
	struct engine_ahead one;
	enum te_status status;

	count_frames(&engine->totals, frame, 1);
	status = read_frame(engine, frame, checksum, &one);
	if (status == TE_OK)
		return segment_take(engine, &one, 1);
	pass_over(engine, frame);
	return status;
}

void te_engine_tick(struct te_engine *engine, te_time now)
{
	if (engine->now == TE_TIME_NONE || now <= engine->now)
		return;
	engine->now = now;
	over_expire(engine);
	tell_all_news(engine);
}

void te_engine_mark(struct te_engine *engine)
{
	trails_mark(engine->trails);
	for (struct conn *c = flow_first(engine->flows); c; c = c->next)
		verdict_mark(c);
}

void te_engine_finish(struct te_engine *engine)
{
	struct conn *conn;
	te_time end;

	end = engine->totals.end;
	if (end == TE_TIME_NONE || end < engine->now)
		end = engine->now;
	engine->now = end;
	crowd_look(engine->crowd, flow_first(engine->flows), end);
	trails_sort(engine->trails);
	flow_sort(engine->flows);
	play_look(engine);
	/* The first segment decides the order, not when it left its trail. */
	while ((conn = flow_first(engine->flows))) {
		play_finish(engine, conn->number);
		if (!(conn->queued && over_expire_one(engine, conn)))
			over_finish(engine, conn, end, true);
	}
	play_finish(engine, UINT64_MAX);
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
