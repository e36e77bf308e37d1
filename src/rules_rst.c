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

/* A cause that this capture rules out is not listed. */
static uint32_t abort_causes(const struct rule_view *view, const struct note *rst)
{
	const struct conn *conn = view->conn;
	enum side side = (enum side)rst->side;
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	uint32_t causes = 1u << ABORT_LINGER | 1u << ABORT_MEMORY | 1u << ABORT_SS_KILL;
	te_time last = peer->last > self->last_useful ? peer->last : self->last_useful;

	if (peer->bytes)
		causes |= 1u << ABORT_UNREAD | 1u << ABORT_KILLED;
	if (conn_is_passive(conn, side) && conn->syn_seen && !self->bytes)
		causes |= 1u << ABORT_QUEUED;
	if (view->verdict->end[evidence_end(view, side)].unacked ||
	    rst->time - last > 10 * TE_SEC)
		causes |= 1u << ABORT_TIME_OUT;
	if (rst->time - last > 30 * TE_SEC)
		causes |= 1u << ABORT_MIDDLEBOX;
	return causes;
}

bool rules_rst_abort(const struct rule_view *view, struct te_finding *finding)
{
	const struct note *rst = evidence_rst(view, RST_ABORT, finding);
	const struct conn *conn = view->conn;
	const struct end *self, *peer;
	uint64_t lost;

	if (!rst)
		return false;
	self = &conn->end[rst->side];
	peer = &conn->end[side_other((enum side)rst->side)];
	lost = view->verdict->end[finding->end].unacked;
	if (lost)
		evidence_value(finding, (double)lost, 0, "bytes");
	/* A segment that the capture lost may have been its FIN. */
	finding->certain = !self->assumed && !peer->assumed && peer->packets &&
			   !conn->gaps && !peer->over_pending;
	finding->causes = abort_causes(view, rst);
	finding->detail = lost ? "sent, and never acknowledged"
			       : "all that it had sent was acknowledged";
	return true;
}

bool rules_rst_after_fin(const struct rule_view *view, struct te_finding *finding)
{
	const struct note *rst = evidence_rst(view, RST_AFTER_FIN, finding);
	const struct end *self;
	uint64_t lost;

	if (!rst)
		return false;
	self = &view->conn->end[rst->side];
	evidence_frame(finding, view->conn->file, self->fin_frame, self->fin_time);
	lost =
	    view->verdict->end[finding->end == TE_CLIENT ? TE_SERVER : TE_CLIENT].unacked;
	if (lost) {
		evidence_value(finding, (double)lost, 0, "bytes");
		finding->detail = "sent by its peer, and refused";
	}
	finding->certain = !self->assumed;
	finding->causes = evidence_all_causes(3);
	return true;
}

bool rules_rst_no_connection(const struct rule_view *view, struct te_finding *finding)
{
	const struct note *rst = evidence_rst(view, RST_NO_CONNECTION, finding);

	/* It answers the challenge to a new SYN of its own: syn-on-established. */
	if (!rst || (!rst->on_data &&
		     evidence_count(view, (enum side)rst->side, NOTE_SYN_INSIDE)))
		return false;
	finding->severity = TE_NOTE;
	if (rst->on_data) {
		finding->severity = TE_WARNING;
		finding->detail = "it answers data, which is lost";
	}
	finding->causes = evidence_all_causes(4);
	return true;
}

bool rules_rst_rejected(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(2);
	return evidence_rst(view, RST_REJECTED, finding) != NULL;
}

bool rules_rst_forged(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(2);
	return evidence_rst(view, RST_FORGED, finding) != NULL;
}

bool rules_rst_in_time_wait(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(2);
	return evidence_rst(view, RST_IN_TIME_WAIT, finding) != NULL;
}

bool rules_rst_lost(const struct rule_view *view, struct te_finding *finding)
{
	enum side side = SIDE_A;

	if (!evidence_count(view, SIDE_A, NOTE_RST_LOST))
		side = SIDE_B;
	if (!evidence_notes(view, side, NOTE_RST_LOST, finding))
		return false;
	/* Its sender went on too: nobody lost anything. */
	if (evidence_count(view, side_other(side), NOTE_RST) &&
	    view->conn->end[side_other(side)].rst_frame == 0)
		return false;
	finding->end = evidence_end(view, side);
	finding->causes = evidence_all_causes(2);
	return true;
}
