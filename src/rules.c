/* rules.c - the catalogue of findings
 *
 * One row and one function each: text, JSON, --explain, --list-findings, the man page's
 * list and the tests are driven by these tables. A finding says what the packets prove;
 * its causes are candidates, of which the check keeps those that the capture allows.
 */
#include "rules.h"
#include "rules_table.h"

#include <string.h>

/* In the order in which findings are listed. */
static const struct rules_group *const groups[] = {
	&rules_open, &rules_handshake, &rules_close, &rules_rst, &rules_crowd,
};

enum { GROUP_COUNT = sizeof(groups) / sizeof(groups[0]) };

size_t te_rule_count(void)
{
	size_t count = 0;

	for (size_t g = 0; g < GROUP_COUNT; g++)
		count += groups[g]->count;
	return count;
}

static const struct rules_row *row_at(size_t i)
{
	size_t g = 0;

	for (; i >= groups[g]->count; g++)
		i -= groups[g]->count;
	return &groups[g]->rows[i];
}

const struct te_rule *te_rule_at(size_t i)
{
	return &row_at(i)->rule;
}

const struct te_rule *te_rule_find(const char *id)
{
	for (size_t i = 0; i < te_rule_count(); i++)
		if (!strcmp(te_rule_at(i)->id, id))
			return te_rule_at(i);
	return NULL;
}

size_t rules_index(const struct te_rule *rule)
{
	size_t i = 0;

	while (te_rule_at(i) != rule)
		i++;
	return i;
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

/* A bit for each kind of note that there is. */
static uint32_t notes_of(const struct conn *conn)
{
	uint32_t kinds = 0;

	for (uint32_t i = 0; i < conn->note_count; i++)
		kinds |= 1u << conn->notes[i].kind;
	return kinds;
}

static bool may_fire(const struct rules_row *row, uint32_t notes)
{
	return row->check && (!row->rule.notes || row->rule.notes & notes);
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
	finding->certain &= is_sure_of_end(view, finding);
	return true;
}

size_t rules_check(const struct rule_view *view, struct te_finding out[RULES_MAX])
{
	uint32_t notes = notes_of(view->conn);
	size_t count = 0;

	for (size_t g = 0; g < GROUP_COUNT; g++)
		for (size_t i = 0; i < groups[g]->count && count < RULES_MAX; i++)
			if (may_fire(&groups[g]->rows[i], notes))
				count += fires(view, &groups[g]->rows[i], &out[count]);
	return count;
}
