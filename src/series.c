/* series.c - how many at once, from intervals told in any order
 *
 * A bin knows by how much the count changes at its beginning, for all intervals that
 * cover it whole, and how much time the others spend in it.
 */
#include "series.h"

#include <stdlib.h>
#include <string.h>

struct series_bins {
	int64_t area[SERIES_BINS]; /* ticks beside what `change` counts */
	int32_t change[SERIES_BINS];
};

/* Bins count in ticks of 2^10 ns, and reach no further than 2^45 of them (a year): so
 * nothing overflows, whatever a capture says of its time. A bin is a millisecond at
 * first. */
enum { TICK_SHIFT = 10, LAST_SHIFT = 45, FIRST_SHIFT = 10 };

static int64_t ticks(te_time start, te_time time)
{
	int64_t since;

	if (__builtin_sub_overflow(time, start, &since))
		since = INT64_MAX;
	since >>= TICK_SHIFT;
	return since >> LAST_SHIFT ? ((int64_t)1 << LAST_SHIFT) - 1 : since;
}

void series_release(struct series *series)
{
	free(series->spans);
	free(series->bins);
}

/* ---- few: exact ---- */

/* Into the n times that are sorted. They come nearly in order, and what is to be moved
 * is moved at once: of the few that there are, no sorting does better. */
static void insert(te_time *times, uint32_t n, te_time time)
{
	uint32_t low = n, high = n, step = 1;

	/* Back from the end in growing steps, to two times with it between them. */
	while (low && times[low - 1] > time) {
		high = low - 1;
		low = high > step ? high - step : 0;
		step *= 2;
	}
	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (times[middle] <= time)
			low = middle + 1;
		else
			high = middle;
	}
	memmove(times + low + 1, times + low, (n - low) * sizeof(*times));
	times[low] = time;
}

/* Of equal times, what goes comes first: it makes room for what takes its place. */
static void sweep(struct series *series, const te_time *from, const te_time *to)
{
	uint32_t gone = 0;

	for (uint32_t come = 0; come < series->count; come++) {
		while (gone < series->count && to[gone] <= from[come])
			gone++;
		if (come + 1 > gone && come + 1 - gone > series->peak) {
			series->peak = come + 1 - gone;
			series->peak_time = from[come];
		}
	}
}

static void peak_of_spans(struct series *series)
{
	te_time *times = malloc(2 * series->count * sizeof(*times));
	te_time *to = times + series->count;

	if (!times)
		return;
	for (uint32_t i = 0; i < series->count; i++) {
		insert(times, i, series->spans[i].from);
		insert(to, i, series->spans[i].to);
	}
	sweep(series, times, to);
	free(times);
}

/* ---- many: bins ---- */

static void peak_of_bins(struct series *series, te_time start)
{
	const struct series_bins *bins = series->bins;
	int64_t level = 0;

	for (int i = 0; i < SERIES_BINS; i++) {
		int64_t count;

		level += bins->change[i];
		count = level + bins->area[i] / ((int64_t)1 << series->shift);
		if (count > 0 && (uint64_t)count > series->peak) {
			series->peak = (uint64_t)count;
			series->peak_time =
			    start + ((te_time)i << (series->shift + TICK_SHIFT));
		}
	}
}

/* Twice as wide. A change in the middle of a new bin is one at the beginning of the next,
 * and time in this one. */
static void widen(struct series *series, te_time start)
{
	struct series_bins *bins = series->bins;
	int64_t width = (int64_t)1 << series->shift;
	int32_t carried = 0;

	peak_of_bins(series, start);
	for (int i = 0; i < SERIES_BINS; i++) {
		bool there = 2 * i < SERIES_BINS;
		int32_t middle = there ? bins->change[2 * i + 1] : 0;

		bins->area[i] =
		    there ? bins->area[2 * i] + bins->area[2 * i + 1] + middle * width
			  : 0;
		bins->change[i] = carried + (there ? bins->change[2 * i] : 0);
		carried = middle;
	}
	series->shift++;
}

static void add_to_bins(struct series *series, te_time start,
			const struct series_span *span)
{
	int64_t from = ticks(start, span->from), to = ticks(start, span->to);
	struct series_bins *bins = series->bins;
	int64_t first, last;

	while (to >> series->shift >= SERIES_BINS)
		widen(series, start);
	first = from >> series->shift;
	last = to >> series->shift;
	if (first == last) {
		bins->area[first] += to - from;
		return;
	}
	bins->area[first] += ((first + 1) << series->shift) - from;
	bins->area[last] += to - (last << series->shift);
	bins->change[first + 1]++;
	bins->change[last]--;
}

static bool make_bins(struct series *series, te_time start)
{
	series->bins = calloc(1, sizeof(*series->bins));
	if (!series->bins)
		return false;
	peak_of_spans(series);
	series->shift = FIRST_SHIFT;
	for (uint32_t i = 0; i < series->count; i++)
		add_to_bins(series, start, &series->spans[i]);
	free(series->spans);
	series->spans = NULL;
	series->count = series->size = 0;
	return true;
}

/* ---- both ---- */

/* Where there is no room for one more span: twice as many, or bins. */
static __attribute__((noinline)) bool grow(struct series *series, te_time start)
{
	uint32_t size = series->size ? 2 * series->size : 4;
	struct series_span *grown;

	if (series->count >= SERIES_SPANS)
		return make_bins(series, start);
	grown = realloc(series->spans, size * sizeof(*grown));
	if (!grown)
		return false;
	series->spans = grown;
	series->size = size;
	return true;
}

bool series_add(struct series *series, te_time start, te_time from, te_time to)
{
	struct series_span span = { from < start ? start : from, to };

	if (span.to <= span.from)
		return true;
	if (!series->bins && series->count == series->size && !grow(series, start))
		return false;
	if (series->bins)
		add_to_bins(series, start, &span);
	else
		series->spans[series->count++] = span;
	return true;
}

bool series_may_reach(const struct series *series, uint64_t count)
{
	return series->bins || series->count >= count;
}

uint64_t series_peak(struct series *series, te_time start, te_time *when)
{
	if (series->bins)
		peak_of_bins(series, start);
	else if (series->count)
		peak_of_spans(series);
	*when = series->peak_time;
	return series->peak;
}
