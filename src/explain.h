/* explain.h - --explain: what a finding means, and the topics behind it */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "options.h"

/* Is there a page of that name: a finding's, a topic's, or "all"? False with err filled:
 * which is nearest. */
bool explain_has(const char *word, char *err, size_t size);
/* Prints it; NULL: the list of all pages. False: out of memory. */
bool explain(const char *word, const struct options *);

#endif
