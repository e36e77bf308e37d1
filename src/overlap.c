/* overlap.c - does a repeat carry the bytes that its sequence numbers carried before? */
#include "overlap.h"
#include "transfer.h"

#include <stdlib.h>

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

bool overlap_see_odd(struct overlap_slot *slot, const struct te_segment *seg,
		     uint64_t flow, struct overlap_first *first)
{
	uint32_t len = overlap_len(seg);
	bool again =
	    slot->len && slot->seq == seg->seq && slot->flow == overlap_flow(seg, flow);

	if (is_padding(seg) || (again && !conflicts(slot, seg)))
		return false;
	*first = (struct overlap_first){ slot->time, slot->frame, seg->file };
	overlap_remember(slot, seg, flow, len);
	memcpy(slot->head, seg->data, len);
	return again;
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
