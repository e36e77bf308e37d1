/* stencil.c - what all kinds of connections have in common that are judged once */
#include "stencil.h"
#include "engine.h"

void stencil_begin(struct stencil *stencil)
{
	struct conn *conn = &stencil->conn;
	struct end *client = &conn->end[SIDE_A];

	conn->incarnation = 1;
	conn->client = SIDE_A;
	conn->roles_certain = conn->syn_seen = conn->settled = true;
	client->opener = client->iss_known = true;
	client->packets = 1;
	client->state = TE_SYN_SENT;
	client->visited = 1u << TE_SYN_SENT;
	client->rtt = conn->end[SIDE_B].rtt = TE_TIME_NONE;
}

void stencil_judge(struct stencil *stencil)
{
	verdict_fill(&stencil->conn, 0, &stencil->view);
}

static void set_key(struct conn *conn, const struct trail *trail)
{
	trail_get_address(trail, 0, &conn->addr[SIDE_A]);
	trail_get_address(trail, 1, &conn->addr[SIDE_B]);
	conn->port[SIDE_A] = trail->port[0];
	conn->port[SIDE_B] = trail->port[1];
	conn->ip_version = trail->bits & TRAIL_IPV6 ? 6 : 4;
}

void stencil_fill(struct stencil *stencil, const struct trail *trail)
{
	struct conn *conn = &stencil->conn;
	struct end *client = &conn->end[SIDE_A];

	set_key(conn, trail);
	conn->number = trail->number;
	conn->file = trail->file;
	conn->frame = client->syn_frame = trail->frame;
	conn->first = conn->last = trail->first;
	client->syn_time = client->syn_last = trail->first;
}

void stencil_show(struct stencil *stencil, const struct trail *trail)
{
	const struct conn *conn = &stencil->conn;
	struct te_connection *view = &stencil->view;

	for (int i = 0; i < 2; i++) {
		view->end[i].addr = conn->addr[i];
		view->end[i].port = conn->port[i];
		view->end[i].packets = conn->end[i].packets;
		view->end[i].retransmits = conn->end[i].retransmits;
		view->end[i].since = conn->end[i].since;
	}
	view->ip_version = conn->ip_version;
	view->has_vlan = trail->bits & TRAIL_VLAN;
	view->vlan = trail->vlan;
	view->number = conn->number;
	view->file = conn->file;
	view->frame = conn->frame;
	view->first = conn->first;
	view->last = conn->last;
}
