/* pcapng_block.c - what the blocks of a pcapng file do
 *
 * Interfaces are described before their packets; a new section forgets them.
 */
#include "config.h"
#include "pcapng_block.h"
#include <stdlib.h>

enum { /* codes of options */
       OPT_END = 0,
       IF_TSRESOL = 9,
       IF_TSOFFSET = 14,
       EPB_DROPCOUNT = 4,
       ISB_IFDROP = 5,
       ISB_OSDROP = 7,
};

struct option {
	uint16_t code, len;
	const uint8_t *value;
};

/* ---- options ---- */

/* Of a block whose body they end, from `at` on. */
static struct pcapng_options options_of(const struct pcapng_block *b, uint32_t at)
{
	uint32_t skip = at < b->body_len ? at : b->body_len;

	return (struct pcapng_options){ b->body + skip, b->body_len - skip, b->big };
}

/* False: no further one. What runs past the end of the block is left alone: the packets
 * are good without it. */
static inline bool option_next(struct pcapng_options *all, struct option *o)
{
	uint32_t size;

	if (all->left < 4)
		return false;
	o->code = savefile_u16(all->next, all->big);
	o->len = savefile_u16(all->next + 2, all->big);
	o->value = all->next + 4;
	if (o->code == OPT_END || o->len > all->left - 4)
		return false;
	size = pcapng_padded(4 + (uint32_t)o->len);
	size = size < all->left ? size : all->left;
	all->next += size;
	all->left -= size;
	return true;
}

static bool option_is(const struct option *o, uint16_t code, uint16_t len)
{
	return o->code == code && o->len == len;
}

/* ---- blocks ---- */

static void count_dropped(struct savefile *f, struct pcapng_interface *i,
			  uint64_t dropped)
{
	f->info.dropped += dropped - i->dropped;
	f->info.dropped_known = true;
	i->dropped = dropped;
}

static enum pcapng_result block_section(struct savefile *f, const struct pcapng_block *b,
					struct te_frame *frame)
{
	struct pcapng *ng = f->state;
	unsigned major = savefile_u16(b->body + 4, b->big);
	unsigned minor = savefile_u16(b->body + 6, b->big);

	(void)frame;
	if (major != 1) {
		savefile_fail(f, "pcapng version %u.%u is not supported,", major, minor);
		return PCAPNG_BAD;
	}
	ng->count = 0;
	return PCAPNG_NO_FRAME;
}

static struct pcapng_interface *interface_add(struct pcapng *ng)
{
	if (ng->count == ng->room) {
		size_t room = ng->room == 0 ? 4 : 2 * ng->room;
		struct pcapng_interface *more =
		    realloc(ng->interfaces, room * sizeof(*ng->interfaces));

		if (more == NULL)
			return NULL;
		ng->interfaces = more;
		ng->room = room;
	}
	return &ng->interfaces[ng->count++];
}

static void interface_options(struct pcapng_interface *i, const struct pcapng_block *b)
{
	struct pcapng_options options = options_of(b, 8);
	struct option o;

	while (option_next(&options, &o)) {
		if (option_is(&o, IF_TSRESOL, 1)) {
			i->clock.binary = (o.value[0] & 0x80) != 0;
			i->clock.exponent = o.value[0] & 0x7f;
		} else if (option_is(&o, IF_TSOFFSET, 8)) {
			i->clock.offset = (int64_t)savefile_u64(o.value, b->big);
		}
	}
}

static enum pcapng_result
block_interface(struct savefile *f, const struct pcapng_block *b, struct te_frame *frame)
{
	struct pcapng *ng = f->state;
	struct pcapng_interface *i = interface_add(ng);

	(void)frame;
	if (i == NULL) {
		savefile_fail(f, "out of memory");
		return PCAPNG_BAD;
	}
	*i = (struct pcapng_interface){
		.linktype = savefile_linktype(savefile_u16(b->body, b->big)),
		.snaplen = savefile_u32(b->body + 4, b->big),
		.clock = { .exponent = 6 },
	};
	interface_options(i, b);
	pcapng_clock_set(&i->clock);
	if (!ng->described) {
		f->info.linktype = i->linktype;
		f->info.snaplen = i->snaplen;
		f->info.digits = pcapng_clock_digits(&i->clock);
	} else if (pcapng_clock_digits(&i->clock) > f->info.digits) {
		f->info.digits = pcapng_clock_digits(&i->clock);
	}
	ng->described = true;
	return PCAPNG_NO_FRAME;
}

static struct pcapng_interface *interface_find(struct savefile *f, uint32_t id)
{
	struct pcapng *ng = f->state;

	if (id < ng->count)
		return &ng->interfaces[id];
	savefile_fail(f, "a packet of interface %u, which is not described,", id);
	return NULL;
}

/* The packet begins at `at` in the body; lengths and link type are set. */
static enum pcapng_result deliver(struct savefile *f, const struct pcapng_block *b,
				  uint32_t at, struct te_frame *frame)
{
	struct pcapng *ng = f->state;

	if (frame->caplen > b->body_len - at) {
		savefile_fail(f, "a packet of %u bytes in a block of %u,", frame->caplen,
			      b->len);
		return PCAPNG_BAD;
	}
	frame->bytes = b->body + at;
	ng->last = frame->time;
	return PCAPNG_FRAME;
}

__attribute__((noinline, flatten)) void
pcapng_packet_options(struct savefile *f, struct pcapng_interface *i,
		      struct pcapng_options options)
{
	struct option o;

	while (option_next(&options, &o))
		if (option_is(&o, EPB_DROPCOUNT, 8) && !i->summed_up)
			count_dropped(f, i,
				      i->dropped + savefile_u64(o.value, options.big));
}

static enum pcapng_result block_enhanced(struct savefile *f, const struct pcapng_block *b,
					 struct te_frame *frame)
{
	struct pcapng_interface *i = interface_find(f, savefile_u32(b->body, b->big));
	enum pcapng_result result;

	if (i == NULL)
		return PCAPNG_BAD;
	pcapng_packet_fields(b->body, b->big, i, frame);
	result = deliver(f, b, PCAPNG_PACKET_FIELDS, frame);
	if (result == PCAPNG_FRAME)
		pcapng_packet_options(
		    f, i,
		    options_of(b, PCAPNG_PACKET_FIELDS + pcapng_padded(frame->caplen)));
	return result;
}

static enum pcapng_result block_obsolete(struct savefile *f, const struct pcapng_block *b,
					 struct te_frame *frame)
{
	struct pcapng_interface *i = interface_find(f, savefile_u16(b->body, b->big));
	uint16_t dropped = savefile_u16(b->body + 2, b->big);

	if (i == NULL)
		return PCAPNG_BAD;
	pcapng_packet_fields(b->body, b->big, i, frame);
	if (dropped != UINT16_MAX && !i->summed_up) /* 65535: not known */
		count_dropped(f, i, i->dropped + dropped);
	return deliver(f, b, PCAPNG_PACKET_FIELDS, frame);
}

static enum pcapng_result block_simple(struct savefile *f, const struct pcapng_block *b,
				       struct te_frame *frame)
{
	const struct pcapng *ng = f->state;
	const struct pcapng_interface *i = interface_find(f, 0);

	if (i == NULL)
		return PCAPNG_BAD;
	frame->time = ng->last;
	frame->len = savefile_u32(b->body, b->big);
	frame->caplen =
	    i->snaplen != 0 && frame->len > i->snaplen ? i->snaplen : frame->len;
	frame->linktype = i->linktype;
	return deliver(f, b, 4, frame);
}

static enum pcapng_result
block_statistics(struct savefile *f, const struct pcapng_block *b, struct te_frame *frame)
{
	struct pcapng *ng = f->state;
	uint32_t id = savefile_u32(b->body, b->big);
	uint64_t dropped = 0;
	bool known = false;
	struct pcapng_options options = options_of(b, 12);
	struct option o;

	(void)frame;
	while (option_next(&options, &o)) {
		if (option_is(&o, ISB_IFDROP, 8) || option_is(&o, ISB_OSDROP, 8)) {
			dropped += savefile_u64(o.value, b->big);
			known = true;
		}
	}
	if (known && id < ng->count) {
		count_dropped(f, &ng->interfaces[id], dropped);
		ng->interfaces[id].summed_up = true;
	}
	return PCAPNG_NO_FRAME;
}

/* clang-format off */
static const struct pcapng_block_kind blocks[] = {
	{ PCAPNG_PACKET, PCAPNG_PACKET_FIELDS, block_enhanced },
	{ 3,        4, block_simple },
	{ 2, PCAPNG_PACKET_FIELDS, block_obsolete },
	{ 1,        8, block_interface },
	{ 5,       12, block_statistics },
	{ PCAPNG_SECTION, 16, block_section },
};
/* clang-format on */

const struct pcapng_block_kind *pcapng_block_kind(uint32_t type)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (blocks[i].type == type)
			return &blocks[i];
	return NULL;
}
