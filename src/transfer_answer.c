/* transfer_answer.c - keep-alives, and the bare ACKs that say no */
#include "conn_parts.h"
#include "transfer.h"

/* ---- keep-alives ---- */

/* RFC 9293 3.8.4: SEG.SEQ = SND.NXT-1, with or without one byte, when all is
 * acknowledged. What is not acknowledged yet is a repeat, and so may be a byte that comes
 * again sooner than any keep-alive; or a FIN below it was another's. */
static bool is_keep_alive(const struct conn *conn, enum side side,
			  const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	te_time last = self->last > peer->last ? self->last : peer->last;

	if (seg->flags & TE_FIN || seg->seq + 1 != self->snd_nxt || !peer->ack_known ||
	    peer->ack != self->snd_nxt || measure_is_stale(self, seg))
		return false;
	if (conn->transfer && conn->transfer->end[side_other(side)].zero)
		return false;
	if (!seg->len && !self->fin_sent)
		return true;
	return seg->len <= 1 && seg->time - last >= TE_SEC;
}

/* The peer speaks again: that answers the last one. */
static struct transfer_series without_last(struct transfer_series series)
{
	series.count -= series.count > 0;
	return series;
}

static void count_probe(struct transfer_end *x, const struct end *peer,
			const struct te_segment *seg)
{
	struct transfer_series *probes = &x->probes;

	if (probes->count && peer->last >= probes->last) {
		if (probes->count > x->silence.count + 1)
			x->silence = without_last(*probes);
		probes->count = 0;
	}
	if (!probes->count++) {
		probes->since = seg->time;
		probes->first_frame = seg->frame;
	}
	probes->last = seg->time;
	probes->last_frame = seg->frame;
}

struct transfer_series transfer_unanswered(const struct conn *conn, enum side side,
					   te_time now, te_time grace)
{
	const struct end *peer = &conn->end[side_other(side)];
	struct transfer_series none = { 0 }, probes;
	const struct transfer_end *x;

	if (!conn->transfer)
		return none;
	x = &conn->transfer->end[side];
	probes = x->probes;
	if (peer->last >= probes.last || now - probes.last <= grace)
		probes = without_last(probes);
	return probes.count >= x->silence.count ? probes : x->silence;
}

bool transfer_keep_alive(struct conn *conn, enum side side, const struct te_segment *seg)
{
	if (!is_keep_alive(conn, side, seg))
		return false;
	if (transfer_count(conn, side, TRANSFER_KEEP_ALIVE, seg)) {
		count_probe(&conn->transfer->end[side], &conn->end[side_other(side)],
			    seg);
		conn->transfer->file = seg->file;
	}
	return true;
}

/* ---- questions ---- */

static struct question question(const struct te_segment *seg)
{
	return (struct question){ .time = seg->time,
				  .frame = seg->frame,
				  .file = seg->file,
				  .seq = seg->seq,
				  .pending = true };
}

/* A RST or an old SYN toward a synchronised end. That a repeated SYN+ACK is answered by
 * an ACK is the handshake's own way (3.10.7.4 Fourth). */
void transfer_ask(struct conn *conn, enum side side, const struct te_segment *seg)
{
	enum side other = side_other(side);
	const struct end *peer = &conn->end[other];

	if ((seg->flags & (TE_SYN | TE_ACK)) == (TE_SYN | TE_ACK) ||
	    !end_was_synchronised(peer) || end_is_final(peer))
		return;
	conn->challenged[other] = question(seg);
}

static bool is_too_old(const struct question *asked, const struct end *self, te_time now)
{
	return now - asked->time > 2 * end_rtt(self) + TE_SEC;
}

/* RFC 7323 5.3 R1: data that is not acknowledged yet, with a timestamp below what came
 * before it. The answer shows whether it was thrown away. */
void transfer_ask_paws(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	struct question *aged;

	if (!seg->len || !(seg->has & TE_HAS_TS) || !self->ts_known ||
	    !seq_lt(seg->tsval, self->tsval) || !peer->ack_known ||
	    seq_lt(seg->seq, peer->ack) || !transfer_get(conn))
		return;
	aged = &conn->transfer->end[side].aged;
	if (!aged->pending || is_too_old(aged, peer, seg->time))
		*aged = question(seg);
}

static inline bool is_due(const struct question *asked, const struct end *self,
			  te_time now)
{
	return asked->pending && now - asked->time >= end_rtt(self) * 9 / 10 &&
	       !is_too_old(asked, self, now);
}

static void count_answer(struct conn *conn, enum side side, enum transfer_event event,
			 const struct question *asked, const struct te_segment *seg)
{
	struct te_segment cause = { .time = asked->time,
				    .frame = asked->frame,
				    .file = asked->file };
	struct transfer_tally *tally = transfer_count(conn, side, event, &cause);

	if (tally)
		transfer_add_frame(tally, seg->frame);
}

/* A still ACK that passes a round trip after the question is its answer. */
bool transfer_answer(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct end *self = &conn->end[side];
	struct question *challenged = &conn->challenged[side], *aged;
	bool answers = false;

	if (is_due(challenged, self, seg->time)) {
		count_answer(conn, side, TRANSFER_CHALLENGE_ACK, challenged, seg);
		challenged->pending = false;
		answers = true;
	}
	if (!conn->transfer)
		return answers;
	aged = &conn->transfer->end[side_other(side)].aged;
	if (is_due(aged, self, seg->time) && seq_le(seg->ack, aged->seq)) {
		count_answer(conn, side_other(side), TRANSFER_PAWS_REJECT, aged, seg);
		aged->pending = false;
		answers = true;
	}
	return answers;
}

/* ---- ACKs of what was not sent ---- */

void transfer_ack_beyond(struct conn *conn, enum side side, const struct te_segment *seg)
{
	if (!transfer_get(conn))
		return;
	conn->transfer->end[side].unsent = question(seg);
	conn->transfer->end[side].unsent.seq = seg->ack;
}

/* What the tap swaps passes within milliseconds. */
static const te_time swapped = 10 * TE_MS;

void transfer_note_unsent(struct conn *conn, enum side side, const struct te_segment *seg)
{
	const struct question *unsent;
	struct te_segment at = *seg;

	if (!conn->transfer || !conn->transfer->end[side].unsent.pending)
		return;
	unsent = &conn->transfer->end[side].unsent;
	/* It reaches what was acknowledged: the tap lost or swapped something. */
	if (seq_ge(measure_end(seg), unsent->seq))
		return;
	if (seg->time - unsent->time <= swapped) {
		conn->transfer->end[side].unsent_until = unsent->time + swapped;
		transfer_watch(conn);
	}
	at.time = unsent->time;
	at.frame = unsent->frame;
	at.file = unsent->file;
	conn_note(conn, side, NOTE_ACK_OF_UNSENT, &at, 0);
}

/* The last note of this kind is void. */
static void take_back(struct conn *conn, enum side side)
{
	for (uint32_t i = conn->note_count; i-- > 0;) {
		struct note *note = &conn->notes[i];

		if (note->kind == NOTE_ACK_OF_UNSENT && note->side == side) {
			conn->note_count--;
			for (; i < conn->note_count; i++)
				conn->notes[i] = conn->notes[i + 1];
			return;
		}
	}
}

void transfer_clear_unsent(struct conn *conn, enum side side,
			   const struct te_segment *seg)
{
	enum side other = side_other(side);
	struct transfer_end *y = &conn->transfer->end[other];

	if (!y->unsent_until)
		return;
	if (seg->time <= y->unsent_until) {
		if (seq_lt(measure_end(seg), y->unsent.seq))
			return;
		take_back(conn, other);
	}
	y->unsent_until = 0;
	transfer_watch(conn);
}
