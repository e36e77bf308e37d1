/* codec_lz4.c - the LZ4 frame format, by liblz4 */
#include "config.h"

#include "codec.h"

#ifdef HAVE_LZ4

#include <lz4frame.h>
#include <stdbool.h>
#include <stdlib.h>

/* An error makes the library forget what the same call has unpacked before it. So it
 * gets no more than it asks for, which is one block, and nothing while it may still hold
 * a part of the block before: only what is bad is lost. */
struct lz4 {
	LZ4F_dctx *ctx;
	size_t wanted; /* bytes */
	bool holds;    /* the room for the last block did not suffice, or just did */
};

enum { LZ4_FRAME_START = 7 }; /* bytes of the smallest frame header */

static void *lz4_open(void)
{
	struct lz4 *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->wanted = LZ4_FRAME_START;
	if (LZ4F_isError(LZ4F_createDecompressionContext(&l->ctx, LZ4F_VERSION))) {
		free(l);
		return NULL;
	}
	return l;
}

static enum codec_status lz4_step(struct lz4 *l, struct codec_io *io, size_t in)
{
	size_t out = io->out_left;
	size_t result = LZ4F_decompress(l->ctx, io->out, &out, io->in, &in, NULL);

	if (LZ4F_isError(result)) /* and `in` and `out` say nothing */
		return CODEC_DAMAGED;
	io->in += in;
	io->in_left -= in;
	io->out += out;
	io->out_left -= out;
	l->wanted = result == 0 ? LZ4_FRAME_START : result;
	l->holds = result != 0 && io->out_left == 0;
	return result == 0 ? CODEC_DONE : CODEC_MORE;
}

static enum codec_status lz4_run(void *state, struct codec_io *io)
{
	struct lz4 *l = state;
	size_t room = io->out_left;

	if (l->holds) {
		enum codec_status status = lz4_step(l, io, 0);

		if (status != CODEC_MORE || io->out_left != room)
			return status;
	}
	return lz4_step(l, io, l->wanted < io->in_left ? l->wanted : io->in_left);
}

static void lz4_close(void *state)
{
	struct lz4 *l = state;

	LZ4F_freeDecompressionContext(l->ctx);
	free(l);
}

#endif

const struct codec codec_lz4 = {
	.name = "lz4",
	.magic = "\x04\x22\x4d\x18",
	.magic_len = 4,
#ifdef HAVE_LZ4
	.open = lz4_open,
	.run = lz4_run,
	.close = lz4_close,
#endif
};
