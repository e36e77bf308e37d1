/* workloads.c - what each workload is made of; everything follows from the seed */
#include "workloads.h"

#include <string.h>

/* clang-format off */

/* Ten frames each. The part in parentheses is repeated where connections are longer. */
static const struct style ten_frames[] = {
	{ 26, "SsADdAFafA" },   /* the client closes first, four segments */
	{ 14, "SsADdAfAFa" },   /* the server closes first */
	{ 18, "SsADadAFfA" },   /* three segments */
	{  3, "SsADdAFxaA" },   /* both close at once */
	{  5, "SsADFaddfA" },   /* half-closed: data after the client's FIN */
	{  6, "SsADaddAdR" },   /* aborted by the client */
	{  4, "SsADaDaDar" },   /* aborted by the server */
	{  3, "SsADdAdAFn" },   /* a FIN to a closed connection */
	{  6, "SsADdADadA" },   /* left open */
	{  4, "SsADQdAFfA" },   /* a request lost after the tap */
	{  4, "SsADhdAlFfA" },  /* a response lost before the tap */
	{  4, "SsADhdlAFfA" },  /* two segments overtake each other */
	{  3, "SsADdAFQfA" },   /* a FIN lost after the tap */
	{ 0 },
};

static const struct style mixed_lengths[] = {
	{ 24, "SsA(DddAddA)FafA" },
	{ 12, "SsA(DdddA)fAFa" },
	{ 16, "SsA(DadA)FfA" },
	{  4, "SsA(DDaDDaDDadA)FfA" },
	{  3, "SsA(DddA)FxaA" },
	{  5, "SsA(DddA)Fa(ddA)fA" },
	{  6, "SsA(DaddA)dR" },
	{  4, "SsA(DaDa)Dar" },
	{  3, "SsA(DdA)dAFn" },
	{  6, "SsA(DdADadA)" },
	{  4, "SsA(DQddA)FfA" },
	{  4, "SsA(DhddAdAlA)FfA" },
	{  3, "SsA(DhdlA)FfA" },
	{  2, "SQsA(DddA)FQfA" },
	{  2, "Sk" },
	{  2, "SQQQQQQ" },
	{ 0 },
};

#define DOWN "ddAddAddAddAddAddAddAddA"
#define UP   "DDaDDaDDaDDaDDaDDaDDaDDa"

static const struct style elephants[] = {
	{ 50, "SsAD(" DOWN DOWN DOWN "hddAdAlA)fAFa" },
	{ 20, "SsAD(" DOWN DOWN DOWN "hdldA)fAFa" },
	{ 30, "SsA(" UP UP UP "HDDaDaLa)FafA" },
	{ 0 },
};

static const struct style lone_syn[] = { { 100, "S" }, { 0 } };

static const struct workload workloads[] = {
	{ .name = 'A', .order = RANDOM, .connections = 1000000, .rounds = 1, .open = 10000,
	  .snaplen = 96, .response = 1428, .step_ns = 950, .styles = ten_frames },
	{ .name = 'B', .order = RANDOM, .connections = 100000, .open = 2000,
	  .snaplen = 262144, .response = 1428, .step_ns = 20000, .styles = mixed_lengths },
	{ .name = 'C', .order = ROUND_ROBIN, .connections = 1000000, .rounds = 1,
	  .open = UINT32_MAX, .snaplen = 96, .response = 1428, .step_ns = 1000,
	  .styles = ten_frames },
	{ .name = 'D', .order = RANDOM, .connections = 10000000, .rounds = 1, .open = 1,
	  .snaplen = 96, .step_ns = 1000, .random_sources = true, .styles = lone_syn },
	{ .name = 'E', .order = RANDOM, .connections = 100, .rounds = 1270,
	  .open = UINT32_MAX, .snaplen = 96, .response = 1428, .step_ns = 10000,
	  .scales_rounds = true, .styles = elephants },
	{ .name = 'F', .order = RANDOM, .connections = 40000, .rounds = 1, .open = 1,
	  .snaplen = 96, .step_ns = 1000, .random_sources = true, .crafted = true,
	  .styles = lone_syn },
};
/* clang-format on */

const struct workload *workload_find(const char *name)
{
	for (size_t i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++)
		if (name[0] == workloads[i].name && name[1] == '\0')
			return &workloads[i];
	return NULL;
}

static uint32_t scaled(uint32_t n, double scale)
{
	const double product = n * scale;

	return product < 1 ? 1 : (uint32_t)product;
}

struct workload workload_scaled(const struct workload *w, double scale)
{
	struct workload out = *w;

	if (w->scales_rounds)
		out.rounds = scaled(w->rounds, scale);
	else
		out.connections = scaled(w->connections, scale);
	if (out.open > out.connections)
		out.open = out.connections;
	return out;
}

uint64_t workload_random(uint64_t seed, uint64_t n)
{
	uint64_t z = seed * 0xd1342543de82ef95 + (n + 1) * 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* ---- what a connection does ------------------------------------------------ */

static const char *pick_script(const struct style *style, uint64_t random)
{
	unsigned left = (unsigned)(random % 100);

	for (; left >= style->weight; style++)
		left -= style->weight;
	return style->script;
}

/* 1 in half of the cases, 2 in a quarter, 4 in an eighth, ... */
static uint32_t heavy_tail(uint64_t random)
{
	return 1u << __builtin_ctz((unsigned)random | 1u << 11);
}

void workload_plan(const struct workload *w, uint64_t seed, uint32_t index,
		   struct talk_plan *plan)
{
	const uint64_t a = workload_random(seed, 2ull * index);
	const uint64_t b = workload_random(seed, 2ull * index + 1);
	const bool full = w->response && b % 2;

	*plan = (struct talk_plan){
		.script = pick_script(w->styles, a & 0xffff),
		.rounds = w->rounds ? w->rounds : heavy_tail(a >> 16),
		.isn = { (uint32_t)(a >> 32), (uint32_t)(b >> 32) },
		.len = { (uint16_t)(64 + (b >> 1) % 400),
			 (uint16_t)(full ? w->response : 100 + (b >> 1) % 1200) },
		.timestamps = (b >> 16 & 3) != 0,
	};
}

/* ---- who talks ------------------------------------------------------------- */

/* Any unicast address but loopback: 1 to 223, without 127. */
static void random_source(uint64_t random, struct wire_ends *ends)
{
	const uint32_t net = 1 + (uint32_t)(random >> 32) % 222;

	wire_u32(ends->addr[0] + 12, (uint32_t)(random >> 40));
	wire_u32(ends->addr[0], (uint32_t)random);
	ends->addr[0][0] = (uint8_t)(net + (net >= 127));
	ends->port[0] = (uint16_t)(1024 + (random >> 16) % 64512);
}

/* Sixteen connections a client, each from a port of its own. */
static void some_client(uint32_t index, struct wire_ends *ends)
{
	const uint32_t host = index / 16 * 0x9e3779b1;
	const uint32_t port = 32768 + index % 16 * 1700 + (host >> 8) % 1700;

	wire_u32(ends->addr[0], 10u << 24 | 1u << 23 | (host & 0x7fffff));
	wire_u32(ends->addr[0] + 12, host & 0x7fffff);
	ends->port[0] = (uint16_t)port;
}

static void as_ipv6(struct wire_ends *ends)
{
	for (unsigned i = 0; i < 2; i++) {
		wire_u32(ends->addr[i], 0x20010db8);
		wire_u32(ends->addr[i] + 4, i);
	}
}

void workload_ends(const struct workload *w, uint64_t seed, uint32_t index,
		   struct wire_ends *ends)
{
	static const uint16_t ports[4] = { 443, 80, 5432, 22 };
	const uint64_t random = workload_random(~seed, index);
	const uint32_t server = random >> 56 & 63;

	memset(ends, 0, sizeof(*ends));
	if (w->random_sources)
		random_source(random, ends);
	else
		some_client(index, ends);
	wire_u32(ends->addr[1], 10u << 24 | 1u << 16 | (1 + server));
	wire_u32(ends->addr[1] + 12, 1 + server);
	ends->port[1] = ports[server & 3];
	ends->v6 = (index / 16 & 3) == 3;
	if (ends->v6)
		as_ipv6(ends);
}
