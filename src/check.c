/* check.c - what a run's findings and inputs mean for its exit status */
#include "config.h"
#include "check.h"
#include "parse.h"
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
	return strncmp(item, "loss=", 5) == 0 && parse_percent(item + 5, &allow->loss);
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

static bool check_threshold(const struct check *check, enum te_severity *threshold)
{
	*threshold = check->has_fail_on ? check->threshold : TE_WARNING;
	return check->has_fail_on ? check->has_threshold : check->enabled;
}

static uint64_t check_failing(const struct check *check, const struct te_totals *totals)
{
	enum te_severity threshold;
	uint64_t failing = 0;

	if (!check_threshold(check, &threshold))
		return 0;
	for (int s = (int)threshold; s <= TE_ERROR; s++)
		failing += totals->severities[s];
	return failing;
}

static bool check_lossy(const struct check_allow *allow, uint64_t dropped,
			uint64_t packets)
{
	if (dropped == 0)
		return false;
	return 100.0 * (double)dropped >
	       allow->loss * ((double)dropped + (double)packets);
}

struct check_result check_judge(const struct check *check,
				const struct check_inputs *inputs,
				const struct te_totals *totals)
{
	struct check_result result = { .status = CHECK_OK, .complete = true };

	result.failing = check_failing(check, totals);
	if (result.failing > 0)
		result.status = CHECK_FAILED;
	if (inputs->damaged || inputs->interrupted ||
	    (inputs->truncated_tail && !check->allow.truncated_tail) ||
	    check_lossy(&check->allow, inputs->dropped, totals->packets))
		result.complete = false;
	result.empty = check->enabled && totals->connections == 0 && !check->allow.empty;
	if (!result.complete || result.empty)
		result.status = CHECK_INCOMPLETE;
	return result;
}

const char *check_verdict(const struct check *check, const struct check_result *result,
			  char *buf, size_t size)
{
	enum te_severity threshold;
	bool judged = check_threshold(check, &threshold);
	const char *tail = !result->complete ? "; the input is incomplete"
			   : result->empty   ? "; no TCP connection to judge"
					     : "";
	const char *word = result->status == CHECK_OK       ? "passed"
			   : result->status == CHECK_FAILED ? "FAILED"
							    : "INCOMPLETE";

	if (!judged)
		snprintf(buf, size, "%s - no finding fails%s", word, tail);
	else
		snprintf(buf, size, "%s - %" PRIu64 " finding%s at or above %s%s", word,
			 result->failing, result->failing == 1 ? "" : "s",
			 te_severity_name(threshold), tail);
	return buf;
}
