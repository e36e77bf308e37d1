/* arrow.c - arrows between two ends, as lines of text */
#include "config.h"
#include "arrow.h"
#include <string.h>

enum { ARROW_FIXED = 5 }; /* one of the shaft, two blanks, one more, the head */

/* Drops the last words until the arrow fits; returns what is left for the shaft. */
static unsigned arrow_fit(const struct term *term, char *words, unsigned columns)
{
	unsigned own;
	char *cut;

	while (term_columns(term, words) + ARROW_FIXED > columns &&
	       (cut = strrchr(words, ' ')) != NULL)
		*cut = '\0';
	own = term_columns(term, words) + ARROW_FIXED;
	return columns > own ? columns - own : 0;
}

static void arrow_draw(struct term *term, bool to_server, const char *shaft,
		       const char *head, const char *words, unsigned fill)
{
	unsigned tail = fill > 0 ? 2 : 1, rest = fill > 0 ? fill : 1;

	if (!to_server)
		term_put(term, TERM_PLAIN, head);
	term_repeat(term, TERM_DIM, shaft, to_server ? tail : rest);
	term_to(term, 0, 1);
	term_put(term, TERM_PLAIN, words);
	term_to(term, 0, 1);
	term_repeat(term, TERM_DIM, shaft, to_server ? rest : tail);
	if (to_server)
		term_put(term, TERM_PLAIN, head);
}

void arrow_put(struct term *term, bool to_server, const char *shaft, char *words,
	       unsigned columns)
{
	unsigned fill = arrow_fit(term, words, columns);

	arrow_draw(term, to_server, shaft, to_server ? "▶" : "◀", words, fill);
}

void arrow_lost(struct term *term, bool to_server, char *words, unsigned columns)
{
	unsigned fill = arrow_fit(term, words, columns);
	unsigned missing = fill < columns / 3 ? fill : columns / 3;

	if (!to_server)
		term_to(term, term->column + missing, 0);
	arrow_draw(term, to_server, "─", "×", words, fill - missing);
}
