/* rules_transfer.c - what happened to the data on its way, counted per connection */
#include "rules_table.h"

/* ---- counted ---- */

/* SYNs that were repeated until they were answered; of an opening that failed, or whose
 * ACK was ignored, they are part. */
static double count_syns(const struct rule_view *view, enum side side,
			 struct te_finding *finding)
{
	const struct end *self = &view->conn->end[side];
	/* A SYN that passed behind its answer, its first, was not noted as a repeat. */
	unsigned n = evidence_count(view, side, NOTE_SYN_REPEAT) +
		     evidence_count(view, side, NOTE_SYNACK_REPEAT);

	if (!n || !end_was_synchronised(self) ||
	    !end_was_synchronised(&view->conn->end[side_other(side)]) ||
	    evidence_count(view, side, NOTE_HANDSHAKE_ACK_IGNORED))
		return 0;
	evidence_notes(view, side, NOTE_SYN_REPEAT, finding);
	evidence_notes(view, side, NOTE_SYNACK_REPEAT, finding);
	return n;
}

/* Data in vain toward an end that says nothing but SYN+ACK is part of
 * half-open-syn-rcvd. */
static bool says_only_synack(const struct end *end)
{
	return end->synack_sent && end->packets == 1 + (uint64_t)end->syn_repeats;
}

bool rules_retransmission(const struct rule_view *view, struct te_finding *finding)
{
	double sum;

	if (says_only_synack(&view->conn->end[SIDE_A]) ||
	    says_only_synack(&view->conn->end[SIDE_B]))
		return false;
	sum = evidence_tallies(view, TRANSFER_RETRANSMISSION, finding);
	for (int i = SIDE_A; i <= SIDE_B; i++) {
		double syns = count_syns(view, (enum side)i, finding);

		if (syns <= 0)
			continue;
		if (sum <= 0)
			finding->end = evidence_end(view, (enum side)i);
		else if (finding->end != evidence_end(view, (enum side)i))
			finding->end = TE_NO_END;
		sum += syns;
		finding->detail = "the SYN among them: the opening waited for it";
	}
	if (sum <= 0)
		return false;
	evidence_value(finding, sum, 0, "segments");
	finding->causes = evidence_all_causes(4);
	return true;
}

bool rules_out_of_order(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(3);
	return evidence_tallies(view, TRANSFER_OUT_OF_ORDER, finding) > 0;
}

bool rules_duplicate_ack(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(3);
	return evidence_tallies(view, TRANSFER_DUPLICATE_ACK, finding) > 0;
}

static bool was_rejected(const struct conn *conn)
{
	for (uint32_t i = 0; i < conn->note_count; i++)
		if (conn->notes[i].kind == NOTE_RST &&
		    conn->notes[i].value == RST_REJECTED)
			return true;
	return false;
}

/* To a RST that was not taken it is the other half: rst-rejected names it. */
bool rules_challenge_ack(const struct rule_view *view, struct te_finding *finding)
{
	if (was_rejected(view->conn))
		return false;
	finding->causes = evidence_all_causes(3);
	return evidence_tallies(view, TRANSFER_CHALLENGE_ACK, finding) > 0;
}

bool rules_paws_reject(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(3);
	return evidence_tallies(view, TRANSFER_PAWS_REJECT, finding) > 0;
}

/* ---- keep-alive ---- */

enum { DEAD_AFTER = 3 };

static struct transfer_series unanswered(const struct rule_view *view, enum side side)
{
	struct transfer_series none = { 0 };

	if (!view->conn->end[side_other(side)].packets)
		return none;
	return transfer_unanswered(view->conn, side, view->end,
				   evidence_grace(view, TE_LIMIT_CLOSE_GRACE));
}

static bool is_dead(const struct rule_view *view, enum side side)
{
	return unanswered(view, side).count >= DEAD_AFTER;
}

bool rules_keep_alive(const struct rule_view *view, struct te_finding *finding)
{
	if (is_dead(view, SIDE_A) || is_dead(view, SIDE_B))
		return false;
	finding->causes = evidence_all_causes(2);
	return evidence_tallies(view, TRANSFER_KEEP_ALIVE, finding) > 0;
}

bool rules_keep_alive_dead(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side side = is_dead(view, SIDE_A) ? SIDE_A : SIDE_B;
	struct transfer_series probes = unanswered(view, side);
	uint32_t file = conn->transfer ? conn->transfer->file : 0;

	if (probes.count < DEAD_AFTER)
		return false;
	finding->end = evidence_end(view, side);
	evidence_frame(finding, file, probes.first_frame, probes.since);
	evidence_frame(finding, file, probes.last_frame, probes.last);
	evidence_value(finding, probes.count, DEAD_AFTER - 1, "segments");
	finding->still = conn->end[side_other(side)].last < probes.since;
	finding->detail = finding->still ? "the peer was never heard of again"
					 : "the peer spoke again later";
	finding->also[finding->also_count++] = te_rule_find("keep-alive");
	finding->causes = evidence_all_causes(4);
	return true;
}

/* ---- the window ---- */

/* The longest time at zero with somebody probing; the present one counts. */
static te_time longest_zero(const struct rule_view *view, enum side side, bool *now)
{
	const struct transfer_end *x;
	te_time longest, current;

	*now = false;
	if (!view->conn->transfer)
		return 0;
	x = &view->conn->transfer->end[side];
	longest = x->zero_longest;
	current = x->zero && x->zero_probes && !end_is_final(&view->conn->end[side])
		      ? view->end - x->zero_since
		      : 0;
	*now = current > 0;
	return current > longest ? current : longest;
}

static bool is_stuck(const struct rule_view *view, enum side *side, te_time *longest,
		     bool *now)
{
	double limit = view->config->limits[TE_LIMIT_ZERO_WINDOW_STUCK];

	for (int i = SIDE_A; i <= SIDE_B; i++) {
		*side = (enum side)i;
		*longest = longest_zero(view, *side, now);
		if (*longest > (te_time)(limit * (double)TE_SEC))
			return true;
	}
	return false;
}

bool rules_zero_window(const struct rule_view *view, struct te_finding *finding)
{
	enum side side;
	te_time longest;
	bool now;

	if (is_stuck(view, &side, &longest, &now))
		return false;
	finding->causes = evidence_all_causes(3);
	return evidence_tallies(view, TRANSFER_ZERO_WINDOW, finding) > 0;
}

bool rules_zero_window_stuck(const struct rule_view *view, struct te_finding *finding)
{
	enum side side;
	te_time longest;

	if (!is_stuck(view, &side, &longest, &finding->still))
		return false;
	evidence_tally(view, side, TRANSFER_ZERO_WINDOW, finding);
	finding->end = evidence_end(view, side);
	evidence_value(finding, evidence_seconds(longest),
		       view->config->limits[TE_LIMIT_ZERO_WINDOW_STUCK], "s");
	finding->detail = finding->still ? "its peer waits with data, and goes on probing"
					 : "its peer waited with data; it opened again";
	finding->also[finding->also_count++] = te_rule_find("zero-window");
	finding->causes = evidence_all_causes(4);
	return true;
}

bool rules_window_shrunk(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(3);
	return evidence_tallies(view, TRANSFER_WINDOW_SHRUNK, finding) > 0;
}

/* What is acknowledged in the end was in a window that the capture did not show. */
bool rules_out_of_window(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;

	for (int i = SIDE_A; i <= SIDE_B; i++) {
		const struct end *peer = &conn->end[side_other((enum side)i)];
		const struct transfer_tally *tally =
		    transfer_find(conn, (enum side)i, TRANSFER_OUT_OF_WINDOW);

		if (!tally || (peer->ack_known && seq_gt(peer->ack, tally->value)))
			continue;
		evidence_tally(view, (enum side)i, TRANSFER_OUT_OF_WINDOW, finding);
		finding->end = evidence_end(view, (enum side)i);
		evidence_value(finding, tally->count, 0, "segments");
		finding->causes = evidence_all_causes(3);
		return true;
	}
	return false;
}

/* ---- what an end should not do ---- */

bool rules_ack_of_unsent(const struct rule_view *view, struct te_finding *finding)
{
	for (int i = SIDE_A; i <= SIDE_B; i++) {
		if (!evidence_notes(view, (enum side)i, NOTE_ACK_OF_UNSENT, finding))
			continue;
		finding->end = evidence_end(view, (enum side)i);
		finding->causes = evidence_all_causes(3);
		return true;
	}
	return false;
}

bool rules_overlap_conflict(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(4);
	return evidence_tallies(view, TRANSFER_OVERLAP_CONFLICT, finding) > 0;
}

static const char *impossible_act(uint32_t event)
{
	switch (event) {
	case STATE_SND_SYN:
		return "it sent a SYN in a state that allows none";
	case STATE_SND_SYNACK:
		return "it sent a SYN+ACK in a state that allows none";
	case STATE_SND_FIN:
		return "it sent a FIN in a state that allows none";
	default:
		return "it sent a RST in a state that allows none";
	}
}

bool rules_impossible_event(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;

	for (uint32_t i = 0; i < conn->note_count; i++) {
		const struct note *note = &conn->notes[i];

		if (note->kind != NOTE_IMPOSSIBLE)
			continue;
		evidence_frame(finding, note->file, note->frame, note->time);
		finding->end = evidence_end(view, (enum side)note->side);
		finding->detail = impossible_act(note->value);
		finding->causes = evidence_all_causes(3);
		return true;
	}
	return false;
}

/* ---- one direction ---- */

/* Its ACK numbers say that the silent end was there: one that answers nobody would have
 * none, or only one. */
static bool hears_somebody(const struct end *self)
{
	if (!self->ack_known)
		return false;
	return self->last_ack != self->prev_ack ||
	       (self->opener && end_was_synchronised(self));
}

bool rules_one_way(const struct rule_view *view, struct te_finding *finding)
{
	const struct conn *conn = view->conn;

	for (int i = SIDE_A; i <= SIDE_B; i++) {
		const struct end *self = &conn->end[i];

		if (conn->end[side_other((enum side)i)].packets || !hears_somebody(self))
			continue;
		finding->end = evidence_end(view, side_other((enum side)i));
		evidence_frame(finding, conn->file, conn->frame, conn->first);
		evidence_frame(finding, conn->last_file, conn->last_frame, conn->last);
		evidence_value(finding, (double)self->packets, 0, "segments");
		finding->detail =
		    "not one of its segments is here; they count its peer's";
		finding->causes = evidence_all_causes(3);
		return true;
	}
	return false;
}
