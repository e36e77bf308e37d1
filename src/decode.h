/* decode.h - one frame to one TCP segment
 *
 * The innermost TCP header counts, through VLAN tags, labels and tunnels; addresses,
 * ttl and id are those of the IP header right before it.  TCP that an ICMP error quotes
 * is not a segment.
 *
 * TE_OK: all of `out` is valid, as far as `out->has` says it was there.  Any other
 * status: only `out->has` is, for TE_HAS_VLAN and TE_TUNNELLED: as far as it was read,
 * the frame had such headers.
 *
 * - The IP lengths say what was sent, never the captured length, so padding is no
 * payload.  An IP length of more than the frame's is believed all the same.
 * - TE_TRUNCATED: the 20 fixed bytes of TCP, or a header before them, were not all
 *   captured.  Less than that missing: TE_OK with TE_SNAPPED, and what options are
 *   there.
 * - TE_FRAGMENT: a later fragment of TCP, a first one without all 20 bytes, or any
 *   fragment of a tunnel.
 * - TE_MALFORMED: a header that claims to be shorter than its minimum or longer than
 *   what it is in, or IP of the wrong version.
 * - TE_IGNORED: anything else that is not TCP.
 * - A checksum that offloading has not finished yet is neither TE_SUM_KNOWN nor bad.
 */
#ifndef DECODE_H
#define DECODE_H

#include "tcpends.h"

/* te_decode, which verifies checksums, with that as a choice. `out->data` is borrowed
 * from the frame. */
enum te_status decode_frame(const struct te_frame *, bool checksum,
			    struct te_segment *out);
/* The same, always layer by layer: what decode_plain.c must agree with. */
enum te_status decode_layers(const struct te_frame *, bool checksum,
			     struct te_segment *out);

#endif
