/* tcpopt.c - TCP options: a row for each kind that says something about state */
#include "tcpopt.h"
#include "seq.h"

enum { KIND_END = 0, KIND_NOP = 1 };

/* `value` holds what follows kind and length; the row has checked how much that is. */
struct option {
	uint8_t kind;
	uint8_t min, max; /* of the length field, which counts all bytes */
	void (*read)(struct cursor *value, struct te_segment *out);
};

/* RFC 9293 3.2 */
static void read_mss(struct cursor *value, struct te_segment *out)
{
	out->mss = cur_u16(value);
	out->has |= TE_HAS_MSS;
}

/* RFC 7323 2.3: a shift above 14 means 14 */
static void read_wscale(struct cursor *value, struct te_segment *out)
{
	const uint8_t most = 14;
	uint8_t shift = cur_u8(value);

	out->wscale = shift < most ? shift : most;
	out->has |= TE_HAS_WSCALE;
}

/* RFC 2018 2 */
static void read_sack_permitted(struct cursor *value, struct te_segment *out)
{
	(void)value;
	out->has |= TE_HAS_SACK_OK;
}

/* RFC 2018 3: pairs of left and right edge, in no order */
static void read_sack(struct cursor *value, struct te_segment *out)
{
	uint32_t right;

	if (cur_left(value) % 8) {
		out->has |= TE_BAD_OPTION;
		return;
	}
	while (cur_left(value)) {
		cur_skip(value, 4);
		right = cur_u32(value);
		out->sack_right =
		    out->has & TE_HAS_SACK ? seq_max(out->sack_right, right) : right;
		out->has |= TE_HAS_SACK;
	}
}

/* RFC 7323 3.2 */
static void read_timestamps(struct cursor *value, struct te_segment *out)
{
	out->tsval = cur_u32(value);
	out->tsecr = cur_u32(value);
	out->has |= TE_HAS_TS;
}

/* RFC 7413 4.1.1: with or without a cookie */
static void read_fast_open(struct cursor *value, struct te_segment *out)
{
	(void)value;
	out->has |= TE_HAS_TFO;
}

/* RFC 6994 3; 0xf989 is Fast Open's experiment (RFC 7413 appendix A) */
static void read_experiment(struct cursor *value, struct te_segment *out)
{
	if (cur_left(value) >= 2 && cur_u16(value) == 0xf989)
		out->has |= TE_HAS_TFO;
}

/* clang-format off */
static const struct option options[] = {
	{ .kind = 8, .min = 10, .max = 10, .read = read_timestamps },
	{ .kind = 5, .min = 10, .max = 34, .read = read_sack },
	{ .kind = 2, .min = 4, .max = 4, .read = read_mss },
	{ .kind = 4, .min = 2, .max = 2, .read = read_sack_permitted },
	{ .kind = 3, .min = 3, .max = 3, .read = read_wscale },
	{ .kind = 34, .min = 2, .max = 18, .read = read_fast_open },
	{ .kind = 254, .min = 2, .max = 255, .read = read_experiment },
	{ .kind = 253, .min = 2, .max = 255, .read = read_experiment },
	{ .kind = 0 },
};
/* clang-format on */

static const struct option *option_find(uint8_t kind)
{
	for (const struct option *row = options; row->read; row++)
		if (row->kind == kind)
			return row;
	return NULL;
}

/* Reads one option that has a length; false if the rest cannot be read. */
static bool read_option(struct cursor *rest, uint8_t kind, bool cut,
			struct te_segment *out)
{
	const struct option *row = option_find(kind);
	bool there = cur_left(rest) > 0;
	uint8_t len = cur_u8(rest);
	struct cursor value;

	if (there && (len < 2 || (row && (len < row->min || len > row->max)))) {
		out->has |= TE_BAD_OPTION;
		return false;
	}
	value = cur_take(rest, len - 2u);
	if (!there || cur_failed(rest)) {
		out->has |= cut ? 0 : TE_BAD_OPTION;
		return false;
	}
	if (row)
		row->read(&value, out);
	return !(out->has & TE_BAD_OPTION);
}

void tcpopt_parse(struct cursor rest, bool cut, struct te_segment *out)
{
	while (cur_left(&rest)) {
		uint8_t kind = cur_u8(&rest);

		if (kind == KIND_END)
			return;
		if (kind != KIND_NOP && !read_option(&rest, kind, cut, out))
			return;
	}
}
