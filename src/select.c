/* select.c - which connections and findings are shown */
#include "config.h"
#include "select.h"
#include "catalogue.h"
#include "parse.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SELECT_ITEM = 80 };

/* Room for one more row behind `count` rows; NULL with err filled. */
static void *select_grow(void *rows, size_t count, size_t row, char *err, size_t size)
{
	void *grown = realloc(rows, (count + 1) * row);

	if (grown == NULL)
		snprintf(err, size, "out of memory");
	return grown;
}

static bool select_conn(const char *item, struct select_conn *conn)
{
	if (parse_hex_id(item, &conn->value)) {
		conn->by_id = true;
		return true;
	}
	conn->by_id = false;
	return parse_u64(item[0] == '#' ? item + 1 : item, 1, UINT64_MAX, &conn->value);
}

static bool select_add_conn(struct selection *sel, const char *item, char *err,
			    size_t size)
{
	struct select_conn conn;
	struct select_conn *conns;

	if (!select_conn(item, &conn)) {
		snprintf(err, size,
			 "'%s' is neither a connection's number nor its 16 hex digits",
			 item);
		return false;
	}
	conns = select_grow(sel->conns, sel->conn_count, sizeof(conn), err, size);
	if (conns == NULL)
		return false;
	conns[sel->conn_count++] = conn;
	sel->conns = conns;
	return true;
}

/* STATE, STATE@client or STATE@server */
static bool select_state(char *item, struct select_state *state)
{
	char *at = strchr(item, '@');

	state->end = TE_NO_END;
	if (at != NULL) {
		*at++ = '\0';
		for (enum te_end end = TE_CLIENT; end <= TE_SERVER; end++) {
			if (strcmp(at, te_end_name(end)) == 0)
				state->end = end;
		}
		if (state->end == TE_NO_END)
			return false;
	}
	return parse_state(item, &state->state);
}

static bool select_add_state(struct selection *sel, const char *item, char *err,
			     size_t size)
{
	struct select_state state;
	struct select_state *states;
	char copy[SELECT_ITEM];

	snprintf(copy, sizeof(copy), "%s", item);
	if (!select_state(copy, &state)) {
		snprintf(err, size,
			 "'%s' is no state; one is CLOSE_WAIT, or CLOSE_WAIT@server",
			 item);
		return false;
	}
	states = select_grow(sel->states, sel->state_count, sizeof(state), err, size);
	if (states == NULL)
		return false;
	states[sel->state_count++] = state;
	sel->states = states;
	return true;
}

static bool select_add_rule(struct selection *sel, const char *item, char *err,
			    size_t size)
{
	const struct te_rule *rule = catalogue_find(item, err, size);
	const struct te_rule **rules;

	if (rule == NULL)
		return false;
	rules = select_grow(sel->rules, sel->rule_count, sizeof(*rules), err, size);
	if (rules == NULL)
		return false;
	rules[sel->rule_count++] = rule;
	sel->rules = rules;
	return true;
}

static bool select_add_list(struct selection *sel, const char *list,
			    bool (*add)(struct selection *, const char *, char *, size_t),
			    char *err, size_t size)
{
	char item[SELECT_ITEM];
	bool ok;

	while (parse_item(&list, item, sizeof(item), &ok)) {
		if (!ok) {
			snprintf(err, size, "an empty or overlong item in the list");
			return false;
		}
		if (!add(sel, item, err, size))
			return false;
	}
	return true;
}

bool select_add_conns(struct selection *sel, const char *list, char *err, size_t size)
{
	return select_add_list(sel, list, select_add_conn, err, size);
}

bool select_add_states(struct selection *sel, const char *list, char *err, size_t size)
{
	return select_add_list(sel, list, select_add_state, err, size);
}

bool select_add_rules(struct selection *sel, const char *list, char *err, size_t size)
{
	return select_add_list(sel, list, select_add_rule, err, size);
}

static bool select_by_connection(const struct selection *sel)
{
	return sel->conn_count > 0 || sel->state_count > 0 || sel->has_duration;
}

bool select_found(const struct selection *sel)
{
	return sel->rule_count > 0 || sel->has_severity;
}

bool select_given(const struct selection *sel)
{
	return select_by_connection(sel) || select_found(sel);
}

bool select_is_early(const struct selection *sel)
{
	return sel->state_count == 0 && !sel->has_duration && !select_found(sel);
}

bool select_by_id(const struct selection *sel)
{
	for (size_t i = 0; i < sel->conn_count; i++) {
		if (sel->conns[i].by_id)
			return true;
	}
	return false;
}

bool select_passing(const struct selection *sel, uint64_t number, uint64_t id)
{
	for (size_t i = 0; i < sel->conn_count; i++) {
		if (sel->conns[i].value == (sel->conns[i].by_id ? id : number))
			return true;
	}
	return sel->conn_count == 0;
}

static bool select_in_state(const struct selection *sel, const struct te_connection *c)
{
	for (size_t i = 0; i < sel->state_count; i++) {
		const struct select_state *want = &sel->states[i];

		if (want->end != TE_SERVER && c->end[TE_CLIENT].state == want->state)
			return true;
		if (want->end != TE_CLIENT && c->end[TE_SERVER].state == want->state)
			return true;
	}
	return sel->state_count == 0;
}

static bool select_is_rule(const struct selection *sel, const struct te_finding *f)
{
	for (size_t i = 0; i < sel->rule_count; i++) {
		if (f->rule == sel->rules[i])
			return true;
		for (unsigned k = 0; k < f->also_count; k++) {
			if (f->also[k] == sel->rules[i])
				return true;
		}
	}
	return sel->rule_count == 0;
}

bool select_finding(const struct selection *sel, const struct te_finding *f)
{
	return select_is_rule(sel, f) &&
	       (!sel->has_severity || f->severity >= sel->severity);
}

static bool select_has_finding(const struct selection *sel, const struct te_connection *c)
{
	if (!select_found(sel))
		return true;
	for (size_t i = 0; i < c->finding_count; i++) {
		if (select_finding(sel, &c->findings[i]))
			return true;
	}
	return false;
}

bool select_connection(const struct selection *sel, const struct te_connection *c)
{
	return select_passing(sel, c->number, c->id) && select_in_state(sel, c) &&
	       (!sel->has_duration || c->last - c->first >= sel->min_duration) &&
	       select_has_finding(sel, c);
}

bool select_wide(const struct selection *sel, const struct te_finding *f)
{
	return !select_by_connection(sel) && select_finding(sel, f);
}

void select_free(struct selection *sel)
{
	free(sel->conns);
	free(sel->states);
	free(sel->rules);
	*sel = (struct selection){ 0 };
}
