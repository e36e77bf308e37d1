/* option_report.c - the values of the options that say what is printed, and where */
#include "config.h"
#include "moment.h"
#include "nearest.h"
#include "option_table.h"
#include "option_values.h"
#include "parse.h"
#include "say.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct option_word option_parts[] = {
	{ "overview", OUT_OVERVIEW },       { "findings", OUT_FINDINGS },
	{ "connections", OUT_CONNECTIONS }, { "transitions", OUT_TRANSITIONS },
	{ "timeline", OUT_TIMELINE },       { "hosts", OUT_HOSTS }, { NULL, 0 },
};
static const struct option_word option_times[] = {
	{ "a", OUT_TIME_OF_DAY },  { "ad", OUT_TIME_DATE },  { "adoy", OUT_TIME_YEARDAY },
	{ "d", OUT_TIME_DELTA },   { "dd", OUT_TIME_DELTA }, { "e", OUT_TIME_EPOCH },
	{ "r", OUT_TIME_RELATIVE },
	{ "u", OUT_TIME_OF_DAY },  { "ud", OUT_TIME_DATE },  { "udoy", OUT_TIME_YEARDAY },
	{ NULL, 0 },
};
static const char *const option_later_formats[] = {
	"prom", "html", "zeek",
};
/* clang-format on */

/* tshark's word, or NULL */
static const struct option_word *option_time_word(const char *word)
{
	for (const struct option_word *w = option_times; word && w->word != NULL; w++) {
		if (strcmp(w->word, word) == 0)
			return w;
	}
	return NULL;
}

bool option_is_time_format(const char *word)
{
	return option_time_word(word) != NULL;
}

/* A word is tshark's; without one each further -t is tcpdump's next kind. */
bool option_time(struct options *o, const char *value, char *err, size_t size)
{
	static const enum out_time letters[] = {
		OUT_TIME_NONE, OUT_TIME_EPOCH,    OUT_TIME_DELTA,
		OUT_TIME_DATE, OUT_TIME_RELATIVE,
	};
	const struct option_word *word = option_time_word(value);

	(void)err;
	(void)size;
	if (word != NULL)
		o->time = (enum out_time)word->value;
	else if ((size_t)o->time_letters < OPTION_LENGTH(letters))
		o->time = letters[o->time_letters++];
	return true;
}

static bool option_find_format(const char *name, const struct out_format **format,
			       char *err, size_t size)
{
	struct nearest near;
	char hint[64];

	/* Wireshark's name of it */
	if (strcmp(name, "json") == 0)
		name = "jsonl";
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
	if (near.best == NULL)
		snprintf(hint, sizeof(hint), "; there are text, jsonl, csv and script");
	else
		nearest_hint(&near, hint, sizeof(hint));
	return option_wrong(err, size, "no format is called '%.60s'%s", name, hint);
}

bool option_format(struct options *o, const char *value, char *err, size_t size)
{
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
	if (!option_find_format(name, &report.format, err, size))
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

/* What a format shows when --show is silent. */
static unsigned option_default_show(const struct options *o, const char *format)
{
	if (o->at.moment.kind != MOMENT_NONE)
		return OUT_SOCKETS;
	if (o->diff_old != NULL)
		return OUT_DIFF;
	if (strcmp(format, "csv") == 0)
		return OUT_CONNECTIONS;
	if (strcmp(format, "script") == 0)
		return OUT_TRANSITIONS | OUT_TIMELINE;
	if (strcmp(format, "text") != 0)
		return OUT_ALL & ~(unsigned)OUT_HOSTS;
	return o->quiet ? OUT_OVERVIEW : OUT_OVERVIEW | OUT_FINDINGS;
}

static bool option_is_table(unsigned show)
{
	return show == OUT_CONNECTIONS || show == OUT_FINDINGS || show == OUT_TRANSITIONS;
}

/* Those of --check have no parts to choose, and a script is one thing. */
static unsigned option_report_show(const struct options *o,
				   const struct out_format *format)
{
	if (out_is_gate(format))
		return 0;
	return o->show != 0 && format != &out_script
		   ? o->show
		   : option_default_show(o, format->name);
}

static bool option_finish_report(const struct options *o, struct options_report *report)
{
	bool at = o->at.moment.kind != MOMENT_NONE;
	const char *name = report->format->name;

	report->show = option_report_show(o, report->format);
	if (out_is_gate(report->format) && !o->check.enabled)
		say_error("%s tells of --check: give that too, or --policy", name);
	else if (at && (strcmp(name, "csv") == 0 || report->format == &out_script))
		say_error("--at is text or jsonl, not %s", name);
	else if (strcmp(name, "csv") == 0 && !option_is_table(report->show))
		say_error("csv is one table: --show connections, findings or "
			  "transitions");
	else
		return true;
	return false;
}

bool option_finish_reports(struct options *o)
{
	struct options_report *reports =
	    realloc(o->reports, (o->report_count + 1) * sizeof(*reports));

	if (reports == NULL) {
		say_error("out of memory");
		return false;
	}
	if (o->format == NULL)
		o->format = &out_text;
	o->reports = reports;
	memmove(reports + 1, reports, o->report_count * sizeof(*reports));
	reports[0] = (struct options_report){ .format = o->format };
	o->report_count++;
	for (size_t i = 0; i < o->report_count; i++) {
		if (!option_finish_report(o, &reports[i]))
			return false;
	}
	return true;
}
