/* decode_plain.h - the short ways for what most frames are
 *
 * IPv4 or IPv6 without options or fragments, TCP, and nothing cut off of their headers.
 */
#ifndef DECODE_PLAIN_H
#define DECODE_PLAIN_H

#include "tcpends.h"

/* Behind Ethernet. True: `out` is what the walk through the layers would have made of it.
 * False: it is anything else, and `out` may have been written to. */
bool decode_plain(const struct te_frame *, bool checksum, struct te_segment *out);
/* The same behind any link type that has a type(), and with a VLAN tag or without. */
bool decode_plain_link(const struct te_frame *, bool checksum, struct te_segment *out);

#endif
