/* siphash.h - SipHash-1-3: a hash that nobody outside can aim at
 *
 * Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012); one round per block
 * and three to finish, as hash tables use it. Inputs are whole 64-bit words.
 */
#ifndef SIPHASH_H
#define SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t siphash_rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void siphash_round(struct siphash *s)
{
	s->v0 += s->v1;
	s->v1 = siphash_rotate(s->v1, 13) ^ s->v0;
	s->v0 = siphash_rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = siphash_rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = siphash_rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = siphash_rotate(s->v1, 17) ^ s->v2;
	s->v2 = siphash_rotate(s->v2, 32);
}

static inline struct siphash siphash_begin(const uint64_t key[2])
{
	return (
	    struct siphash){ key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
			     key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u };
}

static inline void siphash_add(struct siphash *s, uint64_t word)
{
	s->v3 ^= word;
	siphash_round(s);
	s->v0 ^= word;
}

/* After so many words. */
static inline uint64_t siphash_end(struct siphash *s, size_t count)
{
	siphash_add(s, (uint64_t)(count * 8) << 56);
	s->v2 ^= 0xff;
	siphash_round(s);
	siphash_round(s);
	siphash_round(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

static inline uint64_t siphash_words(const uint64_t key[2], const uint64_t *words,
				     size_t count)
{
	struct siphash s = siphash_begin(key);

	for (size_t i = 0; i < count; i++)
		siphash_add(&s, words[i]);
	return siphash_end(&s, count);
}

#endif
