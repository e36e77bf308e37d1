/* ip.c - IPv4, IPv6 and extension headers */
#include "ip.h"

enum { IPV4_HEADER = 20 };

/* Each IP header begins anew, whatever is around it. `len` is its length field, which
 * counts `read` bytes that lie behind; 0: all that was sent (RFC 2675, and TSO). Longer
 * than the frame was: some tools cut frames without keeping their length; or, behind a
 * mere port number, it is no IP at all. */
static enum te_status limit_datagram(struct packet *pk, uint32_t len, uint32_t read)
{
	bool fits = len && packet_limit(pk, len - read);

	if (!fits && pk->guess)
		return TE_IGNORED;
	pk->guess = false;
	pk->clamped = len && !fits;
	/* The IP length says what was sent; the frame's was cut with the frame. */
	if (pk->clamped)
		pk->missing = len - read - (uint32_t)cur_left(&pk->cur);
	pk->doubtful = pk->clamped;
	return TE_OK;
}

/* RFC 791 3.2, RFC 8200 4.5. A datagram in one fragment is a whole one. */
static void set_fragment(struct packet *pk, bool first, bool more)
{
	if (!first)
		pk->fragment = LAYER_LATER;
	else if (more)
		pk->fragment = LAYER_FIRST;
	if (first && !more)
		return;
	pk->out->has |= TE_FRAGMENTED;
	pk->doubtful = true;
}

static void clear_addresses(struct te_segment *out)
{
	memset(&out->src, 0, sizeof(out->src));
	memset(&out->dst, 0, sizeof(out->dst));
}

/* RFC 791 3.1 */
static enum te_status read_ipv4(struct packet *pk)
{
	struct te_segment *out = pk->out;
	uint8_t version_ihl = cur_u8(&pk->cur);
	uint32_t header = (version_ihl & 0x0fu) * 4, total;
	uint16_t fragment;
	uint8_t protocol;
	enum te_status status;

	cur_skip(&pk->cur, 1);
	total = cur_u16(&pk->cur);
	out->ip_version = 4;
	out->ip_id = cur_u16(&pk->cur);
	fragment = cur_u16(&pk->cur);
	out->ttl = cur_u8(&pk->cur);
	protocol = cur_u8(&pk->cur);
	cur_skip(&pk->cur, 2);
	clear_addresses(out);
	cur_copy(&pk->cur, out->src.bytes, 4);
	cur_copy(&pk->cur, out->dst.bytes, 4);

	if (version_ihl >> 4 != 4 || header < IPV4_HEADER || (total && total < header))
		return TE_MALFORMED;
	status = limit_datagram(pk, total, IPV4_HEADER);
	if (status != TE_OK)
		return status;
	if (header > IPV4_HEADER) /* a source route hides the address that was summed */
		pk->doubtful = true;
	cur_skip(&pk->cur, header - IPV4_HEADER);
	set_fragment(pk, !(fragment & 0x1fff), fragment & 0x2000);
	return packet_next(pk, LAYER_PROTOCOL, protocol);
}

/* RFC 8200 3 */
static enum te_status read_ipv6(struct packet *pk)
{
	struct te_segment *out = pk->out;
	uint32_t version = cur_u32(&pk->cur) >> 28;
	uint16_t len = cur_u16(&pk->cur);
	uint8_t next = cur_u8(&pk->cur);
	enum te_status status;

	out->ip_version = 6;
	out->ip_id = 0;
	out->ttl = cur_u8(&pk->cur);
	cur_copy(&pk->cur, out->src.bytes, 16);
	cur_copy(&pk->cur, out->dst.bytes, 16);
	if (version != 6)
		return TE_MALFORMED;
	status = limit_datagram(pk, len, 0);
	if (status != TE_OK)
		return status;
	return packet_next(pk, LAYER_PROTOCOL, next);
}

/* RFC 8200 4.2: next header, length in units of eight bytes beyond the first eight */
static enum te_status read_options(struct packet *pk)
{
	uint8_t next = cur_u8(&pk->cur);
	uint8_t len = cur_u8(&pk->cur);

	if (pk->out->ip_version != 6)
		return TE_IGNORED;
	cur_skip(&pk->cur, len * 8u + 6);
	return packet_next(pk, LAYER_PROTOCOL, next);
}

/* A routing header, or a home address in destination options (RFC 6275 6.3), may stand
 * for the address that TCP summed. */
static enum te_status read_rerouting(struct packet *pk)
{
	pk->doubtful = true;
	return read_options(pk);
}

/* RFC 8200 4.5 */
static enum te_status read_fragment(struct packet *pk)
{
	uint8_t next = cur_u8(&pk->cur);
	uint16_t fragment;

	if (pk->out->ip_version != 6)
		return TE_IGNORED;
	cur_skip(&pk->cur, 1);
	fragment = cur_u16(&pk->cur);
	cur_skip(&pk->cur, 4);
	set_fragment(pk, !(fragment & 0xfff8), fragment & 1);
	return packet_next(pk, LAYER_PROTOCOL, next);
}

/* RFC 4302 2.2: length in units of four bytes, minus two; signed, not encrypted */
static enum te_status read_ah(struct packet *pk)
{
	uint8_t next = cur_u8(&pk->cur);
	uint8_t len = cur_u8(&pk->cur);

	cur_skip(&pk->cur, len * 4u + 6);
	return packet_next(pk, LAYER_PROTOCOL, next);
}

/* clang-format off */
const struct layer ip_versions[] = {
	{ .number = LAYER_IPV4, .name = "IPv4", .read = read_ipv4 },
	{ .number = LAYER_IPV6, .name = "IPv6", .read = read_ipv6 },
	{ 0 },
};

const struct layer ip_extensions[] = {
	{ .number = 0, .name = "hop-by-hop options", .read = read_options },
	{ .number = 43, .name = "routing", .read = read_rerouting },
	{ .number = 44, .name = "fragment", .read = read_fragment },
	{ .number = 51, .name = "AH", .read = read_ah },
	{ .number = 60, .name = "destination options", .read = read_rerouting },
	{ .number = 135, .name = "mobility", .read = read_rerouting },
	{ 0 },
};
/* clang-format on */
