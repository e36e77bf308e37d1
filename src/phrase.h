/* phrase.h - a sentence that grows in a buffer of fixed size; what is too long is cut */
#ifndef PHRASE_H
#define PHRASE_H

#include <stddef.h>
#include <stdint.h>

struct phrase {
	char *buf; /* always ends in NUL; borrowed */
	size_t used, size;
};

struct phrase phrase_new(char *buf, size_t size); /* size at least 1 */
/* The cheap ones, for what is told of each connection. */
void phrase_put(struct phrase *, const char *words);
void phrase_number(struct phrase *, uint64_t);
void phrase_add(struct phrase *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
