/* courses.c - are connections that only nearly went as they should counted as they are?
 *
 * Connections are made up, each with one thing at random that is not as usual. All are
 * told twice, once as trails that need only be counted where nothing is found (course.c),
 * and once whole, segment by segment: findings and totals must be the same.
 */
#include "tcpends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS = 10000, MOST = 40 };

struct talk {
	struct te_segment segments[MOST];
	unsigned count;
	uint32_t next[2], clock[2];
	uint16_t id[2], window;
	bool stamps;
	te_time now;
};

struct told {
	struct te_totals totals;
	char findings[2048];
	size_t used;
};

static uint32_t pick(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

/* ---- one connection ---- */

static struct te_segment *say(struct talk *talk, unsigned from, uint8_t flags,
			      uint32_t len)
{
	struct te_segment *seg = &talk->segments[talk->count++];
	bool ack = flags & TE_ACK;

	talk->now += 5 * TE_MS;
	*seg = (struct te_segment){ .time = talk->now,
				    .file = 1,
				    .ip_version = 4,
				    .ip_id = talk->id[from]++,
				    .ttl = 64,
				    .seq = talk->next[from],
				    .ack = ack ? talk->next[!from] : 0,
				    .src_port = from ? 80 : 40000,
				    .dst_port = from ? 40000 : 80,
				    .window = talk->window,
				    .flags = flags,
				    .len = len };
	seg->src.bytes[3] = (uint8_t)(1 + from);
	seg->dst.bytes[3] = (uint8_t)(2 - from);
	if (talk->stamps) {
		seg->has = TE_HAS_TS;
		seg->tsval = talk->clock[from] += 5;
		seg->tsecr = ack ? talk->clock[!from] : 0;
	}
	talk->next[from] += len + !!(flags & TE_SYN) + !!(flags & TE_FIN);
	return seg;
}

/* Now and then somebody says what he need not, or out of turn. */
static void interrupt(struct talk *talk, uint64_t *random)
{
	bool fin = !pick(random, 4);

	if (!pick(random, 24))
		say(talk, pick(random, 2), fin ? TE_FIN | TE_ACK : TE_ACK,
		    pick(random, 2) ? 0 : 100);
}

static void open_up(struct talk *talk, uint64_t *random)
{
	uint16_t options = pick(random, 4) ? TE_HAS_MSS | TE_HAS_WSCALE : TE_HAS_MSS;
	struct te_segment *syn = say(talk, 0, TE_SYN, 0);

	syn->has |= options | (pick(random, 2) ? TE_HAS_SACK_OK : 0);
	syn->wscale = (uint8_t)pick(random, 3);
	syn = say(talk, 1, TE_SYN | TE_ACK, 0);
	syn->has |= pick(random, 8) ? options : TE_HAS_MSS;
	syn->wscale = (uint8_t)pick(random, 3);
	interrupt(talk, random);
	say(talk, 0, TE_ACK, pick(random, 8) ? 0 : 100);
}

static void exchange(struct talk *talk, uint64_t *random)
{
	for (unsigned left = pick(random, 6); left; left--) {
		unsigned from = pick(random, 2);
		bool push = pick(random, 2);

		say(talk, from, push ? TE_ACK | TE_PSH : TE_ACK, 100);
		if (pick(random, 2))
			say(talk, !from, TE_ACK, 0);
		interrupt(talk, random);
	}
}

/* Of a client's or a server's FIN first, in three or four segments, or none. */
static void close_down(struct talk *talk, uint64_t *random)
{
	unsigned how = pick(random, 5), from = how & 1;

	if (how == 4)
		return;
	say(talk, from, TE_FIN | TE_ACK, pick(random, 4) ? 0 : 100);
	interrupt(talk, random);
	if (how & 2)
		say(talk, !from, TE_ACK, 0);
	interrupt(talk, random);
	say(talk, !from, TE_FIN | TE_ACK, 0);
	interrupt(talk, random);
	say(talk, from, TE_ACK, 0);
	interrupt(talk, random);
}

/* One thing is not as usual. What follows goes on as if it were, or as it would. */
static void change(struct talk *talk, uint64_t *random)
{
	struct te_segment *seg = &talk->segments[pick(random, talk->count)];
	uint32_t n = (uint32_t)(seg - talk->segments);
	const uint8_t flags[] = { TE_ACK,          TE_FIN | TE_ACK, TE_RST,
				  TE_RST | TE_ACK, TE_SYN,          TE_SYN | TE_ACK };

	switch (pick(random, 14)) {
	case 0:
		seg->window = (uint16_t)pick(random, 3);
		break;
	case 1:
		seg->window = (uint16_t)pick(random, 65536);
		break;
	case 2:
		seg->ack -= pick(random, 200);
		break;
	case 3:
		seg->ack += pick(random, 200);
		break;
	case 4:
		seg->seq += pick(random, 200) - 100;
		break;
	case 5:
		seg->len += 50;
		break;
	case 6:
		seg->tsval -= talk->stamps ? 50 : 0;
		break;
	case 7:
		seg->tsecr -= talk->stamps ? 50 : 0;
		break;
	case 8:
		seg->ip_id ^= 77;
		break;
	case 9:
		seg->ttl = 63;
		break;
	case 10:
		seg->flags = flags[pick(random, 6)];
		break;
	case 11: /* twice */
		memmove(seg + 1, seg, (talk->count++ - n) * sizeof(*seg));
		break;
	case 12: /* not captured */
		memmove(seg, seg + 1, (--talk->count - n) * sizeof(*seg));
		break;
	default: /* long after the one before, but the first */
		for (; n && n < talk->count; n++)
			talk->segments[n].time += 200 * TE_SEC;
		break;
	}
}

/* Its TIME_WAIT is over before the input ends. */
static void let_pass(struct talk *talk)
{
	for (unsigned i = 1; i <= 2; i++) {
		talk->now += 100 * TE_SEC;
		say(talk, 0, TE_SYN, 0)->src_port = (uint16_t)i;
	}
}

static void make(struct talk *talk, uint64_t *random)
{
	*talk = (struct talk){ .next = { pick(random, 1u << 31), pick(random, 1u << 31) },
			       .clock = { 1000, 70000 },
			       .id = { 1, 30000 },
			       .window = pick(random, 4) ? 500 : 30,
			       .stamps = pick(random, 2),
			       .now = 1000 * TE_SEC };
	open_up(talk, random);
	exchange(talk, random);
	close_down(talk, random);
	for (unsigned changes = pick(random, 4); changes && talk->count; changes--)
		if (talk->count < MOST - 3)
			change(talk, random);
	if (pick(random, 2))
		let_pass(talk);
	for (unsigned i = 0; i < talk->count; i++)
		talk->segments[i].frame = i + 1;
}

/* ---- both ways ---- */

static void hear_finding(void *ctx, const struct te_finding *f)
{
	struct told *told = ctx;

	told->used += (size_t)snprintf(
	    told->findings + told->used, sizeof(told->findings) - told->used,
	    " %s %d %g %llu %lld", f->rule->id, f->certain, f->value,
	    (unsigned long long)f->frames[0], (long long)f->time);
}

static void hear(void *ctx, const struct te_connection *connection)
{
	for (size_t i = 0; i < connection->finding_count; i++)
		hear_finding(ctx, &connection->findings[i]);
}

/* Listeners and holders are told of from the first connection on. */
static void configure(struct te_config *config, bool whole)
{
	te_config_init(config);
	config->keep_transitions = config->keep_peers = config->keep_ids = false;
	config->keep_whole = whole;
	config->tell_first = whole ? UINT64_MAX : 0;
	config->port_low = config->port_high = 40000;
	config->limits[TE_LIMIT_BACKLOG_PRESSURE] = 1;
	config->limits[TE_LIMIT_TIME_WAIT_PRESSURE] = 1;
}

static void play(const struct talk *talk, bool whole, struct told *told)
{
	struct te_sink sink = { .ctx = told,
				.connection = hear,
				.finding = hear_finding };
	struct te_config config;
	struct te_engine *engine;

	configure(&config, whole);
	engine = te_engine_new(&config, &sink);
	for (unsigned i = 0; engine && i < talk->count; i++)
		te_engine_segment(engine, &talk->segments[i]);
	if (engine) {
		te_engine_finish(engine);
		told->totals = *te_engine_totals(engine);
	}
	te_engine_free(engine);
}

static bool is_same(const struct talk *talk, uint64_t number)
{
	struct told counted = { .used = 0 }, whole = { .used = 0 };

	play(talk, false, &counted);
	play(talk, true, &whole);
	if (!strcmp(counted.findings, whole.findings) &&
	    !memcmp(&counted.totals, &whole.totals, sizeof(whole.totals)))
		return true;
	printf("connection %llu: counted%s, whole%s\n", (unsigned long long)number,
	       counted.findings, whole.findings);
	return false;
}

int main(void)
{
	uint64_t random = 1, wrong = 0;

	for (uint64_t i = 0; i < CONNECTIONS; i++) {
		struct talk talk;

		make(&talk, &random);
		wrong += !is_same(&talk, i);
	}
	printf("%d connections, %llu differ\n", CONNECTIONS, (unsigned long long)wrong);
	return wrong != 0;
}
