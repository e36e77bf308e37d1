/* nearest.h - "did you mean ...?" */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

/* The best of the candidates shown to it so far. */
struct nearest {
	const char *word; /* what was asked for */
	const char *best; /* borrowed; NULL while nothing is near */
	size_t distance;
};

void nearest_start(struct nearest *, const char *word);
void nearest_try(struct nearest *, const char *candidate);
/* "; did you mean X?", or "" when nothing is near; writes at most size bytes. */
const char *nearest_hint(const struct nearest *, char *buf, size_t size);

#endif
