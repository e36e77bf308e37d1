/* phrase.c - a sentence that grows in a buffer of fixed size */
#include "config.h"
#include "phrase.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct phrase phrase_new(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct phrase){ .buf = buf, .size = size };
}

/* What is too long is cut. */
static void append(struct phrase *phrase, const char *text, size_t length)
{
	size_t left = phrase->size - phrase->used - 1;

	length = length < left ? length : left;
	memcpy(phrase->buf + phrase->used, text, length);
	phrase->used += length;
	phrase->buf[phrase->used] = '\0';
}

/* Nearly all is plain text and %s: told of each connection, that is worth not to go
 * through vsnprintf(). False: there is something else in it, and nothing was added. */
static bool add_words(struct phrase *phrase, const char *fmt, va_list args)
{
	size_t before = phrase->used;

	while (*fmt) {
		size_t length = strcspn(fmt, "%");

		append(phrase, fmt, length);
		fmt += length;
		if (fmt[0] == '%' && fmt[1] == 's') {
			const char *word = va_arg(args, const char *);

			append(phrase, word, strlen(word));
			fmt += 2;
		} else if (*fmt) {
			phrase->buf[phrase->used = before] = '\0';
			return false;
		}
	}
	return true;
}

void phrase_add(struct phrase *phrase, const char *fmt, ...)
{
	size_t left = phrase->size - phrase->used;
	va_list args;
	int length = 0;
	bool done;

	va_start(args, fmt);
	done = add_words(phrase, fmt, args);
	va_end(args);
	if (done)
		return;
	va_start(args, fmt);
	length = vsnprintf(phrase->buf + phrase->used, left, fmt, args);
	va_end(args);
	if (length > 0)
		phrase->used += (size_t)length < left ? (size_t)length : left - 1;
}
