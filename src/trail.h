/* trail.h - a short connection as the list of its segments
 *
 * Most connections are a dozen segments. Until one is told, or becomes long or strange,
 * its segments are all that is kept of it, each in a few bytes: what follows from the
 * segments before is left out. A whole `struct conn` is made by playing them.
 */
#ifndef TRAIL_H
#define TRAIL_H

#include "tcpends.h"

enum {
	TRAIL_IPV6 = 0x01,
	TRAIL_VLAN = 0x02,
	TRAIL_QUEUED = 0x04,  /* waits to be over, see trails.h */
	TRAIL_TOUCHED = 0x08, /* ... and a segment came since */
	TRAIL_FIN = 0x10, /* the sender of the first segment sent one; << 1: the other */
	TRAIL_RST = 0x40, /* anybody did */
	TRAIL_MARKED = 0x80, /* te_engine_mark() came behind `mark` bytes */
};

/* The first sender is 0, the other one 1. */
struct trail {
	te_time first;
	uint32_t number; /* of the connection; 0: not in use */
	uint32_t next;   /* trails.c's queue */
	uint32_t frame;  /* of the first segment */
	uint16_t port[2];
	uint16_t vlan;
	uint8_t file;
	uint8_t bits; /* TRAIL_* */
	uint8_t size; /* of the whole, in units of TRAIL_UNIT */
	uint8_t used; /* bytes of segments */
	uint8_t mark;
	uint8_t count;  /* segments */
	uint8_t rest[]; /* both addresses, 4 or 16 bytes each; then the segments */
};

enum { TRAIL_UNIT = 16, TRAIL_SEGMENT_MAX = 48 };

static inline size_t trail_addresses(const struct trail *trail)
{
	return trail->bits & TRAIL_IPV6 ? 32 : 8;
}

static inline size_t trail_room(const struct trail *trail)
{
	return trail->size * (size_t)TRAIL_UNIT - sizeof(*trail) - trail_addresses(trail);
}

/* What the next segment of a side is expected to say. */
struct trail_side {
	uint32_t next; /* sequence number */
	uint32_t tsval;
	uint16_t id, window;
	uint8_t ttl;
	bool timestamps;
};

struct trail_reader {
	const uint8_t *at, *end;
	struct trail_side side[2];
	te_time time;
	uint32_t frame;
	bool ipv6;
};

/* Can it be a trail's first segment, at its size? Fills head and addresses, no segment.
 */
bool trail_begin(struct trail *, const struct te_segment *, uint32_t number);
/* The bytes of one more segment after those that were read; 0: it cannot be kept so. */
size_t trail_write(const struct trail *, const struct trail_reader *,
		   const struct te_segment *, unsigned from,
		   uint8_t bytes[TRAIL_SEGMENT_MAX]);
/* It was added behind what was read; time and frame are the caller's to set. */
void trail_expect(struct trail_reader *, const struct te_segment *, unsigned from);
void trail_read(struct trail_reader *, const struct trail *);
/* The sender of the next segment, 0 or 1; -1 behind the last. Sets all of `seg` that a
 * connection looks at but file, addresses, ports and VLAN: those are trail_address()'s.
 */
int trail_next(struct trail_reader *, struct te_segment *seg);
bool trail_begins_bare(const struct trail *); /* its first segment has no data */
te_time trail_last(const struct trail *);     /* of its last segment */
/* As of a segment of `from`. */
void trail_address(const struct trail *, unsigned from, struct te_segment *seg);

#endif
