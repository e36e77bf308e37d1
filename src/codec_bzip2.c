/* codec_bzip2.c - bzip2, by libbz2 */
#include "config.h"

#include "codec.h"

#ifdef HAVE_BZIP2

#include <bzlib.h>
#include <stdlib.h>

static void *bzip2_open(void)
{
	bz_stream *bz = calloc(1, sizeof(*bz));

	if (bz != NULL && BZ2_bzDecompressInit(bz, 0, 0) != BZ_OK) {
		free(bz);
		return NULL;
	}
	return bz;
}

/* libbz2 has no reset: end and begin anew, in the same place. */
static enum codec_status bzip2_restart(bz_stream *bz)
{
	BZ2_bzDecompressEnd(bz);
	*bz = (bz_stream){ 0 };
	return BZ2_bzDecompressInit(bz, 0, 0) == BZ_OK ? CODEC_DONE : CODEC_TOO_LARGE;
}

static enum codec_status bzip2_result(bz_stream *bz, int result)
{
	switch (result) {
	case BZ_OK:
		return CODEC_MORE;
	case BZ_STREAM_END:
		return bzip2_restart(bz);
	case BZ_MEM_ERROR:
		return CODEC_TOO_LARGE;
	default:
		return CODEC_DAMAGED;
	}
}

static enum codec_status bzip2_run(void *state, struct codec_io *io)
{
	bz_stream *bz = state;
	int result;

	bz->next_in = (char *)(uintptr_t)io->in; /* not written to */
	bz->avail_in = (unsigned)io->in_left;
	bz->next_out = (char *)io->out;
	bz->avail_out = (unsigned)io->out_left;
	result = BZ2_bzDecompress(bz);
	io->in += io->in_left - bz->avail_in;
	io->in_left = bz->avail_in;
	io->out += io->out_left - bz->avail_out;
	io->out_left = bz->avail_out;
	return bzip2_result(bz, result);
}

static void bzip2_close(void *state)
{
	BZ2_bzDecompressEnd(state);
	free(state);
}

#endif

const struct codec codec_bzip2 = {
	.name = "bzip2",
	.magic = "BZh",
	.magic_len = 3,
#ifdef HAVE_BZIP2
	.open = bzip2_open,
	.run = bzip2_run,
	.close = bzip2_close,
#endif
};
