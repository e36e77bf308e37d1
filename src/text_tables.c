/* text_tables.c - how connections opened and closed, and how their ends stand
 *
 * Three tables side by side: what is rarest is summed up in the last row, but a state
 * that is held, as CLOSE_WAIT, is told before those that cost nobody anything. With -v
 * all rows are there.
 */
#include "config.h"

#include "text.h"

#include <stdlib.h>

enum {
	MAX_KINDS = 6,
	MAX_STATES = 7,
	OPENED_COLUMN = 0,
	CLOSED_COLUMN = 23,
	STATES_COLUMN = 50,
	NUMBER_COLUMNS = 8,
};

struct kind {
	const char *name;
	uint64_t n[2]; /* of ways to open and to close: the first only */
	unsigned order;
	bool minor; /* a state that is not held */
};

static uint64_t kind_weight(const struct kind *kind)
{
	return kind->n[0] + kind->n[1];
}

static int by_weight(const void *a, const void *b)
{
	const struct kind *x = a, *y = b;

	if (x->minor != y->minor)
		return x->minor ? 1 : -1;
	if (kind_weight(x) != kind_weight(y))
		return kind_weight(x) > kind_weight(y) ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b)
{
	const struct kind *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order;
}

/* Keep the heaviest, in their natural order, and add up the rest. */
static size_t limit_kinds(struct kind *kinds, size_t count, size_t max)
{
	if (count <= max)
		return count;
	qsort(kinds, count, sizeof(*kinds), by_weight);
	struct kind *rest = &kinds[max - 1];
	rest->name = "others";
	rest->order = UINT32_MAX;
	for (size_t i = max; i < count; i++) {
		rest->n[0] += kinds[i].n[0];
		rest->n[1] += kinds[i].n[1];
	}
	qsort(kinds, max, sizeof(*kinds), by_order);
	return max;
}

struct tables {
	struct kind opened[TE_OPENED_COUNT], closed[TE_CLOSED_COUNT];
	struct kind states[TE_STATE_COUNT];
	size_t opened_count, closed_count, states_count;
};

static void add_kind(struct kind *kinds, size_t *count, struct kind kind)
{
	if (kind_weight(&kind) == 0)
		return;
	kind.order = (unsigned)*count;
	kinds[(*count)++] = kind;
}

/* As many as are held, and one row for the rest. */
static size_t states_shown(const struct tables *tables)
{
	size_t held = 0;

	for (size_t i = 0; i < tables->states_count; i++)
		held += !tables->states[i].minor;
	if (held < MAX_KINDS)
		return MAX_KINDS;
	return held < MAX_STATES ? held + 1 : MAX_STATES;
}

static void fill_tables(struct tables *tables, const struct text_tally *tally,
			bool verbose)
{
	size_t kinds = verbose ? SIZE_MAX : MAX_KINDS;

	*tables = (struct tables){ .opened_count = 0 };
	for (unsigned i = 0; i < TE_OPENED_COUNT; i++)
		add_kind(tables->opened, &tables->opened_count,
			 (struct kind){ .name = te_opened_name((enum te_opened)i),
					.n = { tally->opened[i] } });
	for (unsigned i = 0; i < TE_CLOSED_COUNT; i++)
		add_kind(tables->closed, &tables->closed_count,
			 (struct kind){ .name = te_closed_name((enum te_closed)i),
					.n = { tally->closed[i] } });
	for (unsigned i = 0; i < TE_STATE_COUNT; i++)
		add_kind(tables->states, &tables->states_count,
			 (struct kind){ .name = te_state_name((enum te_state)i),
					.n = { tally->states[TE_CLIENT][i],
					       tally->states[TE_SERVER][i] },
					.minor = !out_is_held((enum te_state)i) });
	tables->opened_count = limit_kinds(tables->opened, tables->opened_count, kinds);
	tables->closed_count = limit_kinds(tables->closed, tables->closed_count, kinds);
	tables->states_count = limit_kinds(tables->states, tables->states_count,
					   verbose ? SIZE_MAX : states_shown(tables));
}

static void put_number(struct term *term, uint64_t n, unsigned columns)
{
	char buf[TERM_NUMBER];

	term_right(term, TERM_PLAIN, columns, n > 0 ? term_count(n, buf) : "-");
}

static void put_kind(struct term *term, unsigned column, const struct kind *kind)
{
	term_to(term, column, column > 0 ? 2 : 0);
	put_number(term, kind->n[0], NUMBER_COLUMNS);
	term_printf(term, TERM_PLAIN, " %s", kind->name);
}

static void put_state(struct term *term, const struct kind *kind)
{
	term_to(term, STATES_COLUMN, 2);
	term_put(term, TERM_STATE, kind->name);
	term_to(term, STATES_COLUMN + 12, 1);
	put_number(term, kind->n[TE_CLIENT], NUMBER_COLUMNS);
	term_put(term, TERM_PLAIN, " ");
	put_number(term, kind->n[TE_SERVER], NUMBER_COLUMNS);
}

void text_tables_put(struct text *text, const struct text_tally *tally)
{
	struct term *term = &text->term;
	struct tables tables;

	fill_tables(&tables, tally, text->run->verbose > 0);
	text_separate(text);
	term_right(term, TERM_HEAD, NUMBER_COLUMNS + 7, "opened");
	term_to(term, CLOSED_COLUMN + NUMBER_COLUMNS + 1, 2);
	term_put(term, TERM_HEAD, "closed");
	term_to(term, STATES_COLUMN, 2);
	term_put(term, TERM_HEAD, "at the end");
	term_to(term, STATES_COLUMN + 12, 1);
	term_right(term, TERM_HEAD, NUMBER_COLUMNS, "client");
	term_right(term, TERM_HEAD, NUMBER_COLUMNS + 1, "server");
	term_end(term);
	for (size_t i = 0; i < tables.opened_count || i < tables.closed_count ||
			   i < tables.states_count;
	     i++) {
		if (i < tables.opened_count)
			put_kind(term, OPENED_COLUMN, &tables.opened[i]);
		if (i < tables.closed_count)
			put_kind(term, CLOSED_COLUMN, &tables.closed[i]);
		if (i < tables.states_count)
			put_state(term, &tables.states[i]);
		term_end(term);
	}
}
