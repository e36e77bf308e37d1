/* term_glyph.c - what one character takes on a terminal, and what stands in for it */
#include "config.h"

#include "term_glyph.h"
#include "utf8.h"

#include <string.h>

/* clang-format off */
/* What plain terminals get in place of what our own texts may hold. */
static const struct {
	uint32_t character;
	const char *plain;
} plain_glyphs[] = {
	{ 0x00b7, "|" },  /* middle dot */
	{ 0x00d7, "x" },  /* times */
	{ 0x2013, "-" },  /* en dash */
	{ 0x2014, "-" },
	{ 0x2018, "'" },
	{ 0x2019, "'" },
	{ 0x2026, "~" },  /* ellipsis: one column, as in the last column of a cut line */
	{ 0x2190, "<-" },
	{ 0x2192, "->" },
	{ 0x21d2, "=>" },
	{ 0x2264, "<=" },
	{ 0x2265, ">=" },
	{ 0x2500, "-" },
	{ 0x2550, "=" },
	{ 0x25b6, ">" },
	{ 0x25c0, "<" },
};

struct range {
	uint32_t first, last;
};

/* Unicode 15, the ranges that matter, in order: combining and invisible; East Asian wide. */
static const struct range zero_wide[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x064b, 0x065f },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef },
};
static const struct range double_wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf }, { 0xa960, 0xa97c },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
	{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};
/* clang-format on */

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static bool in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count && c >= ranges[i].first; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

unsigned term_char_columns(uint32_t c)
{
	if (in_ranges(c, zero_wide, ROWS(zero_wide)))
		return 0;
	return in_ranges(c, double_wide, ROWS(double_wide)) ? 2 : 1;
}

/* The character of `len` bytes, which are well formed. */
static uint32_t character(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t c = len < 2 ? s[0] : s[0] & (0x7fu >> len);

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (s[i] & 0x3fu);
	return c;
}

static const char *plain_glyph(uint32_t c)
{
	for (size_t i = 0; i < ROWS(plain_glyphs); i++)
		if (plain_glyphs[i].character == c)
			return plain_glyphs[i].plain;
	return "?";
}

size_t term_own_glyph(const struct term *term, const char *text, char glyph[TERM_GLYPH],
		      unsigned *columns)
{
	size_t len = utf8_length(text);
	const char *plain = "?";

	if (len == 0 || (len > 1 && !term->utf8)) {
		if (len > 0)
			plain = plain_glyph(character(text, len));
		memcpy(glyph, plain, strlen(plain) + 1);
		*columns = (unsigned)strlen(plain);
		return len > 0 ? len : 1;
	}
	memcpy(glyph, text, len);
	glyph[len] = '\0';
	*columns = term_char_columns(character(text, len));
	return len;
}

/* What out_safe() makes of a character, as columns: what it does not print it writes as
 * \xHH for each byte. */
size_t term_safe_glyph(const struct term *term, const char *text, char glyph[TERM_GLYPH],
		       unsigned *columns)
{
	size_t len = utf8_length(text);
	uint32_t c = len > 0 ? character(text, len) : 0;
	bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);

	if (control || (len > 1 && !term->utf8)) {
		len = 1;
		*columns = 4;
	} else {
		*columns = term_char_columns(c);
	}
	memcpy(glyph, text, len);
	glyph[len] = '\0';
	return len;
}

/* Dashes, arrows and lines: U+2010 to U+203F and U+2100 to U+2BFF */
static bool is_drawing(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	return s[0] == 0xe2 &&
	       (s[1] == 0x80 ? s[2] >= 0x90 : s[1] >= 0x84 && s[1] <= 0xaf) &&
	       (s[2] & 0xc0) == 0x80;
}

size_t term_plain(const struct term *term, const char *text, size_t length,
		  unsigned *columns)
{
	size_t run = utf8_ascii(text, length);

	*columns = (unsigned)run;
	while (term->utf8 && length - run >= 3 && is_drawing(text + run)) {
		size_t ascii = utf8_ascii(text + run + 3, length - run - 3);

		run += 3 + ascii;
		*columns += 1 + (unsigned)ascii;
	}
	return run;
}
