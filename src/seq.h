/* seq.h - sequence numbers modulo 2^32
 *
 * RFC 9293 3.4: the space wraps, so "before" means "less than 2^31 behind".  Two
 * numbers exactly 2^31 apart are each before the other; nothing that TCP sends within
 * one window comes near that.  Sequence numbers are never compared with `<`.
 */
#ifndef SEQ_H
#define SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* How far a is ahead of b; negative when it is behind. RFC 9293 3.4 */
static inline int32_t seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* RFC 9293 3.4: "<", modulo 2^32 */
static inline bool seq_lt(uint32_t a, uint32_t b)
{
	return seq_diff(a, b) < 0;
}

/* RFC 9293 3.4: "=<", modulo 2^32 */
static inline bool seq_le(uint32_t a, uint32_t b)
{
	return seq_diff(a, b) <= 0;
}

/* RFC 9293 3.4: ">", modulo 2^32 */
static inline bool seq_gt(uint32_t a, uint32_t b)
{
	return seq_diff(a, b) > 0;
}

/* RFC 9293 3.4: ">=", modulo 2^32 */
static inline bool seq_ge(uint32_t a, uint32_t b)
{
	return seq_diff(a, b) >= 0;
}

/* The later of the two. */
static inline uint32_t seq_max(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? b : a;
}

#endif
