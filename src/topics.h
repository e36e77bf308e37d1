/* topics.h - what --explain knows beside the findings: the questions people bring */
#ifndef TOPICS_H
#define TOPICS_H

#include <stdbool.h>
#include <stddef.h>

#define TOPIC_PARTS 14
#define TOPIC_SEE 12

struct topic {
	const char *id;
	const char *title;
	const char
	    *words; /* that lead here too, separated by blanks; case does not matter */
	const char *text[TOPIC_PARTS + 1]; /* paragraphs; "- " begins an item of a list */
	const char *rfc;                   /* as in struct te_rule */
	const char *see[TOPIC_SEE + 1];    /* topics and findings */
};

const struct topic *topic_at(size_t i); /* NULL behind the last */
/* By id, or by one of its words. NULL: there is none. */
const struct topic *topic_find(const char *word);
/* Does it name that topic or finding as one to see? */
bool topic_sees(const struct topic *, const char *id);

#endif
