/* checksum.c - the internet checksum of TCP
 *
 * RFC 1071 2 (B) and (C): the sum may be made in the machine's byte order and in wider
 * words, carries added at any time, and turned at the end.
 */
#include "checksum.h"

#include <string.h>

static uint16_t fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static uint64_t add(uint64_t sum, uint64_t word)
{
	sum += word;
	return sum + (sum < word); /* the carry goes round */
}

static uint64_t word_at(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* In the machine's order, not folded. Two sums, so that one need not wait for the other's
 * carry. */
static uint64_t sum_of(const uint8_t *bytes, size_t n)
{
	uint64_t even = 0, odd = 0, last = 0;

	for (; n >= 16; n -= 16, bytes += 16) {
		even = add(even, word_at(bytes));
		odd = add(odd, word_at(bytes + 8));
	}
	if (n >= 8) {
		even = add(even, word_at(bytes));
		n -= 8, bytes += 8;
	}
	if (n)
		memcpy(&last, bytes, n);
	return add(add(even, odd), last);
}

/* From the machine's order to the network's. */
static uint16_t turned(uint64_t sum)
{
	uint16_t folded = fold(sum);
	uint8_t bytes[2];

	memcpy(bytes, &folded, 2);
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

uint16_t checksum_sum(const uint8_t *bytes, size_t n)
{
	return turned(sum_of(bytes, n));
}

/* RFC 9293 3.1; without the length. IPv4 addresses are padded with zeros, which add
 * nothing. */
static uint64_t pseudo_header(const struct te_segment *seg)
{
	const uint8_t protocol[2] = { 0, 6 };
	size_t size = seg->ip_version == 4 ? 4 : sizeof(seg->src.bytes);

	return add(add(sum_of(seg->src.bytes, size), sum_of(seg->dst.bytes, size)),
		   sum_of(protocol, 2));
}

static uint64_t length(uint32_t n)
{
	const uint8_t bytes[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
				   (uint8_t)(n >> 8), (uint8_t)n };

	return sum_of(bytes, 4);
}

enum checksum_verdict checksum_tcp(const struct te_segment *seg, const uint8_t *bytes,
				   uint32_t n)
{
	uint64_t pseudo = pseudo_header(seg), whole = add(pseudo, length(n));
	uint16_t field = (uint16_t)(bytes[16] << 8 | bytes[17]);

	if (fold(add(whole, sum_of(bytes, n))) == 0xffff)
		return CHECKSUM_GOOD;
	/* Drivers that let the card cut segments may leave out the length. */
	if (field == turned(whole) || field == turned(pseudo))
		return CHECKSUM_PARTIAL;
	return CHECKSUM_BAD;
}
