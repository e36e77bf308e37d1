/* decode_plain.c - the short ways for what most frames are
 *
 * One comparison of lengths per header instead of one per field, and fields read by the
 * machine word. What is not exactly as expected is left to decode.c, so this needs to
 * know no exception.
 */
#include "decode_plain.h"
#include "checksum.h"
#include "cursor.h"
#include "link.h"
#include "tcpopt.h"

enum {
	LINKTYPE_ETHERNET = 1,
	ETHERNET_HEADER = 14,
	IPV4_HEADER = 20,
	IPV6_HEADER = 40,
	PROTOCOL_TCP = 6,
	TCP_HEADER = 20,
	TIMESTAMPS = 12,
	VLAN = 0x8100,
	VLAN_TAG = 4,
};

/* What some frames have is apart, so that the others save no registers for it: all that
 * is summed up, and other options than timestamps. The addresses stand right before TCP
 * in both versions. */
__attribute__((noinline)) static bool verify_any(const uint8_t *tcp, uint32_t n,
						 struct te_segment *out)
{
	static const uint16_t verdicts[] = {
		[CHECKSUM_GOOD] = TE_SUM_KNOWN,
		[CHECKSUM_BAD] = TE_SUM_KNOWN | TE_BAD_SUM,
		[CHECKSUM_PARTIAL] = TE_PART_SUM,
	};

	out->has |= verdicts[checksum_behind_addresses(out, tcp, n)];
	return true;
}

__attribute__((noinline)) static bool verify(const uint8_t *tcp, uint32_t n,
					     struct te_segment *out)
{
	if (!checksum_of_header(tcp, n, out->ip_version == 4))
		return verify_any(tcp, n, out);
	out->has |= TE_SUM_KNOWN;
	return true;
}

__attribute__((noinline)) static bool read_options(const uint8_t *tcp, uint32_t options,
						   uint32_t summed,
						   struct te_segment *out)
{
	if (summed)
		verify(tcp, summed, out);
	tcpopt_parse(tcp + TCP_HEADER, options, false, out);
	return true;
}

/* Nothing but timestamps, as RFC 7323 appendix A lays them out: NOP, NOP, 8, 10. All bits
 * are set if they are there, else none: a branch would be missed, as connections with and
 * without them follow each other in no order. */
static inline uint64_t read_timestamps(const uint8_t *tcp, uint32_t header,
				       struct te_segment *out)
{
	bool room = header == TCP_HEADER + TIMESTAMPS;
	const uint8_t *options = tcp + (room ? TCP_HEADER : TCP_HEADER - TIMESTAMPS);
	uint64_t there = -(uint64_t)(room & (cur_be32(options) == 0x0101080a));
	uint64_t stamps = cur_be64(options + 4) & there;

	out->tsval = (uint32_t)(stamps >> 32);
	out->tsecr = (uint32_t)stamps;
	return there;
}

/* Ports to window; see struct te_segment. */
static inline void read_fixed(const uint8_t *tcp, struct te_segment *out)
{
	uint64_t first = cur_be64(tcp), second = cur_be64(tcp + 8);

	out->src_port = (uint16_t)(first >> 48);
	out->dst_port = (uint16_t)(first >> 32);
	out->seq = (uint32_t)first;
	out->ack = (uint32_t)(second >> 32);
	out->offset = (uint8_t)(second >> 24);
	out->flags = (uint8_t)(second >> 16);
	out->window = (uint16_t)second;
}

/* One by one: less work than a zeroed structure of which most is written again. */
static inline void clear_rare(struct te_segment *out)
{
	out->sack_right = 0;
	out->vlan = 0;
	out->mss = 0;
	out->wscale = 0;
}

static inline void read_ipv4_address(const uint8_t *bytes, struct te_addr *addr)
{
	uint64_t words[2] = { 0, 0 };

	memcpy(words, bytes, 4);
	memcpy(addr->bytes, words, sizeof(words));
}

/* Behind `headers` bytes; `sent` of it by the IP length. */
static inline bool read_tcp(const struct te_frame *frame, uint32_t headers, uint32_t sent,
			    bool checksum, struct te_segment *out)
{
	const uint8_t *tcp = frame->bytes + headers;
	uint32_t left = frame->caplen - headers, captured = left < sent ? left : sent;
	uint32_t header = (tcp[12] >> 4) * 4u, stamps, options, summed;

	if (header < TCP_HEADER || header > captured)
		return false;
	read_fixed(tcp, out);
	clear_rare(out);
	out->len = sent - header;
	out->data = tcp + header;
	out->data_len = captured - header;
	stamps = (uint32_t)read_timestamps(tcp, header, out);
	options = header - TCP_HEADER - (stamps & TIMESTAMPS);
	out->has = (uint16_t)((stamps & TE_HAS_TS) | (left < sent ? TE_SNAPPED : 0));
	summed = checksum && left >= sent ? sent : 0;
	if (options)
		return read_options(tcp, options, summed, out);
	return !summed || verify(tcp, summed, out);
}

/* `front`: the header's first six bytes, with the ethertype before them. Returns how many
 * bytes are of TCP; more than the frame has: it is not plain. */
static inline uint32_t read_ipv4(const struct te_frame *frame, uint32_t link,
				 uint64_t front, struct te_segment *out)
{
	const uint8_t *ip = frame->bytes + link;
	uint32_t next = cur_be32(ip + 6); /* flags and fragment, TTL, protocol */

	/* No fragment, whatever DF says. */
	if ((next & 0x3fff00ff) != PROTOCOL_TCP)
		return UINT32_MAX;
	out->ip_version = 4;
	out->ip_id = (uint16_t)front;
	out->ttl = (uint8_t)(next >> 8);
	read_ipv4_address(ip + 12, &out->src);
	read_ipv4_address(ip + 16, &out->dst);
	/* Less than its header is huge. */
	return (uint16_t)(front >> 16) - (uint32_t)IPV4_HEADER;
}

static inline uint32_t read_ipv6(const struct te_frame *frame, uint32_t link,
				 struct te_segment *out)
{
	const uint8_t *ip = frame->bytes + link;
	uint32_t next = cur_be32(ip + 4); /* length, protocol, hop limit */

	/* Length 0: RFC 2675's, or a driver's. */
	if ((uint8_t)(next >> 8) != PROTOCOL_TCP || next >> 16 == 0 ||
	    frame->caplen < link + IPV6_HEADER + TCP_HEADER)
		return UINT32_MAX;
	out->ip_version = 6;
	out->ip_id = 0;
	out->ttl = (uint8_t)next;
	memcpy(out->src.bytes, ip + 8, 16);
	memcpy(out->dst.bytes, ip + 24, 16);
	return next >> 16;
}

/* IP behind `link` bytes: at least those of IPv4's header and TCP's are there. */
static inline bool read_ip(const struct te_frame *frame, uint32_t link, uint64_t front,
			   bool checksum, struct te_segment *out)
{
	uint32_t headers, sent;

	out->time = frame->time;
	out->frame = frame->number;
	out->file = frame->file;
	/* Ethertype, version, IPv4's header length, DSCP, length, IPv4's ID. */
	if (front >> 40 == 0x080045) {
		headers = link + IPV4_HEADER;
		sent = read_ipv4(frame, link, front, out);
	} else if (front >> 44 == 0x86dd6) {
		headers = link + IPV6_HEADER;
		sent = read_ipv6(frame, link, out);
	} else {
		return false;
	}
	return sent <= frame->len - headers &&
	       read_tcp(frame, headers, sent, checksum, out);
}

static inline bool has_room(const struct te_frame *frame, uint32_t link)
{
	return frame->len >= frame->caplen &&
	       frame->caplen >= link + IPV4_HEADER + TCP_HEADER;
}

/* Flat: a call costs as much as what is called does. */
__attribute__((flatten)) bool decode_plain(const struct te_frame *frame, bool checksum,
					   struct te_segment *out)
{
	const uint32_t link = ETHERNET_HEADER;

	return frame->linktype == LINKTYPE_ETHERNET && has_room(frame, link) &&
	       read_ip(frame, link, cur_be64(frame->bytes + link - 2), checksum, out);
}

/* ---- any link type ---- */

/* What stands before IP. */
struct before {
	uint32_t size;
	uint16_t type, vlan, has;
};

static inline bool read_tag(const struct te_frame *frame, struct before *before)
{
	const uint8_t *tag = frame->bytes + before->size;

	before->size += VLAN_TAG;
	before->type = cur_be16(tag + 2);
	before->vlan = cur_be16(tag) & 0x0fff;
	before->has = TE_HAS_VLAN;
	return has_room(frame, before->size);
}

static inline bool read_before(const struct te_frame *frame, struct before *before)
{
	const struct layer *row = layer_find(link_types, frame->linktype);

	if (!row || !row->type || !has_room(frame, row->header))
		return false;
	*before = (struct before){ .size = row->header, .type = row->type(frame->bytes) };
	return before->type != VLAN || read_tag(frame, before);
}

__attribute__((flatten)) bool decode_plain_link(const struct te_frame *frame,
						bool checksum, struct te_segment *out)
{
	struct before before;
	uint64_t front;

	if (!read_before(frame, &before))
		return false;
	front = (uint64_t)before.type << 48 | cur_be64(frame->bytes + before.size) >> 16;
	if (!read_ip(frame, before.size, front, checksum, out))
		return false;
	out->vlan = before.vlan;
	out->has |= before.has;
	return true;
}
