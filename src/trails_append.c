/* trails_append.c - a segment is written behind a trail: short ways for most of them */
#include "trails_parts.h"

/* ---- plain ones ---- */

/* Most segments are as they are expected to be, by the whole microsecond, and not long
 * after the one before. They are put together in two words that overlap, by a shape that
 * is looked up: little depends on what is there. It is byte for byte the same as
 * trails_append_any() writes. */

/* How they begin, by their flags. 0: such a one is not plain. */
static const uint16_t heads[UINT8_MAX + 1] = {
#define X(row, flags) \
	[flags] = ((flags) & (TE_SYN | TE_ACK)) == TE_ACK ? PRESENT | (row) << 1 : 0,
	TRAIL_USUAL(X)
#undef X
};

/* All but `size` and `last` are bits. Sixteen bytes: it is found by shifts. */
enum { WORD = 8, WIDE_MOST = 3 };
struct shape {
	_Alignas(16) uint16_t head;
	uint8_t wide;  /* of time, and of frames */
	uint8_t upper; /* free behind these in the first word */
	uint8_t same;  /* 16: the window is that of before, and left out */
	uint8_t stamp;
	uint8_t lower; /* of what follows: length, window, stamp */
	uint8_t free;  /* behind these in the last word */
	uint8_t last;  /* where that begins; the first one begins at 0 */
	uint8_t size;  /* of all */
};

/* clang-format off */
#define LOWER(stamp, window, length) ((stamp) + 2 * (window) + 2 * (length))
#define SIZE(wide, lower) (2 + 2 * (wide) + (lower))
#define WHOLE(size) ((size) > WORD ? (size) : WORD)
#define FILL(steps, stamps, window, length, n, bytes)            \
	{                                                        \
		.head = (steps - 1) << STEP_SHIFT |              \
			stamps << STAMP_SHIFT |                  \
			window * HAS_WINDOW | length * HAS_LENGTH, \
		.wide = 8 * steps,                               \
		.upper = 8 * (WORD - SIZE(steps, 0)),            \
		.same = 16 * !window,                            \
		.stamp = 8 * stamps,                             \
		.lower = 8 * n,                                  \
		.free = 8 * (WHOLE(bytes) - bytes),              \
		.last = WHOLE(bytes) - WORD,                     \
		.size = bytes,                                   \
	}
#define SHAPE(wide, stamp, window, length)                       \
	FILL(wide, stamp, window, length, LOWER(stamp, window, length), \
	     SIZE(wide, LOWER(stamp, window, length)))
#define SHAPES(wide, stamp)                                      \
	{ { SHAPE(wide, stamp, 0, 0), SHAPE(wide, stamp, 0, 1) }, \
	  { SHAPE(wide, stamp, 1, 0), SHAPE(wide, stamp, 1, 1) } }
static const struct shape shapes[WIDE_MOST][4][2][2] = {
	{ SHAPES(1, 0), SHAPES(1, 1), SHAPES(1, 2) },
	{ SHAPES(2, 0), SHAPES(2, 1), SHAPES(2, 2) },
	{ SHAPES(3, 0), SHAPES(3, 1), SHAPES(3, 2) },
};
/* clang-format on */

static inline const struct shape *shape_of(const struct trail_side *self,
					   const struct te_segment *seg, uint32_t steps,
					   uint32_t newer)
{
	unsigned wide = (31u - (unsigned)__builtin_clz(steps | 1)) / 8;
	unsigned stamp = (unsigned)((newer > 0) + (newer > 0xff));

	return &shapes[wide][stamp][seg->window != self->window][seg->len > 0];
}

static inline bool is_expected(const struct trail *trail, const struct trail_side *self,
			       const struct trail_side *peer,
			       const struct te_segment *seg, unsigned from)
{
	return !((seg->seq ^ self->next) | (seg->ack ^ peer->next) |
		 (seg->tsecr ^ peer->tsval) |
		 (unsigned)(seg->ip_id ^ trail_expected_id(self))) &&
	       !trails_odd_ttl(trail, seg, from) && seg->file == trail->file &&
	       seg->vlan == trail->vlan;
}

static bool append(struct trails *, struct trail *, const struct te_segment *,
		   unsigned from);

/* A short one may fit where a word does not. */
static __attribute__((noinline)) bool append_at_end(struct trails *trails,
						    struct trail *trail,
						    const struct te_segment *seg,
						    unsigned from, unsigned size)
{
	if (trails_has_room(trail, size))
		return trails_append_any(trails, trail, seg, from);
	return trails_new_cell(&trails->pool, trail) && append(trails, trail, seg, from);
}

/* To one that has a state: plain, or any. */
static bool append(struct trails *trails, struct trail *trail,
		   const struct te_segment *seg, unsigned from)
{
	struct trail_state *state = trail_state(trail);
	struct trail_side *self = &state->side[from], *peer = &state->side[from ^ 1];
	uint64_t ns = (uint64_t)seg->time - (uint64_t)state->time;
	uint64_t between = seg->frame - state->frame - 1, upper, lower;
	uint32_t us = (uint32_t)ns / (uint32_t)TE_US, newer = seg->tsval - self->tsval;
	unsigned head = heads[seg->flags];
	const struct shape *shape;
	uint8_t *to;

	if (!head || (ns | between << (32 - 8 * WIDE_MOST) | seg->frame) > UINT32_MAX ||
	    (uint32_t)ns != us * (uint32_t)TE_US || (newer | seg->len) > UINT16_MAX ||
	    trails_odd_parts(trails, trail, seg, self) ||
	    !is_expected(trail, self, peer, seg, from))
		return trails_append_any(trails, trail, seg, from);
	shape = shape_of(self, seg, us | (uint32_t)between, newer);
	if (!trails_has_room(trail, shape->last + WORD))
		return append_at_end(trails, trail, seg, from, shape->size);
	self->next += seg->len + !!(seg->flags & TE_FIN);
	head |= shape->head | from;
	upper = ((uint64_t)head << shape->wide | us) << shape->wide | between;
	lower = ((uint64_t)seg->len << 16 | seg->window) >> shape->same << shape->stamp;
	to = trails_next_bytes(&trails->pool, trail, state, shape->size);
	trail_put_long(to, upper << shape->upper, WORD);
	trail_put_long(to + shape->last,
		       (upper << shape->lower | lower | newer) << shape->free, WORD);
	state->time = seg->time;
	state->frame = (uint32_t)seg->frame;
	trail_expect_same(self, seg);
	trail->count++;
	return trails_appended(trails, trail, seg, from);
}

/* ---- the second one ---- */

enum { STEP_BITS = 24, STAMP_BITS = 16 };

/* Mostly a SYN+ACK that answers the SYN, with options of its own. */
static inline bool is_answer(const struct trails *trails, const struct trail *trail,
			     const struct te_segment *seg, unsigned from,
			     const struct trails_step *step)
{
	const unsigned usual = SYN_OPTIONS | TE_HAS_TS;
	unsigned odd = (seg->has ^ (trail->bits & TRAIL_VLAN)) & trails->looked_at;

	return from && seg->flags == (TE_SYN | TE_ACK) && seg->ack == trail->seq + 1 &&
	       seg->tsecr == trail->tsval && !(odd & ~usual) && odd & SYN_OPTIONS &&
	       (!(odd & TE_HAS_TS) || seg->tsval >> STAMP_BITS) && seg->seq &&
	       seg->window && !seg->len && seg->ttl && !trail_odd_scale(seg) &&
	       seg->file == trail->file && seg->vlan == trail->vlan &&
	       !(step->ns | (step->us | step->between) >> STEP_BITS | seg->frame >> 32);
}

enum {
#define X(row, flags) ((flags) == (TE_SYN | TE_ACK) ? PRESENT | (row) << 1 : 0) +
	ANSWER = (TRAIL_USUAL(X) 0) | FROM_OTHER | HAS_RARE | ODD_SEQ | HAS_WINDOW
#undef X
};

/* The same as trails_append_any() writes; a new cell has more room than it needs. */
static inline size_t put_answer(uint8_t *bytes, const struct te_segment *seg,
				const struct trails_step *step)
{
	bool stamps = seg->has & TE_HAS_TS, id = seg->ip_id;
	unsigned bits = RARE_OPTIONS | (stamps ? RARE_TIMESTAMPS : 0u);
	unsigned wide = trail_width(step->us | step->between | 1);
	unsigned head = ANSWER | (wide - 1) << STEP_SHIFT | (id ? HAS_ID : 0u) |
			(stamps ? 3u << STAMP_SHIFT : 0u);
	uint8_t *at = bytes;

	at = trail_put(at, head << 8 | bits, 3);
	at = trail_put_long(at, step->us << 8 * wide | step->between, 2 * wide);
	at = trail_put(at, seg->seq, 4);
	at = trail_put(at, seg->window, 2);
	at = trail_put_if(at, seg->ip_id, id);
	at = trail_put(at, seg->tsval, stamps ? 4 : 0);
	at = trail_put(at, trail_options(seg), 1);
	at = trail_put(at, seg->mss, 2);
	return (size_t)(at - bytes);
}

static bool append_second(struct trails *trails, struct trail *trail,
			  const struct te_segment *seg, unsigned from)
{
	struct trail_state *state = trail_state(trail);
	const struct trails_step step = trails_step(trails, trail, seg, from);
	struct trail_cell *cell;

	if (!is_answer(trails, trail, seg, from, &step))
		return trails_append_any(trails, trail, seg, from);
	cell = pool_at(&trails->pool, state->last);
	trail->used = (uint8_t)put_answer(cell->bytes, seg, &step);
	trail->ttl[1] = seg->ttl;
	state->side[1].next = seg->seq + 1;
	trail_expect_same(&state->side[1], seg);
	state->time = seg->time;
	state->frame = (uint32_t)seg->frame;
	return true;
}

/* ---- the trail ---- */

/* The SYN alone has no room for more. */
static __attribute__((noinline)) bool open_and_append(struct trails *trails,
						      const struct trail *lone,
						      const struct te_segment *seg,
						      unsigned from)
{
	struct trail *trail = trails_open(trails, lone);

	return trail && append_second(trails, trail, seg, from);
}

bool trails_append(struct trails *trails, struct trail *trail,
		   const struct te_segment *seg, unsigned from)
{
	return trail_is_lone(trail) ? open_and_append(trails, trail, seg, from)
				    : append(trails, trail, seg, from);
}
