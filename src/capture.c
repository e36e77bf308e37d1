/* capture.c - capture files and live interfaces, as one timeline of frames
 *
 * Every file that still has frames stands in a heap, ordered by the time of its next
 * frame and then by its place on the command line. The top one is delivered; it is
 * moved on at the next call only, as its bytes are borrowed until then.
 */
#include "config.h"

#include "capture.h"
#include "capture_live.h"
#include "savefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct source {
	struct savefile *file;
	struct te_frame frame; /* its next */
};

struct capture {
	struct source *sources;
	size_t count;
	size_t primed;        /* sources whose first frame was asked for */
	struct source **heap; /* the earliest first */
	size_t heap_len;
	bool delivered;          /* heap[0]'s frame is the caller's */
	struct capture_tap *tap; /* live only */
	struct capture_file tap_info;
	char *tap_name;
};

/* ---- the heap ---- */

/* Sources lie in the order of the command line. */
static bool earlier(const struct source *a, const struct source *b)
{
	if (a->frame.time != b->frame.time)
		return a->frame.time < b->frame.time;
	return a < b;
}

static void heap_swap(struct capture *c, size_t i, size_t k)
{
	struct source *moved = c->heap[i];

	c->heap[i] = c->heap[k];
	c->heap[k] = moved;
}

static void heap_up(struct capture *c, size_t i)
{
	for (; i > 0 && earlier(c->heap[i], c->heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap_swap(c, i, (i - 1) / 2);
}

static void heap_down(struct capture *c)
{
	for (size_t i = 0, child = 1; child < c->heap_len; child = 2 * i + 1) {
		if (child + 1 < c->heap_len &&
		    earlier(c->heap[child + 1], c->heap[child]))
			child++;
		if (!earlier(c->heap[child], c->heap[i]))
			return;
		heap_swap(c, i, child);
		i = child;
	}
}

static void heap_push(struct capture *c, struct source *s)
{
	c->heap[c->heap_len] = s;
	heap_up(c, c->heap_len++);
}

static void heap_pop(struct capture *c)
{
	c->heap[0] = c->heap[--c->heap_len];
	heap_down(c);
}

/* ---- files ---- */

static int source_advance(struct capture *c, struct source *s)
{
	s->frame.file = (uint32_t)(s - c->sources) + 1;
	return savefile_next(s->file, &s->frame);
}

/* Ask every source for its first frame. False: a signal came first. */
static bool prime(struct capture *c)
{
	for (; c->primed < c->count; c->primed++) {
		struct source *s = &c->sources[c->primed];
		int got = source_advance(c, s);

		if (got < 0)
			return false;
		if (got == 1)
			heap_push(c, s);
	}
	return true;
}

/* Move the source on whose frame was delivered last. False: a signal came first. */
static bool move_on(struct capture *c)
{
	int got;

	if (!c->delivered)
		return true;
	got = source_advance(c, c->heap[0]);
	if (got < 0)
		return false;
	c->delivered = false;
	if (got == 1)
		heap_down(c);
	else
		heap_pop(c);
	return true;
}

static int next_from_files(struct capture *c, struct te_frame *frame)
{
	if (!prime(c) || !move_on(c))
		return -1;
	if (c->heap_len == 0)
		return 0;
	*frame = c->heap[0]->frame;
	c->delivered = true;
	return 1;
}

/* A day of captures, rotated every minute, is more files than may usually be open. */
static void allow_open_files(size_t count)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || count + 64 <= limit.rlim_cur)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit); /* else opening tells */
}

static bool open_sources(struct capture *c, const char *const *paths, size_t count)
{
	c->sources = calloc(count + 1, sizeof(*c->sources));
	c->heap = calloc(count + 1, sizeof(struct source *));
	if (c->sources == NULL || c->heap == NULL)
		return false;
	allow_open_files(count);
	for (; c->count < count; c->count++) {
		c->sources[c->count].file = savefile_open(paths[c->count]);
		if (c->sources[c->count].file == NULL)
			return false;
	}
	return true;
}

struct capture *capture_open_files(const char *const *paths, size_t count,
				   char err[CAPTURE_ERRLEN])
{
	struct capture *c = calloc(1, sizeof(*c));

	if (c == NULL || !open_sources(c, paths, count)) {
		snprintf(err, CAPTURE_ERRLEN, "out of memory");
		capture_close(c);
		return NULL;
	}
	prime(c);
	return c;
}

/* ---- live ---- */

struct capture *capture_open_live(const struct capture_live *live,
				  char err[CAPTURE_ERRLEN])
{
	struct capture *c = calloc(1, sizeof(*c));

	if (c != NULL)
		c->tap_name = strdup(live->interface);
	if (c == NULL || c->tap_name == NULL) {
		snprintf(err, CAPTURE_ERRLEN, "out of memory");
		capture_close(c);
		return NULL;
	}
	c->tap_info.path = c->tap_name;
	c->tap = capture_tap_open(live, &c->tap_info, err);
	if (c->tap == NULL) {
		capture_close(c);
		return NULL;
	}
	return c;
}

/* ---- both ---- */

int capture_next(struct capture *c, struct te_frame *frame)
{
	return c->tap != NULL ? capture_tap_next(c->tap, frame)
			      : next_from_files(c, frame);
}

/* Before this time no other source has its turn. */
static te_time heap_until(const struct capture *c)
{
	te_time until = INT64_MAX;

	for (size_t i = 1; i < 3 && i < c->heap_len; i++)
		if (c->heap[i]->frame.time < until)
			until = c->heap[i]->frame.time;
	return until;
}

int capture_batch(struct capture *c, struct te_frame *frames, int max)
{
	int got = capture_next(c, frames);

	if (got <= 0 || c->tap != NULL)
		return got;
	return savefile_more(c->heap[0]->file, frames, max, heap_until(c));
}

void capture_break(struct capture *c)
{
	if (c->tap != NULL)
		capture_tap_break(c->tap);
}

void capture_stats(struct capture *c)
{
	if (c->tap != NULL)
		capture_tap_stats(c->tap);
}

size_t capture_file_count(const struct capture *c)
{
	return c->tap != NULL ? 1 : c->count;
}

const struct capture_file *capture_file(const struct capture *c, size_t i)
{
	return c->tap != NULL ? &c->tap_info : savefile_info(c->sources[i].file);
}

double capture_progress(const struct capture *c)
{
	double used = 0, size = 0;

	for (size_t i = 0; i < c->count; i++) {
		double file_used, file_size;

		if (!savefile_position(c->sources[i].file, &file_used, &file_size))
			return -1;
		used += file_used;
		size += file_size;
	}
	if (c->tap != NULL || size <= 0)
		return -1;
	return used < size ? used / size : 1;
}

void capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->count; i++)
		savefile_close(c->sources[i].file);
	capture_tap_close(c->tap);
	free(c->sources);
	free(c->heap);
	free(c->tap_name);
	free(c);
}
