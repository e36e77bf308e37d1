/* engine.h - the pipeline: route a segment to its connection, tell what ended */
#ifndef ENGINE_H
#define ENGINE_H

#include "flow.h"
#include "live.h"
#include "overlap.h"
#include "spoilt.h"
#include "trails.h"

/* No card sends more in a frame; what has more, it was to cut, or has put together. */
enum { ENGINE_JUMBO = 9216 };

/* So many frames that are there together are decoded before they are applied. */
enum { ENGINE_AHEAD = 16 };
struct engine_ahead {
	struct te_segment segment;
	struct flow_place place;
	struct trails_place trail;  /* if place.hashed */
	struct overlap_first first; /* if the segment has TE_OVERLAPS */
};

struct te_engine {
	struct te_config config;
	struct te_sink sink;
	struct flow_table *flows;
	struct trails *trails;
	struct conn *stage; /* where a trail is played to be told */
	/* ... and where what came to nothing is not, nor what went as it should; [1] if
	 * evicted */
	struct attempts *attempts[2];
	struct courses *courses[2];
	struct overlap *overlap;
	struct spoilt spoilt[SPOILT_KINDS];
	struct te_totals totals;
	uint64_t *finding_counts;
	uint64_t last_number; /* of a connection */
	te_time now;
	te_time time_wait, duplicate_limit;
	bool hurried;        /* nothing is told before it is over */
	bool keeps_trails;   /* ... and not all need be whole */
	te_time next_expiry; /* of a trail, at the earliest; INT64_MAX: none waits */
	struct conn *idle_first, *idle_last; /* that may be over, by last segment */
	te_time idle_until; /* 2MSL after idle_first came in; INT64_MAX: there is none */
	struct te_transition *transitions; /* room for one connection's */
	size_t transition_size;
	struct live live;
	/* live: when all connections, and all listeners, were looked at */
	te_time last_look, last_crowd;
	struct crowd *crowd;
	struct rules *rules;
	uint64_t holes_left; /* evict.c's: bytes */
};

/* 2MSL has passed since. */
static inline bool engine_is_past(const struct te_engine *engine, te_time last)
{
	return last < engine->now - engine->time_wait;
}
/* The same in every run: nothing secret, nothing of this run's order. 0: nobody asks. */
uint64_t engine_id(const struct te_engine *, const struct te_segment *first,
		   enum side from);
uint64_t engine_next_number(struct te_engine *);
/* Does anybody want to hear of its segments as they pass? */
bool engine_follows(const struct te_engine *, uint64_t number, uint64_t id);
/* Is it told when it is over? Else it is only counted. */
static inline bool engine_wants(const struct te_engine *engine, uint64_t number,
				uint64_t id)
{
	const struct te_sink *sink = &engine->sink;

	return !sink->wants || sink->wants(sink->ctx, number, id);
}
/* What begins with this segment: number, roles, incarnation. The key is set. */
void engine_begin(struct te_engine *, struct conn *, const struct te_segment *,
		  enum side from, const struct conn *older, uint64_t number);

/* ---- segment.c ---- */

/* Take in segments that were sought, in order. They may be marked with TE_OVERLAPS.
 * TE_NO_MEMORY: at least one could not be. */
enum te_status segment_take(struct te_engine *, struct engine_ahead *, unsigned count);

/* ---- play.c: connections that are kept as trails ---- */

/* True: that is all that need be done for this segment. False: the trail on its
 * addresses, if there was one, is a connection in the flow table now. */
bool play_follow(struct te_engine *, struct engine_ahead *);
/* Begin one. False: it must be a connection. */
bool play_begin(struct te_engine *, const struct engine_ahead *);
/* Where nobody finds it, only to be told: it stands there until the next one does. */
struct conn *play_stage(struct te_engine *, const struct trail *);

/* ---- play_tell.c: ... and are told ---- */

/* Those in the queue whose time has come. */
void play_expire(struct te_engine *);
/* Tell them as evicted, and drop them; they do not wait. */
enum { PLAY_SOME = 16 }; /* at most: their misses overlap */
void play_evict(struct te_engine *, const struct trail *const *, unsigned count);
/* The one that waits longest does not wait any more. False: it does again, as it goes on.
 */
bool play_take_first(struct te_engine *, const struct trail *);
/* Those that may hang in CLOSE_WAIT, for crowd.h. */
void play_look(struct te_engine *);
/* The input ended: tell those whose numbers are below this one. */
void play_finish(struct te_engine *, uint64_t number);

/* ---- over.c ---- */

/* After a segment: it may be over, and waits from now on. */
void over_refresh(struct te_engine *, struct conn *);
/* Settle it and tell it. `ongoing`: it is not over, the input ends. */
void over_tell(struct te_engine *, struct conn *, te_time end, bool ongoing);
/* The same, and free it. */
void over_finish(struct te_engine *, struct conn *, te_time end, bool ongoing);
/* True, and it is gone: both ends are done, and 2MSL has passed since its last segment.
 */
bool over_expire_one(struct te_engine *, struct conn *);
/* Those in the queue whose time has come; and after what time there may be one, or a
 * trail. */
void over_expire(struct te_engine *);
static inline te_time over_due(const struct te_engine *engine)
{
	return engine->next_expiry < engine->idle_until ? engine->next_expiry
							: engine->idle_until;
}
/* Tell it as evicted, and free it. */
void over_evict(struct te_engine *, struct conn *);
/* The same of the first in the queue; or it waits again if it goes on. */
void over_evict_first(struct te_engine *);
/* It was quiet for less than half of its life. */
static inline bool over_is_lively(const struct te_engine *engine, te_time first,
				  te_time last)
{
	return last - first > engine->now - last;
}

/* ---- evict.c ---- */

/* Make room if max_memory is reached: nothing that was found before is good. */
void evict(struct te_engine *);

/* ---- tell.c ---- */

/* A settled connection without transitions, with what the checks find in it. */
void tell_settled(struct te_engine *, const struct conn *, struct te_connection *,
		  te_time end, bool ongoing);
/* The same, where nothing can be found and nobody wants to hear of that; else false, and
 * nothing is done. Of the view, only how it opened and closed and its ends' states count.
 */
bool tell_unfound(struct te_engine *, const struct conn *, const struct te_connection *,
		  te_time end, bool ongoing);
/* That is all that is told of one without findings, or of so many that are alike. */
void tell_count(struct te_engine *, const struct te_connection *, uint64_t times);
/* It is over, or (`ongoing`) the input ends at `end`. */
void tell_connection(struct te_engine *, struct conn *, te_time end, bool ongoing);
/* Live: what is settled by now and was not told yet, of one, or of all that are due. */
void tell_news(struct te_engine *, struct conn *);
void tell_all_news(struct te_engine *);
/* Live: take back all that was told of a connection that is none. */
void tell_disowned(struct te_engine *, struct conn *);
/* All connections were told: what is wider than one. */
void tell_crowd(struct te_engine *);
/* A segment of one that is followed passed; `retransmits` is its sender's count before
 * it. */
void tell_passing(struct te_engine *, const struct conn *, enum side from,
		  const struct te_segment *, bool duplicate, uint64_t retransmits);

/* ---- route.c: which of the connections on the same addresses ---- */

static inline bool route_same_vlan(const struct conn *conn, const struct te_segment *seg)
{
	return conn->has_vlan == !!(seg->has & TE_HAS_VLAN) && conn->vlan == seg->vlan;
}
/* NULL: none of them; a new one begins. */
struct conn *route_find(struct conn *newest, enum side from, const struct te_segment *,
			enum te_key);
/* A new connection begins with this SYN: is an older one on its addresses alive? */
void route_note_inside(struct conn *newest, enum side from, const struct te_segment *,
		       te_time now);
/* In one network, as far as addresses tell. */
static inline bool route_is_beside(const struct conn *conn, const struct conn *newest,
				   enum te_key key)
{
	return key == TE_KEY_NOVLAN ||
	       (conn->has_vlan == newest->has_vlan && conn->vlan == newest->vlan);
}
/* Each segment asks all on its addresses: whoever begins with ever new numbers, and is
 * not answered, must not be able to make them many. The one that goes if there are more
 * than ROUTE_OLDER beside the newest, or NULL. */
enum { ROUTE_OLDER = 16 };
struct conn *route_too_many(const struct conn *newest, enum te_key);
/* True if this segment answers the SYN of the newest connection, so that all older ones
 * on these addresses are over. */
bool route_answers(const struct conn *newest, enum side from, const struct te_segment *);

/* ---- verdict.c: a settled connection as it is told ---- */

/* Fills all but transitions, findings and zeek words. */
void verdict_fill(const struct conn *, te_time time_wait, struct te_connection *);
struct te_transition verdict_transition(const struct conn *, const struct log_entry *);
/* Remember what is in flight now, as send_q. */
void verdict_mark(struct conn *);
/* The log in the order of time, each end's own order kept. Returns the count. */
size_t verdict_transitions(const struct conn *, struct te_transition *out);

#endif
