/* option_values.c - what each option does with its value: input, selection, people
 *
 * option_report.c has those of what is printed, option_check.c those of --check,
 * option_limits.c those of timers and bounds.
 */
#include "config.h"
#include "option_values.h"
#include "explain.h"
#include "parse.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct option_word option_whens[] = {
	{ "auto", OPTIONS_AUTO }, { "always", OPTIONS_ALWAYS }, { "never", OPTIONS_NEVER },
	{ NULL, 0 },
};
/* clang-format on */

bool option_wrong(char *err, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err, size, fmt, args);
	va_end(args);
	return false;
}

bool option_word(const struct option_word *words, const char *value, int *result,
		 char *err, size_t size)
{
	size_t used;

	for (const struct option_word *w = words; w->word != NULL; w++) {
		if (strcmp(w->word, value) == 0) {
			*result = w->value;
			return true;
		}
	}
	snprintf(err, size, "'%.60s' is none of", value);
	for (const struct option_word *w = words; w->word != NULL; w++) {
		used = strlen(err);
		snprintf(err + used, size - used, "%s %s", w == words ? "" : ",",
			 w->word);
	}
	return false;
}

bool option_number(const char *value, uint64_t min, uint64_t max, uint64_t *result,
		   char *err, size_t size)
{
	if (parse_u64(value, min, max, result))
		return true;
	return option_wrong(err, size, "'%.60s' is no number from %llu to %llu", value,
			    (unsigned long long)min, (unsigned long long)max);
}

bool option_input(struct options *o, const char *value, char *err, size_t size)
{
	return words_input(&o->words, value) || option_wrong(err, size, "out of memory");
}

bool option_count(struct options *o, const char *value, char *err, size_t size)
{
	return option_number(value, 1, INT64_MAX, &o->count, err, size);
}

/* 0 means everything, as in tcpdump */
bool option_snaplen(struct options *o, const char *value, char *err, size_t size)
{
	if (!option_number(value, 0, 262144, &o->snaplen, err, size))
		return false;
	if (o->snaplen == 0)
		o->snaplen = 262144;
	return true;
}

bool option_buffer(struct options *o, const char *value, char *err, size_t size)
{
	return option_number(value, 1, 2097151, &o->buffer_kib, err, size);
}

bool option_conn(struct options *o, const char *value, char *err, size_t size)
{
	return select_add_conns(&o->selection, value, err, size);
}

bool option_state(struct options *o, const char *value, char *err, size_t size)
{
	return select_add_states(&o->selection, value, err, size);
}

bool option_finding(struct options *o, const char *value, char *err, size_t size)
{
	return select_add_rules(&o->selection, value, err, size);
}

bool option_severity(struct options *o, const char *value, char *err, size_t size)
{
	o->selection.has_severity = true;
	return parse_severity(value, &o->selection.severity) ||
	       option_wrong(err, size, "'%.60s' is none of note, warning, error", value);
}

bool option_min_duration(struct options *o, const char *value, char *err, size_t size)
{
	o->selection.has_duration = true;
	return parse_duration(value, &o->selection.min_duration) ||
	       option_wrong(err, size, "'%.60s' is no duration; one is 10s, 500ms, 2min",
			    value);
}

bool option_sort(struct options *o, const char *value, char *err, size_t size)
{
	size_t used;

	o->sort = hold_key_find(value);
	if (o->sort != NULL)
		return true;
	snprintf(err, size, "'%.60s' is none of", value);
	for (size_t i = 0; hold_key_name(i) != NULL; i++) {
		used = strlen(err);
		snprintf(err + used, size - used, "%s %s", i == 0 ? "" : ",",
			 hold_key_name(i));
	}
	return false;
}

bool option_top(struct options *o, const char *value, char *err, size_t size)
{
	return option_number(value, 1, UINT32_MAX, &o->top, err, size);
}

static bool option_when(const char *value, enum options_when *when, char *err,
			size_t size)
{
	int word;

	if (!option_word(option_whens, value, &word, err, size))
		return false;
	*when = (enum options_when)word;
	return true;
}

bool option_color(struct options *o, const char *value, char *err, size_t size)
{
	return option_when(value, &o->color, err, size);
}

bool option_progress(struct options *o, const char *value, char *err, size_t size)
{
	if (strcmp(value, "always") == 0)
		return option_wrong(err, size, "'always' is none of auto, never");
	return option_when(value, &o->progress, err, size);
}

bool option_explain(struct options *o, const char *value, char *err, size_t size)
{
	o->explain = value;
	return value == NULL || explain_has(value, err, size);
}
