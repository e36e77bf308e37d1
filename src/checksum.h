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

/* Is the sum of a whole TCP segment right, of `tcp` bytes, which stands right behind its
 * two addresses? They are n bytes together. */
bool checksum_is_good(const uint8_t *addresses, size_t n, uint32_t tcp);

/* Verifies a whole TCP segment of n >= 20 bytes; addresses and version from `seg`. */
enum checksum_verdict checksum_tcp(const struct te_segment *seg, const uint8_t *bytes,
				   uint32_t n);

#endif
