/* overlap.c - does a repeat carry the bytes that its sequence numbers carried before? */
#include "overlap.h"
#include "transfer.h"

#include <stdlib.h>
#include <string.h>

enum { SLOT_BITS = 12, SLOTS = 1 << SLOT_BITS, OVERLAP_HEAD = 32 };

/* A cache line. */
struct overlap_slot {
	uint64_t flow; /* of addresses, ports and VLAN, in this direction */
	uint64_t frame;
	te_time time;
	uint32_t seq;
	uint16_t ip_id;
	uint8_t file;
	uint8_t len;
	uint8_t head[OVERLAP_HEAD];
};

struct overlap {
	struct overlap_slot *slots; /* in `room`, where a cache line begins */
	struct overlap_slot room[SLOTS + 1];
};

struct overlap *overlap_new(void)
{
	struct overlap *overlap = calloc(1, sizeof(*overlap));
	size_t line = sizeof(struct overlap_slot);

	if (overlap)
		overlap->slots =
		    (struct overlap_slot *)(((uintptr_t)overlap->room + line - 1) &
					    ~(uintptr_t)(line - 1));
	return overlap;
}

/* Exact enough: to be taken for each other, two flows would also have to send the same
 * sequence number at about the same time. */
static uint64_t flow_of(const struct te_segment *seg)
{
	uint64_t ports =
	    (uint64_t)seg->src_port << 48 | (uint64_t)seg->dst_port << 32 | seg->vlan;
	uint64_t a[2], b[2];

	memcpy(a, seg->src.bytes, 16);
	memcpy(b, seg->dst.bytes, 16);
	return (a[0] + 3 * a[1]) * 0x9e3779b97f4a7c15u ^
	       (b[0] + 5 * b[1]) * 0xd1b54a32d192ed03u ^ ports;
}

static struct overlap_slot *slot_of(struct overlap *overlap, uint64_t flow, uint32_t seq)
{
	return &overlap->slots[((flow ^ seq) * 0x9e3779b97f4a7c15u) >> (64 - SLOT_BITS)];
}

static void remember(struct overlap_slot *slot, uint64_t flow,
		     const struct te_segment *seg)
{
	uint32_t len = seg->data_len < OVERLAP_HEAD ? seg->data_len : OVERLAP_HEAD;

	slot->flow = flow;
	slot->frame = seg->frame;
	slot->time = seg->time;
	slot->seq = seg->seq;
	slot->ip_id = seg->ip_id;
	slot->file = (uint8_t)seg->file;
	slot->len = (uint8_t)len;
	if (len == OVERLAP_HEAD)
		memcpy(slot->head, seg->data, OVERLAP_HEAD);
	else
		memcpy(slot->head, seg->data, len);
}

/* Ethernet's padding to 46 bytes, which some boxes count into the IP length: six bytes
 * behind bare headers, at most, and all of them 0. */
static bool is_padding(const struct te_segment *seg)
{
	const uint32_t most = 46 - 20 - 20;

	if (seg->len > most)
		return false;
	for (uint32_t i = 0; i < seg->data_len; i++)
		if (seg->data[i])
			return false;
	return true;
}

/* The same IP ID: one packet, seen before and after a box that rewrites. */
static bool conflicts(const struct overlap_slot *slot, const struct te_segment *seg)
{
	size_t both = slot->len < seg->data_len ? slot->len : seg->data_len;

	return !(seg->ip_id && seg->ip_id == slot->ip_id) &&
	       slot->file == (uint8_t)seg->file &&
	       memcmp(slot->head, seg->data, both) != 0;
}

void overlap_seek(struct overlap *overlap, const struct te_segment *seg,
		  struct overlap_place *place)
{
	place->slot = NULL;
	if (!seg->data_len || seg->flags & (TE_SYN | TE_RST) || seg->has & TE_BAD_SUM ||
	    is_padding(seg))
		return;
	place->flow = flow_of(seg);
	place->slot = slot_of(overlap, place->flow, seg->seq);
	__builtin_prefetch(place->slot, 1);
}

/* The same numbers once more; apart, so that the usual way saves no registers for it. */
__attribute__((noinline)) static bool compare(struct overlap_slot *slot, uint64_t flow,
					      const struct te_segment *seg,
					      struct overlap_first *first)
{
	if (!conflicts(slot, seg))
		return false;
	*first = (struct overlap_first){ slot->time, slot->frame, seg->file };
	remember(slot, flow, seg);
	return true;
}

bool overlap_see(const struct overlap_place *place, const struct te_segment *seg,
		 struct overlap_first *first)
{
	struct overlap_slot *slot = place->slot;

	if (slot->flow == place->flow && slot->seq == seg->seq && slot->len)
		return compare(slot, place->flow, seg, first);
	remember(slot, place->flow, seg);
	return false;
}

/* RFC 1122 4.2.3.6: the byte of a keep-alive means nothing. */
static bool is_garbage(const struct end *self, const struct te_segment *seg)
{
	return seg->len == 1 && self->snd_known && seg->seq + 1 == self->snd_nxt;
}

/* Its numbers were seen to be sent already. Where the capture lost something, or shows
 * one direction, they may have wrapped unseen: four gigabytes take half a minute. */
static bool is_repeat(const struct conn *conn, enum side side,
		      const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	return self->snd_known && seq_lt(seg->seq, self->snd_nxt) && peer->packets &&
	       !transfer_gaps(conn);
}

void overlap_note(struct conn *conn, enum side side, const struct overlap_first *first,
		  const struct te_segment *seg)
{
	struct te_segment at = { .time = first->time,
				 .frame = first->frame,
				 .file = first->file };
	struct transfer_tally *tally;

	if (first->time < conn->first || is_garbage(&conn->end[side], seg) ||
	    !is_repeat(conn, side, seg))
		return;
	tally = transfer_count(conn, side, TRANSFER_OVERLAP_CONFLICT, &at);
	if (tally)
		transfer_add_frame(tally, seg->frame);
}

void overlap_free(struct overlap *overlap)
{
	free(overlap);
}
