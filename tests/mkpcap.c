/* mkpcap.c - compile a packet script to a pcap file, the same bytes every time
 *
 * usage: mkpcap [-n] [-B] [-p] SCRIPT OUT.pcap
 *	-n  timestamps in nanoseconds
 *	-B  file headers in big-endian order
 *	-p  pad frames to the 60 bytes of Ethernet, as a receiver sees them
 *
 * Frames are Ethernet (with an 802.1Q tag if the segment has a VLAN), IPv4 or IPv6, and
 * TCP. What the script marks as lost is left out, so frame N is the same here and there.
 */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ETHERNET_MIN = 60, FRAME_MAX = 65600, SNAPLEN = 262144, LINKTYPE_ETHERNET = 1 };

struct options {
	bool nanoseconds, big_endian, pad;
};

/* A frame being built; it has room for the longest segment a script can have. */
struct frame {
	uint8_t bytes[FRAME_MAX];
	size_t len;
};

/* ---- frames: network byte order ------------------------------------------ */

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
	put(f, 1, (20u + script->options_len) / 4 << 4);
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

static void build(struct frame *f, const struct script_segment *s, bool pad)
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
}

/* ---- the file: the byte order asked for ---------------------------------- */

static void write_number(FILE *out, const struct options *o, unsigned size,
			 uint32_t value)
{
	for (unsigned i = 0; i < size; i++)
		putc((int)(value >> 8 * (o->big_endian ? size - 1 - i : i) & 0xff), out);
}

static void write_file_header(FILE *out, const struct options *o)
{
	write_number(out, o, 4, o->nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	write_number(out, o, 2, 2);
	write_number(out, o, 2, 4);
	write_number(out, o, 4, 0);
	write_number(out, o, 4, 0);
	write_number(out, o, 4, SNAPLEN);
	write_number(out, o, 4, LINKTYPE_ETHERNET);
}

static void write_frame(FILE *out, const struct options *o,
			const struct script_segment *s, const struct frame *f)
{
	const te_time fraction = s->segment.time % TE_SEC;
	const size_t caplen = s->snap && s->snap < f->len ? s->snap : f->len;

	write_number(out, o, 4, (uint32_t)(s->segment.time / TE_SEC));
	write_number(out, o, 4, (uint32_t)(o->nanoseconds ? fraction : fraction / TE_US));
	write_number(out, o, 4, (uint32_t)caplen);
	write_number(out, o, 4, (uint32_t)f->len);
	fwrite(f->bytes, 1, caplen, out);
}

static bool write_file(const struct script *script, const struct options *o,
		       const char *path)
{
	static struct frame frame;
	FILE *out = fopen(path, "wb");
	bool failed;

	if (!out)
		return false;
	write_file_header(out, o);
	for (size_t i = 0; i < script->item_count; i++) {
		const struct script_segment *s = &script->items[i].u.segment;

		if (script->items[i].kind != SCRIPT_SEGMENT || s->lost)
			continue;
		build(&frame, s, o->pad);
		write_frame(out, o, s, &frame);
	}
	failed = ferror(out) != 0;
	return fclose(out) == 0 && !failed;
}

/* ---- the command --------------------------------------------------------- */

static bool take_option(struct options *o, const char *word)
{
	if (strcmp(word, "-n") == 0)
		o->nanoseconds = true;
	else if (strcmp(word, "-B") == 0)
		o->big_endian = true;
	else if (strcmp(word, "-p") == 0)
		o->pad = true;
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct script_error error;
	struct script *script;
	bool written;
	int i = 1;

	while (i < argc && take_option(&options, argv[i]))
		i++;
	if (argc - i != 2) {
		fputs("usage: mkpcap [-n] [-B] [-p] SCRIPT OUT.pcap\n", stderr);
		return 2;
	}
	script = script_read(argv[i], &error);
	if (!script) {
		fprintf(stderr, "%s:%u: %s\n", argv[i], error.line, error.text);
		return 1;
	}
	written = write_file(script, &options, argv[i + 1]);
	if (!written)
		fprintf(stderr, "mkpcap: %s: cannot be written\n", argv[i + 1]);
	script_free(script);
	return written ? 0 : 1;
}
