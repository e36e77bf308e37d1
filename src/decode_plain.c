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

static void read_options(const uint8_t *options, uint32_t n, struct te_segment *out)
{
	if (is_timestamps(options, n)) {
		out->tsval = cur_be32(options + 4);
		out->tsecr = cur_be32(options + 8);
		out->has |= TE_HAS_TS;
	} else if (n) {
		tcpopt_parse(cur_make(options, n), false, out);
	}
}

static void verify(const uint8_t *tcp, uint32_t n, struct te_segment *out)
{
	static const uint16_t verdicts[] = {
		[CHECKSUM_GOOD] = TE_SUM_KNOWN,
		[CHECKSUM_BAD] = TE_SUM_KNOWN | TE_BAD_SUM,
		[CHECKSUM_PARTIAL] = TE_PART_SUM,
	};

	out->has |= verdicts[checksum_tcp(out, tcp, n)];
}

/* One by one: less work than a zeroed structure of which most is written again. */
static void clear_rest(struct te_segment *out)
{
	out->has = 0;
	out->vlan = 0;
	out->mss = 0;
	out->wscale = 0;
	out->tsval = 0;
	out->tsecr = 0;
	out->sack_right = 0;
}

/* `sent` bytes of it by the IP length, of which `captured` are there. */
static bool read_tcp(const uint8_t *tcp, uint32_t sent, uint32_t captured, bool checksum,
		     struct te_segment *out)
{
	uint32_t header = captured < TCP_HEADER ? 0 : (tcp[12] >> 4) * 4u;

	if (header < TCP_HEADER || header > captured)
		return false;
	out->src_port = cur_be16(tcp);
	out->dst_port = cur_be16(tcp + 2);
	out->seq = cur_be32(tcp + 4);
	out->ack = cur_be32(tcp + 8);
	out->flags = tcp[13];
	out->window = cur_be16(tcp + 14);
	clear_rest(out);
	read_options(tcp + TCP_HEADER, header - TCP_HEADER, out);
	out->len = sent - header;
	out->data = tcp + header;
	out->data_len = captured - header;
	if (captured < sent)
		out->has |= TE_SNAPPED;
	else if (checksum)
		verify(tcp, sent, out);
	return true;
}

/* What the IP length says was sent behind the header, all of it within the frame's. */
static bool read_payload(const struct te_frame *frame, uint32_t header, uint32_t sent,
			 bool checksum, struct te_segment *out)
{
	uint32_t before = ETHERNET_HEADER + header, captured = frame->caplen - before;

	if (sent > frame->len - before)
		return false;
	return read_tcp(frame->bytes + before, sent, captured < sent ? captured : sent,
			checksum, out);
}

static struct te_addr ipv4_address(const uint8_t *bytes)
{
	struct te_addr addr = { { 0 } };

	memcpy(addr.bytes, bytes, 4);
	return addr;
}

static bool read_ipv4(const struct te_frame *frame, bool checksum, struct te_segment *out)
{
	const uint8_t *ip = frame->bytes + ETHERNET_HEADER;
	uint32_t total = cur_be16(ip + 2);

	/* Version and header length; no fragment, whatever DF says. */
	if (ip[0] != 0x45 || cur_be16(ip + 6) & 0x3fff || ip[9] != PROTOCOL_TCP ||
	    total < IPV4_HEADER)
		return false;
	out->ip_version = 4;
	out->ip_id = cur_be16(ip + 4);
	out->ttl = ip[8];
	out->src = ipv4_address(ip + 12);
	out->dst = ipv4_address(ip + 16);
	return read_payload(frame, IPV4_HEADER, total - IPV4_HEADER, checksum, out);
}

static bool read_ipv6(const struct te_frame *frame, bool checksum, struct te_segment *out)
{
	const uint8_t *ip = frame->bytes + ETHERNET_HEADER;
	uint32_t length = cur_be16(ip + 4);

	/* Length 0: RFC 2675's, or a driver's. */
	if (ip[0] >> 4 != 6 || ip[6] != PROTOCOL_TCP || !length ||
	    frame->caplen < ETHERNET_HEADER + IPV6_HEADER)
		return false;
	out->ip_version = 6;
	out->ip_id = 0;
	out->ttl = ip[7];
	memcpy(out->src.bytes, ip + 8, 16);
	memcpy(out->dst.bytes, ip + 24, 16);
	return read_payload(frame, IPV6_HEADER, length, checksum, out);
}

bool decode_plain(const struct te_frame *frame, bool checksum, struct te_segment *out)
{
	uint16_t type;

	if (frame->linktype != LINKTYPE_ETHERNET || frame->len < frame->caplen ||
	    frame->caplen < ETHERNET_HEADER + IPV4_HEADER + TCP_HEADER)
		return false;
	type = cur_be16(frame->bytes + 12);
	out->time = frame->time;
	out->frame = frame->number;
	out->file = frame->file;
	if (type == 0x0800)
		return read_ipv4(frame, checksum, out);
	return type == 0x86dd && read_ipv6(frame, checksum, out);
}
