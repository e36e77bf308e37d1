/* conn.c - one segment at one connection, from its sender's testimony to the receipts
 *
 * In this order: is it a second capture of the same frame; what does it prove and
 * contradict of its sender's pending receipts (testimony.c, contradict.c); what does its
 * sender do by sending it (send.c); what does it bring its receiver (bring.c).
 */
#include "conn_parts.h"
#include "transfer.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { WELL_KNOWN = 1024 };

static enum side guess_client(const struct conn *conn, enum side from)
{
	const uint16_t *port = conn->port;

	if ((port[SIDE_A] < WELL_KNOWN) != (port[SIDE_B] < WELL_KNOWN))
		return port[SIDE_A] < WELL_KNOWN ? SIDE_B : SIDE_A;
	if ((port[SIDE_A] >= CONN_EPHEMERAL) != (port[SIDE_B] >= CONN_EPHEMERAL))
		return port[SIDE_A] >= CONN_EPHEMERAL ? SIDE_A : SIDE_B;
	return from;
}

void conn_init(struct conn *conn, const struct te_segment *seg, enum side from)
{
	for (int i = 0; i < 2; i++) {
		conn->end[i].rtt = TE_TIME_NONE;
		conn->end[i].since = seg->time;
	}
	conn->file = seg->file;
	conn->frame = seg->frame;
	conn->first = seg->time;
	conn->client = (uint8_t)guess_client(conn, from);
}

void conn_release(struct conn *conn)
{
	free(conn->log);
	free(conn->notes);
	free(conn->told);
	transfer_free(conn);
	peers_release(&conn->peers);
}

void conn_clear(struct conn *conn)
{
	free(conn->told);
	if (conn->transfer)
		transfer_clear(conn);
	peers_release(&conn->peers);
	memset(conn, 0, offsetof(struct conn, receipts));
}

/* Roles by flags: who sent the first SYN without ACK, else who was sent a SYN+ACK. */
static void learn_roles(struct conn *conn, enum side from, const struct te_segment *seg)
{
	if (conn->roles_certain || !(seg->flags & TE_SYN) || seg->flags & TE_RST)
		return;
	conn->client = (uint8_t)(seg->flags & TE_ACK ? side_other(from) : from);
	conn->roles_certain = true;
}

bool conn_synack_covers(const struct end *peer, const struct te_segment *seg)
{
	return seq_gt(seg->ack, peer->iss) &&
	       seq_le(seg->ack, peer->iss + 1 + peer->syn_len);
}

bool conn_answers_syn(const struct end *opener, const struct te_segment *seg)
{
	return opener->opener && seg->flags & TE_ACK && conn_synack_covers(opener, seg);
}

/* A bare ACK of the SYN as an end's first word, ahead of its own SYN: the split handshake
 * in five segments. It shows no state. */
static bool is_half_answer(const struct end *self, const struct end *peer,
			   const struct te_segment *seg)
{
	return self->state == TE_UNKNOWN && peer->state == TE_SYN_SENT && !seg->len &&
	       !(seg->flags & (TE_SYN | TE_FIN)) && conn_answers_syn(peer, seg);
}

/* Dropped by every receiver: nothing without SYN, ACK or RST (RFC 9293 3.10.7.4 Fifth) is
 * a segment of a connection that is there. Nor has an end that refused the SYN, and has
 * not answered it since, one in which it could send anything. */
static bool is_nobodys(const struct end *self, const struct end *peer,
		       const struct te_segment *seg)
{
	if (self->state == TE_CLOSED && !self->iss_known && peer->iss_known)
		return !(seg->flags & TE_SYN);
	return (self->synack_sent || end_was_synchronised(self)) &&
	       !(seg->flags & (TE_SYN | TE_ACK));
}

/* What is known of a segment before the rules are asked, so that some need not be. */
enum known {
	KNOWN_NOTHING,
	/* As closing.c has it: transfer.c has nothing to do, nor are there gaps. */
	KNOWN_IN_ORDER,
	KNOWN_IDLE, /* it moves neither end, see is_idle() */
};

/* Of two ends in ESTABLISHED, with nothing on its way to either, no ACK or data tells or
 * changes more than numbers. */
static bool is_idle(const struct conn *conn, const struct te_segment *seg)
{
	const struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];

	return !(conn->receipt_count | a->fin_sent | b->fin_sent) &&
	       a->state == TE_ESTABLISHED && b->state == TE_ESTABLISHED &&
	       (seg->flags & (TE_SYN | TE_FIN | TE_RST | TE_ACK)) == TE_ACK;
}

static bool ordinary(struct conn *conn, enum side side, const struct te_segment *seg,
		     bool in_order)
{
	struct end *self = &conn->end[side];
	bool stale = measure_is_stale(self, seg);
	bool repeat = !stale && !measure_is_copy(self, seg);

	if (is_half_answer(self, &conn->end[side_other(side)], seg) ||
	    is_nobodys(self, &conn->end[side_other(side)], seg))
		return false;
	if (!in_order)
		measure_gaps(conn, side, seg);
	rst_check_forged(conn, side, seg);
	send_check_forged_fin(conn, side, seg);
	if (self->state == TE_UNKNOWN && !(seg->flags & (TE_SYN | TE_FIN)))
		send_other(conn, side, seg);
	if (!stale && self->state != TE_UNKNOWN) {
		testimony_prove(conn, side, seg);
		if (conn->receipt_count && !measure_is_copy_of_last(self, seg))
			contradict_pending(conn, side, seg, repeat && self->packets);
	}
	note_in_passing(conn, side, seg);
	if (seg->flags & TE_SYN && seg->flags & TE_ACK) {
		if (!send_synack(conn, side, seg, repeat))
			return false;
	} else if (seg->flags & TE_SYN) {
		send_syn(conn, side, seg, repeat);
	} else if (seg->flags & TE_FIN) {
		send_fin(conn, side, seg, repeat);
	} else {
		send_other(conn, side, seg);
	}
	bring(conn, side, seg);
	measure_probe(conn, side, seg);
	return true;
}

static void pass(struct conn *conn, const struct te_segment *seg)
{
	conn->last = seg->time;
	conn->last_file = seg->file;
	conn->last_frame = seg->frame;
}

/* False: its numbers are not to be believed. */
static bool apply(struct conn *conn, enum side from, const struct te_segment *seg,
		  enum known known)
{
	if (seg->flags & TE_RST) {
		rst_sent(conn, from, seg);
		return true;
	}
	if (known != KNOWN_IDLE)
		return ordinary(conn, from, seg, known == KNOWN_IN_ORDER);
	measure_gaps(conn, from, seg);
	measure_probe(conn, from, seg);
	return true;
}

static bool ask_rules(struct conn *conn, enum side from, const struct te_segment *seg,
		      te_time duplicate_limit, enum known known)
{
	struct end *self = &conn->end[from];
	bool fresh_synack =
	    !self->synack_sent && seg->flags & TE_SYN && seg->flags & TE_ACK;
	bool believed;

	pass(conn, seg);
	if (measure_captured_twice(self, seg, duplicate_limit)) {
		conn->duplicates++;
		return true;
	}
	learn_roles(conn, from, seg);
	conn->syn_seen |= seg->flags & TE_SYN;
	if (known != KNOWN_IN_ORDER)
		transfer_segment(conn, from, seg);
	believed = apply(conn, from, seg, known);
	measure_count(self, seg, fresh_synack);
	if (believed)
		measure_sent(self, seg);
	return false;
}

bool conn_ask_rules(struct conn *conn, enum side from, const struct te_segment *seg,
		    te_time duplicate_limit)
{
	return ask_rules(conn, from, seg, duplicate_limit, KNOWN_NOTHING);
}

/* A FIN, or behind one. */
static bool close_down(struct conn *conn, enum side from, const struct te_segment *seg,
		       te_time duplicate_limit)
{
	enum closing closing = closing_segment(conn, from, seg);

	if (closing != CLOSING_TAKEN)
		return ask_rules(conn, from, seg, duplicate_limit,
				 closing == CLOSING_IN_ORDER ? KNOWN_IN_ORDER
							     : KNOWN_NOTHING);
	measure_remember(&conn->end[from], seg);
	pass(conn, seg);
	return false;
}

bool conn_segment(struct conn *conn, enum side from, const struct te_segment *seg,
		  te_time duplicate_limit)
{
	if (seg->flags & TE_FIN || conn->end[side_other(from)].fin_sent)
		return close_down(conn, from, seg, duplicate_limit);
	if (plain_segment(conn, from, seg))
		return false;
	return ask_rules(conn, from, seg, duplicate_limit,
			 is_idle(conn, seg) ? KNOWN_IDLE : KNOWN_NOTHING);
}
