/* stream.c - the bytes of a file, unpacked if it is compressed
 *
 * The first few bytes are read into `head` and looked at. Without a codec, what follows
 * is read straight into the caller's memory; with one, block by block into `block`,
 * from where the codec unpacks into the caller's memory.
 */
#include "config.h"

#include "codec.h"
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_SIZE = 6, BLOCK_SIZE = 128 * 1024, READ_MAX = 512 * 1024 };

static const struct codec *const codecs[] = {
	&codec_gzip, &codec_zstd, &codec_xz, &codec_lz4, &codec_bzip2,
};

struct stream {
	int fd;
	bool sized;           /* a regular file */
	uint64_t size, taken; /* bytes: of the file, read from it */
	uint8_t head[HEAD_SIZE];
	bool begun; /* the codec is known */
	uint8_t *block;
	const uint8_t *next; /* what was read and not used: in head, then in block */
	size_t left;
	const struct codec *codec;
	void *state;
	enum codec_status status; /* what run() said last */
	bool ended;               /* in good order */
	char error[160];
	bool cut;
};

static ssize_t stream_fail(struct stream *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static ssize_t stream_fail(struct stream *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(s->error, sizeof(s->error), fmt, args);
	va_end(args);
	return -1;
}

static bool stream_failed(const struct stream *s)
{
	return s->error[0] != '\0';
}

static void stream_open_fd(struct stream *s, const char *path)
{
	struct stat st;

	s->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO)
				       : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0 || fstat(s->fd, &st) != 0) {
		stream_fail(s, "%s", strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		stream_fail(s, "is a directory");
	} else if (S_ISREG(st.st_mode)) {
		s->sized = true;
		s->size = (uint64_t)st.st_size;
#ifdef POSIX_FADV_SEQUENTIAL
		posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* a hint */
#endif
	}
}

struct stream *stream_open(const char *path)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->next = s->head;
	stream_open_fd(s, path);
	return s;
}

static ssize_t stream_take(struct stream *s, void *buf, size_t size)
{
	ssize_t n = read(s->fd, buf, size < READ_MAX ? size : READ_MAX);

	if (n > 0)
		s->taken += (uint64_t)n;
	else if (n < 0 && errno != EINTR)
		stream_fail(s, "%s at byte %" PRIu64, strerror(errno), s->taken);
	return n;
}

static const struct codec *stream_recognise(const struct stream *s)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		const struct codec *c = codecs[i];

		if (s->left >= c->magic_len &&
		    memcmp(s->head, c->magic, c->magic_len) == 0)
			return c;
	}
	return NULL;
}

static ssize_t stream_open_codec(struct stream *s)
{
	if (s->codec->open == NULL)
		return stream_fail(s, "%s support was not built in", s->codec->name);
	s->block = malloc(BLOCK_SIZE);
	s->state = s->codec->open();
	if (s->block == NULL || s->state == NULL)
		return stream_fail(s, "out of memory");
	return 0;
}

/* 0, or -1 as stream_read(). */
static ssize_t stream_begin(struct stream *s)
{
	while (s->left < HEAD_SIZE) {
		ssize_t n = stream_take(s, s->head + s->left, HEAD_SIZE - s->left);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		s->left += (size_t)n;
	}
	s->begun = true;
	s->codec = stream_recognise(s);
	return s->codec == NULL ? 0 : stream_open_codec(s);
}

static ssize_t stream_plain(struct stream *s, uint8_t *buf, size_t size)
{
	size_t n = s->left < size ? s->left : size;

	if (n == 0)
		return stream_take(s, buf, size);
	memcpy(buf, s->next, n);
	s->next += n;
	s->left -= n;
	return (ssize_t)n;
}

static bool stream_damaged(const struct stream *s)
{
	return s->status == CODEC_DAMAGED || s->status == CODEC_TOO_LARGE;
}

static ssize_t stream_tell_damage(struct stream *s)
{
	const char *what =
	    s->status == CODEC_DAMAGED ? "damaged" : "need too much memory to unpack,";

	return stream_fail(s, "%s data %s at byte %" PRIu64 " of the compressed file",
			   s->codec->name, what, s->taken - s->left);
}

/* 1: there is more; 0: the end, in good order; -1 as stream_read(). */
static ssize_t stream_refill(struct stream *s)
{
	ssize_t n = stream_take(s, s->block, BLOCK_SIZE);

	if (n < 0)
		return -1;
	s->next = s->block;
	s->left = (size_t)n;
	if (n > 0)
		return 1;
	if (s->status == CODEC_DONE)
		return 0;
	s->cut = true;
	return stream_fail(s, "%s data cut at byte %" PRIu64 " of the compressed file",
			   s->codec->name, s->taken);
}

/* Bytes unpacked; 0: it needs input, or the data are damaged. */
static size_t stream_run(struct stream *s, uint8_t *buf, size_t size)
{
	struct codec_io io = {
		.in = s->next, .in_left = s->left, .out = buf, .out_left = size
	};

	if (stream_damaged(s) || (s->left == 0 && s->status == CODEC_DONE))
		return 0;
	s->status = s->codec->run(s->state, &io);
	/* A library that neither takes nor gives would keep us for ever. */
	if (s->status == CODEC_MORE && s->left > 0 && io.in_left == s->left &&
	    io.out_left == size)
		s->status = CODEC_DAMAGED;
	s->next = io.in;
	s->left = io.in_left;
	return size - io.out_left;
}

static ssize_t stream_unpack(struct stream *s, uint8_t *buf, size_t size)
{
	for (;;) {
		size_t n = stream_run(s, buf, size);
		ssize_t more;

		if (n > 0)
			return (ssize_t)n;
		if (stream_damaged(s))
			return stream_tell_damage(s);
		if (s->left > 0)
			continue;
		more = stream_refill(s);
		if (more <= 0)
			return more;
	}
}

/* What unpacking needs; a stream may live on long after its end. */
static void stream_release(struct stream *s)
{
	if (s->state != NULL)
		s->codec->close(s->state);
	s->state = NULL;
	free(s->block);
	s->block = NULL;
}

ssize_t stream_read(struct stream *s, void *buf, size_t size)
{
	ssize_t n;

	if (s->ended)
		return 0;
	if (stream_failed(s) || (!s->begun && stream_begin(s) < 0))
		return -1;
	if (s->codec == NULL)
		return stream_plain(s, buf, size);
	n = stream_unpack(s, buf, size);
	s->ended = n == 0;
	if (s->ended || stream_failed(s))
		stream_release(s);
	return n;
}

const char *stream_error(const struct stream *s)
{
	return stream_failed(s) ? s->error : NULL;
}

bool stream_cut(const struct stream *s)
{
	return s->cut;
}

const char *stream_codec(const struct stream *s)
{
	return s->codec != NULL ? s->codec->name : NULL;
}

bool stream_position(const struct stream *s, double *used, double *size)
{
	*used = (double)(s->taken - s->left);
	*size = (double)s->size;
	return s->sized;
}

void stream_close(struct stream *s)
{
	if (s == NULL)
		return;
	stream_release(s);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}
