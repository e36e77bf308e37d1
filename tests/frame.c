/* frame.c - encode a segment, in network byte order */
#include "frame.h"

#include <string.h>

enum { ETHERNET_MIN = 60 };

static void put(struct frame *f, unsigned size, uint32_t value)
{
	while (size-- > 0)
		f->bytes[f->len++] = (uint8_t)(value >> (8 * size));
}

static void put_bytes(struct frame *f, const uint8_t *bytes, size_t len)
{
	memcpy(f->bytes + f->len, bytes, len);
	f->len += len;
}

static void put_u16_at(struct frame *f, size_t at, uint16_t value)
{
	f->bytes[at] = (uint8_t)(value >> 8);
	f->bytes[at + 1] = (uint8_t)value;
}

static uint32_t sum_words(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return sum;
}

/* RFC 1071 */
static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put_ethernet(struct frame *f, const struct script_segment *s)
{
	/* locally administered addresses, the last byte says which end */
	const uint8_t from = (uint8_t)(s->side + 1), to = (uint8_t)(2 - s->side);

	put(f, 2, 0x0200);
	put(f, 4, to);
	put(f, 2, 0x0200);
	put(f, 4, from);
	if (s->segment.has & TE_HAS_VLAN) {
		put(f, 2, 0x8100);
		put(f, 2, s->segment.vlan);
	}
	put(f, 2, s->segment.ip_version == 6 ? 0x86dd : 0x0800);
}

static void put_ipv4(struct frame *f, const struct te_segment *s, size_t tcp_len)
{
	const size_t at = f->len;

	put(f, 2, 0x4500);
	put(f, 2, (uint32_t)(20 + tcp_len));
	put(f, 2, s->ip_id);
	put(f, 2, 0x4000); /* DF */
	put(f, 1, s->ttl);
	put(f, 1, 6);
	put(f, 2, 0);
	put_bytes(f, s->src.bytes, 4);
	put_bytes(f, s->dst.bytes, 4);
	put_u16_at(f, at + 10, fold(sum_words(0, f->bytes + at, 20)));
}

static void put_ipv6(struct frame *f, const struct te_segment *s, size_t tcp_len)
{
	put(f, 4, 0x60000000);
	put(f, 2, (uint32_t)tcp_len);
	put(f, 1, 6);
	put(f, 1, s->ttl);
	put_bytes(f, s->src.bytes, 16);
	put_bytes(f, s->dst.bytes, 16);
}

/* RFC 9293 3.1; the payload is all there, whatever the snap length leaves of it. */
static void put_tcp(struct frame *f, const struct script_segment *script)
{
	const struct te_segment *s = &script->segment;
	const size_t at = f->len, size = s->ip_version == 6 ? 16 : 4;
	uint32_t sum;

	put(f, 2, s->src_port);
	put(f, 2, s->dst_port);
	put(f, 4, s->seq);
	put(f, 4, s->ack);
	put(f, 1, (script->header ? script->header : 20u + script->options_len) / 4 << 4);
	put(f, 1, s->flags);
	put(f, 2, s->window);
	put(f, 4, 0);
	put_bytes(f, script->options, script->options_len);
	put_bytes(f, s->data, s->len);
	sum = sum_words(6 + (uint32_t)(f->len - at), s->src.bytes, size);
	sum = sum_words(sum, s->dst.bytes, size);
	sum = sum_words(sum, f->bytes + at, f->len - at);
	put_u16_at(f, at + 16, fold(sum) ^ (s->has & TE_BAD_SUM ? 0x5555 : 0));
}

bool frame_is_readable(const struct script_segment *s)
{
	size_t headers = 14 + (s->segment.has & TE_HAS_VLAN ? 4u : 0) +
			 (s->segment.ip_version == 6 ? 40u : 20u) + 20;

	return !s->header && !(s->snap && s->snap < headers);
}

void frame_build(struct frame *f, const struct script_segment *s, bool pad)
{
	const size_t tcp_len = 20u + s->options_len + s->segment.len;

	f->len = 0;
	put_ethernet(f, s);
	if (s->segment.ip_version == 6)
		put_ipv6(f, &s->segment, tcp_len);
	else
		put_ipv4(f, &s->segment, tcp_len);
	put_tcp(f, s);
	while (pad && f->len < ETHERNET_MIN)
		f->bytes[f->len++] = 0;
	f->caplen = s->snap && s->snap < f->len ? s->snap : f->len;
}
