/* decode_plain.h - the short way for what most frames are
 *
 * Ethernet, IPv4 or IPv6 without options or fragments, TCP, and nothing cut off of their
 * headers.
 */
#ifndef DECODE_PLAIN_H
#define DECODE_PLAIN_H

#include "tcpends.h"

/* True: `out` is what the walk through the layers would have made of it. False: it is
 * anything else, and `out` may have been written to. */
bool decode_plain(const struct te_frame *, bool checksum, struct te_segment *out);

#endif
