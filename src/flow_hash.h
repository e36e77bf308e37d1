/* flow_hash.h - addresses and ports to 32 bits that nobody outside can aim at
 *
 * Lemire and Kaser, "Strongly universal string hashing is fast" (2014), Multilinear-HM:
 * who does not know the key cannot choose addresses that meet more often than random ones
 * do. SipHash, which makes the key, took 95 instructions more for each segment.
 */
#ifndef FLOW_HASH_H
#define FLOW_HASH_H

#include "siphash.h"
#include "tcpends.h"

#include <string.h>

enum { FLOW_KEY_WORDS = 11 };

struct flow_key {
	uint64_t words[FLOW_KEY_WORDS];
};

static inline struct flow_key flow_key(const uint64_t seed[2])
{
	struct flow_key key;

	for (uint64_t i = 0; i < FLOW_KEY_WORDS; i++)
		key.words[i] = siphash_words(seed, &i, 1);
	return key;
}

static inline uint64_t flow_hash_part(const struct te_addr *addr, size_t i)
{
	uint32_t part;

	memcpy(&part, addr->bytes + 4 * i, sizeof(part));
	return part;
}

/* The same in both directions: `back` says that the sender has the upper address and
 * port. The last steps lose nothing; they tear apart neighbours, whose sums lie evenly.
 */
static inline uint32_t flow_hash(const struct flow_key *key, const struct te_segment *seg,
				 bool back)
{
	const uint64_t *k = key->words;
	const struct te_addr *a = back ? &seg->dst : &seg->src;
	const struct te_addr *b = back ? &seg->src : &seg->dst;
	uint64_t port_a = back ? seg->dst_port : seg->src_port;
	uint64_t port_b = back ? seg->src_port : seg->dst_port;
	size_t parts = seg->ip_version == 6 ? 4 : 1;
	uint64_t sum = k[10] + (port_a + k[0]) * (port_b + k[1]);
	uint32_t hash;

	for (size_t i = 0; i < parts; i++)
		sum += (flow_hash_part(a, i) + k[2 + 2 * i]) *
		       (flow_hash_part(b, i) + k[3 + 2 * i]);
	hash = (uint32_t)(sum >> 32);
	hash = (hash ^ hash >> 16) * 0x85ebca6bu;
	return hash ^ hash >> 13;
}

#endif
