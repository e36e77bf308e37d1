/* codec_gzip.c - gzip, RFC 1952, by zlib */
#include "config.h"

#include "codec.h"

#ifdef HAVE_ZLIB

#include <stdbool.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

struct gzip {
	z_stream z;
	bool between; /* a member has ended, no other has begun */
};

static void *gzip_open(void)
{
	struct gzip *g = calloc(1, sizeof(*g));

	/* 15: the largest window; 16: a gzip header, nothing else */
	if (g != NULL && inflateInit2(&g->z, 15 + 16) != Z_OK) {
		free(g);
		return NULL;
	}
	return g;
}

/* Members may be padded with zeros, as on tapes. */
static bool gzip_padding(struct codec_io *io)
{
	const uint8_t *from = io->in;

	while (io->in_left > 0 && *io->in == 0) {
		io->in++;
		io->in_left--;
	}
	return io->in != from;
}

static enum codec_status gzip_result(struct gzip *g, int result)
{
	switch (result) {
	case Z_OK:
	case Z_BUF_ERROR: /* nothing to do for now */
		return CODEC_MORE;
	case Z_STREAM_END:
		g->between = true;
		return inflateReset(&g->z) == Z_OK ? CODEC_DONE : CODEC_DAMAGED;
	case Z_MEM_ERROR:
		return CODEC_TOO_LARGE;
	default:
		return CODEC_DAMAGED;
	}
}

static enum codec_status gzip_run(void *state, struct codec_io *io)
{
	struct gzip *g = state;
	int result;

	if (g->between && gzip_padding(io))
		return CODEC_DONE;
	g->between = false;
	g->z.next_in = io->in;
	g->z.avail_in = (uInt)io->in_left;
	g->z.next_out = io->out;
	g->z.avail_out = (uInt)io->out_left;
	result = inflate(&g->z, Z_NO_FLUSH);
	io->in = g->z.next_in;
	io->in_left = g->z.avail_in;
	io->out = g->z.next_out;
	io->out_left = g->z.avail_out;
	return gzip_result(g, result);
}

static void gzip_close(void *state)
{
	struct gzip *g = state;

	inflateEnd(&g->z);
	free(g);
}

#endif

const struct codec codec_gzip = {
	.name = "gzip",
	.magic = "\x1f\x8b",
	.magic_len = 2,
#ifdef HAVE_ZLIB
	.open = gzip_open,
	.run = gzip_run,
	.close = gzip_close,
#endif
};
