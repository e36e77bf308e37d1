/* gate.c - the judgement of --check: captures and their cases */
#include "config.h"
#include "gate.h"
#include <stdio.h>
#include <stdlib.h>

struct gate *gate_new(const struct policy *policy, const struct check *check,
		      const struct out_naming *naming, const uint64_t seed[2])
{
	struct gate *gate = calloc(1, sizeof(*gate));

	if (gate == NULL)
		return NULL;
	gate->policy = policy;
	gate->check = check;
	gate->naming = *naming;
	memcpy(gate->seed, seed, sizeof(gate->seed));
	gate->matched = calloc(policy->rule_count + 1, sizeof(*gate->matched));
	if (gate->matched != NULL)
		return gate;
	free(gate);
	return NULL;
}

static void gate_file_free(struct gate_file *file)
{
	for (size_t i = 0; i < file->case_count; i++) {
		gate_items_free(&file->cases[i]);
		gate_places_free(&file->cases[i]);
		free(file->cases[i].handshakes);
	}
	free(file->cases);
	free(file->path);
}

void gate_free(struct gate *gate)
{
	if (gate == NULL)
		return;
	for (size_t i = 0; i < gate->file_count; i++)
		gate_file_free(&gate->files[i]);
	free(gate->files);
	free(gate->matched);
	free(gate);
}

/* ---- the cases of a capture ---- */

static struct gate_case *gate_add_case(struct gate_file *file, enum gate_kind kind,
				       const char *name)
{
	struct gate_case *of = &file->cases[file->case_count++];

	of->kind = kind;
	snprintf(of->name, sizeof(of->name), "%s", name);
	return of;
}

static void gate_add_cases(const struct gate *gate, struct gate_file *file)
{
	const struct policy *policy = gate->policy;
	enum te_severity threshold;
	char name[64];

	for (size_t i = 0; i < policy->rule_count; i++)
		gate_add_case(file, GATE_RULE, policy->rules[i].name)->rule =
		    &policy->rules[i];
	for (size_t i = 0; policy->rule_count == 0 && i < te_rule_count(); i++) {
		const struct te_rule *rule = te_rule_at(i);

		if (check_counts(gate->check, rule->severity))
			gate_add_case(file, GATE_FINDING, rule->id)->finding = rule;
	}
	check_threshold(gate->check, &threshold);
	snprintf(name, sizeof(name), "findings at or above %s",
		 te_severity_name(threshold));
	gate_add_case(file, GATE_REST, name);
	gate_add_case(file, GATE_CAPTURE, "capture");
}

bool gate_begin(struct gate *gate, const char *path)
{
	struct gate_file *files =
	    realloc(gate->files, (gate->file_count + 1) * sizeof(*files));
	struct gate_file *file;

	if (files == NULL)
		return false;
	gate->files = files;
	file = &files[gate->file_count];
	*file = (struct gate_file){ .path = strdup(path) };
	file->cases =
	    calloc(gate->policy->rule_count + te_rule_count() + 2, sizeof(*file->cases));
	if (file->path == NULL || file->cases == NULL) {
		gate_file_free(file);
		return false;
	}
	gate->file_count++;
	gate_add_cases(gate, file);
	baseline_begin(gate->policy->baseline);
	return true;
}

static struct gate_file *gate_current(const struct gate *gate)
{
	return &gate->files[gate->file_count - 1];
}

/* ---- a connection ---- */

/* Which rules are about it? False: out of memory. */
static bool gate_match(struct gate *gate, const struct te_connection *c)
{
	const struct policy *policy = gate->policy;
	struct gate_case *cases = gate_current(gate)->cases;
	bool ok = true;

	for (size_t i = 0; i < policy->rule_count; i++) {
		struct match *match = policy->rules[i].match;

		gate->matched[i] = match == NULL || match_connection(match, c);
		if (gate->matched[i])
			ok = gate_place_add(gate, &cases[i], c) && ok;
	}
	return ok;
}

static void gate_match_wide(struct gate *gate, const struct te_finding *finding)
{
	const struct policy *policy = gate->policy;
	struct gate_case *cases = gate_current(gate)->cases;

	for (size_t i = 0; i < policy->rule_count; i++)
		gate->matched[i] = policy->rules[i].match == NULL ||
				   gate_place_has(gate, &cases[i], finding);
}

static bool gate_forbids(const struct policy_rule *rule, const struct te_finding *finding)
{
	bool forbids = policy_has(&rule->forbid, finding->rule);

	for (unsigned i = 0; i < finding->also_count; i++)
		forbids |= policy_has(&rule->forbid, finding->also[i]);
	return forbids && !policy_has(&rule->allow, finding->rule);
}

/* Is it named by a rule that matches? *forbidden: by one that does not want it. */
static bool gate_named(const struct gate *gate, const struct te_finding *finding,
		       bool *forbidden)
{
	const struct policy *policy = gate->policy;
	bool named = false;

	*forbidden = false;
	for (size_t i = 0; i < policy->rule_count; i++) {
		if (!gate->matched[i])
			continue;
		*forbidden |= gate_forbids(&policy->rules[i], finding);
		named |= policy_has(&policy->rules[i].allow, finding->rule);
	}
	return named || *forbidden;
}

static struct gate_case *gate_case_of(struct gate_file *file, const struct te_rule *rule)
{
	size_t i = 0;

	while (file->cases[i].kind != GATE_REST && file->cases[i].finding != rule)
		i++;
	return &file->cases[i];
}

static bool gate_finding(struct gate *gate, struct te_finding *finding)
{
	uint64_t fingerprint = describe_fingerprint(finding, &gate->naming);
	struct gate_file *file = gate_current(gate);
	bool forbidden, ok = true;
	bool counts = !gate_named(gate, finding, &forbidden) &&
		      check_counts(gate->check, finding->severity);

	if (!forbidden && !counts) {
		finding->known = baseline_see(gate->policy->baseline, fingerprint);
		return true;
	}
	finding->known = baseline_take(gate->policy->baseline, fingerprint);
	if (counts)
		return gate_against_finding(gate, gate_case_of(file, finding->rule),
					    fingerprint, finding, finding->known);
	for (size_t i = 0; i < gate->policy->rule_count; i++) {
		if (gate->matched[i] && gate_forbids(&gate->policy->rules[i], finding))
			ok = gate_against_finding(gate, &file->cases[i], fingerprint,
						  finding, finding->known) &&
			     ok;
	}
	return ok;
}

bool gate_connection(struct gate *gate, const struct te_connection *c,
		     struct te_finding *findings)
{
	struct gate_file *file = gate_current(gate);
	bool ok = gate_match(gate, c);

	if (c->ongoing) {
		for (size_t i = 0; i < c->finding_count; i++)
			findings[i].known = baseline_see(
			    gate->policy->baseline,
			    describe_fingerprint(&findings[i], &gate->naming));
		return ok;
	}
	for (size_t i = 0; i < gate->policy->rule_count; i++) {
		if (gate->matched[i])
			ok = gate_rule_connection(gate, &file->cases[i], c) && ok;
	}
	for (size_t i = 0; i < c->finding_count; i++)
		ok = gate_finding(gate, &findings[i]) && ok;
	return ok;
}

bool gate_wide(struct gate *gate, struct te_finding *finding)
{
	gate_match_wide(gate, finding);
	return gate_finding(gate, finding);
}

/* ---- the end of a capture ---- */

static void gate_settle(struct gate_case *of)
{
	uint64_t tolerated = of->kind == GATE_RULE ? of->rule->max_count : 0;

	if (of->broken || of->failing > tolerated)
		of->status = GATE_FAILED;
	else if (of->failing == 0 && of->known > 0)
		of->status = GATE_KNOWN;
}

static struct check_counts gate_counts(const struct gate_file *file)
{
	struct check_counts counts = { 0 };

	for (size_t i = 0; i < file->case_count; i++) {
		const struct gate_case *of = &file->cases[i];

		counts.known += of->known;
		if (of->kind == GATE_RULE) {
			counts.rules++;
			counts.broken += of->status == GATE_FAILED;
		} else {
			counts.failing += of->failing;
		}
	}
	return counts;
}

/* The last two cases are told only when there is something to tell. */
static void gate_drop_idle(struct gate_file *file)
{
	struct gate_case *capture = &file->cases[--file->case_count];
	struct gate_case *rest = &file->cases[--file->case_count];

	if (rest->items != NULL)
		file->case_count++;
	if (file->result.trouble[0] != '\0' || file->case_count == 0) {
		capture->status =
		    file->result.trouble[0] != '\0' ? GATE_ERROR : GATE_PASSED;
		file->cases[file->case_count++] = *capture;
	}
}

const struct gate_file *gate_end(struct gate *gate, const struct check_inputs *inputs,
				 const struct te_totals *totals)
{
	struct gate_file *file = gate_current(gate);
	struct check_inputs all = *inputs;
	struct check_counts counts;

	for (size_t i = 0; i < file->case_count; i++) {
		struct gate_case *of = &file->cases[i];

		if (of->kind == GATE_RULE && !gate_rule_end(gate, of))
			all.interrupted = true; /* out of memory */
		gate_settle(of);
	}
	counts = gate_counts(file);
	file->connections = totals->connections;
	file->packets = totals->packets;
	file->result = check_judge(gate->check, &all, totals, &counts);
	gate_drop_idle(file);
	return file;
}

int gate_status(const struct gate *gate)
{
	int worst = CHECK_OK;

	for (size_t i = 0; i < gate->file_count; i++) {
		if (gate->files[i].result.status > worst)
			worst = gate->files[i].result.status;
	}
	return worst;
}
