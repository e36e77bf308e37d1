/* order.h - what plain.c, start.c and closing.c share: segments just where they are
 * expected
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

/* What no segment in order has. */
enum { ORDER_ODD = TE_HAS_SACK | TE_BAD_SUM | TE_BAD_OPTION | TE_OVERLAPS };

/* What a segment may have or not, and pass: all of it is set where it is compared, so
 * what the sender's segments have (plain_has) is never 0, which stands for none that may
 * pass. */
enum { ORDER_ANY = (uint16_t) ~(ORDER_ODD | TE_HAS_TS | TE_HAS_VLAN) };

static inline bool order_has_usual(const struct end *self, const struct te_segment *seg)
{
	return (seg->has | ORDER_ANY) == self->plain_has;
}

/* Both ends have sent something, and it has the ACK flag. An edge that goes back by less
 * than the unit of the window's scale is only rounded (RFC 7323 2.3). */
static inline bool order_is_plain(const struct end *self, const struct end *peer,
				  const struct te_segment *seg)
{
	uint32_t edge = measure_edge(self, seg) + (1u << self->scale);

	return seg->seq == self->snd_nxt && seq_le(seg->ack, peer->snd_nxt) &&
	       (!self->ack_known || seq_ge(seg->ack, self->ack)) && seg->window &&
	       !(seg->has & ORDER_ODD) &&
	       !(seq_lt(seg->tsval, self->tsval) && seg->has & TE_HAS_TS) &&
	       (!self->edge_known || seq_ge(edge, self->edge)) &&
	       !(peer->edge_known && seq_ge(seg->seq, peer->edge) && seg->len > 1);
}

/* The same for most of what is, where the ACK numbers and windows of both ends are known:
 * what nearly always is so is asked, and nothing else, as a branch on what differs from
 * segment to segment is missed every other time. Options apart. */
static inline bool order_fits(const struct end *self, const struct end *peer,
			      const struct te_segment *seg)
{
	uint32_t edge = measure_edge(self, seg) + (1u << self->scale);

	return seg->seq == self->snd_nxt && seq_le(seg->ack, peer->snd_nxt) &&
	       seq_ge(seg->ack, self->ack) && seg->window &&
	       seq_ge(seg->tsval, self->tsval) && seq_ge(edge, self->edge) &&
	       seq_lt(seg->seq, peer->edge);
}

/* Timestamps, if its sender has sent them, and nothing odd. */
static inline bool order_has_own(const struct end *self, const struct te_segment *seg)
{
	const unsigned stamps = TE_HAS_TS;

	return (seg->has & (ORDER_ODD | stamps)) == self->ts_known * stamps;
}

static inline bool order_is_steady(const struct end *self, const struct end *peer,
				   const struct te_segment *seg)
{
	return order_has_own(self, seg) && order_fits(self, peer, seg);
}

/* Its ACK covers what the probe waits for. */
static inline bool order_is_sample(const struct end *self, const struct te_segment *seg)
{
	return self->probe.armed && seq_ge(seg->ack, self->probe.end);
}

/* If it does. Without a branch, as half of the segments do. */
static inline void order_sample_if(struct end *self, const struct te_segment *seg,
				   bool sample)
{
	te_time rtt = seg->time - self->probe.time;
	/* Without a sign TE_TIME_NONE is more than any time, and a time below 0, too. */
	bool least = (uint64_t)rtt < (uint64_t)self->rtt;

	if (sample & self->probe.repeated) {
		measure_sample(self, seg);
		return;
	}
	self->probe.armed &= !sample;
	self->rtt = (sample & least) ? rtt : self->rtt;
}

static inline void order_sample(struct end *self, const struct te_segment *seg)
{
	order_sample_if(self, seg, order_is_sample(self, seg));
}

/* New data of an end: its ACK is waited for, if no other is. */
static inline void order_arm(struct end *peer, const struct te_segment *seg, uint32_t end)
{
	struct probe *probe = &peer->probe;

	if (probe->armed)
		return;
	probe->time = seg->time;
	probe->end = end;
	probe->armed = true;
	probe->repeated = false;
	probe->tsval = seg->tsval;
}

/* What measure.c does, but for measure_remember(). `end`: one past its last sequence
 * number. */
static inline void order_take(struct end *self, struct end *peer,
			      const struct te_segment *seg, uint32_t end)
{
	uint32_t edge = measure_edge(self, seg);
	bool stamped = seg->has & TE_HAS_TS;

	order_sample(self, seg);
	self->packets++;
	self->bytes += seg->len;
	if (end != seg->seq) {
		self->last_useful = seg->time;
		order_arm(peer, seg, end);
	}
	self->snd_nxt = end;
	self->edge = self->edge_known ? seq_max(self->edge, edge) : edge;
	self->edge_known = true;
	self->prev_ack = seg->ack != self->last_ack ? self->last_ack : self->prev_ack;
	self->ack = self->last_ack = seg->ack;
	self->tsval = stamped ? seg->tsval : self->tsval;
	self->ts_known |= stamped;
}

/* The same of what order_is_steady(), but for the sample. What stays as it is is written
 * again, for the sake of the branches. */
static inline void order_take_steady(struct end *self, struct end *peer,
				     const struct te_segment *seg)
{
	uint32_t end = seg->seq + seg->len;

	self->packets++;
	self->bytes += seg->len;
	self->snd_nxt = end;
	if (seg->len) {
		self->last_useful = seg->time;
		order_arm(peer, seg, end);
	}
	self->edge = seq_max(self->edge, measure_edge(self, seg));
	self->prev_ack = seg->ack != self->last_ack ? self->last_ack : self->prev_ack;
	self->ack = self->last_ack = seg->ack;
	self->tsval = seg->tsval;
}

/* As conn_move() does it where the table has the step, which is known to lead there: only
 * who keeps a log looks into it. Without one, little is left of `from`. */
static inline __attribute__((always_inline)) void
order_enter(struct conn *conn, enum side side, enum state_event event,
	    enum te_state state, struct origin from)
{
	struct end *end = &conn->end[side];

	if (!end->visited || from.time > end->since)
		end->since = from.time;
	if (conn->keep_log) {
		const struct origin told =
		    from; /* so that `from` need not be in memory */

		conn_log(conn, side, end->since,
			 state_step((enum te_state)end->state, event), &told);
	}
	end->state = (uint8_t)state;
	end->visited |= (uint16_t)(1u << state);
	end->presumed = from.basis == TE_PRESUMED;
	end->doubted = from.doubtful;
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
		.bare = !(seg->len | (seg->flags & (TE_SYN | TE_FIN))),
	};
	return r;
}

/* It cannot be a second capture of the segment before: it has new data, or another ACK
 * number. */
static inline bool order_is_new(const struct end *self, const struct te_segment *seg)
{
	return order_kind(seg) == TE_ACK && seg->len | (seg->ack ^ self->last_ack);
}

/* The way of most segments of most captures, see plain.c: false, and nothing is done, if
 * it decides anything. Of a connection for which plain_is_steady(), and a segment that
 * has what those of its sender have. Inlined, as its numbers fill the registers. */
static inline __attribute__((always_inline)) bool order_pass(struct conn *conn,
							     struct end *self,
							     struct end *peer,
							     const struct te_segment *seg)
{
	if (!(order_is_new(self, seg) && order_fits(self, peer, seg)))
		return false;
	conn->last = seg->time;
	conn->last_file = seg->file;
	conn->last_frame = seg->frame;
	order_take_steady(self, peer, seg);
	measure_remember(self, seg);
	return !order_is_sample(self, seg) || plain_sample(self, seg);
}

#endif
