/* attempt.c - trails of connections that came to nothing
 *
 * All attempts of one kind are the same but for numbers, addresses and times: each kind
 * is judged once, by verdict.c, and then only these are filled in. What rules may decide
 * otherwise is played (play.c).
 */
#include "attempt.h"
#include "engine.h"

#include <stdlib.h>

struct attempts {
	struct attempt unanswered, refused;
	struct note refusal;
};

/* Who opens is always side A here: nobody can tell from outside. */
static void begin(struct conn *conn)
{
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

/* RFC 9293 3.10.7.1. The RST passed; nothing shows that it arrived. */
static void refuse(struct conn *conn, struct note *note)
{
	struct end *client = &conn->end[SIDE_A], *server = &conn->end[SIDE_B];

	client->state = server->state = TE_CLOSED;
	client->visited |= 1u << TE_CLOSED;
	server->visited = 1u << TE_CLOSED;
	client->presumed = client->killed = true;
	server->packets = 1;
	server->rst_frame = 1; /* whichever */
	*note = (struct note){ .kind = NOTE_RST, .value = RST_REFUSED, .side = SIDE_B };
	conn->notes = note;
	conn->note_count = 1;
}

struct attempts *attempts_new(void)
{
	struct attempts *attempts = calloc(1, sizeof(*attempts));

	if (!attempts)
		return NULL;
	begin(&attempts->unanswered.conn);
	begin(&attempts->refused.conn);
	refuse(&attempts->refused.conn, &attempts->refusal);
	verdict_fill(&attempts->unanswered.conn, 0, &attempts->unanswered.view);
	verdict_fill(&attempts->refused.conn, 0, &attempts->refused.view);
	return attempts;
}

/* ---- one of them ---- */

static void set_key(struct attempt *attempt, const struct trail *trail)
{
	struct conn *conn = &attempt->conn;
	struct te_connection *view = &attempt->view;
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

static void set_syn(struct attempt *attempt, const struct trail *trail)
{
	struct conn *conn = &attempt->conn;
	struct te_connection *view = &attempt->view;
	struct end *client = &conn->end[SIDE_A];

	view->number = trail->number;
	conn->file = view->file = trail->file;
	conn->frame = view->frame = client->syn_frame = trail->frame;
	conn->first = view->first = view->last = trail->first;
	client->syn_time = client->syn_last = trail->first;
	view->end[TE_CLIENT].since = view->end[TE_SERVER].since = trail->first;
}

static void set_refusal(struct attempts *attempts, const struct te_segment *rst)
{
	struct attempt *attempt = &attempts->refused;
	struct te_connection *view = &attempt->view;

	attempts->refusal.time = rst->time;
	attempts->refusal.frame = rst->frame;
	attempts->refusal.file = attempt->conn.file;
	view->last = view->end[TE_CLIENT].since = view->end[TE_SERVER].since = rst->time;
}

struct attempt *attempt_read(struct attempts *attempts, const struct trail *trail)
{
	struct attempt *attempt = &attempts->unanswered;
	struct trail_reader reader;
	struct te_segment seg;

	if (trail->count > 2 || trail->bits & TRAIL_MARKED || !trail_begins_bare(trail))
		return NULL;
	if (trail->count == 2) {
		trail_read(&reader, trail);
		trail_next(&reader, &seg);
		if (trail_next(&reader, &seg) != 1 || seg.flags != (TE_RST | TE_ACK) ||
		    seg.len || seg.ack != reader.side[0].next)
			return NULL;
		attempt = &attempts->refused;
	}
	set_syn(attempt, trail);
	if (trail->count == 2)
		set_refusal(attempts, &seg);
	set_key(attempt, trail);
	return attempt;
}
