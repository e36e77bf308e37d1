/* test_flow.c - the hash and the word by which connections are found */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "flow.h"

static const uint64_t keys[][2] = { { 0, 0 }, { 1, 0 }, { 0, 1 }, { UINT64_MAX, 7 } };
enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static uint64_t hash(struct flow_table *table, const struct te_segment *seg)
{
	struct flow_place place;

	flow_seek(table, seg, &place);
	assert_true(place.hashed);
	return place.hash;
}

static struct te_segment between(uint8_t version)
{
	struct te_segment seg = { .ip_version = version,
				  .src_port = 40000,
				  .dst_port = 443 };

	for (int i = 0; i < (version == 6 ? 16 : 4); i++) {
		seg.src.bytes[i] = (uint8_t)(i + 1);
		seg.dst.bytes[i] = (uint8_t)(0xf0 - i);
	}
	return seg;
}

static struct te_segment turned(const struct te_segment *seg)
{
	struct te_segment back = *seg;

	back.src = seg->dst;
	back.dst = seg->src;
	back.src_port = seg->dst_port;
	back.dst_port = seg->src_port;
	return back;
}

static void assert_other(struct flow_table *table, const struct te_segment *seg,
			 uint64_t than)
{
	struct te_segment back = turned(seg);

	assert_int_not_equal(hash(table, seg), than);
	assert_int_equal(hash(table, seg), hash(table, &back));
}

/* Each bit of addresses and ports counts, and the direction does not. */
static void test_every_bit(void **state)
{
	(void)state;
	for (size_t k = 0; k < 2 * KEYS; k++) {
		uint8_t version = k % 2 ? 6 : 4;
		struct flow_table *table = flow_new(keys[k / 2]);
		struct te_segment seg = between(version);
		uint64_t plain = hash(table, &seg);

		for (int bit = 0; bit < (version == 6 ? 128 : 32); bit++) {
			uint8_t flip = (uint8_t)(1 << bit % 8);

			seg.src.bytes[bit / 8] ^= flip;
			assert_other(table, &seg, plain);
			seg.dst.bytes[bit / 8] ^= flip;
			assert_other(table, &seg, plain);
			seg.src.bytes[bit / 8] ^= flip;
			assert_other(table, &seg, plain);
			seg.dst.bytes[bit / 8] ^= flip;
		}
		for (int bit = 0; bit < 16; bit++) {
			seg.src_port ^= (uint16_t)(1 << bit);
			assert_other(table, &seg, plain);
			seg.dst_port ^= (uint16_t)(1 << bit);
			assert_other(table, &seg, plain);
			seg.src_port ^= (uint16_t)(1 << bit);
			assert_other(table, &seg, plain);
			seg.dst_port ^= (uint16_t)(1 << bit);
		}
		flow_free(table);
	}
}

/* What falls together under one key does not under another. */
static void test_keys(void **state)
{
	struct te_segment seg = between(6);
	uint64_t seen[KEYS];

	(void)state;
	for (size_t k = 0; k < KEYS; k++) {
		struct flow_table *table = flow_new(keys[k]);

		seen[k] = hash(table, &seg);
		for (size_t i = 0; i < k; i++)
			assert_int_not_equal(seen[i], seen[k]);
		flow_free(table);
	}
}

/* A scan: neighbours lie apart in the lowest bits. Sixteen would fall to each place. */
static void test_neighbours(void **state)
{
	enum { PLACES = 4096 };

	(void)state;
	for (size_t k = 0; k < KEYS; k++) {
		struct flow_table *table = flow_new(keys[k]);
		struct te_segment seg = between(4);
		uint8_t count[PLACES] = { 0 };

		for (unsigned i = 0; i < PLACES * 16; i++) {
			seg.src.bytes[3] = (uint8_t)i;
			seg.src.bytes[2] = (uint8_t)(i >> 8);
			assert_true(++count[hash(table, &seg) % PLACES] < 64);
		}
		flow_free(table);
	}
}

/* ---- what was seen lately ---- */

static struct conn *find(struct flow_table *table, const struct te_segment *seg)
{
	struct flow_place place;
	struct conn *conn;

	flow_seek(table, seg, &place);
	conn = flow_find(table, seg, &place);
	assert_int_equal(place.from, flow_side(seg));
	return conn;
}

static struct conn *add(struct flow_table *table, const struct te_segment *seg)
{
	struct flow_place place;

	flow_seek(table, seg, &place);
	assert_null(flow_find(table, seg, &place));
	return flow_add(table, seg, &place);
}

/* `other` is told from `seg`, though they have one word, and stand in one place; also
 * when it comes there after `seg` was sought. */
static void assert_apart(const struct te_segment *seg, const struct te_segment *other)
{
	struct flow_table *table = flow_new(keys[1]);
	struct flow_place place, others;
	struct conn *conn = add(table, seg);
	uint32_t changes;

	flow_seek(table, seg, &place);
	flow_seek(table, other, &others);
	assert_true(place.word == others.word);
	assert_ptr_equal(place.recent, others.recent);
	assert_ptr_equal(find(table, seg), conn);
	assert_null(find(table, other));
	assert_ptr_equal(find(table, seg), conn);
	changes = table->changes;
	assert_ptr_equal(flow_peek(table, seg, &place, changes), conn);
	add(table, other); /* in its place */
	assert_null(flow_peek(table, seg, &place, changes));
	flow_free(table);
}

/* The addresses make up for other ports. */
static void test_word_of_ports(void **state)
{
	static const uint8_t four[8] = { 0xff, 0xff, 0xff, 0xff };
	struct te_segment seg = between(4), other = seg;
	uint64_t mask, src, dst, sum;

	(void)state;
	memcpy(&mask, four, 8);
	memcpy(&src, seg.src.bytes, 8);
	memcpy(&dst, seg.dst.bytes, 8);
	other.dst_port++;
	sum = (src | dst << 32 | dst >> 32) - 0xd1b54a32d192ed03u;
	src = sum & mask;
	dst = (sum & ~mask) << 32 | (sum & ~mask) >> 32;
	memcpy(other.src.bytes, &src, 8);
	memcpy(other.dst.bytes, &dst, 8);
	assert_apart(&seg, &other);
}

static void test_word_of_addresses(void **state)
{
	const uint64_t step = 0x123456789abcdefu;
	struct te_segment seg = between(6), other = seg;
	uint64_t words[2];

	(void)state;
	memcpy(words, seg.dst.bytes, sizeof(words));
	words[0] ^= step << 23 | step >> 41;
	words[1] ^= step;
	memcpy(other.dst.bytes, words, sizeof(words));
	assert_apart(&seg, &other);
}

static void test_word_of_version(void **state)
{
	struct te_segment seg = between(4), other = seg;

	(void)state;
	other.ip_version = 6;
	assert_apart(&seg, &other);
}

/* Both directions know the newest, and neither one that is gone. */
static void test_newest(void **state)
{
	struct te_segment seg = between(4), back = turned(&seg);
	struct flow_table *table = flow_new(keys[0]);
	struct flow_place place;
	struct conn *older = add(table, &seg), *newer;

	(void)state;
	assert_ptr_equal(find(table, &back), older);
	flow_seek(table, &seg, &place);
	assert_ptr_equal(flow_recent(table, &seg, &place), older);
	newer = flow_add(table, &seg, &place);
	assert_ptr_equal(find(table, &back), newer);
	assert_ptr_equal(find(table, &seg), newer);
	flow_remove(table, newer);
	assert_ptr_equal(find(table, &back), older);
	flow_remove(table, older);
	assert_null(find(table, &seg));
	assert_null(find(table, &back));
	flow_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_word_of_ports),
		cmocka_unit_test(test_word_of_addresses),
		cmocka_unit_test(test_word_of_version),
		cmocka_unit_test(test_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
