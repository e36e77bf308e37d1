/* phrase.h - a sentence that grows in a buffer of fixed size; what is too long is cut */
#ifndef PHRASE_H
#define PHRASE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct phrase {
	char *buf; /* always ends in NUL; borrowed */
	size_t used, size;
};

struct phrase phrase_new(char *buf, size_t size); /* size at least 1 */
void phrase_bytes(struct phrase *, const char *, size_t);
static inline void phrase_word(struct phrase *phrase, const char *word)
{
	phrase_bytes(phrase, word, strlen(word));
}
void phrase_u64(struct phrase *, uint64_t);
void phrase_add(struct phrase *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void phrase_add_list(struct phrase *, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0)));
/* As snprintf(), and where there is little but words and numbers faster; returns buf. */
const char *phrase_print(char *buf, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
