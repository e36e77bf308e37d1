/* outcome.h - all that comes out of a capture file; for cmocka tests */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "captures.h"
#include "savefile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { FRAMES_MAX = 64 };

/* What came out of one file. */
struct outcome {
	size_t count;
	struct te_frame frames[FRAMES_MAX]; /* `bytes` is not valid any more */
	uint8_t first_byte[FRAMES_MAX];     /* 0 for an empty frame */
	struct capture_file info;
	char error[CAPTURE_ERRLEN]; /* "": none */
};

static inline uint8_t checked_byte(const struct te_frame *f)
{
	for (uint32_t i = 1; i < f->caplen; i++)
		if (f->bytes[i] != f->bytes[0])
			return 0xff;
	return f->caplen > 0 ? f->bytes[0] : 0;
}

static inline void outcome_add(struct outcome *o, const struct te_frame *frame)
{
	if (o->count == FRAMES_MAX)
		return;
	assert_int_equal(frame->number, o->count + 1);
	o->first_byte[o->count] = checked_byte(frame);
	o->frames[o->count++] = *frame;
}

/* Batches of `max` frames. */
static inline void read_batches(const char *path, int max, struct outcome *o)
{
	struct savefile *f = savefile_open(path);
	struct te_frame frames[8] = { { .file = 7 } };

	*o = (struct outcome){ 0 };
	assert_non_null(f);
	while (o->count < FRAMES_MAX && savefile_next(f, frames) == 1) {
		int got = max > 1 ? savefile_more(f, frames, max, INT64_MAX) : 1;

		assert_in_range(got, 1, max);
		for (int i = 0; i < got; i++)
			outcome_add(o, &frames[i]);
	}
	o->info = *savefile_info(f);
	if (o->info.error != NULL)
		snprintf(o->error, sizeof(o->error), "%s", o->info.error);
	savefile_close(f);
}

/* One by one, and the same in batches. */
static inline void read_path(const char *path, struct outcome *o)
{
	struct outcome batches;

	read_batches(path, 1, o);
	read_batches(path, 8, &batches);
	assert_int_equal(batches.count, o->count);
	assert_string_equal(batches.error, o->error);
	assert_int_equal(batches.info.dropped, o->info.dropped);
	for (size_t i = 0; i < o->count; i++) {
		const struct te_frame *a = &o->frames[i], *b = &batches.frames[i];

		assert_int_equal(a->time, b->time);
		assert_int_equal(a->file, b->file);
		assert_int_equal(a->caplen, b->caplen);
		assert_int_equal(a->len, b->len);
		assert_int_equal(a->linktype, b->linktype);
		assert_int_equal(o->first_byte[i], batches.first_byte[i]);
	}
}

static inline void read_bytes(const void *bytes, size_t size, struct outcome *o)
{
	struct temp_file t;

	temp_write(&t, bytes, size);
	read_path(t.path, o);
	temp_remove(&t);
}

static inline void read_made(const struct made *m, struct outcome *o)
{
	read_bytes(m->bytes, m->len, o);
}

/* Cut at every byte: all whole records come, and there is an error if and only if the
 * cut is inside one. `ends` are the places where nothing is missing. */
static inline void check_cuts(const struct made *m, const size_t *ends,
			      const size_t *counts, size_t n)
{
	struct outcome o;
	size_t k = 0;

	for (size_t len = 0; len <= m->len; len++) {
		bool whole;

		while (k + 1 < n && ends[k + 1] <= len)
			k++;
		whole = len == ends[k];
		read_bytes(m->bytes, len, &o);
		assert_int_equal(o.count, len < ends[0] ? 0 : counts[k]);
		assert_int_equal(o.error[0] == '\0', whole);
		assert_int_equal(o.info.truncated_tail, !whole && len >= 4);
	}
}

static inline uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

#endif
