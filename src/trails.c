/* trails.c - trails in blocks of three sizes, and an index over them
 *
 * The index is open addressing over 32 bits of the hash and the name of the block; what
 * was dropped leaves a grave until the next growth. Its order never reaches the output.
 */
#include "trails.h"
#include "pool.h"

#include <stdlib.h>
#include <string.h>

/* Units of a block: a SYN; the dozen segments of most connections; the most. */
enum { SMALL = 4, MIDDLE = 10, LARGE = 16, SMALL_IPV6 = 6, MIDDLE_IPV6 = 12 };

enum { EMPTY = 0, GRAVE = UINT32_MAX };

struct slot {
	uint32_t hash; /* once sorted: the connection's number */
	uint32_t name; /* EMPTY, GRAVE, or a block's */
};

/* Readers that stand behind the last segment of a trail that got one lately: without one,
 * all its segments must be read before another can be written. */
enum { RECENT_BITS = 14, RECENT = 1 << RECENT_BITS };
struct recent {
	uint32_t name;
	struct trail_reader reader;
};

struct trails {
	struct recent *recent;
	struct pool pool;
	struct slot *slots;
	uint32_t size, used; /* slots, a power of two; used: not EMPTY */
	uint32_t live;
	uint32_t found; /* the slot of what was found last */
	uint32_t queue_first, queue_last;
	struct slot *order; /* once sorted */
	uint32_t order_at;
};

struct trails *trails_new(void)
{
	struct trails *trails = calloc(1, sizeof(*trails));

	if (!trails)
		return NULL;
	trails->size = 64;
	trails->slots = calloc(trails->size, sizeof(*trails->slots));
	trails->recent = calloc(RECENT, sizeof(*trails->recent));
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

static struct trail *at(const struct trails *trails, uint32_t name)
{
	return pool_at(&trails->pool, name);
}

/* A block that is free has no number, and keeps its size. */
static void give(struct trails *trails, uint32_t name)
{
	struct trail *trail = at(trails, name);

	trail->number = 0;
	pool_give(&trails->pool, name, trail->size);
}

/* ---- the index ---- */

static bool is_used(const struct slot *slot)
{
	return slot->name != EMPTY && slot->name != GRAVE;
}

void trails_seek(const struct trails *trails, uint64_t hash)
{
	__builtin_prefetch(&trails->slots[hash & (trails->size - 1)]);
}

void trails_approach(const struct trails *trails, uint64_t hash)
{
	const struct slot *slot = &trails->slots[hash & (trails->size - 1)];
	const char *block;

	if (!is_used(slot))
		return;
	block = pool_at(&trails->pool, slot->name);
	__builtin_prefetch(block, 1);
	__builtin_prefetch(block + 64, 1);
	__builtin_prefetch(block + 128, 1);
}

static void put(struct slot *slots, uint32_t size, struct slot slot)
{
	uint32_t i = slot.hash & (size - 1);

	while (slots[i].name != EMPTY)
		i = (i + 1) & (size - 1);
	slots[i] = slot;
}

/* At a load of three quarters, graves included, it is made anew. */
static bool make_room(struct trails *trails)
{
	uint32_t size = trails->size;
	struct slot *slots;

	if (trails->used < size / 4 * 3)
		return true;
	while (trails->live >= size / 2)
		size *= 2;
	slots = calloc(size, sizeof(*slots));
	if (!slots)
		return false;
	for (uint32_t i = 0; i < trails->size; i++)
		if (is_used(&trails->slots[i]))
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

	for (uint32_t i = (uint32_t)hash & mask; trails->slots[i].name != EMPTY;
	     i = (i + 1) & mask) {
		const struct slot *slot = &trails->slots[i];
		int who;

		if (slot->hash != (uint32_t)hash || slot->name == GRAVE)
			continue;
		who = sender(at(trails, slot->name), seg);
		if (who < 0)
			continue;
		*from = (unsigned)who;
		trails->found = i;
		return at(trails, slot->name);
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
	struct trail *trail = at(trails, name);

	trail->bits = (uint8_t)((trail->bits & ~TRAIL_TOUCHED) | TRAIL_QUEUED);
	trail->next = 0;
	if (trails->queue_last)
		at(trails, trails->queue_last)->next = name;
	else
		trails->queue_first = name;
	trails->queue_last = name;
}

static uint32_t leave_queue(struct trails *trails)
{
	uint32_t name = trails->queue_first;
	struct trail *trail = at(trails, name);

	trails->queue_first = trail->next;
	if (!trails->queue_first)
		trails->queue_last = 0;
	trail->bits &= (uint8_t) ~(TRAIL_QUEUED | TRAIL_TOUCHED);
	return name;
}

struct trail *trails_waiting(struct trails *trails)
{
	while (trails->queue_first && !at(trails, trails->queue_first)->number) {
		uint32_t name = leave_queue(trails);

		give(trails, name);
	}
	return trails->queue_first ? at(trails, trails->queue_first) : NULL;
}

void trails_unqueue(struct trails *trails, bool again)
{
	uint32_t name = leave_queue(trails);

	if (again)
		append_to_queue(trails, name);
}

uint64_t trails_memory(const struct trails *trails)
{
	return trails->pool.bytes + trails->size * sizeof(*trails->slots);
}

struct trail *trails_next(const struct trails *trails, uint32_t *name)
{
	unsigned size = *name ? at(trails, *name)->size : 0;

	while ((*name = pool_next(&trails->pool, *name, size)) != 0) {
		struct trail *trail = at(trails, *name);

		if (trail->number)
			return trail;
		size = trail->size;
	}
	return NULL;
}

void trails_mark(struct trails *trails)
{
	for (uint32_t i = 0; i < trails->size; i++) {
		struct trail *trail;

		if (!is_used(&trails->slots[i]))
			continue;
		trail = at(trails, trails->slots[i].name);
		trail->bits |= TRAIL_MARKED;
		trail->mark = trail->used;
	}
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

static struct recent *recent_of(struct trails *trails, uint32_t name)
{
	return &trails->recent[(name * 0x9e3779b1u) >> (32 - RECENT_BITS)];
}

/* One that stands behind the last segment of the block so called. */
static struct trail_reader *reader_of(struct trails *trails, uint32_t name)
{
	struct recent *recent = recent_of(trails, name);
	struct te_segment seg;

	if (recent->name != name) {
		recent->name = name;
		trail_read(&recent->reader, at(trails, name));
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
	struct trail *trail = at(trails, name);
	struct recent *recent = recent_of(trails, name);

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
	trail = at(trails, name);
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
	put(trails->slots, trails->size, (struct slot){ (uint32_t)hash, name });
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
	struct slot *slot = &trails->slots[trails->found];
	uint32_t name;

	if (old->size == LARGE || old->bits & TRAIL_QUEUED ||
	    !(name = pool_take(&trails->pool, size)))
		return 0;
	memcpy(at(trails, name), old, (size_t)old->size * TRAIL_UNIT);
	at(trails, name)->size = size;
	*recent_of(trails, name) =
	    (struct recent){ name, *reader_of(trails, slot->name) };
	give(trails, slot->name);
	return slot->name = name;
}

/* What is found waits. It gets no more room then, so it should have some for the last
 * ACKs: enough for two segments, or as much as there is. */
static void queue(struct trails *trails)
{
	uint32_t name = trails->slots[trails->found].name;
	const struct trail *trail = at(trails, name);

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
	trail = at(trails, name);
	if (!(trail->bits & TRAIL_QUEUED) && may_be_over(trail))
		queue(trails);
	return true;
}

/* A trail in the queue is freed when its turn comes. */
void trails_drop(struct trails *trails, struct trail *trail)
{
	struct slot *slot = &trails->slots[trails->found];

	if (trail->bits & TRAIL_QUEUED)
		trail->number = 0;
	else
		give(trails, slot->name);
	slot->name = GRAVE;
	trails->live--;
}

/* ---- in order ---- */

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* One pass of a radix sort, lowest digit first. */
static void sort_by_digit(const struct slot *from, struct slot *to, uint32_t count,
			  int shift)
{
	uint32_t starts[DIGITS] = { 0 }, sum = 0;

	for (uint32_t i = 0; i < count; i++)
		starts[from[i].hash >> shift & (DIGITS - 1)]++;
	for (int d = 0; d < DIGITS; d++) {
		uint32_t n = starts[d];

		starts[d] = sum;
		sum += n;
	}
	for (uint32_t i = 0; i < count; i++)
		to[starts[from[i].hash >> shift & (DIGITS - 1)]++] = from[i];
}

/* The index is not needed any more: its slots become what is sorted. */
static void gather(struct trails *trails)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < trails->size; i++) {
		uint32_t name = trails->slots[i].name;

		if (is_used(&trails->slots[i]))
			trails->slots[count++] =
			    (struct slot){ at(trails, name)->number, name };
	}
}

void trails_sort(struct trails *trails)
{
	struct slot *slots = trails->slots;
	struct slot *sorted = malloc((trails->live + 1) * sizeof(*sorted));

	gather(trails);
	if (sorted) {
		sort_by_digit(slots, sorted, trails->live, 0);
		sort_by_digit(sorted, slots, trails->live, DIGIT_BITS);
		sort_by_digit(slots, sorted, trails->live, 2 * DIGIT_BITS);
	} else { /* rather out of order than lost */
		sorted = slots;
		trails->slots = NULL;
	}
	trails->order = sorted;
}

const struct trail *trails_at(const struct trails *trails, uint32_t i)
{
	return i < trails->live - trails->order_at
		   ? at(trails, trails->order[trails->order_at + i].name)
		   : NULL;
}

void trails_take_first(struct trails *trails)
{
	trails->order_at++;
}
