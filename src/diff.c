/* diff.c - what two inputs hold, by kind and number, and where they differ (--diff) */
#include "config.h"
#include "diff.h"
#include "record.h"
#include "table.h"
#include <stdlib.h>

/* The server's address; port, words and what it is about; then text: the verdict, or
 * the fingerprint, which stands for all the rest. */
enum { DIFF_KEY = 3 + DIFF_VERDICT / 8 };

struct diff_item {
	uint64_t key[DIFF_KEY];
	struct diff_row row;
	bool lost;
	UT_hash_handle hh;
};

struct diff {
	uint64_t seed[2];
	struct diff_item *items;
	uint64_t connections[2], findings[2];
	const struct diff_row **rows; /* of the report, as ids */
	struct diff_id *ids;
};

/* ---- kinds ---- */

void diff_set_server(struct diff_row *row, uint8_t ip_version, const struct te_addr *addr,
		     uint16_t port)
{
	row->ip_version = ip_version;
	row->addr = *addr;
	row->port = describe_is_ephemeral(NULL, port) ? DIFF_ANY_PORT : port;
}

static void diff_server_of(struct diff_row *row, const struct te_connection *c)
{
	diff_set_server(row, c->ip_version, &c->end[TE_SERVER].addr,
			c->end[TE_SERVER].port);
}

/* How sure a state is depends on the capture more than on the system: the verdict is
 * told without its '?'. */
void diff_of_connection(struct diff_row *row, const struct te_connection *connection)
{
	struct te_connection plain = *connection;

	plain.end[TE_CLIENT].presumed = plain.end[TE_SERVER].presumed = false;
	*row = (struct diff_row){
		.of = DIFF_CONNECTION,
		.opened = plain.opened,
		.closed = plain.closed,
		.first_closer = plain.first_closer,
	};
	diff_server_of(row, &plain);
	describe_verdict(&plain, row->verdict, sizeof(row->verdict));
}

void diff_of_finding(struct diff_row *row, const struct te_finding *finding)
{
	*row = (struct diff_row){
		.of = DIFF_FINDING,
		.severity = finding->severity,
		.end = finding->end,
	};
	if (finding->connection != NULL && finding->scope != TE_SCOPE_CAPTURE)
		diff_server_of(row, finding->connection);
	snprintf(row->finding, sizeof(row->finding), "%s", finding->rule->id);
	record_hex_id(describe_fingerprint(finding, NULL), row->fingerprint);
}

static void diff_key(const struct diff_row *row, uint64_t key[DIFF_KEY])
{
	const char *text = row->of == DIFF_FINDING ? row->fingerprint : row->verdict;

	memset(key, 0, DIFF_KEY * sizeof(*key));
	memcpy(&key[3], text, strlen(text));
	if (row->of == DIFF_FINDING)
		return;
	table_put_addr(key, row->addr.bytes);
	key[2] = (uint64_t)(uint32_t)row->port << 32 | (uint64_t)row->opened << 24 |
		 (uint64_t)row->closed << 16 | (uint64_t)row->first_closer << 8 |
		 row->ip_version;
}

/* ---- counting ---- */

struct diff *diff_new(const uint64_t seed[2])
{
	struct diff *diff = calloc(1, sizeof(*diff));

	if (diff != NULL)
		memcpy(diff->seed, seed, sizeof(diff->seed));
	return diff;
}

static struct diff_item *diff_item_new(struct diff *diff, const uint64_t key[DIFF_KEY],
				       const struct diff_row *kind)
{
	const uint64_t *seed = diff->seed;
	struct diff_item *item = calloc(1, sizeof(*item));

	if (item == NULL)
		return NULL;
	memcpy(item->key, key, sizeof(item->key));
	item->row = *kind;
	HASH_ADD(hh, diff->items, key, sizeof(item->key), item);
	if (!item->lost)
		return item;
	free(item);
	return NULL;
}

bool diff_add(struct diff *diff, enum diff_side side, const struct diff_row *kind)
{
	const uint64_t *seed = diff->seed;
	uint64_t key[DIFF_KEY];
	struct diff_item *item;

	diff_key(kind, key);
	HASH_FIND(hh, diff->items, key, sizeof(key), item);
	if (item == NULL)
		item = diff_item_new(diff, key, kind);
	if (item == NULL)
		return false;
	item->row.count[side]++;
	if (kind->severity > item->row.severity)
		item->row.severity = kind->severity;
	++*(kind->of == DIFF_FINDING ? &diff->findings[side] : &diff->connections[side]);
	return true;
}

bool diff_add_finding(struct diff *diff, enum diff_side side,
		      const struct te_finding *finding)
{
	struct diff_row kind;

	diff_of_finding(&kind, finding);
	return diff_add(diff, side, &kind);
}

bool diff_add_connection(struct diff *diff, enum diff_side side,
			 const struct te_connection *connection)
{
	struct diff_row kind;

	diff_of_connection(&kind, connection);
	if (!diff_add(diff, side, &kind))
		return false;
	for (size_t i = 0; i < connection->finding_count; i++) {
		if (!diff_add_finding(diff, side, &connection->findings[i]))
			return false;
	}
	return true;
}

/* ---- comparing ---- */

const char *diff_change_name(enum diff_change change)
{
	static const char *const names[] = {
		[DIFF_APPEARED] = "appeared",
		[DIFF_GONE] = "gone",
		[DIFF_CHANGED] = "changed",
		[DIFF_SAME] = "same",
	};

	return names[change];
}

enum diff_change diff_change(const struct diff_row *row)
{
	if (row->count[DIFF_OLD] == row->count[DIFF_NEW])
		return DIFF_SAME;
	if (row->count[DIFF_OLD] == 0)
		return DIFF_APPEARED;
	return row->count[DIFF_NEW] == 0 ? DIFF_GONE : DIFF_CHANGED;
}

static int diff_compare_servers(const struct diff_row *a, const struct diff_row *b)
{
	int order;

	if (a->ip_version != b->ip_version)
		return a->ip_version < b->ip_version ? -1 : 1;
	if ((order = memcmp(&a->addr, &b->addr, sizeof(a->addr))) != 0)
		return order;
	return a->port < b->port ? -1 : a->port > b->port;
}

static int diff_compare_kinds(const struct diff_row *a, const struct diff_row *b)
{
	int order;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if ((order = strcmp(a->finding, b->finding)) != 0 ||
	    (order = diff_compare_servers(a, b)) != 0 ||
	    (order = strcmp(a->verdict, b->verdict)) != 0 ||
	    (order = strcmp(a->fingerprint, b->fingerprint)) != 0)
		return order;
	if (a->opened != b->opened)
		return a->opened < b->opened ? -1 : 1;
	if (a->closed != b->closed)
		return a->closed < b->closed ? -1 : 1;
	return (int)a->first_closer - (int)b->first_closer;
}

/* What changed, then findings, the worst first, then connections by server. */
static int diff_compare(const void *left, const void *right)
{
	const struct diff_row *a = *(const struct diff_row *const *)left;
	const struct diff_row *b = *(const struct diff_row *const *)right;
	enum diff_change x = diff_change(a), y = diff_change(b);

	if (x != y)
		return x < y ? -1 : 1;
	if (a->of != b->of)
		return a->of < b->of ? -1 : 1;
	return diff_compare_kinds(a, b);
}

static int diff_compare_ids(const void *left, const void *right)
{
	const struct diff_id *a = left, *b = right;

	return strcmp(a->id, b->id);
}

/* One entry for each id. */
static size_t diff_join_ids(struct diff_id *ids, size_t count)
{
	size_t kept = 0;

	if (count > 1)
		qsort(ids, count, sizeof(*ids), diff_compare_ids);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && strcmp(ids[kept - 1].id, ids[i].id) == 0)
			ids[kept - 1].count += ids[i].count;
		else
			ids[kept++] = ids[i];
	}
	return kept;
}

static void diff_fill(struct diff *diff, struct diff_report *report)
{
	struct diff_item *item, *next;

	HASH_ITER (hh, diff->items, item, next) {
		const struct diff_row *row = &item->row;

		if (diff_change(row) != DIFF_SAME)
			diff->rows[report->row_count++] = row;
		if (row->of == DIFF_FINDING)
			diff->ids[report->id_count++] = (struct diff_id){
				.id = row->finding,
				.count = row->count[DIFF_OLD] + row->count[DIFF_NEW],
			};
	}
}

static void diff_free_report(struct diff *diff)
{
	free(diff->rows);
	free(diff->ids);
	diff->rows = NULL;
	diff->ids = NULL;
}

bool diff_report(struct diff *diff, struct diff_report *report)
{
	size_t size = (size_t)HASH_COUNT(diff->items) + 1;

	*report = (struct diff_report){ .path = { report->path[0], report->path[1] } };
	diff_free_report(diff);
	diff->rows = calloc(size, sizeof(*diff->rows));
	diff->ids = calloc(size, sizeof(*diff->ids));
	if (diff->rows == NULL || diff->ids == NULL)
		return false;
	diff_fill(diff, report);
	if (report->row_count > 1)
		qsort(diff->rows, report->row_count, sizeof(*diff->rows), diff_compare);
	report->id_count = diff_join_ids(diff->ids, report->id_count);
	report->rows = diff->rows;
	report->ids = diff->ids;
	memcpy(report->connections, diff->connections, sizeof(report->connections));
	memcpy(report->findings, diff->findings, sizeof(report->findings));
	return true;
}

void diff_free(struct diff *diff)
{
	struct diff_item *item, *next;

	if (diff == NULL)
		return;
	HASH_ITER (hh, diff->items, item, next) {
		HASH_DEL(diff->items, item);
		free(item);
	}
	diff_free_report(diff);
	free(diff);
}
