/* tunnel.c - packets inside of IP: a row for a protocol or a UDP port */
#include "tunnel.h"

enum { ERSPAN = 0x88be, ERSPAN_3 = 0x22eb };

/* RFC 2003, RFC 4213; "4" and "41" each name a version, the packet does it better */
static enum te_status read_ip_in_ip(struct packet *pk)
{
	return packet_next_ip(pk);
}

/* Cisco's mirroring (draft-foschiano-erspan): type I is GRE without a sequence number
 * and has no header, II has 8 bytes, III has 12 and 8 more where its last bit says so. */
static enum te_status read_erspan(struct packet *pk, uint16_t type, bool sequence)
{
	if (type == ERSPAN && sequence) {
		cur_skip(&pk->cur, 8);
	} else if (type == ERSPAN_3) {
		cur_skip(&pk->cur, 11);
		if (cur_u8(&pk->cur) & 1)
			cur_skip(&pk->cur, 8);
	}
	return packet_next(pk, LAYER_ETHERTYPE, LAYER_ETHERNET);
}

/* RFC 2784 and 2890; version 1 is PPTP's (RFC 2637 4.1). RFC 1701's source routes are
 * long dead. */
static enum te_status read_gre(struct packet *pk)
{
	enum { SUM = 0x8000, ROUTE = 0x4000, KEY = 0x2000, SEQ = 0x1000, ACK = 0x0080 };
	uint16_t flags = cur_u16(&pk->cur);
	uint16_t type = cur_u16(&pk->cur);

	if ((flags & 7) > 1 || (flags & ROUTE))
		return TE_IGNORED;
	cur_skip(&pk->cur, flags & SUM ? 4 : 0);
	cur_skip(&pk->cur, flags & KEY ? 4 : 0);
	cur_skip(&pk->cur, flags & SEQ ? 4 : 0);
	if ((flags & 7) == 1) {
		cur_skip(&pk->cur, flags & ACK ? 4 : 0);
		if (packet_sent(pk) == 0) /* PPTP's bare acknowledgment */
			return TE_IGNORED;
	}
	if (type == ERSPAN || type == ERSPAN_3)
		return read_erspan(pk, type, flags & SEQ);
	return packet_next(pk, LAYER_ETHERTYPE, type);
}

/* RFC 768. The server's port is mostly the destination's, but not in its answers. The
 * walk refuses a fragment at the tunnel's own row; only its length cannot be right. */
static enum te_status read_udp(struct packet *pk)
{
	uint16_t src = cur_u16(&pk->cur);
	uint16_t dst = cur_u16(&pk->cur);
	uint16_t len = cur_u16(&pk->cur);

	cur_skip(&pk->cur, 2);
	if (!layer_find(tunnel_ports, dst))
		dst = src;
	if (!layer_find(tunnel_ports, dst))
		return TE_IGNORED;
	if (len && pk->fragment == LAYER_WHOLE &&
	    (len <= 8 || !packet_limit(pk, len - 8u)))
		return TE_IGNORED;
	pk->guess = true;
	return packet_next(pk, LAYER_UDP, dst);
}

/* 3GPP TS 29.281 5.1, 5.2: T-PDUs of version 1; extension headers count their length
 * in units of four bytes, and their last byte is the next one's type. */
static enum te_status read_gtp(struct packet *pk)
{
	enum { EXTENDED = 0x04, OPTIONAL = 0x07 };
	uint8_t flags = cur_u8(&pk->cur);
	uint8_t type = cur_u8(&pk->cur), next, len;

	cur_skip(&pk->cur, 6);
	if ((flags & 0xf0) != 0x30 || type != 0xff)
		return TE_IGNORED;
	if (flags & OPTIONAL) {
		cur_skip(&pk->cur, 3);
		next = cur_u8(&pk->cur);
		while ((flags & EXTENDED) && next) {
			len = cur_u8(&pk->cur);
			if (len == 0)
				return TE_IGNORED;
			cur_skip(&pk->cur, len * 4u - 2);
			next = cur_u8(&pk->cur);
		}
	}
	return packet_next_ip(pk);
}

/* RFC 4380 5.1.1: authentication (1) and origin (0) may come before IPv6, once each */
static enum te_status read_teredo(struct packet *pk)
{
	for (int i = 0; i < 2 && cur_left(&pk->cur) && cur_peek(&pk->cur) == 0; i++) {
		uint16_t kind = cur_u16(&pk->cur);

		if (kind > 1)
			return TE_IGNORED;
		if (kind == 0) {
			cur_skip(&pk->cur, 6);
		} else {
			size_t client = cur_u8(&pk->cur), value = cur_u8(&pk->cur);

			cur_skip(&pk->cur, client + value + 9);
		}
	}
	if (cur_peek(&pk->cur) >> 4 ==
	    4) /* IPv4 is what it crosses, not what it brings */
		return TE_IGNORED;
	return packet_next_ip(pk);
}

/* RFC 7348 5: flag I must be set */
static enum te_status read_vxlan(struct packet *pk)
{
	uint8_t flags = cur_u8(&pk->cur);

	cur_skip(&pk->cur, 7);
	if (!(flags & 0x08))
		return TE_IGNORED;
	return packet_next(pk, LAYER_ETHERTYPE, LAYER_ETHERNET);
}

/* RFC 8926 3.4: version 0, options in units of four bytes, an ethertype */
static enum te_status read_geneve(struct packet *pk)
{
	uint8_t head = cur_u8(&pk->cur);
	uint16_t type;

	cur_skip(&pk->cur, 1);
	type = cur_u16(&pk->cur);
	cur_skip(&pk->cur, 4 + (head & 0x3fu) * 4);
	if (head >> 6)
		return TE_IGNORED;
	return packet_next(pk, LAYER_ETHERTYPE, type);
}

/* clang-format off */
const struct layer tunnel_protocols[] = {
	{ .number = 17, .name = "UDP", .read = read_udp },
	{ .number = 4, .name = "IP in IP", .read = read_ip_in_ip, .tunnel = true },
	{ .number = 41, .name = "IPv6 in IP", .read = read_ip_in_ip, .tunnel = true },
	{ .number = 47, .name = "GRE", .read = read_gre, .tunnel = true },
	{ 0 },
};

const struct layer tunnel_ports[] = {
	{ .number = 2152, .name = "GTP-U", .read = read_gtp, .tunnel = true },
	{ .number = 3544, .name = "Teredo", .read = read_teredo, .tunnel = true },
	{ .number = 4789, .name = "VXLAN", .read = read_vxlan, .tunnel = true },
	{ .number = 6081, .name = "Geneve", .read = read_geneve, .tunnel = true },
	{ 0 },
};
/* clang-format on */
