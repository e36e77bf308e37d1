/* flow.h - from the addresses of a segment to its connection
 *
 * All connections on the same two addresses and ports hang on one slot, the newest
 * first, linked by `older`; which of them a segment belongs to is engine.c's question.
 */
#ifndef FLOW_H
#define FLOW_H

#include "conn.h"
#include "flow_hash.h"
#include "prefetch.h"

struct flow_table;

/* `seed` keys the hash. NULL: out of memory. */
struct flow_table *flow_new(const uint64_t seed[2]);
/* Where a segment's connection is looked for. Sought some segments ahead of being asked
 * for, and approached then, index and connection are brought near, so that the misses of
 * several segments overlap; flow_approach() is a hint, and may be left out. */
struct flow_place {
	uint64_t hash;                    /* if hashed */
	const struct flow_recent *recent; /* where it is, if it was seen lately */
	uint64_t word;                    /* by which it is known there */
	enum side from; /* the sender's side; not before flow_recent() */
	bool hashed;
};
void flow_seek(struct flow_table *, const struct te_segment *, struct flow_place *);
/* The same in two steps: true, and it was seen lately; else, the second is needed. */
static inline bool flow_seek_recent(struct flow_table *, const struct te_segment *,
				    struct flow_place *);
void flow_seek_slot(const struct flow_table *, const struct te_segment *,
		    struct flow_place *);
void flow_approach(const struct flow_table *, const struct flow_place *);
/* The newest connection on the segment's addresses, if it is among those seen last, or
 * NULL; place->hash and place->from are good from now on. */
struct conn *flow_recent(const struct flow_table *, const struct te_segment *,
			 struct flow_place *);
/* The same in two steps; between them, place->recent->from is the sender's side, if there
 * is a connection. `changes`: table->changes when it was sought; if that is what it is
 * now, the same is there still, and only IPv6's addresses are to be compared. */
static inline struct conn *flow_peek(const struct flow_table *, const struct te_segment *,
				     const struct flow_place *, uint32_t changes);
void flow_know(const struct flow_table *, const struct te_segment *, struct flow_place *,
	       const struct conn *peeked);
/* The newest connection on the segment's addresses, or NULL; `place` is what flow_add()
 * wants either way. A place that was sought ahead stays good whatever came between. */
struct conn *flow_find(struct flow_table *, const struct te_segment *,
		       struct flow_place *);
/* The same of one that is known not to be among those seen last. */
struct conn *flow_find_further(struct flow_table *, const struct te_segment *,
			       struct flow_place *);
/* A new, zeroed connection with its key set, in front of those on the same addresses.
 * NULL: out of memory. Owned by the table. */
struct conn *flow_add(struct flow_table *, const struct te_segment *,
		      const struct flow_place *);
/* Take it out and free it. */
void flow_remove(struct flow_table *, struct conn *);
/* Of a zeroed connection that stands in no table. */
void flow_set_key(struct conn *, const struct te_segment *, enum side from);
/* Which side sent it. */
enum side flow_side(const struct te_segment *);
/* The connections in the order in which they were added; `next` goes on. */
struct conn *flow_first(struct flow_table *);
/* From now on by number, which is the order of their first segments. */
void flow_sort(struct flow_table *);
size_t flow_count(const struct flow_table *); /* connections */
void flow_free(struct flow_table *);          /* with all connections; NULL is fine */

/* ---- what was seen lately ---- */

/* Segments come in runs: the connections seen last are found without hash and index. Each
 * direction has an entry of its own, which knows who sends. Who crafts collisions here
 * only takes the long way. */
enum { FLOW_RECENT_BITS = 12, FLOW_RECENT = 1 << FLOW_RECENT_BITS };

struct flow_recent {
	struct conn *conn;
	uint64_t word;
	uint32_t ports;
	uint8_t ip_version; /* 0: nothing is here */
	uint8_t from;       /* enum side */
};

/* The hash stands beside the pointer, so that a probe that fails costs no second miss. */
struct flow_slot {
	uint64_t hash;
	struct conn *conn; /* NULL: empty */
};

/* For the functions below; all behind `changes` is flow.c's. */
struct flow_table {
	/* Of each entry, a byte of its word: so few that they are always near. Most of
	 * what was not seen lately need not look at an entry, which is not. */
	uint8_t marks[FLOW_RECENT];
	struct flow_recent recent[FLOW_RECENT];
	uint32_t changes; /* of these */
	struct flow_slot *slots;
	size_t size, used; /* size is a power of two */
	struct flow_key key;
	struct conn *first, *last;
	size_t count;
};

static inline uint32_t flow_ports(uint16_t from, uint16_t to)
{
	return (uint32_t)from << 16 | to;
}

static inline uint64_t flow_address_word(const struct te_addr *addr)
{
	uint64_t words[2];

	memcpy(words, addr->bytes, sizeof(words));
	return words[0] ^ (words[1] << 23 | words[1] >> 41);
}

/* Two with the same word, the same ports and IPv4 have the same addresses. IPv6's may be
 * others. */
static inline uint64_t flow_word(const struct te_addr *from, const struct te_addr *to,
				 uint32_t ports)
{
	uint64_t a = flow_address_word(from), b = flow_address_word(to);

	return ((a ^ (b << 32 | b >> 32)) + ports * 0xd1b54a32d192ed03u) *
	       0x9e3779b97f4a7c15u;
}

static inline size_t flow_recent_index(uint64_t word)
{
	return word >> (64 - FLOW_RECENT_BITS);
}

static inline uint8_t flow_recent_mark(uint64_t word)
{
	return (uint8_t)(word >> (56 - FLOW_RECENT_BITS));
}

static inline bool flow_same_address(const struct te_addr *a, const struct te_addr *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->bytes, sizeof(x));
	memcpy(y, b->bytes, sizeof(y));
	return !((x[0] ^ y[0]) | (x[1] ^ y[1]));
}

static inline bool flow_same_addresses(const struct conn *conn,
				       const struct te_segment *seg, enum side from)
{
	return flow_same_address(&conn->addr[from], &seg->src) &&
	       flow_same_address(&conn->addr[side_other(from)], &seg->dst);
}

static inline bool flow_may_be_recent(const struct te_segment *seg,
				      const struct flow_place *place)
{
	const struct flow_recent *recent = place->recent;

	return recent->word == place->word &&
	       recent->ports == flow_ports(seg->src_port, seg->dst_port) &&
	       recent->ip_version == seg->ip_version;
}

/* What every segment touches: the key, and the front of both ends. */
PREFETCHES flow_bring_near(const struct conn *conn)
{
	prefetch(conn, 64);
	prefetch(&conn->end[SIDE_A], 129);
	prefetch(&conn->end[SIDE_B], 129);
}

static inline bool flow_seek_recent(struct flow_table *table,
				    const struct te_segment *seg,
				    struct flow_place *place)
{
	size_t at;

	place->word =
	    flow_word(&seg->src, &seg->dst, flow_ports(seg->src_port, seg->dst_port));
	at = flow_recent_index(place->word);
	place->recent = &table->recent[at];
	place->hashed = false;
	if (table->marks[at] != flow_recent_mark(place->word) ||
	    !flow_may_be_recent(seg, place))
		return false;
	flow_bring_near(place->recent->conn);
	return true;
}

static inline struct conn *flow_peek(const struct flow_table *table,
				     const struct te_segment *seg,
				     const struct flow_place *place, uint32_t changes)
{
	const struct flow_recent *recent = place->recent;

	if (place->hashed ||
	    (table->changes != changes && !flow_may_be_recent(seg, place)))
		return NULL;
	return seg->ip_version == 4 ||
		       flow_same_addresses(recent->conn, seg, (enum side)recent->from)
		   ? recent->conn
		   : NULL;
}

#endif
