/* engine.c - makes segments of libFuzzer's bytes and feeds them to the engine
 *
 * Eight bytes a segment, few addresses and few numbers, so that connections meet: gap in
 * time, direction, flags, SEQ, ACK, length, timestamps, VLAN. What is told must be one
 * chain of states for each end, and no finding without its row.
 */
#include "tcpends.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { BYTES = 8, ISN_A = 1000 };
#define ISN_B 3000000000u

static void set_ends(struct te_segment *seg, uint8_t b)
{
	bool from_b = b & 1;
	uint16_t client = (uint16_t)(1000 + (b >> 1 & 1));

	seg->src.bytes[3] = from_b ? 2 : 1;
	seg->dst.bytes[3] = from_b ? 1 : 2;
	seg->src_port = from_b ? 80 : client;
	seg->dst_port = from_b ? client : 80;
	if ((b >> 2 & 7) == 7) { /* self-connect */
		seg->dst = seg->src;
		seg->dst_port = seg->src_port;
	}
}

static uint32_t number(uint32_t isn, uint8_t b)
{
	return isn + (b & 15) * (b & 16 ? 1u : 100u);
}

static struct te_segment segment_of(const uint8_t *b, te_time now, uint64_t frame)
{
	struct te_segment seg = {
		.time = now, .frame = frame, .file = 1, .ip_version = 4
	};
	uint32_t clock = (uint32_t)(now / TE_MS);
	bool from_b = b[1] & 1;

	set_ends(&seg, b[1]);
	seg.ttl = (uint8_t)(64 + (b[0] >> 7));
	seg.ip_id = b[0] >> 3 & 3;
	seg.flags = b[2] & 0x1f;
	seg.seq = number(from_b ? ISN_B : ISN_A, b[3]);
	seg.ack = number(from_b ? ISN_A : ISN_B, b[4]);
	seg.len = b[5] & 1 ? 100 : b[5] >> 1 & 1;
	seg.has = (uint16_t)((b[5] & 4 ? TE_HAS_TS : 0) | (b[5] & 8 ? TE_HAS_SACK : 0) |
			     (b[5] & 16 ? TE_HAS_VLAN : 0));
	seg.tsval = clock - (b[6] & 3) * 10u;
	seg.tsecr = clock - (b[6] >> 4) * 10u;
	seg.sack_right = seg.ack + (b[7] & 15);
	seg.vlan = b[7] & 1;
	return seg;
}

static void check(void *ctx, const struct te_connection *c)
{
	uint8_t state[2] = { TE_UNKNOWN, TE_UNKNOWN };

	(void)ctx;
	for (size_t i = 0; i < c->transition_count && !c->told && !c->ongoing; i++) {
		const struct te_transition *t = &c->transitions[i];

		if (t->from != state[t->end] || t->to == t->from)
			abort();
		state[t->end] = t->to;
	}
	for (size_t i = 0; i < c->finding_count; i++)
		if (!c->findings[i].rule || c->findings[i].frame_count > TE_MAX_FRAMES)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const te_time gaps[] = {
		0,           TE_US,        TE_MS,      20 * TE_MS,
		300 * TE_MS, 1100 * TE_MS, 4 * TE_SEC, 70 * TE_SEC
	};
	struct te_sink sink = { .connection = check };
	struct te_engine *engine;
	struct te_config config;
	te_time now = 1000 * TE_SEC;

	te_config_init(&config);
	config.live = n && bytes[0] & 1;
	config.keep_peers = n && bytes[0] & 8;
	config.keep_transitions = n && bytes[0] & 16;
	config.max_memory = n && bytes[0] & 32 ? 4096 : 0;
	config.keep_whole = n && bytes[0] & 128;
	config.tell_first = n && bytes[0] % 5 ? UINT64_MAX : 0;
	if (n && bytes[0] & 64)
		config.limits[TE_LIMIT_TIME_WAIT] = 0.01;
	config.key = n ? (enum te_key)((bytes[0] >> 1) % 3) : TE_KEY_AUTO;
	engine = te_engine_new(&config, &sink);
	for (size_t i = 1; engine && i + BYTES <= n; i += BYTES) {
		struct te_segment seg;

		now += gaps[bytes[i] & 7];
		seg = segment_of(bytes + i, now, i / BYTES + 1);
		(void)te_engine_segment(engine, &seg);
		if (bytes[i + 6] == 0x55)
			te_engine_tick(engine, now += TE_SEC * bytes[i + 7]);
	}
	if (engine)
		te_engine_finish(engine);
	te_engine_free(engine);
	return 0;
}
