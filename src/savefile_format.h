/* savefile_format.h - what savefile.c and the readers of the two formats share
 *
 * A reader stands at the start of a record until all of it is there, so that a signal,
 * an error or the end leave the window's offset at the record that is concerned.
 */
#ifndef SAVEFILE_FORMAT_H
#define SAVEFILE_FORMAT_H

#include "savefile.h"
#include "window.h"

struct savefile_format;

struct savefile {
	struct stream *stream;
	struct window window;
	const struct savefile_format *format; /* NULL: not yet known */
	void *state;                          /* the format's; freed with free_state */
	struct capture_file info;
	char *path;
	char error[CAPTURE_ERRLEN];
};

struct savefile_format {
	const char *name;
	/* The first four bytes are this format's. */
	bool (*recognise)(const uint8_t magic[4]);
	/* Read the head of the file and set `state`: 1 done, else as savefile_next(). */
	int (*begin)(struct savefile *);
	int (*next)(struct savefile *, struct te_frame *);
	/* As savefile_more(), of frames that lie whole in the window and are as usual;
	 * the rest is next()'s. NULL: none ever. */
	int (*more)(struct savefile *, struct te_frame *, int max, te_time until);
	void (*free_state)(void *state);
};

extern const struct savefile_format savefile_pcap, savefile_pcapng;

/* Set `error` to the text and " at byte N", N the window's offset. Returns 0. */
int savefile_fail(struct savefile *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* After window_want(whole) gave NULL: 0 with `error` set, or without it when the file
 * ends here in good order; -1 as savefile_next(). `what` is the thing that would be
 * cut: "record". */
int savefile_short(struct savefile *, const char *what, size_t whole);
/* Files of some systems carry DLT_RAW, 12 or 14, where LINKTYPE_RAW belongs; the upper
 * bits tell the length of the FCS. */
uint16_t savefile_linktype(uint32_t);

static inline uint16_t savefile_u16(const uint8_t *p, bool big)
{
	unsigned first = p[0], second = p[1];

	return (uint16_t)(big ? first << 8 | second : second << 8 | first);
}

static inline uint32_t savefile_u32(const uint8_t *p, bool big)
{
	if (big)
		return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
		       p[3];
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t savefile_u64(const uint8_t *p, bool big)
{
	uint64_t first = savefile_u32(p, big), second = savefile_u32(p + 4, big);

	return big ? first << 32 | second : second << 32 | first;
}

#endif
