/* text_time.c - the time column, as -t wants it
 *
 * Days and times of day are UTC, as everywhere else.
 */
#include "config.h"

#include "text.h"

#include <string.h>
#include <time.h>

/* clang-format off */
/* With six digits behind the point */
static const unsigned widths[] = {
	[OUT_TIME_RELATIVE] = 10,
	[OUT_TIME_NONE]     = 0,
	[OUT_TIME_EPOCH]    = 17,
	[OUT_TIME_DELTA]    = 10,
	[OUT_TIME_OF_DAY]   = 15,
	[OUT_TIME_DATE]     = 26,
	[OUT_TIME_YEARDAY]  = 24,
};
/* clang-format on */

unsigned text_time_columns(const struct text *text)
{
	return widths[text->run->time];
}

static te_time difference(te_time later, te_time earlier)
{
	te_time between;

	return __builtin_sub_overflow(later, earlier, &between) ? 0 : between;
}

/* 0: the year has more digits than there is room for */
static size_t put_seconds(enum out_time kind, const struct tm *tm, char cell[TEXT_TIME])
{
	size_t room = TEXT_TIME - 10;

	if (kind == OUT_TIME_DATE)
		return strftime(cell, room, "%Y-%m-%d %H:%M:%S", tm);
	if (kind == OUT_TIME_YEARDAY)
		return strftime(cell, room, "%Y/%j %H:%M:%S", tm);
	return strftime(cell, room, "%H:%M:%S", tm);
}

static void put_day(enum out_time kind, te_time time, unsigned digits,
		    char cell[TEXT_TIME])
{
	te_time fraction = (time % TE_SEC + TE_SEC) % TE_SEC;
	time_t seconds = (time_t)((time - fraction) / TE_SEC);
	char point[TERM_NUMBER];
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL || put_seconds(kind, &tm, cell) == 0)
		(void)snprintf(cell, TEXT_TIME, "-");
	else if (digits > 0) /* "0.123456", of which the 0 is said already */
		strcat(cell, term_seconds(fraction, digits, point) + 1);
}

const char *text_time(const struct text *text, const struct text_clock *clock,
		      te_time time, unsigned digits, char cell[TEXT_TIME])
{
	switch (text->run->time) {
	case OUT_TIME_RELATIVE:
		return term_seconds(difference(time, clock->start), digits, cell);
	case OUT_TIME_DELTA:
		return term_seconds(difference(time, clock->before), digits, cell);
	case OUT_TIME_EPOCH:
		return term_seconds(time, digits, cell);
	case OUT_TIME_OF_DAY:
	case OUT_TIME_DATE:
	case OUT_TIME_YEARDAY:
		put_day(text->run->time, time, digits, cell);
		break;
	case OUT_TIME_NONE:
		cell[0] = '\0';
		break;
	}
	return cell;
}
