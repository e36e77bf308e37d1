/* test_trails.c - what is written behind a trail is read from it, and where it lies */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "trails.h"

enum { MOST = 128, TALK = 20 };

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

static bool begin(struct trails *trails, const struct te_segment *seg, uint64_t hash,
		  uint32_t number)
{
	struct trails_place place;

	trails_begin_place(&place, hash);
	return trails_begin(trails, seg, &place, number);
}

static struct trail *find(struct trails *trails, const struct te_segment *seg,
			  uint64_t hash, unsigned *from)
{
	struct trails_place place;
	struct trails_found found;

	trails_begin_place(&place, hash);
	found = trails_find(trails, seg, &place);
	*from = found.from;
	return found.trail;
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
	assert_int_equal(a->file, b->file);
	assert_int_equal(a->vlan, b->vlan);
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
	assert_true(begin(trails, &segs[0], start, 1));
	for (bool more = true; more; count += more) {
		struct te_segment *seg = &segs[count];

		assert_true(count < MOST);
		*seg = segs[count - 1];
		next(seg, start + count);
		trail = find(trails, seg, start, &from);
		assert_non_null(trail);
		assert_int_equal(from, seg->src_port == 80);
		assert_reads(trail, segs, count);
		more = trails_append(trails, trail, seg, from);
		trail = find(trails, seg, start, &from);
	}
	assert_true(count > 4); /* cells */
	assert_reads(trail, segs, count);
	assert_int_equal(trail_last(trail), segs[count - 1].time);
	trails_drop(trails, trail);
	assert_null(find(trails, &segs[0], start, &from));
	trails_free(trails);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (uint32_t start = 0; start < 500; start++)
		check_trail(start, start & 1);
}

/* ---- as expected, but for one thing ---- */

/* Added to a segment that is as it is expected to be; `has` is turned over. */
static const struct te_segment odds[] = {
	{ 0 },
	{ .time = 1 },
	{ .time = TE_US * 0xfe },
	{ .time = TE_US * 0xff },
	{ .time = TE_US * 0xffff },
	{ .time = TE_US * 0xfffffe },
	{ .time = TE_US * 0xffffff },
	{ .time = UINT32_MAX - TE_US },
	{ .time = UINT32_MAX },
	{ .time = -2 * TE_US },
	{ .time = TE_US * UINT32_MAX },
	{ .frame = 0xff },
	{ .frame = 0x100 },
	{ .frame = 0xffff },
	{ .frame = 0xffffff },
	{ .frame = 0x1000000 },
	{ .frame = UINT32_MAX },
	{ .frame = UINT64_MAX },
	{ .file = 1 },
	{ .file = 0x100 },
	{ .ip_id = 1 },
	{ .ip_id = 0xffff },
	{ .ttl = 1 },
	{ .ttl = 192 },
	{ .seq = 1 },
	{ .seq = UINT32_MAX },
	{ .ack = 1 },
	{ .window = 1 },
	{ .window = 0xffff },
	{ .window = 1, .len = 1, .tsval = 0x100 },
	{ .window = 1, .len = 0xffff, .tsval = 0xffff },
	{ .flags = TE_PSH },
	{ .flags = TE_FIN },
	{ .flags = TE_SYN },
	{ .flags = TE_RST },
	{ .flags = TE_URG },
	{ .flags = (uint8_t)-TE_ACK },
	{ .flags = (uint8_t)(TE_SYN - TE_ACK) },
	{ .flags = (uint8_t)(TE_RST - TE_ACK) },
	{ .len = 1 },
	{ .len = 0xffff },
	{ .len = 0x10000 },
	{ .vlan = 1 },
	{ .has = TE_HAS_VLAN },
	{ .has = TE_HAS_TS },
	{ .has = TE_HAS_SACK, .sack_right = 7 },
	{ .has = TE_HAS_MSS, .mss = 536 },
	{ .has = TE_HAS_WSCALE, .wscale = 15 },
	{ .wscale = 12 },
	{ .has = TE_BAD_OPTION },
	{ .tsval = 0xff },
	{ .tsval = 0x100 },
	{ .tsval = 0xffff },
	{ .tsval = 0x10000 },
	{ .tsval = UINT32_MAX },
	{ .tsecr = 1 },
};

static void make_odd(struct te_segment *seg, const struct te_segment *by)
{
	seg->time += by->time;
	seg->frame += by->frame;
	seg->file += by->file;
	seg->ip_id = (uint16_t)(seg->ip_id + by->ip_id);
	seg->ttl = (uint8_t)(seg->ttl + by->ttl);
	seg->seq += by->seq;
	seg->ack += by->ack;
	seg->window = (uint16_t)(seg->window + by->window);
	seg->flags = (uint8_t)(seg->flags + by->flags);
	seg->len += by->len;
	seg->vlan = (uint16_t)(seg->vlan + by->vlan);
	seg->has ^= by->has;
	seg->mss = by->mss;
	seg->wscale = (uint8_t)(seg->wscale + by->wscale);
	seg->sack_right = by->sack_right;
	if (seg->has & TE_HAS_TS) {
		seg->tsval += by->tsval;
		seg->tsecr += by->tsecr;
	} else {
		seg->tsval = seg->tsecr = 0;
	}
}

static uint32_t end_of(const struct te_segment *seg)
{
	return seg->seq + seg->len + !!(seg->flags & TE_SYN) + !!(seg->flags & TE_FIN);
}

/* What follows `own` in answer to `peer`, as it is expected. */
static struct te_segment follow(const struct te_segment *own,
				const struct te_segment *peer)
{
	struct te_segment seg = *own;
	const struct te_segment *late = own->frame > peer->frame ? own : peer;

	seg.time = late->time + TE_US;
	seg.frame = late->frame + 1;
	seg.flags = TE_ACK;
	seg.seq = end_of(own);
	seg.ack = end_of(peer);
	seg.len = seg.mss = 0;
	seg.sack_right = 0;
	seg.ttl = 64;
	seg.ip_id = (uint16_t)(own->ip_id + !!own->ip_id);
	seg.has = own->has & TE_HAS_TS;
	seg.tsecr = seg.has ? peer->tsval : 0;
	seg.wscale = 0;
	return seg;
}

static void begin_talk(struct te_segment *segs, bool ipv6, bool stamps)
{
	segs[0] = syn(5, ipv6);
	segs[0].has = (uint16_t)(stamps ? segs[0].has : segs[0].has & ~TE_HAS_TS);
	segs[0].tsval = stamps ? 0x11223344 : 0;
	segs[1] = segs[0];
	turn(&segs[1]);
	segs[1] = follow(&segs[1], &segs[0]);
	segs[1].flags = TE_SYN | TE_ACK;
	segs[1].seq = 5000;
	segs[1].ip_id = 17;
	segs[1].has = segs[0].has;
	segs[1].mss = 1400;
	segs[1].wscale = 3;
}

/* The `odd_at`th is odd, and all is read as it was up to one that is not taken; so is
 * all of a neighbour, whose cells lie between. */
static void check_odd(const struct te_segment *by, unsigned odd_at, bool ipv6,
		      bool stamps)
{
	struct trails *trails = trails_new(false);
	struct te_segment segs[TALK], others[TALK];
	unsigned count = 1, from;
	struct trail *trail;
	bool taken = true;

	assert_non_null(trails);
	begin_talk(segs, ipv6, stamps);
	assert_true(begin(trails, &segs[0], 0, 1));
	others[0] = syn(6, true);
	assert_true(begin(trails, &others[0], 1, 2));
	for (; count < TALK && taken; count += taken) {
		struct te_segment *seg = &segs[count];

		if (count > 1)
			*seg = follow(&seg[-2], &seg[-1]);
		if (count == odd_at)
			make_odd(seg, by);
		others[count] = follow(&others[count - 1], &others[count - 1]);
		taken =
		    trails_append(trails, find(trails, seg, 0, &from), seg, count & 1);
		assert_true(trails_append(trails, find(trails, &others[0], 1, &from),
					  &others[count], 0));
	}
	assert_true(count >= odd_at);
	assert_reads(find(trails, &segs[0], 0, &from), segs, count);
	assert_reads(find(trails, &others[0], 1, &from), others, count + !taken);
	trail = trails_next(trails, NULL); /* from block to block */
	assert_non_null(trail);
	trail = trails_next(trails, trail);
	assert_non_null(trail);
	assert_null(trails_next(trails, trail));
	trails_free(trails);
}

/* At each place of a cell, of IPv6 and without timestamps, too. */
static void test_odd(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(odds) / sizeof(odds[0]); i++)
		for (unsigned n = 0; n < (TALK - 1) * 4; n++)
			check_odd(&odds[i], n / 4 + 1, n & 1, n & 2);
}

/* How many are kept of one in which all is as expected. A longer one is a connection of
 * its own, and in the order in which they are told that can be seen. */
static void test_most(void **state)
{
	struct trails *trails = trails_new(false);
	struct te_segment segs[MOST];
	unsigned count = 1, from;

	(void)state;
	assert_non_null(trails);
	begin_talk(segs, false, true);
	assert_true(begin(trails, &segs[0], 0, 1));
	for (; count < MOST; count++) {
		if (count > 1) {
			segs[count] = follow(&segs[count - 2], &segs[count - 1]);
			segs[count].len = count % 3 ? 0 : 100;
			segs[count].tsval += count % 4 * 0x80;
		}
		if (!trails_append(trails, find(trails, &segs[count], 0, &from),
				   &segs[count], count & 1))
			break;
	}
	assert_int_equal(count, 37);
	assert_reads(find(trails, &segs[0], 0, &from), segs, count);
	trails_free(trails);
}

/* Of many, some lone, some long, some gone and their place taken again. */
static void fill(struct trails *trails, uint32_t count, bool *gone)
{
	struct trail *trail;
	unsigned from;

	for (uint32_t i = 0; i < count; i++) {
		struct te_segment seg = syn(i, i % 4 == 3);

		assert_true(begin(trails, &seg, i * 7, i + 1));
		for (uint32_t n = 0; n < i % 12; n++) {
			seg.frame++;
			seg.flags = TE_ACK;
			seg.has = TE_HAS_TS;
			seg.seq = odd(n);
			trail = find(trails, &seg, i * 7, &from);
			assert_non_null(trail);
			assert_true(trails_append(trails, trail, &seg, from));
		}
		if (i % 5 == 4) {
			uint32_t victim = i / 2;
			struct te_segment first = syn(victim, victim % 4 == 3);

			trail = find(trails, &first, victim * 7, &from);
			if (trail)
				trails_drop(trails, trail);
			gone[victim] = true;
		}
	}
}

/* The more often it has doubled, the fewer. */
static uint32_t near_end(uint32_t i)
{
	return (0u - i * 2654435761u % 50) ^ 1u << i % 16;
}

/* In slots that run over the end of the index, with gaps that close, while it grows. */
static void test_index(void **state)
{
	enum { COUNT = 5000 };
	struct trails *trails = trails_new(false);
	struct te_segment seg;
	unsigned from;

	(void)state;
	assert_non_null(trails);
	for (uint32_t i = 0; i < COUNT; i++) {
		seg = syn(i, i % 4 == 3);
		assert_true(begin(trails, &seg, near_end(i), i + 1));
		if (i % 3)
			continue;
		seg = syn(i / 2, i / 2 % 4 == 3);
		trails_drop(trails, find(trails, &seg, near_end(i / 2), &from));
		assert_null(find(trails, &seg, near_end(i / 2), &from));
	}
	for (uint32_t i = COUNT / 2; i < COUNT; i++) {
		struct trail *trail;

		seg = syn(i, i % 4 == 3);
		trail = find(trails, &seg, near_end(i), &from);
		assert_non_null(trail);
		assert_int_equal(trail->number, i + 1);
	}
	trails_free(trails);
}

static void test_order(void **state)
{
	enum { COUNT = 20000 };
	bool *gone = calloc(COUNT, sizeof(*gone)), *seen = calloc(COUNT, sizeof(*seen));
	struct trails *trails = trails_new(false);
	const struct trail *trail = NULL;
	uint32_t n = 0, visited = 0;

	(void)state;
	assert_true(gone && seen && trails);
	fill(trails, COUNT, gone);
	while ((trail = trails_next(trails, trail))) {
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
		trail = trails_first(trails);
		assert_non_null(trail);
		assert_int_equal(trail->number, i + 1);
		assert_int_equal(trail->count, 1 + i % 12);
		trails_take_first(trails);
		n++;
	}
	assert_null(trails_first(trails));
	assert_int_equal(n, visited);
	trails_free(trails);
	free(gone);
	free(seen);
}

/* One takes the place of another that is gone; else, they lie as they came. */
static void test_order_of_lone(void **state)
{
	struct trails *trails = trails_new(false);
	struct te_segment seg;
	unsigned from;

	(void)state;
	assert_non_null(trails);
	for (uint32_t i = 1; i <= 8; i++) {
		seg = syn(i, i % 4 == 0);
		assert_true(begin(trails, &seg, i, i));
		if (i != 5)
			continue;
		seg = syn(3, false);
		trails_drop(trails, find(trails, &seg, 3, &from));
	}
	trails_sort(trails);
	for (uint32_t i = 1; i <= 8; i++) {
		if (i == 3)
			continue;
		assert_non_null(trails_first(trails));
		assert_int_equal(trails_first(trails)->number, i);
		trails_take_first(trails);
	}
	assert_null(trails_first(trails));
	trails_free(trails);
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
			assert_true(begin(trails, &seg, i, i + 1));
		}
		lone = trails_memory(trails);
		assert_true(round == 0 || lone - before == COUNT * 64);
		for (uint32_t i = 0; i < COUNT; i++) {
			struct trail *trail;

			seg = syn(i, false);
			trail = find(trails, &seg, i, &from);
			turn(&seg);
			seg.frame++;
			seg.flags = TE_RST | TE_ACK;
			assert_true(trails_append(trails, trail, &seg, 1));
		}
		full = trails_memory(trails);
		assert_int_equal(full - lone, COUNT * (112 + 64 - 64));
		for (uint32_t i = 0; i < COUNT; i++) {
			seg = syn(i, false);
			trails_drop(trails, find(trails, &seg, i, &from));
		}
		while (trails_waiting(trails))
			trails_unqueue(trails, false);
		assert_int_equal(full - trails_memory(trails), COUNT * (112 + 64));
	}
	trails_free(trails);
}

static struct trail *add(struct trails *trails, struct te_segment *seg, uint8_t flags)
{
	struct trail *trail;
	unsigned from;

	seg->frame++;
	seg->flags = flags;
	trail = find(trails, seg, 0, &from);
	assert_non_null(trail);
	assert_true(trails_append(trails, trail, seg, from));
	return find(trails, seg, 0, &from);
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
	assert_true(begin(trails, &seg, 0, 1));
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
	assert_true(begin(trails, &seg, 0, 1));
	assert_non_null(find(trails, &seg, 0, &from));
	assert_int_equal(from, 0);
	turn(&seg);
	assert_non_null(find(trails, &seg, 0, &from));
	assert_int_equal(from, 1);
	seg.src_port++;
	assert_null(find(trails, &seg, 0, &from));
	seg.src_port--;
	seg.ip_version = 6;
	assert_null(find(trails, &seg, 0, &from));
	seg.ip_version = 4;
	assert_non_null(find(trails, &seg, 0, &from));
	seg.src.bytes[3]++;
	assert_null(find(trails, &seg, 0, &from));
	trails_free(trails);
}

/* What was sought ahead is found although a gap before it has closed since. */
static void test_sought_ahead(void **state)
{
	struct trails *trails = trails_new(false);
	struct trails_place place;
	struct te_segment seg;
	unsigned from;

	(void)state;
	assert_non_null(trails);
	for (uint32_t i = 0; i < 3; i++) {
		seg = syn(i, false);
		assert_true(begin(trails, &seg, 7 + i / 2, i + 1)); /* 7, 7, 8 */
	}
	trails_begin_place(&place, 8);
	trails_approach(trails, &place);
	seg = syn(0, false);
	trails_drop(trails, find(trails, &seg, 7, &from));
	seg = syn(2, false);
	assert_non_null(trails_find(trails, &seg, &place).trail);
	trails_free(trails);
}

/* Holes are joined, what lies between them stays, and they are used again. */
static void test_sweep(void **state)
{
	enum { COUNT = 40000, STAYS = 1000 };
	struct trails *trails = trails_new(false);
	struct te_segment seg;
	uint64_t held;
	unsigned from;

	(void)state;
	assert_non_null(trails);
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < COUNT; i++) {
			seg = syn(i, i % 3 == 0);
			if (!find(trails, &seg, i, &from))
				assert_true(begin(trails, &seg, i, i + 1));
		}
		assert_true(round == 0 || trails_held(trails) <= held);
		held = trails_held(trails);
		for (uint32_t i = 0; i < COUNT; i++) {
			seg = syn(i, i % 3 == 0);
			if (i % STAYS)
				trails_drop(trails, find(trails, &seg, i, &from));
		}
		assert_int_equal(trails_held(trails), held);
		trails_sweep(trails);
		assert_in_range(trails_held(trails) - trails_memory(trails), 0, 1 << 19);
		for (uint32_t i = 0; i < COUNT; i += STAYS) {
			seg = syn(i, i % 3 == 0);
			assert_int_equal(find(trails, &seg, i, &from)->number, i + 1);
		}
	}
	trails_free(trails);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_queue),
		cmocka_unit_test(test_index),      cmocka_unit_test(test_order),
		cmocka_unit_test(test_memory),     cmocka_unit_test(test_telling),
		cmocka_unit_test(test_same_ports), cmocka_unit_test(test_odd),
		cmocka_unit_test(test_most),       cmocka_unit_test(test_order_of_lone),
		cmocka_unit_test(test_sweep),      cmocka_unit_test(test_sought_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
