/* test_crowd.c - how many at once; findings that take thousands of connections */
#include "series.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const te_time START = 1700000000 * TE_SEC;

/* ---- series ---- */

enum { MANY = 20000 };

static int by_time(const void *a, const void *b)
{
	te_time x = *(const te_time *)a, y = *(const te_time *)b;

	return x < y ? -1 : x > y;
}

/* The true peak: each beginning, less the ends before it. */
static uint64_t true_peak(te_time *from, te_time *to, size_t count)
{
	uint64_t peak = 0;
	size_t gone = 0;

	qsort(from, count, sizeof(*from), by_time);
	qsort(to, count, sizeof(*to), by_time);
	for (size_t i = 0; i < count; i++) {
		while (gone < count && to[gone] <= from[i])
			gone++;
		if (i + 1 - gone > peak)
			peak = i + 1 - gone;
	}
	return peak;
}

/* `count` intervals of about `length` within `span`, in no order. */
static void compare_peaks(size_t count, te_time length, te_time span, double least)
{
	static te_time from[MANY], to[MANY];
	struct series series = { 0 };
	uint64_t peak, got;
	te_time when;

	srand(7);
	for (size_t i = 0; i < count; i++) {
		from[i] = START + (te_time)((double)rand() / RAND_MAX * (double)span);
		to[i] = from[i] + length + rand() % 1000;
		assert_true(series_add(&series, START, from[i], to[i]));
	}
	got = series_peak(&series, START, &when);
	peak = true_peak(from, to, count);
	assert_true(got <= peak);
	assert_true((double)got >= (double)peak * least);
	assert_true(when >= START && when <= START + span + length);
	series_release(&series);
}

static void few_are_exact(void **state)
{
	(void)state;
	compare_peaks(SERIES_SPANS, TE_SEC, 30 * TE_SEC, 1);
	compare_peaks(1, TE_SEC, 30 * TE_SEC, 1);
}

static void many_are_never_too_many(void **state)
{
	(void)state;
	compare_peaks(MANY, 60 * TE_SEC, 3600 * TE_SEC, 0.95);
	compare_peaks(MANY, 10 * TE_MS, 60 * TE_SEC, 0.3);
	compare_peaks(MANY, 20 * TE_SEC, 10 * TE_SEC, 0.99);
}

/* A clock that jumps by centuries must not make numbers overflow. */
static void absurd_times(void **state)
{
	struct series series = { 0 };
	te_time when;

	(void)state;
	for (int i = 0; i < 3000; i++)
		assert_true(series_add(&series, -START, -START + i, INT64_MAX - i));
	assert_true(series_peak(&series, -START, &when) <= 3000);
	series_release(&series);
}

/* ---- engines ---- */

struct heard {
	unsigned floods, pressures, others;
	struct te_finding last;
	struct te_end_view server;
	bool early; /* before te_engine_finish() */
	bool finishing;
};

static void hear(void *ctx, const struct te_finding *finding)
{
	struct heard *heard = ctx;
	const char *id = finding->rule->id;

	heard->floods += strcmp(id, "syn-flood") == 0;
	heard->pressures += strcmp(id, "time-wait-pressure") == 0;
	heard->others++;
	heard->early |= !heard->finishing;
	heard->last = *finding;
	heard->server = finding->connection->end[TE_SERVER];
}

static struct te_engine *engine_new(struct heard *heard, bool live)
{
	const struct te_sink sink = { .ctx = heard, .finding = hear };
	struct te_config config;
	struct te_engine *engine;

	memset(heard, 0, sizeof(*heard));
	te_config_init(&config);
	config.keep_transitions = false;
	config.live = live;
	engine = te_engine_new(&config, &sink);
	assert_non_null(engine);
	return engine;
}

static void finish(struct te_engine *engine, struct heard *heard)
{
	heard->finishing = true;
	te_engine_finish(engine);
	te_engine_free(engine);
}

struct flow {
	struct te_engine *engine;
	uint32_t client;
	uint16_t port;
	te_time *now;
	uint64_t *frame;
};

static void send(const struct flow *flow, bool by_client, uint8_t flags, uint32_t seq,
		 uint32_t ack)
{
	struct te_segment seg = { .time = *flow->now += 20 * TE_US,
				  .frame = ++*flow->frame,
				  .file = 1,
				  .ip_version = 4,
				  .ttl = 64,
				  .ip_id = (uint16_t)*flow->frame,
				  .seq = seq,
				  .ack = ack,
				  .window = 65535,
				  .flags = flags };
	struct te_addr client = { { 10 } }, server = { { 192, 0, 2, 1 } };

	memcpy(client.bytes + 1, &flow->client, 3);
	seg.src = by_client ? client : server;
	seg.dst = by_client ? server : client;
	seg.src_port = by_client ? flow->port : 80;
	seg.dst_port = by_client ? 80 : flow->port;
	assert_int_equal(te_engine_segment(flow->engine, &seg), TE_OK);
}

static void handshake(const struct flow *flow)
{
	send(flow, true, TE_SYN, 100, 0);
	send(flow, false, TE_SYN | TE_ACK, 900, 101);
	send(flow, true, TE_ACK, 101, 901);
}

static void close_by_client(const struct flow *flow)
{
	send(flow, true, TE_FIN | TE_ACK, 101, 901);
	send(flow, false, TE_FIN | TE_ACK, 901, 102);
	send(flow, true, TE_ACK, 102, 902);
}

/* So many short connections of one client to one server, within a few seconds. */
static void use_ports(unsigned count, struct heard *heard)
{
	te_time now = START;
	uint64_t frame = 0;
	struct te_engine *engine = engine_new(heard, false);

	for (unsigned i = 0; i < count; i++) {
		struct flow flow = { engine, 1, (uint16_t)(32768 + i), &now, &frame };

		handshake(&flow);
		close_by_client(&flow);
	}
	finish(engine, heard);
}

/* 70 percent of 28232 ports are 19762. */
static void time_wait_of_thousands(void **state)
{
	struct heard heard;

	(void)state;
	use_ports(19500, &heard);
	assert_int_equal(heard.others, 0);
	use_ports(21000, &heard);
	assert_int_equal(heard.pressures, 1);
	assert_int_equal(heard.others, 1);
	assert_int_equal(heard.last.severity, TE_WARNING);
	assert_true(heard.last.value > 20000 && heard.last.value <= 21000);
	use_ports(28232, &heard);
	assert_int_equal(heard.last.severity, TE_WARNING + (heard.last.value >= 27950));
	assert_true(heard.last.value > 27500 && heard.last.value <= 28232);
}

/* Told while it lasts, and once. */
static void flood_live(void **state)
{
	struct heard heard;
	te_time now = START;
	uint64_t frame = 0;
	struct te_engine *engine = engine_new(&heard, true);
	struct flow honest = { engine, 999, 40000, &now, &frame };

	(void)state;
	handshake(&honest);
	for (uint32_t i = 0; i < 400; i++) {
		struct flow flow = { engine, 1000 + i, 1024, &now, &frame };

		send(&flow, true, TE_SYN, 100 + i, 0);
		send(&flow, false, TE_SYN | TE_ACK, 900, 101 + i);
	}
	assert_int_equal(heard.floods, 0);
	for (int i = 0; i < 12; i++)
		te_engine_tick(engine, now += 250 * TE_MS);
	assert_int_equal(heard.floods, 1);
	assert_true(heard.early);
	assert_true(heard.last.still);
	assert_true(heard.last.value == 400);
	assert_int_equal(heard.server.port, 80);
	for (int i = 0; i < 40; i++)
		te_engine_tick(engine, now += TE_SEC);
	finish(engine, &heard);
	assert_int_equal(heard.floods, 1);
}

/* As many that complete are none, live or not. */
static void burst_live(void **state)
{
	struct heard heard;
	te_time now = START;
	uint64_t frame = 0;
	struct te_engine *engine = engine_new(&heard, true);

	(void)state;
	for (uint32_t i = 0; i < 400; i++)
		handshake(&(struct flow){ engine, 1000 + i, 1024, &now, &frame });
	for (int i = 0; i < 40; i++)
		te_engine_tick(engine, now += 250 * TE_MS);
	finish(engine, &heard);
	assert_int_equal(heard.others, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_are_exact),
		cmocka_unit_test(many_are_never_too_many),
		cmocka_unit_test(absurd_times),
		cmocka_unit_test(time_wait_of_thousands),
		cmocka_unit_test(flood_live),
		cmocka_unit_test(burst_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
