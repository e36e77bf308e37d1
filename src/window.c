/* window.c - a moving view of a stream's bytes, for a parser that wants no copies */
#include "config.h"

#include "window.h"

#include <stdlib.h>
#include <string.h>

/* Small at first, as hundreds of files may be open at once; a window that is read on
 * doubles until it is as large as reads are worth it. */
enum { WINDOW_FIRST = 16 * 1024, WINDOW_USUAL = 256 * 1024 };

static bool window_grow(struct window *w)
{
	size_t size = w->size == 0 ? WINDOW_FIRST : 2 * w->size;
	uint8_t *buf = realloc(w->buf, size);

	if (buf == NULL)
		return false;
	w->buf = buf;
	w->next = buf;
	w->size = size;
	return true;
}

/* The bytes in use lie at the front. False: no room for more. */
static bool window_room(struct window *w)
{
	bool full = w->left == w->size;

	w->no_memory = false;
	if (!full && (!w->busy || w->size >= WINDOW_USUAL))
		return true;
	w->busy = false;
	w->no_memory = !window_grow(w) && full;
	return !w->no_memory;
}

const uint8_t *window_fill(struct window *w, size_t need)
{
	w->interrupted = false;
	if (w->left > 0)
		memmove(w->buf, w->next, w->left);
	w->next = w->buf;
	while (w->left < need) {
		size_t room;
		ssize_t n;

		if (!window_room(w))
			return NULL;
		room = w->size - w->left;
		n = stream_read(w->stream, w->buf + w->left, room);
		w->interrupted = n < 0 && stream_error(w->stream) == NULL;
		if (n <= 0)
			return NULL;
		w->left += (size_t)n;
		w->busy = (size_t)n == room;
	}
	return w->next;
}

void window_release(struct window *w)
{
	free(w->buf);
	w->buf = NULL;
	w->next = NULL;
	w->size = 0;
	w->left = 0;
	w->busy = false;
}
