/* checksum.h - the internet checksum of TCP, RFC 1071 and RFC 9293 3.1 */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include "tcpends.h"

enum checksum_verdict {
	CHECKSUM_GOOD,
	CHECKSUM_BAD,
	CHECKSUM_PARTIAL, /* the pseudo-header only: the network card was to finish it */
};

/* The one's complement sum of n bytes as big-endian words; an odd last one is padded. */
uint16_t checksum_sum(const uint8_t *bytes, size_t n);

/* Verifies a whole TCP segment of n >= 20 bytes; addresses and version from `seg`. */
enum checksum_verdict checksum_tcp(const struct te_segment *seg, const uint8_t *bytes,
				   uint32_t n);
/* The same, faster, where its two addresses stand right before it. Fastest of all is the
 * second, which knows a few headers without data; false: ask the first. */
enum checksum_verdict checksum_behind_addresses(const struct te_segment *seg,
						const uint8_t *bytes, uint32_t n);
bool checksum_of_header(const uint8_t *bytes, uint32_t n, bool ipv4);

#endif
