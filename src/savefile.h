/* savefile.h - one capture file, pcap or pcapng, frame by frame
 *
 * A reader of its own instead of libpcap's: it delivers what comes before any damage and
 * says where the damage is, reads several link types from one file, and copies nothing.
 */
#ifndef SAVEFILE_H
#define SAVEFILE_H

#include "capture.h"

struct savefile;

/* NULL only when out of memory. What else goes wrong is told by savefile_info()->error
 * once savefile_next() has returned 0. */
struct savefile *savefile_open(const char *path);
/* 1: a frame, whose bytes are borrowed until the next call and whose `file` is not set;
 * 0: the end or an error; -1: a signal came first, call again. */
int savefile_next(struct savefile *, struct te_frame *);
/* After a 1, with that frame as the first: those behind it whose bytes are there already
 * and which are earlier than `until`, `max` in all. How many there are now; all are
 * borrowed until the next savefile_next(). */
int savefile_more(struct savefile *, struct te_frame *frames, int max, te_time until);
const struct capture_file *savefile_info(const struct savefile *);
/* Bytes of the file, and how many of them were used; false for a pipe. */
bool savefile_position(const struct savefile *, double *used, double *size);
void savefile_close(struct savefile *); /* NULL is fine */

#endif
