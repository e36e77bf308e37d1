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
	const char **inputs; /* owned; what it points to is borrowed, or in `own` */
	size_t input_count;
	char **own; /* owned */
	size_t own_count;
	char *filter; /* FILTER's words joined by blanks, owned; NULL if none came */
	bool in_filter;
	const char *stray; /* the first word of FILTER that is also a file, or NULL */
};

/* All of these: false when out of memory. */
bool words_input(struct words *, const char *path);
bool words_add(struct words *, const char *word);
bool words_filter(struct words *, const char *text);
/* Free `text` with the words. */
bool words_own(struct words *, char *text);
void words_free(struct words *);

/* A word of pcap-filter(7)? */
bool words_is_keyword(const char *word);
/* Does the name end as those of captures do, .pcap or .pcapng.zst? */
bool words_is_capture(const char *name);

#endif
