/* wire.c - frames of a link, IPv4 or IPv6 and TCP into a pcap file, fast */
#include "wire.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	RECORD_LEN = 16,
	LINK_MAX = 20,
	IPV4_LEN = 20,
	IPV6_LEN = 40,
	TCP_LEN = 20,
	PROTO_TCP = 6,
	FRAME_MAX = RECORD_LEN + LINK_MAX + IPV6_LEN + TCP_LEN + 40 + WIRE_PAYLOAD_MAX,
};

uint8_t *wire_u16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

uint8_t *wire_u32(uint8_t *at, uint32_t value)
{
	return wire_u16(wire_u16(at, value >> 16), value);
}

/* ---- checksums: RFC 1071 -------------------------------------------------- */

/* The sum of an even number of bytes, not folded. */
static uint32_t sum_words(const uint8_t *bytes, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	return sum;
}

static uint32_t checksum(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void fill_payload(struct wire *w)
{
	uint32_t random = 1;

	for (size_t i = 0; i < WIRE_PAYLOAD_MAX; i++) {
		random = random * 1664525 + 1013904223;
		w->payload[i] = (uint8_t)(random >> 24);
		w->sums[i + 1] =
		    w->sums[i] + ((uint32_t)w->payload[i] << (i % 2 ? 0 : 8));
	}
}

/* ---- links ----------------------------------------------------------------- */

struct wire_link {
	const char *name;
	uint32_t linktype;
	uint8_t *(*put)(uint8_t *at, uint32_t ethertype, unsigned from);
};

static uint8_t *put_macs(uint8_t *at, unsigned from)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };

	memcpy(at, mac[!from], 6);
	memcpy(at + 6, mac[from], 6);
	return at + 12;
}

static uint8_t *put_ether(uint8_t *at, uint32_t ethertype, unsigned from)
{
	return wire_u16(put_macs(at, from), ethertype);
}

static uint8_t *put_vlan(uint8_t *at, uint32_t ethertype, unsigned from)
{
	const uint32_t id = 10;

	at = wire_u16(put_macs(at, from), 0x8100);
	return wire_u16(wire_u16(at, id), ethertype);
}

/* https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
static uint8_t *put_sll2(uint8_t *at, uint32_t ethertype, unsigned from)
{
	const uint32_t interface = 2, arphrd_ether = 1, outgoing = 4;

	at = wire_u16(at, ethertype);
	at = wire_u16(at, 0);
	at = wire_u32(at, interface);
	at = wire_u16(at, arphrd_ether);
	at = wire_u16(at, (from ? 0 : outgoing) << 8 | 6);
	memset(at, 0, 8);
	return at + 8;
}

static uint8_t *put_raw(uint8_t *at, uint32_t ethertype, unsigned from)
{
	(void)ethertype;
	(void)from;
	return at;
}

static const struct wire_link links[] = {
	{ "ether", 1, put_ether },
	{ "vlan", 1, put_vlan },
	{ "sll2", 276, put_sll2 },
	{ "raw", 101, put_raw },
};

const struct wire_link *wire_link_find(const char *name)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (strcmp(links[i].name, name) == 0)
			return &links[i];
	return NULL;
}

/* ---- the file: pcap, microseconds, this machine's byte order --------------- */

static void flush(struct wire *w)
{
	for (size_t done = 0; done < w->fill && !w->failed;) {
		const ssize_t n = write(w->fd, w->buffer + done, w->fill - done);

		if (n < 0)
			w->failed = true;
		else
			done += (size_t)n;
	}
	w->bytes += w->fill;
	w->fill = 0;
}

bool wire_open(struct wire *w, const struct wire_link *link, const char *path,
	       uint32_t snaplen)
{
	const uint32_t version = 4u << 16 | 2;
	const uint32_t head[6] = { 0xa1b2c3d4, version, 0, 0, snaplen, link->linktype };

	*w = (struct wire){ .link = link,
			    .snaplen = snaplen,
			    .buffer = malloc(WIRE_BUFFER) };
	if (!w->buffer)
		return false;
	w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (w->fd < 0)
		return false;
	fill_payload(w);
	memcpy(w->buffer, head, sizeof(head));
	w->fill = sizeof(head);
	return true;
}

bool wire_close(struct wire *w)
{
	flush(w);
	if (close(w->fd) != 0)
		w->failed = true;
	free(w->buffer);
	return !w->failed;
}

/* ---- a frame -------------------------------------------------------------- */

static uint8_t *put_ipv4(uint8_t *at, const struct wire_ends *ends, unsigned from,
			 uint32_t len)
{
	uint8_t *const start = at;

	at = wire_u16(at, 0x4500);
	at = wire_u16(at, IPV4_LEN + len);
	at = wire_u32(at, 0x4000); /* identification 0, don't fragment */
	at = wire_u16(at, (from ? 58u : 64u) << 8 | PROTO_TCP);
	at = wire_u16(at, 0);
	memcpy(at, ends->addr[from], 4);
	memcpy(at + 4, ends->addr[!from], 4);
	wire_u16(start + 10, checksum(sum_words(start, IPV4_LEN)));
	return at + 8;
}

static uint8_t *put_ipv6(uint8_t *at, const struct wire_ends *ends, unsigned from,
			 uint32_t len)
{
	at = wire_u32(at, 0x60000000);
	at = wire_u16(at, len);
	at = wire_u16(at, PROTO_TCP << 8 | (from ? 58u : 64u));
	memcpy(at, ends->addr[from], 16);
	memcpy(at + 16, ends->addr[!from], 16);
	return at + 32;
}

/* The addresses' part of the sum does not depend on the direction. */
static uint32_t pseudo_sum(const struct wire_ends *ends, uint32_t len)
{
	const size_t size = ends->v6 ? 16 : 4;

	return sum_words(ends->addr[0], size) + sum_words(ends->addr[1], size) +
	       PROTO_TCP + len;
}

static uint8_t *put_tcp(const struct wire *w, uint8_t *at, const struct wire_ends *ends,
			const struct wire_segment *seg)
{
	uint8_t *const start = at;
	const uint32_t head = TCP_LEN + seg->options_len;
	uint32_t sum = pseudo_sum(ends, head + seg->len) + w->sums[seg->len];

	at = wire_u16(at, ends->port[seg->from]);
	at = wire_u16(at, ends->port[!seg->from]);
	at = wire_u32(at, seg->seq);
	at = wire_u32(at, seg->ack);
	at = wire_u16(at, head / 4 << 12 | seg->flags);
	at = wire_u16(at, seg->window);
	at = wire_u32(at, 0);
	memcpy(at, seg->options, seg->options_len);
	sum += sum_words(start, head);
	wire_u16(start + 16, checksum(sum));
	return start + head;
}

static void put_record(uint8_t *at, uint64_t ns, uint32_t caplen, uint32_t len)
{
	const uint32_t record[4] = { (uint32_t)(ns / 1000000000),
				     (uint32_t)(ns % 1000000000 / 1000), caplen, len };

	memcpy(at, record, sizeof(record));
}

void wire_put(struct wire *w, uint64_t ns, const struct wire_ends *ends,
	      const struct wire_segment *seg)
{
	const uint32_t tcp_len = (uint32_t)TCP_LEN + seg->options_len + seg->len;
	uint8_t *record, *frame, *at;
	uint32_t len, caplen;

	if (WIRE_BUFFER - w->fill < FRAME_MAX)
		flush(w);
	record = w->buffer + w->fill;
	frame = record + RECORD_LEN;
	at = w->link->put(frame, ends->v6 ? 0x86dd : 0x0800, seg->from);
	at = ends->v6 ? put_ipv6(at, ends, seg->from, tcp_len)
		      : put_ipv4(at, ends, seg->from, tcp_len);
	at = put_tcp(w, at, ends, seg);
	len = (uint32_t)(at - frame) + seg->len;
	caplen = len < w->snaplen ? len : w->snaplen;
	if (frame + caplen > at)
		memcpy(at, w->payload, (size_t)(frame + caplen - at));
	put_record(record, ns, caplen, len);
	w->fill += RECORD_LEN + caplen;
	w->packets++;
}
