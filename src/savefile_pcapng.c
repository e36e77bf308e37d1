/* savefile_pcapng.c - the pcapng format, draft-ietf-opsawg-pcapng
 *
 * A row of blocks: type, length, body, length again. A section header block tells the
 * byte order of all that follows and forgets the interfaces before it; interface
 * description blocks tell link type and clock; packets name their interface. Blocks of
 * other types are skipped. What is done with which type stands in pcapng_block.c.
 */
#include "config.h"
#include "pcapng_block.h"
#include <stdlib.h>

enum {
	ORDER_MAGIC = 0x1a2b3c4d,
	FRAMING = 12, /* bytes of a block around its body */
	BLOCK_MAX = 16 << 20,
	PACKET_MIN = FRAMING + PCAPNG_PACKET_FIELDS,
};

static bool section_order(const uint8_t *block, bool *big)
{
	*big = savefile_u32(block + 8, true) == ORDER_MAGIC;
	return *big || savefile_u32(block + 8, false) == ORDER_MAGIC;
}

/* Type and length, from the first bytes: 1, or as savefile_next(). */
static int block_begin(struct savefile *f, struct pcapng_block *b)
{
	struct pcapng *ng = f->state;
	const uint8_t *p = window_want(&f->window, FRAMING);

	if (p == NULL)
		return savefile_short(f, "block's header", FRAMING);
	if (savefile_u32(p, ng->big) == PCAPNG_SECTION && !section_order(p, &ng->big))
		return savefile_fail(f, "a section without a byte order,");
	b->big = ng->big;
	b->type = savefile_u32(p, b->big);
	b->len = savefile_u32(p + 4, b->big);
	if (b->len < FRAMING || b->len % 4 != 0 || b->len > BLOCK_MAX)
		return savefile_fail(f, "a block of %u bytes is impossible,", b->len);
	return 1;
}

/* A whole block: 1, or as savefile_next(). */
static int block_read(struct savefile *f, struct pcapng_block *b)
{
	const uint8_t *p;
	uint32_t again;
	int result = block_begin(f, b);

	if (result != 1)
		return result;
	p = window_want(&f->window, b->len);
	if (p == NULL)
		return savefile_short(f, "block", b->len);
	again = savefile_u32(p + b->len - 4, b->big);
	if (again != b->len)
		return savefile_fail(f, "the two lengths of a block differ (%u and %u),",
				     b->len, again);
	b->body = p + 8;
	b->body_len = b->len - FRAMING;
	return 1;
}

static int pcapng_next(struct savefile *f, struct te_frame *frame)
{
	enum pcapng_result taken;

	do {
		const struct pcapng_block_kind *kind;
		struct pcapng_block b;
		int result = block_read(f, &b);

		if (result != 1)
			return result;
		kind = pcapng_block_kind(b.type);
		taken = PCAPNG_NO_FRAME;
		if (kind != NULL && b.body_len < kind->body_min)
			return savefile_fail(f,
					     "a block of type %u with %u bytes is "
					     "impossible,",
					     b.type, b.len);
		if (kind != NULL)
			taken = kind->take(f, &b, frame);
		if (taken == PCAPNG_BAD)
			return 0;
		window_skip(&f->window, b.len);
	} while (taken == PCAPNG_NO_FRAME);
	return 1;
}

/* A packet at `p`, of which all is there and nothing wrong: the bytes of its block. 0:
 * what it is, pcapng_next() will find. */
static inline uint32_t packet_ahead(const struct pcapng *ng, const uint8_t *p,
				    size_t left, bool big, struct te_frame *frame)
{
	uint32_t len, id;

	if (left < PACKET_MIN || savefile_u32(p, big) != PCAPNG_PACKET)
		return 0;
	len = savefile_u32(p + 4, big);
	id = savefile_u32(p + 8, big);
	if (len < PACKET_MIN || len > left || len > BLOCK_MAX || len % 4 != 0 ||
	    savefile_u32(p + len - 4, big) != len || id >= ng->count)
		return 0;
	pcapng_packet_fields(p + 8, big, &ng->interfaces[id], frame);
	frame->bytes = p + 8 + PCAPNG_PACKET_FIELDS;
	return frame->caplen <= len - PACKET_MIN ? len : 0;
}

static inline void take_options(struct savefile *f, const uint8_t *p, uint32_t len,
				bool big, const struct te_frame *frame)
{
	struct pcapng *ng = f->state;
	uint32_t skip = 8 + PCAPNG_PACKET_FIELDS + pcapng_padded(frame->caplen);
	struct pcapng_options options = { p + skip, len - 4 - skip, big };

	pcapng_packet_options(f, &ng->interfaces[savefile_u32(p + 8, big)], options);
}

/* `big` is pcapng.big, known when this is compiled. */
static inline int pcapng_take(struct savefile *f, bool big, struct te_frame *frames,
			      int max, te_time until)
{
	struct pcapng *ng = f->state;
	struct window *w = &f->window;
	const uint8_t *next = w->next, *end = next + w->left;
	struct te_frame *frame = frames + 1;
	uint64_t number = frames[0].number;

	for (; frame < frames + max; frame++) {
		uint32_t len = packet_ahead(ng, next, (size_t)(end - next), big, frame);

		if (len == 0 || frame->time >= until)
			break;
		frame->number = ++number;
		frame->file = frames[0].file;
		if (PACKET_MIN + pcapng_padded(frame->caplen) < len)
			take_options(f, next, len, big, frame);
		next += len;
	}
	ng->last = frame[-1].time;
	window_skip(w, (size_t)(next - w->next));
	return (int)(frame - frames);
}

__attribute__((flatten)) static int
pcapng_more(struct savefile *f, struct te_frame *frames, int max, te_time until)
{
	const struct pcapng *ng = f->state;

	return ng->big ? pcapng_take(f, true, frames, max, until)
		       : pcapng_take(f, false, frames, max, until);
}

static bool pcapng_recognise(const uint8_t magic[4])
{
	return savefile_u32(magic, true) == PCAPNG_SECTION;
}

static int pcapng_begin(struct savefile *f)
{
	f->state = calloc(1, sizeof(struct pcapng));
	return f->state != NULL ? 1 : savefile_fail(f, "out of memory");
}

static void pcapng_free(void *state)
{
	struct pcapng *ng = state;

	free(ng->interfaces);
	free(ng);
}

const struct savefile_format savefile_pcapng = {
	.name = "pcapng",
	.recognise = pcapng_recognise,
	.begin = pcapng_begin,
	.next = pcapng_next,
	.more = pcapng_more,
	.free_state = pcapng_free,
};
