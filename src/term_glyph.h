/* term_glyph.h - what one character takes on a terminal, and what stands in for it */
#ifndef TERM_GLYPH_H
#define TERM_GLYPH_H

#include "term.h"

enum { TERM_GLYPH = 8 }; /* bytes that hold one, and its NUL */

/* The character at `text` as it is to be printed, and its columns; returns its bytes in
 * the text. */
typedef size_t term_glyph(const struct term *, const char *text, char glyph[TERM_GLYPH],
			  unsigned *columns);
term_glyph term_own_glyph;  /* words of our own */
term_glyph term_safe_glyph; /* words from elsewhere, as out_safe() prints them */

/* So many of `length` bytes are printed as they are, whosever words they are, and take so
 * many columns. That is nearly all, and 0 where the terminal or the character is odd. */
size_t term_plain(const struct term *, const char *text, size_t length,
		  unsigned *columns);

#endif
