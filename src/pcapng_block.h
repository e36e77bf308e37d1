/* pcapng_block.h - what the blocks of a pcapng file do; for savefile_pcapng.c only */
#ifndef PCAPNG_BLOCK_H
#define PCAPNG_BLOCK_H

#include "savefile_format.h"

enum {
	PCAPNG_SECTION = 0x0a0d0d0a, /* the same in both byte orders */
	PCAPNG_PACKET = 6,           /* enhanced, that is; the usual one */
};

struct pcapng_interface; /* pcapng_block.c */

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

/* Nothing is wrong with this PCAPNG_PACKET; all of the frame but its bytes is set. */
bool pcapng_packet_is_sound(const struct pcapng *, const struct pcapng_block *,
			    struct te_frame *);
/* NULL: blocks of this type are skipped. */
const struct pcapng_block_kind *pcapng_block_kind(uint32_t type);

#endif
