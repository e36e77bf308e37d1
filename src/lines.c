/* lines.c - the lines of a stream, however long they are, up to a bound */
#include "config.h"
#include "lines.h"
#include "signals.h"
#include <stdlib.h>
#include <string.h>

enum { LINES_BLOCK = 1 << 16 };

void lines_begin(struct lines *lines, struct stream *stream)
{
	*lines = (struct lines){ .stream = stream };
}

/* Room for one more block behind what is there. */
static bool lines_make_room(struct lines *lines)
{
	char *buf;
	size_t size;

	if (lines->start > 0) {
		lines->used -= lines->start;
		memmove(lines->buf, lines->buf + lines->start, lines->used);
		lines->start = 0;
	}
	if (lines->size - lines->used >= LINES_BLOCK)
		return true;
	size = lines->size == 0 ? 2 * LINES_BLOCK : 2 * lines->size;
	buf = size > 2 * LINES_MAX ? NULL : realloc(lines->buf, size);
	if (buf == NULL) {
		lines->lost = true;
		return false;
	}
	lines->buf = buf;
	lines->size = size;
	return true;
}

/* False: there is no more. */
static bool lines_fill(struct lines *lines)
{
	ssize_t n;

	if (lines->lost || !lines_make_room(lines))
		return false;
	do {
		n = stream_read(lines->stream, lines->buf + lines->used, LINES_BLOCK);
	} while (n < 0 && stream_error(lines->stream) == NULL && !signals_stopped());
	if (n <= 0)
		return false;
	lines->used += (size_t)n;
	return true;
}

char lines_peek(struct lines *lines)
{
	for (size_t i = 0;; i++) {
		char c;

		if (lines->start + i == lines->used && !lines_fill(lines))
			return '\0';
		c = lines->buf[lines->start + i];
		if (c == '\0' || strchr(" \t\r\n", c) == NULL)
			return c;
	}
}

/* Behind a line without an end there is room for a NUL: lines_fill() has seen to it. */
const char *lines_next(struct lines *lines, size_t *len)
{
	size_t searched = 0;
	char *line, *end = NULL;

	do {
		size_t left = lines->used - lines->start - searched;

		if (left > 0)
			end = memchr(lines->buf + lines->start + searched, '\n', left);
		searched += left;
	} while (end == NULL && lines_fill(lines));
	if (lines->lost || (end == NULL && searched == 0))
		return NULL;
	line = lines->buf + lines->start;
	lines->whole = end != NULL;
	*len = end != NULL ? (size_t)(end - line) : searched;
	line[*len] = '\0';
	lines->start += *len + lines->whole;
	lines->number++;
	return line;
}

void lines_end(struct lines *lines)
{
	free(lines->buf);
	*lines = (struct lines){ 0 };
}
