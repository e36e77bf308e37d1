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
	uint64_t judged;               /* and one on what is told of each */
	uint64_t torn;                 /* evicted while it was ESTABLISHED */
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
	heard->judged = heard->judged * 31 + c->opened * 7u + c->closed * 5u +
			c->end[TE_CLIENT].state * 3u + c->end[TE_SERVER].state +
			c->finding_count * 11 + c->number * 13;
	heard->torn +=
	    c->closed == TE_CLOSED_EVICTED && c->end[TE_CLIENT].state == TE_ESTABLISHED;
	if (c->closed == TE_CLOSED_EVICTED && c->opened == TE_OPENED_HANDSHAKE &&
	    !heard->first_open)
		heard->first_open = c->number;
}

/* Connections up to this number are told, whatever is found in them. */
static struct te_engine *engine_of(struct heard *heard, uint64_t most, uint64_t seed,
				   bool by_rules, uint64_t tell_first)
{
	struct te_sink sink = { .ctx = heard, .connection = hear };
	struct te_config config;

	te_config_init(&config);
	config.max_memory = most;
	config.seed[0] = seed;
	config.keep_transitions = config.keep_peers = by_rules;
	config.tell_first = tell_first;
	return te_engine_new(&config, &sink);
}

static struct te_engine *engine_new(struct heard *heard, uint64_t most, uint64_t seed)
{
	return engine_of(heard, most, seed, false, UINT64_MAX);
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

/* ---- whole talks ---- */

struct talk {
	struct te_engine *engine;
	uint64_t frame;
};

static void say(struct talk *talk, uint32_t client, bool server, uint8_t flags,
		uint32_t seq, uint32_t ack)
{
	struct te_segment seg = segment(client, ++talk->frame, flags);

	if (server)
		answer(&seg, flags);
	seg.frame = talk->frame;
	seg.time = (te_time)talk->frame * TE_US;
	seg.seq = (server ? 5000 : 1000) + seq;
	seg.ack = flags & TE_ACK ? (server ? 1000 : 5000) + ack : 0;
	assert_int_equal(te_engine_segment(talk->engine, &seg), TE_OK);
}

static void open_up(struct talk *talk, uint32_t client)
{
	say(talk, client, false, TE_SYN, 0, 0);
	say(talk, client, true, TE_SYN | TE_ACK, 0, 1);
	say(talk, client, false, TE_ACK, 1, 1);
}

static void close_down(struct talk *talk, uint32_t client)
{
	say(talk, client, false, TE_FIN | TE_ACK, 1, 1);
	say(talk, client, true, TE_ACK, 1, 2);
	say(talk, client, true, TE_FIN | TE_ACK, 1, 2);
	say(talk, client, false, TE_ACK, 2, 2);
}

static void finish(struct talk *talk, struct heard *heard)
{
	heard->finishing = true;
	te_engine_finish(talk->engine);
	te_engine_free(talk->engine);
}

/* What is done makes room at once, so that no open one has to go. */
static void test_done_go_first(void **state)
{
	enum { OPEN = 200, DONE = 6000 };
	struct heard heard = { 0 };
	struct talk talk = { engine_new(&heard, MOST, 1), 0 };

	(void)state;
	assert_non_null(talk.engine);
	for (uint32_t i = 1; i <= OPEN; i++)
		open_up(&talk, i);
	for (uint32_t i = OPEN + 1; i <= OPEN + DONE; i++) {
		open_up(&talk, i);
		close_down(&talk, i);
	}
	finish(&talk, &heard);
	assert_int_equal(heard.told, OPEN + DONE);
	assert_in_range(heard.evicted, DONE / 2, DONE - 1);
	assert_int_equal(heard.torn, 0);
}

/* Nor one that goes on although somebody sent a RST. */
static void test_outlives_rst(void **state)
{
	enum { DONE = 6000 };
	struct heard heard = { 0 };
	struct talk talk = { engine_new(&heard, MOST, 1), 0 };

	(void)state;
	assert_non_null(talk.engine);
	open_up(&talk, 1);
	say(&talk, 1, true, TE_RST, 4000, 0);
	for (uint32_t i = 2; i <= DONE; i++) {
		open_up(&talk, i);
		close_down(&talk, i);
		if (i % 500 == 0)
			say(&talk, 1, i % 1000 == 0, TE_ACK, 1, 1);
	}
	finish(&talk, &heard);
	assert_true(heard.evicted > DONE / 2);
	assert_int_equal(heard.told, DONE); /* no other began in its midst */
}

/* Memory also grows where no connection begins. */
static void test_growth(void **state)
{
	enum { COUNT = 3000 };
	struct heard heard = { 0 };
	struct talk talk = { engine_new(&heard, MOST, 1), 0 };

	(void)state;
	assert_non_null(talk.engine);
	for (uint32_t i = 1; i <= COUNT; i++)
		say(&talk, i, false, TE_SYN, 0, 0);
	assert_int_equal(heard.early, 0);
	for (uint32_t i = 1; i <= COUNT && !heard.early; i++)
		say(&talk, i, true, TE_SYN | TE_ACK, 0, 1);
	assert_true(heard.early > 0);
	finish(&talk, &heard);
}

struct judged {
	uint64_t told, closed[TE_CLOSED_COUNT], opened[TE_OPENED_COUNT];
	uint64_t states[2][TE_STATE_COUNT];
};

static void talk_all(struct talk *talk)
{
	for (uint32_t i = 1; i <= 12000; i++) {
		if (i % 4 == 0)
			say(talk, i, false, TE_SYN, 0, 0);
		else
			open_up(talk, i);
		if (i % 4 == 1)
			close_down(talk, i);
		if (i % 8 == 4)
			say(talk, i, true, TE_RST | TE_ACK, 0, 1);
		if (i % 8 == 2)
			say(talk, i, true, TE_ACK, 1, 1);
	}
}

static struct judged judge_all(bool by_rules, uint64_t tell_first)
{
	struct heard heard = { 0 };
	struct talk talk = { engine_of(&heard, MOST, 1, by_rules, tell_first), 0 };
	const struct te_totals *totals;
	struct judged judged;

	assert_non_null(talk.engine);
	talk_all(&talk);
	totals = te_engine_totals(talk.engine);
	assert_true(totals->closed[TE_CLOSED_EVICTED] > 6000);
	memcpy(judged.closed, totals->closed, sizeof(judged.closed));
	memcpy(judged.opened, totals->opened, sizeof(judged.opened));
	memcpy(judged.states, totals->states, sizeof(judged.states));
	judged.told = heard.judged;
	finish(&talk, &heard);
	return judged;
}

/* Where transitions are kept all are played to the rules. Who is not told is counted. */
static void test_told_as_by_rules(void **state)
{
	struct judged by_rules = judge_all(true, UINT64_MAX);
	struct judged brief = judge_all(false, UINT64_MAX), counted = judge_all(false, 0);

	(void)state;
	assert_memory_equal(&by_rules, &brief, sizeof(brief));
	counted.told = brief.told;
	assert_memory_equal(&brief, &counted, sizeof(brief));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_lost),
		cmocka_unit_test(test_same_in_every_run),
		cmocka_unit_test(test_half_open_go_first),
		cmocka_unit_test(test_done_go_first),
		cmocka_unit_test(test_outlives_rst),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_told_as_by_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
