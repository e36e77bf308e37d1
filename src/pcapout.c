/* pcapout.c - captured frames written as a pcap file
 *
 * draft-ietf-opsawg-pcap, in this machine's byte order, as the format allows.
 */
#include "config.h"
#include "pcapout.h"

enum {
	PCAPOUT_SNAPLEN = 262144,
	PCAPOUT_MICRO = (int)0xa1b2c3d4,
	PCAPOUT_NANO = (int)0xa1b23c4d,
};

struct pcapout_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t reserved1, reserved2, snaplen, linktype;
};

struct pcapout_record {
	uint32_t seconds, fraction, caplen, len;
};

bool pcapout_open(struct pcapout *p, const char *path)
{
	*p = (struct pcapout){ 0 };
	return aside_open(&p->aside, path);
}

void pcapout_precision(struct pcapout *p, unsigned digits)
{
	if (!p->begun && digits > 6)
		p->nanoseconds = true;
}

static void pcapout_begin(struct pcapout *p, uint16_t linktype)
{
	struct pcapout_header header = {
		.magic = (uint32_t)(p->nanoseconds ? PCAPOUT_NANO : PCAPOUT_MICRO),
		.major = 2,
		.minor = 4,
		.snaplen = PCAPOUT_SNAPLEN,
		.linktype = linktype,
	};

	p->linktype = linktype;
	p->begun = true;
	fwrite(&header, sizeof(header), 1, p->aside.file);
}

void pcapout_frame(struct pcapout *p, const struct te_frame *frame)
{
	te_time time = frame->time < 0 ? 0 : frame->time;
	te_time fraction = time % TE_SEC;
	struct pcapout_record record = {
		.seconds = (uint32_t)(time / TE_SEC),
		.fraction = (uint32_t)(p->nanoseconds ? fraction : fraction / TE_US),
		.caplen = frame->caplen,
		.len = frame->len,
	};

	if (!p->begun)
		pcapout_begin(p, frame->linktype);
	if (frame->linktype != p->linktype) {
		p->skipped++;
		return;
	}
	fwrite(&record, sizeof(record), 1, p->aside.file);
	fwrite(frame->bytes, 1, frame->caplen, p->aside.file);
}

bool pcapout_commit(struct pcapout *p)
{
	if (!p->begun)
		pcapout_begin(p, 1); /* LINKTYPE_ETHERNET */
	return aside_commit(&p->aside);
}
