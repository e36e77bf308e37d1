/* transfer_window.c - the window an end offers, and what its peer makes of it
 *
 * RFC 9293 3.8.6. The right edge is the ACK number and the scaled window; without both
 * SYNs the scale is not known (RFC 7323 2.2) and only a window of zero says something.
 */
#include "measure.h"
#include "transfer.h"

/* ---- zero ---- */

static void close_window(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct transfer_end *x;

	/* An end that has closed, or been told all, needs no window. */
	if (self->fin_sent || peer->fin_sent || seg->flags & TE_FIN ||
	    !transfer_count(conn, side, TRANSFER_ZERO_WINDOW, seg))
		return;
	x = &conn->transfer->end[side];
	if (x->zero)
		return;
	x->zero = true;
	x->zero_since = seg->time;
	x->zero_probes = 0;
	transfer_watch(conn);
}

static void open_window(struct conn *conn, enum side side, te_time now)
{
	struct transfer_end *x = &conn->transfer->end[side];

	if (x->zero_probes && now - x->zero_since > x->zero_longest)
		x->zero_longest = now - x->zero_since;
	x->zero = false;
	transfer_watch(conn);
}

/* How far it opened, only its next ACK can tell. */
static void open_unseen(struct conn *conn, enum side side, te_time now)
{
	open_window(conn, side, now);
	conn->end[side].edge_known = false;
}

/* Where it is, the connection is watched: most are not. */
static inline bool is_zero(const struct conn *conn, enum side side)
{
	return conn->watched && conn->transfer->end[side].zero;
}

/* RFC 9293 3.8.6.1: probes of a byte, or of an old number, or repeats into the closed
 * window show that data waits. New data of more than a byte shows that it has opened. */
static void probe_window(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side];
	enum side other = side_other(side);

	if (!is_zero(conn, other) || !self->snd_known)
		return;
	if (seg->len > 1 && seq_gt(measure_end(seg), self->snd_nxt) &&
	    !(conn->end[other].edge_known &&
	      seq_le(seg->seq + seg->len, conn->end[other].edge)))
		open_unseen(conn, other, seg->time);
	else if (seg->len || seq_lt(seg->seq, self->snd_nxt))
		conn->transfer->end[other].zero_probes++;
}

/* ---- shrinking ---- */

/* RFC 7323 2.4: rounding to the scale may take back less than one unit. Two bare ACKs
 * that overtook each other look the same, but for their IP ID. */
static bool is_shrunk(const struct conn *conn, enum side side,
		      const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	uint32_t edge = measure_edge(self, seg);

	if (!self->edge_known || !self->scale_known || self->over_pending ||
	    self->fin_sent || peer->fin_sent || seq_ge(edge, self->edge) ||
	    (self->edge - edge) >> self->scale <= 1)
		return false;
	return seg->ack != self->ack || seg->has & TE_HAS_TS ||
	       (seg->ip_id && (int16_t)(seg->ip_id - self->dup_id) >= 0);
}

/* Once each time that the edge goes back further. */
static void check_shrunk(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side];
	uint32_t edge = measure_edge(self, seg);
	struct transfer_tally *tally;
	struct transfer_end *x;

	if (!is_shrunk(conn, side, seg)) {
		if (conn->transfer && seq_ge(edge, self->edge))
			conn->transfer->end[side].shrunk = false;
		return;
	}
	if (!transfer_get(conn))
		return;
	x = &conn->transfer->end[side];
	if (x->shrunk && seq_ge(edge, x->shrunk_to))
		return;
	x->shrunk = true;
	x->shrunk_to = edge;
	tally = transfer_count(conn, side, TRANSFER_WINDOW_SHRUNK, seg);
	if (tally && self->edge - edge > tally->value)
		tally->value = self->edge - edge;
}

void transfer_window(struct conn *conn, enum side side, const struct te_segment *seg)
{
	if (conn->watched)
		probe_window(conn, side, seg);
	if (!seg->window)
		close_window(conn, side, seg);
	else if (is_zero(conn, side))
		open_window(conn, side, seg->time);
	check_shrunk(conn, side, seg);
}

/* ---- beyond ---- */

/* RFC 9293 3.10.7.4 First: nothing of it lies in the window. */
bool transfer_overruns(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct transfer_tally *tally;

	if (seg->len <= 1 || !peer->edge_known || seq_lt(seg->seq, peer->edge) ||
	    seq_lt(seg->seq, self->snd_nxt) || !peer->scale_known || self->fin_sent ||
	    is_zero(conn, side_other(side)) || measure_is_stale(self, seg))
		return false;
	tally = transfer_count(conn, side, TRANSFER_OUT_OF_WINDOW, seg);
	if (tally && tally->count == 1)
		tally->value = seg->seq;
	return true;
}
