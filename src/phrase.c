/* phrase.c - a sentence that grows in a buffer of fixed size */
#include "config.h"
#include "out.h"
#include "phrase.h"
#include <inttypes.h>
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
void phrase_bytes(struct phrase *phrase, const char *text, size_t length)
{
	size_t left = phrase->size - phrase->used - 1;

	length = length < left ? length : left;
	memcpy(phrase->buf + phrase->used, text, length);
	phrase->used += length;
	phrase->buf[phrase->used] = '\0';
}

void phrase_u64(struct phrase *phrase, uint64_t number)
{
	char text[OUT_DIGITS];

	phrase_bytes(phrase, text, (size_t)(out_decimal(text, number) - text));
}

/* Nearly all is plain text and these four, for which vsnprintf() would be long. False:
 * there is something else in it, and nothing was added. */
static bool add_words(struct phrase *phrase, const char *fmt, va_list args)
{
	static const char wide[] = PRIu64;
	size_t before = phrase->used;

	while (*fmt) {
		size_t length = strcspn(fmt, "%");

		phrase_bytes(phrase, fmt, length);
		fmt += length;
		if (!*fmt++)
			break;
		if (*fmt == 's') {
			phrase_word(phrase, va_arg(args, const char *));
			fmt++;
		} else if (*fmt == 'u') {
			phrase_u64(phrase, va_arg(args, unsigned));
			fmt++;
		} else if (!strncmp(fmt, wide, sizeof wide - 1)) {
			phrase_u64(phrase, va_arg(args, uint64_t));
			fmt += sizeof wide - 1;
		} else if (!strncmp(fmt, "llu", 3)) {
			phrase_u64(phrase, va_arg(args, unsigned long long));
			fmt += 3;
		} else {
			phrase->buf[phrase->used = before] = '\0';
			return false;
		}
	}
	return true;
}

void phrase_add_list(struct phrase *phrase, const char *fmt, va_list args)
{
	size_t left = phrase->size - phrase->used;
	va_list again;
	int length = 0;

	va_copy(again, args);
	if (!add_words(phrase, fmt, args))
		length = vsnprintf(phrase->buf + phrase->used, left, fmt, again);
	va_end(again);
	if (length > 0)
		phrase->used += (size_t)length < left ? (size_t)length : left - 1;
}

void phrase_add(struct phrase *phrase, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	phrase_add_list(phrase, fmt, args);
	va_end(args);
}

const char *phrase_print(char *buf, size_t size, const char *fmt, ...)
{
	struct phrase phrase = phrase_new(buf, size);
	va_list args;

	va_start(args, fmt);
	phrase_add_list(&phrase, fmt, args);
	va_end(args);
	return buf;
}
