/* life.c - trails of connections that lived as they should
 *
 * One pass over the segments, with a table of what may come next. Anything else is not
 * for here: such a trail is played to the rules (engine.c), which decide what it means.
 */
#include "life.h"
#include "seq.h"

#include <string.h>

enum phase {
	BEGIN,
	SYN_SENT,
	SYN_RCVD,
	OPEN,       /* the server has not sent anything since */
	PROVEN,     /* it has */
	FIN_SENT,   /* by one side, the closer */
	CLOSE_WAIT, /* the other has acknowledged it */
	LAST_ACK,   /* and sent its own */
	DONE,
};

/* SYN, SYN+ACK, ACK, an answer, FIN, FIN, ACK */
enum { SHORTEST = 7 };

struct life_side {
	uint32_t next, ack, tsval;
	uint32_t edge; /* right one of the window that it offers */
	uint8_t shift;
	bool has_ack, has_ts, has_edge;
	bool probing;
	uint32_t probe_end;
	te_time probe_time, rtt;
	uint64_t packets, bytes;
};

struct life {
	struct life_side side[2];
	enum phase phase;
	unsigned closer;
	bool three; /* the FIN was answered by a FIN */
	te_time last;
	te_time patience;
	struct life_marks marks;
};

/* ---- what may come next ---- */

static uint8_t kind_of(const struct te_segment *seg)
{
	return seg->flags & (uint8_t)~TE_PSH;
}

static bool begins(struct life *life, const struct te_segment *seg, unsigned from)
{
	life->phase = SYN_SENT;
	return !from && seg->flags == TE_SYN && !seg->len;
}

static bool answers(struct life *life, const struct te_segment *seg, unsigned from)
{
	life->phase = SYN_RCVD;
	life->marks.synack = seg->time;
	return from && seg->flags == (TE_SYN | TE_ACK) && !seg->len &&
	       seg->ack == life->side[0].next;
}

static bool completes(struct life *life, const struct te_segment *seg, unsigned from)
{
	life->phase = OPEN;
	life->marks.open = seg->time;
	return !from && kind_of(seg) == TE_ACK && seg->ack == life->side[1].next;
}

/* New data or a new ACK, or the first FIN of an end that has all of its peer's data. */
static bool goes_on(struct life *life, const struct te_segment *seg, unsigned from)
{
	const struct life_side *self = &life->side[from], *peer = &life->side[!from];

	if (from && life->phase == OPEN)
		life->phase = PROVEN;
	if (kind_of(seg) == TE_ACK)
		return seq_le(seg->ack, peer->next) &&
		       (seg->len || seg->ack != self->ack);
	life->closer = from;
	if (life->phase == OPEN)
		return false;
	life->phase = FIN_SENT;
	return kind_of(seg) == (TE_FIN | TE_ACK) && seg->ack == peer->next;
}

static bool is_closed_by(struct life *life, const struct te_segment *seg, unsigned from)
{
	bool fin = seg->flags & TE_FIN;

	if (from == life->closer || seg->len || seg->ack != life->side[!from].next)
		return false;
	if (fin)
		life->three = life->phase == FIN_SENT;
	if (!fin && life->phase == CLOSE_WAIT)
		return false;
	life->phase = fin ? LAST_ACK : CLOSE_WAIT;
	return kind_of(seg) == (fin ? TE_FIN | TE_ACK : TE_ACK);
}

static bool ends(struct life *life, const struct te_segment *seg, unsigned from)
{
	life->phase = DONE;
	return from == life->closer && kind_of(seg) == TE_ACK && !seg->len &&
	       seg->ack == life->side[!from].next;
}

static bool never(struct life *life, const struct te_segment *seg, unsigned from)
{
	(void)life;
	(void)seg;
	(void)from;
	return false;
}

static bool (*const next_step[])(struct life *, const struct te_segment *, unsigned) = {
	[BEGIN] = begins,
	[SYN_SENT] = answers,
	[SYN_RCVD] = completes,
	[OPEN] = goes_on,
	[PROVEN] = goes_on,
	[FIN_SENT] = is_closed_by,
	[CLOSE_WAIT] = is_closed_by,
	[LAST_ACK] = ends,
	[DONE] = never,
};

/* ---- numbers ---- */

static uint32_t edge_of(const struct life_side *self, const struct te_segment *seg)
{
	return seg->ack + ((uint32_t)seg->window << self->shift);
}

/* Sequence and ACK numbers, timestamps and windows only grow, and time does not rest
 * while it opens or closes. */
static bool is_in_order(const struct life *life, const struct te_segment *seg,
			unsigned from)
{
	const struct life_side *self = &life->side[from];

	if (!(seg->flags & TE_SYN) && seg->seq != self->next)
		return false;
	/* A scaled window is rounded down (RFC 7323 2.3). */
	if (self->has_edge &&
	    seq_lt(edge_of(self, seg) + (1u << self->shift), self->edge))
		return false;
	if (self->has_ack && seq_lt(seg->ack, self->ack))
		return false;
	if (seg->has & TE_HAS_TS && self->has_ts && seq_lt(seg->tsval, self->tsval))
		return false;
	return seg->window && !(seg->has & TE_HAS_SACK) &&
	       (life->phase == BEGIN || life->phase == OPEN || life->phase == PROVEN ||
		seg->time - life->last < life->patience);
}

/* As measure.c does it, without the repeats. */
static void measure(struct life_side *self, struct life_side *peer,
		    const struct te_segment *seg, uint32_t end)
{
	te_time rtt = seg->time - self->probe_time;

	if (self->probing && seg->flags & TE_ACK && seq_ge(seg->ack, self->probe_end)) {
		self->probing = false;
		if (self->rtt == TE_TIME_NONE || rtt < self->rtt)
			self->rtt = rtt;
	}
	if (end == seg->seq || peer->probing)
		return;
	peer->probing = true;
	peer->probe_time = seg->time;
	peer->probe_end = end;
}

static void take(struct life *life, const struct te_segment *seg, unsigned from)
{
	struct life_side *self = &life->side[from];
	uint32_t end =
	    seg->seq + seg->len + !!(seg->flags & TE_SYN) + !!(seg->flags & TE_FIN);

	measure(self, &life->side[!from], seg, end);
	self->next = end;
	self->ack = seg->ack;
	self->has_ack = seg->flags & TE_ACK;
	self->has_ts = seg->has & TE_HAS_TS;
	self->tsval = seg->tsval;
	self->packets++;
	self->bytes += seg->len;
	if (seg->flags & TE_FIN)
		life->marks.fin[from] = seg->time;
	/* Both must offer a scale (RFC 7323 2.2); theirs are the windows of SYNs not in.
	 */
	if (seg->flags & TE_SYN) {
		life->marks.syn_has[from] = (uint8_t)seg->has;
		self->shift = seg->has & TE_HAS_WSCALE ? seg->wscale : 0;
		if (from && !(seg->has & TE_HAS_WSCALE))
			life->side[0].shift = 0;
	} else {
		self->has_edge = true;
		self->edge = edge_of(self, seg);
	}
	life->last = seg->time;
}

/* ---- what is told ---- */

static struct te_end_view view_end(const struct trail *trail, const struct life *life,
				   unsigned who)
{
	const struct life_side *side = &life->side[who];
	bool closer = who == life->closer;
	struct te_segment seg;

	trail_address(trail, who, &seg);
	return (struct te_end_view){
		.addr = seg.src,
		.port = seg.src_port,
		.state = closer ? TE_TIME_WAIT : TE_CLOSED,
		.certain = closer,
		.presumed =
		    !closer, /* the last ACK passed; nothing shows that it arrived */
		.port_known = true,
		.packets = side->packets,
		.bytes = side->bytes,
		.since = closer ? life->marks.fin[!life->closer] : life->last,
		.rtt = side->rtt,
	};
}

static void fill(const struct trail *trail, const struct life *life, te_time time_wait,
		 struct te_connection *view)
{
	enum te_end closer = life->closer ? TE_SERVER : TE_CLIENT;

	*view = (struct te_connection){
		.number = trail->number,
		.ip_version = trail->bits & TRAIL_IPV6 ? 6 : 4,
		.incarnation = 1,
		.has_vlan = trail->bits & TRAIL_VLAN,
		.vlan = trail->vlan,
		.roles_certain = true,
		.end = { view_end(trail, life, 0), view_end(trail, life, 1) },
		.file = trail->file,
		.frame = trail->frame,
		.first = trail->first,
		.last = life->last,
		.opened = TE_OPENED_HANDSHAKE,
		.closed = TE_CLOSED_FIN,
		.segments_to_close = life->three ? 3 : 4,
		.first_closer = closer,
		.time_wait_until = life->last + time_wait,
		.gone = { TE_TIME_NONE, TE_TIME_NONE },
	};
	view->gone[closer] = life->last + time_wait;
}

bool life_read(const struct trail *trail, te_time patience, te_time time_wait,
	       struct te_connection *view, struct life_marks *marks)
{
	struct life life = { .patience = patience };
	struct trail_reader reader;
	struct te_segment seg;
	int from;

	if (trail->bits & TRAIL_MARKED || trail->count < SHORTEST)
		return false;
	life.side[0].rtt = life.side[1].rtt = TE_TIME_NONE;
	trail_read(&reader, trail);
	while ((from = trail_next(&reader, &seg)) >= 0) {
		if (!is_in_order(&life, &seg, (unsigned)from) ||
		    !next_step[life.phase](&life, &seg, (unsigned)from))
			return false;
		take(&life, &seg, (unsigned)from);
	}
	if (life.phase != DONE)
		return false;
	fill(trail, &life, time_wait, view);
	*marks = life.marks;
	return true;
}

void life_expire(struct te_connection *view, te_time time_wait)
{
	struct te_end_view *closer = &view->end[view->first_closer];

	closer->state = TE_CLOSED;
	closer->since = view->last + time_wait;
	view->time_wait_until = view->gone[view->first_closer] = TE_TIME_NONE;
}
