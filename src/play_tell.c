/* play_tell.c - trails are told: when they are over, when the input ends, when memory is
 * short
 *
 * By what is known of their kind (attempt.c, course.c), else by playing them.
 */
#include "attempt.h"
#include "course.h"
#include "crowd.h"
#include "engine.h"
#include "watch.h"

/* Some things are told of each segment of what is wanted. */
static bool needs_playing(const struct te_config *config, bool wanted)
{
	return wanted && (config->keep_transitions || config->keep_peers);
}

static void first_segment(const struct trail *trail, struct trail_reader *reader,
			  struct te_segment *seg)
{
	*seg = (struct te_segment){ 0 };
	trail_read(reader, trail);
	trail_next(reader, seg);
	trail_address(trail, 0, seg);
}

static uint64_t id_of(const struct te_engine *engine, const struct trail *trail)
{
	struct trail_reader reader;
	struct te_segment syn;

	if (!engine->config.keep_ids)
		return 0;
	first_segment(trail, &reader, &syn);
	return engine_id(engine, &syn, flow_side(&syn));
}

static inline bool is_wanted(const struct te_engine *engine, const struct trail *trail)
{
	return !engine->sink.wants ||
	       engine_wants(engine, trail->number, id_of(engine, trail));
}

/* Plainly, by a SYN+ACK: it did not come to nothing. */
static inline bool was_answered(const struct trail *trail)
{
	return !trail_is_lone(trail) && trail_watch(trail_state(trail))->begun;
}

/* Why one is told: its 2MSL is over, and else it is not; or whatever became of it. */
enum why { IF_PAST, AT_END, EVICTED };

static inline bool has_passed(const struct te_engine *engine, const struct trail *trail,
			      te_time last, enum why why)
{
	return why != EVICTED && trail->bits & TRAIL_QUEUED &&
	       engine_is_past(engine, last);
}

/* It came to nothing, and is told. */
static bool tell_attempt(struct te_engine *engine, const struct trail *trail, bool wanted,
			 enum why why)
{
	struct stencil *attempt;
	bool past;

	if (needs_playing(&engine->config, wanted) || was_answered(trail) ||
	    !(attempt = attempt_read(engine->attempts[why == EVICTED], trail)))
		return false;
	past = has_passed(engine, trail, attempt->conn.last, why);
	if (!past && why == IF_PAST)
		return false;
	attempt->conn.wanted = wanted;
	if (tell_unfound(engine, &attempt->conn, &attempt->view, engine->now, !past))
		return true;
	stencil_show(attempt, trail);
	attempt->view.id = id_of(engine, trail);
	tell_settled(engine, &attempt->conn, &attempt->view, engine->now, !past);
	return true;
}

/* It went as it should, and need only be counted. */
static bool tell_course(struct te_engine *engine, const struct trail *trail, bool wanted,
			enum why why)
{
	struct stencil *stencil;
	struct course course;
	bool past;

	if ((wanted && trail->number <= engine->config.tell_first) ||
	    needs_playing(&engine->config, wanted) || !course_read(trail, &course))
		return false;
	past = has_passed(engine, trail, course.last, why);
	if (!past && why == IF_PAST)
		return false;
	stencil = course_fill(engine->courses[why == EVICTED], trail, &course,
			      engine->time_wait, !past);
	stencil->conn.wanted = wanted;
	return tell_unfound(engine, &stencil->conn, &stencil->view, engine->now, !past);
}

/* False: it is not over, and nothing was done. */
static bool tell(struct te_engine *engine, const struct trail *trail, enum why why)
{
	bool wanted = is_wanted(engine, trail), past;
	struct conn *conn;

	if (tell_attempt(engine, trail, wanted, why) ||
	    tell_course(engine, trail, wanted, why))
		return true;
	conn = play_stage(engine, trail);
	conn->evicted = why == EVICTED;
	conn_settle(conn, engine->now);
	/* Not by the queue: a FIN that was not captured shows in the numbers alone. */
	past = why != EVICTED && engine_is_past(engine, conn->last) &&
	       end_is_final(&conn->end[SIDE_A]) && end_is_final(&conn->end[SIDE_B]);
	if (past || why != IF_PAST)
		over_tell(engine, conn, engine->now, !past);
	return past || why != IF_PAST;
}

void play_look(struct te_engine *engine)
{
	const uint8_t fins = TRAIL_FIN | TRAIL_FIN << 1;
	const struct trail *trail;
	uint32_t i = 0;

	while ((trail = trails_next_open(engine->trails, &i))) {
		struct conn *conn;

		if (!(trail->bits & fins) || trail->bits & TRAIL_QUEUED)
			continue;
		conn = play_stage(engine, trail);
		crowd_look_at(engine->crowd, conn, engine->now);
	}
}

/* Nobody wants to hear of it where nothing is found. */
static inline bool is_unwanted(const struct te_engine *engine, const struct trail *trail,
			       bool playing)
{
	if (engine->sink.wants)
		return !is_wanted(engine, trail);
	return !playing && trail->number > engine->config.tell_first;
}

/* A SYN of which nothing can be said yet is only counted. One without a frame, as a test
 * may make it, is none that was seen. */
static inline bool count_lone(struct te_engine *engine, const struct trail *trail,
			      bool playing)
{
	return trail_is_lone(trail) && trail->frame && !(trail->bits & TRAIL_MARKED) &&
	       is_unwanted(engine, trail, playing) &&
	       crowd_young_syn(engine->crowd, trail, engine->totals.start, engine->now);
}

static inline void tell_these(struct te_engine *engine, const struct trail *const *trails,
			      unsigned count, enum why why)
{
	bool playing = needs_playing(&engine->config, true);
	uint64_t lone = 0;

	for (unsigned i = 0; i < count; i++)
		if (count_lone(engine, trails[i], playing))
			lone++;
		else
			tell(engine, trails[i], why);
	if (lone)
		tell_count(engine, attempt_of_lone(engine->attempts[why == EVICTED]),
			   lone);
}

/* The next ones below that number; how many. */
static unsigned take_some(struct trails *trails, uint64_t number,
			  const struct trail *some[PLAY_SOME])
{
	unsigned count = 0;

	while (count < PLAY_SOME && (some[count] = trails_first(trails)) &&
	       some[count]->number < number) {
		trails_take_first(trails);
		count++;
	}
	return count;
}

void play_finish(struct te_engine *engine, uint64_t number)
{
	const struct trail *some[PLAY_SOME];
	unsigned count;

	while ((count = take_some(engine->trails, number, some)))
		tell_these(engine, some, count, AT_END);
}

static void seek_slot(struct te_engine *engine, const struct trail *trail,
		      struct trails_place *where)
{
	struct te_segment key = { 0 };
	struct flow_place place;

	trail_address(trail, 0, &key);
	flow_seek_slot(engine->flows, &key, &place);
	trails_begin_place(where, place.hash);
	trails_seek(engine->trails, where);
}

static void drop(struct te_engine *engine, const struct trail *trail)
{
	struct trails_place where;

	seek_slot(engine, trail, &where);
	trails_drop_at(engine->trails, trail, &where);
}

void play_evict(struct te_engine *engine, const struct trail *const *trails,
		unsigned count)
{
	struct trails_place where[PLAY_SOME];

	for (unsigned i = 0; i < count; i++)
		seek_slot(engine, trails[i], &where[i]);
	tell_these(engine, trails, count, EVICTED);
	for (unsigned i = 0; i < count; i++)
		trails_drop_at(engine->trails, trails[i], &where[i]);
}

/* It goes on although somebody sent a RST. */
static bool outlives_rst(const struct te_engine *engine, const struct trail *trail)
{
	const uint8_t fins = TRAIL_FIN | TRAIL_FIN << 1;

	return trail->bits & TRAIL_TOUCHED && (trail->bits & fins) != fins &&
	       over_is_lively(engine, trail->first, trail_last(trail));
}

bool play_take_first(struct te_engine *engine, const struct trail *trail)
{
	bool again = outlives_rst(engine, trail);

	trails_unqueue(engine->trails, again);
	return !again;
}

static void expire_first(struct te_engine *engine, struct trail *trail)
{
	bool over = tell(engine, trail, IF_PAST);

	trails_unqueue(engine->trails, false);
	if (over)
		drop(engine, trail);
}

void play_expire(struct te_engine *engine)
{
	struct trail *trail;
	te_time last;

	if (engine->now <= engine->next_expiry)
		return;
	engine->next_expiry = INT64_MAX;
	while ((trail = trails_waiting(engine->trails))) {
		last = trail_last(trail);
		if (engine_is_past(engine, last)) {
			expire_first(engine, trail);
		} else if (trail->bits & TRAIL_TOUCHED) {
			trails_unqueue(engine->trails, true);
		} else {
			engine->next_expiry = last + engine->time_wait;
			return;
		}
	}
}
