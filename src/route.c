/* route.c - the same addresses again
 *
 * A SYN with a new initial sequence number begins a connection of its own; the old one
 * lives on beside it until the new one is answered. Meanwhile a segment belongs to the
 * one whose numbers it fits. Idle time alone never splits a connection.
 */
#include "conn_parts.h"
#include "engine.h"

#include <stdlib.h>

/* A SYN: a repeat, the other half of a simultaneous open, or not of this connection. */
static bool owns_syn(const struct conn *conn, enum side from,
		     const struct te_segment *seg)
{
	const struct end *self = &conn->end[from], *peer = &conn->end[side_other(from)];

	if (self->iss_known)
		return self->iss == seg->seq;
	return self->state == TE_UNKNOWN && peer->opener && peer->state == TE_SYN_SENT;
}

/* A SYN+ACK that answers nothing may be the late repeat of an old one, or the first sight
 * of a connection whose SYN the capture does not have. */
static bool owns_synack(const struct conn *conn, enum side from,
			const struct te_segment *seg)
{
	const struct end *self = &conn->end[from], *peer = &conn->end[side_other(from)];

	if (self->iss_known && self->iss == seg->seq)
		return true;
	/* A late copy of the SYN reached the listener after both ends were done, or its
	 * repeat after the server had reset: a new request socket, with a number of its
	 * own. */
	if (end_is_final(self) && self->iss_known &&
	    (end_is_final(peer) || (self->rst_frame && peer->state == TE_SYN_SENT)))
		return false;
	if (conn_answers_syn(peer, seg))
		return true;
	return !end_is_final(self) || !end_is_final(peer);
}

static uint32_t distance(uint32_t a, uint32_t b)
{
	return (uint32_t)abs(seq_diff(a, b));
}

/* How far the segment lies from what this connection expects. */
static uint32_t misfit(const struct conn *conn, enum side from,
		       const struct te_segment *seg, bool by_ack)
{
	const struct end *self = &conn->end[from], *peer = &conn->end[side_other(from)];

	if (by_ack)
		return peer->snd_known ? distance(seg->ack, peer->snd_nxt) : UINT32_MAX;
	return self->snd_known ? distance(seg->seq, self->snd_nxt) : UINT32_MAX;
}

static bool owns(const struct conn *conn, enum side from, const struct te_segment *seg)
{
	if (seg->flags & TE_SYN && !(seg->flags & TE_RST))
		return seg->flags & TE_ACK ? owns_synack(conn, from, seg)
					   : owns_syn(conn, from, seg);
	return true;
}

/* Of two that may own it, the better fit by numbers both of which know; else the newer.
 */
static bool fits_better(const struct conn *conn, const struct conn *than, enum side from,
			const struct te_segment *seg)
{
	bool by_ack = seg->flags & TE_ACK &&
		      !(conn->end[from].snd_known && than->end[from].snd_known);

	if (seg->flags & TE_SYN && seg->flags & TE_ACK)
		return !conn_answers_syn(&than->end[side_other(from)], seg) &&
		       conn_answers_syn(&conn->end[side_other(from)], seg);
	return misfit(conn, from, seg, by_ack) < misfit(than, from, seg, by_ack);
}

struct conn *route_find(struct conn *newest, enum side from, const struct te_segment *seg,
			enum te_key key)
{
	struct conn *best = NULL;
	bool best_vlan = false;

	for (struct conn *conn = newest; conn; conn = conn->older) {
		bool vlan = key == TE_KEY_NOVLAN || route_same_vlan(conn, seg);

		if ((key == TE_KEY_VLAN && !vlan) || !owns(conn, from, seg))
			continue;
		if (!best || (vlan && !best_vlan) ||
		    (vlan == best_vlan && fits_better(conn, best, from, seg))) {
			best = conn;
			best_vlan = vlan;
		}
	}
	return best;
}

/* Alive: an end past its handshake has not finished, nor would it have if all that passed
 * toward it had arrived. */
static bool is_alive(const struct conn *conn, te_time now)
{
	const struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];

	return ((end_was_synchronised(a) && !end_is_final(a)) ||
		(end_was_synchronised(b) && !end_is_final(b))) &&
	       !conn_is_over(conn, now);
}

void route_note_inside(struct conn *newest, enum side from, const struct te_segment *seg,
		       te_time now)
{
	for (struct conn *old = newest->older; old; old = old->older) {
		if ((seg->flags & (TE_SYN | TE_ACK | TE_RST)) != TE_SYN ||
		    old->has_vlan != newest->has_vlan || old->vlan != newest->vlan ||
		    !is_alive(old, now))
			continue;
		newest->inside = true;
		conn_note(old, from, NOTE_SYN_INSIDE, seg, 0);
		return;
	}
}

/* It may be over, or nothing came of a SYN: who has sent a newer one has no socket any
 * more that waits for its answer (RFC 9293 3.4.1: a number for each connection). */
static bool is_spent(const struct conn *conn)
{
	const struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];
	const struct end *opener = a->opener ? a : b;

	return conn->queued ||
	       (opener->opener && a->packets + b->packets == opener->syn_repeats + 1);
}

/* The oldest that is spent goes first, else the one that is idle longest. */
static bool goes_before(const struct conn *conn, const struct conn *than)
{
	bool spent = is_spent(conn);

	return spent != is_spent(than) ? spent : spent || conn->last < than->last;
}

struct conn *route_too_many(const struct conn *newest, enum te_key key)
{
	struct conn *first = NULL;
	unsigned count = 0;

	for (struct conn *conn = newest->older; conn; conn = conn->older) {
		if (!route_is_beside(conn, newest, key))
			continue;
		count++;
		if (!first || goes_before(conn, first))
			first = conn;
	}
	return count > ROUTE_OLDER ? first : NULL;
}

bool route_answers(const struct conn *newest, enum side from,
		   const struct te_segment *seg)
{
	return newest->older && seg->flags & TE_SYN && seg->flags & TE_ACK &&
	       conn_answers_syn(&newest->end[side_other(from)], seg);
}
