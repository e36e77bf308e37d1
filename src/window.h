/* window.h - a moving view of a stream's bytes, for a parser that wants no copies
 *
 * What window_want() returns points into the window and is good until the next call
 * of it. Only a record that straddles the window's end is moved.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include "stream.h"

#include <stdint.h>

struct window {
	struct stream *stream; /* borrowed */
	uint8_t *buf;
	size_t size;
	const uint8_t *next; /* read and not yet skipped */
	size_t left;
	uint64_t offset;  /* of `next` in the unpacked file */
	bool busy;        /* the last read filled the window */
	bool interrupted; /* a signal came first: want the same again */
	bool no_memory;
};

const uint8_t *window_fill(struct window *, size_t need);
/* Give the memory back; the window starts anew if it is used again. */
void window_release(struct window *);

/* At least `need` bytes from here on; NULL when there are fewer: then `left` says how
 * many, and interrupted, no_memory or stream_error() why, if it is not the end. The
 * window grows with the bytes that come, not with those that are wanted. */
static inline const uint8_t *window_want(struct window *w, size_t need)
{
	return w->left >= need ? w->next : window_fill(w, need);
}

/* Go on by n bytes, at most `left`. */
static inline void window_skip(struct window *w, size_t n)
{
	w->next += n;
	w->left -= n;
	w->offset += n;
}

#endif
