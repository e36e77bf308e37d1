/* gen.c - write the capture of a workload
 *
 * usage: gen [-l LINK] [-s SCALE] [-S SEED] WORKLOAD FILE
 *
 * The same arguments give the same bytes. Prints what it wrote:
 * "packets N connections N bytes N". */
#include "craft.h"
#include "workloads.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EPOCH = 1700000000 }; /* the capture's first second */

struct table {
	const struct workload *w;
	uint64_t seed, draws;
	struct talk *talks; /* the connections that are open */
	uint32_t open, begun;
	struct craft *craft; /* NULL: nothing is crafted */
};

static void begin_talk(struct table *t, uint32_t slot)
{
	struct talk_plan plan;

	workload_plan(t->w, t->seed, t->begun, &plan);
	talk_begin(&t->talks[slot], t->begun++, &plan);
}

/* A new connection takes the place of one that is over; at the end, the last one does. */
static void replace_talk(struct table *t, uint32_t slot)
{
	if (t->begun < t->w->connections)
		begin_talk(t, slot);
	else
		t->talks[slot] = t->talks[--t->open];
}

static uint32_t pick(struct table *t, uint32_t before)
{
	if (t->w->order == ROUND_ROBIN)
		return before + 1 < t->open ? before + 1 : 0;
	return (uint32_t)(workload_random(t->seed ^ 1, t->draws++) % t->open);
}

static void write_frames(struct table *t, struct wire *wire)
{
	uint64_t ns = (uint64_t)EPOCH * 1000000000;
	struct wire_segment seg;
	struct wire_ends ends;
	uint32_t slot = 0;

	while (t->open > 0 && !wire->failed) {
		struct talk *const talk = &t->talks[slot];

		if (talk_next(talk, (uint32_t)(ns / 1000000), &seg)) {
			workload_ends(t->w, t->seed, talk->index, &ends);
			if (t->craft)
				craft_ends(t->craft, talk->index, &ends);
			wire_put(wire, ns, &ends, &seg);
			ns += t->w->step_ns;
			slot = pick(t, slot);
		} else {
			replace_talk(t, slot);
			if (slot >= t->open)
				slot = 0;
		}
	}
}

static bool generate(const struct workload *w, uint64_t seed, struct wire *wire)
{
	struct table t = { .w = w, .seed = seed };

	t.talks = calloc(w->open, sizeof(*t.talks));
	t.craft = w->crafted ? craft_new() : NULL;
	if (!t.talks || (w->crafted && !t.craft)) {
		free(t.talks);
		craft_free(t.craft);
		return false;
	}
	while (t.open < w->open)
		begin_talk(&t, t.open++);
	write_frames(&t, wire);
	free(t.talks);
	craft_free(t.craft);
	return true;
}

static int usage(void)
{
	fputs(
	    "usage: gen [-l ether|vlan|sll2|raw] [-s SCALE] [-S SEED] A|B|C|D|E|F FILE\n",
	    stderr);
	return 2;
}

static int failure(const char *path)
{
	fprintf(stderr, "gen: %s: %s\n", path, strerror(errno));
	return 1;
}

static int run(const struct workload *found, double scale, uint64_t seed,
	       const struct wire_link *link, const char *path)
{
	const struct workload w = workload_scaled(found, scale);
	static struct wire wire;

	if (!wire_open(&wire, link, path, w.snaplen))
		return failure(path);
	if (!generate(&w, seed, &wire) || !wire_close(&wire))
		return failure(path);
	printf("packets %" PRIu64 " connections %" PRIu32 " bytes %" PRIu64 "\n",
	       wire.packets, w.connections, wire.bytes);
	return 0;
}

int main(int argc, char **argv)
{
	const struct wire_link *link = wire_link_find("ether");
	const struct workload *found;
	double scale = 1;
	uint64_t seed = 1;
	int opt;

	while ((opt = getopt(argc, argv, "l:s:S:")) != -1) {
		if (opt == 'l')
			link = wire_link_find(optarg);
		else if (opt == 's')
			scale = strtod(optarg, NULL);
		else if (opt == 'S')
			seed = strtoull(optarg, NULL, 0);
		else
			return usage();
	}
	if (argc - optind != 2 || !link || !(scale > 0 && scale <= 1))
		return usage();
	found = workload_find(argv[optind]);
	return found ? run(found, scale, seed, link, argv[optind + 1]) : usage();
}
