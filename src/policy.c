/* policy.c - what a team demands of its captures: sections, [check] and [limits] */
#include "config.h"
#include "limit.h"
#include "nearest.h"
#include "parse.h"
#include "policy_parts.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is wrong, and where ---- */

bool policy_wrong(struct policy_reader *r, unsigned column, const char *fmt, ...)
{
	va_list args;
	int used = snprintf(r->err, r->size, "%.200s: line %u, column %u: ", r->path,
			    r->line.line, column);

	va_start(args, fmt);
	if (used > 0 && (size_t)used < r->size)
		vsnprintf(r->err + used, r->size - (size_t)used, fmt, args);
	va_end(args);
	return false;
}

bool policy_no_memory(struct policy_reader *r)
{
	snprintf(r->err, r->size, "%.200s: out of memory", r->path);
	return false;
}

unsigned policy_column(const struct policy_reader *r, const char *at)
{
	return ini_column(r->line.rest_column, r->line.rest, at);
}

bool policy_none_of(struct policy_reader *r, unsigned column, const char *item,
		    const char *(*word)(size_t i))
{
	struct nearest near;
	char list[256] = "", hint[64];
	size_t used = 0;

	nearest_start(&near, item);
	for (size_t i = 0; word(i) != NULL && used < sizeof(list); i++) {
		nearest_try(&near, word(i));
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
					 i == 0 ? "" : ", ", word(i));
	}
	return policy_wrong(r, column, "'%.60s' is none of %s%s", item, list,
			    nearest_hint(&near, hint, sizeof(hint)));
}

bool policy_item(struct policy_reader *r, const char **list, char *item, size_t size,
		 unsigned *column, bool *ok)
{
	const char *start = *list;

	if (!parse_item(list, item, size, ok))
		return false;
	*column = policy_column(r, start + strspn(start, " \t"));
	if (!*ok)
		policy_wrong(r, *column, "an empty or overlong item in the list");
	return true;
}

/* ---- [check] and [limits] ---- */

static bool policy_take_fail_on(struct policy_reader *r)
{
	char err[160];

	return check_parse_fail_on(&r->policy->check, r->line.rest, err, sizeof(err)) ||
	       policy_wrong(r, r->line.rest_column, "%s", err);
}

static bool policy_take_allow(struct policy_reader *r)
{
	const char *list = r->line.rest;
	char item[64], err[160];
	unsigned column;
	bool ok;

	while (policy_item(r, &list, item, sizeof(item), &column, &ok)) {
		if (!ok)
			return false;
		if (!check_parse_allow(&r->policy->check, item, err, sizeof(err)))
			return policy_wrong(r, column, "%s", err);
	}
	return true;
}

static const char *policy_fingerprint_word(size_t i)
{
	static const char *const words[] = { "address", "port", NULL };

	return words[i];
}

static bool policy_take_fingerprint(struct policy_reader *r)
{
	for (size_t i = 0; policy_fingerprint_word(i) != NULL; i++) {
		if (strcmp(r->line.rest, policy_fingerprint_word(i)) == 0) {
			r->policy->port_only = i == 1;
			return true;
		}
	}
	return policy_none_of(r, r->line.rest_column, r->line.rest,
			      policy_fingerprint_word);
}

static bool policy_take_limit(struct policy_reader *r)
{
	enum te_limit limit;
	char err[160];

	if (!limit_find(r->line.word, &limit, err, sizeof(err)))
		return policy_wrong(r, r->line.word_column, "%s", err);
	if ((r->policy->limits_given >> limit & 1) != 0)
		return policy_wrong(r, r->line.word_column, "'%s' is given twice",
				    r->line.word);
	r->policy->limits_given |= 1u << limit;
	return limit_parse(limit, r->line.rest, &r->policy->limits[limit], err,
			   sizeof(err)) ||
	       policy_wrong(r, r->line.rest_column, "%s", err);
}

/* ---- sections ---- */

/* clang-format off */
static const struct policy_key policy_check_keys[] = {
	{ "fail-on", policy_take_fail_on },
	{ "allow", policy_take_allow },
	{ "fingerprint", policy_take_fingerprint },
	{ NULL, NULL },
};

enum { POLICY_CHECK, POLICY_LIMITS, POLICY_RULE, POLICY_ALLOW, POLICY_SECTION_COUNT };

static const struct policy_section policy_sections[POLICY_SECTION_COUNT] = {
	[POLICY_CHECK]  = { "check", NULL, NULL, policy_check_keys, NULL },
	[POLICY_LIMITS] = { "limits", NULL, NULL, NULL, policy_take_limit },
	[POLICY_RULE]   = { "rule", "NAME", policy_rule_begin, policy_rule_keys, NULL },
	[POLICY_ALLOW]  = { "allow", "FINGERPRINT", policy_allow_begin, policy_allow_keys, NULL },
};
/* clang-format on */

static const char *policy_section_word(size_t i)
{
	return i < POLICY_SECTION_COUNT ? policy_sections[i].name : NULL;
}

static bool policy_enter(struct policy_reader *r, const struct policy_section *section)
{
	size_t index = (size_t)(section - policy_sections);

	if (section->what != NULL && r->line.rest[0] == '\0')
		return policy_wrong(r, r->line.word_column, "[%s] needs a name: [%s %s]",
				    section->name, section->name, section->what);
	if (section->what == NULL && r->line.rest[0] != '\0')
		return policy_wrong(r, r->line.rest_column, "[%s] takes no name",
				    section->name);
	if (section->what == NULL && (r->sections >> index & 1) != 0)
		return policy_wrong(r, r->line.word_column, "[%s] is there twice",
				    section->name);
	r->sections |= 1u << index;
	r->section = section;
	r->seen = 0;
	return section->begin == NULL || section->begin(r);
}

static bool policy_section(struct policy_reader *r)
{
	for (size_t i = 0; i < POLICY_SECTION_COUNT; i++) {
		if (strcmp(policy_sections[i].name, r->line.word) != 0)
			continue;
		if (r->baseline_only && i != POLICY_ALLOW)
			return policy_wrong(r, r->line.word_column,
					    "a baseline has [allow FINGERPRINT] alone; "
					    "[%s] is for --policy",
					    r->line.word);
		return policy_enter(r, &policy_sections[i]);
	}
	return policy_none_of(r, r->line.word_column, r->line.word, policy_section_word);
}

static bool policy_no_key(struct policy_reader *r)
{
	struct nearest near;
	char hint[64];

	nearest_start(&near, r->line.word);
	for (const struct policy_key *key = r->section->keys; key->name != NULL; key++)
		nearest_try(&near, key->name);
	return policy_wrong(r, r->line.word_column, "[%s] has no key '%.60s'%s",
			    r->section->name, r->line.word,
			    nearest_hint(&near, hint, sizeof(hint)));
}

static bool policy_key(struct policy_reader *r)
{
	const struct policy_key *key;
	unsigned index = 0;

	if (r->section == NULL)
		return policy_wrong(r, r->line.word_column,
				    "'%.60s' stands before the first [section]",
				    r->line.word);
	if (r->line.rest[0] == '\0')
		return policy_wrong(r, r->line.rest_column, "'%.60s' has no value",
				    r->line.word);
	if (r->section->any_key != NULL)
		return r->section->any_key(r);
	for (key = r->section->keys; key->name != NULL; key++, index++) {
		if (strcmp(key->name, r->line.word) != 0)
			continue;
		if ((r->seen >> index & 1) != 0)
			return policy_wrong(r, r->line.word_column, "'%s' is given twice",
					    key->name);
		r->seen |= 1u << index;
		return key->take(r);
	}
	return policy_no_key(r);
}

static bool policy_line(struct policy_reader *r)
{
	switch (r->line.kind) {
	case INI_SECTION:
		return policy_section(r);
	case INI_KEY:
		return policy_key(r);
	case INI_WRONG:
		return policy_wrong(r, r->line.word_column, "%s", r->line.err);
	case INI_END:
		break;
	}
	return true;
}

static bool policy_read_file(struct policy_reader *r)
{
	bool ok = true;

	if (!ini_open(&r->ini, r->path)) {
		snprintf(r->err, r->size, "%.200s: %s", r->path, strerror(errno));
		return false;
	}
	do {
		r->line = ini_next(&r->ini);
		ok = policy_line(r);
	} while (ok && r->line.kind != INI_END);
	ini_close(&r->ini);
	if (ok)
		baseline_expire(r->policy->baseline);
	return ok;
}

/* ---- the whole ---- */

bool policy_new(struct policy *policy, char *err, size_t size)
{
	int64_t today;

	*policy = (struct policy){ 0 };
	if (!baseline_today(&today, err, size))
		return false;
	policy->baseline = baseline_new(today);
	if (policy->baseline == NULL)
		snprintf(err, size, "out of memory");
	return policy->baseline != NULL;
}

bool policy_read(struct policy *policy, const char *path, char *err, size_t size)
{
	struct policy_reader r = {
		.policy = policy, .path = path, .err = err, .size = size
	};

	return policy_read_file(&r);
}

bool policy_read_baseline(struct policy *policy, const char *path, char *err, size_t size)
{
	struct policy_reader r = {
		.policy = policy,
		.path = path,
		.baseline_only = true,
		.err = err,
		.size = size,
	};

	return policy_read_file(&r);
}

void policy_free(struct policy *policy)
{
	for (size_t i = 0; i < policy->rule_count; i++)
		policy_rule_free(&policy->rules[i]);
	free(policy->rules);
	baseline_free(policy->baseline);
	*policy = (struct policy){ 0 };
}
