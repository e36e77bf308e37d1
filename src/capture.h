/* capture.h - capture files and live interfaces, as one timeline of frames
 *
 * The only module that knows where frames come from. Files are read by savefile.c
 * through stream.c (which unpacks); interfaces by libpcap. Several files are merged
 * by time; equal times keep the order of the command line. Inside one file the
 * order of the file is kept, also when its clock runs backwards.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "tcpends.h"

enum { CAPTURE_ERRLEN = 512 };

struct capture;

/* What is known of one input; borrowed, valid until capture_close(). */
struct capture_file {
	const char
	    *path; /* as given; "-" is standard input; the interface's name when live */
	const char *format; /* "pcap", "pcapng", "live" */
	const char *codec;  /* "gzip", "zstd", "xz", "lz4", "bzip2", or NULL */
	uint16_t linktype;  /* of the first interface */
	uint32_t snaplen;
	unsigned digits;   /* of the timestamps' fraction: 6, 9, or what the file says, at
			      most 9 */
	uint64_t packets;  /* read so far */
	const char *error; /* one line without the path, "... at byte N", once the file is
			      cut or damaged; else NULL */
	bool truncated_tail; /* the error is that the last record or stream is incomplete
			      */
	bool
	    dropped_known; /* the file or the kernel said how many packets were dropped */
	uint64_t dropped;  /* by the kernel, or all that the file says */
	uint64_t dropped_by_if; /* live only */
};

struct capture_live {
	const char *interface;
	uint32_t snaplen; /* bytes */
	int buffer_kib;   /* 0: libpcap's default */
	bool promiscuous;
	const char *filter; /* pcap-filter, or NULL */
	const char *user;   /* drop privileges to, or NULL */
};

/* Open all files and read each one's first frame. A file that cannot be opened or is no
 * capture at all has `error` set and no frames; the others are read. NULL with err
 * filled only when out of memory. */
struct capture *capture_open_files(const char *const *paths, size_t count,
				   char err[CAPTURE_ERRLEN]);
/* NULL with err filled: no such interface, no permission, bad filter. */
struct capture *capture_open_live(const struct capture_live *, char err[CAPTURE_ERRLEN]);

/* 1: a frame, whose bytes are borrowed until the next call; 0: the end; -1: live, nothing
 * came within 100 ms or the call was broken by capture_break(). */
int capture_next(struct capture *, struct te_frame *);
/* The same for up to `max` frames, all borrowed until the next call: how many, or 0, or
 * -1. */
int capture_batch(struct capture *, struct te_frame *, int max);
/* Safe in a signal handler. */
void capture_break(struct capture *);
/* Live: refresh `dropped`; files: nothing. */
void capture_stats(struct capture *);

size_t capture_file_count(const struct capture *);
const struct capture_file *capture_file(const struct capture *,
					size_t i); /* i counts from 0 */
/* 0 to 1, for a progress line; negative when it cannot be known (a pipe, live). */
double capture_progress(const struct capture *);
void capture_close(struct capture *); /* NULL is fine */

/* One line per interface that can be captured on, as tcpdump -D. */
int capture_list_interfaces(char err[CAPTURE_ERRLEN]);

#endif
