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

bool plain_segment(struct conn *conn, enum side from, const struct te_segment *seg)
{
	struct end *self = &conn->end[from], *peer = &conn->end[side_other(from)];

	return plain_is_steady(conn) && order_has_own(self, seg) &&
	       order_pass(conn, self, peer, seg);
}

/* Of the segments of an end. */
static uint16_t usual_of(const struct conn *conn, const struct end *end)
{
	return (uint16_t)(ORDER_ANY | (end->ts_known ? TE_HAS_TS : 0) |
			  (conn->has_vlan ? TE_HAS_VLAN : 0));
}

void plain_foresee(struct conn *conn, bool may)
{
	for (int side = SIDE_A; side <= SIDE_B; side++) {
		struct end *end = &conn->end[side];

		end->plain_has = may ? usual_of(conn, end) : 0;
	}
}

/* Apart, and last of all, so that no register need be saved. */
bool plain_sample(struct end *self, const struct te_segment *seg)
{
	order_sample_if(self, seg, true);
	return true;
}
