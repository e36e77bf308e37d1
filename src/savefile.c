/* savefile.c - one capture file, pcap or pcapng, frame by frame */
#include "config.h"

#include "savefile_format.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct savefile_format *const formats[] = {
	&savefile_pcap,
	&savefile_pcapng,
};

static int savefile_set_error(struct savefile *f, const char *text)
{
	snprintf(f->error, sizeof(f->error), "%s", text);
	f->info.error = f->error;
	return 0;
}

int savefile_fail(struct savefile *f, const char *fmt, ...)
{
	char text[CAPTURE_ERRLEN - 40];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	snprintf(f->error, sizeof(f->error), "%s at byte %" PRIu64, text,
		 f->window.offset);
	f->info.error = f->error;
	return 0;
}

int savefile_short(struct savefile *f, const char *what, size_t whole)
{
	const struct window *w = &f->window;

	if (w->interrupted)
		return -1;
	if (w->no_memory)
		return savefile_set_error(f, "out of memory");
	if (stream_error(f->stream) != NULL) {
		f->info.truncated_tail = stream_cut(f->stream);
		return savefile_set_error(f, stream_error(f->stream));
	}
	if (w->left == 0)
		return 0;
	f->info.truncated_tail = true;
	return savefile_fail(f, "the %s is cut: %zu of %zu bytes are there,", what,
			     w->left, whole);
}

uint16_t savefile_linktype(uint32_t value)
{
	uint16_t linktype = (uint16_t)value;

	return linktype == 12 || linktype == 14 ? 101 : linktype;
}

static int savefile_not_capture(struct savefile *f)
{
	const struct window *w = &f->window;
	char hex[3 * 4 + 1] = "";

	if (w->left == 0)
		return savefile_fail(f, "the file is empty");
	for (size_t i = 0; i < 4 && i < w->left; i++)
		snprintf(hex + 3 * i, 4, " %02x", w->next[i]);
	return savefile_fail(f, "not a pcap or pcapng capture (begins with%s)", hex);
}

/* 1: the format is known and its head read; else as savefile_next(). */
static int savefile_begin(struct savefile *f)
{
	const uint8_t *magic = window_want(&f->window, 4);
	int result;

	f->info.codec = stream_codec(f->stream);
	if (magic == NULL && (f->window.interrupted || f->window.no_memory ||
			      stream_error(f->stream) != NULL))
		return savefile_short(f, "file header", 4);
	for (size_t i = 0; magic != NULL && i < sizeof(formats) / sizeof(formats[0]);
	     i++) {
		if (!formats[i]->recognise(magic))
			continue;
		f->info.format = formats[i]->name;
		result = formats[i]->begin(f);
		if (result == 1)
			f->format = formats[i];
		return result;
	}
	return savefile_not_capture(f);
}

struct savefile *savefile_open(const char *path)
{
	struct savefile *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->path = strdup(path);
	f->stream = stream_open(path);
	if (f->path == NULL || f->stream == NULL) {
		savefile_close(f);
		return NULL;
	}
	f->window.stream = f->stream;
	f->info.path = f->path;
	f->info.format = "unknown";
	f->info.digits = 6;
	return f;
}

/* Most codecs tell that their data are damaged only behind what they made of them: so a
 * record that is nonsense may be theirs. The rest of the file is unpacked to ask. */
static void savefile_blame_codec(struct savefile *f)
{
	struct window *w = &f->window;
	double used, size;

	if (stream_codec(f->stream) == NULL || stream_error(f->stream) != NULL ||
	    f->info.truncated_tail || !stream_position(f->stream, &used, &size))
		return;
	while (stream_read(f->stream, w->buf, w->size) > 0)
		;
	if (stream_error(f->stream) != NULL && !stream_cut(f->stream))
		savefile_set_error(f, stream_error(f->stream));
}

int savefile_next(struct savefile *f, struct te_frame *frame)
{
	int result = 1;

	if (f->info.error != NULL)
		return 0;
	if (f->format == NULL)
		result = savefile_begin(f);
	if (result == 1)
		result = f->format->next(f, frame);
	if (result == 1)
		frame->number = ++f->info.packets;
	if (f->info.error != NULL)
		savefile_blame_codec(f);
	if (result == 0)
		window_release(&f->window); /* of many files, few are read at once */
	return result;
}

int savefile_more(struct savefile *f, struct te_frame *frames, int max, te_time until)
{
	int got = f->format->more != NULL ? f->format->more(f, frames, max, until) : 1;

	f->info.packets += (uint64_t)got - 1;
	return got;
}

const struct capture_file *savefile_info(const struct savefile *f)
{
	return &f->info;
}

bool savefile_position(const struct savefile *f, double *used, double *size)
{
	return stream_position(f->stream, used, size);
}

void savefile_close(struct savefile *f)
{
	if (f == NULL)
		return;
	if (f->state != NULL)
		f->format->free_state(f->state);
	stream_close(f->stream);
	window_release(&f->window);
	free(f->path);
	free(f);
}
