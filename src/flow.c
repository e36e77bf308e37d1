/* flow.c - the flow table: open addressing over pointers, by a keyed hash
 *
 * Linear probing at a load of at most one half; a removal shifts what follows back, so
 * there are no tombstones. The order of the slots never reaches the output: connections
 * are also linked in the order of their first segments.
 */
#include "flow.h"
#include "cursor.h"

#include <stdlib.h>
#include <string.h>

struct flow_table *flow_new(const uint64_t seed[2])
{
	struct flow_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->size = 1024;
	table->slots = calloc(table->size, sizeof(*table->slots));
	table->key = flow_key(seed);
	if (!table->slots) {
		free(table);
		return NULL;
	}
	return table;
}

/* SIDE_A is the lower of the two (address, port), byte by byte. */
static inline enum side side_of(const struct te_segment *seg)
{
	uint64_t src = cur_be64(seg->src.bytes), dst = cur_be64(seg->dst.bytes);

	if (src == dst) {
		src = cur_be64(seg->src.bytes + 8);
		dst = cur_be64(seg->dst.bytes + 8);
	}
	if (src == dst) {
		src = seg->src_port;
		dst = seg->dst_port;
	}
	return src <= dst ? SIDE_A : SIDE_B;
}

enum side flow_side(const struct te_segment *seg)
{
	return side_of(seg);
}

static bool is_on(const struct conn *conn, const struct te_segment *seg, enum side from)
{
	enum side to = side_other(from);

	return conn->port[from] == seg->src_port && conn->port[to] == seg->dst_port &&
	       conn->ip_version == seg->ip_version &&
	       flow_same_addresses(conn, seg, from);
}

static void remember(struct flow_table *table, struct conn *conn,
		     const struct te_segment *seg, const struct flow_place *place)
{
	size_t at = flow_recent_index(place->word);

	table->changes++;
	table->marks[at] = flow_recent_mark(place->word);
	table->recent[at] = (struct flow_recent){
		.conn = conn,
		.word = place->word,
		.ports = flow_ports(seg->src_port, seg->dst_port),
		.ip_version = conn->ip_version,
		.from = (uint8_t)place->from,
	};
}

/* All that is known by this one's key, in both directions. */
static void forget(struct flow_table *table, const struct conn *key)
{
	table->changes++;
	for (int from = SIDE_A; from <= SIDE_B; from++) {
		int to = !from;
		uint64_t word = flow_word(&key->addr[from], &key->addr[to],
					  flow_ports(key->port[from], key->port[to]));

		table->recent[flow_recent_index(word)] = (struct flow_recent){ 0 };
	}
}

static void hash_place(const struct flow_table *table, const struct te_segment *seg,
		       struct flow_place *place)
{
	place->from = side_of(seg);
	place->hash = flow_hash(&table->key, seg, place->from == SIDE_B);
	place->hashed = true;
}

void flow_seek_slot(const struct flow_table *table, const struct te_segment *seg,
		    struct flow_place *place)
{
	hash_place(table, seg, place);
	if (table->count) /* most are trails */
		__builtin_prefetch(&table->slots[place->hash & (table->size - 1)]);
}

void flow_seek(struct flow_table *table, const struct te_segment *seg,
	       struct flow_place *place)
{
	if (!flow_seek_recent(table, seg, place))
		flow_seek_slot(table, seg, place);
}

/* What is not in its own slot has to wait. */
void flow_approach(const struct flow_table *table, const struct flow_place *place)
{
	const struct flow_slot *slot;

	if (!table->count || !place->hashed)
		return;
	slot = &table->slots[place->hash & (table->size - 1)];
	if (slot->conn && slot->hash == place->hash)
		flow_bring_near(slot->conn);
}

void flow_know(const struct flow_table *table, const struct te_segment *seg,
	       struct flow_place *place, const struct conn *peeked)
{
	if (peeked) {
		place->from = (enum side)place->recent->from;
		place->hash = peeked->hash;
	} else if (!place->hashed) {
		hash_place(table, seg, place);
	}
}

struct conn *flow_recent(const struct flow_table *table, const struct te_segment *seg,
			 struct flow_place *place)
{
	/* Who comes here does not know when it was sought. */
	struct conn *conn = flow_peek(table, seg, place, table->changes - 1);

	flow_know(table, seg, place, conn);
	return conn;
}

struct conn *flow_find(struct flow_table *table, const struct te_segment *seg,
		       struct flow_place *place)
{
	struct conn *recent = flow_recent(table, seg, place);

	return recent ? recent : flow_find_further(table, seg, place);
}

struct conn *flow_find_further(struct flow_table *table, const struct te_segment *seg,
			       struct flow_place *place)
{
	size_t mask = table->size - 1;

	if (!table->count) /* most are trails, and trails.h has them */
		return NULL;
	for (size_t i = place->hash & mask; table->slots[i].conn; i = (i + 1) & mask)
		if (table->slots[i].hash == place->hash &&
		    is_on(table->slots[i].conn, seg, place->from)) {
			remember(table, table->slots[i].conn, seg, place);
			return table->slots[i].conn;
		}
	return NULL;
}

/* The slot that holds the chain of `conn`'s addresses, or the empty one where it goes. */
static struct flow_slot *slot_of(struct flow_table *table, const struct conn *conn)
{
	size_t mask = table->size - 1, i = conn->hash & mask;

	for (; table->slots[i].conn; i = (i + 1) & mask) {
		const struct conn *other = table->slots[i].conn;

		if (table->slots[i].hash == conn->hash &&
		    other->ip_version == conn->ip_version &&
		    !memcmp(other->addr, conn->addr, sizeof(conn->addr)) &&
		    !memcmp(other->port, conn->port, sizeof(conn->port)))
			break;
	}
	return &table->slots[i];
}

static bool make_room(struct flow_table *table)
{
	struct flow_slot *old = table->slots;
	size_t old_size = table->size;

	if (table->used * 2 < table->size)
		return true;
	table->slots = calloc(old_size * 2, sizeof(*table->slots));
	if (!table->slots) {
		table->slots = old;
		return false;
	}
	table->size = old_size * 2;
	for (size_t i = 0; i < old_size; i++)
		if (old[i].conn)
			*slot_of(table, old[i].conn) = old[i];
	free(old);
	return true;
}

void flow_set_key(struct conn *conn, const struct te_segment *seg, enum side from)
{
	enum side to = side_other(from);

	conn->addr[from] = seg->src;
	conn->addr[to] = seg->dst;
	conn->port[from] = seg->src_port;
	conn->port[to] = seg->dst_port;
	conn->ip_version = seg->ip_version;
	conn->has_vlan = seg->has & TE_HAS_VLAN;
	conn->vlan = seg->vlan;
	conn->self_connect = seg->src_port == seg->dst_port &&
			     !memcmp(&seg->src, &seg->dst, sizeof(seg->src));
}

static void link_last(struct flow_table *table, struct conn *conn)
{
	conn->prev = table->last;
	if (table->last)
		table->last->next = conn;
	else
		table->first = conn;
	table->last = conn;
}

struct conn *flow_add(struct flow_table *table, const struct te_segment *seg,
		      const struct flow_place *place)
{
	struct conn *conn = make_room(table) ? calloc(1, sizeof(*conn)) : NULL;
	struct flow_slot *slot;

	if (!conn)
		return NULL;
	flow_set_key(conn, seg, place->from);
	conn->hash = place->hash;
	slot = slot_of(table, conn);
	if (!slot->conn)
		table->used++;
	conn->older = slot->conn;
	*slot = (struct flow_slot){ conn->hash, conn };
	forget(table, conn);
	remember(table, conn, seg, place); /* the newest on its addresses */
	link_last(table, conn);
	table->count++;
	return conn;
}

static void close_gap(struct flow_table *table, size_t hole)
{
	size_t mask = table->size - 1;

	for (size_t i = (hole + 1) & mask; table->slots[i].conn; i = (i + 1) & mask) {
		size_t home = table->slots[i].hash & mask;

		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		table->slots[hole] = table->slots[i];
		table->slots[i].conn = NULL;
		hole = i;
	}
}

static void unlink_conn(struct flow_table *table, struct conn *conn)
{
	if (conn->prev)
		conn->prev->next = conn->next;
	else
		table->first = conn->next;
	if (conn->next)
		conn->next->prev = conn->prev;
	else
		table->last = conn->prev;
}

void flow_remove(struct flow_table *table, struct conn *conn)
{
	struct flow_slot *slot = slot_of(table, conn);
	struct conn **at = &slot->conn;

	forget(table, conn);
	while (*at != conn)
		at = &(*at)->older;
	*at = conn->older;
	if (!slot->conn) {
		table->used--;
		close_gap(table, (size_t)(slot - table->slots));
	}
	unlink_conn(table, conn);
	table->count--;
	conn_release(conn);
	free(conn);
}

size_t flow_count(const struct flow_table *table)
{
	return table->count;
}

struct conn *flow_first(struct flow_table *table)
{
	return table->first;
}

static struct conn *merge(struct conn *a, struct conn *b)
{
	struct conn *first = NULL, **at = &first;

	while (a && b) {
		struct conn **less = a->number < b->number ? &a : &b;

		*at = *less;
		at = &(*less)->next;
		*less = *at;
	}
	*at = a ? a : b;
	return first;
}

/* The first `count` of them, linked by `next` alone. */
static struct conn *sorted(struct conn *first, size_t count)
{
	struct conn *second = first;

	if (count == 1)
		first->next = NULL;
	if (count <= 1)
		return first;
	for (size_t i = 0; i < count / 2; i++)
		second = second->next;
	second = sorted(second, count - count / 2);
	return merge(sorted(first, count / 2), second);
}

void flow_sort(struct flow_table *table)
{
	struct conn *prev = NULL;

	table->first = sorted(table->first, table->count);
	for (struct conn *conn = table->first; conn; conn = conn->next) {
		conn->prev = prev;
		prev = conn;
	}
	table->last = prev;
}

void flow_free(struct flow_table *table)
{
	struct conn *next;

	if (!table)
		return;
	for (struct conn *conn = table->first; conn; conn = next) {
		next = conn->next;
		conn_release(conn);
		free(conn);
	}
	free(table->slots);
	free(table);
}
