/* script-line.h - what the parts of the script parser share: a line taken word by word
 *
 * Functions that return bool return false once they have said why in the error.
 */
#ifndef SCRIPT_LINE_H
#define SCRIPT_LINE_H

#include "script.h"

/* When a script begins: fixed, so that everything is reproducible. */
#define SCRIPT_START (1700000000 * TE_SEC)

/* The parser: what is said so far and holds for later lines. */
struct script_parser {
	struct script *script;
	struct script_error *error;
	unsigned line;
	char *rest;  /* of the line */
	size_t conn; /* the current one */
	te_time now;
	bool ipv6, ended;
	uint16_t next_id[2]; /* IP ID of the next segment, by side */
};

/* The next word, or NULL at the end of the line. "<...>" is one word, "!" and "=" are. */
char *script_word(struct script_parser *);
bool script_fail(struct script_parser *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A decimal number in [min, max]. */
bool script_number(struct script_parser *, const char *word, int64_t min, int64_t max,
		   int64_t *);
/* "10ms", "1.5s", "3"; without a unit it is seconds. */
bool script_time(struct script_parser *, const char *word, te_time *);
/* Now is `length` after `start`. */
bool script_pass(struct script_parser *, te_time start, te_time length);
/* Copy a word of at most SCRIPT_WORD - 1 characters. */
bool script_copy(struct script_parser *, char to[SCRIPT_WORD], const char *word);
/* "A", "B/2" */
bool script_parse_end(struct script_parser *, const char *word, struct script_end *);
/* A new item of the current line; NULL: out of memory, said. It is borrowed until the
 * next one. */
struct script_item *script_add(struct script_parser *, enum script_kind);

/* Room for one more in an array that doubles at every power of two; NULL: no memory. */
void *script_grow(void *array, size_t count, size_t size);

/* script-options.c: "<mss 1460,sackOK>" */
bool script_parse_options(struct script_parser *, struct script_segment *, char *word);
/* script-segment.c: a line that begins with a time */
bool script_parse_segment(struct script_parser *, const char *time);
/* script-want.c: a line that asserts something; false also if `word` begins none, and
 * then nothing is said. */
bool script_parse_want(struct script_parser *, char *word, bool *known);

#endif
