/* text_hosts.c - how many sockets each host had in each state (--show hosts)
 *
 * Two tables with the same columns, listeners and the hosts of clients. States that
 * never occurred have no column; on a narrow terminal the rarest lose theirs.
 */
#include "config.h"

#include "phrase.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { HOSTS_CELL = 64, HOSTS_LEAST = 3, HOSTS_GAP = 2 };

struct hosts_table {
	const struct hosts_row *rows;
	size_t count;
	unsigned host, sockets, when;    /* widths */
	unsigned states[TE_STATE_COUNT]; /* widths; 0: no column */
	unsigned left_out;
};

bool text_hosts_new(struct text *text)
{
	const struct te_config *config = text->run->config;

	text->hosts = hosts_new(config != NULL ? config->seed : NULL);
	return text->hosts != NULL;
}

void text_hosts_connection(struct text *text, const struct te_connection *connection)
{
	if (!hosts_connection(text->hosts, connection))
		text->term.out->failed = true;
}

/* ---- cells ---- */

static const char *host_cell(const struct hosts_row *row, char cell[HOSTS_CELL])
{
	if (row->listener)
		return out_socket_text(row->ip_version, &row->addr, row->port, cell);
	return out_addr_text(row->ip_version, &row->addr, cell);
}

static const char *count_cell(const struct hosts_row *row, int state,
			      char cell[HOSTS_CELL])
{
	if (row->peak[state] == 0)
		(void)phrase_print(cell, HOSTS_CELL, "-");
	else
		(void)phrase_print(cell, HOSTS_CELL, "%llu/%llu",
				   (unsigned long long)row->now[state],
				   (unsigned long long)row->peak[state]);
	return cell;
}

static const char *when_cell(struct text *text, const struct hosts_row *row,
			     char cell[TERM_NUMBER])
{
	const struct text_clock clock = { text->run->start, text->run->start };

	return text_time(text, &clock, row->peak_time[TE_UNKNOWN], 3, cell);
}

/* ---- columns ---- */

static void widen(unsigned *width, const char *cell)
{
	unsigned len = (unsigned)strlen(cell);

	if (len > *width)
		*width = len;
}

static void measure(struct text *text, struct hosts_table *table)
{
	char cell[HOSTS_CELL];

	widen(&table->host, "client host");
	widen(&table->sockets, "now/peak");
	widen(&table->when, "peak at");
	for (size_t i = 0; i < table->count; i++) {
		const struct hosts_row *row = &table->rows[i];

		widen(&table->host, host_cell(row, cell));
		widen(&table->sockets, count_cell(row, TE_UNKNOWN, cell));
		widen(&table->when, when_cell(text, row, cell));
		for (int s = TE_UNKNOWN + 1; s < TE_STATE_COUNT; s++) {
			if (row->peak[s] == 0)
				continue;
			widen(&table->states[s], te_state_name((enum te_state)s));
			widen(&table->states[s], count_cell(row, s, cell));
		}
	}
}

static unsigned table_width(const struct hosts_table *table)
{
	unsigned width =
	    table->host + HOSTS_GAP + table->sockets + HOSTS_GAP + table->when;

	for (int s = TE_UNKNOWN + 1; s < TE_STATE_COUNT; s++)
		width += table->states[s] > 0 ? table->states[s] + HOSTS_GAP : 0;
	return width;
}

static uint64_t highest(const struct hosts_table *table, int state)
{
	uint64_t peak = 0;

	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].peak[state] > peak)
			peak = table->rows[i].peak[state];
	return peak;
}

/* The state with the lowest peak that still has a column; 0: none has. */
static int rarest(const struct hosts_table *table)
{
	int found = 0;

	for (int s = TE_UNKNOWN + 1; s < TE_STATE_COUNT; s++)
		if (table->states[s] > 0 &&
		    (found == 0 || highest(table, s) < highest(table, found)))
			found = s;
	return found;
}

static void fit(struct hosts_table *table, unsigned width)
{
	int state;

	while (width > 0 && table_width(table) > width && (state = rarest(table)) != 0) {
		table->states[state] = 0;
		table->left_out++;
	}
}

/* ---- lines ---- */

static void put_cell(struct term *term, enum term_style style, unsigned *at,
		     unsigned width, const char *cell)
{
	*at += HOSTS_GAP;
	term_to(term, *at, 1);
	term_right(term, style, width, cell);
	*at += width;
}

static void put_head(struct term *term, const struct hosts_table *table, bool listeners)
{
	unsigned at = table->host;

	term_put(term, TERM_HEAD, listeners ? "listener" : "client host");
	put_cell(term, TERM_DIM, &at, table->sockets, "now/peak");
	put_cell(term, TERM_DIM, &at, table->when, "peak at");
	for (int s = TE_UNKNOWN + 1; s < TE_STATE_COUNT; s++)
		if (table->states[s] > 0)
			put_cell(term, TERM_DIM, &at, table->states[s],
				 te_state_name((enum te_state)s));
	term_end(term);
}

static void put_row(struct text *text, const struct hosts_table *table,
		    const struct hosts_row *row)
{
	struct term *term = &text->term;
	unsigned at = table->host;
	char cell[HOSTS_CELL];

	term_put(term, TERM_PLAIN, host_cell(row, cell));
	put_cell(term, TERM_PLAIN, &at, table->sockets,
		 count_cell(row, TE_UNKNOWN, cell));
	put_cell(term, TERM_DIM, &at, table->when, when_cell(text, row, cell));
	for (int s = TE_UNKNOWN + 1; s < TE_STATE_COUNT; s++)
		if (table->states[s] > 0)
			put_cell(term, TERM_PLAIN, &at, table->states[s],
				 count_cell(row, s, cell));
	term_end(term);
}

/* Rows from `first` to before `end`, as many as there is room for. */
static void put_rows(struct text *text, const struct hosts_table *table, size_t first,
		     size_t end, size_t room)
{
	size_t shown = room > 0 && end - first > room ? room - 1 : end - first;

	if (first == end)
		return;
	text_separate(text);
	put_head(&text->term, table, table->rows[first].listener);
	for (size_t i = first; i < first + shown; i++)
		put_row(text, table, &table->rows[i]);
	if (first + shown < end) {
		term_printf(&text->term, TERM_DIM, "and %zu more; -v shows all",
			    end - first - shown);
		term_end(&text->term);
	}
}

/* Half of the lines for each table, and what one leaves for the other; a blank line and
 * a head go off. */
static size_t room_of(unsigned lines, size_t own, size_t other)
{
	size_t rows = lines > 4 + 2 * HOSTS_LEAST ? lines - 4 : 2 * HOSTS_LEAST;
	size_t half = rows / 2;

	if (lines == 0 || own + other <= rows)
		return 0;
	return other < half ? rows - other : own < half ? own : half;
}

void text_hosts_end(struct text *text, te_time end, unsigned lines)
{
	struct hosts_table table = { .host = 0 };
	size_t listeners = 0, clients;

	if (!hosts_rows(text->hosts, end, &table.rows, &table.count)) {
		text->term.out->failed = true;
		return;
	}
	if (table.count == 0 && text->overview.connections > 0) {
		text_separate(text);
		term_put(&text->term, TERM_PLAIN, "no sockets");
		term_end(&text->term);
	}
	while (listeners < table.count && table.rows[listeners].listener)
		listeners++;
	clients = table.count - listeners;
	measure(text, &table);
	fit(&table, text->run->verbose > 0 ? 0 : text->term.width);
	put_rows(text, &table, 0, listeners, room_of(lines, listeners, clients));
	put_rows(text, &table, listeners, table.count,
		 room_of(lines, clients, listeners));
	if (table.left_out > 0) {
		term_printf(&text->term, TERM_DIM,
			    "%u rarer state%s need a wider terminal, or -v",
			    table.left_out, table.left_out == 1 ? "" : "s");
		term_end(&text->term);
	}
}
