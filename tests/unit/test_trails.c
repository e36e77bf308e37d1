/* test_trails.c - what is written behind a trail is read from it, and where it lies */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "trails.h"

enum { MOST = 128 };

/* Fields go through extremes that follow from `n`. */
static uint32_t odd(uint32_t n)
{
	static const uint32_t values[] = { 0,        1,          0xff,       0x100,
					   0xffff,   0x10000,    0x7fffffff, 0x80000000,
					   0xffffff, UINT32_MAX, 0x1000000,  42 };

	return values[n % (sizeof(values) / sizeof(values[0]))];
}

static struct te_segment syn(uint32_t client, bool ipv6)
{
	struct te_segment seg = { .time = 1000 * TE_SEC,
				  .frame = client * 100 + 1,
				  .file = 1,
				  .ip_version = ipv6 ? 6 : 4,
				  .ttl = 64,
				  .src_port = 40000,
				  .dst_port = 80,
				  .has = TE_HAS_MSS | TE_HAS_WSCALE | TE_HAS_TS,
				  .seq = 1000,
				  .window = 64240,
				  .flags = TE_SYN,
				  .wscale = 7,
				  .mss = 1460,
				  .tsval = client };

	memcpy(seg.src.bytes, &client, sizeof(client));
	seg.dst.bytes[0] = 192;
	return seg;
}

static void turn(struct te_segment *seg)
{
	struct te_addr src = seg->src;
	uint16_t port = seg->src_port;

	seg->src = seg->dst;
	seg->dst = src;
	seg->src_port = seg->dst_port;
	seg->dst_port = port;
}

/* Every field, one by one and together, and long steps of time. */
static void next(struct te_segment *seg, uint32_t n)
{
	static const te_time steps[] = { 0, TE_US, 1, TE_SEC, 71 * 60 * TE_SEC, 999 };

	if (n % 3 == 0)
		turn(seg);
	seg->time += steps[n % 6];
	seg->frame += n % 7 ? 1 : 70000;
	seg->seq = n % 2 ? seg->seq + seg->len : odd(n);
	seg->ack = n % 5 ? 77 : odd(n + 3);
	seg->flags = n % 11 == 10 ? TE_URG | TE_ACK : TE_ACK;
	seg->len = n % 4 ? 0 : odd(n) & 0xffff;
	seg->window = n % 3 ? 502 : (uint16_t)odd(n);
	seg->ip_id = n % 5 ? (uint16_t)(seg->ip_id + 1) : 0;
	seg->ttl = n % 9 ? 64 : (uint8_t)n;
	seg->has = (uint16_t)((n % 8 ? TE_HAS_TS : 0) | (n % 6 ? 0 : TE_HAS_SACK) |
			      (n % 13 ? 0 : TE_HAS_MSS | TE_HAS_SACK_OK));
	seg->tsval = n % 8 ? odd(n * 7) : 0;
	seg->tsecr = n % 8 ? odd(n * 5) : 0;
	seg->sack_right = n % 6 ? 0 : odd(n);
	seg->mss = n % 13 ? 0 : 536;
	seg->wscale = 0;
}

static void assert_same(const struct te_segment *a, const struct te_segment *b)
{
	assert_int_equal(a->time, b->time);
	assert_int_equal(a->frame, b->frame);
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->ack, b->ack);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->len, b->len);
	assert_int_equal(a->window, b->window);
	assert_int_equal(a->ip_id, b->ip_id);
	assert_int_equal(a->ttl, b->ttl);
	assert_int_equal(a->has, b->has);
	assert_int_equal(a->tsval, b->tsval);
	assert_int_equal(a->tsecr, b->tsecr);
	assert_int_equal(a->sack_right, b->sack_right);
	assert_memory_equal(&a->src, &b->src, sizeof(a->src));
	assert_memory_equal(&a->dst, &b->dst, sizeof(a->dst));
	assert_int_equal(a->src_port, b->src_port);
	if (a->has & TE_HAS_MSS)
		assert_int_equal(a->mss, b->mss);
	if (a->has & TE_HAS_WSCALE)
		assert_int_equal(a->wscale, b->wscale);
}

static void assert_reads(const struct trail *trail, const struct te_segment *want,
			 unsigned count)
{
	struct trail_reader reader;
	struct te_segment seg = { 0 };
	int from;

	trail_read(&reader, trail);
	for (unsigned i = 0; i < count; i++) {
		from = trail_next(&reader, &seg);
		assert_in_range(from, 0, 1);
		trail_address(trail, (unsigned)from, &seg);
		assert_same(&seg, &want[i]);
	}
	assert_int_equal(trail_next(&reader, &seg), -1);
}

/* From `start` on, so that each odd field stands at each place of a cell. */
static void check_trail(uint32_t start, bool ipv6)
{
	struct trails *trails = trails_new(false);
	struct te_segment segs[MOST] = { syn(start, ipv6) };
	struct trail *trail = NULL;
	unsigned count = 1, from;

	assert_non_null(trails);
	assert_true(trails_begin(trails, &segs[0], start, 1));
	for (bool more = true; more; count += more) {
		struct te_segment *seg = &segs[count];

		assert_true(count < MOST);
		*seg = segs[count - 1];
		next(seg, start + count);
		trail = trails_find(trails, seg, start, &from);
		assert_non_null(trail);
		assert_int_equal(from, seg->src_port == 80);
		assert_reads(trail, segs, count);
		more = trails_append(trails, &trail, seg, from);
	}
	assert_true(count > 4); /* cells */
	assert_reads(trail, segs, count);
	assert_int_equal(trail_last(trail), segs[count - 1].time);
	trails_drop(trails, trail);
	assert_null(trails_find(trails, &segs[0], start, &from));
	trails_free(trails);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (uint32_t start = 0; start < 500; start++)
		check_trail(start, start & 1);
}

/* Of many, some lone, some long, some gone and their place taken again. */
static void fill(struct trails *trails, uint32_t count, bool *gone)
{
	struct trail *trail;
	unsigned from;

	for (uint32_t i = 0; i < count; i++) {
		struct te_segment seg = syn(i, i % 4 == 3);

		assert_true(trails_begin(trails, &seg, i * 7, i + 1));
		for (uint32_t n = 0; n < i % 12; n++) {
			seg.frame++;
			seg.flags = TE_ACK;
			seg.has = TE_HAS_TS;
			seg.seq = odd(n);
			trail = trails_find(trails, &seg, i * 7, &from);
			assert_non_null(trail);
			assert_true(trails_append(trails, &trail, &seg, from));
		}
		if (i % 5 == 4) {
			uint32_t victim = i / 2;
			struct te_segment first = syn(victim, victim % 4 == 3);

			trail = trails_find(trails, &first, victim * 7, &from);
			if (trail)
				trails_drop(trails, trail);
			gone[victim] = true;
		}
	}
}

static void test_order(void **state)
{
	enum { COUNT = 20000 };
	bool *gone = calloc(COUNT, sizeof(*gone)), *seen = calloc(COUNT, sizeof(*seen));
	struct trails *trails = trails_new(false);
	const struct trail *trail;
	uint32_t name = 0, n = 0, visited = 0;

	(void)state;
	assert_true(gone && seen && trails);
	fill(trails, COUNT, gone);
	while ((trail = trails_next(trails, &name))) {
		assert_in_range(trail->number, 1, COUNT);
		assert_false(seen[trail->number - 1]);
		seen[trail->number - 1] = true;
		visited++;
	}
	trails_sort(trails);
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_int_equal(seen[i], !gone[i]);
		if (gone[i])
			continue;
		trail = trails_at(trails, 0);
		assert_non_null(trail);
		assert_int_equal(trail->number, i + 1);
		assert_int_equal(trail->count, 1 + i % 12);
		trails_take_first(trails);
		n++;
	}
	assert_null(trails_at(trails, 0));
	assert_int_equal(n, visited);
	trails_free(trails);
	free(gone);
	free(seen);
}

static void test_memory(void **state)
{
	enum { COUNT = 1000 };
	struct trails *trails = trails_new(false);
	struct te_segment seg;
	uint64_t lone, full;
	unsigned from;

	(void)state;
	assert_non_null(trails);
	for (int round = 0; round < 3; round++) {
		uint64_t before = trails_memory(trails);

		for (uint32_t i = 0; i < COUNT; i++) {
			seg = syn(i, false);
			assert_true(trails_begin(trails, &seg, i, i + 1));
		}
		lone = trails_memory(trails);
		assert_true(round == 0 || lone - before == COUNT * 64);
		for (uint32_t i = 0; i < COUNT; i++) {
			struct trail *trail;

			seg = syn(i, false);
			trail = trails_find(trails, &seg, i, &from);
			turn(&seg);
			seg.frame++;
			seg.flags = TE_RST | TE_ACK;
			assert_true(trails_append(trails, &trail, &seg, 1));
		}
		full = trails_memory(trails);
		assert_int_equal(full - lone, COUNT * (96 + 64 - 64));
		for (uint32_t i = 0; i < COUNT; i++) {
			seg = syn(i, false);
			trails_drop(trails, trails_find(trails, &seg, i, &from));
		}
		while (trails_waiting(trails))
			trails_unqueue(trails, false);
		assert_int_equal(full - trails_memory(trails), COUNT * (96 + 64));
	}
	trails_free(trails);
}

static struct trail *add(struct trails *trails, struct te_segment *seg, uint8_t flags)
{
	struct trail *trail;
	unsigned from;

	seg->frame++;
	seg->flags = flags;
	trail = trails_find(trails, seg, 0, &from);
	assert_non_null(trail);
	assert_true(trails_append(trails, &trail, seg, from));
	return trail;
}

/* One that closes waits, and again if a segment comes after it was found not to be over.
 */
static void test_queue(void **state)
{
	struct trails *trails = trails_new(false);
	struct te_segment seg = syn(0, false);
	const struct trail *trail;

	(void)state;
	assert_non_null(trails);
	assert_true(trails_begin(trails, &seg, 0, 1));
	add(trails, &seg, TE_FIN | TE_ACK);
	assert_null(trails_waiting(trails));
	turn(&seg);
	trail = add(trails, &seg, TE_FIN | TE_ACK);
	assert_ptr_equal(trails_waiting(trails), trail);
	assert_false(trail->bits & TRAIL_TOUCHED);
	add(trails, &seg, TE_ACK);
	assert_true(trail->bits & TRAIL_TOUCHED);
	trails_unqueue(trails, false);
	assert_null(trails_waiting(trails));
	add(trails, &seg, TE_ACK);
	assert_ptr_equal(trails_waiting(trails), trail);
	trails_free(trails);
}

static void hear(void *ctx, const struct te_connection *c)
{
	uint64_t *last = ctx;

	assert_int_equal(c->number, *last + 1);
	*last = c->number;
}

/* A repeated SYN ends a trail. The later one's comes first. */
static void test_telling(void **state)
{
	uint64_t last = 0;
	struct te_sink sink = { .ctx = &last, .connection = hear };
	struct te_segment segs[6] = { syn(1, false), syn(2, false), syn(3, false),
				      syn(3, false), syn(1, false), syn(4, true) };
	struct te_config config;
	struct te_engine *engine;

	(void)state;
	te_config_init(&config);
	config.keep_peers = config.keep_transitions = false;
	engine = te_engine_new(&config, &sink);
	assert_non_null(engine);
	for (unsigned i = 0; i < 6; i++) {
		segs[i].frame = i + 1;
		segs[i].time += i * TE_SEC;
		assert_int_equal(te_engine_segment(engine, &segs[i]), TE_OK);
	}
	te_engine_finish(engine);
	assert_int_equal(last, 4);
	te_engine_free(engine);
}

/* Where the ports do not tell who sends, the addresses do. */
static void test_same_ports(void **state)
{
	struct trails *trails = trails_new(false);
	struct te_segment seg = syn(7, false);
	unsigned from = 9;

	(void)state;
	assert_non_null(trails);
	seg.src_port = seg.dst_port = 179;
	assert_true(trails_begin(trails, &seg, 0, 1));
	assert_non_null(trails_find(trails, &seg, 0, &from));
	assert_int_equal(from, 0);
	turn(&seg);
	assert_non_null(trails_find(trails, &seg, 0, &from));
	assert_int_equal(from, 1);
	seg.src.bytes[3]++;
	assert_null(trails_find(trails, &seg, 0, &from));
	trails_free(trails);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_queue),
		cmocka_unit_test(test_order),      cmocka_unit_test(test_memory),
		cmocka_unit_test(test_telling),    cmocka_unit_test(test_same_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
