/* trail.h - a short connection as the list of its segments
 *
 * Most connections are a dozen segments. Until one is told, or becomes long or strange,
 * its segments are all that is kept of it, each in a few bytes: what follows from the
 * segments before is left out. A whole `struct conn` is made by playing them.
 *
 * It begins with a SYN, which stands in the head: a lone one needs no more. From the
 * second segment on the head is longer, by what the next segment is expected to say and
 * by whether all went as it should so far, and the segments stand in cells (trails.h)
 * that are linked from the last to the first.
 */
#ifndef TRAIL_H
#define TRAIL_H

#include "pool.h"
#include "tcpends.h"

#include <string.h>

enum {
	TRAIL_VLAN = TE_HAS_VLAN,
	TRAIL_IPV6 = 0x02,
	TRAIL_QUEUED = 0x04,  /* waits to be over, see trails.h */
	TRAIL_TOUCHED = 0x08, /* ... and a segment came since */
	TRAIL_FIN = 0x10, /* the sender of the first segment sent one; << 1: the other */
	TRAIL_RST = 0x40, /* anybody did */
	TRAIL_MARKED = 0x80, /* te_engine_mark() came behind `mark` bytes */
};

/* The first word of all that lies in the pool says what it is: 0 is free, TRAIL_CELL and
 * the name of the cell before are a cell, all else is the number of a trail. */
#define TRAIL_CELL 0x80000000u
enum { TRAIL_NUMBER_MAX = INT32_MAX - 1, TRAIL_GONE = INT32_MAX };

/* The first sender is 0, the other one 1. What a later segment asks for begins behind
 * TRAIL_COLD bytes: it is near in as few cache lines as there can be. */
struct trail {
	uint32_t number; /* of the connection; TRAIL_GONE: dropped, but still queued */
	uint32_t frame;  /* of the first segment, the SYN; so is what follows */
	te_time first;
	uint32_t seq, tsval;
	uint16_t id, window, mss;
	uint8_t options; /* trail.c's */
	uint8_t mark;    /* as `used` was then, see TRAIL_MARKED */
	uint16_t port[2];
	uint32_t next; /* trails.c's queue */
	uint16_t vlan;
	uint8_t ttl[2]; /* of each one's first segment; 0: none yet */
	uint8_t file;
	uint8_t bits; /* TRAIL_* */
	uint8_t used; /* of the cells, each a stride, up to the end of the last segment */
	uint8_t count;  /* segments */
	uint8_t rest[]; /* both addresses, 4 or 16 bytes each; then the state */
};
enum { TRAIL_COLD = offsetof(struct trail, port) };

/* What the next segment of a side is expected to say; tsval 0: it has no timestamps. */
struct trail_side {
	uint32_t next; /* sequence number */
	uint32_t tsval;
	uint16_t id, window;
	uint32_t edge; /* watch.h's: where the window ends that it offers */
};

/* Behind the last segment. */
struct trail_state {
	te_time time;
	struct trail_side side[2];
	uint32_t frame;
	uint32_t last; /* cell */
};

/* And behind that, watch.h's: is it a course (course.h)? */
struct trail_watch {
	uint8_t phase;   /* WATCH_* */
	uint8_t used[2]; /* `used`, behind the first FIN, and behind what follows it */
	uint8_t begun;   /* ... behind the SYN+ACK */
	uint8_t has;     /* TE_HAS_*, of that */
	uint8_t scale[2];
};

/* No segment stands in two cells: what it left at the end of one begins with a 0. Who
 * reads has them a stride apart, with 0 between. */
enum {
	TRAIL_CELL_UNITS = 4, /* of the pool */
	TRAIL_CELL_ROOM = 60,
	TRAIL_CELL_STRIDE = 64,
	TRAIL_CELLS = 4, /* at most */
};
struct trail_cell {
	uint32_t before; /* TRAIL_CELL, and the name of the one before if there is one */
	uint8_t bytes[TRAIL_CELL_ROOM];
};

static inline size_t trail_addresses(const struct trail *trail)
{
	return 8u + 24u / TRAIL_IPV6 * (trail->bits & TRAIL_IPV6); /* or 32 */
}

static inline size_t trail_address_bytes(const struct te_segment *seg)
{
	return seg->ip_version == 6 ? 32 : 8;
}

static inline bool trail_is_lone(const struct trail *trail)
{
	return trail->count == 1;
}

/* Of one that is not lone. */
static inline struct trail_state *trail_state(const struct trail *trail)
{
	return (struct trail_state *)(trail->rest + trail_addresses(trail));
}

static inline struct trail_watch *trail_watch(struct trail_state *state)
{
	return (struct trail_watch *)(state + 1);
}

static inline unsigned trail_cells(const struct trail *trail)
{
	return (trail->used + TRAIL_CELL_STRIDE - 1u) / TRAIL_CELL_STRIDE;
}

/* Those of the first sender or the other one. */
static inline void trail_get_address(const struct trail *trail, unsigned who,
				     struct te_addr *addr)
{
	uint64_t words[2] = { 0, 0 }; /* who reads it does so by the word */

	if (trail->bits & TRAIL_IPV6)
		memcpy(words, trail->rest + who * 16, 16);
	else
		memcpy(words, trail->rest + who * 4, 4);
	memcpy(addr->bytes, words, 16);
}

/* Bytes left in the last one. */
static inline unsigned trail_left(const struct trail *trail)
{
	return trail->used ? TRAIL_CELL_ROOM - trail->used % TRAIL_CELL_STRIDE : 0;
}

/* Bytes of the head: mostly, and the most of them. */
enum {
	TRAIL_OPEN = sizeof(struct trail_state) + sizeof(struct trail_watch),
	TRAIL_HEAD_IPV4 = sizeof(struct trail) + 8 + TRAIL_OPEN,
	TRAIL_HEAD_MOST = sizeof(struct trail) + 32 + TRAIL_OPEN,
};
static inline size_t trail_size(const struct trail *trail)
{
	return sizeof(*trail) + trail_addresses(trail) +
	       (trail_is_lone(trail) ? 0 : TRAIL_OPEN);
}

/* Bytes of the whole. */
static inline size_t trail_memory(const struct trail *trail)
{
	return trail_size(trail) + trail_cells(trail) * sizeof(struct trail_cell);
}

/* The time of its last segment. */
static inline te_time trail_last(const struct trail *trail)
{
	return trail_is_lone(trail) ? trail->first : trail_state(trail)->time;
}

/* Who reads has all segments but the SYN in one piece. A field is read as eight bytes
 * that may end behind it. */
struct trail_reader {
	const struct trail *trail;
	const uint8_t *at, *end; /* `at` NULL: before the SYN */
	struct trail_state state;
	uint8_t bytes[TRAIL_CELLS * TRAIL_CELL_STRIDE + 8];
};

/* Can it be a trail's first segment? */
bool trail_may_begin(const struct te_segment *);
/* Head and addresses. */
void trail_begin(struct trail *, const struct te_segment *, uint32_t number);
/* The state behind the SYN. */
void trail_open(const struct trail *, struct trail_state *);

/* TE_HAS_*, of the SYN. */
uint8_t trail_syn_has(const struct trail *);
/* It must lie in a pool. */
void trail_read(struct trail_reader *, const struct trail *);
/* The same but for `state`, for who does not ask for segments. */
void trail_gather(struct trail_reader *, const struct trail *);
/* The sender of the next segment, 0 or 1; -1 behind the last. Sets all of `seg` that a
 * connection looks at but file, addresses, ports and VLAN: those are trail_address()'s.
 */
int trail_next(struct trail_reader *, struct te_segment *seg);
/* te_engine_mark() came after the segment that was read last. */
bool trail_marked_here(const struct trail_reader *);
/* As of a segment of `from`. */
void trail_address(const struct trail *, unsigned from, struct te_segment *seg);

#endif
