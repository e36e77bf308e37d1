/* craft.c - flows that an enemy chose: by trial, with the hash as the program has it */
#include "craft.h"
#include "../src/flow.h"
#include "workloads.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, TRIALS = 1 << 20 };

struct craft {
	struct flow_table *flows; /* with a key that everybody knows */
};

struct craft *craft_new(void)
{
	static const uint64_t known[2] = { 0, 0 };
	struct craft *craft = calloc(1, sizeof(*craft));

	if (!craft)
		return NULL;
	craft->flows = flow_new(known);
	if (craft->flows)
		return craft;
	free(craft);
	return NULL;
}

void craft_free(struct craft *craft)
{
	if (!craft)
		return;
	flow_free(craft->flows);
	free(craft);
}

static struct te_segment as_segment(const struct wire_ends *ends)
{
	struct te_segment seg = { .ip_version = ends->v6 ? 6 : 4,
				  .src_port = ends->port[0],
				  .dst_port = ends->port[1] };

	memcpy(seg.src.bytes, ends->addr[0], ends->v6 ? 16 : 4);
	memcpy(seg.dst.bytes, ends->addr[1], ends->v6 ? 16 : 4);
	return seg;
}

static void put_trial(struct wire_ends *ends, uint32_t index, uint32_t trial)
{
	uint64_t random = workload_random(index, trial);
	uint8_t *last = ends->addr[0] + (ends->v6 ? 13 : 1);

	for (int i = 0; i < 3; i++)
		last[i] = (uint8_t)(random >> 8 * i);
	ends->port[0] = (uint16_t)(1024 + (random >> 24) % 64512);
}

void craft_ends(struct craft *craft, uint32_t index, struct wire_ends *ends)
{
	struct flow_place place;

	for (uint32_t trial = 0; trial < TRIALS; trial++) {
		struct te_segment seg;

		put_trial(ends, index, trial);
		seg = as_segment(ends);
		flow_seek(craft->flows, &seg, &place);
		if (place.hash % SLOTS == 0)
			return;
	}
}
