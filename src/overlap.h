/* overlap.h - does a repeat carry the bytes that its sequence numbers carried before?
 *
 * Remembered are the first bytes of the latest segments with data, of all connections
 * together, in a table of fixed size where a newer one takes the place of an older: 4096
 * of them, a quarter of a megabyte. Compared is what begins at the same number, as far as
 * both have it. So there is no false conflict; one is missed when the first copy is
 * forgotten, not captured, cut differently, or alike in its first bytes, and where the
 * capture lost something of the connection.
 */
#ifndef OVERLAP_H
#define OVERLAP_H

#include "conn.h"

#include <string.h>

struct overlap;
struct overlap_slot;

/* What a segment contradicts. */
struct overlap_first {
	te_time time;
	uint64_t frame;
	uint32_t file;
};

struct overlap *overlap_new(void); /* NULL: out of memory */
/* True: the same addresses sent other bytes at this number not long ago. It is remembered
 * either way, if it has data that are to be believed. `flow` is a word of its addresses
 * and ports, in this direction. Exact enough: to be taken for each other, two flows would
 * also have to send the same sequence number at about the same time. */
static inline bool overlap_see(struct overlap *, const struct te_segment *, uint64_t flow,
			       struct overlap_first *);
/* Count it, unless the first was of an older connection, or a keep-alive's byte. Before
 * the segment's numbers are taken over. */
void overlap_note(struct conn *, enum side from, const struct overlap_first *,
		  const struct te_segment *);
void overlap_free(struct overlap *);

/* ---- the usual way ---- */

enum { OVERLAP_SLOT_BITS = 12, OVERLAP_HEAD = 32 };

/* A cache line. */
struct overlap_slot {
	uint64_t flow;
	te_time time;
	uint64_t frame;
	uint32_t seq;
	uint16_t ip_id;
	uint8_t file;
	uint8_t len;
	uint8_t head[OVERLAP_HEAD];
};

struct overlap {
	struct overlap_slot *slots; /* in `room`, where a cache line begins */
	struct overlap_slot room[(1 << OVERLAP_SLOT_BITS) + 1];
};

/* What is not just new: the same numbers once more, or hardly any data. */
bool overlap_see_odd(struct overlap_slot *, const struct te_segment *, uint64_t flow,
		     struct overlap_first *);

static inline uint64_t overlap_flow(const struct te_segment *seg, uint64_t flow)
{
	return flow + seg->vlan;
}

static inline struct overlap_slot *
overlap_slot(struct overlap *overlap, const struct te_segment *seg, uint64_t flow)
{
	uint64_t place = (overlap_flow(seg, flow) ^ seg->seq) * 0x9e3779b97f4a7c15u;

	return &overlap->slots[place >> (64 - OVERLAP_SLOT_BITS)];
}

/* All but the bytes. */
static inline void overlap_remember(struct overlap_slot *slot,
				    const struct te_segment *seg, uint64_t flow,
				    uint32_t len)
{
	slot->flow = overlap_flow(seg, flow);
	slot->time = seg->time;
	slot->frame = seg->frame;
	slot->seq = seg->seq;
	slot->ip_id = seg->ip_id;
	slot->file = (uint8_t)seg->file;
	slot->len = (uint8_t)len;
}

static inline uint32_t overlap_len(const struct te_segment *seg)
{
	return seg->data_len < OVERLAP_HEAD ? seg->data_len : OVERLAP_HEAD;
}

static inline bool overlap_see(struct overlap *overlap, const struct te_segment *seg,
			       uint64_t flow, struct overlap_first *first)
{
	const uint32_t half = OVERLAP_HEAD / 2;
	uint32_t len = overlap_len(seg);
	struct overlap_slot *slot;

	if (!len || seg->flags & (TE_SYN | TE_RST) || seg->has & TE_BAD_SUM)
		return false;
	slot = overlap_slot(overlap, seg, flow);
	if ((slot->seq == seg->seq && slot->flow == overlap_flow(seg, flow)) ||
	    len < half)
		return overlap_see_odd(slot, seg, flow, first);
	overlap_remember(slot, seg, flow, len);
	/* Two halves that may overlap: no copy of a length that is not known. */
	memcpy(slot->head, seg->data, half);
	memcpy(slot->head + len - half, seg->data + len - half, half);
	return false;
}

#endif
