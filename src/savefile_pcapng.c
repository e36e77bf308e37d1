/* savefile_pcapng.c - the pcapng format, draft-ietf-opsawg-pcapng
 *
 * A row of blocks: type, length, body, length again. A section header block tells the
 * byte order of all that follows and forgets the interfaces before it; interface
 * description blocks tell link type and clock; packets name their interface. Blocks of
 * other types are skipped. `blocks` says what is done with which type.
 */
#include "config.h"

#include "pcapng_clock.h"
#include "savefile_format.h"

#include <stdlib.h>

enum {
	SECTION = 0x0a0d0d0a, /* the same in both byte orders */
	ORDER_MAGIC = 0x1a2b3c4d,
	FRAMING = 12, /* bytes of a block around its body */
	BLOCK_MAX = 16 << 20,
};

enum { /* codes of options */
       OPT_END = 0,
       IF_TSRESOL = 9,
       IF_TSOFFSET = 14,
       EPB_DROPCOUNT = 4,
       ISB_IFDROP = 5,
       ISB_OSDROP = 7,
};

struct interface {
	uint16_t linktype;
	uint32_t snaplen; /* 0: no limit */
	struct pcapng_clock clock;
	uint64_t dropped; /* what the file says of it */
	bool summed_up;   /* by a statistics block, which wins over counts in packets */
};

struct pcapng {
	bool big;
	struct interface *interfaces;
	size_t count, room;
	te_time last; /* of the packet before; simple packets have no time of their own */
	bool described; /* an interface was seen, in any section */
};

struct block {
	uint32_t type, len; /* len: with the framing */
	const uint8_t *body;
	uint32_t body_len;
	bool big;
};

struct option {
	uint16_t code, len;
	const uint8_t *value;
};

/* BLOCK_BAD: savefile_fail() has been called. */
enum block_result { BLOCK_FRAME, BLOCK_NO_FRAME, BLOCK_BAD };

/* ---- options ---- */

/* The options of a block begin at `at` in its body. False: no further one. What runs
 * past the end of the block is left alone: the packets are good without it. */
static bool option_next(const struct block *b, uint32_t *at, struct option *o)
{
	uint32_t left = *at < b->body_len ? b->body_len - *at : 0;
	const uint8_t *p = b->body + *at;

	if (left < 4)
		return false;
	o->code = savefile_u16(p, b->big);
	o->len = savefile_u16(p + 2, b->big);
	o->value = p + 4;
	if (o->code == OPT_END || o->len > left - 4)
		return false;
	*at += 4 + (((uint32_t)o->len + 3) & ~UINT32_C(3));
	return true;
}

static bool option_is(const struct option *o, uint16_t code, uint16_t len)
{
	return o->code == code && o->len == len;
}

/* ---- blocks ---- */

static void count_dropped(struct savefile *f, struct interface *i, uint64_t dropped)
{
	f->info.dropped += dropped - i->dropped;
	f->info.dropped_known = true;
	i->dropped = dropped;
}

static enum block_result block_section(struct savefile *f, const struct block *b,
				       struct te_frame *frame)
{
	struct pcapng *ng = f->state;
	unsigned major = savefile_u16(b->body + 4, b->big);
	unsigned minor = savefile_u16(b->body + 6, b->big);

	(void)frame;
	if (major != 1) {
		savefile_fail(f, "pcapng version %u.%u is not supported,", major, minor);
		return BLOCK_BAD;
	}
	ng->count = 0;
	return BLOCK_NO_FRAME;
}

static struct interface *interface_add(struct pcapng *ng)
{
	if (ng->count == ng->room) {
		size_t room = ng->room == 0 ? 4 : 2 * ng->room;
		struct interface *more =
		    realloc(ng->interfaces, room * sizeof(*ng->interfaces));

		if (more == NULL)
			return NULL;
		ng->interfaces = more;
		ng->room = room;
	}
	return &ng->interfaces[ng->count++];
}

static void interface_options(struct interface *i, const struct block *b)
{
	struct option o;

	for (uint32_t at = 8; option_next(b, &at, &o);) {
		if (option_is(&o, IF_TSRESOL, 1)) {
			i->clock.binary = (o.value[0] & 0x80) != 0;
			i->clock.exponent = o.value[0] & 0x7f;
		} else if (option_is(&o, IF_TSOFFSET, 8)) {
			i->clock.offset = (int64_t)savefile_u64(o.value, b->big);
		}
	}
}

static enum block_result block_interface(struct savefile *f, const struct block *b,
					 struct te_frame *frame)
{
	struct pcapng *ng = f->state;
	struct interface *i = interface_add(ng);

	(void)frame;
	if (i == NULL) {
		savefile_fail(f, "out of memory");
		return BLOCK_BAD;
	}
	*i = (struct interface){
		.linktype = savefile_linktype(savefile_u16(b->body, b->big)),
		.snaplen = savefile_u32(b->body + 4, b->big),
		.clock = { .exponent = 6 },
	};
	interface_options(i, b);
	if (!ng->described) {
		f->info.linktype = i->linktype;
		f->info.snaplen = i->snaplen;
		f->info.digits = pcapng_clock_digits(&i->clock);
	} else if (pcapng_clock_digits(&i->clock) > f->info.digits) {
		f->info.digits = pcapng_clock_digits(&i->clock);
	}
	ng->described = true;
	return BLOCK_NO_FRAME;
}

static struct interface *interface_find(struct savefile *f, uint32_t id)
{
	struct pcapng *ng = f->state;

	if (id < ng->count)
		return &ng->interfaces[id];
	savefile_fail(f, "a packet of interface %u, which is not described,", id);
	return NULL;
}

/* The packet begins at `at` in the body; lengths and link type are set. */
static enum block_result deliver(struct savefile *f, const struct block *b, uint32_t at,
				 struct te_frame *frame)
{
	struct pcapng *ng = f->state;

	if (frame->caplen > b->body_len - at) {
		savefile_fail(f, "a packet of %u bytes in a block of %u,", frame->caplen,
			      b->len);
		return BLOCK_BAD;
	}
	frame->bytes = b->body + at;
	ng->last = frame->time;
	return BLOCK_FRAME;
}

/* Of enhanced and of obsolete packets, which differ in their first four bytes. */
static void packet_fields(const struct block *b, const struct interface *i,
			  struct te_frame *frame)
{
	uint64_t high = savefile_u32(b->body + 4, b->big);

	frame->time =
	    pcapng_clock_time(&i->clock, high << 32 | savefile_u32(b->body + 8, b->big));
	frame->caplen = savefile_u32(b->body + 12, b->big);
	frame->len = savefile_u32(b->body + 16, b->big);
	frame->linktype = i->linktype;
}

static void packet_options(struct savefile *f, const struct block *b, struct interface *i,
			   uint32_t at)
{
	struct option o;

	while (option_next(b, &at, &o))
		if (option_is(&o, EPB_DROPCOUNT, 8) && !i->summed_up)
			count_dropped(f, i, i->dropped + savefile_u64(o.value, b->big));
}

static enum block_result block_enhanced(struct savefile *f, const struct block *b,
					struct te_frame *frame)
{
	struct interface *i = interface_find(f, savefile_u32(b->body, b->big));
	enum block_result result;

	if (i == NULL)
		return BLOCK_BAD;
	packet_fields(b, i, frame);
	result = deliver(f, b, 20, frame);
	if (result == BLOCK_FRAME)
		packet_options(f, b, i, 20 + ((frame->caplen + 3) & ~UINT32_C(3)));
	return result;
}

static enum block_result block_obsolete(struct savefile *f, const struct block *b,
					struct te_frame *frame)
{
	struct interface *i = interface_find(f, savefile_u16(b->body, b->big));
	uint16_t dropped = savefile_u16(b->body + 2, b->big);

	if (i == NULL)
		return BLOCK_BAD;
	packet_fields(b, i, frame);
	if (dropped != UINT16_MAX && !i->summed_up) /* 65535: not known */
		count_dropped(f, i, i->dropped + dropped);
	return deliver(f, b, 20, frame);
}

static enum block_result block_simple(struct savefile *f, const struct block *b,
				      struct te_frame *frame)
{
	const struct pcapng *ng = f->state;
	const struct interface *i = interface_find(f, 0);

	if (i == NULL)
		return BLOCK_BAD;
	frame->time = ng->last;
	frame->len = savefile_u32(b->body, b->big);
	frame->caplen =
	    i->snaplen != 0 && frame->len > i->snaplen ? i->snaplen : frame->len;
	frame->linktype = i->linktype;
	return deliver(f, b, 4, frame);
}

static enum block_result block_statistics(struct savefile *f, const struct block *b,
					  struct te_frame *frame)
{
	struct pcapng *ng = f->state;
	uint32_t id = savefile_u32(b->body, b->big);
	uint64_t dropped = 0;
	bool known = false;
	struct option o;

	(void)frame;
	for (uint32_t at = 12; option_next(b, &at, &o);) {
		if (option_is(&o, ISB_IFDROP, 8) || option_is(&o, ISB_OSDROP, 8)) {
			dropped += savefile_u64(o.value, b->big);
			known = true;
		}
	}
	if (known && id < ng->count) {
		count_dropped(f, &ng->interfaces[id], dropped);
		ng->interfaces[id].summed_up = true;
	}
	return BLOCK_NO_FRAME;
}

struct block_kind {
	uint32_t type, body_min;
	enum block_result (*take)(struct savefile *, const struct block *,
				  struct te_frame *);
};

/* clang-format off */
static const struct block_kind blocks[] = {
	{ 6,       20, block_enhanced },
	{ 3,        4, block_simple },
	{ 2,       20, block_obsolete },
	{ 1,        8, block_interface },
	{ 5,       12, block_statistics },
	{ SECTION, 16, block_section },
};
/* clang-format on */

static const struct block_kind *block_kind(uint32_t type)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (blocks[i].type == type)
			return &blocks[i];
	return NULL;
}

static bool section_order(const uint8_t *block, bool *big)
{
	*big = savefile_u32(block + 8, true) == ORDER_MAGIC;
	return *big || savefile_u32(block + 8, false) == ORDER_MAGIC;
}

/* Type and length, from the first bytes: 1, or as savefile_next(). */
static int block_begin(struct savefile *f, struct block *b)
{
	struct pcapng *ng = f->state;
	const uint8_t *p = window_want(&f->window, FRAMING);

	if (p == NULL)
		return savefile_short(f, "block's header", FRAMING);
	if (savefile_u32(p, ng->big) == SECTION && !section_order(p, &ng->big))
		return savefile_fail(f, "a section without a byte order,");
	b->big = ng->big;
	b->type = savefile_u32(p, b->big);
	b->len = savefile_u32(p + 4, b->big);
	if (b->len < FRAMING || b->len % 4 != 0 || b->len > BLOCK_MAX)
		return savefile_fail(f, "a block of %u bytes is impossible,", b->len);
	return 1;
}

/* A whole block: 1, or as savefile_next(). */
static int block_read(struct savefile *f, struct block *b)
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
	enum block_result taken;

	do {
		const struct block_kind *kind;
		struct block b;
		int result = block_read(f, &b);

		if (result != 1)
			return result;
		kind = block_kind(b.type);
		taken = BLOCK_NO_FRAME;
		if (kind != NULL && b.body_len < kind->body_min)
			return savefile_fail(f,
					     "a block of type %u with %u bytes is "
					     "impossible,",
					     b.type, b.len);
		if (kind != NULL)
			taken = kind->take(f, &b, frame);
		if (taken == BLOCK_BAD)
			return 0;
		window_skip(&f->window, b.len);
	} while (taken == BLOCK_NO_FRAME);
	return 1;
}

static bool pcapng_recognise(const uint8_t magic[4])
{
	return savefile_u32(magic, true) == SECTION;
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
	.free_state = pcapng_free,
};
