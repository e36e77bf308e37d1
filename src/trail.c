/* trail.c - the head of a trail, and how its segments are read */
#include "trail_parts.h"

#include <string.h>

static const uint8_t usual[8] = {
#define X(row, flags) [row] = flags,
	TRAIL_USUAL(X)
#undef X
};

/* ---- the head ---- */

/* All bits if it has timestamps: no branch, as nobody can foresee that of a SYN. */
static inline uint32_t stamp_mask(const struct te_segment *seg)
{
	return 0u - !!(seg->has & TE_HAS_TS);
}

/* A SYN of which all is kept. */
bool trail_may_begin(const struct te_segment *seg)
{
	const uint8_t ecn = TE_ECE | TE_CWR;

	return (seg->flags == TE_SYN || seg->flags == (TE_SYN | ecn)) &&
	       !(seg->len | seg->ack | (seg->has & (NEVER | TE_HAS_SACK)) |
		 (seg->tsecr & stamp_mask(seg)) | seg->frame >> 32 | seg->file >> 8) &&
	       !trail_odd_scale(seg);
}

/* That of the first sender or the other one. */
static inline void put_address(struct trail *trail, unsigned who,
			       const struct te_addr *addr)
{
	if (trail->bits & TRAIL_IPV6)
		memcpy(trail->rest + who * 16, addr->bytes, 16);
	else
		memcpy(trail->rest + who * 4, addr->bytes, 4);
}

void trail_begin(struct trail *trail, const struct te_segment *seg, uint32_t number)
{
	bool timestamps = seg->has & TE_HAS_TS;

	*trail = (struct trail){
		.number = number,
		.frame = (uint32_t)seg->frame,
		.first = seg->time,
		.seq = seg->seq,
		.tsval = seg->tsval & stamp_mask(seg),
		.id = seg->ip_id,
		.window = seg->window,
		.mss = seg->mss,
		.options =
		    (uint8_t)(trail_options(seg) | (timestamps ? OPTION_TIMESTAMPS : 0) |
			      (seg->flags & TE_ECE ? OPTION_ECN : 0)),
		.port = { seg->src_port, seg->dst_port },
		.vlan = seg->vlan,
		.ttl = { seg->ttl },
		.file = (uint8_t)seg->file,
		.bits = (uint8_t)((seg->ip_version == 6 ? TRAIL_IPV6 : 0) |
				  (seg->has & TE_HAS_VLAN)),
		.count = 1,
	};
	put_address(trail, 0, &seg->src);
	put_address(trail, 1, &seg->dst);
}

void trail_address(const struct trail *trail, unsigned from, struct te_segment *seg)
{
	trail_get_address(trail, from, &seg->src);
	trail_get_address(trail, !from, &seg->dst);
	seg->src_port = trail->port[from];
	seg->dst_port = trail->port[!from];
	seg->ip_version = trail->bits & TRAIL_IPV6 ? 6 : 4;
	seg->vlan = trail->vlan;
	seg->file = trail->file;
	if (trail->bits & TRAIL_VLAN)
		seg->has |= TE_HAS_VLAN;
}

void trail_open(const struct trail *trail, struct trail_state *state)
{
	*state = (struct trail_state){ .time = trail->first,
				       .side[0] = { .next = trail->seq + 1,
						    .tsval = trail->tsval,
						    .id = trail->id,
						    .window = trail->window },
				       .frame = trail->frame };
}

/* ---- reading ---- */

static inline unsigned options_has(uint8_t options)
{
	return ((options & OPTION_WSCALE) != OPTION_WSCALE ? TE_HAS_WSCALE : 0u) |
	       (options & OPTION_MSS ? TE_HAS_MSS : 0u) |
	       (options & OPTION_SACK_OK ? TE_HAS_SACK_OK : 0u);
}

static void get_options(uint8_t options, uint16_t mss, struct te_segment *seg)
{
	seg->has |= (uint16_t)options_has(options);
	if (seg->has & TE_HAS_WSCALE)
		seg->wscale = options & OPTION_WSCALE;
	seg->mss = mss;
}

uint8_t trail_syn_has(const struct trail *trail)
{
	return (uint8_t)(options_has(trail->options) |
			 (trail->options & OPTION_TIMESTAMPS ? TE_HAS_TS : 0u));
}

static const uint8_t *get_rare(struct trail_reader *r, const uint8_t *at,
			       struct te_segment *seg, unsigned bits)
{
	if (bits & RARE_TIME)
		seg->time = r->state.time += trail_get(&at, 2);
	if (bits & RARE_TTL)
		seg->ttl = *at++;
	if (bits & RARE_SACK) {
		seg->sack_right = trail_get(&at, 4);
		seg->has |= TE_HAS_SACK;
	}
	if (bits & RARE_OPTIONS) {
		uint8_t options = *at++;

		get_options(options, (uint16_t)trail_get(&at, 2), seg);
	}
	if (bits & RARE_SNAPPED)
		seg->has |= TE_SNAPPED;
	return at;
}

/* The SYN, which stands in the head. */
static int get_first(struct trail_reader *r, struct te_segment *seg)
{
	const struct trail *trail = r->trail;
	bool timestamps = trail->options & OPTION_TIMESTAMPS;

	seg->time = trail->first;
	seg->frame = trail->frame;
	seg->flags = trail->options & OPTION_ECN ? TE_SYN | TE_ECE | TE_CWR : TE_SYN;
	seg->seq = trail->seq;
	seg->ack = seg->len = seg->tsecr = seg->sack_right = 0;
	seg->tsval = trail->tsval;
	seg->window = trail->window;
	seg->ip_id = trail->id;
	seg->ttl = trail->ttl[0];
	seg->has = timestamps ? TE_HAS_TS : 0;
	get_options(trail->options, trail->mss, seg);
	r->at = r->bytes;
	return 0;
}

static inline const uint8_t *get_stamp(const uint8_t *at, const struct trail_side *self,
				       const struct trail_side *peer, unsigned head,
				       struct te_segment *seg)
{
	seg->has = TE_HAS_TS;
	seg->tsval = self->tsval + trail_get_newer(&at, head);
	seg->tsecr =
	    head & HAS_ECHO ? trail_get(&at, 4) : trail_expected_echo(peer, seg->flags);
	return at;
}

/* Behind the first two bytes, where none is ODD: an ACK, or FIN. Without a branch on
 * whether there are timestamps. */
static inline int get_plain(struct trail_reader *r, const uint8_t *at, unsigned head,
			    struct te_segment *seg)
{
	unsigned from = head & FROM_OTHER;
	struct trail_side *self = &r->state.side[from];
	const struct trail_side *peer = &r->state.side[from ^ 1];
	uint32_t stamps = self->tsval ? UINT32_MAX : 0;

	at = trail_get_step(at, head, &r->state);
	seg->time = r->state.time;
	seg->frame = r->state.frame;
	seg->flags = usual[(head & FLAGS) >> 1];
	seg->seq = self->next;
	seg->ack = peer->next;
	seg->len = trail_get_if(&at, head & HAS_LENGTH, 0);
	seg->window = trail_get_if(&at, head & HAS_WINDOW, self->window);
	seg->ip_id = trail_expected_id(self);
	seg->ttl = r->trail->ttl[from];
	seg->has = stamps & TE_HAS_TS;
	seg->tsval = self->tsval + trail_get_newer(&at, head);
	seg->tsecr = peer->tsval & stamps;
	seg->sack_right = 0;
	r->at = at;
	self->next += seg->len + !!(head & FLAGS_FIN);
	trail_expect_same(self, seg);
	return (int)from;
}

static __attribute__((noinline)) int get_odd(struct trail_reader *r, const uint8_t *at,
					     unsigned head, struct te_segment *seg)
{
	unsigned from = head & FROM_OTHER;
	struct trail_side *self = &r->state.side[from];
	const struct trail_side *peer = &r->state.side[!from];
	bool rare = head & HAS_RARE;
	unsigned bits = *at & (0u - rare);

	at += rare;
	seg->flags = bits & RARE_FLAGS ? *at++ : usual[(head & FLAGS) >> 1];
	at = trail_get_step(at, head, &r->state);
	seg->time = r->state.time;
	seg->frame = r->state.frame;
	seg->seq = head & ODD_SEQ ? trail_get(&at, 4) : self->next;
	seg->ack =
	    head & ODD_ACK ? trail_get(&at, 4) : trail_expected_ack(peer, seg->flags);
	seg->len = trail_get_if(&at, head & HAS_LENGTH, 0);
	seg->window = trail_get_if(&at, head & HAS_WINDOW, self->window);
	seg->ip_id =
	    head & HAS_ID ? (uint16_t)trail_get(&at, 2) : trail_expected_id(self);
	seg->ttl = r->trail->ttl[from];
	seg->has = 0;
	seg->tsval = seg->tsecr = seg->sack_right = 0;
	if (!self->tsval != !(bits & RARE_TIMESTAMPS))
		at = get_stamp(at, self, peer, head, seg);
	if (bits)
		at = get_rare(r, at, seg, bits);
	r->at = at;
	trail_expect(self, seg);
	return (int)from;
}

int trail_next(struct trail_reader *r, struct te_segment *seg)
{
	const uint8_t *at = r->at;
	unsigned head;

	if (!at)
		return get_first(r, seg);
	if (at == r->end)
		return -1;
	head = trail_get_head(r, &at);
	return head & ODD ? get_odd(r, at, head, seg) : get_plain(r, at, head, seg);
}

/* From the last cell to the first, into one piece. */
static void gather(struct trail_reader *r, const struct trail *trail)
{
	const struct pool *pool = pool_of(trail);
	uint32_t name = trail_state(trail)->last;
	unsigned i = trail_cells(trail);

	while (i-- > 0) {
		const struct trail_cell *cell = pool_at(pool, name & ~TRAIL_CELL);
		uint8_t *to = r->bytes + i * TRAIL_CELL_STRIDE;

		memcpy(to, cell->bytes, TRAIL_CELL_ROOM);
		memset(to + TRAIL_CELL_ROOM, 0, TRAIL_CELL_STRIDE - TRAIL_CELL_ROOM);
		name = cell->before;
	}
}

void trail_gather(struct trail_reader *r, const struct trail *trail)
{
	r->trail = trail;
	r->at = NULL;
	r->end = r->bytes + trail->used;
	if (!trail_is_lone(trail))
		gather(r, trail);
}

void trail_read(struct trail_reader *r, const struct trail *trail)
{
	trail_open(trail, &r->state);
	trail_gather(r, trail);
}

bool trail_marked_here(const struct trail_reader *r)
{
	return r->trail->bits & TRAIL_MARKED && r->at == r->bytes + r->trail->mark;
}
