/* arrow.h - arrows between two ends, as lines of text */
#ifndef ARROW_H
#define ARROW_H

#include "term.h"

/* An arrow of `columns`; the words stand near its tail. If they are too long the last
 * ones are dropped, from `words` itself. */
void arrow_put(struct term *, bool to_server, const char *shaft, char *words,
	       unsigned columns);
/* One that does not arrive. Takes `columns` too, but for blanks at its right. */
void arrow_lost(struct term *, bool to_server, char *words, unsigned columns);

#endif
