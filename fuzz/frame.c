/* frame.c - feeds libFuzzer's bytes to the decoder as one captured frame
 *
 * The input: link type and how many bytes the capture cut off, two bytes each, the lower
 * one first; then the frame.  What comes out must point into the frame, and the short
 * ways of plain frames must agree with the walk through the layers.
 */
#include "decode.h"
#include "decode_plain.h"
#include "tcpends.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { HEAD = 4 };

static void check(const struct te_frame *frame, const struct te_segment *seg)
{
	const uint8_t *end = frame->bytes + frame->caplen;

	if (seg->data < frame->bytes || seg->data > end)
		abort();
	if (seg->data_len > (size_t)(end - seg->data) || seg->data_len > seg->len)
		abort();
	if ((seg->len > frame->len && seg->len > UINT16_MAX) || seg->wscale > 14)
		abort();
	if (seg->ip_version != 4 && seg->ip_version != 6)
		abort();
	if ((seg->has & TE_BAD_SUM) && !(seg->has & TE_SUM_KNOWN))
		abort();
}

typedef bool short_way(const struct te_frame *, bool, struct te_segment *);

static bool takes(short_way *way, const struct te_frame *frame)
{
	struct te_segment plain, walked;

	memset(&plain, 0, sizeof(plain));
	memset(&walked, 0, sizeof(walked));
	if (!way(frame, true, &plain))
		return false;
	if (decode_layers(frame, true, &walked) != TE_OK ||
	    memcmp(&plain, &walked, sizeof(plain)) != 0)
		abort();
	return true;
}

static void compare(const struct te_frame *frame)
{
	bool plain = takes(decode_plain, frame);

	if (!takes(decode_plain_link, frame) && plain)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct te_segment seg;
	struct te_frame frame = { .number = 1, .file = 1 };

	if (n < HEAD || n > 1 << 20)
		return 0;
	frame.linktype = (uint16_t)(bytes[0] | bytes[1] << 8);
	frame.caplen = (uint32_t)(n - HEAD);
	frame.len = frame.caplen + (uint32_t)(bytes[2] | bytes[3] << 8);
	frame.bytes = bytes + HEAD;
	compare(&frame);
	if (te_decode(&frame, &seg) == TE_OK)
		check(&frame, &seg);
	return 0;
}
