/* term.h - lines of text for people: columns, colours by meaning, plain ASCII
 *
 * Texts of our own are UTF-8 and may hold arrows and lines; where the terminal has
 * only ASCII they are replaced here and nowhere else. A line never gets wider than
 * the terminal: it is cut, and its last column shows that it was. Blanks at the end
 * of a line are not printed.
 */
#ifndef TERM_H
#define TERM_H

#include "out.h"

enum term_style {
	TERM_PLAIN,
	TERM_ERROR,
	TERM_WARNING,
	TERM_NOTE,
	TERM_STATE,
	TERM_HEAD,
	TERM_DIM,
	TERM_COMMAND,
	TERM_STYLE_COUNT
};

struct term {
	struct out *out;
	bool color, utf8;
	unsigned width;  /* 0: lines may have any length */
	unsigned lines;  /* finished ones */
	unsigned column; /* where the next glyph goes, from 0 */
	/* the rest is term.c's */
	unsigned blanks; /* of `column`: not yet printed */
	bool cut;
	enum term_style style;
	struct {
		char bytes[16];
		unsigned columns;
		enum term_style style;
	} held; /* the glyph in the last column, if more follows it is not shown */
};

void term_init(struct term *, struct out *);

/* Words of our own. */
void term_put(struct term *, enum term_style, const char *text);
void term_printf(struct term *, enum term_style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Right-aligned in so many columns; a longer text pushes what follows. */
void term_right(struct term *, enum term_style, unsigned columns, const char *text);
void term_number(struct term *, enum term_style, unsigned columns, uint64_t);
/* `count` times the same glyph, which is no blank. */
void term_repeat(struct term *, enum term_style, const char *glyph, unsigned count);
/* Words from a capture or the command line. */
void term_safe(struct term *, enum term_style, const char *text);
/* Go on at `column`, counted from 0; at least `gap` blanks if the line is already there.
 */
void term_to(struct term *, unsigned column, unsigned gap);
/* Words of our own, broken between words; further lines start at the present column.
 * After `max` lines the rest is cut. Does not end the last line. */
void term_wrap(struct term *, enum term_style, const char *text, unsigned max);
void term_end(struct term *); /* the line */

/* What was printed from a column on, to be printed there again. */
enum { TERM_PIECE = 112 };
struct term_piece {
	size_t length; /* 0: nothing is kept */
	unsigned column, blanks, columns;
	char text[TERM_PIECE];
};
/* What is printed next, beginning and ending in TERM_PLAIN, up to term_kept() */
size_t term_keep(struct term *, struct term_piece *);
void term_kept(struct term *, size_t from, struct term_piece *);
/* False, and nothing printed: nothing is kept, or not for where the line is now. */
bool term_again(struct term *, const struct term_piece *);

/* Columns that term_put() or term_safe() would take. */
unsigned term_columns(const struct term *, const char *text);
unsigned term_safe_columns(const struct term *, const char *text);
/* The columns of one Unicode character: 0, 1 or 2. */
unsigned term_char_columns(uint32_t);

enum term_style term_severity(enum te_severity);

enum { TERM_NUMBER = 32 }; /* bytes that hold any of these */
const char *term_count(uint64_t, char buf[TERM_NUMBER]); /* "1,204,000" */
const char *term_bytes(uint64_t, char buf[TERM_NUMBER]); /* "512 B", "3.1 kB" */

#endif
