/* trail_parts.h - what a segment looks like in a trail; for those who write and read them
 *
 *	2 bytes	sender, flags as a row of TRAIL_USUAL, and which of these follow:
 *	1	RARE_*
 *	1	flags that are in no row
 *	1 to 4	microseconds since the segment before
 *	1 to 4	frames between them, in as many bytes
 *	4	sequence number, if it is not the expected one
 *	4	ACK number, likewise
 *	2	length
 *	2	window, if it is not the one before
 *	2	IP identification, if it is not the expected one
 *	0 to 4	how much newer the timestamp is
 *	4	its echo, if it is not the expected one
 *		what else the byte of RARE_* names
 *
 * Widths are in the first two bytes: nothing has to be looked for. Numbers have their
 * lowest byte first, so that a narrow one is the lower part of the bytes that are written
 * and read.
 */
#ifndef TRAIL_PARTS_H
#define TRAIL_PARTS_H

#include "cursor.h"
#include "seq.h"
#include "trail.h"

enum {
	FROM_OTHER = 0x01,
	FLAGS = 0x0e, /* row: of an ACK, or with one of these bits */
	FLAGS_FIN = 0x04,
	FLAGS_OTHER = 0x08, /* that of a SYN or RST */
	ODD_SEQ = 0x10,
	ODD_ACK = 0x20,
	HAS_LENGTH = 0x40,
	PRESENT = 0x80, /* always, so that a first byte of 0 is none */
	HAS_ID = 0x100,
	HAS_ECHO = 0x200,
	HAS_RARE = 0x400,
	HAS_WINDOW = 0x800,
	ODD = FLAGS_OTHER | ODD_SEQ | ODD_ACK | HAS_ID | HAS_ECHO | HAS_RARE,
	STEP_SHIFT = 12,  /* two bits: bytes of time, and of frames, less one */
	STAMP_SHIFT = 14, /* two bits: trail_stamp_width[] */
};

enum {
	RARE_FLAGS = 0x01,
	RARE_TIME = 0x02, /* nanoseconds, too: most captures count microseconds */
	RARE_TTL = 0x04,
	RARE_TIMESTAMPS = 0x08, /* it has them and the one before had none, or not */
	RARE_SACK = 0x10,
	RARE_OPTIONS = 0x20, /* of a SYN+ACK */
	RARE_SNAPPED = 0x40, /* some of its data was not captured, see trails_new() */
};

/* Those of a SYN in one byte. */
enum {
	OPTION_WSCALE = 0x0f, /* 15: none */
	OPTION_MSS = 0x10,
	OPTION_SACK_OK = 0x20,
	OPTION_TIMESTAMPS = 0x40, /* of the first SYN */
	OPTION_ECN = 0x80,        /* the first SYN's ECE and CWR, RFC 3168 6.1.1 */
};

/* A segment with one of NEVER is too rare to have a bit. What is not named anywhere here
 * (TE_SUM_KNOWN, TE_TUNNELLED, the data) is nothing to a connection. */
enum {
	NEVER = TE_HAS_TFO | TE_FRAGMENTED | TE_BAD_SUM | TE_BAD_OPTION | TE_OVERLAPS,
	SYN_OPTIONS = TE_HAS_MSS | TE_HAS_WSCALE | TE_HAS_SACK_OK,
	LOOKED_AT = NEVER | SYN_OPTIONS | TE_HAS_VLAN | TE_HAS_TS | TE_HAS_SACK,
};

/* clang-format off */
#define TRAIL_USUAL(X)           \
	X(0, TE_ACK)             \
	X(1, TE_ACK | TE_PSH)    \
	X(2, TE_FIN | TE_ACK)    \
	X(3, TE_FIN | TE_ACK | TE_PSH) \
	X(4, TE_SYN)             \
	X(5, TE_SYN | TE_ACK)    \
	X(6, TE_RST)             \
	X(7, TE_RST | TE_ACK)
/* clang-format on */

/* ---- options of a SYN ---- */

static inline uint8_t trail_options(const struct te_segment *seg)
{
	return (uint8_t)((seg->has & TE_HAS_WSCALE ? seg->wscale : OPTION_WSCALE) |
			 (seg->has & TE_HAS_MSS ? OPTION_MSS : 0) |
			 (seg->has & TE_HAS_SACK_OK ? OPTION_SACK_OK : 0));
}

static inline bool trail_odd_scale(const struct te_segment *seg)
{
	return seg->has & TE_HAS_WSCALE && seg->wscale >= OPTION_WSCALE;
}

/* ---- what is expected ---- */

static inline uint32_t trail_expected_ack(const struct trail_side *peer, uint8_t flags)
{
	return flags & TE_ACK ? peer->next : 0;
}

static inline uint32_t trail_expected_echo(const struct trail_side *peer, uint8_t flags)
{
	return flags & TE_ACK ? peer->tsval : 0;
}

static inline unsigned trail_expected_has(const struct trail *trail,
					  const struct trail_side *self)
{
	return (trail->bits & TRAIL_VLAN) | (self->tsval ? TE_HAS_TS : 0u);
}

/* Some count, some leave it 0, as IPv6 does. */
static inline uint16_t trail_expected_id(const struct trail_side *self)
{
	return (uint16_t)(self->id + !!self->id);
}

/* All but the number. */
static inline void trail_expect_same(struct trail_side *self,
				     const struct te_segment *seg)
{
	self->tsval = seg->tsval;
	self->id = seg->ip_id;
	self->window = seg->window;
}

static inline void trail_expect(struct trail_side *self, const struct te_segment *seg)
{
	uint32_t end =
	    seg->seq + seg->len + !!(seg->flags & TE_SYN) + !!(seg->flags & TE_FIN);
	bool forth = (seg->flags & TE_SYN) | seq_gt(end, self->next);

	self->next = forth ? end : self->next;
	trail_expect_same(self, seg);
}

/* ---- numbers ---- */

static inline void trail_put_two(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

/* The lowest `bytes` of a value, up to four; what is written behind them does not count.
 */
static inline uint8_t *trail_put(uint8_t *at, uint32_t value, unsigned bytes)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	at[2] = (uint8_t)(value >> 16);
	at[3] = (uint8_t)(value >> 24);
	return at + bytes;
}

static inline void trail_put_word(uint8_t *at, uint64_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	at[2] = (uint8_t)(value >> 16);
	at[3] = (uint8_t)(value >> 24);
	at[4] = (uint8_t)(value >> 32);
	at[5] = (uint8_t)(value >> 40);
	at[6] = (uint8_t)(value >> 48);
	at[7] = (uint8_t)(value >> 56);
}

static inline uint32_t trail_two(const uint8_t *at)
{
	return (uint32_t)at[1] << 8 | at[0];
}

static inline uint32_t trail_four(const uint8_t *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | trail_two(at);
}

/* One to four. */
static inline uint32_t trail_get(const uint8_t **at, unsigned bytes)
{
	static const uint32_t masks[4] = { 0xff, 0xffff, 0xffffff, UINT32_MAX };
	uint32_t all = trail_four(*at);

	*at += bytes;
	return all & masks[bytes - 1];
}

/* Two bytes, or none. Which of a connection's segments have them is hard to foresee: so
 * they are written and read in any case, without a branch. */
static inline uint8_t *trail_put_if(uint8_t *at, uint32_t value, bool there)
{
	trail_put_two(at, value);
	return at + 2u * there;
}

static inline uint16_t trail_get_if(const uint8_t **at, bool there, uint16_t otherwise)
{
	uint16_t value = (uint16_t)trail_two(*at);

	*at += 2u * there;
	return there ? value : otherwise;
}

/* Of time and frames, in bytes; none is wider than four. */
static inline unsigned trail_width(uint32_t us, uint32_t between)
{
	return (31u - (unsigned)__builtin_clz(us | between | 1)) / 8 + 1;
}

/* Of what is less than 2^31, in bytes; none of 0. */
static inline unsigned trail_width_or_none(uint32_t value)
{
	return (38u - (unsigned)__builtin_clz(2 * value | 1)) / 8;
}

static inline uint8_t *trail_put_step(uint8_t *at, uint32_t us, uint32_t between,
				      unsigned wide)
{
	return trail_put(trail_put(at, us, wide), between, wide);
}

static const uint8_t trail_stamp_width[4] = { 0, 1, 2, 4 };

/* How much newer it is. */
static inline uint32_t trail_get_newer(const uint8_t **at, unsigned head)
{
	static const uint32_t masks[4] = { 0, 0xff, 0xffff, UINT32_MAX };
	uint32_t all = trail_four(*at);

	*at += trail_stamp_width[head >> STAMP_SHIFT];
	return all & masks[head >> STAMP_SHIFT];
}

/* ---- the beginning of each segment ---- */

/* Its first two bytes, which may stand in the next cell. */
static inline unsigned trail_get_head(const struct trail_reader *r, const uint8_t **at)
{
	unsigned head = trail_get(at, 2);

	if (head & PRESENT)
		return head;
	*at = r->bytes +
	      ((size_t)(*at - 2 - r->bytes) / TRAIL_CELL_STRIDE + 1) * TRAIL_CELL_STRIDE;
	return trail_get(at, 2);
}

/* An ACK or FIN with the expected number; `bits`: RARE_*, if it has any. */
static inline bool trail_is_in_order(unsigned head, unsigned bits)
{
	return !(head & (ODD_SEQ | FLAGS_OTHER)) && !(bits & ~(unsigned)RARE_TIME);
}

static inline unsigned trail_step_width(unsigned head)
{
	return (head >> STEP_SHIFT & 3) + 1;
}

static inline const uint8_t *trail_get_step(const uint8_t *at, unsigned head,
					    struct trail_state *state)
{
	unsigned wide = trail_step_width(head);

	state->time += (te_time)trail_get(&at, wide) * TE_US;
	state->frame += trail_get(&at, wide) + 1;
	return at;
}

#endif
