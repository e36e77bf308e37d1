/* savefile_pcap.c - the pcap format, draft-ietf-opsawg-pcap
 *
 * A file header of 24 bytes, then records of 16 bytes and the packet. What the draft
 * leaves open (old versions, impossible lengths) follows libpcap.
 */
#include "config.h"

#include "savefile_format.h"

#include <stdlib.h>

enum { FILE_HEADER = 24 };

/* Before 2.3 the two lengths of a record stood the other way round; 2.3 files exist in
 * both orders, and there the smaller one is what was captured. */
enum pcap_lengths { PCAP_CAPTURED_FIRST, PCAP_CAPTURED_LAST, PCAP_SMALLER_CAPTURED };

struct pcap_magic {
	uint32_t value;
	uint32_t record_header; /* bytes */
	uint32_t unit;          /* of the time's fraction, nanoseconds */
	unsigned digits;
};

/* clang-format off */
static const struct pcap_magic magics[] = {
	{ 0xa1b2c3d4, 16, 1000, 6 },
	{ 0xa1b23c4d, 16, 1,    9 },
	{ 0xa1b2cd34, 24, 1000, 6 }, /* Kuznetzov's: with interface, protocol, kind */
};

/* Link types whose packets may be longer than all others; none carries TCP. */
static const struct { uint16_t linktype; uint32_t max; } long_packets[] = {
	{ 231, 128 << 20 }, /* D-Bus */
	{ 249, 128 << 20 }, /* USBPcap */
	{ 279, 8 << 20 },   /* Elektrobit */
};
/* clang-format on */

struct pcap {
	bool big;
	enum pcap_lengths lengths;
	const struct pcap_magic *magic;
	uint16_t linktype;
	uint32_t snaplen, max; /* bytes; more than both is impossible */
};

static const struct pcap_magic *pcap_magic(const uint8_t p[4], bool *big)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		*big = savefile_u32(p, true) == magics[i].value;
		if (*big || savefile_u32(p, false) == magics[i].value)
			return &magics[i];
	}
	return NULL;
}

static bool pcap_recognise(const uint8_t magic[4])
{
	bool big;

	return pcap_magic(magic, &big) != NULL;
}

static uint32_t pcap_max(uint16_t linktype)
{
	for (size_t i = 0; i < sizeof(long_packets) / sizeof(long_packets[0]); i++)
		if (long_packets[i].linktype == linktype)
			return long_packets[i].max;
	return 262144;
}

static bool pcap_version(struct pcap *p, unsigned major, unsigned minor)
{
	if (major == 2 && minor == 4)
		p->lengths = PCAP_CAPTURED_FIRST;
	else if (major == 2 && minor == 3)
		p->lengths = PCAP_SMALLER_CAPTURED;
	else if ((major == 2 && minor < 3) || (major == 543 && minor == 0)) /* DG/UX */
		p->lengths = PCAP_CAPTURED_LAST;
	else
		return false;
	return true;
}

static int pcap_header(struct savefile *f, struct pcap *p, const uint8_t *bytes)
{
	unsigned major, minor;

	p->magic = pcap_magic(bytes, &p->big);
	major = savefile_u16(bytes + 4, p->big);
	minor = savefile_u16(bytes + 6, p->big);
	if (!pcap_version(p, major, minor))
		return savefile_fail(f, "pcap version %u.%u is not supported,", major,
				     minor);
	p->linktype = savefile_linktype(savefile_u32(bytes + 20, p->big));
	p->max = pcap_max(p->linktype);
	p->snaplen = savefile_u32(bytes + 16, p->big);
	if (p->snaplen == 0 || p->snaplen > INT32_MAX)
		p->snaplen = p->max;
	f->info.linktype = p->linktype;
	f->info.snaplen = p->snaplen;
	f->info.digits = p->magic->digits;
	return 1;
}

static int pcap_begin(struct savefile *f)
{
	const uint8_t *bytes = window_want(&f->window, FILE_HEADER);
	struct pcap p;
	int result;

	if (bytes == NULL)
		return savefile_short(f, "file header", FILE_HEADER);
	result = pcap_header(f, &p, bytes);
	if (result != 1)
		return result;
	f->state = malloc(sizeof(p));
	if (f->state == NULL)
		return savefile_fail(f, "out of memory");
	*(struct pcap *)f->state = p;
	window_skip(&f->window, FILE_HEADER);
	return 1;
}

static void pcap_lengths(const struct pcap *p, const uint8_t *record,
			 struct te_frame *frame)
{
	uint32_t first = savefile_u32(record + 8, p->big);
	uint32_t second = savefile_u32(record + 12, p->big);
	bool swap = p->lengths == PCAP_CAPTURED_LAST ||
		    (p->lengths == PCAP_SMALLER_CAPTURED && first > second);

	frame->caplen = swap ? second : first;
	frame->len = swap ? first : second;
}

static void pcap_frame(const struct pcap *p, const uint8_t *record,
		       struct te_frame *frame)
{
	frame->time = (te_time)savefile_u32(record, p->big) * TE_SEC +
		      (te_time)savefile_u32(record + 4, p->big) * p->magic->unit;
	/* Some drivers wrote more than they were asked for, and it was rubbish. */
	if (frame->caplen > p->snaplen)
		frame->caplen = p->snaplen;
	frame->linktype = p->linktype;
	frame->bytes = record + p->magic->record_header;
}

static int pcap_next(struct savefile *f, struct te_frame *frame)
{
	const struct pcap *p = f->state;
	uint32_t header = p->magic->record_header, stored;
	const uint8_t *record = window_want(&f->window, header);

	if (record == NULL)
		return savefile_short(f, "record's header", header);
	pcap_lengths(p, record, frame);
	stored = frame->caplen;
	if (stored > p->max)
		return savefile_fail(f, "a record of %u bytes is impossible,", stored);
	record = window_want(&f->window, header + (size_t)stored);
	if (record == NULL)
		return savefile_short(f, "record", header + (size_t)stored);
	pcap_frame(p, record, frame);
	window_skip(&f->window, header + (size_t)stored);
	return 1;
}

/* What is the same in all records of a file, at hand. */
struct pcap_run {
	uint32_t header, unit;
	uint32_t most; /* bytes: what is longer is not as usual */
	uint32_t file;
	uint16_t linktype;
};

static struct pcap_run pcap_run(const struct pcap *p, const struct te_frame *first)
{
	return (struct pcap_run){
		.header = p->magic->record_header,
		.unit = p->magic->unit,
		.most = p->snaplen < p->max ? p->snaplen : p->max,
		.file = first->file,
		.linktype = p->linktype,
	};
}

/* `big` is pcap.big, known when this is compiled. */
__attribute__((always_inline)) static inline int
pcap_take(struct window *w, const struct pcap_run run, bool big, struct te_frame *frames,
	  int max, te_time until)
{
	struct te_frame *frame = frames + 1;
	const uint8_t *next = w->next;
	size_t left = w->left;
	uint64_t number = frames[0].number;

	for (; frame < frames + max && left >= run.header; frame++) {
		uint32_t caplen = savefile_u32(next + 8, big);
		size_t size = (size_t)run.header + caplen;

		if (size > left || caplen > run.most)
			break;
		frame->time = (te_time)savefile_u32(next, big) * TE_SEC +
			      (te_time)savefile_u32(next + 4, big) * run.unit;
		if (frame->time >= until)
			break;
		frame->number = ++number;
		frame->file = run.file;
		frame->caplen = caplen;
		frame->len = savefile_u32(next + 12, big);
		frame->linktype = run.linktype;
		frame->bytes = next + run.header;
		next += size;
		left -= size;
	}
	window_skip(w, (size_t)(next - w->next));
	return (int)(frame - frames);
}

static int pcap_more(struct savefile *f, struct te_frame *frames, int max, te_time until)
{
	const struct pcap *p = f->state;
	const struct pcap_run run = pcap_run(p, frames);

	if (p->lengths != PCAP_CAPTURED_FIRST)
		return 1;
	return p->big ? pcap_take(&f->window, run, true, frames, max, until)
		      : pcap_take(&f->window, run, false, frames, max, until);
}

const struct savefile_format savefile_pcap = {
	.name = "pcap",
	.recognise = pcap_recognise,
	.begin = pcap_begin,
	.next = pcap_next,
	.more = pcap_more,
	.free_state = free,
};
