/* term.c - lines of text for people: columns, colours by meaning, plain ASCII
 *
 * Blanks wait until something visible follows; the glyph that fills the last column waits
 * until it is known that nothing follows. What ends before that column is printed as it
 * comes, all else glyph by glyph in emit().
 */
#include "config.h"

#include "phrase.h"
#include "term_glyph.h"

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
/* clang-format on */

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
	static const char blanks[] = "                                ";

	while (term->blanks > 0) {
		unsigned some =
		    term->blanks < sizeof(blanks) - 1 ? term->blanks : sizeof(blanks) - 1;

		memcpy(out_room(term->out), blanks, sizeof(blanks) - 1);
		out_end(term->out, term->out->at + some);
		term->blanks -= some;
	}
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

/* Columns up to the last, and so bytes that end before it. */
static size_t room(const struct term *term)
{
	if (term->cut)
		return 0;
	if (term->width == 0)
		return SIZE_MAX;
	return term->column + 1 < term->width ? term->width - 1 - term->column : 0;
}

static void put_run(struct term *term, enum term_style style, const char *text,
		    size_t length, unsigned columns)
{
	print_blanks(term);
	set_style(term, style);
	out_bytes(term->out, text, length);
	term->column += columns;
}

/* As many of `length` bytes as can be printed at once */
static size_t put_plain(struct term *term, enum term_style style, const char *text,
			size_t length)
{
	size_t most = room(term), run;
	unsigned columns;

	run = term_plain(term, text, length < most ? length : most, &columns);
	while (run > 0 && text[run - 1] == ' ') {
		run--;
		columns--;
	}
	if (run > 0)
		put_run(term, style, text, run, columns);
	return run;
}

static void put_bytes(struct term *term, enum term_style style, const char *text,
		      size_t length, term_glyph *glyph_of)
{
	char glyph[TERM_GLYPH];
	unsigned columns;
	size_t run;

	for (size_t i = 0; i < length; i += run) {
		run = 1;
		if (text[i] == ' ') {
			blank(term, 1);
			continue;
		}
		run = put_plain(term, style, text + i, length - i);
		if (run > 0)
			continue;
		run = glyph_of(term, text + i, glyph, &columns);
		emit(term, style, glyph, columns);
	}
}

static unsigned columns_of(const struct term *term, const char *text, size_t length,
			   term_glyph *glyph_of)
{
	unsigned sum, columns;
	char glyph[TERM_GLYPH];

	for (size_t i = term_plain(term, text, length, &sum); i < length; sum += columns)
		i += glyph_of(term, text + i, glyph, &columns);
	return sum;
}

void term_put(struct term *term, enum term_style style, const char *text)
{
	put_bytes(term, style, text, strlen(text), term_own_glyph);
}

void term_printf(struct term *term, enum term_style style, const char *fmt, ...)
{
	char text[MAX_TEXT];
	struct phrase phrase = phrase_new(text, sizeof(text));
	va_list ap;

	va_start(ap, fmt);
	phrase_add_list(&phrase, fmt, ap);
	va_end(ap);
	put_bytes(term, style, text, phrase.used, term_own_glyph);
}

unsigned term_columns(const struct term *term, const char *text)
{
	return columns_of(term, text, strlen(text), term_own_glyph);
}

void term_right(struct term *term, enum term_style style, unsigned columns,
		const char *text)
{
	size_t length = strlen(text);
	unsigned own;
	bool plain = term_plain(term, text, length, &own) == length;

	if (!plain)
		own = term_columns(term, text);
	if (own < columns)
		blank(term, columns - own);
	if (plain && length > 0 && length <= room(term) && text[0] != ' ' &&
	    text[length - 1] != ' ')
		put_run(term, style, text, length, own);
	else
		put_bytes(term, style, text, length, term_own_glyph);
}

void term_number(struct term *term, enum term_style style, unsigned columns,
		 uint64_t number)
{
	char digits[OUT_DIGITS];
	size_t length = (size_t)(out_decimal(digits, number) - digits);

	if (length < columns)
		blank(term, columns - (unsigned)length);
	if (length <= room(term))
		put_run(term, style, digits, length, (unsigned)length);
	else
		put_bytes(term, style, digits, length, term_own_glyph);
}

void term_repeat(struct term *term, enum term_style style, const char *glyph,
		 unsigned count)
{
	size_t length = strlen(glyph);
	unsigned columns;
	char *at;

	if (count * length > OUT_ROOM ||
	    term_plain(term, glyph, length, &columns) < length ||
	    (size_t)count * columns > room(term)) {
		for (; count > 0; count--)
			term_put(term, style, glyph);
		return;
	}
	print_blanks(term);
	set_style(term, style);
	at = out_room(term->out);
	for (unsigned i = 0; i < count; i++)
		memcpy(at + i * length, glyph, length);
	out_end(term->out, at + count * length);
	term->column += count * columns;
}

void term_safe(struct term *term, enum term_style style, const char *text)
{
	put_bytes(term, style, text, strlen(text), term_safe_glyph);
}

unsigned term_safe_columns(const struct term *term, const char *text)
{
	return columns_of(term, text, strlen(text), term_safe_glyph);
}

void term_to(struct term *term, unsigned column, unsigned gap)
{
	if (term->column < column && column - term->column >= gap)
		blank(term, column - term->column);
	else
		blank(term, gap);
}

void term_wrap(struct term *term, enum term_style style, const char *text, unsigned max)
{
	unsigned indent = term->column;
	unsigned line = 1;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		unsigned gap = term->column > indent ? 1 : 0;

		if (gap > 0 && line < max && term->width > 0 &&
		    term->column + gap + columns_of(term, text, len, term_own_glyph) >
			term->width) {
			term_end(term);
			blank(term, indent);
			gap = 0;
			line++;
		}
		blank(term, gap);
		put_bytes(term, style, text, len, term_own_glyph);
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

/* ---- pieces ---- */

size_t term_keep(struct term *term, struct term_piece *piece)
{
	piece->column = term->column;
	piece->blanks = term->blanks;
	return (size_t)(out_hold(term->out) - term->out->buf);
}

void term_kept(struct term *term, size_t from, struct term_piece *piece)
{
	const struct out *out = term->out;
	size_t length = (size_t)(out->at - out->buf) - from;

	piece->length = 0;
	if (length > sizeof(piece->text) || term->cut || term->held.columns > 0 ||
	    term->blanks > 0)
		return;
	memcpy(piece->text, out->buf + from, length);
	piece->length = length;
	piece->columns = term->column - piece->column;
}

/* What fitted a line from there fits all. */
bool term_again(struct term *term, const struct term_piece *piece)
{
	if (piece->length == 0 || piece->column != term->column ||
	    piece->blanks != term->blanks)
		return false;
	term->blanks = 0;
	put_run(term, TERM_PLAIN, piece->text, piece->length, piece->columns);
	return true;
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
