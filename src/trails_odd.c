/* trails_odd.c - whatever segment can be kept, field by field */
#include "trail_parts.h"
#include "trails_parts.h"
#include "watch.h"

#include <string.h>

enum { BUFFER = 64 }; /* room to write one, and some behind it */

/* As FLAGS has them; 0: none. */
enum { IN_A_ROW = 0x80 };
static const uint8_t rows[UINT8_MAX + 1] = {
#define X(row, flags) [flags] = row << 1 | IN_A_ROW,
	TRAIL_USUAL(X)
#undef X
};

static unsigned rare(const struct trail *trail, const struct te_segment *seg,
		     unsigned from, const struct trails_step *step)
{
	unsigned odd = step->odd;

	return (rows[seg->flags] ? 0u : RARE_FLAGS) | (step->ns ? RARE_TIME : 0u) |
	       (trails_odd_ttl(trail, seg, from) ? RARE_TTL : 0u) |
	       (odd & TE_HAS_TS ? RARE_TIMESTAMPS : 0u) |
	       (odd & TE_HAS_SACK ? RARE_SACK : 0u) |
	       (odd & SYN_OPTIONS ? RARE_OPTIONS : 0u) |
	       (odd & TE_SNAPPED && seg->len ? RARE_SNAPPED : 0u);
}

static uint8_t *put_rare(uint8_t *at, const struct te_segment *seg, unsigned bits,
			 uint64_t ns)
{
	if (bits & RARE_TIME)
		at = trail_put(at, (uint32_t)ns, 2);
	if (bits & RARE_TTL)
		at = trail_put(at, seg->ttl, 1);
	if (bits & RARE_SACK)
		at = trail_put(at, seg->sack_right, 4);
	if (bits & RARE_OPTIONS)
		at = trail_put(trail_put(at, trail_options(seg), 1), seg->mss, 2);
	return at;
}

/* The timestamp, and in `head` how it stands there. */
static uint8_t *put_stamp(uint8_t *at, const struct trail_side *self,
			  const struct trail_side *peer, const struct te_segment *seg,
			  unsigned *head)
{
	uint32_t newer = seg->tsval - self->tsval;
	unsigned code = (unsigned)((newer > 0) + (newer > 0xff) + (newer > 0xffff));

	*head |= code << STAMP_SHIFT;
	at = trail_put(at, newer, trail_stamp_width[code]);
	if (seg->tsecr == trail_expected_echo(peer, seg->flags))
		return at;
	*head |= HAS_ECHO;
	return trail_put(at, seg->tsecr, 4);
}

/* Time goes on, for no longer than can be told, and the file is the same. */
static inline bool can_be_kept(const struct trail *trail, const struct te_segment *seg,
			       const struct trails_step *step)
{
	return (step->us | step->between | seg->frame) <= UINT32_MAX &&
	       seg->len <= UINT16_MAX && seg->file == trail->file &&
	       seg->vlan == trail->vlan && !(step->odd & (NEVER | TE_HAS_VLAN)) &&
	       !trail_odd_scale(seg);
}

/* By its first three bytes. */
static bool is_in_order(unsigned head)
{
	return trail_is_in_order(head, head & HAS_RARE ? head >> 16 : 0);
}

static size_t put_segment(struct trail *trail, const struct trail_state *state,
			  const struct te_segment *seg, unsigned from,
			  const struct trails_step *step, uint8_t *bytes)
{
	const struct trail_side *self = &state->side[from], *peer = &state->side[!from];
	unsigned bits = rare(trail, seg, from, step);
	unsigned head = PRESENT | from | (rows[seg->flags] & FLAGS);
	unsigned wide = trail_width((uint32_t)step->us, (uint32_t)step->between);
	uint8_t *at = bytes + 2;

	head |= bits ? HAS_RARE : 0;
	at = trail_put(at, bits, !!bits);
	at = trail_put(at, seg->flags, bits & RARE_FLAGS ? 1 : 0);
	head |= (wide - 1) << STEP_SHIFT;
	at = trail_put_step(at, (uint32_t)step->us, (uint32_t)step->between, wide);
	if (seg->seq != self->next) {
		head |= ODD_SEQ;
		at = trail_put(at, seg->seq, 4);
	}
	if (seg->ack != trail_expected_ack(peer, seg->flags)) {
		head |= ODD_ACK;
		at = trail_put(at, seg->ack, 4);
	}
	head |= seg->len ? HAS_LENGTH : 0;
	at = trail_put(at, seg->len, seg->len ? 2 : 0);
	head |= seg->window != self->window ? HAS_WINDOW : 0;
	at = trail_put(at, seg->window, seg->window != self->window ? 2 : 0);
	if (seg->ip_id != trail_expected_id(self)) {
		head |= HAS_ID;
		at = trail_put(at, seg->ip_id, 2);
	}
	if (seg->has & TE_HAS_TS)
		at = put_stamp(at, self, peer, seg, &head);
	at = put_rare(at, seg, bits, step->ns);
	trail_put_two(bytes, head);
	return (size_t)(at - bytes);
}

/* To the end of the last cell, or the beginning of another one. 0: there is no room; else
 * how it begins. */
static unsigned write_behind(struct trails *trails, struct trail *trail,
			     const struct te_segment *seg, unsigned from,
			     const struct trails_step *step)
{
	struct trail_state *state = trail_state(trail);
	uint8_t bytes[BUFFER];
	size_t n = put_segment(trail, state, seg, from, step, bytes);

	if (!trails_has_room(trail, n) && !trails_new_cell(&trails->pool, trail))
		return 0;
	memcpy(trails_next_bytes(&trails->pool, trail, state, n), bytes, n);
	return trail_two(bytes) | (unsigned)bytes[2] << 16;
}

__attribute__((noinline)) bool trails_write(struct trails *trails, struct trail *trail,
					    const struct te_segment *seg, unsigned from)
{
	const struct trails_step step = trails_step(trails, trail, seg, from);

	return write_behind(trails, trail, seg, from, &step);
}

__attribute__((noinline)) bool trails_append_any(struct trails *trails,
						 struct trail *trail,
						 const struct te_segment *seg,
						 unsigned from)
{
	struct trail_state *state = trail_state(trail);
	const struct trails_step step = trails_step(trails, trail, seg, from);
	bool second = !trail->used; /* counted in trails_open() */
	unsigned head;

	if (!can_be_kept(trail, seg, &step))
		return false;
	if (from && !trail->ttl[1])
		trail->ttl[1] = seg->ttl;
	head = write_behind(trails, trail, seg, from, &step);
	if (!head)
		return false;
	watch_odd(trail_watch(state), second || is_in_order(head));
	trail_expect(&state->side[from], seg);
	state->time = seg->time;
	state->frame = (uint32_t)seg->frame;
	trail->count = (uint8_t)(trail->count + !second);
	return trails_appended(trails, trail, seg, from);
}
