/* rules.c - the catalogue of findings
 *
 * One row and one function each: text, JSON, --explain, --list-findings, the man page's
 * list and the tests are driven by these tables. A finding says what the packets prove;
 * its causes are candidates, of which the check keeps those that the capture allows.
 */
#include "rules.h"
#include "rules_table.h"

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

static unsigned facts_of(const struct conn *conn)
{
	const struct end *a = &conn->end[SIDE_A], *b = &conn->end[SIDE_B];
	const unsigned syn_rcvd = 1u << TE_SYN_RCVD;
	unsigned facts = 0;

	facts |= conn->note_count ? RULES_NOTES : 0;
	facts |= conn->transfer ? RULES_TRANSFER : 0;
	facts |= conn->transfer || conn->note_count ? RULES_REPEATS : 0;
	facts |= a->packets && b->packets ? 0 : RULES_ONE_WAY;
	facts |= (a->visited | b->visited) & syn_rcvd ? RULES_SYNACK : 0;
	facts |=
	    a->fin_sent || b->fin_sent || a->close_wait_silence || b->close_wait_silence
		? RULES_FIN
		: 0;
	return facts;
}

static size_t check_group(const struct rule_view *view, const struct rules_group *group,
			  unsigned facts, struct te_finding *out, size_t room)
{
	size_t count = 0;

	if (group->needs & ~facts)
		return 0;
	for (size_t i = 0; i < group->count && count < room; i++) {
		const struct rules_row *row = &group->rows[i];

		if (row->check && !(row->needs & ~facts))
			count += fires(view, row, &out[count]);
	}
	return count;
}

size_t rules_check(const struct rule_view *view, struct te_finding out[RULES_MAX])
{
	unsigned facts = facts_of(view->conn);
	size_t count = 0;

	for (size_t g = 0; g < GROUP_COUNT; g++)
		count += check_group(view, groups[g].group, facts, out + count,
				     RULES_MAX - count);
	return count;
}
