/* start.c - the plain beginning of a trail
 *
 * The client's SYN, the server's SYN+ACK, the ACK of it, and then of each end new data
 * or a new ACK just where it is expected, as plain.c has it; but here the server may be
 * in SYN_RCVD still. Behind that, a close in good order. An end's last segment is
 * remembered only where this ends.
 */
#include "start.h"
#include "order.h"

void start_begin(struct start *start, const struct trail *trail)
{
	start->seg = &start->room[0];
	start->last[0] = &start->room[1];
	start->last[1] = &start->room[2];
	trail_read(&start->reader, trail);
	start->from = trail_next(&start->reader, start->seg);
	for (int i = 0; i < 3; i++)
		start->room[i].file = trail->file;
	trail_address(trail, 0, start->seg);
}

/* Apart, so that who wants no words does not pay for them. */
static __attribute__((noinline)) void put_in_words(const struct start *start)
{
	peers_segment(start->words,
		      start->from ? side_other(start->client) : start->client,
		      start->seg);
}

/* The segment was applied: it is its sender's last, and the one before, or what stands
 * there until there is one, gives room for the next. */
static void go_on(struct start *start)
{
	struct te_segment *room = start->last[start->from];

	if (start->words)
		put_in_words(start);
	start->last[start->from] = start->seg;
	start->seg = room;
	start->from = trail_next(&start->reader, room);
}

/* ---- the handshake ---- */

/* What a SYN says of its sender, with the ACK flag or without. */
static inline void see_syn(struct end *self, struct end *peer,
			   const struct te_segment *seg)
{
	self->iss = self->base = seg->seq;
	self->iss_known = self->snd_known = true;
	self->snd_nxt = seg->seq + 1;
	self->syn_time = self->syn_last = self->last_useful = seg->time;
	self->syn_frame = seg->frame;
	self->syn_has = (uint8_t)seg->has;
	self->mark_tsval = seg->tsval;
	self->mark_id = seg->ip_id;
	self->tsval = seg->tsval;
	self->ts_known = seg->has & TE_HAS_TS;
	self->packets = 1;
	peer->probe = (struct probe){ .time = seg->time,
				      .end = self->snd_nxt,
				      .tsval = seg->tsval,
				      .armed = true };
	measure_scale(self, peer, seg);
}

static bool opens(struct start *start, struct conn *conn, enum side side)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	const struct te_segment *seg = start->seg;

	if (order_kind(seg) != TE_SYN || seg->len || seg->has & TE_HAS_SACK)
		return false;
	conn->client = (uint8_t)side;
	conn->roles_certain = conn->syn_seen = true;
	self->opener = true;
	see_syn(self, peer, seg);
	order_enter(conn, side, STATE_SND_SYN, TE_SYN_SENT, origin_sent(seg));
	go_on(start);
	return true;
}

static bool answers(struct start *start, struct conn *conn, enum side side)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	const struct te_segment *seg = start->seg;
	struct origin origin = origin_sent(seg), before = origin;

	if (start->from != 1 || order_kind(seg) != (TE_SYN | TE_ACK) || seg->len ||
	    seg->ack != peer->snd_nxt || seg->has & TE_HAS_SACK)
		return false;
	before.time = peer->syn_time;
	before.frame = peer->syn_frame;
	before.basis = TE_ACKED;
	before.doubtful = origin.doubtful = send_may_have_connected(conn, side, seg);
	order_sample(self, seg);
	see_syn(self, peer, seg);
	self->syn_has |= peer->syn_has & TE_HAS_VLAN; /* a trail says it once */
	self->synack_sent = true;
	self->ack = self->last_ack = self->prev_ack = seg->ack;
	self->ack_known = true;
	order_enter(conn, side, STATE_LISTENED, TE_LISTEN, before);
	order_enter(conn, side, STATE_SND_SYNACK, TE_SYN_RCVD, origin);
	go_on(start);
	return true;
}

static bool completes(struct start *start, struct conn *conn, enum side side)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	const struct te_segment *seg = start->seg;
	struct origin synack = origin_sent(seg);

	if (start->from || order_kind(seg) != TE_ACK || seg->ack != peer->snd_nxt ||
	    !order_is_plain(self, peer, seg))
		return false;
	synack.time = peer->syn_time;
	synack.frame = peer->syn_frame;
	synack.basis = TE_ACKED;
	order_enter(conn, side, STATE_RCV_SYNACK, TE_ESTABLISHED, synack);
	order_bring(conn, side_other(side), RECEIPT_ACK_OF_SYN, seg);
	self->last_ack = seg->ack; /* there was none before */
	order_take(self, peer, seg, seg->seq + seg->len);
	self->prev_ack = seg->ack;
	self->ack_known = true;
	go_on(start);
	return true;
}

/* ---- what follows ---- */

/* The server goes on: it had the ACK of its SYN. */
static void prove(struct conn *conn, enum side server, const struct te_segment *seg)
{
	conn->left_syn_rcvd = conn->receipts[0].time;
	conn->receipt_count = 0;
	order_enter(conn, server, STATE_RCV_ACK_OF_SYN, TE_ESTABLISHED,
		    origin_receipt(conn->receipts, seg, TE_ACKED));
}

/* New data, or a new ACK. */
static bool is_data(const struct end *self, const struct te_segment *seg)
{
	return order_kind(seg) == TE_ACK && seg->len | (seg->ack ^ self->ack);
}

/* Until both have offered a window: that of a SYN is not scaled. */
static bool begin_exchange(struct start *start, struct conn *conn, enum side client)
{
	struct end *ends[2] = { &conn->end[client], &conn->end[side_other(client)] };

	for (; start->from >= 0; go_on(start)) {
		struct end *self = ends[start->from], *peer = ends[!start->from];
		const struct te_segment *seg = start->seg;

		if (self->edge_known && peer->edge_known)
			return true;
		if (!is_data(self, seg) || !order_is_plain(self, peer, seg))
			return false;
		if (self->state == TE_SYN_RCVD)
			prove(conn, side_other(client), seg);
		order_take(self, peer, seg, seg->seq + seg->len);
	}
	return false;
}

static void exchange(struct start *start, struct conn *conn, enum side client)
{
	struct end *ends[2] = { &conn->end[client], &conn->end[side_other(client)] };

	for (; start->from >= 0; go_on(start)) {
		struct end *self = ends[start->from], *peer = ends[!start->from];
		const struct te_segment *seg = start->seg;

		if (!is_data(self, seg) || !order_is_steady(self, peer, seg))
			return;
		order_sample(self, seg);
		order_take_steady(self, peer, seg);
	}
}

static void finish(struct start *start, struct conn *conn, enum side client)
{
	while (start->from >= 0 &&
	       closing_calm(conn, start->from ? side_other(client) : client, start->seg))
		go_on(start);
}

/* ---- where it is left ---- */

/* What is on its way while the handshake is not complete. */
static void leave_half_open(struct conn *conn, enum side client,
			    struct te_segment *const last[2])
{
	enum side server = side_other(client);

	if (!conn->end[server].packets)
		order_bring(conn, server, RECEIPT_SYN, last[0]);
	else if (conn->end[client].state == TE_SYN_SENT)
		order_bring(conn, client, RECEIPT_SYNACK, last[1]);
}

static void remember(struct conn *conn, enum side side, const struct te_segment *last)
{
	measure_remember(&conn->end[side], last);
	if (last->frame < conn->last_frame)
		return;
	conn->last = last->time;
	conn->last_frame = last->frame;
	conn->last_file = last->file;
}

void start_apply(struct start *start, struct conn *conn, enum side client, bool words)
{
	enum side server = side_other(client);

	start->words = words ? &conn->peers : NULL;
	start->client = client;
	if (!opens(start, conn, client))
		return;
	if (start->from >= 0 && answers(start, conn, server) && start->from >= 0 &&
	    completes(start, conn, client)) {
		if (begin_exchange(start, conn, client))
			exchange(start, conn, client);
		finish(start, conn, client);
	} else {
		leave_half_open(conn, client, start->last);
	}
	remember(conn, client, start->last[0]);
	if (conn->end[server].packets)
		remember(conn, server, start->last[1]);
}
