/* policy_rule.c - [rule NAME]: which connections, and what is demanded of them */
#include "config.h"
#include "catalogue.h"
#include "parse.h"
#include "policy_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POLICY_NAME = 100 }; /* bytes of a rule's name */

static const unsigned policy_percents[POLICY_PERCENTILE_COUNT] = {
#define X(percent) [POLICY_P##percent] = percent,
	POLICY_PERCENTILES(X)
#undef X
};

unsigned policy_percent(int percentile)
{
	return policy_percents[percentile];
}

/* ---- the section ---- */

static struct policy_rule *policy_rule_add(struct policy *policy, const char *name)
{
	struct policy_rule *rules =
	    realloc(policy->rules, (policy->rule_count + 1) * sizeof(*rules));
	struct policy_rule *rule;

	if (rules == NULL)
		return NULL;
	policy->rules = rules;
	rule = &rules[policy->rule_count];
	*rule = (struct policy_rule){ .name = strdup(name), .require_match = true };
	for (int i = 0; i < POLICY_PERCENTILE_COUNT; i++)
		rule->handshake[i] = TE_TIME_NONE;
	if (rule->name == NULL)
		return NULL;
	policy->rule_count++;
	return rule;
}

bool policy_rule_begin(struct policy_reader *r)
{
	struct policy *policy = r->policy;

	if (strlen(r->line.rest) > POLICY_NAME)
		return policy_wrong(r, r->line.rest_column,
				    "a name of more than %d bytes", (int)POLICY_NAME);
	for (size_t i = 0; i < policy->rule_count; i++) {
		if (strcmp(policy->rules[i].name, r->line.rest) == 0)
			return policy_wrong(r, r->line.rest_column,
					    "there are two rules '%s'", r->line.rest);
	}
	r->rule = policy_rule_add(policy, r->line.rest);
	return r->rule != NULL || policy_no_memory(r);
}

void policy_rule_free(struct policy_rule *rule)
{
	free(rule->name);
	match_free(rule->match);
	free(rule->forbid.list);
	free(rule->allow.list);
}

bool policy_has(const struct policy_findings *findings, const struct te_rule *rule)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->list[i] == rule)
			return true;
	}
	return false;
}

bool policy_times_handshakes(const struct policy *policy)
{
	for (size_t i = 0; i < policy->rule_count; i++) {
		for (int p = 0; p < POLICY_PERCENTILE_COUNT; p++) {
			if (policy->rules[i].handshake[p] != TE_TIME_NONE)
				return true;
		}
	}
	return false;
}

/* ---- lists of words ---- */

static const char *policy_opened_word(size_t i)
{
	return i < TE_OPENED_COUNT ? te_opened_name((enum te_opened)i) : NULL;
}

static const char *policy_closed_word(size_t i)
{
	return i < TE_CLOSED_COUNT ? te_closed_name((enum te_closed)i) : NULL;
}

static const char *policy_closer_word(size_t i)
{
	static const char *const words[] = { "client", "server", "none", NULL };

	return words[i];
}

static bool policy_words(struct policy_reader *r, unsigned *bits,
			 const char *(*word)(size_t i))
{
	const char *list = r->line.rest;
	char item[64];
	unsigned column;
	bool ok;

	while (policy_item(r, &list, item, sizeof(item), &column, &ok)) {
		size_t i = 0;

		if (!ok)
			return false;
		while (word(i) != NULL && strcmp(word(i), item) != 0)
			i++;
		if (word(i) == NULL)
			return policy_none_of(r, column, item, word);
		*bits |= 1u << i;
	}
	return true;
}

static bool policy_take_opened(struct policy_reader *r)
{
	return policy_words(r, &r->rule->opened, policy_opened_word);
}

static bool policy_take_closed(struct policy_reader *r)
{
	return policy_words(r, &r->rule->closed, policy_closed_word);
}

static bool policy_take_closer(struct policy_reader *r)
{
	return policy_words(r, &r->rule->closer, policy_closer_word);
}

static bool policy_findings(struct policy_reader *r, struct policy_findings *findings)
{
	const char *list = r->line.rest;
	const struct te_rule **grown;
	char item[64], err[160];
	unsigned column;
	bool ok;

	while (policy_item(r, &list, item, sizeof(item), &column, &ok)) {
		const struct te_rule *rule;

		if (!ok)
			return false;
		rule = catalogue_find(item, err, sizeof(err));
		if (rule == NULL)
			return policy_wrong(r, column, "%s", err);
		grown = realloc(findings->list, (findings->count + 1) * sizeof(*grown));
		if (grown == NULL)
			return policy_no_memory(r);
		findings->list = grown;
		findings->list[findings->count++] = rule;
	}
	return true;
}

/* What is never of a connection, no match can choose. */
static bool policy_may_match(struct policy_reader *r,
			     const struct policy_findings *findings)
{
	for (size_t i = 0; r->rule->match != NULL && i < findings->count; i++) {
		if (te_rule_scope(findings->list[i]) == TE_SCOPE_CAPTURE)
			return policy_wrong(r, r->line.rest_column,
					    "%s is of the capture, not of connections: "
					    "it goes into a rule without match",
					    findings->list[i]->id);
	}
	return true;
}

static bool policy_take_forbid(struct policy_reader *r)
{
	return policy_findings(r, &r->rule->forbid) &&
	       policy_may_match(r, &r->rule->forbid);
}

static bool policy_take_allowed(struct policy_reader *r)
{
	return policy_findings(r, &r->rule->allow) &&
	       policy_may_match(r, &r->rule->allow);
}

/* ---- match, numbers, durations ---- */

static bool policy_take_match(struct policy_reader *r)
{
	const char *at;
	char err[256];

	r->rule->match = match_new(r->line.rest, &at, err, sizeof(err));
	if (r->rule->match == NULL)
		return policy_wrong(r, policy_column(r, at), "match: %s", err);
	return policy_may_match(r, &r->rule->forbid) &&
	       policy_may_match(r, &r->rule->allow);
}

static bool policy_take_max_count(struct policy_reader *r)
{
	return parse_u64(r->line.rest, 0, UINT64_MAX, &r->rule->max_count) ||
	       policy_wrong(r, r->line.rest_column, "'%.60s' is no number", r->line.rest);
}

static const char *policy_yes_no(size_t i)
{
	static const char *const words[] = { "no", "yes", NULL };

	return words[i];
}

static bool policy_take_require_match(struct policy_reader *r)
{
	for (size_t i = 0; policy_yes_no(i) != NULL; i++) {
		if (strcmp(policy_yes_no(i), r->line.rest) == 0) {
			r->rule->require_match = i == 1;
			return true;
		}
	}
	return policy_none_of(r, r->line.rest_column, r->line.rest, policy_yes_no);
}

static bool policy_duration(struct policy_reader *r, int percentile)
{
	return parse_duration(r->line.rest, &r->rule->handshake[percentile]) ||
	       policy_wrong(r, r->line.rest_column,
			    "'%.60s' is no duration; one is 50ms, 1.5s", r->line.rest);
}

#define X(percent)                                                  \
	static bool policy_take_p##percent(struct policy_reader *r) \
	{                                                           \
		return policy_duration(r, POLICY_P##percent);       \
	}
POLICY_PERCENTILES(X)
#undef X

const struct policy_key policy_rule_keys[] = {
	{ "match", policy_take_match },
	{ "opened", policy_take_opened },
	{ "closed", policy_take_closed },
	{ "first-closer", policy_take_closer },
	{ "forbid", policy_take_forbid },
	{ "allow", policy_take_allowed },
	{ "max-count", policy_take_max_count },
#define X(percent) { "handshake-p" #percent, policy_take_p##percent },
	POLICY_PERCENTILES(X)
#undef X
	    { "require-match", policy_take_require_match },
	{ NULL, NULL },
};
