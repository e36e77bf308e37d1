/* lines.h - the lines of a stream, however long they are, up to a bound */
#ifndef LINES_H
#define LINES_H

#include "stream.h"
#include <stdbool.h>
#include <stdint.h>

enum { LINES_MAX = 16 << 20 }; /* bytes; a line of tcpends has some hundreds */

struct lines {
	struct stream *stream; /* borrowed */
	char *buf;
	size_t start, used, size;
	uint64_t number; /* of the line given last, from 1 */
	bool whole;      /* it had an end */
	bool lost;       /* out of memory, or it is too long */
};

void lines_begin(struct lines *, struct stream *);
/* The first byte that is no blank, without taking it; 0 if there is none. */
char lines_peek(struct lines *);
/* The next line, a NUL in place of its end; borrowed until the next call; NULL at the
 * end, after an error of the stream, when somebody stops the run, or if `lost`. */
const char *lines_next(struct lines *, size_t *len);
void lines_end(struct lines *); /* the stream stays open */

#endif
