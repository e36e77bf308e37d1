/* term_number.c - numbers as people read them */
#include "config.h"

#include "phrase.h"
#include "term.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

const char *term_count(uint64_t n, char buf[TERM_NUMBER])
{
	char digits[OUT_DIGITS];
	size_t len = (size_t)(out_decimal(digits, n) - digits);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf[used++] = ',';
		buf[used++] = digits[i];
	}
	buf[used] = '\0';
	return buf;
}

const char *term_bytes(uint64_t n, char buf[TERM_NUMBER])
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	uint64_t unit = 1000;
	size_t i = 0;

	if (n < 1000) {
		(void)phrase_print(buf, TERM_NUMBER, "%u B", (unsigned)n);
		return buf;
	}
	/* rounded to three digits at most: 999.5 kB is 1.0 MB */
	while (i + 1 < ROWS(units) && n >= unit * 1000 - unit / 2) {
		unit *= 1000;
		i++;
	}
	uint64_t tenths = n / (unit / 10) + (n % (unit / 10) >= unit / 20);
	if (tenths < 100)
		(void)phrase_print(buf, TERM_NUMBER, "%u.%u %s", (unsigned)(tenths / 10),
				   (unsigned)(tenths % 10), units[i]);
	else
		(void)phrase_print(buf, TERM_NUMBER, "%u %s",
				   (unsigned)(n / unit + (n % unit >= unit / 2)),
				   units[i]);
	return buf;
}
