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

/* (a + k[0]) * (b + k[1]), or with a and b the other way round if all bits of `back` are
 * set: no branch, as segments of both sides follow each other in no order. */
static inline uint64_t flow_hash_pair(uint64_t a, uint64_t b, uint64_t back,
				      const uint64_t k[2])
{
	uint64_t swap = (a ^ b) & back;

	return ((a ^ swap) + k[0]) * ((b ^ swap) + k[1]);
}

static inline uint64_t flow_hash_parts(const struct te_segment *seg, size_t i,
				       uint64_t back, const uint64_t k[2])
{
	return flow_hash_pair(flow_hash_part(&seg->src, i), flow_hash_part(&seg->dst, i),
			      back, k);
}

/* The same in both directions: `back` says that the sender has the upper address and
 * port. The last steps lose nothing; they tear apart neighbours, whose sums lie evenly.
 */
static inline uint32_t flow_hash(const struct flow_key *key, const struct te_segment *seg,
				 bool back)
{
	const uint64_t *k = key->words, turn = -(uint64_t)back;
	uint64_t sum = k[10] + flow_hash_pair(seg->src_port, seg->dst_port, turn, k) +
		       flow_hash_parts(seg, 0, turn, k + 2);
	uint32_t hash;

	for (size_t i = 1; i < 4 && seg->ip_version == 6; i++)
		sum += flow_hash_parts(seg, i, turn, k + 2 + 2 * i);
	hash = (uint32_t)(sum >> 32);
	hash = (hash ^ hash >> 16) * 0x85ebca6bu;
	return hash ^ hash >> 13;
}

#endif
