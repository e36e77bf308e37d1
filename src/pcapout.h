/* pcapout.h - captured frames written as a pcap file */
#ifndef PCAPOUT_H
#define PCAPOUT_H

#include "aside.h"
#include "tcpends.h"

struct pcapout {
	struct aside aside;
	uint16_t linktype;
	bool nanoseconds;
	bool begun;       /* the header is written */
	uint64_t skipped; /* frames of another link type: pcap has room for one only */
};

/* False with errno set. */
bool pcapout_open(struct pcapout *, const char *path);
/* An input's times have so many digits; before the first frame it decides between
 * micro- and nanoseconds. */
void pcapout_precision(struct pcapout *, unsigned digits);
/* The first frame decides on the link type. Errors stick until pcapout_commit(). */
void pcapout_frame(struct pcapout *, const struct te_frame *);
/* Without a frame it is an empty Ethernet capture. False with errno set. */
bool pcapout_commit(struct pcapout *);

#endif
