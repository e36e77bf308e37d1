/* rules_rst.c - what each reset was; one class per RST, decided in rst.c */
#include "rules_table.h"

/* The order of the causes in the catalogue's row of rst-abort. */
enum {
	ABORT_LINGER,
	ABORT_UNREAD,
	ABORT_QUEUED,
	ABORT_KILLED,
	ABORT_TIME_OUT,
	ABORT_MEMORY,
	ABORT_SS_KILL,
	ABORT_MIDDLEBOX,
};

/* What the reset refused: sent by its target, and not had by its sender. */
static uint64_t refused(const struct conn *conn, const struct note *rst)
{
	const struct end *peer = &conn->end[side_other((enum side)rst->side)];
	uint32_t end = peer->fin_sent && peer->snd_nxt == peer->fin_end
			   ? peer->snd_nxt - 1
			   : peer->snd_nxt;

	return peer->snd_known && seq_gt(end, rst->covers) ? end - rst->covers : 0;
}

/* The last FIN found no end to acknowledge it: this reset came instead. */
static void tell_missing_ack(const struct conn *conn, const struct note *rst,
			     struct te_finding *finding)
{
	const struct end *self = &conn->end[rst->side];
	const struct end *peer = &conn->end[side_other((enum side)rst->side)];

	if (self->fin_sent && peer->fin_sent &&
	    !(self->ack_known && seq_ge(self->ack, peer->fin_end)))
		evidence_also(finding, "missing-final-ack");
}

static bool resets_too(const struct rule_view *view, enum side side)
{
	for (uint32_t i = 0; i < view->conn->note_count; i++) {
		const struct note *note = &view->conn->notes[i];

		if (note->kind == NOTE_RST && note->side == side &&
		    note->value == RST_ABORT)
			return true;
	}
	return false;
}

enum { LONG_SILENCE = 30 }; /* seconds; the shortest time-outs of middleboxes */

/* A cause that this capture rules out is not listed. */
static uint32_t abort_causes(const struct rule_view *view, const struct note *rst)
{
	const struct conn *conn = view->conn;
	enum side side = (enum side)rst->side;
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	uint32_t causes = 1u << ABORT_LINGER | 1u << ABORT_MEMORY | 1u << ABORT_SS_KILL;

	if (peer->bytes || !peer->packets || conn->gaps)
		causes |= 1u << ABORT_UNREAD | 1u << ABORT_KILLED;
	if (conn_is_passive(conn, side) && conn->syn_seen && !self->bytes)
		causes |= 1u << ABORT_QUEUED;
	if (rst->unanswered)
		causes |= 1u << ABORT_TIME_OUT;
	if (rst->silence >= LONG_SILENCE || rst->unlike ||
	    resets_too(view, side_other(side)))
		causes |= 1u << ABORT_MIDDLEBOX;
	return causes;
}

static const char *what_abort_lost(uint64_t own, uint64_t refused, bool unread)
{
	if (own && refused)
		return "sent by both ends, and never acknowledged";
	if (refused)
		return "sent by its peer, and refused";
	if (own)
		return "sent, and never acknowledged";
	return unread ? "all that was sent was acknowledged; what its program had not "
			"read is lost"
		      : "all that was sent was acknowledged";
}

bool rules_rst_abort(const struct rule_view *view, struct te_finding *finding)
{
	const struct note *rst = evidence_rst(view, RST_ABORT, finding);
	const struct conn *conn = view->conn;
	const struct end *self, *peer;
	uint64_t own, lost;

	if (!rst)
		return false;
	self = &conn->end[rst->side];
	peer = &conn->end[side_other((enum side)rst->side)];
	own = view->verdict->end[finding->end].unacked;
	lost = own + refused(conn, rst);
	if (lost)
		evidence_value(finding, (double)lost, 0, "bytes");
	/* A segment that the capture lost may have been its FIN. */
	finding->certain = !self->assumed && !peer->assumed && peer->packets &&
			   !conn->gaps && !peer->over_pending;
	finding->causes = abort_causes(view, rst);
	finding->detail =
	    what_abort_lost(own, lost - own, finding->causes >> ABORT_UNREAD & 1);
	return true;
}

/* No kernel drops an orphan sooner (Linux: tcp_fin_timeout, 60 s). */
static const te_time SHORTEST_FIN_WAIT_2 = 10 * TE_SEC;

enum { AFTER_FIN_CLOSED, AFTER_FIN_UNREAD, AFTER_FIN_TIME_OUT };

/* Its peer had finished too, and it had that FIN: nothing was refused. */
static bool had_all(const struct end *peer, const struct note *rst)
{
	return peer->fin_sent && seq_ge(rst->covers, peer->fin_end);
}

/* Its peer had thrown the connection away, longer than a round trip before. */
static bool was_reset(const struct end *self, const struct end *peer,
		      const struct note *rst)
{
	return peer->rst_frame && rst->time - peer->rst_time > end_rtt(self);
}

bool rules_rst_after_fin(const struct rule_view *view, struct te_finding *finding)
{
	const struct note *rst = evidence_rst(view, RST_AFTER_FIN, finding);
	const struct conn *conn = view->conn;
	const struct end *self, *peer;
	uint64_t lost;

	if (!rst)
		return false;
	self = &conn->end[rst->side];
	peer = &conn->end[side_other((enum side)rst->side)];
	if (had_all(peer, rst) && evidence_fires(view, rules_missing_final_ack))
		return false; /* it gave up: told there */
	if (was_reset(self, peer, rst))
		return false; /* there was nobody left to send anything: rst-abort */
	evidence_frame(finding, conn->file, self->fin_frame, self->fin_time);
	lost = refused(conn, rst);
	finding->certain = !self->assumed;
	finding->causes = 1u << AFTER_FIN_CLOSED;
	if (rst->time - self->fin_time > SHORTEST_FIN_WAIT_2)
		finding->causes |= 1u << AFTER_FIN_TIME_OUT;
	if (peer->bytes)
		finding->causes |= 1u << AFTER_FIN_UNREAD;
	if (lost) {
		evidence_value(finding, (double)lost, 0, "bytes");
		finding->detail = "sent by its peer, and refused";
	} else if (had_all(peer, rst)) {
		finding->severity = TE_NOTE;
		finding->detail = "the peer had finished too; nothing was refused";
	}
	tell_missing_ack(conn, rst, finding);
	return true;
}

static const struct note *find_forged(const struct conn *conn)
{
	for (uint32_t i = 0; i < conn->note_count; i++)
		if (conn->notes[i].kind == NOTE_RST && conn->notes[i].value == RST_FORGED)
			return &conn->notes[i];
	return NULL;
}

enum { NO_CONN_RESTARTED, NO_CONN_CLOSED, NO_CONN_LATE, NO_CONN_OTHER_HOST };

/* By what was seen of the end that has no connection any more. */
static uint32_t no_connection_causes(const struct conn *conn, const struct note *rst)
{
	const struct end *self = &conn->end[rst->side];
	const struct end *peer = &conn->end[side_other((enum side)rst->side)];
	uint32_t unseen = 1u << NO_CONN_RESTARTED | 1u << NO_CONN_OTHER_HOST;

	if (rst->state == TE_UNKNOWN || conn->gaps || peer->over_pending)
		return unseen | 1u << NO_CONN_CLOSED | 1u << NO_CONN_LATE;
	return self->fin_sent || rst->state == TE_CLOSED
		   ? 1u << NO_CONN_CLOSED | 1u << NO_CONN_LATE
		   : unseen | 1u << NO_CONN_CLOSED;
}

/* What ended that end is told elsewhere: its peer's own RST, which overtook an ACK; a RST
 * forged in its peer's name; or a handshake that it had given up. */
static bool is_sequel(const struct rule_view *view, const struct note *rst)
{
	const struct note *forged = find_forged(view->conn);
	const struct end *peer = &view->conn->end[side_other((enum side)rst->side)];

	if (!rst->on_data && peer->rst_frame && peer->rst_time < rst->time)
		return true;
	return (forged && forged->side != rst->side && forged->time <= rst->time) ||
	       (rst->side != view->conn->client && evidence_fires(view, rules_half_open));
}

bool rules_rst_no_connection(const struct rule_view *view, struct te_finding *finding)
{
	const struct note *rst = evidence_rst(view, RST_NO_CONNECTION, finding);
	const struct conn *conn = view->conn;
	uint64_t lost;

	/* It answers the challenge to a new SYN of its own: syn-on-established. */
	if (!rst ||
	    (!rst->on_data &&
	     evidence_count(view, (enum side)rst->side, NOTE_SYN_INSIDE)) ||
	    is_sequel(view, rst))
		return false;
	lost = refused(conn, rst);
	if (rst->on_data && lost) {
		finding->severity = TE_WARNING;
		evidence_value(finding, (double)lost, 0, "bytes");
		finding->detail = "sent by its peer, and refused";
	}
	finding->causes = no_connection_causes(conn, rst);
	tell_missing_ack(conn, rst, finding);
	return true;
}

/* Of a RST that is not to be believed: who sent it? */
static bool disbelieved(const struct rule_view *view, enum rst_class class,
			struct te_finding *finding)
{
	const struct note *rst = evidence_rst(view, class, finding);

	finding->causes = evidence_all_causes(2);
	if (rst && rst->unlike)
		evidence_also(finding, "rst-other-sender");
	return rst != NULL;
}

bool rules_rst_rejected(const struct rule_view *view, struct te_finding *finding)
{
	return disbelieved(view, RST_REJECTED, finding);
}

/* The target's RSTs to what the sender still sends: it had believed the forged one. */
static bool believed(const struct rule_view *view, enum side target,
		     struct te_finding *finding)
{
	const struct note *forged = find_forged(view->conn);
	bool found = false;

	for (uint32_t i = 0; i < view->conn->note_count; i++) {
		const struct note *note = &view->conn->notes[i];

		if (note->kind != NOTE_RST || note->side != target ||
		    note->value != RST_NO_CONNECTION || note->time < forged->time)
			continue;
		evidence_frame(finding, note->file, note->frame, note->time);
		found = true;
	}
	return found;
}

bool rules_rst_forged(const struct rule_view *view, struct te_finding *finding)
{
	enum side target;

	if (!disbelieved(view, RST_FORGED, finding))
		return false;
	target = side_other((enum side)find_forged(view->conn)->side);
	if (believed(view, target, finding)) {
		evidence_also(finding, "rst-no-connection");
		finding->detail = "its target took it, and refuses what the sender goes "
				  "on to send";
	} else if (evidence_notes(view, target, NOTE_RST_LOST, finding)) {
		evidence_also(finding, "rst-lost");
		finding->detail = "its target did not take it, and goes on as well";
	}
	return true;
}

bool rules_rst_in_time_wait(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(2);
	return evidence_rst(view, RST_IN_TIME_WAIT, finding) != NULL;
}

/* The RST that `side` did not take: the last one toward it before `on`, which shows it.
 */
static const struct note *untaken(const struct conn *conn, const struct note *on)
{
	const struct note *rst = NULL;

	for (const struct note *note = conn->notes; note < on; note++)
		if (note->kind == NOTE_RST && note->side != on->side)
			rst = note;
	return rst;
}

/* By the last that it sent, unless it reset the connection itself: one segment may only
 * have been slow to leave, or to arrive. */
static bool goes_on(const struct rule_view *view, const struct note *on,
		    const struct note *rst)
{
	const struct end *self = &view->conn->end[on->side];
	te_time until = self->rst_frame ? on->time : self->last;
	double trips = view->config->limits[TE_LIMIT_RTT_FACTOR];

	return until - rst->time > (te_time)(trips * (double)end_rtt(self)) + 2 * TE_MS;
}

static bool is_lost(const struct rule_view *view, enum side side)
{
	const struct end *peer = &view->conn->end[side_other(side)];
	const struct note *on = evidence_first(view, side, NOTE_RST_LOST);
	const struct note *rst = on ? untaken(view->conn, on) : NULL;

	/* Where its sender went on too nobody lost anything: rst-forged. */
	return rst && rst->value != RST_FORGED && peer->rst_frame &&
	       goes_on(view, on, rst);
}

bool rules_rst_lost(const struct rule_view *view, struct te_finding *finding)
{
	enum side side = is_lost(view, SIDE_A) ? SIDE_A : SIDE_B;

	if (!is_lost(view, side))
		return false;
	evidence_notes(view, side, NOTE_RST_LOST, finding);
	finding->end = evidence_end(view, side);
	finding->causes = evidence_all_causes(2);
	return true;
}
