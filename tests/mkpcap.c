/* mkpcap.c - compile a packet script to a capture file, the same bytes every time
 *
 * usage: mkpcap [-n] [-B] [-p] [-g] SCRIPT OUT
 *	-n  timestamps in nanoseconds
 *	-B  file headers in big-endian order
 *	-p  pad frames to the 60 bytes of Ethernet, as a receiver sees them
 *	-g  pcapng
 *
 * What the script marks as lost is left out, so frame N is the same here and there.
 */
#include "frame.h"

#include <stdio.h>
#include <string.h>

enum { SNAPLEN = 262144 };

struct options {
	bool nanoseconds, big_endian, pad, pcapng;
};

struct writer {
	FILE *out;
	struct options options;
};

static void write_number(const struct writer *w, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++)
		putc(
		    (int)(value >> 8 * (w->options.big_endian ? size - 1 - i : i) & 0xff),
		    w->out);
}

/* ---- pcap: draft-ietf-opsawg-pcap ----------------------------------------- */

static void pcap_begin(const struct writer *w)
{
	write_number(w, 4, w->options.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	write_number(w, 2, 2);
	write_number(w, 2, 4);
	write_number(w, 4, 0);
	write_number(w, 4, 0);
	write_number(w, 4, SNAPLEN);
	write_number(w, 4, FRAME_LINKTYPE);
}

static void pcap_frame(const struct writer *w, te_time time, const struct frame *f)
{
	const te_time fraction = time % TE_SEC;

	write_number(w, 4, (uint64_t)(time / TE_SEC));
	write_number(w, 4,
		     (uint64_t)(w->options.nanoseconds ? fraction : fraction / TE_US));
	write_number(w, 4, f->caplen);
	write_number(w, 4, f->len);
	fwrite(f->bytes, 1, f->caplen, w->out);
}

static void pcap_end(const struct writer *w)
{
	(void)w;
}

/* ---- pcapng: draft-ietf-opsawg-pcapng, one section and one interface ------- */

enum { SHB = 0x0a0d0d0a, IDB = 1, ISB = 5, EPB = 6 };
enum { OPT_END = 0, IF_NAME = 2, IF_TSRESOL = 9, ISB_IFDROP = 5 };

static void write_zeros(const struct writer *w, size_t count)
{
	while (count-- > 0)
		putc(0, w->out);
}

static void write_padded(const struct writer *w, const void *bytes, size_t len)
{
	fwrite(bytes, 1, len, w->out);
	write_zeros(w, -len & 3);
}

static void ng_section(const struct writer *w)
{
	enum { SIZE = 28 };

	write_number(w, 4, SHB);
	write_number(w, 4, SIZE);
	write_number(w, 4, 0x1a2b3c4d);
	write_number(w, 2, 1);
	write_number(w, 2, 0);
	write_number(w, 8, UINT64_MAX); /* the section's length is not told */
	write_number(w, 4, SIZE);
}

static void ng_interface(const struct writer *w)
{
	static const char name[] = { 't', 'a', 'p', '0' };
	const uint8_t resolution = w->options.nanoseconds ? 9 : 6;
	enum { SIZE = 20 + 8 + 8 + 4 };

	write_number(w, 4, IDB);
	write_number(w, 4, SIZE);
	write_number(w, 2, FRAME_LINKTYPE);
	write_number(w, 2, 0);
	write_number(w, 4, SNAPLEN);
	write_number(w, 2, IF_NAME);
	write_number(w, 2, sizeof(name));
	write_padded(w, name, sizeof(name));
	write_number(w, 2, IF_TSRESOL);
	write_number(w, 2, 1);
	write_padded(w, &resolution, 1);
	write_number(w, 4, OPT_END);
	write_number(w, 4, SIZE);
}

static void ng_begin(const struct writer *w)
{
	ng_section(w);
	ng_interface(w);
}

static void ng_time(const struct writer *w, te_time time)
{
	const uint64_t units = (uint64_t)(w->options.nanoseconds ? time : time / TE_US);

	write_number(w, 4, units >> 32);
	write_number(w, 4, units & UINT32_MAX);
}

static void ng_frame(const struct writer *w, te_time time, const struct frame *f)
{
	const size_t size = 32 + f->caplen + (-f->caplen & 3);

	write_number(w, 4, EPB);
	write_number(w, 4, size);
	write_number(w, 4, 0);
	ng_time(w, time);
	write_number(w, 4, f->caplen);
	write_number(w, 4, f->len);
	write_padded(w, f->bytes, f->caplen);
	write_number(w, 4, size);
}

/* The interface dropped nothing, and says so. */
static void ng_end(const struct writer *w)
{
	enum { SIZE = 24 + 12 + 4 };

	write_number(w, 4, ISB);
	write_number(w, 4, SIZE);
	write_number(w, 4, 0);
	ng_time(w, 0);
	write_number(w, 2, ISB_IFDROP);
	write_number(w, 2, 8);
	write_number(w, 8, 0);
	write_number(w, 4, OPT_END);
	write_number(w, 4, SIZE);
}

/* ---- the file -------------------------------------------------------------- */

struct format {
	void (*begin)(const struct writer *);
	void (*frame)(const struct writer *, te_time, const struct frame *);
	void (*end)(const struct writer *);
};

static const struct format pcap = { pcap_begin, pcap_frame, pcap_end };
static const struct format pcapng = { ng_begin, ng_frame, ng_end };

static void write_script(const struct writer *w, const struct script *script)
{
	const struct format *format = w->options.pcapng ? &pcapng : &pcap;
	static struct frame frame;

	format->begin(w);
	for (size_t i = 0; i < script->item_count; i++) {
		const struct script_segment *s = &script->items[i].u.segment;

		if (script->items[i].kind != SCRIPT_SEGMENT || s->lost)
			continue;
		frame_build(&frame, s, w->options.pad);
		format->frame(w, s->segment.time, &frame);
	}
	format->end(w);
}

static bool write_file(const struct script *script, const struct options *options,
		       const char *path)
{
	struct writer w = { .out = fopen(path, "wb"), .options = *options };
	bool failed;

	if (!w.out)
		return false;
	write_script(&w, script);
	failed = ferror(w.out) != 0;
	return fclose(w.out) == 0 && !failed;
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
	else if (strcmp(word, "-g") == 0)
		o->pcapng = true;
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
		fputs("usage: mkpcap [-n] [-B] [-p] [-g] SCRIPT OUT\n", stderr);
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
