/* test_seq.c - sequence numbers at the places where they wrap */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "seq.h"

static const struct {
	uint32_t a, b;
	int32_t diff;
} rows[] = {
	{ 0, 0, 0 },
	{ 1, 0, 1 },
	{ 0, 1, -1 },
	{ 0, UINT32_MAX, 1 },
	{ UINT32_MAX, 0, -1 },
	{ 5, UINT32_MAX - 4, 10 },
	{ 0x7fffffff, 0, INT32_MAX },
	{ 0, 0x7fffffff, -INT32_MAX },
	{ 0x80000001, 0, -INT32_MAX },
	{ 0x80000000, 0x7fffffff, 1 },
};

static void test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t a = rows[i].a, b = rows[i].b;
		int32_t diff = rows[i].diff;

		assert_int_equal(seq_diff(a, b), diff);
		assert_int_equal(seq_lt(a, b), diff < 0);
		assert_int_equal(seq_le(a, b), diff <= 0);
		assert_int_equal(seq_gt(a, b), diff > 0);
		assert_int_equal(seq_ge(a, b), diff >= 0);
		assert_int_equal(seq_max(a, b), diff < 0 ? b : a);
	}
}

/* RFC 9293 3.4 leaves this open; it must only be the same everywhere. */
static void test_half_way_round(void **state)
{
	(void)state;
	assert_true(seq_lt(0, 0x80000000));
	assert_true(seq_lt(0x80000000, 0));
	assert_int_equal(seq_diff(0, 0x80000000), INT32_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_half_way_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
