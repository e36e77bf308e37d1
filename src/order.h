/* order.h - what start.c and closing.c share: segments just where they are expected
 *
 * Of such a segment nobody asks about the numbers: it repeats nothing, leaves no hole,
 * answers no question and lies in the window. They are only taken over.
 */
#ifndef ORDER_H
#define ORDER_H

#include "conn_parts.h"

static inline uint8_t order_kind(const struct te_segment *seg)
{
	return seg->flags & (TE_SYN | TE_FIN | TE_RST | TE_ACK);
}

/* Both ends have sent something, and it has the ACK flag. `known`: the ACK numbers of its
 * sender and the windows of both are. An edge that goes back by less than the unit of the
 * window's scale is only rounded (RFC 7323 2.3).
 *
 * What is nearly always so is asked first: segments with and without data, or timestamps,
 * follow each other in no order, and a branch on that is missed every other time. */
static inline bool order_is_plain(const struct end *self, const struct end *peer,
				  const struct te_segment *seg, bool known)
{
	const unsigned odd = TE_HAS_SACK | TE_BAD_SUM | TE_BAD_OPTION | TE_OVERLAPS;
	uint32_t edge = measure_edge(self, seg) + (1u << self->scale);

	return seg->seq == self->snd_nxt && seq_le(seg->ack, peer->snd_nxt) &&
	       ((!known && !self->ack_known) || seq_ge(seg->ack, self->ack)) &&
	       seg->window && !(seg->has & odd) &&
	       !(seq_lt(seg->tsval, self->tsval) && seg->has & TE_HAS_TS) &&
	       ((!known && !self->edge_known) || seq_ge(edge, self->edge)) &&
	       !((known || peer->edge_known) && seq_ge(seg->seq, peer->edge) &&
		 seg->len > 1);
}

/* Its ACK covers what the probe waits for. */
static inline bool order_is_sample(const struct end *self, const struct te_segment *seg)
{
	return self->probe.armed && seq_ge(seg->ack, self->probe.end);
}

static inline void order_sample(struct end *self, const struct te_segment *seg)
{
	te_time rtt = seg->time - self->probe.time;

	if (!order_is_sample(self, seg))
		return;
	if (self->probe.repeated) {
		measure_sample(self, seg);
		return;
	}
	self->probe.armed = false;
	if (rtt >= 0 && (self->rtt == TE_TIME_NONE || rtt < self->rtt))
		self->rtt = rtt;
}

/* What measure.c does of what order_is_plain(), but for measure_remember(), and for
 * order_sample() which may come behind. `end`: one past its last sequence number. What
 * stays as it is is written again, for the sake of the branches. */
static inline void order_count(struct end *self, struct end *peer,
			       const struct te_segment *seg, uint32_t end, bool known)
{
	uint32_t edge = measure_edge(self, seg);
	bool stamped = seg->has & TE_HAS_TS, longer = end != seg->seq;

	self->packets++;
	self->bytes += seg->len;
	self->snd_nxt = end;
	self->last_useful = longer ? seg->time : self->last_useful;
	if (longer && !peer->probe.armed)
		peer->probe = (struct probe){
			.time = seg->time, .end = end, .tsval = seg->tsval, .armed = true
		};
	self->edge = known || self->edge_known ? seq_max(self->edge, edge) : edge;
	self->edge_known = true;
	self->prev_ack = seg->ack != self->last_ack ? self->last_ack : self->prev_ack;
	self->ack = self->last_ack = seg->ack;
	self->tsval = stamped ? seg->tsval : self->tsval;
	self->ts_known |= stamped;
}

/* The same, and the sample. */
static inline void order_take(struct end *self, struct end *peer,
			      const struct te_segment *seg, uint32_t end, bool known)
{
	order_sample(self, seg);
	order_count(self, peer, seg, end, known);
}

/* As conn_move() does it where the table has the step and nobody keeps a log. */
static inline void order_enter(struct end *end, enum te_state state, te_time since,
			       bool presumed, bool doubted)
{
	if (!end->visited || since > end->since)
		end->since = since;
	end->state = (uint8_t)state;
	end->visited |= (uint16_t)(1u << state);
	end->presumed = presumed;
	end->doubted = doubted;
}

/* receipt_add(), where there is room, and none of its kind that is contradicted. */
static inline struct receipt *order_bring(struct conn *conn, enum side to,
					  enum receipt_kind kind,
					  const struct te_segment *seg)
{
	struct receipt *r = &conn->receipts[conn->receipt_count++];

	*r = (struct receipt){
		.time = seg->time,
		.frame = seg->frame,
		.file = seg->file,
		.end = measure_end(seg),
		.ack = seg->ack,
		.tsval = seg->tsval,
		.has_ts = seg->has & TE_HAS_TS,
		.kind = (uint8_t)kind,
		.to = (uint8_t)to,
		.bare = seg->len == 0 && !(seg->flags & (TE_SYN | TE_FIN)),
	};
	return r;
}

#endif
