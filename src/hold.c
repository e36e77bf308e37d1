/* hold.c - connections kept to the end, to be told in another order (--sort, --top)
 *
 * With --top, more than twice as many as asked for are never kept.
 */
#include "config.h"
#include "hold.h"
#include <stdlib.h>
#include <string.h>

struct hold_key {
	const char *name;
	int64_t (*value)(const struct te_connection *);
	bool ascending; /* else the greatest comes first */
};

struct hold_item {
	struct te_connection connection; /* with copies of what it points to */
	int64_t value;
};

struct hold {
	const struct hold_key *key;
	size_t top; /* 0: all */
	struct hold_item **items;
	size_t count, size;
};

static int64_t hold_bytes(const struct te_connection *c)
{
	return (int64_t)(c->end[TE_CLIENT].bytes + c->end[TE_SERVER].bytes);
}

static int64_t hold_packets(const struct te_connection *c)
{
	return (int64_t)(c->end[TE_CLIENT].packets + c->end[TE_SERVER].packets);
}

static int64_t hold_retransmits(const struct te_connection *c)
{
	return (int64_t)(c->end[TE_CLIENT].retransmits + c->end[TE_SERVER].retransmits);
}

static int64_t hold_duration(const struct te_connection *c)
{
	return c->last - c->first;
}

static int64_t hold_rtt(const struct te_connection *c)
{
	int64_t sum = 0;

	for (int end = TE_CLIENT; end <= TE_SERVER; end++) {
		if (c->end[end].rtt != TE_TIME_NONE)
			sum += c->end[end].rtt;
	}
	return sum;
}

static int64_t hold_findings(const struct te_connection *c)
{
	return (int64_t)c->finding_count;
}

static int64_t hold_severity(const struct te_connection *c)
{
	int64_t worst = -1;

	for (size_t i = 0; i < c->finding_count; i++) {
		if ((int64_t)c->findings[i].severity > worst)
			worst = (int64_t)c->findings[i].severity;
	}
	return worst;
}

static int64_t hold_start(const struct te_connection *c)
{
	return c->first;
}

static int64_t hold_end(const struct te_connection *c)
{
	return c->last;
}

static int64_t hold_number(const struct te_connection *c)
{
	return (int64_t)c->number;
}

/* clang-format off */
static const struct hold_key hold_keys[] = {
	{ "bytes",       hold_bytes,       false },
	{ "packets",     hold_packets,     false },
	{ "retransmits", hold_retransmits, false },
	{ "duration",    hold_duration,    false },
	{ "rtt",         hold_rtt,         false },
	{ "findings",    hold_findings,    false },
	{ "severity",    hold_severity,    false },
	{ "start",       hold_start,       true },
	{ "end",         hold_end,         true },
	{ "conn",        hold_number,      true },
};
/* clang-format on */

const char *hold_key_name(size_t i)
{
	return i < sizeof(hold_keys) / sizeof(hold_keys[0]) ? hold_keys[i].name : NULL;
}

const struct hold_key *hold_key_find(const char *name)
{
	for (size_t i = 0; i < sizeof(hold_keys) / sizeof(hold_keys[0]); i++) {
		if (strcmp(hold_keys[i].name, name) == 0)
			return &hold_keys[i];
	}
	return NULL;
}

struct hold *hold_new(const struct hold_key *key, uint64_t top)
{
	struct hold *hold = calloc(1, sizeof(*hold));

	if (hold == NULL)
		return NULL;
	hold->key = key;
	hold->top = top > SIZE_MAX / 4 ? 0 : (size_t)top;
	return hold;
}

static void hold_item_free(struct hold_item *item)
{
	struct te_connection *c = &item->connection;

	for (size_t i = 0; c->findings != NULL && i < c->finding_count; i++)
		free((void *)(uintptr_t)c->findings[i].detail);
	free((void *)(uintptr_t)c->findings);
	free((void *)(uintptr_t)c->transitions);
	free((void *)(uintptr_t)c->zeek_history);
	free(item);
}

/* A copy, or NULL when there is nothing to copy; *ok false when out of memory. */
static void *hold_copy(const void *data, size_t size, bool *ok)
{
	void *copy;

	if (data == NULL || size == 0)
		return NULL;
	copy = malloc(size);
	if (copy == NULL)
		*ok = false;
	else
		memcpy(copy, data, size);
	return copy;
}

static const char *hold_text(const char *text, bool *ok)
{
	return text == NULL ? NULL : hold_copy(text, strlen(text) + 1, ok);
}

static struct te_finding *hold_copy_findings(const struct te_connection *from,
					     const struct te_connection *to, bool *ok)
{
	struct te_finding *findings =
	    hold_copy(from->findings, from->finding_count * sizeof(*from->findings), ok);

	for (size_t i = 0; findings != NULL && i < from->finding_count; i++) {
		findings[i].connection = to;
		findings[i].detail = hold_text(from->findings[i].detail, ok);
	}
	return findings;
}

/* Rules, units, RFC sections and zeek_state are constants of the core: shared. */
static struct hold_item *hold_item_new(const struct te_connection *c)
{
	struct hold_item *item = malloc(sizeof(*item));
	bool ok = true;

	if (item == NULL)
		return NULL;
	item->connection = *c;
	item->connection.transitions =
	    hold_copy(c->transitions, c->transition_count * sizeof(*c->transitions), &ok);
	item->connection.findings = hold_copy_findings(c, &item->connection, &ok);
	item->connection.zeek_history = hold_text(c->zeek_history, &ok);
	if (!ok) {
		hold_item_free(item);
		return NULL;
	}
	return item;
}

static int hold_compare(const void *left, const void *right)
{
	const struct hold_item *a = *(struct hold_item *const *)left;
	const struct hold_item *b = *(struct hold_item *const *)right;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	if (a->connection.number == b->connection.number)
		return 0;
	return a->connection.number < b->connection.number ? -1 : 1;
}

void hold_sort(struct hold *hold)
{
	if (hold->count > 1)
		qsort(hold->items, hold->count, sizeof(*hold->items), hold_compare);
	while (hold->top != 0 && hold->count > hold->top)
		hold_item_free(hold->items[--hold->count]);
}

static bool hold_make_room(struct hold *hold)
{
	struct hold_item **items;
	size_t size = hold->size == 0 ? 64 : hold->size * 2;

	if (hold->top != 0 && hold->count >= 2 * hold->top)
		hold_sort(hold);
	if (hold->count < hold->size)
		return true;
	items = realloc(hold->items, size * sizeof(*items));
	if (items == NULL)
		return false;
	hold->items = items;
	hold->size = size;
	return true;
}

bool hold_add(struct hold *hold, const struct te_connection *c)
{
	struct hold_item *item;

	if (!hold_make_room(hold))
		return false;
	item = hold_item_new(c);
	if (item == NULL)
		return false;
	item->value = hold->key->value(c);
	if (!hold->key->ascending)
		item->value = -item->value;
	hold->items[hold->count++] = item;
	return true;
}

void hold_tell(struct hold *hold, void (*tell)(void *ctx, const struct te_connection *),
	       void *ctx)
{
	hold_sort(hold);
	for (size_t i = 0; i < hold->count; i++) {
		tell(ctx, &hold->items[i]->connection);
		hold_item_free(hold->items[i]);
	}
	hold->count = 0;
}

const struct te_connection *hold_at(const struct hold *hold, size_t i)
{
	return i < hold->count ? &hold->items[i]->connection : NULL;
}

void hold_free(struct hold *hold)
{
	if (hold == NULL)
		return;
	for (size_t i = 0; i < hold->count; i++)
		hold_item_free(hold->items[i]);
	free(hold->items);
	free(hold);
}
