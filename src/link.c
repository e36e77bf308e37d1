/* link.c - from the first byte of a frame to its network header
 *
 * A link type is a row of link_types, an encapsulation a row of link_ethertypes;
 * layer.h tells how they work together.  Formats: www.tcpdump.org/linktypes.html.
 */
#include "link.h"

enum { NO_TYPE = 0 }; /* no row reads it */

/* IEEE 802.3 3.2.6: up to 1500 it is a length and LLC follows; what the length leaves
 * over is padding. */
static enum te_status next_ethertype(struct packet *pk, uint16_t type)
{
	if (type > 1500)
		return packet_next(pk, LAYER_ETHERTYPE, type);
	packet_limit(pk, type);
	return packet_next(pk, LAYER_ETHERTYPE, LAYER_LLC);
}

static enum te_status read_ethernet(struct packet *pk)
{
	cur_skip(&pk->cur, 12);
	return next_ethertype(pk, cur_u16(&pk->cur));
}

static uint16_t ethernet_type(const uint8_t *header)
{
	return cur_be16(header + 12);
}

/* IEEE 802.1Q 9.6. Id 0 is a priority and names no VLAN: an outer tag's stays. */
static enum te_status read_vlan(struct packet *pk)
{
	uint16_t id = cur_u16(&pk->cur) & 0x0fff;

	pk->out->has |= TE_HAS_VLAN;
	if (id)
		pk->out->vlan = id;
	return next_ethertype(pk, cur_u16(&pk->cur));
}

/* Cisco VN-Tag, IEEE 802.1BR's forerunner: four bytes, then the ethertype */
static enum te_status read_vntag(struct packet *pk)
{
	cur_skip(&pk->cur, 4);
	return next_ethertype(pk, cur_u16(&pk->cur));
}

/* IEEE 802.1ah I-TAG: flags and I-SID, then the customer's frame from its addresses */
static enum te_status read_pbb(struct packet *pk)
{
	cur_skip(&pk->cur, 4);
	return packet_next(pk, LAYER_ETHERTYPE, LAYER_ETHERNET);
}

/* Cisco FabricPath: tree and hop count, then the frame it carries */
static enum te_status read_fabricpath(struct packet *pk)
{
	cur_skip(&pk->cur, 2);
	return packet_next(pk, LAYER_ETHERTYPE, LAYER_ETHERNET);
}

/* RFC 3032: labels up to the bottom of the stack. What follows has no type: IP shows
 * itself by its version, a pseudowire's control word (RFC 4385) by a 0 in its place. */
static enum te_status read_mpls(struct packet *pk)
{
	uint32_t entry;

	do
		entry = cur_u32(&pk->cur);
	while (!(entry & 0x100) && !cur_failed(&pk->cur));
	if (cur_left(&pk->cur) == 0 || cur_peek(&pk->cur) >> 4 != 0)
		return packet_next_ip(pk);
	cur_skip(&pk->cur, 4);
	pk->guess = true;
	return packet_next(pk, LAYER_ETHERTYPE, LAYER_ETHERNET);
}

/* LLC: SNAP with an ethertype (RFC 1042, and the bridge tunnel of IEEE 802.1H), or the
 * SAP that IP has for itself. */
static enum te_status read_llc(struct packet *pk)
{
	uint16_t saps = cur_u16(&pk->cur);
	uint8_t control = cur_u8(&pk->cur);
	uint32_t oui;

	if (saps == 0x0606 && control == 0x03)
		return packet_next(pk, LAYER_ETHERTYPE, LAYER_IPV4);
	if (saps != 0xaaaa || control != 0x03)
		return TE_IGNORED;
	oui = (uint32_t)cur_u8(&pk->cur) << 16;
	oui |= cur_u16(&pk->cur);
	if (oui != 0x000000 && oui != 0x0000f8)
		return TE_IGNORED;
	return packet_next(pk, LAYER_ETHERTYPE, cur_u16(&pk->cur));
}

static enum te_status next_ppp(struct packet *pk, uint16_t protocol)
{
	switch (protocol) {
	case 0x0021:
		return packet_next(pk, LAYER_ETHERTYPE, LAYER_IPV4);
	case 0x0057:
		return packet_next(pk, LAYER_ETHERTYPE, LAYER_IPV6);
	case 0x0281:
	case 0x0283:
		return packet_next(pk, LAYER_ETHERTYPE, LAYER_MPLS);
	default:
		return TE_IGNORED;
	}
}

/* RFC 1661 6.5, 6.6: address and control may be left out, and so may the first byte of
 * the protocol, which is even where the last one is odd. */
static enum te_status read_ppp(struct packet *pk)
{
	uint16_t protocol;

	if (cur_peek(&pk->cur) == 0xff)
		cur_skip(&pk->cur, 2);
	protocol = cur_u8(&pk->cur);
	if (!(protocol & 1))
		protocol = (uint16_t)(protocol << 8 | cur_u8(&pk->cur));
	return next_ppp(pk, protocol);
}

static enum te_status read_ppp_direction(struct packet *pk)
{
	cur_skip(&pk->cur, 1);
	return read_ppp(pk);
}

/* Cisco's framing of a serial line (RFC 4349 2): 0x0f or 0x8f, 0, ethertype. Files of
 * these types hold PPP, too. */
static enum te_status read_serial(struct packet *pk)
{
	if ((cur_peek(&pk->cur) & 0x7f) != 0x0f)
		return read_ppp(pk);
	cur_skip(&pk->cur, 2);
	return packet_next(pk, LAYER_ETHERTYPE, cur_u16(&pk->cur));
}

/* RFC 2516 4: version and type 1, code 0 for a session; its length adds nothing to what
 * IP says. */
static enum te_status read_pppoe(struct packet *pk)
{
	uint16_t head = cur_u16(&pk->cur);

	cur_skip(&pk->cur, 4);
	return head == 0x1100 ? read_ppp(pk) : TE_IGNORED;
}

/* An address family's, that is. */
static uint16_t family_type(uint32_t family)
{
	switch (family) {
	case 2:
		return LAYER_IPV4;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return LAYER_IPV6;
	default:
		return NO_TYPE;
	}
}

/* An address family in the byte order of the machine that captured. Families are small:
 * a large number is one read the wrong way round. */
static uint16_t null_type(const uint8_t *header)
{
	uint32_t family = cur_be32(header);

	if (family > 0xffff)
		family = family >> 24 | (family >> 8 & 0xff00);
	return family_type(family);
}

static uint16_t device_type(uint16_t device, uint16_t protocol)
{
	const uint16_t netlink = 824; /* ARPHRD_NETLINK: protocol is a netlink family */

	return device == netlink ? NO_TYPE : protocol;
}

/* Direction, device, link address of 10 bytes, protocol */
static uint16_t cooked_type(const uint8_t *header)
{
	return device_type(cur_be16(header + 2), cur_be16(header + 14));
}

/* Protocol, 6 bytes of interface, device, direction and link address */
static uint16_t cooked2_type(const uint8_t *header)
{
	return device_type(cur_be16(header + 8), cur_be16(header));
}

/* RFC 4391 6, behind 20 unused bytes and the link address of IP over InfiniBand */
static uint16_t infiniband_type(const uint8_t *header)
{
	return cur_be16(header + 40);
}

/* No header: IP shows itself. What is neither version is no IP. */
static uint16_t raw_type(const uint8_t *ip)
{
	return ip[0] >> 4 == 4 ? LAYER_IPV4 : LAYER_IPV6;
}

/* A header of one length that names what follows. */
static enum te_status read_typed(struct packet *pk)
{
	const struct layer *link = layer_find(link_types, pk->number);
	const uint8_t *header = cur_bytes(&pk->cur, link->header);

	return header ? packet_next(pk, LAYER_ETHERTYPE, link->type(header)) : TE_OK;
}

/* ANSI X3.139: frame control, addresses; only LLC frames (FF is 01) carry IP */
static enum te_status read_fddi(struct packet *pk)
{
	uint8_t control = cur_u8(&pk->cur);

	cur_skip(&pk->cur, 12);
	if ((control & 0x30) != 0x10)
		return TE_IGNORED;
	return packet_next(pk, LAYER_ETHERTYPE, LAYER_LLC);
}

/* Netfilter's log: attributes {length, type, value}, padded to four, in the byte order
 * of the machine that captured. Types are small, so they tell which that was. */
static enum te_status read_nflog(struct packet *pk)
{
	const uint16_t payload = 9; /* NFULA_PAYLOAD */
	uint8_t family = cur_u8(&pk->cur);

	cur_skip(&pk->cur, 3);
	while (!cur_failed(&pk->cur)) {
		uint16_t len = cur_u16(&pk->cur);
		uint16_t type = cur_u16(&pk->cur);

		if (type > 0xff) {
			len = (uint16_t)(len >> 8 | len << 8);
			type = (uint16_t)(type >> 8 | type << 8);
		}
		if (len < 4)
			return TE_MALFORMED;
		if (type == payload) {
			packet_limit(pk, len - 4u);
			return packet_next(pk, LAYER_ETHERTYPE, family_type(family));
		}
		cur_skip(&pk->cur, (len - 4u + 3u) & ~3u);
	}
	return TE_MALFORMED;
}

/* clang-format off */
const struct layer link_types[] = {
	{ .number = 1, .name = "EN10MB", .read = read_ethernet,
	  .type = ethernet_type, .header = 14 },
	{ .number = 113, .name = "LINUX_SLL", .read = read_typed,
	  .type = cooked_type, .header = 16 },
	{ .number = 276, .name = "LINUX_SLL2", .read = read_typed,
	  .type = cooked2_type, .header = 20 },
	{ .number = 101, .name = "RAW", .read = packet_next_ip, .type = raw_type },
	{ .number = 0, .name = "NULL", .read = read_typed,
	  .type = null_type, .header = 4 },
	{ .number = 108, .name = "LOOP", .read = read_typed,
	  .type = null_type, .header = 4 },
	{ .number = 228, .name = "IPV4", .read = packet_next_ip, .type = raw_type },
	{ .number = 229, .name = "IPV6", .read = packet_next_ip, .type = raw_type },
	{ .number = 9, .name = "PPP", .read = read_ppp },
	{ .number = 50, .name = "PPP_SERIAL", .read = read_serial },
	{ .number = 51, .name = "PPP_ETHER", .read = read_pppoe },
	{ .number = 104, .name = "C_HDLC", .read = read_serial },
	{ .number = 204, .name = "PPP_WITH_DIR", .read = read_ppp_direction },
	{ .number = 10, .name = "FDDI", .read = read_fddi },
	{ .number = 239, .name = "NFLOG", .read = read_nflog },
	{ .number = 242, .name = "IPOIB", .read = read_typed,
	  .type = infiniband_type, .header = 44 },
	/* DLT_RAW of some systems, found in files though no LINKTYPE_ */
	{ .number = 12, .name = "RAW", .read = packet_next_ip, .type = raw_type },
	{ .number = 14, .name = "RAW", .read = packet_next_ip, .type = raw_type },
	{ 0 },
};

const struct layer link_ethertypes[] = {
	{ .number = 0x8100, .name = "802.1Q", .read = read_vlan },
	{ .number = 0x88a8, .name = "802.1ad", .read = read_vlan },
	{ .number = 0x9100, .name = "QinQ", .read = read_vlan },
	{ .number = 0x9200, .name = "QinQ", .read = read_vlan },
	{ .number = 0x9300, .name = "QinQ", .read = read_vlan },
	{ .number = LAYER_LLC, .name = "LLC", .read = read_llc },
	{ .number = LAYER_MPLS, .name = "MPLS", .read = read_mpls, .tunnel = true },
	{ .number = 0x8848, .name = "MPLS", .read = read_mpls, .tunnel = true },
	{ .number = 0x8864, .name = "PPPoE", .read = read_pppoe, .tunnel = true },
	{ .number = 0x88e7, .name = "802.1ah", .read = read_pbb, .tunnel = true },
	{ .number = 0x8903, .name = "FabricPath", .read = read_fabricpath,
	  .tunnel = true },
	{ .number = 0x8926, .name = "VN-Tag", .read = read_vntag, .tunnel = true },
	{ .number = LAYER_ETHERNET, .name = "Ethernet", .read = read_ethernet,
	  .tunnel = true },
	{ .number = LAYER_PPP, .name = "PPP", .read = read_ppp, .tunnel = true },
	{ 0 },
};
/* clang-format on */

bool te_linktype_known(uint16_t linktype)
{
	return layer_find(link_types, linktype) != NULL;
}

const char *te_linktype_name(uint16_t linktype)
{
	const struct layer *row = layer_find(link_types, linktype);

	return row ? row->name : NULL;
}
