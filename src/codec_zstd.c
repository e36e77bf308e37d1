/* codec_zstd.c - Zstandard, RFC 8878, by libzstd */
#include "config.h"

#include "codec.h"

#ifdef HAVE_ZSTD

#include <stdbool.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/* An error makes the library forget what the same call has unpacked before it. So it
 * gets no more than it asks for, which is one block, and nothing while it may still hold
 * a part of the block before: only what is bad is lost. */
struct zstd {
	ZSTD_DStream *stream;
	size_t wanted; /* bytes */
	bool holds;    /* the room for the last block did not suffice, or just did */
};

enum { ZSTD_FRAME_START = 5 }; /* bytes that are enough to begin with */

static void zstd_close(void *state)
{
	struct zstd *z = state;

	ZSTD_freeDStream(z->stream);
	free(z);
}

static void *zstd_open(void)
{
	struct zstd *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	z->wanted = ZSTD_FRAME_START;
	z->stream = ZSTD_createDStream();
	if (z->stream == NULL) {
		zstd_close(z);
		return NULL;
	}
	return z;
}

static enum codec_status zstd_result(size_t result)
{
	if (result == 0)
		return CODEC_DONE;
	if (!ZSTD_isError(result))
		return CODEC_MORE;
	switch ((int)ZSTD_getErrorCode(result)) {
	case ZSTD_error_memory_allocation:
	case ZSTD_error_frameParameter_windowTooLarge: /* zstd --long=28 and above */
		return CODEC_TOO_LARGE;
	default:
		return CODEC_DAMAGED;
	}
}

static size_t zstd_step(struct zstd *z, struct codec_io *io, size_t size)
{
	ZSTD_inBuffer in = { .src = io->in, .size = size };
	ZSTD_outBuffer out = { .dst = io->out, .size = io->out_left };
	size_t result = ZSTD_decompressStream(z->stream, &out, &in);

	io->in += in.pos;
	io->in_left -= in.pos;
	io->out += out.pos;
	io->out_left -= out.pos;
	z->wanted = result == 0 ? ZSTD_FRAME_START : result;
	z->holds = result != 0 && io->out_left == 0;
	return result;
}

static enum codec_status zstd_run(void *state, struct codec_io *io)
{
	struct zstd *z = state;
	size_t room = io->out_left, result;

	if (z->holds) {
		result = zstd_step(z, io, 0);
		if (io->out_left != room)
			return zstd_result(result);
	}
	return zstd_result(
	    zstd_step(z, io, z->wanted < io->in_left ? z->wanted : io->in_left));
}

#endif

const struct codec codec_zstd = {
	.name = "zstd",
	.magic = "\x28\xb5\x2f\xfd",
	.magic_len = 4,
#ifdef HAVE_ZSTD
	.open = zstd_open,
	.run = zstd_run,
	.close = zstd_close,
#endif
};
