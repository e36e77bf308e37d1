/* trails_append.c - a segment is written behind a trail */
#include "trail_parts.h"
#include "trails_parts.h"

#include <string.h>

/* Room to write one, and some behind it; so much is enough for a plain one. */
enum { BUFFER = 64, PLAIN_BUFFER = 20 };

/* As FLAGS has them; 0: none. */
enum { IN_A_ROW = 0x80 };
static const uint8_t rows[UINT8_MAX + 1] = {
#define X(row, flags) [flags] = row << 1 | IN_A_ROW,
	TRAIL_USUAL(X)
#undef X
};

static inline unsigned stamp_code(uint32_t newer)
{
	return (unsigned)((newer > 0) + (newer > 0xff) + (newer > 0xffff));
}

/* ---- from the segment before ---- */

/* Backward is far ahead. */
struct step {
	uint64_t us, between; /* time, frames */
	uint32_t ns;
	unsigned odd; /* TE_* that it has and was not expected to, or the reverse */
};

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
		.odd = (seg->has ^ trail_expected_has(trail, &state->side[from])) &
		       trails->looked_at,
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
static inline uint8_t *put_stamp(uint8_t *at, const struct trail_side *self,
				 const struct trail_side *peer,
				 const struct te_segment *seg, unsigned *head, bool plain)
{
	uint32_t newer = seg->tsval - self->tsval;
	unsigned code = stamp_code(newer);

	*head |= code << STAMP_SHIFT;
	at = trail_put(at, newer, trail_stamp_width[code]);
	if (plain || seg->tsecr == trail_expected_echo(peer, seg->flags))
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
	       seg->vlan == trail->vlan;
}

/* Nothing about it is odd or rare. */
static inline bool is_plain(const struct trail *trail, const struct trail_state *state,
			    const struct te_segment *seg, unsigned from,
			    const struct step *step)
{
	const struct trail_side *self = &state->side[from], *peer = &state->side[!from];
	uint32_t echo =
	    seg->has & TE_HAS_TS ? seg->tsecr ^ trail_expected_echo(peer, seg->flags) : 0;

	return !(step->odd | echo | step->ns | (seg->seq ^ self->next) |
		 (seg->ack ^ trail_expected_ack(peer, seg->flags)) |
		 (unsigned)(seg->ip_id ^ trail_expected_id(self))) &&
	       rows[seg->flags] && !has_odd_ttl(trail, seg, from);
}

/* Most are plain: what they cannot have is left out of the code for them. */
static inline __attribute__((always_inline)) size_t
put_segment(const struct trail *trail, const struct trail_state *state,
	    const struct te_segment *seg, unsigned from, const struct step *step,
	    uint8_t *restrict bytes, bool plain)
{
	const struct trail_side *self = &state->side[from], *peer = &state->side[!from];
	unsigned head = PRESENT | from | (rows[seg->flags] & FLAGS), bits = 0;
	unsigned wide = trail_width(step->us | step->between | 1);
	uint8_t *restrict at = bytes + 2;

	if (!plain) {
		bits = rare(trail, seg, from, step);
		head |= bits ? HAS_RARE : 0;
		at = trail_put(at, bits, !!bits);
		at = trail_put(at, seg->flags, bits & RARE_FLAGS ? 1 : 0);
	}
	head |= (wide - 1) << STEP_SHIFT;
	at = trail_put_long(at, step->us << 8 * wide | step->between, 2 * wide);
	if (!plain && seg->seq != self->next) {
		head |= ODD_SEQ;
		at = trail_put(at, seg->seq, 4);
	}
	if (!plain && seg->ack != trail_expected_ack(peer, seg->flags)) {
		head |= ODD_ACK;
		at = trail_put(at, seg->ack, 4);
	}
	head |= seg->len ? HAS_LENGTH : 0;
	at = trail_put_if(at, seg->len, seg->len);
	head |= seg->window != self->window ? HAS_WINDOW : 0;
	at = trail_put_if(at, seg->window, seg->window != self->window);
	if (!plain && seg->ip_id != trail_expected_id(self)) {
		head |= HAS_ID;
		at = trail_put(at, seg->ip_id, 2);
	}
	if (seg->has & TE_HAS_TS)
		at = put_stamp(at, self, peer, seg, &head, plain);
	if (bits)
		at = put_rare(at, seg, bits, step->ns);
	bytes[0] = (uint8_t)(head >> 8);
	bytes[1] = (uint8_t)head;
	return (size_t)(at - bytes);
}

static __attribute__((noinline)) size_t put_odd(struct trail *trail,
						const struct trail_state *state,
						const struct te_segment *seg,
						unsigned from, const struct step *step,
						uint8_t *bytes)
{
	if (step->odd & (NEVER | TE_HAS_VLAN) || trail_odd_scale(seg))
		return 0;
	if (from && !trail->ttl[1])
		trail->ttl[1] = seg->ttl;
	return put_segment(trail, state, seg, from, step, bytes, false);
}

/* ---- cells ---- */

static bool begin_cell(struct pool *pool, struct trail *trail, const uint8_t *bytes,
		       size_t n)
{
	struct trail_state *state = trail_state(trail);
	uint32_t name = pool_take(pool, TRAIL_CELL_UNITS);
	struct trail_cell *cell;

	if (!name)
		return false;
	cell = pool_at(pool, name);
	cell->before = TRAIL_CELL | state->last;
	memcpy(cell->bytes, bytes, n);
	state->last = name;
	trail->used = (uint8_t)(trail_cells(trail) * TRAIL_CELL_STRIDE + n);
	return true;
}

/* What was written apart: where there is room for all of it. */
static bool store(struct pool *pool, struct trail *trail, const uint8_t *bytes, size_t n,
		  unsigned left)
{
	struct trail_cell *cell = pool_at(pool, trail_state(trail)->last);
	uint8_t *at = cell->bytes + TRAIL_CELL_ROOM - left;

	if (n <= left) {
		memcpy(at, bytes, n);
		trail->used = (uint8_t)(trail->used + n);
		return true;
	}
	if (left)
		*at = 0; /* nothing more in this one */
	return trail_cells(trail) < TRAIL_CELLS && begin_cell(pool, trail, bytes, n);
}

/* Where it will stay, if it is plain and that is sure to have the room. */
static inline bool append(struct trails *trails, struct trail *trail,
			  const struct te_segment *seg, unsigned from)
{
	struct pool *pool = &trails->pool;
	struct trail_state *state = trail_state(trail);
	const struct step step = step_from(trails, trail, seg, from);
	unsigned left = trail_left(trail);
	uint8_t apart[BUFFER], *to = apart;
	size_t n;

	if (!can_be_kept(trail, seg, &step))
		return false;
	if (is_plain(trail, state, seg, from, &step)) {
		if (left >= PLAIN_BUFFER) {
			struct trail_cell *cell = pool_at(pool, state->last);

			to = cell->bytes + TRAIL_CELL_ROOM - left;
		}
		n = put_segment(trail, state, seg, from, &step, to, true);
	} else {
		n = put_odd(trail, state, seg, from, &step, to);
	}
	if (to != apart)
		trail->used = (uint8_t)(trail->used + n);
	else if (!n || !store(pool, trail, apart, n, left))
		return false;
	trail_expect(&state->side[from], seg);
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

bool trails_append(struct trails *trails, struct trail **found,
		   const struct te_segment *seg, unsigned from)
{
	struct trail *trail = *found;
	bool lone = trail_is_lone(trail);

	if (lone && !(trail = trails_open(trails, trail)))
		return false;
	*found = trail;
	if (!append(trails, trail, seg, from))
		return false;
	trail->count = (uint8_t)(trail->count + !lone);
	if (trail->bits & TRAIL_CLOSING || seg->flags & (TE_FIN | TE_RST))
		note_closing(trails, trail, seg, from);
	return true;
}
