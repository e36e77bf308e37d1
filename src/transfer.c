/* transfer.c - repeats, reordering, holes: what the sequence numbers say of the way
 *
 * A segment that begins beyond all that its sender was seen to send leaves a hole. What
 * fills it soon was overtaken; what fills it later than the sender can have learned of
 * the loss is a repeat. A hole that the peer acknowledges while it is empty is one of
 * the capture, not of the connection.
 */
#include "measure.h"
#include "transfer.h"

#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

struct transfer *transfer_get(struct conn *conn)
{
	if (conn->transfer)
		return conn->transfer;
	conn->transfer = conn->spare ? conn->spare : calloc(1, sizeof(*conn->transfer));
	conn->spare = NULL;
	if (!conn->transfer)
		conn->out_of_memory = true;
	return conn->transfer;
}

void transfer_clear(struct conn *conn)
{
	struct transfer *transfer = conn->transfer;
	struct transfer_tally *tallies = transfer->tallies;
	uint32_t size = transfer->tally_size;

	memset(transfer, 0, sizeof(*transfer));
	transfer->tallies = tallies;
	transfer->tally_size = size;
	conn->spare = transfer;
	conn->transfer = NULL;
}

void transfer_free(struct conn *conn)
{
	struct transfer *transfer = conn->transfer ? conn->transfer : conn->spare;

	if (transfer)
		free(transfer->tallies);
	free(transfer);
	conn->transfer = conn->spare = NULL;
}

static struct transfer_tally *find(const struct transfer *transfer, enum side side,
				   enum transfer_event event)
{
	for (uint32_t i = 0; transfer && i < transfer->tally_count; i++)
		if (transfer->tallies[i].event == event &&
		    transfer->tallies[i].side == side)
			return &transfer->tallies[i];
	return NULL;
}

const struct transfer_tally *transfer_find(const struct conn *conn, enum side side,
					   enum transfer_event event)
{
	return find(conn->transfer, side, event);
}

uint64_t transfer_sum(const struct conn *conn, enum transfer_event event)
{
	const struct transfer *transfer = conn->transfer;
	uint64_t sum = 0;

	for (uint32_t i = 0; transfer && i < transfer->tally_count; i++)
		if (transfer->tallies[i].event == event)
			sum += transfer->tallies[i].count;
	return sum;
}

/* Room for one more; NULL: out of memory. */
static struct transfer_tally *make_room(struct conn *conn)
{
	struct transfer *transfer = transfer_get(conn);
	uint32_t size;
	void *grown;

	if (!transfer)
		return NULL;
	if (transfer->tally_count == transfer->tally_size) {
		size = transfer->tally_size ? 2 * transfer->tally_size : 2;
		grown = realloc(transfer->tallies, size * sizeof(*transfer->tallies));
		if (!grown) {
			conn->out_of_memory = true;
			return NULL;
		}
		transfer->tallies = grown;
		transfer->tally_size = size;
	}
	return &transfer->tallies[transfer->tally_count++];
}

static struct transfer_tally *add(struct conn *conn, enum side side,
				  enum transfer_event event, const struct te_segment *seg)
{
	struct transfer_tally *tally = make_room(conn);

	if (tally)
		*tally = (struct transfer_tally){ .time = seg->time,
						  .file = seg->file,
						  .event = (uint8_t)event,
						  .side = (uint8_t)side };
	return tally;
}

void transfer_add_frame(struct transfer_tally *tally, uint64_t frame)
{
	unsigned i = 0;

	while (i < TRANSFER_FRAMES - 1 && tally->frames[i] && tally->frames[i] != frame)
		i++;
	tally->frames[i] = frame;
}

struct transfer_tally *transfer_count(struct conn *conn, enum side side,
				      enum transfer_event event,
				      const struct te_segment *seg)
{
	struct transfer_tally *tally = find(conn->transfer, side, event);

	if (!tally)
		tally = add(conn, side, event, seg);
	if (!tally)
		return NULL;
	tally->count += tally->count < UINT32_MAX;
	transfer_add_frame(tally, seg->frame);
	return tally;
}

void transfer_watch(struct conn *conn)
{
	const struct transfer_end *end = conn->transfer->end;

	conn->watched = end[SIDE_A].zero || end[SIDE_B].zero ||
			end[SIDE_A].unsent_until || end[SIDE_B].unsent_until;
}

bool transfer_is_still(const struct end *self, const struct te_segment *seg)
{
	return (seg->flags & (TE_SYN | TE_FIN | TE_RST | TE_ACK)) == TE_ACK &&
	       !seg->len && self->ack_known && seg->ack == self->ack && self->snd_known &&
	       seg->seq == self->snd_nxt;
}

/* ---- holes ---- */

/* How long after a loss its sender can know of it at the earliest: a round trip of the
 * whole way. Unknown: no two segments of one flight lie further apart. */
static te_time round_trip(const struct conn *conn)
{
	te_time a = conn->end[SIDE_A].rtt, b = conn->end[SIDE_B].rtt;
	te_time least = 3 * TE_MS;

	if (a == TE_TIME_NONE || b == TE_TIME_NONE || a + b < least)
		return least;
	return a + b;
}

static void drop_hole(struct transfer_end *x, unsigned i)
{
	x->hole_count--;
	for (; i < x->hole_count; i++)
		x->holes[i] = x->holes[i + 1];
}

static bool is_acknowledged(const struct end *peer, const struct transfer_hole *hole)
{
	return peer->ack_known && seq_ge(peer->ack, hole->right);
}

static void open_hole(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct transfer_hole hole = { seg->time, self->snd_nxt, seg->seq };
	struct transfer *transfer;
	struct transfer_end *x;

	/* Acknowledged before: measure_gaps() has seen that. */
	if (is_acknowledged(peer, &hole) || peer->over_pending)
		return;
	transfer = transfer_get(conn);
	if (!transfer)
		return;
	x = &transfer->end[side];
	if (x->hole_count == TRANSFER_HOLES) {
		transfer->lost += is_acknowledged(peer, &x->holes[0]);
		drop_hole(x, 0);
	}
	x->holes[x->hole_count++] = hole;
}

/* The hole that a segment falls into. */
static struct transfer_hole *find_hole(struct conn *conn, enum side side,
				       const struct te_segment *seg)
{
	struct transfer_end *x;

	if (!conn->transfer)
		return NULL;
	x = &conn->transfer->end[side];
	for (unsigned i = 0; i < x->hole_count; i++)
		if (seq_lt(seg->seq, x->holes[i].right) &&
		    seq_gt(seg->seq + seg->len, x->holes[i].left))
			return &x->holes[i];
	return NULL;
}

static void fill_hole(struct transfer_end *x, struct transfer_hole *hole,
		      const struct te_segment *seg)
{
	uint32_t end = seg->seq + seg->len;
	struct transfer_hole rest = { hole->time, end, hole->right };

	if (seq_le(seg->seq, hole->left) && seq_ge(end, hole->right)) {
		drop_hole(x, (unsigned)(hole - x->holes));
	} else if (seq_le(seg->seq, hole->left)) {
		hole->left = end;
	} else {
		hole->right = seg->seq;
		if (seq_lt(end, rest.right) && x->hole_count < TRANSFER_HOLES)
			x->holes[x->hole_count++] = rest;
	}
}

uint64_t transfer_gaps(const struct conn *conn)
{
	uint64_t gaps =
	    conn->gaps + conn->end[SIDE_A].over_pending + conn->end[SIDE_B].over_pending;

	if (!conn->transfer)
		return gaps;
	for (int side = SIDE_A; side <= SIDE_B; side++) {
		const struct transfer_end *x = &conn->transfer->end[side];

		for (unsigned i = 0; i < x->hole_count; i++)
			gaps += is_acknowledged(&conn->end[side_other((enum side)side)],
						&x->holes[i]);
	}
	return gaps + conn->transfer->lost;
}

/* ---- data below what was sent already ---- */

static bool is_older(const struct end *self, const struct te_segment *seg)
{
	return seg->has & TE_HAS_TS && self->ts_known && seq_lt(seg->tsval, self->tsval);
}

static void see_again(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side];
	struct transfer_hole *hole = find_hole(conn, side, seg);
	bool late = is_older(self, seg);

	/* Beyond its own FIN: that is data-after-fin or fin-moved. */
	if (self->fin_sent && seq_gt(measure_end(seg), self->fin_end))
		return;
	if (hole) {
		late |= seg->time - hole->time < round_trip(conn);
		fill_hole(&conn->transfer->end[side], hole, seg);
		transfer_count(conn, side,
			       late ? TRANSFER_OUT_OF_ORDER : TRANSFER_RETRANSMISSION,
			       seg);
	} else if (!late && !measure_is_copy_of_last(self, seg)) {
		/* With an older timestamp it is the network's copy (RFC 7323 4.3). */
		transfer_count(conn, side, TRANSFER_RETRANSMISSION, seg);
	}
}

/* An end's window at zero makes its peer send old or single bytes: no repeats of a loss.
 */
static bool is_probe(const struct conn *conn, enum side side,
		     const struct te_segment *seg)
{
	return conn->transfer && conn->transfer->end[side_other(side)].zero &&
	       seg->len <= 1;
}

static void see_numbers(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side];

	if (!self->snd_known || (!seg->len && seg->seq == self->snd_nxt) ||
	    transfer_keep_alive(conn, side, seg) || is_probe(conn, side, seg) ||
	    transfer_overruns(conn, side, seg))
		return;
	if (seq_ge(seg->seq, self->snd_nxt))
		transfer_ask_paws(conn, side, seg);
	if (seq_gt(seg->seq, self->snd_nxt))
		open_hole(conn, side, seg);
	else if (seg->len && seq_lt(seg->seq, self->snd_nxt))
		see_again(conn, side, seg);
}

/* RFC 5681 2: it repeats an ACK number while data is on its way, with the same window. */
static void see_ack(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (!transfer_is_still(self, seg) || measure_is_copy_of_last(self, seg) ||
	    peer->over_pending || transfer_answer(conn, side, seg))
		return;
	if (seg->ack == self->last_ack && self->edge_known && seg->window &&
	    measure_edge(self, seg) == self->edge && peer->snd_known &&
	    seq_gt(peer->snd_nxt, seg->ack))
		transfer_count(conn, side, TRANSFER_DUPLICATE_ACK, seg);
}

/* ---- a segment ---- */

/* RFC 9293 3.10.7: no end sends these. */
static bool has_bad_flags(uint8_t flags)
{
	unsigned known = flags & (TE_SYN | TE_FIN | TE_RST | TE_ACK);

	if (known == TE_ACK)
		return false;
	return (known & (TE_SYN | TE_FIN)) == (TE_SYN | TE_FIN) ||
	       (known & (TE_SYN | TE_RST)) == (TE_SYN | TE_RST) ||
	       (known & (TE_FIN | TE_RST)) == (TE_FIN | TE_RST) ||
	       !(known & ~(unsigned)TE_FIN);
}

/* One of which see_form() says something. */
static bool is_malformed(const struct te_segment *seg)
{
	return has_bad_flags(seg->flags) || seg->has & (TE_BAD_OPTION | TE_BAD_SUM);
}

static __attribute__((noinline)) void see_form(struct conn *conn, enum side side,
					       const struct te_segment *seg)
{
	struct transfer_tally *tally;

	if (has_bad_flags(seg->flags)) {
		tally = transfer_count(conn, side, TRANSFER_BAD_FLAGS, seg);
		if (tally && tally->count == 1)
			tally->value = seg->flags;
	}
	if (seg->has & TE_BAD_OPTION)
		transfer_count(conn, side, TRANSFER_BAD_OPTION, seg);
	if (seg->has & TE_BAD_SUM)
		transfer_count(conn, side, TRANSFER_BAD_CHECKSUM, seg);
}

void transfer_segment(struct conn *conn, enum side side, const struct te_segment *seg)
{
	if (is_malformed(seg))
		see_form(conn, side, seg);
	if (seg->flags & TE_SYN && !(seg->flags & TE_RST))
		measure_scale(&conn->end[side], &conn->end[side_other(side)], seg);
	if (seg->flags & (TE_SYN | TE_RST)) {
		transfer_ask(conn, side, seg);
		return;
	}
	if (conn->watched)
		transfer_clear_unsent(conn, side, seg);
	see_numbers(conn, side, seg);
	if (measure_is_stale(&conn->end[side], seg) || !(seg->flags & TE_ACK))
		return;
	see_ack(conn, side, seg);
	transfer_window(conn, side, seg);
}
