/* trails.c - trails in blocks of three sizes, and an index over them
 *
 * The index is open addressing over 32 bits of the hash and the name of the block; what
 * was dropped leaves a grave until the next growth. Its order never reaches the output.
 */
#include "trails_parts.h"

#include <stdlib.h>
#include <string.h>

/* Units of a block: a SYN; the dozen segments of most connections; the most. */
enum { SMALL = 4, MIDDLE = 13, LARGE = 16, SMALL_IPV6 = 6, MIDDLE_IPV6 = 15 };

struct trails *trails_new(void)
{
	struct trails *trails = calloc(1, sizeof(*trails));

	if (!trails)
		return NULL;
	trails->size = 64;
	trails->slots = calloc(trails->size, sizeof(*trails->slots));
	trails->recent = calloc(TRAILS_RECENT, sizeof(*trails->recent));
	if (!trails->slots || !trails->recent) {
		trails_free(trails);
		return NULL;
	}
	return trails;
}

void trails_free(struct trails *trails)
{
	if (!trails)
		return;
	pool_free(&trails->pool);
	free(trails->slots);
	free(trails->recent);
	free(trails->order);
	free(trails);
}

/* A block that is free has no number, and keeps its size. */
static void give(struct trails *trails, uint32_t name)
{
	struct trail *trail = trails_block(trails, name);

	trail->number = 0;
	pool_give(&trails->pool, name, trail->size);
}

/* ---- the index ---- */

void trails_seek(const struct trails *trails, uint64_t hash)
{
	__builtin_prefetch(&trails->slots[hash & (trails->size - 1)]);
}

void trails_approach(const struct trails *trails, uint64_t hash)
{
	const struct trails_slot *slot = &trails->slots[hash & (trails->size - 1)];
	const char *block;

	if (!trails_is_used(slot))
		return;
	block = pool_at(&trails->pool, slot->name);
	__builtin_prefetch(block, 1);
	__builtin_prefetch(block + 64, 1);
	__builtin_prefetch(block + 128, 1);
}

static void put(struct trails_slot *slots, uint32_t size, struct trails_slot slot)
{
	uint32_t i = slot.hash & (size - 1);

	while (slots[i].name != TRAILS_EMPTY)
		i = (i + 1) & (size - 1);
	slots[i] = slot;
}

/* At a load of three quarters, graves included, it is made anew. */
static bool make_room(struct trails *trails)
{
	uint32_t size = trails->size;
	struct trails_slot *slots;

	if (trails->used < size / 4 * 3)
		return true;
	while (trails->live >= size / 2)
		size *= 2;
	slots = calloc(size, sizeof(*slots));
	if (!slots)
		return false;
	for (uint32_t i = 0; i < trails->size; i++)
		if (trails_is_used(&trails->slots[i]))
			put(slots, size, trails->slots[i]);
	free(trails->slots);
	trails->slots = slots;
	trails->size = size;
	trails->used = trails->live;
	return true;
}

/* Who sent it: 0 or 1; -1: it is not on these addresses. */
static int sender(const struct trail *trail, const struct te_segment *seg)
{
	size_t size = trail_addresses(trail) / 2;
	const uint8_t *first = trail->rest, *other = first + size;

	if ((trail->bits & TRAIL_IPV6 ? 6 : 4) != seg->ip_version)
		return -1;
	if (trail->port[0] == seg->src_port && trail->port[1] == seg->dst_port &&
	    !memcmp(first, seg->src.bytes, size) && !memcmp(other, seg->dst.bytes, size))
		return 0;
	if (trail->port[1] == seg->src_port && trail->port[0] == seg->dst_port &&
	    !memcmp(other, seg->src.bytes, size) && !memcmp(first, seg->dst.bytes, size))
		return 1;
	return -1;
}

struct trail *trails_find(struct trails *trails, const struct te_segment *seg,
			  uint64_t hash, unsigned *from)
{
	uint32_t mask = trails->size - 1;

	for (uint32_t i = (uint32_t)hash & mask; trails->slots[i].name != TRAILS_EMPTY;
	     i = (i + 1) & mask) {
		const struct trails_slot *slot = &trails->slots[i];
		int who;

		if (slot->hash != (uint32_t)hash || slot->name == TRAILS_GRAVE)
			continue;
		who = sender(trails_block(trails, slot->name), seg);
		if (who < 0)
			continue;
		*from = (unsigned)who;
		trails->found = i;
		return trails_block(trails, slot->name);
	}
	return NULL;
}

/* ---- the queue ---- */

static bool may_be_over(const struct trail *trail)
{
	const uint8_t both = TRAIL_FIN | TRAIL_FIN << 1;

	return (trail->bits & both) == both || trail->bits & TRAIL_RST;
}

static void append_to_queue(struct trails *trails, uint32_t name)
{
	struct trail *trail = trails_block(trails, name);

	trail->bits = (uint8_t)((trail->bits & ~TRAIL_TOUCHED) | TRAIL_QUEUED);
	trail->next = 0;
	if (trails->queue_last)
		trails_block(trails, trails->queue_last)->next = name;
	else
		trails->queue_first = name;
	trails->queue_last = name;
}

static uint32_t leave_queue(struct trails *trails)
{
	uint32_t name = trails->queue_first;
	struct trail *trail = trails_block(trails, name);

	trails->queue_first = trail->next;
	if (!trails->queue_first)
		trails->queue_last = 0;
	trail->bits &= (uint8_t) ~(TRAIL_QUEUED | TRAIL_TOUCHED);
	return name;
}

struct trail *trails_waiting(struct trails *trails)
{
	while (trails->queue_first &&
	       !trails_block(trails, trails->queue_first)->number) {
		uint32_t name = leave_queue(trails);

		give(trails, name);
	}
	return trails->queue_first ? trails_block(trails, trails->queue_first) : NULL;
}

void trails_unqueue(struct trails *trails, bool again)
{
	uint32_t name = leave_queue(trails);

	if (again)
		append_to_queue(trails, name);
}

/* ---- segments ---- */

static void note_closing(struct trail *trail, const struct te_segment *seg, unsigned from)
{
	if (seg->flags & TE_FIN)
		trail->bits |= (uint8_t)(TRAIL_FIN << from);
	if (seg->flags & TE_RST)
		trail->bits |= TRAIL_RST;
	if (trail->bits & TRAIL_QUEUED)
		trail->bits |= TRAIL_TOUCHED;
}

static struct trails_recent *recent_of(struct trails *trails, uint32_t name)
{
	return &trails->recent[(name * 0x9e3779b1u) >> (32 - TRAILS_RECENT_BITS)];
}

/* One that stands behind the last segment of the block so called. */
static struct trail_reader *reader_of(struct trails *trails, uint32_t name)
{
	struct trails_recent *recent = recent_of(trails, name);
	struct te_segment seg;

	if (recent->name != name) {
		recent->name = name;
		trail_read(&recent->reader, trails_block(trails, name));
		while (trail_next(&recent->reader, &seg) >= 0)
			;
	}
	return &recent->reader;
}

te_time trails_last(struct trails *trails)
{
	return reader_of(trails, trails->slots[trails->found].name)->time;
}

/* `written` stood behind the last segment before. */
static void add(struct trails *trails, uint32_t name, const struct trail_reader *written,
		const struct te_segment *seg, unsigned from, const uint8_t *bytes,
		size_t n)
{
	struct trail *trail = trails_block(trails, name);
	struct trails_recent *recent = recent_of(trails, name);

	memcpy(trail->rest + trail_addresses(trail) + trail->used, bytes, n);
	trail->used = (uint8_t)(trail->used + n);
	trail->count++;
	note_closing(trail, seg, from);
	recent->name = name;
	recent->reader = *written;
	recent->reader.time = seg->time;
	recent->reader.frame = (uint32_t)seg->frame;
	trail_expect(&recent->reader, seg, from);
}

bool trails_begin(struct trails *trails, const struct te_segment *seg, uint64_t hash,
		  uint32_t number)
{
	uint8_t bytes[TRAIL_SEGMENT_MAX];
	uint8_t size = seg->ip_version == 6 ? SMALL_IPV6 : SMALL;
	struct trail_reader reader;
	struct trail *trail;
	uint32_t name;
	size_t n;

	if (!make_room(trails) || !(name = pool_take(&trails->pool, size)))
		return false;
	trail = trails_block(trails, name);
	trail->size = size;
	n = trail_begin(trail, seg, number);
	if (n) {
		trail_read(&reader, trail);
		n = trail_write(trail, &reader, seg, 0, bytes);
	}
	if (!n || n > trail_room(trail)) {
		give(trails, name);
		return false;
	}
	add(trails, name, &reader, seg, 0, bytes, n);
	put(trails->slots, trails->size, (struct trails_slot){ (uint32_t)hash, name });
	trails->used++;
	trails->live++;
	return true;
}

/* The found one gets a larger block. The queue names it, so what waits there does not
 * move. 0: it stays where it is. */
static uint32_t enlarge(struct trails *trails, const struct trail *old)
{
	uint8_t middle = old->bits & TRAIL_IPV6 ? MIDDLE_IPV6 : MIDDLE;
	uint8_t size = old->size < middle ? middle : LARGE;
	struct trails_slot *slot = &trails->slots[trails->found];
	uint32_t name;

	if (old->size == LARGE || old->bits & TRAIL_QUEUED ||
	    !(name = pool_take(&trails->pool, size)))
		return 0;
	memcpy(trails_block(trails, name), old, (size_t)old->size * TRAIL_UNIT);
	trails_block(trails, name)->size = size;
	*recent_of(trails, name) =
	    (struct trails_recent){ name, *reader_of(trails, slot->name) };
	give(trails, slot->name);
	return slot->name = name;
}

/* What is found waits. It gets no more room then, so it should have some for the last
 * ACKs: enough for two segments, or as much as there is. */
static void queue(struct trails *trails)
{
	uint32_t name = trails->slots[trails->found].name;
	const struct trail *trail = trails_block(trails, name);

	if (trail_room(trail) - trail->used < TRAIL_SEGMENT_MAX / 2)
		enlarge(trails, trail);
	append_to_queue(trails, trails->slots[trails->found].name);
}

bool trails_append(struct trails *trails, struct trail *trail,
		   const struct te_segment *seg, unsigned from)
{
	uint32_t name = trails->slots[trails->found].name;
	const struct trail_reader *reader = reader_of(trails, name);
	uint8_t bytes[TRAIL_SEGMENT_MAX];
	size_t n = trail_write(trail, reader, seg, from, bytes);

	if (!n || trail->used + n > UINT8_MAX)
		return false;
	if (trail->used + n > trail_room(trail))
		name = enlarge(trails, trail);
	if (!name)
		return false;
	add(trails, name, reader, seg, from, bytes, n);
	trail = trails_block(trails, name);
	if (!(trail->bits & TRAIL_QUEUED) && may_be_over(trail))
		queue(trails);
	return true;
}

/* A trail in the queue is freed when its turn comes. */
void trails_drop(struct trails *trails, struct trail *trail)
{
	struct trails_slot *slot = &trails->slots[trails->found];

	if (trail->bits & TRAIL_QUEUED)
		trail->number = 0;
	else
		give(trails, slot->name);
	slot->name = TRAILS_GRAVE;
	trails->live--;
}
