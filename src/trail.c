/* trail.c - a segment in a few bytes
 *
 *	1 byte    sender, flags as a row of usual[], and which of these follow:
 *	1 byte    RARE_*
 *	1 byte    flags that are in no row
 *	time and frame since the segment before, as numbers of 7 bits a byte
 *	sequence number, ACK number, length, where they are not the expected ones
 *	timestamp: how much newer; and what the second byte names
 */
#include "trail.h"
#include "seq.h"

#include <string.h>

enum {
	FROM_OTHER = 0x01,
	FLAGS_SHIFT = 1, /* 3 bits */
	ODD_SEQ = 0x10,
	ODD_ACK = 0x20,
	HAS_LENGTH = 0x40,
	HAS_RARE = 0x80,
};

enum {
	RARE_WINDOW = 0x01,
	RARE_ID = 0x02,
	RARE_TTL = 0x04,
	RARE_TIMESTAMPS = 0x08, /* it has them and the one before had none, or not */
	RARE_ECHO = 0x10,
	RARE_SACK = 0x20,
	RARE_OPTIONS = 0x40, /* of a SYN */
	RARE_FLAGS = 0x80,
};

/* A segment with one of these is too rare to have a bit. What is not named anywhere here
 * (TE_SNAPPED, TE_SUM_KNOWN, TE_TUNNELLED, the data) is nothing to a connection. */
enum { NEVER = TE_HAS_TFO | TE_FRAGMENTED | TE_BAD_SUM | TE_BAD_OPTION | TE_OVERLAPS };

/* clang-format off */
#define USUAL(X)                                                                   \
	X(0, TE_ACK)                                                               \
	X(1, TE_ACK | TE_PSH) X(2, TE_FIN | TE_ACK) X(3, TE_FIN | TE_ACK | TE_PSH) \
	    X(4, TE_SYN) X(5, TE_SYN | TE_ACK) X(6, TE_RST) X(7, TE_RST | TE_ACK)
/* clang-format on */
static const uint8_t usual[8] = {
#define X(row, flags) [row] = flags,
	USUAL(X)
#undef X
};
/* One more than the row; 0: none. */
static const uint8_t rows[UINT8_MAX + 1] = {
#define X(row, flags) [flags] = row + 1,
	USUAL(X)
#undef X
};

/* ---- numbers ---- */

static uint8_t *put16(uint8_t *at, uint16_t value)
{
	memcpy(at, &value, sizeof(value));
	return at + sizeof(value);
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
	return at + sizeof(value);
}

static uint8_t *put_number(uint8_t *at, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		*at++ = (uint8_t)(value | 0x80);
	*at++ = (uint8_t)value;
	return at;
}

static inline uint16_t get16(const uint8_t **at)
{
	uint16_t value;

	memcpy(&value, *at, sizeof(value));
	*at += sizeof(value);
	return value;
}

static inline uint32_t get32(const uint8_t **at)
{
	uint32_t value;

	memcpy(&value, *at, sizeof(value));
	*at += sizeof(value);
	return value;
}

static inline uint64_t get_number(const uint8_t **at)
{
	uint64_t value = *(*at)++;

	if (value < 0x80)
		return value;
	value &= 0x7f;
	for (int shift = 7;; shift += 7) {
		uint64_t byte = *(*at)++;

		value |= (byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
}

/* Most captures count microseconds. */
static uint64_t pack_time(te_time passed)
{
	return passed % TE_US ? (uint64_t)passed << 1 | 1
			      : (uint64_t)(passed / TE_US) << 1;
}

static te_time unpack_time(uint64_t packed)
{
	te_time passed = (te_time)(packed >> 1);

	return packed & 1 ? passed : passed * TE_US;
}

/* ---- what is expected ---- */

static uint32_t expected_ack(const struct trail_reader *r, unsigned from, uint8_t flags)
{
	return flags & TE_ACK ? r->side[!from].next : 0;
}

static uint32_t expected_echo(const struct trail_reader *r, unsigned from, uint8_t flags)
{
	return flags & TE_ACK ? r->side[!from].tsval : 0;
}

static uint16_t expected_id(const struct trail_reader *r, unsigned from)
{
	return r->ipv6 ? 0 : (uint16_t)(r->side[from].id + 1);
}

void trail_expect(struct trail_reader *r, const struct te_segment *seg, unsigned from)
{
	struct trail_side *side = &r->side[from];
	uint32_t end =
	    seg->seq + seg->len + !!(seg->flags & TE_SYN) + !!(seg->flags & TE_FIN);

	if (seg->flags & TE_SYN || seq_gt(end, side->next))
		side->next = end;
	side->timestamps = seg->has & TE_HAS_TS;
	if (side->timestamps)
		side->tsval = seg->tsval;
	side->id = seg->ip_id;
	side->window = seg->window;
	side->ttl = seg->ttl;
}

/* ---- writing ---- */

static uint8_t rare(const struct trail_reader *r, const struct te_segment *seg,
		    unsigned from)
{
	const struct trail_side *side = &r->side[from];
	unsigned options = TE_HAS_MSS | TE_HAS_WSCALE | TE_HAS_SACK_OK;
	bool timestamps = seg->has & TE_HAS_TS;
	bool odd_echo = seg->tsecr != expected_echo(r, from, seg->flags);

	return (uint8_t)((seg->window != side->window) * RARE_WINDOW |
			 (seg->ip_id != expected_id(r, from)) * RARE_ID |
			 (seg->ttl != side->ttl) * RARE_TTL |
			 (timestamps != side->timestamps) * RARE_TIMESTAMPS |
			 (timestamps && odd_echo) * RARE_ECHO |
			 !!(seg->has & TE_HAS_SACK) * RARE_SACK |
			 !!(seg->has & options) * RARE_OPTIONS |
			 !rows[seg->flags] * RARE_FLAGS);
}

static uint8_t *put_options(uint8_t *at, const struct te_segment *seg)
{
	*at++ = (uint8_t)(seg->wscale | (seg->has & TE_HAS_WSCALE ? 0x10 : 0) |
			  (seg->has & TE_HAS_MSS ? 0x20 : 0) |
			  (seg->has & TE_HAS_SACK_OK ? 0x40 : 0));
	return put16(at, seg->mss);
}

static uint8_t *put_rare(uint8_t *at, const struct te_segment *seg, uint8_t bits)
{
	if (bits & RARE_WINDOW)
		at = put16(at, seg->window);
	if (bits & RARE_ID)
		at = put16(at, seg->ip_id);
	if (bits & RARE_TTL)
		*at++ = seg->ttl;
	if (bits & RARE_ECHO)
		at = put32(at, seg->tsecr);
	if (bits & RARE_SACK)
		at = put32(at, seg->sack_right);
	if (bits & RARE_OPTIONS)
		at = put_options(at, seg);
	return at;
}

/* Time goes on, the file is the same, and nothing is about it that is not kept. */
static bool is_ordinary(const struct trail *trail, const struct trail_reader *r,
			const struct te_segment *seg)
{
	return !(seg->has & NEVER) && seg->time >= r->time && seg->frame > r->frame &&
	       seg->frame <= UINT32_MAX && seg->file == trail->file &&
	       !!(seg->has & TE_HAS_VLAN) == !!(trail->bits & TRAIL_VLAN) &&
	       seg->vlan == trail->vlan;
}

size_t trail_write(const struct trail *trail, const struct trail_reader *r,
		   const struct te_segment *seg, unsigned from,
		   uint8_t bytes[TRAIL_SEGMENT_MAX])
{
	unsigned row = rows[seg->flags] ? rows[seg->flags] - 1u : 0;
	uint8_t bits = rare(r, seg, from), *at = bytes + 1;
	bool odd_seq = seg->seq != r->side[from].next;
	bool odd_ack = seg->ack != expected_ack(r, from, seg->flags);

	if (!is_ordinary(trail, r, seg))
		return 0;
	bytes[0] = (uint8_t)(from | row << FLAGS_SHIFT | (odd_seq ? ODD_SEQ : 0) |
			     (odd_ack ? ODD_ACK : 0) | (seg->len ? HAS_LENGTH : 0) |
			     (bits ? HAS_RARE : 0));
	if (bits)
		*at++ = bits;
	if (bits & RARE_FLAGS)
		*at++ = seg->flags;
	at = put_number(at, pack_time(seg->time - r->time));
	at = put_number(at, seg->frame - r->frame);
	if (odd_seq)
		at = put32(at, seg->seq);
	if (odd_ack)
		at = put32(at, seg->ack);
	if (seg->len)
		at = put_number(at, seg->len);
	if (seg->has & TE_HAS_TS)
		at = put_number(at, seg->tsval - r->side[from].tsval);
	return (size_t)(put_rare(at, seg, bits) - bytes);
}

/* ---- reading ---- */

static const uint8_t *get_options(const uint8_t *at, struct te_segment *seg)
{
	uint8_t bits = *at++;

	seg->wscale = bits & 0x0f;
	seg->has |= (bits & 0x10 ? TE_HAS_WSCALE : 0) | (bits & 0x20 ? TE_HAS_MSS : 0) |
		    (bits & 0x40 ? TE_HAS_SACK_OK : 0);
	seg->mss = get16(&at);
	return at;
}

static const uint8_t *get_rare(const uint8_t *at, struct te_segment *seg, uint8_t bits)
{
	if (bits & RARE_WINDOW)
		seg->window = get16(&at);
	if (bits & RARE_ID)
		seg->ip_id = get16(&at);
	if (bits & RARE_TTL)
		seg->ttl = *at++;
	if (bits & RARE_ECHO)
		seg->tsecr = get32(&at);
	if (bits & RARE_SACK) {
		seg->sack_right = get32(&at);
		seg->has |= TE_HAS_SACK;
	}
	return bits & RARE_OPTIONS ? get_options(at, seg) : at;
}

/* What was there before, or nothing, unless RARE_* say else. */
static void set_usual(const struct trail_reader *r, struct te_segment *seg, unsigned from)
{
	seg->window = r->side[from].window;
	seg->ip_id = expected_id(r, from);
	seg->ttl = r->side[from].ttl;
	seg->has = 0;
	seg->tsval = seg->tsecr = seg->sack_right = 0;
}

int trail_next(struct trail_reader *r, struct te_segment *seg)
{
	const uint8_t *at = r->at;
	uint8_t head, bits;
	unsigned from;

	if (at == r->end)
		return -1;
	head = *at++;
	bits = head & HAS_RARE ? *at++ : 0;
	from = head & FROM_OTHER;
	seg->flags = bits & RARE_FLAGS ? *at++ : usual[head >> FLAGS_SHIFT & 7];
	seg->time = r->time += unpack_time(get_number(&at));
	seg->frame = r->frame += (uint32_t)get_number(&at);
	seg->seq = head & ODD_SEQ ? get32(&at) : r->side[from].next;
	seg->ack = head & ODD_ACK ? get32(&at) : expected_ack(r, from, seg->flags);
	seg->len = head & HAS_LENGTH ? (uint32_t)get_number(&at) : 0;
	set_usual(r, seg, from);
	if (r->side[from].timestamps != !!(bits & RARE_TIMESTAMPS)) {
		seg->has = TE_HAS_TS;
		seg->tsval = r->side[from].tsval + (uint32_t)get_number(&at);
		seg->tsecr = expected_echo(r, from, seg->flags);
	}
	r->at = bits ? get_rare(at, seg, bits) : at;
	trail_expect(r, seg, from);
	return (int)from;
}

/* ---- the head ---- */

void trail_read(struct trail_reader *r, const struct trail *trail)
{
	const uint8_t *segments = trail->rest + trail_addresses(trail);

	*r = (struct trail_reader){ .at = segments,
				    .end = segments + trail->used,
				    .time = trail->first,
				    .frame = trail->frame - 1,
				    .ipv6 = trail->bits & TRAIL_IPV6 };
}

bool trail_begins_bare(const struct trail *trail)
{
	return !(trail->rest[trail_addresses(trail)] & HAS_LENGTH);
}

te_time trail_last(const struct trail *trail)
{
	struct trail_reader reader;
	struct te_segment seg;

	trail_read(&reader, trail);
	while (trail_next(&reader, &seg) >= 0)
		;
	return reader.time;
}

bool trail_begin(struct trail *trail, const struct te_segment *seg, uint32_t number)
{
	size_t size = seg->ip_version == 6 ? 16 : 4;

	if (seg->frame > UINT32_MAX || seg->file > UINT8_MAX || seg->len > UINT16_MAX)
		return false;
	trail->first = seg->time;
	trail->number = number;
	trail->next = 0;
	trail->frame = (uint32_t)seg->frame;
	trail->port[0] = seg->src_port;
	trail->port[1] = seg->dst_port;
	trail->vlan = seg->vlan;
	trail->file = (uint8_t)seg->file;
	trail->bits = (uint8_t)((seg->ip_version == 6 ? TRAIL_IPV6 : 0) |
				(seg->has & TE_HAS_VLAN ? TRAIL_VLAN : 0));
	trail->used = trail->mark = trail->count = 0;
	memcpy(trail->rest, seg->src.bytes, size);
	memcpy(trail->rest + size, seg->dst.bytes, size);
	return true;
}

void trail_address(const struct trail *trail, unsigned from, struct te_segment *seg)
{
	const struct te_addr none = { { 0 } };

	seg->src = seg->dst = none;
	if (trail->bits & TRAIL_IPV6) {
		memcpy(seg->src.bytes, trail->rest + from * 16, 16);
		memcpy(seg->dst.bytes, trail->rest + !from * 16, 16);
	} else {
		memcpy(seg->src.bytes, trail->rest + from * 4, 4);
		memcpy(seg->dst.bytes, trail->rest + !from * 4, 4);
	}
	seg->src_port = trail->port[from];
	seg->dst_port = trail->port[!from];
	seg->ip_version = trail->bits & TRAIL_IPV6 ? 6 : 4;
	seg->vlan = trail->vlan;
	seg->file = trail->file;
	if (trail->bits & TRAIL_VLAN)
		seg->has |= TE_HAS_VLAN;
}
