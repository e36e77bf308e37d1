/* taps.c - are two of the files taps of the same traffic?
 *
 * A segment is the same when addresses, ports, numbers, flags, length and IP
 * identification are, and both files saw it within half a second: a repeated segment
 * has another identification or comes later.
 */
#include "config.h"
#include "taps.h"
#include "capture.h"
#include "say.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TAPS_SEGMENTS = 1000 };
static const te_time taps_apart = TE_SEC / 2;

struct taps_mark {
	struct te_addr src, dst;
	uint32_t seq, ack, len, tsval;
	uint16_t src_port, dst_port, ip_id;
	uint8_t flags, ip_version;
	te_time time;
};

struct taps_file {
	struct taps_mark *marks; /* sorted, first TAPS_SEGMENTS of the file */
	size_t count;
};

/* Everything but the time; marks are zeroed, so padding compares equal. */
static int taps_compare_what(const struct taps_mark *a, const struct taps_mark *b)
{
	return memcmp(a, b, offsetof(struct taps_mark, time));
}

static int taps_compare(const void *left, const void *right)
{
	const struct taps_mark *a = left, *b = right;
	int what = taps_compare_what(a, b);

	if (what != 0 || a->time == b->time)
		return what;
	return a->time < b->time ? -1 : 1;
}

static void taps_mark(struct taps_mark *mark, const struct te_segment *segment)
{
	memset(mark, 0, sizeof(*mark));
	mark->src = segment->src;
	mark->dst = segment->dst;
	mark->seq = segment->seq;
	mark->ack = segment->ack;
	mark->len = segment->len;
	mark->tsval = (segment->has & TE_HAS_TS) != 0 ? segment->tsval : 0;
	mark->src_port = segment->src_port;
	mark->dst_port = segment->dst_port;
	mark->ip_id = segment->ip_id;
	mark->flags = segment->flags;
	mark->ip_version = segment->ip_version;
	mark->time = segment->time;
}

static bool taps_read(struct taps_file *file, const char *path)
{
	char err[CAPTURE_ERRLEN];
	struct capture *capture = capture_open_files(&path, 1, err);
	struct te_segment segment;
	struct te_frame frame;

	file->marks = calloc(TAPS_SEGMENTS, sizeof(*file->marks));
	while (capture != NULL && file->marks != NULL && file->count < TAPS_SEGMENTS &&
	       capture_next(capture, &frame) == 1) {
		if (te_decode(&frame, &segment) == TE_OK)
			taps_mark(&file->marks[file->count++], &segment);
	}
	capture_close(capture);
	if (file->count > 1)
		qsort(file->marks, file->count, sizeof(*file->marks), taps_compare);
	return file->marks != NULL;
}

static size_t taps_matches(const struct taps_file *a, const struct taps_file *b)
{
	size_t matches = 0;

	for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
		int what = taps_compare_what(&a->marks[i], &b->marks[k]);
		te_time apart = a->marks[i].time - b->marks[k].time;

		if (what == 0 && apart >= -taps_apart && apart <= taps_apart) {
			matches++;
			i++;
			k++;
		} else if (what < 0 || (what == 0 && apart < 0)) {
			i++;
		} else {
			k++;
		}
	}
	return matches;
}

/* Half of the shorter one, and never on a single segment's word. */
static bool taps_same(const struct taps_file *a, const struct taps_file *b)
{
	size_t shorter = a->count < b->count ? a->count : b->count;

	return shorter >= 2 && taps_matches(a, b) * 2 >= shorter;
}

static bool taps_is_regular(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool taps_known(const struct taps_file *files, const char *const *paths, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (!taps_same(&files[k], &files[i]))
			continue;
		say_error("%s and %s hold the same segments: two taps of the same "
			  "traffic; give one of them, or --separate",
			  paths[k], paths[i]);
		return true;
	}
	return false;
}

bool taps_same_traffic(const char *const *paths, size_t count)
{
	struct taps_file *files;
	bool same = false;

	if (count < 2)
		return false;
	files = calloc(count, sizeof(*files));
	for (size_t i = 0; files != NULL && !same && i < count; i++) {
		if (taps_is_regular(paths[i]) && taps_read(&files[i], paths[i]))
			same = taps_known(files, paths, i);
	}
	for (size_t i = 0; files != NULL && i < count; i++)
		free(files[i].marks);
	free(files);
	return same;
}
