/* test_older.c - ever new connections on the same addresses are not kept without end */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tcpends.h"

enum { SYNS = 1000, KEPT = 20, ISS = 1000, STEP = 100000 };

struct heard {
	uint64_t told, early; /* early: while segments still came */
	uint64_t open_at_end; /* connections that were told last, ESTABLISHED */
	uint64_t refused;
	bool finishing;
};

static void hear(void *ctx, const struct te_connection *c)
{
	struct heard *heard = ctx;

	heard->told++;
	heard->early += !heard->finishing;
	heard->open_at_end += heard->finishing &&
			      c->end[TE_CLIENT].state == TE_ESTABLISHED &&
			      c->end[TE_SERVER].state == TE_ESTABLISHED;
	heard->refused += c->opened == TE_OPENED_REFUSED;
}

static struct te_engine *engine_new(struct heard *heard)
{
	struct te_sink sink = { .ctx = heard, .connection = hear };
	struct te_config config;
	struct te_engine *engine;

	te_config_init(&config);
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

static void send_segment(struct te_engine *engine, bool answer, uint8_t flags,
			 uint32_t seq, uint32_t ack)
{
	static const struct te_addr client = { { 10, 0, 0, 1 } },
				    server = { { 10, 0, 0, 2 } };
	uint64_t frame = te_engine_totals(engine)->tcp_packets + 1;
	struct te_segment seg = { .time = (te_time)frame * TE_MS,
				  .frame = frame,
				  .file = 1,
				  .ip_version = 4,
				  .ttl = 64,
				  .src = answer ? server : client,
				  .dst = answer ? client : server,
				  .src_port = answer ? 80 : 40000,
				  .dst_port = answer ? 40000 : 80,
				  .seq = seq,
				  .ack = ack,
				  .window = 1024,
				  .flags = flags };

	assert_int_equal(te_engine_segment(engine, &seg), TE_OK);
}

static void test_unanswered(void **state)
{
	struct heard heard = { 0 };
	struct te_engine *engine = engine_new(&heard);

	(void)state;
	for (uint32_t i = 0; i < SYNS; i++)
		send_segment(engine, false, TE_SYN, ISS + i * STEP, 0);
	finish(engine, &heard);
	assert_int_equal(heard.told, SYNS);
	assert_in_range(heard.early, SYNS - KEPT, SYNS - 10);
}

/* Within 2MSL each may still be spoken of. */
static void test_refused(void **state)
{
	struct heard heard = { 0 };
	struct te_engine *engine = engine_new(&heard);

	(void)state;
	for (uint32_t i = 0; i < SYNS; i++) {
		send_segment(engine, false, TE_SYN, ISS + i * STEP, 0);
		send_segment(engine, true, TE_RST | TE_ACK, 0, ISS + i * STEP + 1);
	}
	finish(engine, &heard);
	assert_int_equal(heard.told, SYNS);
	assert_int_equal(heard.refused, SYNS);
	assert_in_range(heard.early, SYNS - KEPT, SYNS - 10);
}

/* What lives under them is not the oldest that goes. */
static void test_alive(void **state)
{
	struct heard heard = { 0 };
	struct te_engine *engine = engine_new(&heard);

	(void)state;
	send_segment(engine, false, TE_SYN, ISS, 0);
	send_segment(engine, true, TE_SYN | TE_ACK, 5000, ISS + 1);
	send_segment(engine, false, TE_ACK, ISS + 1, 5001);
	send_segment(engine, true, TE_ACK | TE_PSH, 5001, ISS + 1);
	for (uint32_t i = 1; i <= SYNS; i++)
		send_segment(engine, false, TE_SYN, ISS + i * STEP, 0);
	finish(engine, &heard);
	assert_int_equal(heard.told, SYNS + 1);
	assert_int_equal(heard.open_at_end, 1);
	assert_in_range(heard.early, SYNS - KEPT, SYNS - 10);
}

/* Nor what seems to be: each client goes on as if it had been answered. */
static void test_not_answered_but_going_on(void **state)
{
	struct heard heard = { 0 };
	struct te_engine *engine = engine_new(&heard);

	(void)state;
	for (uint32_t i = 0; i < SYNS; i++) {
		send_segment(engine, false, TE_SYN, ISS + i * STEP, 0);
		send_segment(engine, false, TE_ACK, ISS + i * STEP + 1, 5001);
	}
	finish(engine, &heard);
	assert_int_equal(heard.told, SYNS);
	assert_in_range(heard.early, SYNS - KEPT, SYNS - 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_alive),
		cmocka_unit_test(test_not_answered_but_going_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
