/* test_capture.c - several files as one timeline */
#include "config.h"

#include "capture.h"
#include "captures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct temp_file made_file(const uint32_t *secs, size_t count, size_t cut)
{
	struct made m = { 0 };
	struct temp_file t;

	made_pcap(&m, 0xa1b2c3d4, 4, 96, 1);
	for (size_t i = 0; i < count; i++)
		made_record(&m, secs[i], 0, 10, 10, (uint8_t)secs[i]);
	temp_write(&t, m.bytes, m.len - cut);
	return t;
}

/* Every frame as FILE.NUMBER@SECONDS, a blank behind each; read in batches of `max`, or
 * one by one if that is 0. */
static void read_all(struct capture *c, int max, char *text, size_t size)
{
	struct te_frame f[4];
	size_t len = 0;
	int got;

	text[0] = '\0';
	while ((got = max ? capture_batch(c, f, max) : capture_next(c, f)) > 0) {
		for (int i = 0; i < got; i++) {
			assert_int_equal(f[i].caplen, 10);
			assert_int_equal(f[i].bytes[9], f[i].time / TE_SEC);
			len += (size_t)snprintf(text + len, size - len, "%u.%u@%u ",
						f[i].file, (unsigned)f[i].number,
						(unsigned)(f[i].time / TE_SEC));
			assert_true(len < size);
		}
	}
	assert_int_equal(got, 0);
	assert_int_equal(capture_next(c, f), 0);
}

static void check_merge(const char *const *paths, int max)
{
	char err[CAPTURE_ERRLEN], text[400];
	struct capture *all = capture_open_files(paths, 3, err);

	assert_non_null(all);
	assert_int_equal(capture_file_count(all), 3);
	read_all(all, max, text, sizeof(text));
	assert_string_equal(text, "1.1@1 2.1@1 3.1@3 3.2@2 1.2@4 1.3@4 2.2@4 2.3@5 "
				  "3.3@6 1.4@9 ");
	assert_true(capture_progress(all) == 1);
	assert_int_equal(capture_file(all, 1)->packets, 3);
	assert_string_equal(capture_file(all, 1)->path, paths[1]);
	capture_close(all);
}

static void test_merge(void **state)
{
	static const uint32_t a[] = { 1, 4, 4, 9 }, b[] = { 1, 4, 5 }, c[] = { 3, 2, 6 };
	struct temp_file files[] = { made_file(a, 4, 0), made_file(b, 3, 0),
				     made_file(c, 3, 0) };
	const char *paths[] = { files[0].path, files[1].path, files[2].path };

	(void)state;
	for (int max = 0; max <= 4; max++)
		check_merge(paths, max);
	for (size_t i = 0; i < 3; i++)
		temp_remove(&files[i]);
}

/* Bad files between good ones. */
static void test_some_bad(void **state)
{
	static const uint32_t a[] = { 1, 2, 3 };
	struct temp_file cut = made_file(a, 3, 4), good = made_file(a + 1, 2, 0), text;
	const char *paths[] = { "/nonexistent", cut.path, text.path, good.path };
	char err[CAPTURE_ERRLEN], got[400];
	struct capture *all;

	(void)state;
	temp_write(&text, "Hello", 5);
	all = capture_open_files(paths, 4, err);
	assert_non_null(all);
	assert_string_equal(capture_file(all, 0)->error, "No such file or directory");
	assert_string_equal(capture_file(all, 2)->error,
			    "not a pcap or pcapng capture (begins with 48 65 6c 6c) "
			    "at byte 0");
	assert_null(capture_file(all, 1)->error); /* not there yet */
	read_all(all, 0, got, sizeof(got));
	assert_string_equal(got, "2.1@1 2.2@2 4.1@2 4.2@3 ");
	assert_string_equal(capture_file(all, 1)->error,
			    "the record is cut: 22 of 26 bytes are there, at byte 76");
	assert_true(capture_file(all, 1)->truncated_tail);
	assert_true(capture_progress(all) < 0);
	capture_close(all);
	temp_remove(&cut);
	temp_remove(&good);
	temp_remove(&text);
}

/* Many files, so that the heap is one. */
static void test_many(void **state)
{
	enum { FILES = 50, EACH = 20 };
	struct temp_file files[FILES];
	const char *paths[FILES];
	char err[CAPTURE_ERRLEN];
	struct te_frame f, last = { 0 };
	struct capture *all;
	size_t count = 0;

	(void)state;
	for (uint32_t i = 0; i < FILES; i++) {
		uint32_t secs[EACH];

		for (uint32_t k = 0; k < EACH; k++)
			secs[k] = (i * 7 + k * k) / 3;
		files[i] = made_file(secs, EACH, 0);
		paths[i] = files[i].path;
	}
	all = capture_open_files(paths, FILES, err);
	assert_non_null(all);
	for (; capture_next(all, &f) == 1; last = f, count++)
		assert_true(f.time > last.time ||
			    (f.time == last.time && f.file >= last.file));
	assert_int_equal(count, FILES * EACH);
	capture_close(all);
	for (size_t i = 0; i < FILES; i++)
		temp_remove(&files[i]);
}

static void test_no_such_interface(void **state)
{
	const struct capture_live live = { .interface = "tcpends-none0", .snaplen = 256 };
	char err[CAPTURE_ERRLEN] = "";

	(void)state;
	assert_null(capture_open_live(&live, err));
	assert_non_null(strstr(err, "no ")); /* interface, or permission to look */
	assert_null(strchr(err, '\n'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_some_bad),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_no_such_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
