/* utf8.c - is this a character? (RFC 3629) */
#include "config.h"
#include "utf8.h"
#include <string.h>

/* What the second byte may be depends on the first; all further ones are 80-BF. */
struct utf8_range {
	unsigned char first, last; /* first byte */
	unsigned char low, high;   /* second byte */
	unsigned char length;
};

/* clang-format off */
static const struct utf8_range ranges[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};
/* clang-format on */

static size_t match(const struct utf8_range *range, const unsigned char *s)
{
	if (s[1] < range->low || s[1] > range->high)
		return 0;
	for (size_t i = 2; i < range->length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return range->length;
}

size_t utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (s[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (s[0] >= ranges[i].first && s[0] <= ranges[i].last)
			return match(&ranges[i], s);
	return 0;
}

size_t utf8_ascii(const char *text, size_t length)
{
	uint64_t bytes;
	size_t run = 0;

	for (; length - run >= sizeof bytes; run += sizeof bytes) {
		memcpy(&bytes, text + run, sizeof bytes);
		if (utf8_odd(bytes))
			break;
	}
	while (run < length && text[run] >= 0x20 && text[run] < 0x7f)
		run++;
	return run;
}
