/* moment.c - a moment of a capture, as people write it */
#include "config.h"
#include "moment.h"
#include "parse.h"
#include <ctype.h>
#include <string.h>

enum { MOMENT_YEAR_MIN = 1970, MOMENT_YEAR_MAX = 2261 }; /* what te_time holds */

/* Digits, as many as there are up to `most`; their number, and *text behind them. */
static size_t moment_digits(const char **text, size_t most, int64_t *value)
{
	size_t n = 0;

	*value = 0;
	while (n < most && isdigit((unsigned char)**text)) {
		*value = *value * 10 + (*(*text)++ - '0');
		n++;
	}
	return n;
}

/* ".5" as nanoseconds, or nothing. More than nine digits are none of a capture's. */
static bool moment_fraction(const char **text, te_time *ns)
{
	size_t digits;

	*ns = 0;
	if (**text != '.')
		return true;
	(*text)++;
	digits = moment_digits(text, 9, ns);
	for (size_t i = digits; i < 9; i++)
		*ns *= 10;
	return digits > 0;
}

/* Exact: never through a double. */
static bool moment_seconds(const char *text, te_time *time)
{
	int64_t seconds;
	te_time ns;

	if (moment_digits(&text, 12, &seconds) == 0 || !moment_fraction(&text, &ns) ||
	    *text != '\0')
		return false;
	return !__builtin_mul_overflow(seconds, TE_SEC, time) &&
	       !__builtin_add_overflow(*time, ns, time);
}

/* ---- RFC 3339 5.6 ---- */

struct moment_date {
	int64_t year, month, day, hour, minute, second;
};

static bool moment_is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t moment_month_days(int64_t year, int64_t month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && moment_is_leap(year));
}

/* 23:59:60 is a leap second, which Unix time does not have: the next one's. */
static bool moment_date_is_valid(const struct moment_date *d)
{
	return d->year >= MOMENT_YEAR_MIN && d->year <= MOMENT_YEAR_MAX &&
	       d->month >= 1 && d->month <= 12 && d->day >= 1 &&
	       d->day <= moment_month_days(d->year, d->month) && d->hour <= 23 &&
	       d->minute <= 59 && d->second <= 60;
}

static int64_t moment_unix(const struct moment_date *d)
{
	int64_t days = d->day - 1;

	for (int64_t year = MOMENT_YEAR_MIN; year < d->year; year++)
		days += moment_is_leap(year) ? 366 : 365;
	for (int64_t month = 1; month < d->month; month++)
		days += moment_month_days(d->year, month);
	return ((days * 24 + d->hour) * 60 + d->minute) * 60 + d->second;
}

/* Two digits, and the separator that stands before them. */
static bool moment_pair(const char **text, const char *before, int64_t *value)
{
	if (**text == '\0' || strchr(before, **text) == NULL)
		return false;
	(*text)++;
	return moment_digits(text, 2, value) == 2;
}

/* Z, or what the clock is ahead of UTC, in seconds. */
static bool moment_zone(const char *text, int64_t *ahead)
{
	int sign = *text == '-' ? -1 : 1;
	int64_t hour, minute;

	*ahead = 0;
	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return true;
	if (!moment_pair(&text, "+-", &hour) || !moment_pair(&text, ":", &minute) ||
	    *text != '\0' || hour > 23 || minute > 59)
		return false;
	*ahead = sign * (hour * 60 + minute) * 60;
	return true;
}

static const char *moment_parse_date(const char *text, te_time *time)
{
	static const char wrong[] = "is no date; one is 2023-11-14T22:13:20Z";
	struct moment_date date;
	int64_t ahead;
	te_time ns;

	if (moment_digits(&text, 4, &date.year) != 4 ||
	    !moment_pair(&text, "-", &date.month) ||
	    !moment_pair(&text, "-", &date.day) ||
	    !moment_pair(&text, "Tt ", &date.hour) ||
	    !moment_pair(&text, ":", &date.minute) ||
	    !moment_pair(&text, ":", &date.second) || !moment_fraction(&text, &ns) ||
	    !moment_date_is_valid(&date))
		return wrong;
	if (*text == '\0')
		return "says no zone; append Z for UTC, or +01:00";
	if (!moment_zone(text, &ahead))
		return wrong;
	*time = (moment_unix(&date) - ahead) * TE_SEC + ns;
	return NULL;
}

/* ---- all of them ---- */

static const char *moment_parse_since(const char *text, te_time *time)
{
	if (moment_seconds(text, time) || parse_duration(text, time))
		return NULL;
	return "is no time from the start; one is +12.5";
}

const char *moment_parse(const char *text, struct moment *moment)
{
	struct moment m = { .kind = MOMENT_TIME };
	const char *wrong = NULL;

	if (text[0] == '+') {
		m.kind = MOMENT_SINCE;
		wrong = moment_parse_since(text + 1, &m.time);
	} else if (text[0] == '#') {
		m.kind = MOMENT_FRAME;
		if (!parse_u64(text + 1, 1, INT64_MAX, &m.frame))
			wrong = "is no frame; they count from #1";
	} else if (text[0] == '-') {
		wrong = "is before the start of the capture";
	} else if (strchr(text, '-') != NULL) {
		wrong = moment_parse_date(text, &m.time);
	} else if (!moment_seconds(text, &m.time)) {
		wrong = "is no time; one is 1700000000.5, 2023-11-14T22:13:20Z, +12.5 "
			"or #123";
	}
	if (wrong == NULL)
		*moment = m;
	return wrong;
}
