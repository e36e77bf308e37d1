/* rules.c - the catalogue of findings
 *
 * One row and one function each: text, JSON, --explain, --list-findings, the man page's
 * list and the tests are driven by these tables. A finding says what the packets prove;
 * its causes are candidates, of which the check keeps those that the capture allows.
 */
#include "rules.h"
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

/* In the order in which findings are listed; groups of one theme are neighbours. */
static const struct {
	const char *theme;
	const struct rules_group *group;
} groups[] = {
	{ "Opening", &rules_open },
	{ "Opening", &rules_handshake },
	{ "Closing", &rules_close },
	{ "Closing", &rules_halves },
	{ "Closing", &rules_fin },
	{ "Resets", &rules_rst },
	{ "Resets", &rules_after_rst },
	{ "The same addresses", &rules_same },
	{ "Listeners and hosts", &rules_crowd },
	{ "Transfer", &rules_transfer },
	{ "Transfer", &rules_window },
	{ "Malformed", &rules_malformed },
};

enum { GROUP_COUNT = sizeof(groups) / sizeof(groups[0]) };

size_t te_rule_count(void)
{
	size_t count = 0;

	for (size_t g = 0; g < GROUP_COUNT; g++)
		count += groups[g].group->count;
	return count;
}

/* The group of rule *i, which becomes its place there. */
static size_t group_of(size_t *i)
{
	size_t g = 0;

	for (; *i >= groups[g].group->count; g++)
		*i -= groups[g].group->count;
	return g;
}

const struct te_rule *te_rule_at(size_t i)
{
	size_t g = group_of(&i);

	return &groups[g].group->rows[i].rule;
}

enum te_severity te_rule_worst(const struct te_rule *rule)
{
	return rule->worst > rule->severity ? rule->worst : rule->severity;
}

const char *te_rule_theme(size_t i)
{
	return groups[group_of(&i)].theme;
}

const struct te_rule *te_rule_find(const char *id)
{
	for (size_t g = 0; g < GROUP_COUNT; g++)
		for (size_t i = 0; i < groups[g].group->count; i++)
			if (!strcmp(groups[g].group->rows[i].rule.id, id))
				return &groups[g].group->rows[i].rule;
	return NULL;
}

/* A rule is the first thing in its row. */
size_t rules_index(const struct te_rule *rule)
{
	const struct rules_row *row = (const struct rules_row *)rule;
	size_t before = 0;

	for (size_t g = 0; g < GROUP_COUNT; g++) {
		const struct rules_group *group = groups[g].group;

		if (row >= group->rows && row < group->rows + group->count)
			return before + (size_t)(row - group->rows);
		before += group->count;
	}
	return 0;
}

/* What no check of a connection finds, crowd_tell.c or spoilt.c does. */
enum te_scope te_rule_scope(const struct te_rule *rule)
{
	size_t i = rules_index(rule), g = group_of(&i);

	if (groups[g].group->rows[i].check != NULL)
		return TE_SCOPE_CONNECTION;
	return groups[g].group == &rules_crowd ? TE_SCOPE_LISTENER : TE_SCOPE_CAPTURE;
}

/* Whatever a finding says of an end that was first seen in the middle of its connection,
 * or whose last step is in doubt, is in doubt. */
static bool is_sure_of_end(const struct rule_view *view, const struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side client = (enum side)conn->client;
	const struct end *end;

	if (finding->end == TE_NO_END)
		return true;
	end = &conn->end[finding->end == TE_CLIENT ? client : side_other(client)];
	return !end->assumed && !end->doubted;
}

static bool fires(const struct rule_view *view, const struct rules_row *row,
		  struct te_finding *finding)
{
	*finding = (struct te_finding){ .rule = &row->rule,
					.severity = row->rule.severity,
					.scope = TE_SCOPE_CONNECTION,
					.connection = view->verdict,
					.end = TE_NO_END,
					.time = TE_TIME_NONE,
					.certain = true };
	if (!row->check(view, finding))
		return false;
	finding->certain &= row->rule.plain_fact || is_sure_of_end(view, finding);
	if (row->rule.absence && transfer_gaps(view->conn))
		finding->certain = false;
	return true;
}

/* ---- facts ---- */

static uint64_t note_facts(const struct conn *conn)
{
	const struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];
	uint64_t facts = 0;

	for (uint32_t i = 0; i < conn->note_count; i++) {
		const struct note *note = &conn->notes[i];

		facts |= RULES_NOTE(note->kind);
		if (note->kind == NOTE_RST)
			facts |= RULES_RST(note->value) |
				 (note->unlike ? RULES_RST_UNLIKE : 0);
	}
	if ((a->opener && !a->syn_frame) || (b->opener && !b->syn_frame))
		facts |= RULES_NO_SYN;
	if ((a->opener && b->opener) || a->tfo || b->tfo)
		facts |= RULES_ODD_OPENING;
	return facts | (a->fin_ahead || b->fin_ahead ? RULES_FIN_AHEAD : 0);
}

static uint64_t transfer_facts(const struct transfer *transfer)
{
	uint64_t facts = 0;

	for (uint32_t i = 0; i < transfer->tally_count; i++)
		facts |= RULES_EVENT(transfer->tallies[i].event);
	return facts;
}

/* A SYN without any answer for so long is more than one that has just been sent. */
static bool is_late(const struct te_config *config, te_time silence)
{
	return (double)silence >
	       config->limits[TE_LIMIT_HALF_OPEN_GRACE] * (double)TE_SEC;
}

/* One of them, at least, says nothing. */
static uint64_t silence_facts(const struct rule_view *view, const struct end *client,
			      const struct end *server)
{
	uint64_t facts = 0;

	if ((client->packets && client->ack_known) ||
	    (server->packets && server->ack_known))
		facts |= RULES_ONE_WAY;
	if (client->opener && !server->packets &&
	    is_late(view->config, view->end - client->syn_time))
		facts |= RULES_UNANSWERED;
	return facts;
}

static inline bool gave_up(const struct end *end)
{
	return end->killed && end->rst_frame;
}

/* The shorter of the limits that there are for CLOSE_WAIT. */
static te_time stuck_limit(const struct te_config *config)
{
	double stuck = config->limits[TE_LIMIT_CLOSE_WAIT_STUCK];
	double peer_stuck = config->limits[TE_LIMIT_FIN_WAIT_2_STUCK];

	return (te_time)((peer_stuck < stuck ? peer_stuck : stuck) * (double)TE_SEC);
}

static inline bool was_stuck(const struct rule_view *view, enum side side, te_time limit)
{
	const struct end *end = &view->conn->end[side];
	te_time silence;

	if ((!end->close_wait_silence || end->close_wait_silence <= limit) &&
	    end->state != TE_CLOSE_WAIT)
		return false;
	return rules_close_wait_silence(view, side, limit, &silence);
}

static uint64_t close_facts(const struct rule_view *view)
{
	const struct end *a = &view->conn->end[SIDE_A], *b = &view->conn->end[SIDE_B];
	const unsigned waiting =
	    1u << TE_LAST_ACK | 1u << TE_CLOSING | 1u << TE_FIN_WAIT_1;
	unsigned states = 1u << a->state | 1u << b->state;
	te_time limit = stuck_limit(view->config);
	uint64_t facts = 0;

	if (was_stuck(view, SIDE_A, limit) || was_stuck(view, SIDE_B, limit))
		facts |= RULES_CLOSE_WAIT;
	if (a->fin_sent != b->fin_sent)
		facts |= RULES_FIN_ALONE;
	else if (a->fin_sent && (states & waiting || gave_up(a) || gave_up(b)))
		facts |= RULES_FIN_WAITS;
	if ((a->visited | b->visited) >> TE_CLOSING & 1)
		facts |= RULES_CLOSING;
	return facts | (a->fin_repeats > 1 || b->fin_repeats > 1 ? RULES_FIN_REPEATS : 0);
}

uint64_t rules_facts(const struct rule_view *view)
{
	const struct conn *conn = view->conn;
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other((enum side)conn->client)];
	uint64_t facts = 0;

	if (conn->note_count)
		facts |= note_facts(conn);
	if (conn->transfer)
		facts |= transfer_facts(conn->transfer);
	if (!client->packets || !server->packets)
		facts |= silence_facts(view, client, server);
	if (server->visited >> TE_SYN_RCVD & 1 && !end_was_synchronised(server))
		facts |= RULES_HALF_OPEN;
	if (client->fin_sent || server->fin_sent || client->close_wait_silence ||
	    server->close_wait_silence)
		facts |= close_facts(view);
	return facts;
}

/* ---- what a fact calls for ---- */

struct rules {
	const struct rules_row *rows[RULES_ROWS]; /* as the catalogue has them */
	uint64_t asked_by[64];                    /* a fact's bit: the rows' bits */
};

static void add_row(struct rules *rules, size_t place, const struct rules_row *row)
{
	rules->rows[place] = row;
	for (uint64_t facts = row->needs; facts; facts &= facts - 1)
		rules->asked_by[__builtin_ctzll(facts)] |= UINT64_C(1) << place;
}

struct rules *rules_new(void)
{
	struct rules *rules = calloc(1, sizeof(*rules));
	size_t place = 0;

	for (size_t g = 0; rules && g < GROUP_COUNT; g++)
		for (size_t i = 0; i < groups[g].group->count; i++)
			add_row(rules, place++, &groups[g].group->rows[i]);
	return rules;
}

size_t rules_check(const struct rules *rules, const struct rule_view *view,
		   struct te_finding out[RULES_MAX], uint8_t places[RULES_MAX])
{
	uint64_t asked = 0;
	size_t count = 0;

	for (uint64_t facts = rules_facts(view); facts; facts &= facts - 1)
		asked |= rules->asked_by[__builtin_ctzll(facts)];
	for (; asked && count < RULES_MAX; asked &= asked - 1) {
		unsigned place = (unsigned)__builtin_ctzll(asked);

		places[count] = (uint8_t)place;
		count += fires(view, rules->rows[place], &out[count]);
	}
	return count;
}
