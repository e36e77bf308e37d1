/* test_text.c - lines of text: what fits, what is cut, what plain terminals get */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "term.h"

static const struct out_format no_format = { .name = "test" };

/* ---- numbers ---- */

static void test_bytes(void **state)
{
	static const struct {
		uint64_t n;
		const char *words;
	} rows[] = {
		{ 0, "0 B" },
		{ 999, "999 B" },
		{ 1000, "1.0 kB" },
		{ 1049, "1.0 kB" },
		{ 1050, "1.1 kB" },
		{ 9949, "9.9 kB" },
		{ 9950, "10 kB" },
		{ 999499, "999 kB" },
		{ 999500, "1.0 MB" },
		{ 999999999, "1.0 GB" },
		{ UINT64_MAX, "18 EB" },
	};
	char buf[TERM_NUMBER];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(term_bytes(rows[i].n, buf), rows[i].words);
}

static void test_count(void **state)
{
	char buf[TERM_NUMBER];

	(void)state;
	assert_string_equal(term_count(0, buf), "0");
	assert_string_equal(term_count(999, buf), "999");
	assert_string_equal(term_count(1000, buf), "1,000");
	assert_string_equal(term_count(UINT64_MAX, buf), "18,446,744,073,709,551,615");
}

static void expect_seconds(te_time time, unsigned digits, const char *want)
{
	struct out out = { 0 };
	char buf[OUT_TIME + 1];

	*out_put_time(&out, buf, time, digits) = '\0';
	assert_string_equal(buf, want);
}

static void test_seconds(void **state)
{
	(void)state;
	expect_seconds(0, 6, "0.000000");
	expect_seconds(TE_SEC + 1, 9, "1.000000001");
	expect_seconds(12041999, 6, "0.012041");
	expect_seconds(-1, 6, "0.000000");
	expect_seconds(-1500 * TE_MS, 3, "-1.500");
	expect_seconds(41 * TE_SEC, 0, "41");
	expect_seconds(INT64_MAX, 9, "9223372036.854775807");
	expect_seconds(INT64_MIN, 9, "-9223372036.854775808");
}

/* ---- lines ---- */

/* What a terminal gets; `own` or else `foreign` is printed on one line. */
static void expect_line(int width, bool utf8, const char *own, const char *foreign,
			const char *want)
{
	struct out_run run = { .width = width, .utf8 = utf8 };
	struct out out;
	struct term term;
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	assert_true(out_open(&out, &no_format, &run, file));
	term_init(&term, &out);
	if (own != NULL)
		term_put(&term, TERM_PLAIN, own);
	else
		term_safe(&term, TERM_PLAIN, foreign);
	term_end(&term);
	assert_true(out_flush(&out));
	out_close(&out);
	assert_int_equal(fclose(file), 0);
	assert_string_equal(text, want);
	free(text);
}

static void test_cut(void **state)
{
	(void)state;
	expect_line(0, true, "SYN_RCVD", NULL, "SYN_RCVD\n");
	expect_line(8, true, "SYN_RCVD", NULL, "SYN_RCVD\n");
	expect_line(7, true, "SYN_RCVD", NULL, "SYN_RC…\n");
	expect_line(7, false, "SYN_RCVD", NULL, "SYN_RC~\n");
	/* blanks that nothing follows are no reason to cut */
	expect_line(3, true, "SYN     ", NULL, "SYN\n");
	expect_line(6, true, "SYN     ACK", NULL, "SYN  …\n");
	expect_line(1, true, "SYN", NULL, "…\n");
}

static void test_plain(void **state)
{
	(void)state;
	expect_line(0, true, "── SYN ─▶", NULL, "── SYN ─▶\n");
	expect_line(0, false, "── SYN ─▶", NULL, "-- SYN ->\n");
	expect_line(0, false, "a → b", NULL, "a -> b\n");
	expect_line(0, false, "\xe6\xbc\xa2", NULL, "?\n");
}

static void test_foreign(void **state)
{
	(void)state;
	expect_line(0, true, NULL, "a\x1b[31m", "a\\x1b[31m\n");
	expect_line(0, true, NULL, "\xff", "\\xff\n");
	expect_line(0, true, NULL, "\xc2\x9b", "\\xc2\\x9b\n");
	expect_line(0, true, NULL, "\xc3\xbc", "\xc3\xbc\n");
	expect_line(0, false, NULL, "\xc3\xbc", "\\xc3\\xbc\n");
	/* an escape stays whole or is not there; wide characters take two columns */
	expect_line(5, true, NULL, "ab\x1b", "ab  …\n");
	expect_line(4, true, NULL, "\xe6\xbc\xa2\xe6\xbc\xa2",
		    "\xe6\xbc\xa2\xe6\xbc\xa2\n");
	expect_line(3, true, NULL, "\xe6\xbc\xa2\xe6\xbc\xa2", "\xe6\xbc\xa2…\n");
	/* an accent belongs to the last column's letter */
	expect_line(2, true, NULL, "ae\xcc\x81", "ae\xcc\x81\n");
}

/* A piece is for the column where it was printed, and for lines with room for it. */
static void expect_again(int width, const char *first, const char *second,
			 const char *want)
{
	struct out_run run = { .width = width, .utf8 = true, .color = true };
	struct term_piece piece = { 0 };
	struct out out;
	struct term term;
	char *text = NULL;
	size_t size = 0, from;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	assert_true(out_open(&out, &no_format, &run, file));
	term_init(&term, &out);
	term_put(&term, TERM_PLAIN, first);
	assert_false(term_again(&term, &piece));
	from = term_keep(&term, &piece);
	term_to(&term, 4, 1);
	term_put(&term, TERM_STATE, "SYN");
	term_put(&term, TERM_PLAIN, " →");
	term_kept(&term, from, &piece);
	term_end(&term);
	term_put(&term, TERM_PLAIN, second);
	if (!term_again(&term, &piece))
		term_put(&term, TERM_PLAIN, "no");
	term_end(&term);
	assert_true(out_flush(&out));
	out_close(&out);
	assert_int_equal(fclose(file), 0);
	assert_string_equal(text, want);
	free(text);
}

static void test_again(void **state)
{
	(void)state;
	expect_again(0, "1", "2", "1   \033[1mSYN \033[0m→\n2   \033[1mSYN \033[0m→\n");
	expect_again(0, "1", "22", "1   \033[1mSYN \033[0m→\n22no\n");
	expect_again(0, "1", " ", "1   \033[1mSYN \033[0m→\n no\n");
	expect_again(0, "", "", "    \033[1mSYN \033[0m→\n    \033[1mSYN \033[0m→\n");
	/* what waits in the last column, or was cut, is not whole */
	expect_again(9, "1", "2", "1   \033[1mSYN \033[0m→\n2no\n");
	expect_again(8, "1", "2", "1   \033[1mSYN…\033[0m\n2no\n");
	expect_again(10, "1", "2", "1   \033[1mSYN \033[0m→\n2   \033[1mSYN \033[0m→\n");
}

/* Runs, numbers and shafts at the edge are as if each glyph came alone. */
static void expect_edge(int width, bool utf8, const char *want)
{
	struct out_run run = { .width = width, .utf8 = utf8 };
	struct out out;
	struct term term;
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	assert_true(out_open(&out, &no_format, &run, file));
	term_init(&term, &out);
	term_number(&term, TERM_PLAIN, 4, 123);
	term_right(&term, TERM_PLAIN, 4, "a…");
	term_repeat(&term, TERM_PLAIN, "─", 3);
	term_put(&term, TERM_PLAIN, "b ");
	term_end(&term);
	assert_true(out_flush(&out));
	out_close(&out);
	assert_int_equal(fclose(file), 0);
	assert_string_equal(text, want);
	free(text);
}

static void test_edge(void **state)
{
	(void)state;
	expect_edge(0, true, " 123  a…───b\n");
	expect_edge(0, false, " 123  a~---b\n");
	expect_edge(12, true, " 123  a…───b\n");
	expect_edge(11, true, " 123  a…──…\n");
	expect_edge(10, false, " 123  a~-~\n");
	expect_edge(7, true, " 123  …\n");
	expect_edge(4, true, " 12…\n");
	expect_edge(3, false, " 1~\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),   cmocka_unit_test(test_count),
		cmocka_unit_test(test_seconds), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_plain),   cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_again),   cmocka_unit_test(test_edge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
