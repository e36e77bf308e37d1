/* test_savefile.c - pcap, and what is no capture: what is read and said of damage */
#include "config.h"

#include "outcome.h"

static void test_pcap_kinds(void **state)
{
	static const struct {
		uint32_t magic;
		te_time unit;
		unsigned digits, extra;
	} kinds[] = {
		{ 0xa1b2c3d4, TE_US, 6, 0 },
		{ 0xa1b23c4d, 1, 9, 0 },
		{ 0xa1b2cd34, TE_US, 6, 8 },
	};
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct made m = { .big = i % 2 == 1 };

		made_pcap(&m, kinds[i / 2].magic, 4, 65535, 1);
		made_record(&m, 1700000000, 999999, 0, 60, 0);
		made_fill(&m, 0, kinds[i / 2].extra);
		made_record(&m, 4294967295, 7, 0, 1500, 0);
		made_fill(&m, 0, kinds[i / 2].extra);
		read_made(&m, &o);
		assert_string_equal(o.error, "");
		assert_int_equal(o.count, 2);
		assert_string_equal(o.info.format, "pcap");
		assert_int_equal(o.info.digits, kinds[i / 2].digits);
		assert_int_equal(o.info.snaplen, 65535);
		assert_int_equal(o.frames[0].time,
				 1700000000 * TE_SEC + 999999 * kinds[i / 2].unit);
		assert_int_equal(o.frames[1].time,
				 4294967295 * TE_SEC + 7 * kinds[i / 2].unit);
		assert_int_equal(o.frames[1].len, 1500);
		assert_int_equal(o.frames[1].linktype, 1);
	}
}

static void test_pcap_old_versions(void **state)
{
	/* clang-format off */
	static const struct {
		unsigned minor;
		uint32_t first, second, caplen, len;
	} rows[] = {
		{ 4, 5, 9, 5, 9 },
		{ 4, 9, 5, 9, 5 },
		{ 3, 5, 9, 5, 9 },
		{ 3, 9, 5, 5, 9 },
		{ 2, 9, 5, 5, 9 },
		{ 0, 9, 5, 5, 9 },
	};
	/* clang-format on */
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made m = { 0 };

		made_pcap(&m, 0xa1b2c3d4, rows[i].minor, 96, 1);
		made_record(&m, 1, 0, rows[i].first, rows[i].second, 3);
		m.len -= rows[i].first - rows[i].caplen;
		read_made(&m, &o);
		assert_string_equal(o.error, "");
		assert_int_equal(o.count, 1);
		assert_int_equal(o.frames[0].caplen, rows[i].caplen);
		assert_int_equal(o.frames[0].len, rows[i].len);
	}
}

static void test_pcap_linktypes(void **state)
{
	/* clang-format off */
	static const struct { uint32_t file; uint16_t frame; } rows[] = {
		{ 1, 1 }, { 12, 101 }, { 14, 101 }, { 101, 101 }, { 276, 276 },
		{ 0x24000001, 1 }, /* an FCS of two words */
	};
	/* clang-format on */
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made m = { 0 };

		made_pcap(&m, 0xa1b2c3d4, 4, 96, rows[i].file);
		made_record(&m, 1, 0, 5, 5, 3);
		read_made(&m, &o);
		assert_int_equal(o.count, 1);
		assert_int_equal(o.frames[0].linktype, rows[i].frame);
		assert_int_equal(o.info.linktype, rows[i].frame);
	}
}

static void test_pcap_lengths(void **state)
{
	struct made m = { 0 };
	struct outcome o;

	(void)state;
	made_pcap(&m, 0xa1b2c3d4, 4, 8, 1);
	made_record(&m, 1, 0, 20, 20, 1);
	made_record(&m, 1, 0, 8, 20, 2);
	made_record(&m, 1, 0, 20, 20, 3);
	made_u32(&m, 1);
	made_u32(&m, 0);
	made_u32(&m, 262145);
	made_u32(&m, 262145);
	read_made(&m, &o);
	assert_int_equal(o.count, 3);
	assert_int_equal(o.frames[0].caplen, 8); /* cut to the snap length */
	assert_int_equal(o.first_byte[1], 2);
	assert_int_equal(o.frames[2].caplen, 8); /* in a batch, too */
	assert_string_equal(o.error,
			    "a record of 262145 bytes is impossible, at byte 120");
	assert_false(o.info.truncated_tail);
}

/* A record that is larger than the window at first, and many that straddle its end. */
static void test_pcap_large(void **state)
{
	enum { SIZE = 262144 };
	struct made m = { 0 };
	uint8_t *bytes = calloc(4, SIZE), *end = bytes;
	struct outcome o;

	(void)state;
	made_pcap(&m, 0xa1b2c3d4, 4, SIZE, 1);
	for (unsigned i = 0; i < 3; i++) {
		made_u32(&m, 1);
		made_u32(&m, 0);
		made_u32(&m, SIZE - 5 * i);
		made_u32(&m, SIZE);
		memcpy(end, m.bytes, m.len);
		end += m.len;
		memset(end, (int)i + 1, SIZE - 5 * i);
		end += SIZE - 5 * i;
		m.len = 0;
	}
	read_bytes(bytes, (size_t)(end - bytes), &o);
	free(bytes);
	assert_string_equal(o.error, "");
	assert_int_equal(o.count, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(o.frames[i].caplen, SIZE - 5 * i);
		assert_int_equal(o.first_byte[i], i + 1);
	}
}

static void test_no_capture(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *error;
	} rows[] = {
		{ "", 0, "the file is empty at byte 0" },
		{ "\x0a", 1, "not a pcap or pcapng capture (begins with 0a) at byte 0" },
		{ "\x0a\x0b\x0c\x0d\x0e", 5,
		  "not a pcap or pcapng capture (begins with 0a 0b 0c 0d) at byte 0" },
		{ "snoop\0\0\0", 8,
		  "not a pcap or pcapng capture (begins with 73 6e 6f 6f) at byte 0" },
		{ "\xa1\xb2\xc3\xd4\0\x02\0\x05"
		  "0123456789abcdef",
		  24, "pcap version 2.5 is not supported, at byte 0" },
	};
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		read_bytes(rows[i].bytes, rows[i].len, &o);
		assert_string_equal(o.error, rows[i].error);
		assert_int_equal(o.count, 0);
		assert_false(o.info.truncated_tail);
	}
	read_path("/", &o);
	assert_string_equal(o.error, "is a directory");
	read_path("/nonexistent/a.pcap", &o);
	assert_string_equal(o.error, "No such file or directory");
}

static void test_cut_pcap(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 3 };
	struct made m = { 0 };
	size_t ends[4];

	(void)state;
	made_pcap(&m, 0xa1b2c3d4, 4, 96, 1);
	ends[0] = m.len;
	for (unsigned i = 1; i < 4; i++) {
		made_record(&m, i, 0, 20 * i, 60, 1);
		ends[i] = m.len;
	}
	check_cuts(&m, ends, counts, 4);
}

/* Bytes changed at random: nothing is asked but that it ends without a crash. */
static void test_flips(void **state)
{
	struct outcome o;
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		struct made m = { .big = round % 2 == 1 };

		made_pcap(&m, 0xa1b2c3d4, round % 5, 96, 1);
		for (unsigned i = 0; i < 5; i++)
			made_record(&m, i, 0, 10 * i, 60, 1);
		for (unsigned i = 0; i < 1 + round % 3; i++)
			m.bytes[next_random(&seed) % m.len] = (uint8_t)next_random(&seed);
		read_made(&m, &o);
		assert_true(o.count < FRAMES_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap_kinds),
		cmocka_unit_test(test_pcap_old_versions),
		cmocka_unit_test(test_pcap_linktypes),
		cmocka_unit_test(test_pcap_lengths),
		cmocka_unit_test(test_pcap_large),
		cmocka_unit_test(test_no_capture),
		cmocka_unit_test(test_cut_pcap),
		cmocka_unit_test(test_flips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
