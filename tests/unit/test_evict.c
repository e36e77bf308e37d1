/* test_evict.c - who goes when memory is short, and that nothing is lost */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tcpends.h"

enum { MOST = 1 << 20, SYNS = 40000 };

struct heard {
	uint64_t told, evicted, early; /* early: while segments still came */
	uint64_t order;                /* a sum that depends on it */
	uint64_t first_open;           /* number of the first that was told as evicted
					  although it was open */
	bool finishing;
};

static void hear(void *ctx, const struct te_connection *c)
{
	struct heard *heard = ctx;

	heard->told++;
	heard->evicted += c->closed == TE_CLOSED_EVICTED;
	heard->early += !heard->finishing;
	heard->order = heard->order * 31 + c->number;
	if (c->closed == TE_CLOSED_EVICTED && c->opened == TE_OPENED_HANDSHAKE &&
	    !heard->first_open)
		heard->first_open = c->number;
}

static struct te_engine *engine_new(struct heard *heard, uint64_t most, uint64_t seed)
{
	struct te_sink sink = { .ctx = heard, .connection = hear };
	struct te_config config;

	te_config_init(&config);
	config.max_memory = most;
	config.seed[0] = seed;
	return te_engine_new(&config, &sink);
}

static struct te_segment segment(uint32_t client, uint64_t frame, uint8_t flags)
{
	struct te_segment seg = { .time = (te_time)frame * TE_US,
				  .frame = frame,
				  .file = 1,
				  .ip_version = 4,
				  .ttl = 64,
				  .src_port = 40000,
				  .dst_port = 80,
				  .seq = 1000,
				  .window = 1024,
				  .flags = flags };

	memcpy(seg.src.bytes, &client, sizeof(client));
	seg.dst.bytes[0] = 192;
	return seg;
}

static void answer(struct te_segment *seg, uint8_t flags)
{
	struct te_addr src = seg->src;

	seg->src = seg->dst;
	seg->dst = src;
	seg->src_port = 80;
	seg->dst_port = 40000;
	seg->flags = flags;
	seg->ack = 1001;
	seg->seq = 5000;
	seg->frame++;
	seg->time += TE_US;
}

static struct heard flood(uint64_t most, uint64_t seed)
{
	struct heard heard = { 0 };
	struct te_engine *engine = engine_new(&heard, most, seed);

	assert_non_null(engine);
	for (uint32_t i = 1; i <= SYNS; i++) {
		struct te_segment seg = segment(i, i, TE_SYN);

		assert_int_equal(te_engine_segment(engine, &seg), TE_OK);
	}
	heard.finishing = true;
	te_engine_finish(engine);
	te_engine_free(engine);
	return heard;
}

static void test_nothing_is_lost(void **state)
{
	struct heard all = flood(0, 1), few = flood(MOST, 1);

	(void)state;
	assert_int_equal(all.told, SYNS);
	assert_int_equal(all.evicted + all.early, 0);
	assert_int_equal(few.told, SYNS);
	assert_int_equal(few.evicted, few.early);
	assert_true(few.evicted > SYNS / 2 && few.evicted < SYNS);
}

/* The order in which they go is that of memory and age, not of a secret hash. */
static void test_same_in_every_run(void **state)
{
	(void)state;
	assert_int_equal(flood(MOST, 1).order, flood(MOST, 2).order);
}

/* An open connection outlives a flood. */
static void test_half_open_go_first(void **state)
{
	struct heard heard = { 0 };
	struct te_engine *engine = engine_new(&heard, MOST, 1);
	struct te_segment seg = segment(0xffffffff, 1, TE_SYN);

	(void)state;
	assert_non_null(engine);
	te_engine_segment(engine, &seg);
	answer(&seg, TE_SYN | TE_ACK);
	te_engine_segment(engine, &seg);
	seg = segment(0xffffffff, 3, TE_ACK);
	seg.seq = 1001;
	seg.ack = 5001;
	te_engine_segment(engine, &seg);
	for (uint32_t i = 1; i <= SYNS; i++) {
		seg = segment(i, i + 3, TE_SYN);
		te_engine_segment(engine, &seg);
	}
	heard.finishing = true;
	te_engine_finish(engine);
	te_engine_free(engine);
	assert_true(heard.evicted > 0);
	assert_int_equal(heard.first_open, 0);
	assert_int_equal(heard.told, SYNS + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_lost),
		cmocka_unit_test(test_same_in_every_run),
		cmocka_unit_test(test_half_open_go_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
