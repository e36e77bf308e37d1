/* rules_handshake.c - handshakes that went another way than SYN, SYN+ACK, ACK */
#include "rules_table.h"

static const struct end *client_of(const struct rule_view *view)
{
	return &view->conn->end[view->conn->client];
}

static const struct end *server_of(const struct rule_view *view)
{
	return &view->conn->end[side_other((enum side)view->conn->client)];
}

/* The side that a kind of note is about; false: there is none. */
static bool find_noted(const struct rule_view *view, enum note_kind kind, enum side *side)
{
	*side = evidence_count(view, SIDE_A, kind) ? SIDE_A : SIDE_B;
	return evidence_count(view, *side, kind) > 0;
}

static const struct note *first_note(const struct rule_view *view, enum note_kind kind)
{
	for (uint32_t i = 0; i < view->conn->note_count; i++)
		if (view->conn->notes[i].kind == kind)
			return &view->conn->notes[i];
	return NULL;
}

/* Of one direction alone nothing is sure: what is odd there may belong to a connection
 * whose other half would explain it. */
static void doubt_one_way(struct te_finding *finding, const struct end *peer)
{
	if (peer->packets)
		return;
	finding->severity = TE_NOTE;
	finding->certain = false;
	finding->detail = "only one direction is in the capture";
}

/* A RST of that side after a moment: its frame is evidence. */
static bool rst_follows(const struct rule_view *view, enum side side, te_time after,
			struct te_finding *finding)
{
	for (uint32_t i = 0; i < view->conn->note_count; i++) {
		const struct note *note = &view->conn->notes[i];

		if (note->kind != NOTE_RST || note->side != side || note->time < after)
			continue;
		evidence_frame(finding, note->file, note->frame, note->time);
		return true;
	}
	return false;
}

bool rules_synack_bad_ack(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct note *note = first_note(view, NOTE_BAD_SYNACK);
	const struct end *peer;
	enum side side;

	if (!note || !find_noted(view, NOTE_BAD_SYNACK, &side))
		return false;
	peer = &conn->end[side_other(side)];
	/* Its target goes on at that number: it answered a SYN that the capture lost. */
	if (peer->bytes && seq_ge(peer->snd_nxt, note->value) &&
	    peer->snd_nxt - note->value <= peer->bytes + 1 &&
	    seq_gt(note->value, peer->iss + 1 + (uint32_t)peer->bytes))
		return false;
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, peer->syn_frame, peer->syn_time);
	evidence_notes(view, side, NOTE_BAD_SYNACK, finding);
	finding->detail = rst_follows(view, side_other(side), note->time, finding)
			      ? "its target answered by RST"
			      : "its target was not seen to answer by RST";
	if (end_was_synchronised(peer) && note->time > peer->since)
		finding->detail = "the connection was open by then";
	doubt_one_way(finding, peer);
	finding->causes = evidence_all_causes(4);
	return true;
}

bool rules_synack_changed(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct end *self, *peer;
	enum side side;

	if (!find_noted(view, NOTE_SYNACK_CHANGED, &side))
		return false;
	self = &conn->end[side];
	peer = &conn->end[side_other(side)];
	finding->end = evidence_end(view, side);
	evidence_frame(finding, conn->file, self->syn_frame, self->syn_time);
	evidence_notes(view, side, NOTE_SYNACK_CHANGED, finding);
	if (end_was_synchronised(self))
		finding->detail = "the client went on with one of them";
	doubt_one_way(finding, peer);
	finding->causes = evidence_all_causes(4);
	return true;
}

/* A SYN+ACK whose target knows of no SYN, and says so by RST. Without a word of its
 * target it is half-open-syn-rcvd's. */
bool rules_synack_unsolicited(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct end *client = client_of(view), *server = server_of(view);
	te_time grace = evidence_grace(view, TE_LIMIT_HALF_OPEN_GRACE);

	if (!client->opener || client->syn_frame || !server->synack_sent ||
	    !client->rst_frame || end_was_synchronised(server) || client->bytes)
		return false;
	finding->end = evidence_end(view, side_other((enum side)conn->client));
	evidence_frame(finding, conn->file, server->syn_frame, server->syn_time);
	evidence_frame(finding, conn->file, client->rst_frame, client->rst_time);
	finding->detail = "its target answered by RST: it knows of no SYN";
	finding->causes = evidence_all_causes(3);
	if (server->syn_time - view->start > grace && conn->incarnation == 1)
		return true;
	finding->severity = TE_NOTE;
	finding->certain = false;
	finding->detail = conn->incarnation > 1
			      ? "it may answer a late copy of the SYN of the "
				"connection before"
			      : "the SYN may have passed before the capture began";
	return true;
}

/* Both sent a SYN. Who answers by one of its own, a round trip after the first passed
 * toward it, and never by SYN+ACK, was not in SYN_SENT before: the split handshake. (A
 * third of what was measured will do: its ACKs may be delayed.) */
static bool is_split(const struct rule_view *view)
{
	const struct end *client = client_of(view), *server = server_of(view);
	te_time later = server->syn_time - client->syn_time;
	const uint16_t *port = view->conn->port;

	return client->synack_sent && !server->synack_sent && server->packets > 1 &&
	       later >= end_rtt(server) / 3 && port[SIDE_A] != port[SIDE_B];
}

static bool both_opened(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct end *client = client_of(view), *server = server_of(view);

	if (!client->opener || !server->opener || !client->syn_frame ||
	    !server->syn_frame)
		return false;
	evidence_frame(finding, conn->file, client->syn_frame, client->syn_time);
	evidence_frame(finding, conn->file, server->syn_frame, server->syn_time);
	return true;
}

bool rules_simultaneous_open(const struct rule_view *view, struct te_finding *finding)
{
	const struct end *client = client_of(view), *server = server_of(view);

	if (!both_opened(view, finding) || is_split(view))
		return false;
	if (view->conn->self_connect)
		finding->detail = "with itself: the same address and port at both ends";
	else if (!end_was_synchronised(client) || !end_was_synchronised(server))
		finding->detail = "not completed";
	finding->certain = client->synack_sent && server->synack_sent;
	finding->causes = evidence_all_causes(3);
	return true;
}

bool rules_split_handshake(const struct rule_view *view, struct te_finding *finding)
{
	if (!both_opened(view, finding) || !is_split(view))
		return false;
	finding->end = TE_SERVER;
	/* Its SYN+ACK may have been lost before the tap. */
	finding->certain = false;
	finding->causes = evidence_all_causes(3);
	return true;
}

bool rules_fast_open(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct end *client = client_of(view), *server = server_of(view);

	if (!server->tfo || !client->syn_frame)
		return false;
	evidence_frame(finding, conn->file, client->syn_frame, client->syn_time);
	evidence_frame(finding, conn->file, server->syn_frame, server->syn_time);
	evidence_value(finding, client->syn_len, 0, "bytes");
	finding->detail = "taken with the SYN";
	finding->causes = client->syn_has & TE_HAS_TFO ? 1u << 0 : 1u << 1;
	return true;
}

/* What became of a SYN inside a connection that is alive. */
static const char *how_answered(const struct rule_view *view, const struct note *syn)
{
	const struct end *self = &view->conn->end[syn->side];
	const struct end *peer = &view->conn->end[side_other((enum side)syn->side)];

	if (self->rst_frame && self->rst_time >= syn->time)
		return "a challenge ACK answered it, and a RST that: its sender knows "
		       "nothing of the old connection";
	if (peer->rst_frame && peer->rst_time >= syn->time)
		return "a RST answered it";
	if (peer->last >= syn->time && self->last > syn->time)
		return "a challenge ACK answered it, and the old connection goes on: the "
		       "SYN was late, or forged";
	if (peer->last >= syn->time)
		return "its peer answered with the old numbers, a challenge ACK";
	return "nothing answered it";
}

bool rules_syn_on_established(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	const struct note *syn = first_note(view, NOTE_SYN_INSIDE);
	te_time grace = evidence_grace(view, TE_LIMIT_HALF_OPEN_GRACE);
	const struct end *peer;

	/* Answered by SYN+ACK it is connection-replaced. */
	if (!syn || conn->replaced)
		return false;
	peer = &conn->end[side_other((enum side)syn->side)];
	if (peer->last < syn->time && view->end - syn->time <= grace)
		return false;
	finding->end = evidence_end(view, (enum side)syn->side);
	evidence_notes(view, (enum side)syn->side, NOTE_SYN_INSIDE, finding);
	evidence_frame(finding, conn->file, conn->end[syn->side].rst_frame, syn->time);
	finding->detail = how_answered(view, syn);
	finding->certain = peer->packets && conn->end[syn->side].packets;
	finding->causes = evidence_all_causes(4);
	return true;
}
