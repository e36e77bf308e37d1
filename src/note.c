/* note.c - what only findings want to know, and no state
 *
 * Noted where it happens, off the way of a plain segment; the checks (rules_*.c) read it
 * when the connection is over.
 */
#include "conn_parts.h"

#include <stdlib.h>

/* ---- FINs and what comes after them ---- */

/* Each way of knowing it is noted once. */
void note_fin_ahead(struct conn *conn, enum side side, const struct te_segment *seg,
		    enum fin_ahead how)
{
	struct end *self = &conn->end[side];

	if (self->fin_ahead >> how & 1)
		return;
	self->fin_ahead |= (uint8_t)(1u << how);
	conn_note(conn, side, NOTE_FIN_AHEAD, seg, how);
}

/* The first data that an end sends although it has its peer's FIN. */
static void note_half_closed(struct conn *conn, enum side side,
			     const struct te_segment *seg)
{
	struct end *self = &conn->end[side];

	if (self->half_closed || !seq_gt(seg->seq + seg->len, self->snd_nxt))
		return;
	self->half_closed = true;
	conn_note(conn, side, NOTE_HALF_CLOSED, seg, seg->seq);
}

/* RFC 9293 3.6.1, RFC 6191 2 */
static enum newer newer_by(const struct end *old, const struct end *peer,
			   const struct end *new)
{
	if (peer->ack_known && seq_ge(new->iss, peer->ack))
		return NEWER_BY_ISN;
	if (old->ts_known && new->ts_known && seq_gt(new->tsval, old->tsval))
		return NEWER_BY_TIMESTAMP;
	return peer->ack_known ? NEWER_BY_NEITHER : NEWER_BY_ISN;
}

void note_newer(struct conn *conn, enum side opener, const struct conn *newer,
		const struct te_segment *synack)
{
	const struct end *new = &newer->end[opener];
	struct te_segment syn = { .time = new->syn_time,
				  .frame = new->syn_frame,
				  .file = newer->file };
	enum newer how =
	    newer_by(&conn->end[opener], &conn->end[side_other(opener)], new);

	conn_note(conn, opener, NOTE_NEW_SYN, &syn, how);
	conn_note(conn, side_other(opener), NOTE_NEW_SYNACK, synack, how);
}

/* ---- resets ---- */

/* A path may change by a hop; a whole path does not change for one segment. */
static bool has_other_ttl(const struct end *self, const struct te_segment *seg)
{
	return seg->ttl > self->ttl + 1 || self->ttl > seg->ttl + 1;
}

/* An end that counts its IP IDs up from its SYN or FIN, slowly, does not leap within a
 * second. Linux' replies without a socket have ID 0. */
static bool has_other_id(const struct end *self, const struct te_segment *seg)
{
	uint16_t since_mark = (uint16_t)(self->dup_id - self->mark_id);
	uint16_t step = (uint16_t)(seg->ip_id - self->dup_id);

	return seg->ip_id && self->mark_id && self->packets >= 3 &&
	       since_mark >= self->packets / 2 && since_mark < 4 * self->packets &&
	       seg->time - self->last < TE_SEC && step > 4096 && step < 65535 - 4096;
}

/* RFC 7323 3.2: without timestamps agreed there are none. With them, many stacks still
 * send a RST without. */
static bool has_other_options(const struct end *self, const struct end *peer,
			      const struct te_segment *seg)
{
	return seg->has & TE_HAS_TS && !self->ts_known && !peer->ts_known;
}

static uint8_t unlike(const struct end *self, const struct end *peer,
		      const struct te_segment *seg)
{
	if (!self->packets)
		return 0;
	return (uint8_t)((has_other_ttl(self, seg) ? RST_OTHER_TTL : 0) |
			 (has_other_id(self, seg) ? RST_OTHER_ID : 0) |
			 (has_other_options(self, peer, seg) ? RST_OTHER_OPTIONS : 0));
}

static uint16_t silence(const struct end *self, const struct end *peer, te_time now)
{
	te_time last = self->packets ? self->last : peer->last;

	if (peer->packets && peer->last > last)
		last = peer->last;
	last = (now - last) / TE_SEC;
	return (uint16_t)(last < 0 ? 0 : last > UINT16_MAX ? UINT16_MAX : last);
}

/* Data, or a keep-alive at SND.NXT-1 (3.8.4), and for a second nothing of the peer. */
static bool is_unanswered(const struct end *self, const struct end *peer, te_time now)
{
	bool data = peer->ack_known && seq_gt(self->snd_nxt, peer->ack);

	return self->packets && self->snd_known && self->last > peer->last &&
	       now - peer->last > TE_SEC && (data || self->dup_seq + 1 == self->snd_nxt);
}

void note_reset(struct conn *conn, enum side side, const struct te_segment *seg,
		enum rst_class class)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	uint32_t count = conn->note_count;
	struct note *note;

	conn_note(conn, side, NOTE_RST, seg, class);
	if (conn->note_count == count)
		return;
	note = &conn->notes[count];
	note->on_data = peer->last_useful == peer->last && peer->bytes;
	note->unlike = unlike(self, peer, seg);
	note->unanswered = is_unanswered(self, peer, seg->time);
	note->silence = silence(self, peer, seg->time);
	note->covers = self->ack_known ? self->ack : peer->base;
	if (seg->flags & TE_ACK && (!self->ack_known || seq_gt(seg->ack, self->ack)))
		note->covers = seg->ack;
}

/* A segment that shows no life is older than the RST, or a repeat. The network brings it
 * late by less than a round trip; an end that is CLOSED does not repeat. */
static void note_after_rst(struct conn *conn, enum side side,
			   const struct te_segment *seg)
{
	const struct end *self = &conn->end[side];

	if (seg->flags & (TE_SYN | TE_RST) || !self->snd_known ||
	    seg->time - self->rst_time <= end_rtt(self) + 10 * TE_MS ||
	    measure_is_stale(self, seg) || measure_is_copy_of_last(self, seg) ||
	    (seg->flags & TE_FIN && measure_is_copy(self, seg)) ||
	    abs(seq_diff(self->snd_nxt, seg->seq)) > 1 << 24)
		return;
	conn_note(conn, side, NOTE_AFTER_RST, seg, 0);
}

void note_in_passing(struct conn *conn, enum side side, const struct te_segment *seg)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	if (peer->fin_ahead && peer->fin_sent && seg->flags & TE_ACK &&
	    seq_ge(seg->ack, peer->fin_end) && self->ack_known &&
	    seq_lt(self->ack, peer->fin_end))
		conn_note(conn, side, NOTE_ACK_OF_FIN, seg, 0);
	if (self->state == TE_CLOSE_WAIT && seg->len)
		note_half_closed(conn, side, seg);
	if (self->state == TE_CLOSED && self->rst_frame)
		note_after_rst(conn, side, seg);
}
