/* option_values.c - what each option does with its value */
#include "config.h"
#include "option_values.h"
#include "catalogue.h"
#include "nearest.h"
#include "option_table.h"
#include "parse.h"
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct option_word {
	const char *word;
	int value;
};

/* clang-format off */
static const struct option_word option_parts[] = {
	{ "overview", OUT_OVERVIEW },       { "findings", OUT_FINDINGS },
	{ "connections", OUT_CONNECTIONS }, { "transitions", OUT_TRANSITIONS },
	{ "timeline", OUT_TIMELINE },       { "hosts", OUT_HOSTS }, { NULL, 0 },
};
static const struct option_word option_keys[] = {
	{ "auto", TE_KEY_AUTO }, { "vlan", TE_KEY_VLAN }, { "novlan", TE_KEY_NOVLAN },
	{ NULL, 0 },
};
static const struct option_word option_checksums[] = {
	{ "ignore", TE_SUM_IGNORE }, { "count", TE_SUM_COUNT }, { "strict", TE_SUM_STRICT },
	{ NULL, 0 },
};
static const struct option_word option_whens[] = {
	{ "auto", OPTIONS_AUTO }, { "always", OPTIONS_ALWAYS }, { "never", OPTIONS_NEVER },
	{ NULL, 0 },
};

/* linux: TCP_TIMEWAIT_LEN and net.ipv4.ip_local_port_range. windows: the default of
 * TcpTimedWaitDelay in current versions, and the dynamic range since Vista. rfc: 2 MSL
 * of two minutes (RFC 9293 4, "MSL") and the dynamic ports of RFC 6335 6. */
static const struct {
	const char *name;
	double time_wait; /* seconds */
	uint16_t port_low, port_high;
} option_profiles[] = {
	{ "linux",   60,  32768, 60999 },
	{ "windows", 120, 49152, 65535 },
	{ "rfc",     240, 49152, 65535 },
};

static const char *const option_later_formats[] = {
	"script", "prom", "junit", "sarif", "tap", "github", "html", "zeek", "summary",
};
/* clang-format on */

#define OPTION_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool option_wrong(char *err, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static bool option_wrong(char *err, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err, size, fmt, args);
	va_end(args);
	return false;
}

/* "'x' is none of a, b, c" unless it is one of them. */
static bool option_word(const struct option_word *words, const char *value, int *result,
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

static bool option_number(const char *value, uint64_t min, uint64_t max, uint64_t *result,
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

bool option_is_time_format(const char *word)
{
	static const char *const formats[] = { "a", "ad", "adoy", "d",  "dd",
					       "e", "r",  "u",    "ud", "udoy" };

	for (size_t i = 0; word != NULL && i < OPTION_LENGTH(formats); i++) {
		if (strcmp(formats[i], word) == 0)
			return true;
	}
	return false;
}

bool option_time(struct options *o, const char *value, char *err, size_t size)
{
	static const char ts[] = "ttttt";
	size_t before = 0;

	(void)err;
	(void)size;
	if (o->time_format != NULL && o->time_format[0] == 't')
		before = strlen(o->time_format);
	if (before > 4)
		before = 4;
	o->time_format = value != NULL ? value : ts + 4 - before;
	return true;
}

static bool option_find_format(const char *name, const struct out_format **format,
			       char *err, size_t size)
{
	struct nearest near;
	char hint[64];

	*format = out_format_find(name);
	if (*format != NULL)
		return true;
	for (size_t i = 0; i < OPTION_LENGTH(option_later_formats); i++) {
		if (strcmp(option_later_formats[i], name) == 0)
			return option_wrong(err, size, "%s is not available yet", name);
	}
	if (option_is_time_format(name))
		return option_wrong(err, size, "no format is called '%s'; times are -t",
				    name);
	nearest_start(&near, name);
	for (size_t i = 0; out_format_at(i) != NULL; i++)
		nearest_try(&near, out_format_at(i)->name);
	return option_wrong(err, size, "no format is called '%.60s'%s", name,
			    nearest_hint(&near, hint, sizeof(hint)));
}

bool option_format(struct options *o, const char *value, char *err, size_t size)
{
	/* Wireshark's name of it */
	if (strcmp(value, "json") == 0)
		value = "jsonl";
	return option_find_format(value, &o->format, err, size);
}

bool option_json(struct options *o, const char *value, char *err, size_t size)
{
	(void)value;
	return option_find_format("jsonl", &o->format, err, size);
}

bool option_out(struct options *o, const char *value, char *err, size_t size)
{
	const char *equals = strchr(value, '=');
	struct options_report *reports;
	struct options_report report = { 0 };
	char name[32];

	if (equals == NULL || equals == value || equals[1] == '\0' ||
	    (size_t)(equals - value) >= sizeof(name))
		return option_wrong(err, size, "'%.60s' is not FORMAT=FILE", value);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - value), value);
	if (!option_find_format(strcmp(name, "json") == 0 ? "jsonl" : name,
				&report.format, err, size))
		return false;
	report.path = equals + 1;
	reports = realloc(o->reports, (o->report_count + 1) * sizeof(*reports));
	if (reports == NULL)
		return option_wrong(err, size, "out of memory");
	reports[o->report_count++] = report;
	o->reports = reports;
	return true;
}

bool option_show(struct options *o, const char *value, char *err, size_t size)
{
	char item[32];
	bool ok;
	int part;

	o->show = 0;
	while (parse_item(&value, item, sizeof(item), &ok)) {
		if (!ok)
			return option_wrong(err, size, "an empty item in the list");
		if (!option_word(option_parts, item, &part, err, size))
			return false;
		o->show |= (unsigned)part;
	}
	return true;
}

bool option_at(struct options *o, const char *value, char *err, size_t size)
{
	const char *wrong = moment_parse(value, &o->at.moment);

	return wrong == NULL || option_wrong(err, size, "'%.60s' %s", value, wrong);
}

bool option_host(struct options *o, const char *value, char *err, size_t size)
{
	memset(&o->at.host, 0, sizeof(o->at.host));
	if (inet_pton(AF_INET, value, o->at.host.bytes) == 1)
		o->at.host_version = 4;
	else if (inet_pton(AF_INET6, value, o->at.host.bytes) == 1)
		o->at.host_version = 6;
	else
		return option_wrong(err, size, "'%.60s' is no IPv4 or IPv6 address",
				    value);
	return true;
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

bool option_check(struct options *o, const char *value, char *err, size_t size)
{
	(void)value;
	(void)err;
	(void)size;
	o->check.enabled = true;
	o->separate = true;
	return true;
}

bool option_fail_on(struct options *o, const char *value, char *err, size_t size)
{
	return check_parse_fail_on(&o->check, value, err, size);
}

bool option_allow(struct options *o, const char *value, char *err, size_t size)
{
	return check_parse_allow(&o->check, value, err, size);
}

bool option_time_wait(struct options *o, const char *value, char *err, size_t size)
{
	return parse_limit_value(TE_UNIT_SECONDS, value,
				 &o->config.limits[TE_LIMIT_TIME_WAIT]) ||
	       option_wrong(err, size, "'%.60s' is no duration; one is 60 or 2min",
			    value);
}

bool option_port_range(struct options *o, const char *value, char *err, size_t size)
{
	return parse_port_range(value, &o->port_low, &o->port_high) ||
	       option_wrong(err, size, "'%.60s' is no range; one is 32768-60999", value);
}

static bool option_limit(const char *name, size_t len, enum te_limit *limit)
{
	for (int i = 0; i < TE_LIMIT_COUNT; i++) {
		const char *row = te_limit_row((enum te_limit)i)->name;

		if (strlen(row) == len && strncmp(row, name, len) == 0) {
			*limit = (enum te_limit)i;
			return true;
		}
	}
	return false;
}

static bool option_no_limit(const char *name, char *err, size_t size)
{
	struct nearest near;
	char hint[64];

	nearest_start(&near, name);
	for (int i = 0; i < TE_LIMIT_COUNT; i++)
		nearest_try(&near, te_limit_row((enum te_limit)i)->name);
	return option_wrong(err, size, "no limit is called '%s'%s", name,
			    nearest_hint(&near, hint, sizeof(hint)));
}

bool option_set(struct options *o, const char *value, char *err, size_t size)
{
	size_t len = strcspn(value, "=");
	const struct te_limit_row *row;
	enum te_limit limit;
	char name[48];

	snprintf(name, sizeof(name), "%.*s", len > 40 ? 40 : (int)len, value);
	if (!option_limit(value, len, &limit))
		return option_no_limit(name, err, size);
	row = te_limit_row(limit);
	if (value[len] == '\0' ||
	    !parse_limit_value(row->unit, value + len + 1, &o->config.limits[limit]))
		return option_wrong(err, size, "'%.60s' is not like %s=%s", value,
				    row->name, parse_limit_example(row->unit));
	return true;
}

bool option_profile(struct options *o, const char *value, char *err, size_t size)
{
	for (size_t i = 0; i < OPTION_LENGTH(option_profiles); i++) {
		if (strcmp(option_profiles[i].name, value) != 0)
			continue;
		o->config.limits[TE_LIMIT_TIME_WAIT] = option_profiles[i].time_wait;
		o->port_low = option_profiles[i].port_low;
		o->port_high = option_profiles[i].port_high;
		return true;
	}
	return option_wrong(err, size, "'%.60s' is none of linux, windows, rfc", value);
}

bool option_key(struct options *o, const char *value, char *err, size_t size)
{
	int key;

	if (!option_word(option_keys, value, &key, err, size))
		return false;
	o->config.key = (enum te_key)key;
	return true;
}

bool option_checksum(struct options *o, const char *value, char *err, size_t size)
{
	int checksum;

	if (!option_word(option_checksums, value, &checksum, err, size))
		return false;
	o->config.checksum = (enum te_checksum)checksum;
	return true;
}

bool option_max_memory(struct options *o, const char *value, char *err, size_t size)
{
	return parse_size(value, &o->max_memory) ||
	       option_wrong(err, size, "'%.60s' is no size; one is 512M", value);
}

bool option_threads(struct options *o, const char *value, char *err, size_t size)
{
	return option_number(value, 1, 1024, &o->threads, err, size);
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

bool option_sandbox(struct options *o, const char *value, char *err, size_t size)
{
	(void)o;
	if (strcmp(value, "auto") == 0 || strcmp(value, "off") == 0)
		return true;
	if (strcmp(value, "strict") == 0)
		return option_wrong(err, size, "strict is not available yet");
	return option_wrong(err, size, "'%.60s' is none of auto, strict, off", value);
}

bool option_explain(struct options *o, const char *value, char *err, size_t size)
{
	o->explain = value;
	return value == NULL || catalogue_find(value, err, size) != NULL;
}
