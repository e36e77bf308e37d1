/* workloads.h - what each workload is made of; everything follows from the seed */
#ifndef BENCH_WORKLOADS_H
#define BENCH_WORKLOADS_H

#include "talk.h"

struct style {
	unsigned weight; /* the weights of a table sum up to 100 */
	const char *script;
};

enum order { RANDOM, ROUND_ROBIN };

struct workload {
	char name;
	enum order order;
	uint32_t connections, rounds; /* rounds 0: drawn, many short and a few long */
	uint32_t open;                /* at once; UINT32_MAX: all of them */
	uint32_t snaplen;
	uint16_t response;   /* the most bytes of a server's segment */
	uint64_t step_ns;    /* time between two frames */
	bool scales_rounds;  /* the scale makes connections shorter, not fewer */
	bool random_sources; /* every connection from an address of its own */
	bool crafted;        /* ... which craft.h chooses */
	const struct style *styles;
};

/* NULL: there is none of that name. */
const struct workload *workload_find(const char *name);

/* The workload at a scale of 0 to 1. */
struct workload workload_scaled(const struct workload *w, double scale);

void workload_plan(const struct workload *w, uint64_t seed, uint32_t index,
		   struct talk_plan *plan);
void workload_ends(const struct workload *w, uint64_t seed, uint32_t index,
		   struct wire_ends *ends);

/* A hash of two numbers, as good as random (splitmix64). */
uint64_t workload_random(uint64_t seed, uint64_t n);

#endif
