/* capture_live.h - frames from an interface, by libpcap; for capture.c, and filter.c for
 * its numbers */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include "capture.h"

struct capture_tap;

/* Open the interface, then give up root's rights if a user is named. Fills in what is
 * known of it. NULL with err filled: see capture_open_live(). */
struct capture_tap *capture_tap_open(const struct capture_live *, struct capture_file *,
				     char err[CAPTURE_ERRLEN]);
/* As capture_next(); 0 with `error` set when the interface is lost. */
int capture_tap_next(struct capture_tap *, struct te_frame *);
void capture_tap_break(struct capture_tap *); /* safe in a signal handler */
void capture_tap_stats(struct capture_tap *);
void capture_tap_close(struct capture_tap *); /* NULL is fine */
/* libpcap's DLT_ number as files carry it, a LINKTYPE_. */
uint16_t capture_tap_linktype(int dlt);
/* And back, for filters on files. */
int capture_tap_dlt(uint16_t linktype);

#endif
