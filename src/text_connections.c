/* text_connections.c - one line per connection
 *
 * The first KEEP connections wait until their widths are known; the columns are fixed
 * then and further ones are printed as they come. On a terminal that is too narrow,
 * columns leave in the order of `leaving`, and addresses lose their middle.
 */
#include "config.h"

#include "phrase.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEEP = 1024,
	CELL = TEXT_SENTENCE,
	LEAST_ADDRESS = 12,
	USUAL_HOW = 16,
	LEAST_HOW = 10
};

enum column {
	NUMBER,
	CLIENT,
	SERVER,
	START,
	LASTED,
	CLIENT_BYTES,
	SERVER_BYTES,
	CLIENT_STATE,
	SERVER_STATE,
	HOW,
	VERDICT,
};

/* clang-format off */
static const struct {
	const char *head;
	bool right; /* aligned */
	enum term_style style;
} columns[TEXT_COLUMNS] = {
	[NUMBER] = { "#", true, TERM_HEAD },
	[CLIENT] = { "client", false, TERM_PLAIN },
	[SERVER] = { "server", false, TERM_PLAIN },
	[START] = { "start", true, TERM_PLAIN },
	[LASTED] = { "lasted", true, TERM_PLAIN },
	[CLIENT_BYTES] = { "sent →", true, TERM_PLAIN },
	[SERVER_BYTES] = { "← sent", true, TERM_PLAIN },
	[CLIENT_STATE] = { "client is", false, TERM_STATE },
	[SERVER_STATE] = { "server is", false, TERM_STATE },
	[HOW] = { "ended", false, TERM_PLAIN },
	[VERDICT] = { "verdict", false, TERM_PLAIN },
};
/* clang-format on */

/* CLIENT_BYTES leave with SERVER_BYTES. */
static const enum column leaving[] = { VERDICT, START, SERVER_BYTES, LASTED, HOW };

/* ---- cells ---- */

/* "fin"; how it opened only where that is the news. */
static const char *how_cell(const struct text_row *row, char cell[CELL])
{
	const char *opened = te_opened_name(row->opened);
	const char *closed = te_closed_name(row->closed);

	if (row->opened == TE_OPENED_HANDSHAKE)
		return closed;
	if (row->closed == TE_CLOSED_NONE)
		return opened;
	return phrase_print(cell, CELL, "%s → %s", opened, closed);
}

static const char *state_cell(const struct text_row *row, enum te_end end,
			      char cell[CELL])
{
	const char *name = te_state_name((enum te_state)row->state[end]);

	return row->presumed[end] ? phrase_print(cell, CELL, "%s?", name) : name;
}

static const char *start_cell(struct text *text, const struct text_row *row,
			      char cell[CELL])
{
	te_time start = text->run->start != TE_TIME_NONE ? text->run->start : row->first;
	const struct text_clock clock = { .start = start, .before = start };

	return text_time(text, &clock, row->first, 3, cell);
}

static const char *cell_of(struct text *text, const struct text_row *row,
			   enum column column, char cell[CELL])
{
	switch (column) {
	case NUMBER:
		*out_decimal(cell, row->number) = '\0';
		break;
	case CLIENT:
		return text_address(&row->ends, TE_CLIENT, cell);
	case SERVER:
		return text_address(&row->ends, TE_SERVER, cell);
	case START:
		return start_cell(text, row, cell);
	case LASTED:
		return describe_duration(row->last - row->first, cell, CELL);
	case CLIENT_BYTES:
		return term_bytes(row->bytes[TE_CLIENT], cell);
	case SERVER_BYTES:
		return term_bytes(row->bytes[TE_SERVER], cell);
	case CLIENT_STATE:
		return state_cell(row, TE_CLIENT, cell);
	case SERVER_STATE:
		return state_cell(row, TE_SERVER, cell);
	case HOW:
		return how_cell(row, cell);
	case VERDICT:
		return row->verdict;
	}
	return cell;
}

/* ---- widths ---- */

static void measure_columns(struct text *text)
{
	struct text_connections *table = &text->connections;
	char cell[CELL];
	unsigned own;

	for (unsigned i = 0; i < TEXT_COLUMNS; i++) {
		table->widths[i] = term_columns(&text->term, columns[i].head);
		for (size_t row = 0; row < table->count; row++) {
			own = term_columns(&text->term, cell_of(text, &table->rows[row],
								(enum column)i, cell));
			if (own > table->widths[i])
				table->widths[i] = own;
		}
	}
}

static unsigned total_width(const struct text_connections *table)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < TEXT_COLUMNS; i++)
		if (table->widths[i] > 0)
			sum += table->widths[i] + (sum > 0 ? table->gap : 0);
	return sum;
}

/* Take what is missing from the wider of the two addresses. */
static void shrink_addresses(struct text_connections *table, unsigned width)
{
	while (total_width(table) > width) {
		enum column wider =
		    table->widths[CLIENT] > table->widths[SERVER] ? CLIENT : SERVER;

		if (table->widths[wider] <= LEAST_ADDRESS)
			break;
		table->widths[wider]--;
	}
}

/* The last column may lose its end to the margin, down to so many columns. */
static void cap_how(struct text_connections *table, unsigned most)
{
	if (table->widths[VERDICT] == 0 && table->widths[HOW] > most)
		table->widths[HOW] = most;
}

/* Columns leave until the rest fits; addresses lose a little before the end of the
 * story does. */
static void fit_columns(struct text_connections *table, unsigned width)
{
	for (size_t i = 0; i < sizeof(leaving) / sizeof(leaving[0]); i++) {
		bool story = leaving[i] == HOW;

		if (story)
			cap_how(table, LEAST_HOW);
		if (total_width(table) <= width + (story ? 2 * LEAST_ADDRESS : 0))
			break;
		table->widths[leaving[i]] = 0;
		if (leaving[i] == SERVER_BYTES)
			table->widths[CLIENT_BYTES] = 0;
		cap_how(table, USUAL_HOW);
	}
	if (total_width(table) > width)
		table->gap = 1;
	shrink_addresses(table, width);
}

static void fix_columns(struct text *text)
{
	struct text_connections *table = &text->connections;

	measure_columns(text);
	table->gap = 2;
	if (text_time_columns(text) == 0)
		table->widths[START] = 0;
	if (text->term.width > 0)
		fit_columns(table, text->term.width);
	table->flowing = true;
}

/* ---- rows ---- */

/* Cut the middle out of an address: its ends tell more. */
static const char *shorten(const struct term *term, const char *cell, unsigned room,
			   char shorter[CELL])
{
	size_t len = strlen(cell);
	size_t tail = room / 2;

	if (len <= room || room < 4)
		return cell;
	(void)snprintf(shorter, CELL, "%.*s%s%s", (int)(room - 1 - tail), cell,
		       term->utf8 ? "…" : "~", cell + len - tail);
	return shorter;
}

static void put_cells(struct text *text, const struct text_row *row)
{
	const struct text_connections *table = &text->connections;
	char buf[CELL], shorter[CELL];
	unsigned at = 0;

	for (unsigned i = 0; i < TEXT_COLUMNS; i++) {
		unsigned width = table->widths[i];
		const char *cell;

		if (width == 0)
			continue;
		cell = row == NULL ? columns[i].head
				   : cell_of(text, row, (enum column)i, buf);
		if (text->term.width > 0 && row != NULL && (i == CLIENT || i == SERVER))
			cell = shorten(&text->term, cell, width, shorter);
		term_to(&text->term, at, at > 0 ? table->gap : 0);
		term_right(&text->term, row == NULL ? TERM_DIM : columns[i].style,
			   columns[i].right ? width : 0, cell);
		at += width + table->gap;
	}
	term_end(&text->term);
}

static void put_kept(struct text *text)
{
	struct text_connections *table = &text->connections;

	if (table->count == 0)
		return;
	fix_columns(text);
	text_separate(text);
	put_cells(text, NULL);
	for (size_t i = 0; i < table->count; i++)
		put_cells(text, &table->rows[i]);
	text_connections_free(text);
}

static void fill_row(struct text_row *row, const struct te_connection *connection)
{
	*row = (struct text_row){
		.number = connection->number,
		.first = connection->first,
		.last = connection->last,
		.opened = connection->opened,
		.closed = connection->closed,
	};
	text_ends_of(&row->ends, connection);
	for (int end = TE_CLIENT; end <= TE_SERVER; end++) {
		row->bytes[end] = connection->end[end].bytes;
		row->state[end] = (uint8_t)connection->end[end].state;
		row->presumed[end] = connection->end[end].presumed;
	}
	(void)describe_verdict(connection, row->verdict, sizeof(row->verdict));
}

/* False: no room, the row has to be printed now. */
static bool keep_row(struct text_connections *table, const struct text_row *row)
{
	if (table->count == table->size) {
		size_t size = table->size > 0 ? 2 * table->size : 16;
		struct text_row *rows =
		    size > KEEP ? NULL : realloc(table->rows, size * sizeof(*rows));
		if (rows == NULL)
			return false;
		table->rows = rows;
		table->size = size;
	}
	table->rows[table->count++] = *row;
	return true;
}

void text_connections_connection(struct text *text,
				 const struct te_connection *connection)
{
	struct text_connections *table = &text->connections;
	struct text_row row;

	fill_row(&row, connection);
	if (!table->flowing && keep_row(table, &row))
		return;
	if (!table->flowing)
		put_kept(text);
	put_cells(text, &row);
}

void text_connections_end(struct text *text)
{
	if (text->connections.flowing)
		return;
	if (text->connections.count > 0) {
		put_kept(text);
		return;
	}
	text_separate(text);
	term_put(&text->term, TERM_PLAIN, "no connections");
	term_end(&text->term);
}

void text_connections_free(struct text *text)
{
	free(text->connections.rows);
	text->connections.rows = NULL;
	text->connections.count = text->connections.size = 0;
}
