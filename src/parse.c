/* parse.c - the values that options take: numbers, durations, states, severities */
#include "config.h"
#include "parse.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct parse_unit {
	const char *name;
	double factor;
};

/* A word for each factor; the empty one is what a number alone means. */
/* clang-format off */
static const struct parse_unit parse_seconds[] = {
	{ "", 1 }, { "s", 1 }, { "sec", 1 }, { "ns", 1e-9 }, { "us", 1e-6 }, { "ms", 1e-3 },
	{ "m", 60 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 }, { NULL, 0 },
};
static const struct parse_unit parse_bytes[] = {
	{ "", 1 }, { "b", 1 },
	{ "k", 1024 }, { "kb", 1024 }, { "kib", 1024 },
	{ "m", 1048576 }, { "mb", 1048576 }, { "mib", 1048576 },
	{ "g", 1073741824 }, { "gb", 1073741824 }, { "gib", 1073741824 }, { NULL, 0 },
};
static const struct parse_unit parse_percents[] = { { "", 1 }, { "%", 1 }, { NULL, 0 } };
static const struct parse_unit parse_rates[] = {
	{ "", 1 }, { "/s", 1 }, { "/sec", 1 }, { "/min", 1.0 / 60 }, { NULL, 0 },
};
static const struct parse_unit parse_counts[] = { { "", 1 }, { NULL, 0 } };

static const struct {
	const struct parse_unit *units;
	const char *example;
	double max;
} parse_limits[] = {
	[TE_UNIT_SECONDS]    = { parse_seconds,  "10s",    1e9 },
	[TE_UNIT_COUNT]      = { parse_counts,   "10",     1e15 },
	[TE_UNIT_PERCENT]    = { parse_percents, "70%",    100 },
	[TE_UNIT_PER_SECOND] = { parse_rates,    "1000/s", 1e15 },
};

/* Beside the names in te_state_name(); compared without case, '-', '_' and blanks. */
static const struct {
	const char *word;
	enum te_state state;
} parse_states[] = {
	{ "estab", TE_ESTABLISHED },     /* ss */
	{ "synrecv", TE_SYN_RCVD },      /* ss, netstat, Linux */
	{ "synreceived", TE_SYN_RCVD },  /* RFC 9293, Windows */
	{ "listening", TE_LISTEN },      /* Windows */
	{ "close", TE_CLOSED },          /* Linux, conntrack */
	{ "unconn", TE_CLOSED },         /* ss */
};
/* clang-format on */

/* strtod() also takes hexadecimal, "inf" and leading blanks: digits and a point only. */
static bool parse_number(const char *text, double *value, const char **end)
{
	char *stop;
	size_t len = strspn(text, "0123456789.");

	if (len == 0 || len > 30 || !isdigit((unsigned char)text[0]))
		return false;
	*value = strtod(text, &stop);
	*end = text + len;
	return stop == *end && isfinite(*value);
}

static bool parse_scaled(const char *text, const struct parse_unit *unit, double max,
			 double *value)
{
	const char *end;
	double number;

	if (!parse_number(text, &number, &end))
		return false;
	while (unit->name != NULL && strcasecmp(unit->name, end) != 0)
		unit++;
	if (unit->name == NULL || number * unit->factor > max)
		return false;
	*value = number * unit->factor;
	return true;
}

bool parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	unsigned long long number;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || number < min || number > max)
		return false;
	*value = number;
	return true;
}

bool parse_hex_id(const char *text, uint64_t *id)
{
	if (strlen(text) != 16 || strspn(text, "0123456789abcdefABCDEF") != 16)
		return false;
	*id = strtoull(text, NULL, 16);
	return true;
}

bool parse_size(const char *text, uint64_t *bytes)
{
	double value;

	if (!parse_scaled(text, parse_bytes, 1e18, &value))
		return false;
	*bytes = (uint64_t)value;
	return true;
}

bool parse_duration(const char *text, te_time *duration)
{
	double seconds;

	if (!parse_scaled(text, parse_seconds, 1e9, &seconds))
		return false;
	*duration = (te_time)llround(seconds * 1e9);
	return true;
}

bool parse_percent(const char *text, double *percent)
{
	return parse_scaled(text, parse_percents, 100, percent);
}

bool parse_limit_value(enum te_limit_unit unit, const char *text, double *value)
{
	return parse_scaled(text, parse_limits[unit].units, parse_limits[unit].max,
			    value);
}

const char *parse_limit_example(enum te_limit_unit unit)
{
	return parse_limits[unit].example;
}

bool parse_port_range(const char *text, uint16_t *low, uint16_t *high)
{
	const char *dash = strchr(text, '-');
	char first[8];
	uint64_t lo, hi;

	if (dash == NULL || (size_t)(dash - text) >= sizeof(first))
		return false;
	memcpy(first, text, (size_t)(dash - text));
	first[dash - text] = '\0';
	if (!parse_u64(first, 1, 65535, &lo) || !parse_u64(dash + 1, lo, 65535, &hi))
		return false;
	*low = (uint16_t)lo;
	*high = (uint16_t)hi;
	return true;
}

static bool parse_fold(const char *text, char *folded, size_t size)
{
	size_t used = 0;

	for (; *text != '\0'; text++) {
		if (*text == '-' || *text == '_' || *text == ' ')
			continue;
		if (used + 1 >= size)
			return false;
		folded[used++] = (char)tolower((unsigned char)*text);
	}
	folded[used] = '\0';
	return used > 0;
}

bool parse_state(const char *text, enum te_state *state)
{
	char asked[24], name[24];

	if (!parse_fold(text, asked, sizeof(asked)))
		return false;
	for (int s = 0; s < TE_STATE_COUNT; s++) {
		if (parse_fold(te_state_name((enum te_state)s), name, sizeof(name)) &&
		    strcmp(name, asked) == 0) {
			*state = (enum te_state)s;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(parse_states) / sizeof(parse_states[0]); i++) {
		if (strcmp(parse_states[i].word, asked) == 0) {
			*state = parse_states[i].state;
			return true;
		}
	}
	return false;
}

bool parse_severity(const char *text, enum te_severity *severity)
{
	for (int s = TE_NOTE; s <= TE_ERROR; s++) {
		if (strcasecmp(te_severity_name((enum te_severity)s), text) == 0) {
			*severity = (enum te_severity)s;
			return true;
		}
	}
	return false;
}

bool parse_item(const char **list, char *item, size_t size, bool *ok)
{
	const char *start = *list, *end;

	*ok = true;
	if (start == NULL)
		return false;
	end = start + strcspn(start, ",");
	*list = *end == ',' ? end + 1 : NULL;
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	if (end == start || (size_t)(end - start) >= size) {
		*ok = false;
		return true;
	}
	memcpy(item, start, (size_t)(end - start));
	item[end - start] = '\0';
	return true;
}
