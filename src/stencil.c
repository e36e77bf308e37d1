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

static void set_key(struct stencil *stencil, const struct trail *trail)
{
	struct conn *conn = &stencil->conn;
	struct te_connection *view = &stencil->view;
	struct te_segment seg;

	trail_address(trail, 0, &seg);
	conn->addr[SIDE_A] = view->end[TE_CLIENT].addr = seg.src;
	conn->addr[SIDE_B] = view->end[TE_SERVER].addr = seg.dst;
	conn->port[SIDE_A] = view->end[TE_CLIENT].port = seg.src_port;
	conn->port[SIDE_B] = view->end[TE_SERVER].port = seg.dst_port;
	conn->ip_version = view->ip_version = seg.ip_version;
	view->has_vlan = trail->bits & TRAIL_VLAN;
	view->vlan = trail->vlan;
}

void stencil_fill(struct stencil *stencil, const struct trail *trail)
{
	struct conn *conn = &stencil->conn;
	struct te_connection *view = &stencil->view;
	struct end *client = &conn->end[SIDE_A];

	set_key(stencil, trail);
	view->number = trail->number;
	conn->file = view->file = trail->file;
	conn->frame = view->frame = client->syn_frame = trail->frame;
	conn->first = view->first = view->last = trail->first;
	client->syn_time = client->syn_last = trail->first;
}
