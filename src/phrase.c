/* phrase.c - a sentence that grows in a buffer of fixed size */
#include "config.h"
#include "out.h"
#include "phrase.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct phrase phrase_new(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct phrase){ .buf = buf, .size = size };
}

void phrase_put(struct phrase *phrase, const char *words)
{
	size_t left = phrase->size - phrase->used - 1, length = strlen(words);

	length = length < left ? length : left;
	memcpy(phrase->buf + phrase->used, words, length);
	phrase->used += length;
	phrase->buf[phrase->used] = '\0';
}

void phrase_number(struct phrase *phrase, uint64_t number)
{
	char text[OUT_ROOM];

	*out_put_u64(text, number) = '\0';
	phrase_put(phrase, text);
}

void phrase_add(struct phrase *phrase, const char *fmt, ...)
{
	size_t left = phrase->size - phrase->used;
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(phrase->buf + phrase->used, left, fmt, args);
	va_end(args);
	if (length > 0)
		phrase->used += (size_t)length < left ? (size_t)length : left - 1;
}
