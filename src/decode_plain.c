/* decode_plain.c - the short way for what most frames are
 *
 * One comparison of lengths per header instead of one per field. What is not exactly as
 * expected is left to decode.c, so this needs to know no exception.
 */
#include "decode_plain.h"
#include "checksum.h"
#include "cursor.h"
#include "tcpopt.h"

enum {
	LINKTYPE_ETHERNET = 1,
	ETHERNET_HEADER = 14,
	IPV4_HEADER = 20,
	IPV6_HEADER = 40,
	PROTOCOL_TCP = 6,
	TCP_HEADER = 20,
	TIMESTAMPS = 12,
};

/* Nothing but timestamps, as RFC 7323 appendix A lays them out: NOP, NOP, 8, 10. */
static bool is_timestamps(const uint8_t *options, uint32_t n)
{
	return n == TIMESTAMPS && cur_be32(options) == 0x0101080a;
}

/* The addresses, which are summed up, too, stand right before TCP in both versions. */
static void verify(const uint8_t *tcp, uint32_t n, struct te_segment *out)
{
	static const uint16_t verdicts[] = {
		[CHECKSUM_GOOD] = TE_SUM_KNOWN,
		[CHECKSUM_BAD] = TE_SUM_KNOWN | TE_BAD_SUM,
		[CHECKSUM_PARTIAL] = TE_PART_SUM,
	};
	uint32_t before = out->ip_version == 4 ? 2 * 4 : 2 * 16;

	if (checksum_is_good(tcp - before, before + n, n))
		out->has |= TE_SUM_KNOWN;
	else
		out->has |= verdicts[checksum_tcp(out, tcp, n)];
}

/* What some frames have: other options than timestamps, and all that is summed up. */
static bool read_more(const uint8_t *tcp, uint32_t options, uint32_t summed,
		      struct te_segment *out)
{
	if (options)
		tcpopt_parse(tcp + TCP_HEADER, options, false, out);
	if (summed)
		verify(tcp, summed, out);
	return true;
}

/* 0 or TE_HAS_TS; and nothing else is there but `has`. One by one: less work than a
 * zeroed structure of which most is written again. */
static uint16_t read_timestamps(const uint8_t *options, uint32_t n,
				struct te_segment *out)
{
	bool there = is_timestamps(options, n);

	out->tsval = there ? cur_be32(options + 4) : 0;
	out->tsecr = there ? cur_be32(options + 8) : 0;
	out->sack_right = 0;
	out->vlan = 0;
	out->mss = 0;
	out->wscale = 0;
	return there ? TE_HAS_TS : 0;
}

/* `sent` bytes of it by the IP length, of which `captured` are there. */
static bool read_tcp(const uint8_t *tcp, uint32_t sent, uint32_t captured, bool checksum,
		     struct te_segment *out)
{
	uint32_t header = captured < TCP_HEADER ? 0 : (tcp[12] >> 4) * 4u, options;
	bool whole = captured == sent;

	if (header < TCP_HEADER || header > captured)
		return false;
	out->src_port = cur_be16(tcp);
	out->dst_port = cur_be16(tcp + 2);
	out->seq = cur_be32(tcp + 4);
	out->ack = cur_be32(tcp + 8);
	out->flags = tcp[13];
	out->window = cur_be16(tcp + 14);
	out->len = sent - header;
	out->data = tcp + header;
	out->data_len = captured - header;
	options = header - TCP_HEADER;
	out->has = read_timestamps(tcp + TCP_HEADER, options, out);
	if (out->has)
		options = 0;
	if (!whole)
		out->has |= TE_SNAPPED;
	return !(options || (whole && checksum)) ||
	       read_more(tcp, options, whole && checksum ? sent : 0, out);
}

/* A frame without its link's header. */
struct rest {
	const uint8_t *ip;
	uint32_t captured, sent;
};

/* What the IP length says was sent behind the header, all of it within the frame's. */
static bool read_payload(struct rest rest, uint32_t header, uint32_t sent, bool checksum,
			 struct te_segment *out)
{
	uint32_t captured = rest.captured - header;

	return sent <= rest.sent - header &&
	       read_tcp(rest.ip + header, sent, captured < sent ? captured : sent,
			checksum, out);
}

static void read_ipv4_address(const uint8_t *bytes, struct te_addr *addr)
{
	uint64_t words[2] = { 0, 0 };

	memcpy(words, bytes, 4);
	memcpy(addr->bytes, words, sizeof(words));
}

static bool read_ipv4(struct rest rest, bool checksum, struct te_segment *out)
{
	const uint8_t *ip = rest.ip;
	uint32_t total = cur_be16(ip + 2);

	/* Version and header length; no fragment, whatever DF says. */
	if (ip[0] != 0x45 || cur_be16(ip + 6) & 0x3fff || ip[9] != PROTOCOL_TCP ||
	    total < IPV4_HEADER)
		return false;
	out->ip_version = 4;
	out->ip_id = cur_be16(ip + 4);
	out->ttl = ip[8];
	read_ipv4_address(ip + 12, &out->src);
	read_ipv4_address(ip + 16, &out->dst);
	return read_payload(rest, IPV4_HEADER, total - IPV4_HEADER, checksum, out);
}

static bool read_ipv6(struct rest rest, bool checksum, struct te_segment *out)
{
	const uint8_t *ip = rest.ip;
	uint32_t length = cur_be16(ip + 4);

	/* Length 0: RFC 2675's, or a driver's. */
	if (ip[0] >> 4 != 6 || ip[6] != PROTOCOL_TCP || !length ||
	    rest.captured < IPV6_HEADER)
		return false;
	out->ip_version = 6;
	out->ip_id = 0;
	out->ttl = ip[7];
	memcpy(out->src.bytes, ip + 8, 16);
	memcpy(out->dst.bytes, ip + 24, 16);
	return read_payload(rest, IPV6_HEADER, length, checksum, out);
}

bool decode_plain(const struct te_frame *frame, bool checksum, struct te_segment *out)
{
	struct rest rest;
	uint16_t type;

	if (frame->linktype != LINKTYPE_ETHERNET || frame->len < frame->caplen ||
	    frame->caplen < ETHERNET_HEADER + IPV4_HEADER + TCP_HEADER)
		return false;
	rest = (struct rest){ frame->bytes + ETHERNET_HEADER,
			      frame->caplen - ETHERNET_HEADER,
			      frame->len - ETHERNET_HEADER };
	type = cur_be16(rest.ip - 2);
	out->time = frame->time;
	out->frame = frame->number;
	out->file = frame->file;
	if (type == 0x0800)
		return read_ipv4(rest, checksum, out);
	return type == 0x86dd && read_ipv6(rest, checksum, out);
}
