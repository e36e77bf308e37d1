/* trails_append.c - a segment is written behind a trail: short ways for most of them */
#include "trails_parts.h"
#include "watch.h"

/* ---- plain ones ---- */

/* Most segments are as they are expected to be, by the whole microsecond, and not long
 * after the one before. They are written as trails_append_any() writes them, but without
 * a branch: every part in any case, and the next one over what did not count. */

/* How they begin, by their flags. 0: such a one is not plain. */
static const uint16_t heads[UINT8_MAX + 1] = {
#define X(row, flags) \
	[flags] = ((flags) & (TE_SYN | TE_ACK)) == TE_ACK ? PRESENT | (row) << 1 : 0,
	TRAIL_USUAL(X)
#undef X
};

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

/* The first word has all up to the step, and the rest is put over what is too much of it:
 * so more is written than counts. */
enum { WORD = 8, WIDE_MOST = 3 };
struct parts {
	uint64_t word;
	unsigned length, window, stamp; /* where these stand */
	unsigned end, reach;            /* of what counts, and of what is written */
	uint32_t newer;                 /* the timestamp */
};

static inline struct parts parts_of(const struct trail_side *self,
				    const struct te_segment *seg, unsigned head,
				    uint32_t us, uint32_t between, uint32_t newer)
{
	unsigned wide = trail_width(us, between), length = seg->len > 0;
	unsigned window = seg->window != self->window;
	unsigned stamp = trail_width_or_none(newer);
	struct parts p = { .newer = newer };

	head |= (wide - 1) << STEP_SHIFT | stamp << STAMP_SHIFT | length * HAS_LENGTH |
		window * HAS_WINDOW;
	p.word = head | (uint64_t)us << 16 | (uint64_t)between << (16 + 8 * wide);
	p.length = 2 + 2 * wide;
	p.window = p.length + 2 * length;
	p.stamp = p.window + 2 * window;
	p.end = p.stamp + stamp;
	p.reach = p.stamp + 2 > WORD ? p.stamp + 2 : WORD;
	return p;
}

static inline void put(uint8_t *at, const struct parts *p, const struct te_segment *seg)
{
	trail_put_word(at, p->word);
	trail_put_two(at + p->length, seg->len);
	trail_put_two(at + p->window, seg->window);
	trail_put_two(at + p->stamp, p->newer);
}

/* Where there is room for what counts alone, as any other is written. */
static inline bool write_plain(struct trails *trails, struct trail *trail,
			       const struct trail_state *state,
			       const struct te_segment *seg, unsigned from,
			       const struct parts *p)
{
	if (!trails_has_room(trail, p->reach) &&
	    (trails_has_room(trail, p->end) || !trails_new_cell(&trails->pool, trail)))
		return trails_write(trails, trail, seg, from);
	put(trails_next_bytes(&trails->pool, trail, state, p->end), p, seg);
	return true;
}

static inline void take_over(struct trail_state *state, struct trail_side *self,
			     const struct te_segment *seg)
{
	self->next += seg->len + !!(seg->flags & TE_FIN);
	trail_expect_same(self, seg);
	state->time = seg->time;
	state->frame = (uint32_t)seg->frame;
}

/* To one that has a state: plain, or any. */
static inline bool append(struct trails *trails, struct trail *trail,
			  const struct te_segment *seg, unsigned from)
{
	struct trail_state *state = trail_state(trail);
	struct trail_side *self = &state->side[from], *peer = &state->side[from ^ 1];
	uint64_t ns = (uint64_t)seg->time - (uint64_t)state->time;
	uint64_t between = seg->frame - state->frame - 1;
	uint32_t us = (uint32_t)ns / (uint32_t)TE_US, newer = seg->tsval - self->tsval;
	unsigned head = heads[seg->flags];
	struct parts parts;

	if (!head || (ns | between << (32 - 8 * WIDE_MOST) | seg->frame) > UINT32_MAX ||
	    (uint32_t)ns != us * (uint32_t)TE_US || (newer | seg->len) > UINT16_MAX ||
	    trails_odd_parts(trails, trail, seg, self) ||
	    !is_expected(trail, self, peer, seg, from))
		return trails_append_any(trails, trail, seg, from);
	parts = parts_of(self, seg, head | from, us, (uint32_t)between, newer);
	if (!write_plain(trails, trail, state, seg, from, &parts))
		return false;
	watch_plain(trail_watch(state), self, peer, seg, from, trail->used);
	take_over(state, self, seg);
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
	unsigned wide = trail_width((uint32_t)step->us, (uint32_t)step->between);
	unsigned head = ANSWER | (wide - 1) << STEP_SHIFT | (id ? HAS_ID : 0u) |
			(stamps ? 3u << STAMP_SHIFT : 0u);
	uint8_t *at = bytes;

	at = trail_put(at, head, 2);
	at = trail_put(at, bits, 1);
	at = trail_put_step(at, (uint32_t)step->us, (uint32_t)step->between, wide);
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
	watch_answer(trail, state, seg);
	state->side[1].next = seg->seq + 1;
	trail_expect_same(&state->side[1], seg);
	state->time = seg->time;
	state->frame = (uint32_t)seg->frame;
	return true;
}

/* ---- the trail ---- */

/* The SYN alone has no room for more. */
static __attribute__((noinline)) bool open_and_append(struct trails *trails,
						      struct trail *lone,
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
