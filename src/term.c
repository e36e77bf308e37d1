/* term.c - lines of text for people: columns, colours by meaning, plain ASCII
 *
 * Every glyph passes emit(). Blanks wait until something visible follows; the glyph
 * that fills the last column waits until it is known that nothing follows.
 */
#include "config.h"

#include "term.h"
#include "utf8.h"

#include <stdarg.h>
#include <string.h>

enum { MAX_TEXT = 1024 };

/* clang-format off */
static const char *const sgr[TERM_STYLE_COUNT] = {
	[TERM_PLAIN] = "",
	[TERM_ERROR] = "\033[1;31m",
	[TERM_WARNING] = "\033[33m",
	[TERM_NOTE] = "\033[2m",
	[TERM_STATE] = "\033[1m",
	[TERM_HEAD] = "\033[1m",
	[TERM_DIM] = "\033[2m",
	[TERM_COMMAND] = "\033[36m",
};

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

/* Unicode 15, the ranges that matter: combining and invisible; East Asian wide. */
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
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
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

void term_init(struct term *term, struct out *out)
{
	*term = (struct term){
		.out = out,
		.color = out->run->color,
		.utf8 = out->run->utf8,
		.width = out->run->width > 0 ? (unsigned)out->run->width : 0,
	};
}

static void set_style(struct term *term, enum term_style style)
{
	if (!term->color || style == term->style)
		return;
	if (term->style != TERM_PLAIN)
		out_str(term->out, "\033[0m");
	out_str(term->out, sgr[style]);
	term->style = style;
}

static void print_blanks(struct term *term)
{
	for (; term->blanks > 0; term->blanks--)
		out_char(term->out, ' ');
}

static void flush_held(struct term *term)
{
	if (term->held.columns == 0)
		return;
	set_style(term, term->held.style);
	out_safe(term->out, term->held.bytes);
	term->held.columns = 0;
}

/* Nothing more fits: the last column says so. */
static void cut_line(struct term *term)
{
	unsigned printed = term->column - term->blanks - term->held.columns;

	term->held.columns = 0;
	term->blanks = term->width > printed ? term->width - printed - 1 : 0;
	print_blanks(term);
	if (printed < term->width)
		out_str(term->out, term->utf8 ? "…" : "~");
	term->cut = true;
}

/* `glyph` takes `columns`, once it is printed by out_safe(). */
static void emit(struct term *term, enum term_style style, const char *glyph,
		 unsigned columns)
{
	size_t n = strlen(glyph);

	if (term->cut)
		return;
	if (term->width > 0 && term->column + columns > term->width) {
		cut_line(term);
		return;
	}
	if (term->held.columns > 0) { /* columns is 0: an accent of the held one */
		size_t held = strlen(term->held.bytes);
		if (held + n < sizeof(term->held.bytes))
			memcpy(term->held.bytes + held, glyph, n + 1);
		return;
	}
	print_blanks(term);
	term->column += columns;
	if (term->width > 0 && columns > 0 && term->column == term->width &&
	    n < sizeof(term->held.bytes)) {
		memcpy(term->held.bytes, glyph, n + 1);
		term->held.columns = columns;
		term->held.style = style;
		return;
	}
	set_style(term, style);
	out_safe(term->out, glyph);
}

static void blank(struct term *term, unsigned count)
{
	if (!term->cut) {
		term->column += count;
		term->blanks += count;
	}
}

/* One character of our own at `text`; returns its bytes. */
static size_t own_glyph(const struct term *term, const char *text, char glyph[8],
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

static void put_bytes(struct term *term, enum term_style style, const char *text,
		      size_t len)
{
	char glyph[8];
	unsigned columns;

	for (size_t i = 0; i < len && text[i] != '\0';) {
		if (text[i] == ' ') {
			blank(term, 1);
			i++;
			continue;
		}
		i += own_glyph(term, text + i, glyph, &columns);
		emit(term, style, glyph, columns);
	}
}

void term_put(struct term *term, enum term_style style, const char *text)
{
	put_bytes(term, style, text, strlen(text));
}

void term_printf(struct term *term, enum term_style style, const char *fmt, ...)
{
	char text[MAX_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	term_put(term, style, text);
}

unsigned term_columns(const struct term *term, const char *text)
{
	char glyph[8];
	unsigned columns, sum = 0;

	while (*text != '\0') {
		text += own_glyph(term, text, glyph, &columns);
		sum += columns;
	}
	return sum;
}

void term_right(struct term *term, enum term_style style, unsigned columns,
		const char *text)
{
	unsigned own = term_columns(term, text);

	if (own < columns)
		blank(term, columns - own);
	term_put(term, style, text);
}

void term_repeat(struct term *term, enum term_style style, const char *glyph,
		 unsigned count)
{
	for (; count > 0; count--)
		term_put(term, style, glyph);
}

/* What out_safe() makes of a character, as columns: what it does not print it writes as
 * \xHH for each byte. */
static size_t safe_glyph(const struct term *term, const char *text, char glyph[8],
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

void term_safe(struct term *term, enum term_style style, const char *text)
{
	char glyph[8];
	unsigned columns;

	while (*text != '\0') {
		if (*text == ' ') {
			blank(term, 1);
			text++;
			continue;
		}
		text += safe_glyph(term, text, glyph, &columns);
		emit(term, style, glyph, columns);
	}
}

unsigned term_safe_columns(const struct term *term, const char *text)
{
	char glyph[8];
	unsigned columns, sum = 0;

	while (*text != '\0') {
		text += safe_glyph(term, text, glyph, &columns);
		sum += columns;
	}
	return sum;
}

void term_to(struct term *term, unsigned column, unsigned gap)
{
	if (term->column < column && column - term->column >= gap)
		blank(term, column - term->column);
	else
		blank(term, gap);
}

static unsigned word_columns(const struct term *term, const char *word, size_t len)
{
	char copy[MAX_TEXT];

	if (len >= sizeof(copy))
		len = sizeof(copy) - 1;
	memcpy(copy, word, len);
	copy[len] = '\0';
	return term_columns(term, copy);
}

void term_wrap(struct term *term, enum term_style style, const char *text, unsigned max)
{
	unsigned indent = term->column;
	unsigned line = 1;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		unsigned gap = term->column > indent ? 1 : 0;

		if (gap > 0 && line < max && term->width > 0 &&
		    term->column + gap + word_columns(term, text, len) > term->width) {
			term_end(term);
			blank(term, indent);
			gap = 0;
			line++;
		}
		blank(term, gap);
		put_bytes(term, style, text, len);
		text += len;
		text += strspn(text, " ");
	}
}

void term_end(struct term *term)
{
	flush_held(term);
	set_style(term, TERM_PLAIN);
	out_char(term->out, '\n');
	term->lines++;
	term->column = term->blanks = 0;
	term->cut = false;
}

enum term_style term_severity(enum te_severity severity)
{
	static const enum term_style styles[] = {
		[TE_NOTE] = TERM_NOTE,
		[TE_WARNING] = TERM_WARNING,
		[TE_ERROR] = TERM_ERROR,
	};

	return styles[severity];
}
