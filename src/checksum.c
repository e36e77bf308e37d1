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

enum { MANY = 128 }; /* bytes */

static uint64_t word_at(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Less than eight bytes, and zeros. */
static inline uint64_t rest_of(const uint8_t *bytes, size_t n)
{
	uint32_t four = 0;
	uint16_t two = 0, one = 0;

	if (n & 4) {
		memcpy(&four, bytes, 4);
		bytes += 4;
	}
	if (n & 2) {
		memcpy(&two, bytes, 2);
		bytes += 2;
	}
	if (n & 1)
		memcpy(&one, bytes, 1);
	return (uint64_t)four + two + one;
}

/* Two words at once, as most processors can. */
typedef uint64_t pair __attribute__((vector_size(16)));

static pair pair_at(const uint8_t *bytes)
{
	pair words;

	memcpy(&words, bytes, sizeof(words));
	return words;
}

/* Of n bytes, a multiple of 64 below four gigabytes. No carry is waited for: `all` loses
 * those beyond 64 bits, but the upper halves do not, and what `all` has more than they is
 * the sum of the lower ones, which fits. */
__attribute__((noinline)) static uint64_t sum_of_many(const uint8_t *bytes, size_t n)
{
	pair all = { 0, 0 }, upper = { 0, 0 }, lower;

	for (; n; n -= 64, bytes += 64) {
		pair a = pair_at(bytes), b = pair_at(bytes + 16);
		pair c = pair_at(bytes + 32), d = pair_at(bytes + 48);

		all += (a + b) + (c + d);
		upper += ((a >> 32) + (b >> 32)) + ((c >> 32) + (d >> 32));
	}
	lower = all - (upper << 32);
	return add(lower[0] + lower[1], upper[0] + upper[1]);
}

/* In the machine's order, not folded. */
static inline uint64_t sum_of(const uint8_t *bytes, size_t n)
{
	uint64_t sum = 0;

	if (n >= MANY) {
		sum = sum_of_many(bytes, n & ~(size_t)63);
		bytes += n & ~(size_t)63;
		n &= 63;
	}
	for (; n >= 8; n -= 8, bytes += 8)
		sum = add(sum, word_at(bytes));
	return n ? add(sum, rest_of(bytes, n)) : sum;
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
	static const uint8_t protocol[8] = { 0, 6 };
	uint64_t src = add(word_at(seg->src.bytes), word_at(seg->src.bytes + 8));
	uint64_t dst = add(word_at(seg->dst.bytes), word_at(seg->dst.bytes + 8));

	return add(add(src, dst), word_at(protocol));
}

static uint64_t length(uint32_t n)
{
	const uint8_t bytes[8] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
				   (uint8_t)(n >> 8), (uint8_t)n };

	return word_at(bytes);
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

/* All ones, folded, is a multiple of them; and it is not zero. */
static inline bool is_right(uint64_t sum, uint32_t n)
{
	const uint32_t protocol = 6;

	return add(sum, length(protocol + n)) % 0xffff == 0;
}

enum checksum_verdict checksum_behind_addresses(const struct te_segment *seg,
						const uint8_t *bytes, uint32_t n)
{
	const uint32_t before = seg->ip_version == 4 ? 2 * 4 : 2 * 16;

	return is_right(sum_of(bytes - before, before + n), n)
		   ? CHECKSUM_GOOD
		   : checksum_tcp(seg, bytes, n);
}

/* ---- headers alone ---- */

/* With timestamps or a Windows SYN's options, and with a Linux SYN's: no branch, as
 * nobody foresees which comes next. */
enum { SHORT = 32, LONG = 40 };

static inline uint64_t sum_of_32(const uint8_t *bytes)
{
	return add(add(word_at(bytes), word_at(bytes + 8)),
		   add(word_at(bytes + 16), word_at(bytes + 24)));
}

bool checksum_of_header(const uint8_t *bytes, uint32_t n, bool ipv4)
{
	uint64_t sum;

	if ((n & ~(uint32_t)(SHORT ^ LONG)) != SHORT)
		return false;
	sum = add(sum_of_32(bytes), word_at(bytes + n - 8) & -(uint64_t)(n == LONG));
	return is_right(add(sum, ipv4 ? word_at(bytes - 8) : sum_of_32(bytes - 32)), n);
}
