/* frame.h - a script's segment as the frame that a network would carry */
#ifndef FRAME_H
#define FRAME_H

#include "script.h"

enum { FRAME_MAX = 65600, FRAME_LINKTYPE = 1 /* LINKTYPE_ETHERNET */ };

/* Room for the longest segment a script can have. */
struct frame {
	uint8_t bytes[FRAME_MAX];
	size_t len;
	size_t caplen; /* what the segment's snap length leaves */
};

/* TCP can be read from it, as far as lengths go. */
bool frame_is_readable(const struct script_segment *);

/* Ethernet (with an 802.1Q tag if the segment has a VLAN), IPv4 or IPv6, TCP; `pad` to
 * the 60 bytes of Ethernet, as a receiver sees them. */
void frame_build(struct frame *, const struct script_segment *, bool pad);

#endif
