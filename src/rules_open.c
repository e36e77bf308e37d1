/* rules_open.c - connections that did not open well */
#include "conn_parts.h"
#include "rules_table.h"

bool rules_half_open(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side client = (enum side)conn->client, server = side_other(client);
	const struct end *self = &conn->end[server], *peer = &conn->end[client];
	bool still = self->state == TE_SYN_RCVD;
	te_time until = still ? view->end : self->since;
	te_time grace = evidence_grace(view, TE_LIMIT_HALF_OPEN_GRACE);

	if (!self->packets || !(self->visited >> TE_SYN_RCVD & 1) ||
	    !!end_was_synchronised(self) || peer->rst_frame ||
	    until - self->syn_time <= grace)
		return false;
	finding->end = evidence_end(view, server);
	evidence_frame(finding, conn->file, peer->syn_frame, peer->syn_time);
	evidence_frame(finding, conn->file, self->syn_frame, self->syn_time);
	evidence_notes(view, server, NOTE_SYNACK_REPEAT, finding);
	evidence_value(finding, evidence_seconds(until - self->syn_time),
		       evidence_seconds(grace), "s");
	finding->still = still && view->ongoing;
	finding->causes = evidence_all_causes(5);
	finding->detail = "the client never answered its SYN+ACK";
	if (peer->fin_sent)
		evidence_also(finding, "fin-unanswered");
	if (!peer->packets) {
		/* Only one direction was captured: the answer could not be seen. */
		finding->severity = TE_NOTE;
		finding->certain = false;
		finding->detail = "only the server's direction is in the capture";
	} else if (settle_data_unanswered(conn, server) && !self->syn_repeats) {
		finding->certain = false;
		finding->detail =
		    "the client's ACK and data passed the tap, and the server "
		    "is silent";
	} else if (evidence_count(view, server, NOTE_HANDSHAKE_ACK_IGNORED)) {
		finding->also[finding->also_count++] =
		    te_rule_find("handshake-ack-ignored");
		finding->detail =
		    "the client's ACK passed the tap, and the server goes on "
		    "repeating its SYN+ACK";
		finding->causes = 1u << 1 | 1u << 2;
	}
	if (evidence_rst(view, RST_NO_CONNECTION, finding)) {
		evidence_also(finding, "rst-no-connection");
		finding->detail = "it gave up, and refused what the client sent later";
	}
	return true;
}

/* Milliseconds from an ACK of the handshake to the repeat that shows it was not taken. */
static uint32_t longest_ignored(const struct rule_view *view, enum side server)
{
	const struct conn *conn = view->conn;
	uint32_t longest = 0;

	for (uint32_t i = 0; i < conn->note_count; i++) {
		const struct note *note = &conn->notes[i];

		if (note->kind == NOTE_HANDSHAKE_ACK_IGNORED && note->side == server &&
		    note->value > longest)
			longest = note->value;
	}
	return longest;
}

bool rules_handshake_ack_ignored(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side server = side_other((enum side)conn->client);
	const struct end *self = &conn->end[server];
	uint32_t longest = longest_ignored(view, server);

	/* Judged again by the round trip as it was measured until the end. */
	if (!end_was_synchronised(self) || longest * TE_MS <= end_rtt(self))
		return false;
	evidence_notes(view, server, NOTE_HANDSHAKE_ACK_IGNORED, finding);
	finding->certain = self->rtt != TE_TIME_NONE && !self->assumed;
	finding->end = evidence_end(view, server);
	evidence_frame(finding, conn->file, self->syn_frame, self->syn_time);
	evidence_value(finding, longest / 1000.0, evidence_seconds(end_rtt(self)), "s");
	finding->causes = evidence_all_causes(3);
	return true;
}

bool rules_syn_unanswered(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side client = (enum side)conn->client;
	const struct end *self = &conn->end[client],
			 *peer = &conn->end[side_other(client)];
	te_time grace = evidence_grace(view, TE_LIMIT_HALF_OPEN_GRACE);

	/* Inside an older connection it is syn-on-established, told there. */
	if (!self->opener || conn->inside || peer->packets || peer->state != TE_UNKNOWN ||
	    self->rst_frame || view->end - self->syn_time <= grace)
		return false;
	finding->end = evidence_end(view, client);
	evidence_frame(finding, conn->file, self->syn_frame, self->syn_time);
	evidence_notes(view, client, NOTE_SYN_REPEAT, finding);
	evidence_value(finding, evidence_seconds(view->end - self->syn_time),
		       evidence_seconds(grace), "s");
	finding->still = view->ongoing;
	finding->causes = evidence_all_causes(4);
	return true;
}

bool rules_refused(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct end *client = &conn->end[conn->client];

	if (!evidence_rst(view, RST_REFUSED, finding))
		return false;
	evidence_frame(finding, conn->file, client->syn_frame, client->syn_time);
	finding->causes = evidence_all_causes(3);
	return true;
}

bool rules_open_aborted(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct end *client = &conn->end[conn->client];

	/* Whoever sent no SYN did not give up either: synack-unsolicited. Nor did who
	 * refused a SYN+ACK and waited on: synack-bad-ack. */
	if (!client->syn_frame || !client->rst_frame ||
	    !evidence_rst(view, RST_OPEN_ABORTED, finding))
		return false;
	evidence_frame(finding, conn->file, client->syn_frame, client->syn_time);
	finding->causes = evidence_all_causes(3);
	return true;
}
