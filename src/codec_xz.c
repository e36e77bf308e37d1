/* codec_xz.c - xz, by liblzma */
#include "config.h"

#include "codec.h"

#ifdef HAVE_LZMA

#include <lzma.h>
#include <stdbool.h>
#include <stdlib.h>

enum { XZ_MEMORY = 512 << 20 }; /* xz -9 asks for 65 MiB */

struct xz {
	lzma_stream lzma;
	bool between; /* a stream has ended, no other has begun */
};

static void *xz_open(void)
{
	struct xz *x = calloc(1, sizeof(*x));

	if (x != NULL && lzma_stream_decoder(&x->lzma, XZ_MEMORY, 0) != LZMA_OK) {
		free(x);
		return NULL;
	}
	return x;
}

/* Streams may be followed by zeros ("stream padding"). */
static bool xz_padding(struct codec_io *io)
{
	const uint8_t *from = io->in;

	while (io->in_left > 0 && *io->in == 0) {
		io->in++;
		io->in_left--;
	}
	return io->in != from;
}

static enum codec_status xz_result(struct xz *x, lzma_ret result)
{
	switch ((int)result) {
	case LZMA_OK:
	case LZMA_BUF_ERROR: /* nothing to do for now */
		return CODEC_MORE;
	case LZMA_STREAM_END:
		x->between = true;
		/* Allowed on a used stream: it takes its memory over. */
		result = lzma_stream_decoder(&x->lzma, XZ_MEMORY, 0);
		return result == LZMA_OK ? CODEC_DONE : CODEC_TOO_LARGE;
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return CODEC_TOO_LARGE;
	default:
		return CODEC_DAMAGED;
	}
}

static enum codec_status xz_run(void *state, struct codec_io *io)
{
	struct xz *x = state;
	lzma_ret result;

	if (x->between && xz_padding(io))
		return CODEC_DONE;
	x->between = false;
	x->lzma.next_in = io->in;
	x->lzma.avail_in = io->in_left;
	x->lzma.next_out = io->out;
	x->lzma.avail_out = io->out_left;
	result = lzma_code(&x->lzma, LZMA_RUN);
	io->in = x->lzma.next_in;
	io->in_left = x->lzma.avail_in;
	io->out = x->lzma.next_out;
	io->out_left = x->lzma.avail_out;
	return xz_result(x, result);
}

static void xz_close(void *state)
{
	struct xz *x = state;

	lzma_end(&x->lzma);
	free(x);
}

#endif

const struct codec codec_xz = {
	.name = "xz",
	.magic = "\xfd"
		 "7zXZ\0",
	.magic_len = 6,
#ifdef HAVE_LZMA
	.open = xz_open,
	.run = xz_run,
	.close = xz_close,
#endif
};
