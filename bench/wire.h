/* wire.h - frames of a link, IPv4 or IPv6 and TCP into a pcap file, fast
 *
 * The payload of every segment is the beginning of one fixed block, so that checksums
 * (which are right) cost a look into a table. */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_PAYLOAD_MAX = 1460, WIRE_BUFFER = 1 << 20 };

enum { WIRE_FIN = 1, WIRE_SYN = 2, WIRE_RST = 4, WIRE_PSH = 8, WIRE_ACK = 16 };

/* Both ends of a connection; [0] is the client. IPv4 addresses use the first 4 bytes. */
struct wire_ends {
	uint8_t addr[2][16];
	uint16_t port[2];
	bool v6;
};

struct wire_segment {
	unsigned from; /* 0 client, 1 server */
	uint32_t seq, ack;
	uint16_t window, len; /* len: bytes of payload */
	uint8_t flags, options_len;
	uint8_t options[40]; /* padded to a multiple of 4 */
};

/* "ether", "vlan" (one 802.1Q tag), "sll2" (what `-i any` gives), "raw". */
struct wire_link;
const struct wire_link *wire_link_find(const char *name); /* NULL: there is none */

struct wire {
	const struct wire_link *link;
	int fd;
	bool failed;
	uint32_t snaplen;
	uint64_t packets, bytes; /* written so far; bytes of the file */
	size_t fill;
	uint8_t *buffer;
	uint8_t payload[WIRE_PAYLOAD_MAX + 1];
	uint32_t
	    sums[WIRE_PAYLOAD_MAX + 1]; /* one's complement sum of the first n bytes */
};

/* Creates the file; false with errno set if it cannot. */
bool wire_open(struct wire *w, const struct wire_link *link, const char *path,
	       uint32_t snaplen);

/* Appends one frame, captured at `ns` nanoseconds after the epoch. */
void wire_put(struct wire *w, uint64_t ns, const struct wire_ends *ends,
	      const struct wire_segment *seg);

/* Writes what is left and closes; false if anything could not be written. */
bool wire_close(struct wire *w);

/* Writes big-endian numbers, returns the byte after them. */
uint8_t *wire_u16(uint8_t *at, uint32_t value);
uint8_t *wire_u32(uint8_t *at, uint32_t value);

#endif
