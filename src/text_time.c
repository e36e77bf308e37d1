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

static const char *put_number(const struct text *text, te_time time, unsigned digits,
			      char cell[TEXT_TIME])
{
	*out_put_time(text->term.out, cell, time, digits) = '\0';
	return cell;
}

/* 0: the year has more digits than there is room for */
static size_t put_second(enum out_time kind, const struct tm *tm, char *words,
			 size_t room)
{
	if (kind == OUT_TIME_DATE)
		return strftime(words, room, "%Y-%m-%d %H:%M:%S", tm);
	if (kind == OUT_TIME_YEARDAY)
		return strftime(words, room, "%Y/%j %H:%M:%S", tm);
	return strftime(words, room, "%H:%M:%S", tm);
}

/* Lines of the same second follow one another. */
static const char *second_words(struct text_second *known, enum out_time kind,
				time_t second)
{
	struct tm tm;

	if (known->words[0] != '\0' && known->second == second)
		return known->words;
	known->second = second;
	if (gmtime_r(&second, &tm) == NULL ||
	    put_second(kind, &tm, known->words, sizeof(known->words)) == 0)
		known->words[0] = '\0';
	return known->words;
}

static void put_day(struct text *text, te_time time, unsigned digits,
		    char cell[TEXT_TIME])
{
	te_time fraction = (time % TE_SEC + TE_SEC) % TE_SEC;
	const char *words = second_words(&text->second, text->run->time,
					 (time_t)((time - fraction) / TE_SEC));
	size_t length = strlen(words);

	if (length == 0) {
		memcpy(cell, "-", 2);
		return;
	}
	/* "0.123456", of which the 0 is said already */
	(void)put_number(text, fraction, digits, cell + length - 1);
	memcpy(cell, words, length);
}

const char *text_time(struct text *text, const struct text_clock *clock, te_time time,
		      unsigned digits, char cell[TEXT_TIME])
{
	switch (text->run->time) {
	case OUT_TIME_RELATIVE:
		return put_number(text, difference(time, clock->start), digits, cell);
	case OUT_TIME_DELTA:
		return put_number(text, difference(time, clock->before), digits, cell);
	case OUT_TIME_EPOCH:
		return put_number(text, time, digits, cell);
	case OUT_TIME_OF_DAY:
	case OUT_TIME_DATE:
	case OUT_TIME_YEARDAY:
		put_day(text, time, digits, cell);
		break;
	case OUT_TIME_NONE:
		cell[0] = '\0';
		break;
	}
	return cell;
}
