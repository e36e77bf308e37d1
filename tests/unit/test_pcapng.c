/* test_pcapng.c - pcapng: what is read, and what is said of damage */
#include "config.h"

#include "outcome.h"

static void test_pcapng_clocks(void **state)
{
	enum { BINARY = 0x80 };
	/* clang-format off */
	static const struct {
		uint8_t resolution;
		uint64_t ticks;
		int64_t offset;
		te_time time;
		unsigned digits;
	} rows[] = {
		{ 0, 1700000000123456, 0, 1700000000123456 * TE_US, 6 },
		{ 3, 1700000000123, 0, 1700000000123 * TE_MS, 3 },
		{ 9, 1700000000123456789, 0, 1700000000123456789, 9 },
		{ 12, 1999999, 0, 1999, 9 },
		{ 9, 5, 7, 7 * TE_SEC + 5, 9 },
		{ 9, 5, -7, -7 * TE_SEC + 5, 9 },
		{ 6, UINT64_MAX, 0, INT64_MAX, 6 },
		{ 6, INT64_MAX / 1000, 0, INT64_MAX / 1000 * 1000, 6 },
		{ 6, INT64_MAX / 1000 + 1, 0, INT64_MAX, 6 },
		{ 9, 0, INT64_MAX, INT64_MAX, 9 },
		{ 9, 0, INT64_MIN, INT64_MIN + 1, 9 },
		{ 28, UINT64_MAX, 0, 1, 9 },
		{ 127, UINT64_MAX, 0, 0, 9 },
		{ BINARY | 1, 3, 0, 3 * TE_SEC / 2, 9 },
		{ BINARY | 10, 1700000000 * UINT64_C(1024) + 1, 0, 1700000000 * TE_SEC + 976562, 9 },
		{ BINARY | 32, UINT64_C(0x1ffffffff), 0, 2 * TE_SEC - 1, 9 },
		{ BINARY | 63, UINT64_MAX, 0, 2 * TE_SEC - 1, 9 },
		{ BINARY | 64, UINT64_MAX, 0, TE_SEC - 1, 9 },
		{ BINARY | 127, UINT64_MAX, 0, 0, 9 },
		{ BINARY, UINT64_MAX, 0, INT64_MAX, 9 },
	};
	/* clang-format on */
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made m = { .big = i % 2 == 0 };

		made_section(&m);
		made_interface(&m, 1, 0, rows[i].resolution, (uint64_t)rows[i].offset);
		made_enhanced(&m, 0, rows[i].ticks, 9, 1);
		made_enhanced(&m, 0, rows[i].ticks, 9, 1);
		read_made(&m, &o);
		assert_string_equal(o.error, "");
		assert_int_equal(o.count, 2);
		assert_int_equal(o.frames[0].time, rows[i].time);
		assert_int_equal(o.frames[1].time, rows[i].time);
		assert_int_equal(o.info.digits, rows[i].digits);
	}
}

static void made_statistics(struct made *m, uint32_t interface, uint64_t ifdrop,
			    uint64_t osdrop)
{
	size_t b = made_block(m, 5);

	made_u32(m, interface);
	made_uint(m, 0, 8);
	made_option(m, 5, ifdrop, 8);
	made_option(m, 7, osdrop, 8);
	made_option(m, 0, 0, 0);
	made_block_end(m, b);
}

static void made_simple(struct made *m, uint32_t len, uint32_t stored, uint8_t fill)
{
	size_t b = made_block(m, 3);

	made_u32(m, len);
	made_fill(m, fill, stored);
	made_block_end(m, b);
}

static void made_obsolete(struct made *m, unsigned interface, unsigned drops,
			  uint8_t fill)
{
	size_t b = made_block(m, 2);

	made_u16(m, interface);
	made_u16(m, drops);
	made_u32(m, 0);
	made_u32(m, 1000000);
	made_u32(m, 7);
	made_u32(m, 8);
	made_fill(m, fill, 7);
	made_block_end(m, b);
}

/* Two interfaces of different kinds, then a section of the other byte order. */
static void made_pcapng(struct made *m)
{
	size_t b;

	made_section(m);
	made_interface(m, 1, 16, 0, 0);
	made_interface(m, 101, 96, 9, 0);
	made_enhanced(m, 1, 5, 7, 1);
	b = made_block(m, 4); /* names: skipped */
	made_fill(m, 9, 13);
	made_block_end(m, b);
	made_simple(m, 40, 16, 2);
	made_obsolete(m, 0, 3, 3);
	made_statistics(m, 1, 10, 1);
	made_statistics(m, 1, 20, 2);
	m->big = !m->big;
	made_section(m);
	made_interface(m, 113, 0, 0, 0);
	made_enhanced(m, 0, 2000000, 3, 4);
	made_statistics(m, 0, 0, 100);
}

static void test_pcapng_blocks(void **state)
{
	static const struct te_frame want[] = {
		{ .time = 5, .caplen = 7, .len = 7, .linktype = 101 },
		{ .time = 5, .caplen = 16, .len = 40, .linktype = 1 },
		{ .time = TE_SEC, .caplen = 7, .len = 8, .linktype = 1 },
		{ .time = 2 * TE_SEC, .caplen = 3, .len = 3, .linktype = 113 },
	};
	struct outcome o;

	(void)state;
	for (int big = 0; big < 2; big++) {
		struct made m = { .big = big != 0 };

		made_pcapng(&m);
		read_made(&m, &o);
		assert_string_equal(o.error, "");
		assert_int_equal(o.count, 4);
		for (unsigned i = 0; i < 4; i++) {
			assert_int_equal(o.frames[i].time, want[i].time);
			assert_int_equal(o.frames[i].caplen, want[i].caplen);
			assert_int_equal(o.frames[i].len, want[i].len);
			assert_int_equal(o.frames[i].linktype, want[i].linktype);
			assert_int_equal(o.first_byte[i], i + 1);
		}
		assert_string_equal(o.info.format, "pcapng");
		assert_int_equal(o.info.linktype, 1);
		assert_int_equal(o.info.snaplen, 16);
		assert_int_equal(o.info.digits, 9);
		assert_true(o.info.dropped_known);
		assert_int_equal(o.info.dropped, 3 + 22 + 100);
	}
}

static void made_dropping(struct made *m, uint32_t interface, uint32_t len,
			  uint64_t drops, bool end)
{
	size_t b = made_block(m, 6);

	made_u32(m, interface);
	made_u32(m, 0);
	made_u32(m, len);
	made_u32(m, len);
	made_u32(m, len);
	made_fill(m, 1, len);
	made_fill(m, 0, -len & 3);
	made_option(m, 2, 1, 4); /* flags */
	made_option(m, 4, drops, 8);
	made_option(m, 4, 1000, 4); /* no such count */
	if (end)
		made_option(m, 0, 0, 0);
	made_u16(m, 4);
	made_u16(m, end ? 8 : 12); /* behind the end, or past it */
	made_uint(m, 1000, 8);
	made_block_end(m, b);
}

/* What packets tell of drops counts until their interface is summed up. The last one has
 * the time of the one before. */
static void test_pcapng_drops(void **state)
{
	struct outcome o;

	(void)state;
	for (int big = 0; big < 2; big++) {
		struct made m = { .big = big != 0 };

		made_section(&m);
		made_interface(&m, 1, 0, 0, 0);
		made_interface(&m, 1, 0, 0, 0);
		for (uint32_t i = 0; i < 12; i++)
			made_dropping(&m, i % 2, i, 100 + i, i % 3 == 0);
		made_statistics(&m, 1, 5, 0);
		made_dropping(&m, 0, 1, 50, true);
		made_dropping(&m, 1, 3, 60, true);
		made_simple(&m, 8, 8, 1);
		read_made(&m, &o);
		assert_string_equal(o.error, "");
		assert_int_equal(o.count, 15);
		assert_int_equal(o.frames[14].time, 3 * TE_US);
		assert_int_equal(o.info.dropped, 6 * 100 + 30 + 50 + 5);
	}
}

static void test_pcapng_damage(void **state)
{
	/* What is written over the file, where, and what is said of it. The section is
	 * 28 bytes long, the interface 24, the packet 44. */
	static const struct {
		size_t at;
		uint32_t value;
		size_t count;
		const char *error;
	} rows[] = {
		{ 4, 8, 0, "a block of 8 bytes is impossible, at byte 0" },
		{ 4, 30, 0, "a block of 30 bytes is impossible, at byte 0" },
		{ 8, 0, 0, "a section without a byte order, at byte 0" },
		{ 12, 2, 0, "pcapng version 2.0 is not supported, at byte 0" },
		{ 24, 32, 0, "the two lengths of a block differ (28 and 32), at byte 0" },
		{ 60, 1, 0,
		  "a packet of interface 1, which is not described, at byte 52" },
		{ 72, 99, 0, "a packet of 99 bytes in a block of 44, at byte 52" },
		{ 92, 40, 0,
		  "the two lengths of a block differ (44 and 40), at byte 52" },
		{ 104, 1, 1,
		  "a packet of interface 1, which is not described, at byte 96" },
		{ 116, 99, 1, "a packet of 99 bytes in a block of 44, at byte 96" },
		{ 136, 40, 1,
		  "the two lengths of a block differ (44 and 40), at byte 96" },
		{ 100, 0x7ffffffc, 1,
		  "a block of 2147483644 bytes is impossible, at byte 96" },
		{ 100, 48, 1, "the block is cut: 44 of 48 bytes are there, at byte 96" },
	};
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made m = { 0 };
		size_t len;

		made_section(&m);
		made_interface(&m, 1, 96, 0, 0);
		made_enhanced(&m, 0, 1, 12, 1);
		made_enhanced(&m, 0, 2, 12, 1);
		len = m.len;
		m.len = rows[i].at;
		made_u32(&m, rows[i].value);
		m.len = len;
		read_made(&m, &o);
		assert_string_equal(o.error, rows[i].error);
		assert_int_equal(o.count, rows[i].count);
	}
}

static void test_cut_pcapng(void **state)
{
	static const size_t counts[] = { 0, 0, 1, 2 };
	struct made m = { 0 };
	size_t ends[4];

	(void)state;
	made_section(&m);
	ends[0] = m.len;
	made_interface(&m, 1, 96, 0, 0);
	ends[1] = m.len;
	made_enhanced(&m, 0, 1, 33, 1);
	ends[2] = m.len;
	made_enhanced(&m, 0, 2, 60, 1);
	ends[3] = m.len;
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

		made_pcapng(&m);
		for (unsigned i = 0; i < 1 + round % 3; i++)
			m.bytes[next_random(&seed) % m.len] = (uint8_t)next_random(&seed);
		read_made(&m, &o);
		assert_true(o.count < FRAMES_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcapng_clocks),
		cmocka_unit_test(test_pcapng_blocks),
		cmocka_unit_test(test_pcapng_drops),
		cmocka_unit_test(test_pcapng_damage),
		cmocka_unit_test(test_cut_pcapng),
		cmocka_unit_test(test_flips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
