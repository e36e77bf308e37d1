/* test_batches.c - frames by the batch are told as frames one by one
 *
 * Five connections take turns, so that each batch holds several of each: two that only
 * pass data, one whose payload is repeated with other bytes and that begins anew on its
 * addresses, one on a VLAN, one between the hosts of the first with their ports the other
 * way round; and between them frames that are no TCP, or cut, some of them
 * with a clock that runs backwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tcpends.h"

enum {
	CLIENTS = 5,
	FRAMES = 400,
	LONGEST = 128,
	ROWS = 16,
	ROW = 300,
	LINKTYPE_ETHERNET = 1
};

struct film {
	uint8_t bytes[FRAMES][LONGEST];
	struct te_frame frames[FRAMES];
	size_t count;
	te_time now;
};

/* With zeros in front. */
static uint8_t *put(uint8_t *to, uint64_t value, size_t size)
{
	while (size--)
		*to++ = size < sizeof(value) ? (uint8_t)(value >> 8 * size) : 0;
	return to;
}

static void add(struct film *film, const uint8_t *end, uint32_t cut)
{
	uint8_t *bytes = film->bytes[film->count];
	uint32_t len = (uint32_t)(end - bytes);

	assert_true(film->count < FRAMES && len <= LONGEST);
	film->now += TE_MS;
	film->frames[film->count++] = (struct te_frame){
		.time = film->now,
		.number = film->count,
		.file = 1,
		.caplen = len - cut,
		.len = len,
		.linktype = LINKTYPE_ETHERNET,
		.bytes = bytes,
	};
}

/* `n` bytes of `fill`, the last `cut` bytes of the frame not captured. */
static void tcp(struct film *film, unsigned client, bool back, uint8_t flags,
		uint32_t seq, uint32_t ack, size_t n, uint8_t fill, uint32_t cut)
{
	unsigned host = client == 5 ? 1 : client, near = client == 5 ? 80 : client;
	unsigned far = client == 5 ? 1 : 80;
	uint8_t *at = put(film->bytes[film->count], 0, 12);

	if (client == 4)
		at = put(at, 0x81000007, 4);
	at = put(at, 0x08004500, 4);
	at = put(at, 40 + n, 2);
	at = put(at, film->count, 2); /* identification */
	at = put(at, 0x00004006, 4);
	at = put(at, 0, 2);
	at = put(at, 0x0a000000 + (back ? 80 : host), 4);
	at = put(at, 0x0a000000 + (back ? host : 80), 4);
	at = put(at, back ? far : near, 2);
	at = put(at, back ? near : far, 2);
	at = put(at, seq, 4);
	at = put(at, ack, 4);
	at = put(at, 0x5000u | flags, 2);
	at = put(at, 1024, 2);
	at = put(at, 0, 4);
	memset(at, fill, n);
	add(film, at + n, cut);
}

static void arp(struct film *film, te_time step)
{
	uint8_t *at = put(film->bytes[film->count], 0, 12);

	film->now += step;
	add(film, put(put(at, 0x0806, 2), 0, 40), 0);
	film->now -= step;
}

static void open_all(struct film *film, uint32_t isn)
{
	for (unsigned client = 1; client <= CLIENTS; client++)
		tcp(film, client, false, TE_SYN, isn, 0, 0, 0, 0);
	for (unsigned client = 1; client <= CLIENTS; client++)
		tcp(film, client, true, TE_SYN | TE_ACK, isn + 50000, isn + 1, 0, 0, 0);
	for (unsigned client = 1; client <= CLIENTS; client++)
		tcp(film, client, false, TE_ACK, isn + 1, isn + 50001, 0, 0, 0);
}

static void talk(struct film *film, uint32_t isn, uint32_t round)
{
	uint32_t seq = isn + 1 + round * 20, ack = isn + 50001;

	for (unsigned client = 1; client <= CLIENTS; client++)
		tcp(film, client, false, TE_ACK, seq, ack, 20, 'a', 0);
	if (round == 5)
		tcp(film, 3, false, TE_ACK, seq, ack, 20, 'b', 0);
	if (round % 3 == 0)
		arp(film, round == 3 ? TE_SEC : round == 6 ? -TE_SEC : 0);
	if (round == 7)
		tcp(film, 2, false, TE_ACK, seq, ack, 0, 0, 10);
	for (unsigned client = 1; client <= CLIENTS; client++)
		tcp(film, client, true, TE_ACK, ack, seq + 20, 0, 0, 0);
}

static void close_some(struct film *film, uint32_t isn, uint32_t rounds)
{
	uint32_t seq = isn + 1 + rounds * 20, ack = isn + 50001;

	for (unsigned client = 1; client <= 2; client++) {
		tcp(film, client, false, TE_FIN | TE_ACK, seq, ack, 0, 0, 0);
		tcp(film, client, true, TE_FIN | TE_ACK, ack, seq + 1, 0, 0, 0);
		tcp(film, client, false, TE_ACK, seq + 1, ack + 1, 0, 0, 0);
	}
	tcp(film, 3, false, TE_SYN, isn + 900000, 0, 0, 0, 0);
	tcp(film, 3, true, TE_SYN | TE_ACK, isn + 700000, isn + 900001, 0, 0, 0);
	arp(film, 2 * TE_SEC);
}

static struct film *shoot(void)
{
	enum { ROUNDS = 12 };
	struct film *film = calloc(1, sizeof(*film));

	assert_non_null(film);
	film->now = 1000 * TE_SEC;
	open_all(film, 1000);
	for (uint32_t round = 0; round < ROUNDS; round++)
		talk(film, 1000, round);
	close_some(film, 1000, ROUNDS);
	return film;
}

struct told {
	char rows[ROWS][ROW];
	size_t count, passed;
	const struct te_engine *followed; /* the end so far is told, too */
	struct te_totals totals;
};

static int put_end(char *to, size_t size, const struct te_end_view *end)
{
	return snprintf(to, size, " %u: %d, %d segments, %d bytes, %d again, rtt %d",
			end->port, (int)end->state, (int)end->packets, (int)end->bytes,
			(int)end->retransmits, (int)end->rtt);
}

static void hear(void *ctx, const struct te_connection *c)
{
	struct told *told = ctx;
	char *row = told->rows[told->count];
	size_t n;

	assert_true(told->count++ < ROWS);
	n = (size_t)snprintf(row, ROW, "%d opened %d closed %d at %d.", (int)c->number,
			     (int)c->opened, (int)c->closed, (int)(c->last / TE_US));
	for (int end = TE_CLIENT; end <= TE_SERVER; end++)
		n += (size_t)put_end(row + n, ROW - n, &c->end[end]);
	for (size_t i = 0; i < c->finding_count && n < ROW; i++)
		n +=
		    (size_t)snprintf(row + n, ROW - n, " %s(%d)", c->findings[i].rule->id,
				     (int)c->findings[i].frames[0]);
	if (told->followed && n < ROW)
		snprintf(row + n, ROW - n, " by %d",
			 (int)(te_engine_totals(told->followed)->end / TE_US));
}

static void hear_passing(void *ctx, const struct te_passing *passing)
{
	struct told *told = ctx;

	(void)passing;
	told->passed++;
}

/* In batches of `size`; 0: one by one, by te_engine_frame(). */
static void tell(const struct film *film, size_t size, bool follow, struct told *told)
{
	struct te_sink sink = { .ctx = told,
				.connection = hear,
				.passing = follow ? hear_passing : NULL };
	struct te_engine *engine;
	struct te_config config;

	memset(told, 0, sizeof(*told));
	te_config_init(&config);
	config.checksum = TE_SUM_IGNORE;
	engine = te_engine_new(&config, &sink);
	assert_non_null(engine);
	told->followed = follow ? engine : NULL;
	for (size_t i = 0, n; i < film->count; i += n) {
		n = film->count - i < size ? film->count - i : size ? size : 1;
		if (size)
			assert_int_equal(te_engine_frames(engine, &film->frames[i], n),
					 TE_OK);
		else
			te_engine_frame(engine, &film->frames[i]);
	}
	te_engine_finish(engine);
	told->totals = *te_engine_totals(engine);
	te_engine_free(engine);
}

static void tell_alike(bool follow)
{
	static const size_t sizes[] = { 1, 2, 7, 15, 16, 17, 64, 100 };
	struct film *film = shoot();
	struct told want, got;

	tell(film, 0, follow, &want);
	assert_int_equal(want.count, CLIENTS + 1);
	assert_int_equal(want.totals.not_tcp, 5);
	assert_int_equal(want.totals.truncated, 1);
	assert_int_equal(want.totals.tunnelled, 3 + 2 * 12); /* client 4 */
	assert_non_null(strstr(want.rows[0], " overlap-conflict("));
	assert_int_equal(want.passed, follow ? want.totals.tcp_packets : 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		tell(film, sizes[i], follow, &got);
		assert_int_equal(got.count, want.count);
		assert_int_equal(got.passed, want.passed);
		for (size_t k = 0; k < want.count; k++)
			assert_string_equal(got.rows[k], want.rows[k]);
		assert_memory_equal(&got.totals, &want.totals, sizeof(want.totals));
	}
	free(film);
}

static void test_batches(void **state)
{
	(void)state;
	tell_alike(false);
}

/* Who hears of segments as they pass may ask when the last frame came. */
static void test_followed(void **state)
{
	(void)state;
	tell_alike(true);
}

/* The latest, whatever came after it, and whether or not it was TCP. */
static void test_end(void **state)
{
	struct film *film = shoot();
	te_time latest = 0;
	struct told told;

	(void)state;
	for (size_t i = 0; i < film->count; i++)
		if (film->frames[i].time > latest)
			latest = film->frames[i].time;
	for (size_t size = 0; size <= 32; size += 16) {
		tell(film, size, false, &told);
		assert_int_equal(told.totals.start, film->frames[0].time);
		assert_int_equal(told.totals.end, latest);
	}
	free(film);
}

/* One is opened and closed, but for the last ACK. */
static struct film *shoot_fins(void)
{
	struct film *film = calloc(1, sizeof(*film));

	assert_non_null(film);
	film->now = 1000 * TE_SEC;
	tcp(film, 1, false, TE_SYN, 1000, 0, 0, 0, 0);
	tcp(film, 1, true, TE_SYN | TE_ACK, 5000, 1001, 0, 0, 0);
	tcp(film, 1, false, TE_ACK, 1001, 5001, 0, 0, 0);
	tcp(film, 1, false, TE_FIN | TE_ACK, 1001, 5001, 0, 0, 0);
	tcp(film, 1, true, TE_FIN | TE_ACK, 5001, 1002, 0, 0, 0);
	return film;
}

/* One is closed, and rests for longer than 2MSL, before another begins. */
static struct film *shoot_rest(void)
{
	struct film *film = shoot_fins();

	tcp(film, 1, false, TE_ACK, 1002, 5002, 0, 0, 0);
	film->now += 61 * TE_SEC;
	tcp(film, 2, false, TE_SYN, 1000, 0, 0, 0, 0);
	return film;
}

static struct te_engine *begin_due(struct told *told, bool whole)
{
	struct te_sink sink = { .ctx = told, .connection = hear };
	struct te_engine *engine;
	struct te_config config;

	te_config_init(&config);
	config.checksum = TE_SUM_IGNORE;
	config.keep_whole = whole;
	engine = te_engine_new(&config, &sink);
	assert_non_null(engine);
	return engine;
}

/* The last frame shows that the time of the first connection has come: it is told then,
 * the others at the end. */
static void tell_first_early(struct film *film, size_t connections)
{
	for (int whole = 0; whole < 2; whole++) {
		struct told told = { .count = 0 };
		struct te_engine *engine = begin_due(&told, whole);

		te_engine_frames(engine, film->frames, film->count - 1);
		assert_int_equal(told.count, 0);
		te_engine_frames(engine, &film->frames[film->count - 1], 1);
		assert_int_equal(told.count, 1);
		te_engine_finish(engine);
		assert_int_equal(told.count, connections);
		te_engine_free(engine);
	}
	free(film);
}

static void test_due(void **state)
{
	(void)state;
	tell_first_early(shoot_rest(), 2);
}

/* The last ACK comes when 2MSL is over already, and the connection with it, another 2MSL
 * later. */
static struct film *shoot_late(void)
{
	struct film *film = shoot_fins();

	film->now += 61 * TE_SEC;
	tcp(film, 2, false, TE_SYN, 1000, 0, 0, 0, 0);
	tcp(film, 1, false, TE_ACK, 1002, 5002, 0, 0, 0);
	film->now += 61 * TE_SEC;
	tcp(film, 3, false, TE_SYN, 1000, 0, 0, 0, 0);
	return film;
}

static void test_late(void **state)
{
	(void)state;
	tell_first_early(shoot_late(), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batches), cmocka_unit_test(test_followed),
		cmocka_unit_test(test_end),     cmocka_unit_test(test_due),
		cmocka_unit_test(test_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
