/* test_moment.c - a moment of a capture, as people write it */
#include "config.h"

#include "moment.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void test_taken(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text;
		struct moment want;
	} rows[] = {
		{ "0", { MOMENT_TIME, 0, 0 } },
		{ "1700000000", { MOMENT_TIME, 1700000000 * TE_SEC, 0 } },
		{ "1700000000.5", { MOMENT_TIME, 1700000000500000000, 0 } },
		{ "1700000000.123456789", { MOMENT_TIME, 1700000000123456789, 0 } },
		{ "1970-01-01T00:00:00Z", { MOMENT_TIME, 0, 0 } },
		{ "2023-11-14T22:13:20Z", { MOMENT_TIME, 1700000000 * TE_SEC, 0 } },
		{ "2023-11-14t22:13:20.25z", { MOMENT_TIME, 1700000000250000000, 0 } },
		{ "2023-11-14 23:13:20+01:00", { MOMENT_TIME, 1700000000 * TE_SEC, 0 } },
		{ "2023-11-14T16:43:20-05:30", { MOMENT_TIME, 1700000000 * TE_SEC, 0 } },
		{ "2024-02-29T00:00:00Z", { MOMENT_TIME, 1709164800 * TE_SEC, 0 } },
		{ "2000-02-29T12:00:00Z", { MOMENT_TIME, 951825600 * TE_SEC, 0 } },
		{ "2100-03-01T00:00:00Z", { MOMENT_TIME, 4107542400 * TE_SEC, 0 } },
		{ "2016-12-31T23:59:60Z", { MOMENT_TIME, 1483228800 * TE_SEC, 0 } },
		{ "+0", { MOMENT_SINCE, 0, 0 } },
		{ "+12.5", { MOMENT_SINCE, 12500 * TE_MS, 0 } },
		{ "+0.000000001", { MOMENT_SINCE, 1, 0 } },
		{ "+2min", { MOMENT_SINCE, 120 * TE_SEC, 0 } },
		{ "#1", { MOMENT_FRAME, 0, 1 } },
		{ "#18446744073", { MOMENT_FRAME, 0, 18446744073 } },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct moment got = { .kind = MOMENT_NONE };
		const char *wrong = moment_parse(rows[i].text, &got);

		if (wrong != NULL)
			fail_msg("%s %s", rows[i].text, wrong);
		assert_int_equal(got.kind, rows[i].want.kind);
		assert_true(got.time == rows[i].want.time);
		assert_true(got.frame == rows[i].want.frame);
	}
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"",
		" 1",
		"x",
		"1.",
		".5",
		"1.5s",
		"0x10",
		"1e9",
		"1.1234567890",
		"99999999999",
		"9999999999999",
		"-5",
		"+",
		"+-5",
		"+x",
		"#",
		"#0",
		"#-1",
		"#1.5",
		"#99999999999999999999",
		"2023-11-14",
		"2023-11-14T22:13",
		"2023-11-14T22:13:20",
		"2023-11-14T22:13:20.Z",
		"2023-11-14T22:13:20ZZ",
		"2023-11-14T22:13:20+1:00",
		"2023-11-14T22:13:20+24:00",
		"2023-11-14T22:13:20+0100",
		"2023-11-14T24:00:00Z",
		"2023-11-14T22:60:00Z",
		"2023-11-31T00:00:00Z",
		"2023-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2023-13-01T00:00:00Z",
		"2023-00-01T00:00:00Z",
		"2023-01-00T00:00:00Z",
		"1969-12-31T23:59:59Z",
		"2262-01-01T00:00:00Z",
		"23-11-14T22:13:20Z",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct moment got = { .kind = MOMENT_NONE };

		if (moment_parse(texts[i], &got) == NULL)
			fail_msg("'%s' was taken", texts[i]);
		assert_int_equal(got.kind, MOMENT_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
