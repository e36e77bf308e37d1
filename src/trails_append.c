/* trails_append.c - a segment is written behind a trail */
#include "trail_parts.h"
#include "trails_parts.h"

#include <string.h>

enum { BUFFER = 64 }; /* room to write one, and some behind it */

/* As FLAGS has them; 0: none. */
enum { IN_A_ROW = 0x80 };
static const uint8_t rows[UINT8_MAX + 1] = {
#define X(row, flags) [flags] = row << 1 | IN_A_ROW,
	TRAIL_USUAL(X)
#undef X
};

/* ---- from the segment before ---- */

/* Backward is far ahead. */
struct step {
	uint64_t us, between; /* time, frames */
	uint32_t ns;
	unsigned odd; /* TE_* that it has and was not expected to, or the reverse */
};

static inline unsigned odd_parts(const struct trails *trails, const struct trail *trail,
				 const struct te_segment *seg,
				 const struct trail_side *self)
{
	return (seg->has ^ trail_expected_has(trail, self)) & trails->looked_at;
}

static inline struct step step_from(const struct trails *trails,
				    const struct trail *trail,
				    const struct te_segment *seg, unsigned from)
{
	const struct trail_state *state = trail_state(trail);
	uint64_t passed = (uint64_t)seg->time - (uint64_t)state->time;
	uint64_t us = passed / TE_US;

	return (struct step){
		.us = us,
		.between = seg->frame - state->frame - 1,
		.ns = (uint32_t)(passed - us * TE_US),
		.odd = odd_parts(trails, trail, seg, &state->side[from]),
	};
}

/* ---- writing ---- */

/* A TTL of 0 is not the first one's: that one is not known yet. */
static inline bool has_odd_ttl(const struct trail *trail, const struct te_segment *seg,
			       unsigned from)
{
	return !seg->ttl || seg->ttl != trail->ttl[from];
}

static unsigned rare(const struct trail *trail, const struct te_segment *seg,
		     unsigned from, const struct step *step)
{
	unsigned odd = step->odd;

	return (rows[seg->flags] ? 0u : RARE_FLAGS) | (step->ns ? RARE_TIME : 0u) |
	       (has_odd_ttl(trail, seg, from) ? RARE_TTL : 0u) |
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
			       const struct step *step)
{
	return (step->us | step->between | seg->frame) <= UINT32_MAX &&
	       seg->len <= UINT16_MAX && seg->file == trail->file &&
	       seg->vlan == trail->vlan && !(step->odd & (NEVER | TE_HAS_VLAN)) &&
	       !trail_odd_scale(seg);
}

static size_t put_segment(struct trail *trail, const struct trail_state *state,
			  const struct te_segment *seg, unsigned from,
			  const struct step *step, uint8_t *bytes)
{
	const struct trail_side *self = &state->side[from], *peer = &state->side[!from];
	unsigned bits = rare(trail, seg, from, step);
	unsigned head = PRESENT | from | (rows[seg->flags] & FLAGS);
	unsigned wide = trail_width(step->us | step->between | 1);
	uint8_t *at = bytes + 2;

	head |= bits ? HAS_RARE : 0;
	at = trail_put(at, bits, !!bits);
	at = trail_put(at, seg->flags, bits & RARE_FLAGS ? 1 : 0);
	head |= (wide - 1) << STEP_SHIFT;
	at = trail_put_long(at, step->us << 8 * wide | step->between, 2 * wide);
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
	trail_put_if(bytes, head, true);
	return (size_t)(at - bytes);
}

/* ---- cells ---- */

/* Where the next `n` bytes go, in a new cell. NULL: there is no room. */
static __attribute__((noinline)) uint8_t *new_cell(struct pool *pool, struct trail *trail,
						   size_t n)
{
	struct trail_state *state = trail_state(trail);
	unsigned left = trail_left(trail), cells = trail_cells(trail);
	struct trail_cell *cell;
	uint32_t name;

	if (cells == TRAIL_CELLS || !(name = pool_take(pool, TRAIL_CELL_UNITS)))
		return NULL;
	if (left) {
		cell = pool_at(pool, state->last);
		cell->bytes[TRAIL_CELL_ROOM - left] = 0; /* nothing more in this one */
	}
	cell = pool_at(pool, name);
	cell->before = TRAIL_CELL | state->last;
	state->last = name;
	trail->used = (uint8_t)(cells * TRAIL_CELL_STRIDE + n);
	return cell->bytes;
}

static inline uint8_t *next_bytes(struct pool *pool, struct trail *trail, size_t n)
{
	unsigned at = trail->used % TRAIL_CELL_STRIDE;
	struct trail_cell *cell;

	if (!at || at + n > TRAIL_CELL_ROOM)
		return new_cell(pool, trail, n);
	trail->used = (uint8_t)(trail->used + n);
	cell = pool_at(pool, trail_state(trail)->last);
	return cell->bytes + at;
}

/* Whatever can be kept. */
static __attribute__((noinline)) bool append_any(struct trails *trails,
						 struct trail *trail,
						 const struct te_segment *seg,
						 unsigned from)
{
	struct trail_state *state = trail_state(trail);
	const struct step step = step_from(trails, trail, seg, from);
	uint8_t bytes[BUFFER], *to;
	size_t n;

	if (!can_be_kept(trail, seg, &step))
		return false;
	if (from && !trail->ttl[1])
		trail->ttl[1] = seg->ttl;
	n = put_segment(trail, state, seg, from, &step, bytes);
	to = next_bytes(&trails->pool, trail, n);
	if (!to)
		return false;
	memcpy(to, bytes, n);
	trail_expect(&state->side[from], seg);
	state->time = seg->time;
	state->frame = (uint32_t)seg->frame;
	return true;
}

/* ---- plain ones ---- */

/* Most segments are as they are expected to be, by the whole microsecond, and not long
 * after the one before. All of them write three bytes of time and of frames, so that
 * these and what says which others follow are one word, and those are less than another
 * one: nothing has to be looked at twice, and little depends on what is there. */
enum { PLAIN_STEP = 24 /* bits */, PLAIN_WORD = 8 };

/* How they begin, by their flags. 0: such a one is not plain. */
static const uint16_t heads[UINT8_MAX + 1] = {
#define PLAIN(row) (PRESENT | (row) << 1 | (PLAIN_STEP / 8 - 1) << STEP_SHIFT)
#define X(row, flags) [flags] = ((flags) & (TE_SYN | TE_ACK)) == TE_ACK ? PLAIN(row) : 0,
	TRAIL_USUAL(X)
#undef X
#undef PLAIN
};

static inline bool is_expected(const struct trail *trail, const struct trail_side *self,
			       const struct trail_side *peer,
			       const struct te_segment *seg, unsigned from)
{
	return !((seg->seq ^ self->next) | (seg->ack ^ peer->next) |
		 (seg->tsecr ^ peer->tsval) |
		 (unsigned)(seg->ip_id ^ trail_expected_id(self))) &&
	       !has_odd_ttl(trail, seg, from) && seg->file == trail->file &&
	       seg->vlan == trail->vlan;
}

/* False: it is not plain, or cannot be kept, and nothing is done. */
static inline bool append_plain(struct trails *trails, struct trail *trail,
				const struct te_segment *seg, unsigned from)
{
	struct trail_state *state = trail_state(trail);
	struct trail_side *self = &state->side[from], *peer = &state->side[from ^ 1];
	uint64_t ns = (uint64_t)seg->time - (uint64_t)state->time;
	uint64_t between = seg->frame - state->frame - 1;
	uint32_t us = (uint32_t)ns / (uint32_t)TE_US, newer = seg->tsval - self->tsval;
	unsigned head = heads[seg->flags], length, window, stamp, more;
	uint64_t first, rest;
	uint8_t *to;

	if (!head || (ns | between << (32 - PLAIN_STEP) | seg->frame) > UINT32_MAX ||
	    (uint32_t)ns != us * (uint32_t)TE_US || (newer | seg->len) > UINT16_MAX ||
	    odd_parts(trails, trail, seg, self) ||
	    !is_expected(trail, self, peer, seg, from))
		return false;
	length = seg->len != 0;
	window = seg->window != self->window;
	stamp = (unsigned)((newer > 0) + (newer > 0xff));
	more = 2 * (length + window) + stamp;
	to = next_bytes(&trails->pool, trail, PLAIN_WORD + more);
	if (!to)
		return false;
	head |= from | length * HAS_LENGTH | window * HAS_WINDOW | stamp << STAMP_SHIFT;
	first = ((uint64_t)head << PLAIN_STEP | us) << PLAIN_STEP | between;
	rest = ((uint64_t)seg->len << 16 * window | window * seg->window) << 8 * stamp;
	trail_put_long(to, first, PLAIN_WORD);
	trail_put_long(to + more, first << 8 * more | rest | newer, PLAIN_WORD);
	self->next += seg->len + !!(seg->flags & TE_FIN);
	trail_expect_same(self, seg);
	state->time = seg->time;
	state->frame = (uint32_t)seg->frame;
	return true;
}

/* ---- the trail ---- */

static inline bool may_be_over(const struct trail *trail)
{
	const uint8_t both = TRAIL_FIN | TRAIL_FIN << 1;

	return (trail->bits & both) == both || trail->bits & TRAIL_RST;
}

static void note_closing(struct trails *trails, struct trail *trail,
			 const struct te_segment *seg, unsigned from)
{
	if (seg->flags & TE_FIN)
		trail->bits |= (uint8_t)(TRAIL_FIN << from);
	if (seg->flags & TE_RST)
		trail->bits |= TRAIL_RST;
	if (trail->bits & TRAIL_QUEUED)
		trail->bits |= TRAIL_TOUCHED;
	else if (may_be_over(trail))
		trails_queue(trails, trails->slots[trails->found].name);
}

/* The second segment finds no room for it. */
static bool append_second(struct trails *trails, struct trail **found,
			  const struct te_segment *seg, unsigned from)
{
	struct trail *trail = trails_open(trails, *found);

	if (!trail)
		return false;
	*found = trail;
	return append_any(trails, trail, seg, from);
}

bool trails_append(struct trails *trails, struct trail **found,
		   const struct te_segment *seg, unsigned from)
{
	struct trail *trail = *found;

	if (trail_is_lone(trail)) {
		if (!append_second(trails, found, seg, from))
			return false;
		trail = *found;
	} else {
		if (!append_plain(trails, trail, seg, from) &&
		    !append_any(trails, trail, seg, from))
			return false;
		trail->count++;
	}
	if (trail->bits & TRAIL_CLOSING || seg->flags & (TE_FIN | TE_RST))
		note_closing(trails, trail, seg, from);
	return true;
}
