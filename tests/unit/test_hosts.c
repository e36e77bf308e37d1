/* test_hosts.c - counts over time, from connections told in any order */
#include "config.h"

#include "hosts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 120000 };

static const uint64_t seed[2] = { 1, 2 };

/* Of one client and one server: both ESTABLISHED from `begin` until `end`. */
static void add(struct hosts *hosts, te_time begin, te_time end)
{
	const struct te_transition transitions[] = {
		{ .time = begin, .end = TE_CLIENT, .to = TE_ESTABLISHED },
		{ .time = begin, .end = TE_SERVER, .to = TE_ESTABLISHED },
		{ .time = end,
		  .end = TE_CLIENT,
		  .from = TE_ESTABLISHED,
		  .to = TE_CLOSED },
		{ .time = end,
		  .end = TE_SERVER,
		  .from = TE_ESTABLISHED,
		  .to = TE_CLOSED },
	};
	struct te_connection c = {
		.ip_version = 4,
		.end = { { .addr.bytes = { 10, 0, 0, 1 }, .port = 50000 },
			 { .addr.bytes = { 10, 0, 0, 2 }, .port = 80 } },
		.gone = { TE_TIME_NONE, TE_TIME_NONE },
		.transitions = transitions,
		.transition_count = 4,
	};

	assert_true(hosts_connection(hosts, &c));
}

static struct hosts_row listener_of(struct hosts *hosts, te_time end)
{
	const struct hosts_row *rows;
	size_t count;

	assert_true(hosts_rows(hosts, end, &rows, &count));
	assert_int_equal(count, 2);
	assert_true(rows[0].listener);
	assert_false(rows[1].listener);
	assert_int_equal(rows[0].port, 80);
	assert_int_equal(rows[1].port, 0);
	return rows[0];
}

static void test_out_of_order(void **state)
{
	struct hosts *hosts = hosts_new(seed);
	struct hosts_row row;

	(void)state;
	add(hosts, 50, 60);
	add(hosts, 10, 40);
	add(hosts, 20, 30);
	add(hosts, 5, 200);
	row = listener_of(hosts, 100);
	assert_int_equal(row.now[TE_ESTABLISHED], 1);
	assert_int_equal(row.peak[TE_ESTABLISHED], 3);
	assert_int_equal(row.peak_time[TE_ESTABLISHED], 20);
	assert_int_equal(row.peak[TE_UNKNOWN], 3);
	assert_int_equal(row.peak[TE_SYN_SENT], 0);
	hosts_free(hosts);
}

/* What goes makes room for what comes in the same moment. */
static void test_one_after_another(void **state)
{
	struct hosts *hosts = hosts_new(seed);
	struct hosts_row row;

	(void)state;
	add(hosts, 20, 30);
	add(hosts, 10, 20);
	row = listener_of(hosts, 100);
	assert_int_equal(row.now[TE_ESTABLISHED], 0);
	assert_int_equal(row.peak[TE_ESTABLISHED], 1);
	assert_int_equal(row.peak_time[TE_ESTABLISHED], 10);
	hosts_free(hosts);
}

/* More changes than are kept one by one: the peak, and its time, are the same. */
static void test_merged(void **state)
{
	struct hosts *hosts = hosts_new(seed);
	struct hosts_row row;

	(void)state;
	for (te_time i = 0; i < MANY; i++)
		add(hosts, 100 * i, 100 * i + (i == 777 ? 1050 : 150));
	row = listener_of(hosts, 100 * (te_time)MANY - 1);
	assert_int_equal(row.now[TE_ESTABLISHED], 1);
	assert_int_equal(row.peak[TE_ESTABLISHED], 3);
	assert_int_equal(row.peak_time[TE_ESTABLISHED], 77900);
	hosts_free(hosts);
}

static void test_gone(void **state)
{
	const struct te_transition transitions[] = {
		{ .time = 10, .end = TE_CLIENT, .to = TE_TIME_WAIT },
	};
	struct te_connection c = {
		.ip_version = 4,
		.gone = { 70, TE_TIME_NONE },
		.transitions = transitions,
		.transition_count = 1,
	};
	struct hosts *hosts = hosts_new(NULL);
	const struct hosts_row *rows;
	size_t count;

	(void)state;
	assert_true(hosts_connection(hosts, &c));
	assert_true(hosts_connection(hosts, &c));
	c.gone[TE_CLIENT] = 200;
	assert_true(hosts_connection(hosts, &c));
	assert_true(hosts_rows(hosts, 100, &rows, &count));
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].now[TE_TIME_WAIT], 1);
	assert_int_equal(rows[0].peak[TE_TIME_WAIT], 3);
	hosts_free(hosts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_out_of_order),
		cmocka_unit_test(test_one_after_another),
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
