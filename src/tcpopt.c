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

/* ---- as most SYNs have them ---- */

/* By how many they are: what stands in the first eight bytes and in the last four, and
 * where it stands. Which kernel the next SYN is of nobody foresees, so that no branch
 * asks for it. */
struct usual {
	uint64_t first, first_mask, stamps_mask;
	uint32_t last, last_mask;
	uint8_t size;
	uint8_t scale, stamps; /* where */
	uint16_t has;
};

enum {
	ALIGNED = 4,
	MOST = 40,
	SYN_OPTIONS = TE_HAS_MSS | TE_HAS_WSCALE | TE_HAS_SACK_OK
};

static const struct usual usual[MOST / ALIGNED + 1] = {
	/* Windows: MSS, NOP, window scale, NOP, NOP, SACK permitted */
	[12 / ALIGNED] = { .first = 0x0204000001030300,
			   .first_mask = 0xffff0000ffffff00,
			   .last = 0x01010402,
			   .last_mask = 0xffffffff,
			   .size = 12,
			   .scale = 7,
			   .has = SYN_OPTIONS },
	/* Linux: MSS, SACK permitted, timestamps, NOP, window scale */
	[20 / ALIGNED] = { .first = 0x020400000402080a,
			   .first_mask = 0xffff0000ffffffff,
			   .last = 0x01030300,
			   .last_mask = 0xffffff00,
			   .size = 20,
			   .scale = 19,
			   .stamps = 8,
			   .stamps_mask = UINT64_MAX,
			   .has = SYN_OPTIONS | TE_HAS_TS },
};

static inline bool read_usual(const uint8_t *at, size_t n, struct te_segment *out)
{
	const struct usual *row = &usual[n <= MOST ? n / ALIGNED : 0];
	uint64_t first, stamps;

	if (row->size != n || !n)
		return false;
	first = cur_be64(at);
	if (((first ^ row->first) & row->first_mask) |
	    ((cur_be32(at + n - 4) ^ row->last) & row->last_mask))
		return false;
	stamps = cur_be64(at + row->stamps) & row->stamps_mask;
	out->mss = (uint16_t)(first >> 32);
	read_wscale(at + row->scale, 1, out);
	out->tsval = (uint32_t)(stamps >> 32);
	out->tsecr = (uint32_t)stamps;
	out->has |= row->has;
	return true;
}

/* ---- all of them ---- */

__attribute__((noinline)) static void read_one_by_one(const uint8_t *at, size_t n,
						      bool cut, struct te_segment *out)
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
	if (!read_usual(at, n, out))
		read_one_by_one(at, n, cut, out);
}
