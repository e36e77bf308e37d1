/* policy_allow.c - [allow FINGERPRINT], in a policy or a baseline */
#include "config.h"
#include "parse.h"
#include "policy_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool policy_allow_begin(struct policy_reader *r)
{
	uint64_t fingerprint;
	bool is_new;

	if (!parse_hex_id(r->line.rest, &fingerprint))
		return policy_wrong(r, r->line.rest_column,
				    "'%.60s' is no fingerprint: 16 hex digits",
				    r->line.rest);
	r->entry = baseline_add(r->policy->baseline, fingerprint, &is_new);
	if (r->entry == NULL)
		return policy_no_memory(r);
	if (!is_new)
		return policy_wrong(r, r->line.rest_column, "%s is allowed before: %s",
				    r->line.rest, r->entry->where);
	r->entry->of_policy = !r->baseline_only;
	if (asprintf(&r->entry->where, "%s: line %u", r->path, r->line.line) < 0)
		r->entry->where = NULL;
	return r->entry->where != NULL || policy_no_memory(r);
}

static bool policy_take_reason(struct policy_reader *r)
{
	r->entry->reason = strdup(r->line.rest);
	return r->entry->reason != NULL || policy_no_memory(r);
}

static bool policy_take_max(struct policy_reader *r)
{
	return parse_u64(r->line.rest, 0, UINT64_MAX, &r->entry->max) ||
	       policy_wrong(r, r->line.rest_column, "'%.60s' is no number", r->line.rest);
}

static bool policy_take_until(struct policy_reader *r)
{
	return baseline_parse_day(r->line.rest, &r->entry->until) ||
	       policy_wrong(r, r->line.rest_column,
			    "'%.60s' is no day; one is 2027-01-01", r->line.rest);
}

const struct policy_key policy_allow_keys[] = {
	{ "reason", policy_take_reason },
	{ "max", policy_take_max },
	{ "until", policy_take_until },
	{ NULL, NULL },
};
