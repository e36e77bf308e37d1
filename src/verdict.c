/* verdict.c - how a connection opened and closed, in the words of the contract */
#include "engine.h"

static bool visited(const struct end *end, enum te_state state)
{
	return end->visited >> state & 1;
}

static bool was_refused(const struct end *client, const struct end *server)
{
	return client->opener && server->state == TE_CLOSED && !server->iss_known &&
	       !end_was_synchronised(server);
}

static enum te_opened opened(const struct end *client, const struct end *server)
{
	if (!client->opener && !server->opener)
		return TE_OPENED_MIDSTREAM;
	if (was_refused(client, server))
		return TE_OPENED_REFUSED;
	if (!end_was_synchronised(server)) {
		if (client->rst_frame)
			return TE_OPENED_ABORTED;
		return visited(server, TE_SYN_RCVD) ? TE_OPENED_HALF_OPEN
						    : TE_OPENED_UNANSWERED;
	}
	if (server->tfo)
		return TE_OPENED_FAST_OPEN;
	return client->opener && server->opener ? TE_OPENED_SIMULTANEOUS
						: TE_OPENED_HANDSHAKE;
}

static enum te_closed closed_by_rst(const struct end *client, const struct end *server)
{
	if (client->rst_frame && server->rst_frame)
		return client->rst_time <= server->rst_time ? TE_CLOSED_RST_CLIENT
							    : TE_CLOSED_RST_SERVER;
	return client->rst_frame ? TE_CLOSED_RST_CLIENT : TE_CLOSED_RST_SERVER;
}

/* A RST behind a close that both ends completed did not close it. */
static bool closed_by_fin(const struct end *client, const struct end *server)
{
	return client->fin_sent && server->fin_sent && !client->killed && !server->killed;
}

static enum te_closed closed(const struct conn *conn, enum te_opened opened)
{
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other(conn->client)];

	if (conn->evicted)
		return TE_CLOSED_EVICTED;
	if (opened == TE_OPENED_REFUSED || opened == TE_OPENED_UNANSWERED)
		return TE_CLOSED_NONE;
	if (closed_by_fin(client, server))
		return visited(client, TE_CLOSING) || visited(server, TE_CLOSING)
			   ? TE_CLOSED_FIN_SIMULTANEOUS
			   : TE_CLOSED_FIN;
	if (client->rst_frame || server->rst_frame)
		return closed_by_rst(client, server);
	return conn->replaced ? TE_CLOSED_REPLACED : TE_CLOSED_OPEN;
}

static enum te_end first_closer(const struct end *client, const struct end *server)
{
	if (client->fin_sent && server->fin_sent) {
		/* who was past ESTABLISHED when the other's FIN came, did not close first
		 */
		if (visited(client, TE_CLOSE_WAIT) != visited(server, TE_CLOSE_WAIT))
			return visited(client, TE_CLOSE_WAIT) ? TE_SERVER : TE_CLIENT;
		return client->fin_time <= server->fin_time ? TE_CLIENT : TE_SERVER;
	}
	if (client->fin_sent || server->fin_sent)
		return client->fin_sent ? TE_CLIENT : TE_SERVER;
	if (client->rst_frame &&
	    (!server->rst_frame || client->rst_time <= server->rst_time))
		return TE_CLIENT;
	return server->rst_frame ? TE_SERVER : TE_NO_END;
}

static unsigned segments_to_close(const struct conn *conn,
				  const struct te_connection *view)
{
	enum side first = view->first_closer == TE_CLIENT
			      ? (enum side)conn->client
			      : side_other((enum side)conn->client);

	if (view->closed == TE_CLOSED_FIN_SIMULTANEOUS)
		return 4;
	if (view->closed != TE_CLOSED_FIN)
		return 0;
	return conn->end[first].fin_acked_by_fin ? 3 : 4;
}

static uint64_t unacked(const struct end *self, const struct end *peer)
{
	if (!self->snd_known || !peer->ack_known || !seq_gt(self->snd_nxt, peer->ack))
		return 0;
	return (uint64_t)seq_diff(self->snd_nxt, peer->ack) - (self->fin_sent ? 1 : 0);
}

/* Of a SYN nobody has answered, all beyond it is in flight. */
static uint64_t in_flight(const struct end *self, const struct end *peer)
{
	uint32_t acked = peer->ack_known ? peer->ack : self->iss + 1;
	uint64_t n;

	if (!self->snd_known || (!peer->ack_known && !self->iss_known))
		return TE_SEND_Q_UNKNOWN;
	if (!seq_gt(self->snd_nxt, acked))
		return 0;
	n = (uint64_t)seq_diff(self->snd_nxt, acked);
	return self->fin_sent ? n - 1 : n;
}

void verdict_mark(struct conn *conn)
{
	conn->marked = true;
	for (int i = 0; i < 2; i++)
		conn->send_q[i] =
		    in_flight(&conn->end[i], &conn->end[side_other((enum side)i)]);
}

static te_time gone(const struct conn *conn, enum side side, te_time time_wait)
{
	te_time when = TE_TIME_NONE;

	if (conn->end[side].state == TE_TIME_WAIT)
		when = conn->last + time_wait;
	if (conn->replaced && (when == TE_TIME_NONE || conn->taken[side] < when))
		when = conn->taken[side];
	return when;
}

static inline void fill_end(const struct conn *conn, enum side side,
			    struct te_end_view *view)
{
	const struct end *self = &conn->end[side];

	view->addr = conn->addr[side];
	view->port = conn->port[side];
	view->state = (enum te_state)self->state;
	view->certain = !self->assumed && !self->presumed && !self->doubted;
	view->presumed = self->presumed;
	view->port_known = conn->roles_certain;
	view->packets = self->packets;
	view->bytes = self->bytes;
	view->retransmits = self->retransmits;
	view->since = self->since;
	view->rtt = self->rtt;
	view->unacked = unacked(self, &conn->end[side_other(side)]);
	view->fin_repeats = self->fin_repeats;
}

/* What others fill in, if anybody wants it. */
static void leave_out(struct te_connection *view)
{
	view->zeek_state = view->zeek_history = NULL;
	view->completeness = 0;
	view->ongoing = false;
	view->told = view->transition_count = view->finding_count = 0;
	view->revision = NULL;
	view->transitions = NULL;
	view->findings = NULL;
}

/* Field by field: there is one for each connection, and it is large. */
void verdict_fill(const struct conn *conn, te_time time_wait, struct te_connection *view)
{
	enum side client = (enum side)conn->client, server = side_other(client);
	const struct end *c = &conn->end[client], *s = &conn->end[server];
	bool waits = c->state == TE_TIME_WAIT || s->state == TE_TIME_WAIT;

	view->number = conn->number;
	view->id = conn->id;
	view->ip_version = conn->ip_version;
	view->incarnation = conn->incarnation;
	view->has_vlan = conn->has_vlan;
	view->vlan = conn->vlan;
	view->roles_certain = conn->roles_certain;
	fill_end(conn, client, &view->end[TE_CLIENT]);
	fill_end(conn, server, &view->end[TE_SERVER]);
	view->file = conn->file;
	view->frame = conn->frame;
	view->first = conn->first;
	view->last = conn->last;
	view->opened = opened(c, s);
	view->closed = closed(conn, view->opened);
	view->first_closer = first_closer(c, s);
	view->segments_to_close = segments_to_close(conn, view);
	view->time_wait_until = waits ? conn->last + time_wait : TE_TIME_NONE;
	view->gone[TE_CLIENT] = gone(conn, client, time_wait);
	view->gone[TE_SERVER] = gone(conn, server, time_wait);
	view->marked = conn->marked;
	view->send_q[TE_CLIENT] = conn->send_q[client];
	view->send_q[TE_SERVER] = conn->send_q[server];
	leave_out(view);
}

/* A SYN on known addresses that nothing answered need not be its apparent sender's own.
 */
static bool may_be_forged(const struct conn *conn)
{
	return conn->incarnation > 1 &&
	       conn->end[SIDE_A].iss_known != conn->end[SIDE_B].iss_known;
}

static inline void fill_transition(const struct conn *conn, const struct log_entry *entry,
				   struct te_transition *out)
{
	out->time = entry->time;
	out->frame = entry->frame;
	out->proof = entry->proof;
	out->file = entry->file;
	out->end = entry->side == conn->client ? TE_CLIENT : TE_SERVER;
	out->from = entry->from;
	out->to = entry->to;
	out->basis = entry->basis;
	out->certain = entry->certain && !may_be_forged(conn);
	out->rfc = entry->rfc;
}

struct te_transition verdict_transition(const struct conn *conn,
					const struct log_entry *entry)
{
	struct te_transition transition;

	fill_transition(conn, entry, &transition);
	return transition;
}

/* In order of time. Those of each end are (conn_move()), so there is little to move. */
size_t verdict_transitions(const struct conn *conn, struct te_transition *out)
{
	for (uint32_t n = 0; n < conn->log_count; n++) {
		const struct log_entry *entry = &conn->log[n];
		uint32_t at = n;

		for (; at > 0 && out[at - 1].time > entry->time; at--)
			out[at] = out[at - 1];
		fill_transition(conn, entry, &out[at]);
	}
	return conn->log_count;
}
