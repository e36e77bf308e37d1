/* checksum.c - the internet checksum of TCP */
#include "checksum.h"

#include <string.h>

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* RFC 1071 2 (B): the sum may be made in the machine's byte order and in wider words,
 * and turned at the end. 2^32 words of 32 bits cannot overflow it. */
uint16_t checksum_sum(const uint8_t *bytes, size_t n)
{
	uint64_t sum = 0;
	uint32_t word;
	uint16_t folded;
	uint8_t last[4] = { 0 }, turned[2];

	for (; n >= 4; n -= 4, bytes += 4) {
		memcpy(&word, bytes, 4);
		sum += word;
	}
	if (n) {
		memcpy(last, bytes, n);
		memcpy(&word, last, 4);
		sum += word;
	}
	folded = fold(sum);
	memcpy(turned, &folded, 2);
	return (uint16_t)(turned[0] << 8 | turned[1]);
}

/* RFC 9293 3.1; IPv4 addresses are padded with zeros, which add nothing */
static uint16_t pseudo_header(const struct te_segment *seg, uint32_t len)
{
	const uint16_t protocol = 6;
	uint64_t sum = (uint64_t)len + protocol;

	sum += checksum_sum(seg->src.bytes, sizeof(seg->src.bytes));
	sum += checksum_sum(seg->dst.bytes, sizeof(seg->dst.bytes));
	return fold(sum);
}

enum checksum_verdict checksum_tcp(const struct te_segment *seg, const uint8_t *bytes,
				   uint32_t n)
{
	uint16_t field = (uint16_t)(bytes[16] << 8 | bytes[17]);
	uint16_t pseudo = pseudo_header(seg, n);

	if (fold((uint64_t)pseudo + checksum_sum(bytes, n)) == 0xffff)
		return CHECKSUM_GOOD;
	/* Drivers that let the card cut segments may leave out the length. */
	if (field == pseudo || field == pseudo_header(seg, 0))
		return CHECKSUM_PARTIAL;
	return CHECKSUM_BAD;
}
