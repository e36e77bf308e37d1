/* codec.h - what stream.c must know of a compressed format
 *
 * A codec is one file with one row. A file may hold several members (gzip), frames
 * (zstd, lz4) or streams (xz, bzip2) one after the other; all are called members here.
 */
#ifndef CODEC_H
#define CODEC_H

#include <stddef.h>
#include <stdint.h>

enum codec_status {
	CODEC_MORE,      /* inside a member */
	CODEC_DONE,      /* a member has just ended; the file may end here */
	CODEC_DAMAGED,   /* the data contradict themselves, or a checksum is wrong */
	CODEC_TOO_LARGE, /* unpacking would take more memory than there is or we grant */
};

/* run() takes from `in`, writes to `out` and moves both on. */
struct codec_io {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t out_left;
};

struct codec {
	const char *name;
	const char *magic;
	size_t magic_len;
	/* NULL when the library was not there at build time, like run and close */
	void *(*open)(void); /* NULL: out of memory */
	/* One step. Called with nothing in `in` only inside a member, to hand out what
	 * the library still holds. After CODEC_DONE it is ready for the next member. */
	enum codec_status (*run)(void *state, struct codec_io *);
	void (*close)(void *state);
};

extern const struct codec codec_gzip, codec_zstd, codec_xz, codec_lz4, codec_bzip2;

#endif
