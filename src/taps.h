/* taps.h - are two of the files taps of the same traffic? */
#ifndef TAPS_H
#define TAPS_H

#include <stdbool.h>
#include <stddef.h>

/* Compares the first thousand segments of each regular file. True, and one line was said:
 * two of them overlap in time and hold the same segments, so that merging them would
 * show every segment twice. */
bool taps_same_traffic(const char *const *paths, size_t count);

#endif
