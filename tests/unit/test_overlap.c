/* test_overlap.c - what is remembered of data, byte by byte */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "overlap.h"

enum { FLOW = 12345, MOST = 64, KEPT = 32 };

static struct te_segment with(const uint8_t *data, uint32_t len, uint64_t frame)
{
	return (struct te_segment){
		.time = 1000 + (te_time)frame,
		.frame = frame,
		.file = 1,
		.ip_version = 4,
		.flags = TE_ACK,
		.seq = 77,
		.len = len,
		.data_len = len,
		.data = data,
	};
}

static bool sees(struct overlap *overlap, const struct te_segment *seg, uint64_t flow,
		 struct overlap_first *first)
{
	return overlap_see(overlap, seg, flow, first);
}

/* What differs at any byte of the first ones, and at none behind, is a contradiction. */
static void test_every_byte(void **state)
{
	uint8_t data[MOST], other[MOST];

	(void)state;
	for (uint32_t i = 0; i < MOST; i++)
		data[i] = (uint8_t)(i + 1);
	for (uint32_t len = 1; len <= MOST; len++) {
		for (uint32_t at = 0; at < len; at++) {
			struct overlap *overlap = overlap_new();
			struct te_segment once = with(data, len, 3);
			struct te_segment again = with(other, len, 4);
			struct overlap_first first = { 0 };

			memcpy(other, data, sizeof(other));
			other[at] ^= 0x80;
			assert_false(sees(overlap, &once, FLOW, &first));
			assert_false(sees(overlap, &once, FLOW, &first));
			assert_int_equal(sees(overlap, &again, FLOW, &first), at < KEPT);
			assert_int_equal(first.frame, at < KEPT ? 3 : 0);
			overlap_free(overlap);
		}
	}
}

/* Other numbers, another flow, another VLAN: nothing is contradicted. */
static void test_others(void **state)
{
	static const uint8_t data[MOST] = { 1 }, other[MOST] = { 2 };
	struct overlap *overlap = overlap_new();
	struct te_segment once = with(data, MOST, 3), again = with(other, MOST, 4);
	struct te_segment moved = again, tagged = again;
	struct overlap_first first;

	(void)state;
	moved.seq++;
	tagged.vlan = 5;
	assert_false(sees(overlap, &once, FLOW, &first));
	assert_false(sees(overlap, &moved, FLOW, &first));
	assert_false(sees(overlap, &tagged, FLOW, &first));
	assert_false(sees(overlap, &again, FLOW + 1, &first));
	assert_true(sees(overlap, &again, FLOW, &first));
	overlap_free(overlap);
}

/* Neither numbers nor bytes are to be believed, or there are none. */
static void test_not_believed(void **state)
{
	static const uint8_t data[MOST] = { 1 }, other[MOST] = { 2 };
	struct overlap *overlap = overlap_new();
	const struct te_segment good = with(data, MOST, 3);
	struct te_segment bad[] = { good, good, good, good };
	struct overlap_first first;

	(void)state;
	bad[0].flags = TE_SYN;
	bad[1].flags = TE_RST;
	bad[2].has = TE_BAD_SUM;
	bad[3].data_len = 0;
	assert_false(sees(overlap, &good, FLOW, &first));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bad[i].data = other;
		assert_false(sees(overlap, &bad[i], FLOW, &first));
	}
	assert_false(sees(overlap, &good, FLOW, &first));
	overlap_free(overlap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
