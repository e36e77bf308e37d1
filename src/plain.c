/* plain.c - the short way of a segment that decides nothing
 *
 * Two ends in ESTABLISHED, nothing on its way to either, new data or a new ACK just where
 * it is expected: most segments of most captures. The rules that conn_segment() would ask
 * would each find that they have nothing to do; what is left are the numbers.
 */
#include "conn_parts.h"

static bool is_open(const struct end *end)
{
	return end->state == TE_ESTABLISHED && !end->fin_sent && !end->over_pending &&
	       end->ack_known;
}

bool plain_is_steady(const struct conn *conn)
{
	return !conn->receipt_count && !conn->watched && is_open(&conn->end[SIDE_A]) &&
	       is_open(&conn->end[SIDE_B]);
}

/* It cannot be a second capture of the segment before: it has new data, or another ACK
 * number. `edge`: where the window it offers ends. */
static bool is_plain(const struct end *self, const struct end *peer,
		     const struct te_segment *seg, uint32_t edge)
{
	return (seg->flags & (TE_SYN | TE_FIN | TE_RST | TE_ACK)) == TE_ACK &&
	       seg->seq == self->snd_nxt && seq_ge(seg->ack, self->ack) &&
	       seq_le(seg->ack, peer->snd_nxt) &&
	       (seg->len || seg->ack != self->last_ack) && seg->window &&
	       seq_ge(edge, self->edge) &&
	       !(seg->has & (TE_HAS_SACK | TE_BAD_SUM | TE_BAD_OPTION | TE_OVERLAPS)) &&
	       !(seg->has & TE_HAS_TS && seq_lt(seg->tsval, self->tsval)) &&
	       !(seg->len > 1 && peer->edge_known && seq_ge(seg->seq, peer->edge));
}

/* New data; measure.c's aim() among it, of a segment that repeats nothing. */
static void send(struct end *self, struct end *peer, const struct te_segment *seg)
{
	uint32_t end = seg->seq + seg->len;

	if (!peer->probe.armed)
		peer->probe = (struct probe){
			.time = seg->time, .end = end, .tsval = seg->tsval, .armed = true
		};
	self->bytes += seg->len;
	self->last_useful = seg->time;
	self->snd_nxt = end;
}

static void acknowledge(struct end *self, const struct te_segment *seg, uint32_t edge)
{
	self->ack = seg->ack;
	self->edge = edge;
	self->edge_known = true;
	if (seg->ack != self->last_ack)
		self->prev_ack = self->last_ack;
	self->last_ack = seg->ack;
	if (seg->has & TE_HAS_TS) {
		self->tsval = seg->tsval;
		self->ts_known = true;
	}
	if (self->probe.armed && seq_ge(seg->ack, self->probe.end))
		measure_sample(self, seg);
}

/* Apart, as gcc would reckon out the addresses of both ends at each use. */
__attribute__((noinline)) static bool pass(struct conn *conn, struct end *self,
					   struct end *peer, const struct te_segment *seg)
{
	uint32_t edge = measure_edge(self, seg);

	if (!is_plain(self, peer, seg, edge))
		return false;
	conn->last = seg->time;
	conn->last_file = seg->file;
	conn->last_frame = seg->frame;
	self->packets++;
	measure_remember(self, seg);
	if (seg->len)
		send(self, peer, seg);
	acknowledge(self, seg, edge);
	return true;
}

bool plain_steady(struct conn *conn, enum side from, const struct te_segment *seg)
{
	return pass(conn, &conn->end[from], &conn->end[side_other(from)], seg);
}

bool plain_segment(struct conn *conn, enum side from, const struct te_segment *seg)
{
	return plain_is_steady(conn) && plain_steady(conn, from, seg);
}
