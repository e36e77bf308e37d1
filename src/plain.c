/* plain.c - the short way of a segment that decides nothing
 *
 * Two ends in ESTABLISHED, nothing on its way to either, new data or a new ACK just where
 * it is expected: most segments of most captures. The rules that conn_segment() would ask
 * would each find that they have nothing to do; what is left are the numbers.
 */
#include "order.h"

static bool is_open(const struct end *end)
{
	return end->state == TE_ESTABLISHED && !end->fin_sent && !end->over_pending &&
	       end->ack_known && end->edge_known;
}

bool plain_is_steady(const struct conn *conn)
{
	return !conn->receipt_count && !conn->watched && is_open(&conn->end[SIDE_A]) &&
	       is_open(&conn->end[SIDE_B]);
}

/* It cannot be a second capture of the segment before: it has new data, or another ACK
 * number. */
static bool is_plain(const struct end *self, const struct end *peer,
		     const struct te_segment *seg)
{
	return order_kind(seg) == TE_ACK && seg->len | (seg->ack ^ self->last_ack) &&
	       order_is_steady(self, peer, seg);
}

/* Apart, and last of all, so that no register need be saved. */
__attribute__((noinline)) static bool sample(struct end *self,
					     const struct te_segment *seg)
{
	order_sample_if(self, seg, true);
	return true;
}

bool plain_steady(struct conn *conn, struct end *self, struct end *peer,
		  const struct te_segment *seg)
{
	if (!is_plain(self, peer, seg))
		return false;
	conn->last = seg->time;
	conn->last_file = seg->file;
	conn->last_frame = seg->frame;
	order_take_steady(self, peer, seg);
	measure_remember(self, seg);
	return !order_is_sample(self, seg) || sample(self, seg);
}

bool plain_segment(struct conn *conn, enum side from, const struct te_segment *seg)
{
	return plain_is_steady(conn) &&
	       plain_steady(conn, &conn->end[from], &conn->end[side_other(from)], seg);
}
