/* check.c - what a run's findings and inputs mean for its exit status */
#include "config.h"
#include "check.h"
#include "parse.h"
#include "phrase.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool check_parse_fail_on(struct check *check, const char *text, char *err, size_t size)
{
	check->has_fail_on = true;
	check->has_threshold = strcmp(text, "never") != 0;
	if (!check->has_threshold || parse_severity(text, &check->threshold))
		return true;
	snprintf(err, size, "'%s' is none of note, warning, error, never", text);
	return false;
}

static bool check_parse_allowed(struct check_allow *allow, const char *item)
{
	if (strcmp(item, "truncated-tail") == 0) {
		allow->truncated_tail = true;
		return true;
	}
	if (strcmp(item, "empty") == 0) {
		allow->empty = true;
		return true;
	}
	allow->has_loss = strncmp(item, "loss=", 5) == 0;
	return allow->has_loss && parse_percent(item + 5, &allow->loss);
}

bool check_parse_allow(struct check *check, const char *list, char *err, size_t size)
{
	char item[64];
	bool ok;

	while (parse_item(&list, item, sizeof(item), &ok)) {
		if (!ok || !check_parse_allowed(&check->allow, item)) {
			snprintf(err, size,
				 "'%s' is none of truncated-tail, loss=0.1%%, empty",
				 ok ? item : "");
			return false;
		}
	}
	return true;
}

void check_inherit(struct check *check, const struct check *policy)
{
	if (!check->has_fail_on) {
		check->has_fail_on = policy->has_fail_on;
		check->has_threshold = policy->has_threshold;
		check->threshold = policy->threshold;
	}
	check->allow.truncated_tail |= policy->allow.truncated_tail;
	check->allow.empty |= policy->allow.empty;
	if (!check->allow.has_loss)
		check->allow.loss = policy->allow.loss;
}

bool check_threshold(const struct check *check, enum te_severity *threshold)
{
	*threshold = check->has_fail_on ? check->threshold : TE_WARNING;
	return check->has_fail_on ? check->has_threshold : check->enabled;
}

bool check_counts(const struct check *check, enum te_severity severity)
{
	enum te_severity threshold;

	return check_threshold(check, &threshold) && severity >= threshold;
}

static bool check_lossy(const struct check_allow *allow, uint64_t dropped,
			uint64_t packets)
{
	if (dropped == 0)
		return false;
	return 100.0 * (double)dropped >
	       allow->loss * ((double)dropped + (double)packets);
}

/* Why it is not complete; NULL if it is. */
static const char *check_incomplete(const struct check *check,
				    const struct check_inputs *inputs,
				    const struct te_totals *totals)
{
	if (inputs->damaged || (inputs->truncated_tail && !check->allow.truncated_tail))
		return inputs->error != NULL ? inputs->error : "the input is incomplete";
	if (inputs->interrupted)
		return "it was not read to its end";
	if (check_lossy(&check->allow, inputs->dropped, totals->packets))
		return "packets were dropped when it was captured";
	return NULL;
}

struct check_result check_judge(const struct check *check,
				const struct check_inputs *inputs,
				const struct te_totals *totals,
				const struct check_counts *counts)
{
	const char *trouble = check_incomplete(check, inputs, totals);
	struct check_result result = { .status = CHECK_OK, .complete = trouble == NULL };

	result.counts = *counts;
	if (counts->failing > 0 || counts->broken > 0)
		result.status = CHECK_FAILED;
	result.empty = check->enabled && totals->connections == 0 && !check->allow.empty;
	if (!result.complete || result.empty)
		result.status = CHECK_INCOMPLETE;
	if (trouble == NULL && result.empty)
		trouble = "no TCP connection to judge";
	snprintf(result.trouble, sizeof(result.trouble), "%s",
		 trouble != NULL ? trouble : "");
	return result;
}

const char *check_word(int status)
{
	return status == CHECK_OK       ? "passed"
	       : status == CHECK_FAILED ? "FAILED"
					: "INCOMPLETE";
}

const char *check_verdict(const struct check *check, const struct check_result *result,
			  char *buf, size_t size)
{
	const struct check_counts *counts = &result->counts;
	struct phrase phrase = phrase_new(buf, size);
	enum te_severity threshold;

	phrase_add(&phrase, "%s - ", check_word(result->status));
	if (counts->rules > 0)
		phrase_add(&phrase, "%" PRIu64 " of %" PRIu64 " rule%s broken, ",
			   counts->broken, counts->rules, counts->rules == 1 ? "" : "s");
	if (!check_threshold(check, &threshold))
		phrase_add(&phrase, "no finding fails");
	else
		phrase_add(&phrase, "%" PRIu64 " finding%s at or above %s",
			   counts->failing, counts->failing == 1 ? "" : "s",
			   te_severity_name(threshold));
	if (counts->known > 0)
		phrase_add(&phrase, ", %" PRIu64 " known", counts->known);
	if (!result->complete)
		phrase_add(&phrase, "; the input is incomplete");
	else if (result->empty)
		phrase_add(&phrase, "; no TCP connection to judge");
	return buf;
}
