/* pcapng_block.h - what the blocks of a pcapng file do; for savefile_pcapng.c only */
#ifndef PCAPNG_BLOCK_H
#define PCAPNG_BLOCK_H

#include "pcapng_clock.h"
#include "savefile_format.h"

enum {
	PCAPNG_SECTION = 0x0a0d0d0a, /* the same in both byte orders */
	PCAPNG_PACKET = 6,           /* enhanced, that is; the usual one */
};

enum { PCAPNG_PACKET_FIELDS = 20 }; /* bytes of its body before the packet */

struct pcapng_interface {
	uint16_t linktype;
	uint32_t snaplen; /* 0: no limit */
	struct pcapng_clock clock;
	uint64_t dropped; /* what the file says of it */
	bool summed_up;   /* by a statistics block, which wins over counts in packets */
};

struct pcapng {
	bool big;
	struct pcapng_interface *interfaces;
	size_t count, room;
	te_time last; /* of the packet before; simple packets have no time of their own */
	bool described; /* an interface was seen, in any section */
};

struct pcapng_block {
	uint32_t type, len; /* len: with the framing */
	const uint8_t *body;
	uint32_t body_len;
	bool big;
};

/* PCAPNG_BAD: savefile_fail() has been called. */
enum pcapng_result { PCAPNG_FRAME, PCAPNG_NO_FRAME, PCAPNG_BAD };

struct pcapng_block_kind {
	uint32_t type, body_min;
	enum pcapng_result (*take)(struct savefile *, const struct pcapng_block *,
				   struct te_frame *);
};

static inline uint32_t pcapng_padded(uint32_t size)
{
	return (size + 3) & ~UINT32_C(3);
}

/* Time, lengths and link type, of enhanced and of obsolete packets, which differ in
 * their first four bytes. */
static inline void pcapng_packet_fields(const uint8_t *body, bool big,
					const struct pcapng_interface *i,
					struct te_frame *frame)
{
	uint64_t high = savefile_u32(body + 4, big);

	frame->time =
	    pcapng_clock_time(&i->clock, high << 32 | savefile_u32(body + 8, big));
	frame->caplen = savefile_u32(body + 12, big);
	frame->len = savefile_u32(body + 16, big);
	frame->linktype = i->linktype;
}

/* Not read yet, the end of a block's body. */
struct pcapng_options {
	const uint8_t *next;
	uint32_t left;
	bool big;
};

/* What stands behind the packet in a PCAPNG_PACKET. */
void pcapng_packet_options(struct savefile *, struct pcapng_interface *,
			   struct pcapng_options);
/* NULL: blocks of this type are skipped. */
const struct pcapng_block_kind *pcapng_block_kind(uint32_t type);

#endif
