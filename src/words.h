/* words.h - which words of the command line are inputs, and which are FILTER
 *
 * Leading words that are "-", exist as files or look like capture files are inputs.
 * The first other word, or "--", begins FILTER. A keyword of pcap-filter(7) is never
 * a file; a word that looks like a file is never FILTER while FILTER has not begun.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct words {
	const char **inputs; /* owned; what it points to is borrowed */
	size_t input_count;
	char *filter; /* FILTER's words joined by blanks, owned; NULL if none came */
	bool in_filter;
	const char *stray; /* the first word of FILTER that is also a file, or NULL */
};

/* All of these: false when out of memory. */
bool words_input(struct words *, const char *path);
bool words_add(struct words *, const char *word);
bool words_filter(struct words *, const char *text);
void words_free(struct words *);

/* Both patterns of the rule, for messages. */
bool words_is_keyword(const char *word);

#endif
