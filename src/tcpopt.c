/* tcpopt.c - TCP options: a row for each kind that says something about state */
#include "tcpopt.h"
#include "cursor.h"
#include "seq.h"

enum { KIND_END = 0, KIND_NOP = 1 };

/* `value` holds the n bytes that follow kind and length; the row has checked how many. */
struct option {
	uint8_t min, max; /* of the length field, which counts all bytes */
	void (*read)(const uint8_t *value, unsigned n, struct te_segment *out);
};

/* RFC 9293 3.2 */
static void read_mss(const uint8_t *value, unsigned n, struct te_segment *out)
{
	(void)n;
	out->mss = cur_be16(value);
	out->has |= TE_HAS_MSS;
}

/* RFC 7323 2.3: a shift above 14 means 14 */
static void read_wscale(const uint8_t *value, unsigned n, struct te_segment *out)
{
	const uint8_t most = 14;

	(void)n;
	out->wscale = value[0] < most ? value[0] : most;
	out->has |= TE_HAS_WSCALE;
}

/* RFC 2018 2 */
static void read_sack_permitted(const uint8_t *value, unsigned n, struct te_segment *out)
{
	(void)value;
	(void)n;
	out->has |= TE_HAS_SACK_OK;
}

/* RFC 2018 3: pairs of left and right edge, in no order */
static void read_sack(const uint8_t *value, unsigned n, struct te_segment *out)
{
	if (n % 8) {
		out->has |= TE_BAD_OPTION;
		return;
	}
	for (unsigned i = 0; i < n; i += 8) {
		uint32_t right = cur_be32(value + i + 4);

		out->sack_right =
		    out->has & TE_HAS_SACK ? seq_max(out->sack_right, right) : right;
		out->has |= TE_HAS_SACK;
	}
}

/* RFC 7323 3.2 */
static void read_timestamps(const uint8_t *value, unsigned n, struct te_segment *out)
{
	(void)n;
	out->tsval = cur_be32(value);
	out->tsecr = cur_be32(value + 4);
	out->has |= TE_HAS_TS;
}

/* RFC 7413 4.1.1: with or without a cookie */
static void read_fast_open(const uint8_t *value, unsigned n, struct te_segment *out)
{
	(void)value;
	(void)n;
	out->has |= TE_HAS_TFO;
}

/* RFC 6994 3; 0xf989 is Fast Open's experiment (RFC 7413 appendix A) */
static void read_experiment(const uint8_t *value, unsigned n, struct te_segment *out)
{
	if (n >= 2 && cur_be16(value) == 0xf989)
		out->has |= TE_HAS_TFO;
}

static void read_nothing(const uint8_t *value, unsigned n, struct te_segment *out)
{
	(void)value;
	(void)n;
	(void)out;
}

/* clang-format off */
static const struct option options[] = {
	{ .min = 2, .max = 255, .read = read_nothing }, /* all others */
	{ .min = 10, .max = 10, .read = read_timestamps },
	{ .min = 10, .max = 34, .read = read_sack },
	{ .min = 4, .max = 4, .read = read_mss },
	{ .min = 2, .max = 2, .read = read_sack_permitted },
	{ .min = 3, .max = 3, .read = read_wscale },
	{ .min = 2, .max = 18, .read = read_fast_open },
	{ .min = 2, .max = 255, .read = read_experiment },
};

static const uint8_t rows[256] = {
	[8] = 1, [5] = 2, [2] = 3, [4] = 4, [3] = 5, [34] = 6, [253] = 7, [254] = 7,
};
/* clang-format on */

/* Reads one option that has a length, and returns that; 0 if the rest cannot be read. */
static unsigned read_option(const uint8_t *at, size_t left, bool cut,
			    struct te_segment *out)
{
	const struct option *row = &options[rows[at[0]]];
	unsigned len = left > 1 ? at[1] : 0;

	if (left > 1 && (len < row->min || len > row->max)) {
		out->has |= TE_BAD_OPTION;
		return 0;
	}
	if (left < 2 || len > left) {
		out->has |= cut ? 0 : TE_BAD_OPTION;
		return 0;
	}
	row->read(at + 2, len - 2, out);
	return out->has & TE_BAD_OPTION ? 0 : len;
}

/* What Linux sends with a SYN: MSS, SACK permitted, timestamps, NOP, window scale. */
static inline bool is_linux_syn(const uint8_t *at, size_t n)
{
	return n == 20 && cur_be16(at) == 0x0204 && cur_be32(at + 4) == 0x0402080a &&
	       cur_be32(at + 16) >> 8 == 0x010303;
}

static void read_linux_syn(const uint8_t *at, struct te_segment *out)
{
	read_mss(at + 2, 2, out);
	read_timestamps(at + 8, 8, out);
	read_wscale(at + 19, 1, out);
	out->has |= TE_HAS_SACK_OK;
}

/* And Windows: MSS, NOP, window scale, NOP, NOP, SACK permitted. */
static inline bool is_windows_syn(const uint8_t *at, size_t n)
{
	return n == 12 && cur_be16(at) == 0x0204 && cur_be32(at + 4) >> 8 == 0x010303 &&
	       cur_be32(at + 8) == 0x01010402;
}

static void read_windows_syn(const uint8_t *at, struct te_segment *out)
{
	read_mss(at + 2, 2, out);
	read_wscale(at + 7, 1, out);
	out->has |= TE_HAS_SACK_OK;
}

static void read_one_by_one(const uint8_t *at, size_t n, bool cut, struct te_segment *out)
{
	unsigned len;

	for (; n && *at != KIND_END; n -= len, at += len) {
		len = *at == KIND_NOP ? 1 : read_option(at, n, cut, out);
		if (!len)
			return;
	}
}

void tcpopt_parse(const uint8_t *at, size_t n, bool cut, struct te_segment *out)
{
	if (is_linux_syn(at, n))
		read_linux_syn(at, out);
	else if (is_windows_syn(at, n))
		read_windows_syn(at, out);
	else
		read_one_by_one(at, n, cut, out);
}
