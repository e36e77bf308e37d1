/* seeds.c - an arena of SYNs in the order of their numbers, and an index over it
 *
 * The arena only grows at its end, so its order is that of the first segments; a chunk of
 * which nothing is left is given back. The index is open addressing over 32 bits of the
 * hash and the place in the arena; what was taken leaves a grave until the next growth.
 */
#include "seeds.h"

#include <stdlib.h>
#include <string.h>

struct seed {
	te_time time;
	uint64_t frame, number; /* number 0: taken */
	struct te_addr src, dst;
	uint32_t file, seq, tsval, tsecr, hash;
	uint16_t src_port, dst_port, vlan, has, ip_id, window, len;
	uint8_t ip_version, ttl, flags;
	bool marked;
};

enum { CHUNK = 4096, EMPTY = 0, GRAVE = 1, FIRST = 2 };

struct chunk {
	uint32_t left; /* seeds not taken */
	struct seed seeds[CHUNK];
};

/* place: EMPTY, GRAVE, or FIRST and more: a place in the arena. */
struct slot {
	uint32_t hash, place;
};

struct seeds {
	struct chunk **chunks;
	uint32_t chunk_count, chunk_size;
	uint32_t end, oldest; /* places in the arena */
	struct slot *slots;
	uint32_t size, used; /* slots, a power of two; used: not EMPTY */
	uint32_t live;
};

struct seeds *seeds_new(void)
{
	struct seeds *seeds = calloc(1, sizeof(*seeds));

	if (!seeds)
		return NULL;
	seeds->size = 64;
	seeds->slots = calloc(seeds->size, sizeof(*seeds->slots));
	if (!seeds->slots) {
		free(seeds);
		return NULL;
	}
	return seeds;
}

void seeds_free(struct seeds *seeds)
{
	if (!seeds)
		return;
	for (uint32_t i = 0; i < seeds->chunk_count; i++)
		free(seeds->chunks[i]);
	free(seeds->chunks);
	free(seeds->slots);
	free(seeds);
}

static struct seed *seed_at(struct seeds *seeds, uint32_t place)
{
	return &seeds->chunks[place / CHUNK]->seeds[place % CHUNK];
}

/* ---- the index ---- */

static void put(struct slot *slots, uint32_t size, struct slot slot)
{
	uint32_t i = slot.hash & (size - 1);

	while (slots[i].place != EMPTY)
		i = (i + 1) & (size - 1);
	slots[i] = slot;
}

/* At a load of three quarters, graves included, it is made anew. */
static bool make_room(struct seeds *seeds)
{
	uint32_t size = seeds->size;
	struct slot *slots;

	if (seeds->used < size / 4 * 3)
		return true;
	while (seeds->live >= size / 2)
		size *= 2;
	slots = calloc(size, sizeof(*slots));
	if (!slots)
		return false;
	for (uint32_t i = 0; i < seeds->size; i++)
		if (seeds->slots[i].place >= FIRST)
			put(slots, size, seeds->slots[i]);
	free(seeds->slots);
	seeds->slots = slots;
	seeds->size = size;
	seeds->used = seeds->live;
	return true;
}

/* ---- the arena ---- */

static bool make_chunk(struct seeds *seeds)
{
	uint32_t size = seeds->chunk_size ? seeds->chunk_size * 2 : 16;

	if (seeds->end / CHUNK < seeds->chunk_count)
		return true;
	if (seeds->chunk_count == seeds->chunk_size) {
		void *grown = realloc(seeds->chunks, size * sizeof(struct chunk *));

		if (!grown)
			return false;
		seeds->chunks = grown;
		seeds->chunk_size = size;
	}
	seeds->chunks[seeds->chunk_count] = calloc(1, sizeof(struct chunk));
	return seeds->chunks[seeds->chunk_count] && ++seeds->chunk_count;
}

static void fill(struct seed *seed, const struct te_segment *seg, uint32_t hash,
		 uint64_t number)
{
	*seed = (struct seed){
		.time = seg->time,
		.frame = seg->frame,
		.number = number,
		.src = seg->src,
		.dst = seg->dst,
		.file = seg->file,
		.seq = seg->seq,
		.tsval = seg->tsval,
		.tsecr = seg->tsecr,
		.hash = hash,
		.src_port = seg->src_port,
		.dst_port = seg->dst_port,
		.vlan = seg->vlan,
		.has = seg->has,
		.ip_id = seg->ip_id,
		.window = seg->window,
		.len = (uint16_t)seg->len,
		.ip_version = seg->ip_version,
		.ttl = seg->ttl,
		.flags = seg->flags,
	};
}

bool seeds_add(struct seeds *seeds, const struct te_segment *seg, uint64_t hash,
	       uint64_t number)
{
	uint32_t place = seeds->end;

	if (seg->len > UINT16_MAX || place > UINT32_MAX - FIRST - CHUNK ||
	    !make_chunk(seeds) || !make_room(seeds))
		return false;
	fill(seed_at(seeds, place), seg, (uint32_t)hash, number);
	seeds->chunks[place / CHUNK]->left++;
	put(seeds->slots, seeds->size, (struct slot){ (uint32_t)hash, place + FIRST });
	seeds->used++;
	seeds->live++;
	seeds->end++;
	return true;
}

static bool is_on(const struct seed *seed, const struct te_segment *seg)
{
	bool same = !memcmp(&seed->src, &seg->src, sizeof(seg->src)) &&
		    !memcmp(&seed->dst, &seg->dst, sizeof(seg->dst)) &&
		    seed->src_port == seg->src_port && seed->dst_port == seg->dst_port;
	bool back = !memcmp(&seed->src, &seg->dst, sizeof(seg->src)) &&
		    !memcmp(&seed->dst, &seg->src, sizeof(seg->dst)) &&
		    seed->src_port == seg->dst_port && seed->dst_port == seg->src_port;

	return seed->ip_version == seg->ip_version && (same || back);
}

static void take(struct seeds *seeds, struct slot *slot, struct seeds_syn *syn)
{
	uint32_t place = slot->place - FIRST;
	struct seed *seed = seed_at(seeds, place);

	*syn = (struct seeds_syn){
		.segment = { .time = seed->time,
			     .frame = seed->frame,
			     .file = seed->file,
			     .ip_version = seed->ip_version,
			     .ttl = seed->ttl,
			     .ip_id = seed->ip_id,
			     .src = seed->src,
			     .dst = seed->dst,
			     .src_port = seed->src_port,
			     .dst_port = seed->dst_port,
			     .vlan = seed->vlan,
			     .has = seed->has,
			     .seq = seed->seq,
			     .window = seed->window,
			     .flags = seed->flags,
			     .len = seed->len,
			     .tsval = seed->tsval,
			     .tsecr = seed->tsecr },
		.number = seed->number,
		.marked = seed->marked,
	};
	seed->number = 0;
	slot->place = GRAVE;
	seeds->live--;
	/* The chunk at the end is still being filled. */
	if (--seeds->chunks[place / CHUNK]->left == 0 &&
	    place / CHUNK < seeds->end / CHUNK) {
		free(seeds->chunks[place / CHUNK]);
		seeds->chunks[place / CHUNK] = NULL;
	}
}

bool seeds_take(struct seeds *seeds, const struct te_segment *seg, uint64_t hash,
		struct seeds_syn *syn)
{
	uint32_t mask = seeds->size - 1;

	if (!seeds->live)
		return false;
	for (uint32_t i = (uint32_t)hash & mask; seeds->slots[i].place != EMPTY;
	     i = (i + 1) & mask) {
		struct slot *slot = &seeds->slots[i];

		if (slot->place >= FIRST && slot->hash == (uint32_t)hash &&
		    is_on(seed_at(seeds, slot->place - FIRST), seg)) {
			take(seeds, slot, syn);
			return true;
		}
	}
	return false;
}

/* ---- in order ---- */

uint64_t seeds_oldest(struct seeds *seeds)
{
	while (seeds->live && seeds->oldest < seeds->end) {
		if (!seeds->chunks[seeds->oldest / CHUNK])
			seeds->oldest += CHUNK - seeds->oldest % CHUNK;
		else if (seed_at(seeds, seeds->oldest)->number)
			return seed_at(seeds, seeds->oldest)->number;
		else
			seeds->oldest++;
	}
	return 0;
}

void seeds_take_oldest(struct seeds *seeds, struct seeds_syn *syn)
{
	uint32_t mask = seeds->size - 1, place = seeds->oldest + FIRST;
	uint32_t i = seed_at(seeds, seeds->oldest)->hash & mask;

	while (seeds->slots[i].place != place)
		i = (i + 1) & mask;
	take(seeds, &seeds->slots[i], syn);
}

void seeds_mark(struct seeds *seeds)
{
	for (uint32_t i = 0; i < seeds->end; i++)
		if (seeds->chunks[i / CHUNK])
			seed_at(seeds, i)->marked = true;
}
