/* measure.c - sequence space, round trips, copies: what the numbers say, before states */
#include "conn_parts.h"
#include "transfer.h"

static bool same_as_last(const struct end *end, const struct te_segment *seg)
{
	return seg->seq == end->dup_seq && seg->ack == end->dup_ack &&
	       seg->flags == end->dup_flags && (uint16_t)seg->len == end->dup_len &&
	       seg->ip_id == end->dup_id && seg->tsval == end->dup_tsval;
}

/* states.md 7: mirror ports and `any` show a frame twice: same identification, same
 * numbers, within a millisecond, TTL one less at most. Without an identification (IPv6,
 * or DF with ID 0) a pure ACK may honestly be sent twice, so only timestamps decide. */
bool measure_captured_twice(const struct end *end, const struct te_segment *seg,
			    te_time limit)
{
	if (!end->packets || !same_as_last(end, seg))
		return false;
	if (seg->time - end->last > limit || seg->time < end->last)
		return false;
	if (seg->ttl + 1 < end->ttl || end->ttl + 1 < seg->ttl)
		return false;
	return seg->ip_id || measure_end(seg) != seg->seq;
}

bool measure_is_stale(const struct end *end, const struct te_segment *seg)
{
	if (seg->flags & TE_ACK && end->ack_known && seq_lt(seg->ack, end->ack))
		return true;
	return seg->has & TE_HAS_TS && end->ts_known && seq_lt(seg->tsval, end->tsval);
}

bool measure_is_copy_of_last(const struct end *end, const struct te_segment *seg)
{
	return end->packets && same_as_last(end, seg) &&
	       (seg->ip_id || (seg->has & TE_HAS_TS && measure_end(seg) != seg->seq));
}

bool measure_is_copy(const struct end *end, const struct te_segment *seg)
{
	if (seg->has & TE_HAS_TS)
		return seg->tsval == end->mark_tsval;
	return seg->ip_id && seg->ip_id == end->mark_id;
}

void measure_sample(struct end *self, const struct te_segment *seg)
{
	struct probe *probe = &self->probe;
	te_time rtt = seg->time - probe->time;

	probe->armed = false;
	/* Karn's rule; RFC 7323 4.3: TSecr names the copy that was received */
	if (probe->repeated && !(seg->has & TE_HAS_TS && seg->tsecr == probe->tsval))
		return;
	if (rtt >= 0 && (self->rtt == TE_TIME_NONE || rtt < self->rtt))
		self->rtt = rtt;
}

static void aim(struct end *peer, const struct end *self, const struct te_segment *seg)
{
	struct probe *probe = &peer->probe;
	uint32_t end = measure_end(seg);

	if (end == seg->seq)
		return;
	if (probe->armed) {
		if (seq_lt(seg->seq, probe->end) &&
		    !(self->snd_known && seq_gt(end, self->snd_nxt)))
			probe->repeated = true;
		return;
	}
	if (self->snd_known && !seq_gt(end, self->snd_nxt))
		return;
	*probe = (struct probe){
		.time = seg->time, .end = end, .tsval = seg->tsval, .armed = true
	};
}

/* The peer's ACK number lay above all that `self` was seen to send. If self's next new
 * segment begins at or above it, the capture lost something; if it goes on below, the
 * peer's segment acknowledged what was never sent (RFC 9293 3.10.7.4 Fifth, RFC 5961 5.2)
 * and is void, its FIN included. */
static void resolve_over(struct conn *conn, enum side self, const struct te_segment *seg)
{
	struct end *x = &conn->end[self], *y = &conn->end[side_other(self)];

	if (!y->over_pending || !x->snd_known || seq_lt(seg->seq, x->snd_nxt))
		return;
	if (seq_ge(seg->seq, y->over_ack)) {
		y->over_pending = false;
		conn->gaps++;
	} else if (measure_end(seg) != seg->seq) {
		y->over_pending = false;
		transfer_note_unsent(conn, side_other(self), seg);
		if (y->ack == y->over_ack)
			y->ack = y->ack_before_over;
		if (y->fin_sent && y->fin_time >= y->over_time)
			conn_undo_fin(conn, side_other(self), seg, FIN_VOID);
	}
}

void measure_gaps(struct conn *conn, enum side self, const struct te_segment *seg)
{
	struct end *x = &conn->end[self];
	const struct end *y = &conn->end[side_other(self)];

	resolve_over(conn, self, seg);
	if (!(seg->flags & TE_ACK) || seg->flags & TE_SYN || !y->snd_known ||
	    !x->ack_known || !seq_gt(seg->ack, y->snd_nxt))
		return;
	if (!x->over_pending) {
		x->ack_before_over = x->ack;
		x->over_time = seg->time;
		transfer_ack_beyond(conn, self, seg);
	}
	x->over_pending = true;
	x->over_ack = seg->ack;
}

void measure_probe(struct conn *conn, enum side self, const struct te_segment *seg)
{
	struct end *x = &conn->end[self];

	if (x->probe.armed && seg->flags & TE_ACK && seq_ge(seg->ack, x->probe.end))
		measure_sample(x, seg);
	aim(&conn->end[side_other(self)], x, seg);
}

static bool is_keep_alive(const struct end *self, const struct te_segment *seg)
{
	/* RFC 9293 3.8.4: SEG.SEQ = SND.NXT-1, with or without one byte */
	return self->snd_known && seg->len <= 1 && seg->seq + 1 == self->snd_nxt &&
	       !(seg->flags & (TE_SYN | TE_FIN | TE_RST));
}

enum { SCALE_NONE = UINT8_MAX };

void measure_scale(struct end *self, struct end *peer, const struct te_segment *seg)
{
	bool both;

	self->syn_scale =
	    seg->has & TE_HAS_WSCALE ? (uint8_t)(seg->wscale + 1) : SCALE_NONE;
	if (!peer->syn_scale)
		return;
	both = self->syn_scale != SCALE_NONE && peer->syn_scale != SCALE_NONE;
	self->scale = both ? (uint8_t)(self->syn_scale - 1) : 0;
	peer->scale = both ? (uint8_t)(peer->syn_scale - 1) : 0;
	self->scale_known = peer->scale_known = true;
}

static void offer(struct end *self, const struct te_segment *seg)
{
	uint32_t edge = measure_edge(self, seg);

	/* A SYN's is not scaled; that of an ACK of what was not sent may be a lie. */
	if (seg->flags & TE_SYN || self->over_pending)
		return;
	if (!self->edge_known || seq_gt(edge, self->edge))
		self->edge = edge;
	self->edge_known = true;
}

static void count(struct end *self, const struct te_segment *seg, bool fresh)
{
	uint32_t end = measure_end(seg);

	if (!fresh && end != seg->seq && self->snd_known && !seq_gt(end, self->snd_nxt) &&
	    !is_keep_alive(self, seg))
		self->retransmits++;
	self->packets++;
	self->bytes += seg->len;
}

void measure_count(struct end *self, const struct te_segment *seg, bool fresh)
{
	count(self, seg, fresh);
	measure_remember(self, seg);
}

void measure_sent(struct end *self, const struct te_segment *seg)
{
	uint32_t end = measure_end(seg);

	/* states.md 5: a RST never moves a sequence number */
	if (!(seg->flags & TE_RST)) {
		if (end != seg->seq || !self->snd_known)
			self->last_useful = seg->time;
		if (!self->snd_known)
			self->base = seg->seq;
		if (self->snd_known && seq_gt(seg->seq, self->snd_nxt)) {
			self->hole = true;
			self->hole_end = seg->seq;
		} else if (self->hole && seq_ge(end, self->hole_end) && end != seg->seq &&
			   seq_lt(seg->seq, self->hole_end)) {
			self->hole = false;
		}
		if (!self->snd_known || seq_gt(end, self->snd_nxt))
			self->snd_nxt = end;
		self->snd_known = true;
	}
	if (seg->flags & TE_ACK && !(seg->flags & TE_RST)) {
		if (!self->ack_known || seq_gt(seg->ack, self->ack))
			self->ack = seg->ack;
		if (self->ack_known && seg->ack != self->last_ack)
			self->prev_ack = self->last_ack;
		else if (!self->ack_known)
			self->prev_ack = seg->ack;
		self->last_ack = seg->ack;
		self->ack_known = true;
		offer(self, seg);
	}
	if (seg->has & TE_HAS_SACK) {
		self->sack_right = seg->sack_right;
		self->sack_seen = true;
	}
	if (seg->has & TE_HAS_TS &&
	    (!self->ts_known || seq_gt(seg->tsval, self->tsval))) {
		self->tsval = seg->tsval;
		self->ts_known = true;
	}
}
