/* rules_same.c - a new connection on the addresses of an old one */
#include "rules_table.h"

/* Evidence of the newer one's SYN and SYN+ACK; the side that answered. NULL: none came.
 */
static const struct note *find_newer(const struct rule_view *view,
				     struct te_finding *finding, enum side *answerer)
{
	const struct note *syn;

	*answerer = SIDE_B;
	syn = evidence_first(view, SIDE_A, NOTE_NEW_SYN);
	if (!syn) {
		*answerer = SIDE_A;
		syn = evidence_first(view, SIDE_B, NOTE_NEW_SYN);
	}
	if (!syn)
		return NULL;
	evidence_notes(view, side_other(*answerer), NOTE_NEW_SYN, finding);
	evidence_notes(view, *answerer, NOTE_NEW_SYNACK, finding);
	return syn;
}

/* ---- time-wait-reused ---- */

static void tell_how(const struct note *syn, struct te_finding *finding)
{
	switch ((enum newer)syn->value) {
	case NEWER_BY_ISN:
		finding->detail = "its initial sequence number is above all that the old "
				  "connection used";
		break;
	case NEWER_BY_TIMESTAMP:
		finding->detail = "its timestamp is newer than the old connection's";
		break;
	case NEWER_BY_NEITHER:
		finding->severity = TE_WARNING;
		finding->detail = "neither its initial sequence number nor a timestamp "
				  "is newer than the old connection's";
		break;
	}
}

bool rules_time_wait_reused(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side answerer, holder;
	const struct note *syn = find_newer(view, finding, &answerer);
	bool answered_by_holder;

	if (!syn)
		return false;
	answered_by_holder = conn->end[answerer].state == TE_TIME_WAIT;
	holder = answered_by_holder ? answerer : side_other(answerer);
	if (conn->end[holder].state != TE_TIME_WAIT)
		return false;
	finding->end = evidence_end(view, holder);
	evidence_value(finding, evidence_seconds(syn->time - conn->end[holder].since),
		       view->config->limits[TE_LIMIT_TIME_WAIT], "s");
	if (answered_by_holder)
		tell_how(syn, finding);
	else
		finding->detail = "its holder itself opened the new connection";
	finding->causes = answered_by_holder ? 1u << 0 | 1u << 1 : 1u << 2;
	return true;
}

/* ---- connection-replaced ---- */

/* It had agreed to no close: its old end lived on until the new SYN. */
static bool knew_of_no_end(const struct end *end)
{
	return end->state == TE_ESTABLISHED || end->state == TE_CLOSE_WAIT ||
	       end->state == TE_FIN_WAIT_1 || end->state == TE_FIN_WAIT_2;
}

bool rules_connection_replaced(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side answerer;
	const struct note *syn = find_newer(view, finding, &answerer);
	const struct end *self, *peer;

	if (!syn || !knew_of_no_end(&conn->end[answerer]))
		return false;
	self = &conn->end[answerer];
	peer = &conn->end[side_other(answerer)];
	finding->end = evidence_end(view, answerer);
	evidence_frame(finding, conn->last_file, conn->last_frame, conn->last);
	evidence_value(finding, evidence_seconds(syn->time - conn->last), 0, "s");
	finding->certain = self->packets && peer->packets && !conn->gaps &&
			   !self->over_pending && !peer->over_pending;
	if (!self->packets || !peer->packets)
		finding->severity = TE_NOTE;
	finding->detail = "idle before the new SYN; no close of the old connection was "
			  "seen";
	finding->causes = evidence_all_causes(4);
	return true;
}
