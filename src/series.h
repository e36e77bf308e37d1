/* series.h - how many at once, from intervals told in any order
 *
 * Exact up to SERIES_SPANS intervals. Beyond that time is cut into bins of equal width,
 * which doubles as the capture goes on, and the peak is that of the averages over a bin:
 * never more than there were at once, and a little less where many are shorter than a
 * bin. An interval costs a few additions, however many there are.
 */
#ifndef SERIES_H
#define SERIES_H

#include "tcpends.h"

enum { SERIES_SPANS = 1024, SERIES_BINS = 1024 };

struct series_span {
	te_time from, to;
};

/* All zero: nothing was told. */
struct series {
	struct series_span *spans; /* while they are few; owned */
	struct series_bins *bins;  /* later; owned */
	uint32_t count, size;      /* of spans */
	uint64_t peak;             /* so far, as the bins were once */
	te_time peak_time;
	uint8_t shift; /* a bin is 2^shift ticks wide, see series.c */
};

/* `start`, always the same, is before all of them, or they are taken to begin there.
 * False: out of memory, and it is not counted. */
bool series_add(struct series *, te_time start, te_time from, te_time to);
/* Could so many have been at once? Cheaper than to ask how many were. */
bool series_may_reach(const struct series *, uint64_t count);
/* The most at once, and when, if there is any. */
uint64_t series_peak(struct series *, te_time start, te_time *when);
void series_release(struct series *); /* what hangs on it, not itself */

#endif
