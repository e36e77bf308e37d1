/* text_diff.c - what appeared, went away or changed in number (--diff)
 *
 * Findings first, the worst on top; of each group no more than fit on a screen, unless
 * -v is given.
 */
#include "config.h"

#include "diff.h"
#include "text.h"

#include <string.h>

enum {
	DIFF_ROWS = 12, /* of a group, when others are there too; a screen holds them */
	DIFF_LINES = 4, /* of one row, at most */
	DIFF_SERVER = OUT_SOCKET_ADDR,
};

struct widths {
	unsigned count[2], server;
};

static const char *server_cell(const struct diff_row *row, char cell[DIFF_SERVER])
{
	char addr[OUT_ADDR];

	if (row->ip_version == 0)
		(void)snprintf(cell, DIFF_SERVER, "the capture");
	else if (row->port != DIFF_ANY_PORT)
		(void)out_socket_text(row->ip_version, &row->addr, (uint16_t)row->port,
				      cell);
	else
		(void)snprintf(cell, DIFF_SERVER,
			       row->ip_version == 6 ? "[%s]:*" : "%s:*",
			       out_addr_text(row->ip_version, &row->addr, addr));
	return cell;
}

static void widen(unsigned *width, size_t own)
{
	if (own > *width)
		*width = (unsigned)own;
}

static struct widths measure(const struct diff_report *diff)
{
	char number[TERM_NUMBER], server[DIFF_SERVER];
	struct widths widths = { .server = 0 };

	for (size_t i = 0; i < diff->row_count; i++) {
		const struct diff_row *row = diff->rows[i];

		for (int side = DIFF_OLD; side <= DIFF_NEW; side++)
			widen(&widths.count[side],
			      strlen(term_count(row->count[side], number)));
		widen(&widths.server, strlen(server_cell(row, server)));
	}
	return widths;
}

/* ---- rows ---- */

static void put_finding(struct text *text, const struct diff_row *row)
{
	bool ended = row->end != TE_NO_END;
	char words[TEXT_SENTENCE];

	term_printf(&text->term, term_severity(row->severity), "%s ",
		    te_severity_name(row->severity));
	(void)snprintf(words, sizeof(words), "%s%s%s", row->finding, ended ? ", " : "",
		       ended ? te_end_name(row->end) : "");
	term_wrap(&text->term, TERM_PLAIN, words, DIFF_LINES);
}

/* How a half-open one ended is not in its verdict. */
static void put_verdict(struct text *text, const struct diff_row *row)
{
	bool more = row->opened == TE_OPENED_HALF_OPEN && row->closed != TE_CLOSED_OPEN;
	char words[TEXT_SENTENCE];

	(void)snprintf(words, sizeof(words), "%s%s%s", row->verdict, more ? ": " : "",
		       more ? te_closed_name(row->closed) : "");
	term_wrap(&text->term, TERM_PLAIN, words, DIFF_LINES);
}

static void put_row(struct text *text, const struct diff_row *row, struct widths widths)
{
	struct term *term = &text->term;
	char number[TERM_NUMBER], server[DIFF_SERVER];
	unsigned at;

	term_to(term, TEXT_LABEL, 0);
	term_right(term, TERM_PLAIN, widths.count[DIFF_OLD],
		   term_count(row->count[DIFF_OLD], number));
	term_put(term, TERM_DIM, " → ");
	term_right(term, TERM_HEAD, widths.count[DIFF_NEW],
		   term_count(row->count[DIFF_NEW], number));
	term_put(term, TERM_PLAIN, "  ");
	at = term->column;
	term_put(term, TERM_PLAIN, server_cell(row, server));
	term_to(term, at + widths.server + 2, 2);
	if (row->of == DIFF_FINDING)
		put_finding(text, row);
	else
		put_verdict(text, row);
	term_end(term);
}

/* ---- groups ---- */

/* Rows of the group that begins at `from`. */
static size_t group_size(const struct diff_report *diff, size_t from)
{
	size_t i = from;

	while (i < diff->row_count &&
	       diff_change(diff->rows[i]) == diff_change(diff->rows[from]))
		i++;
	return i - from;
}

static void put_group(struct text *text, const struct diff_report *diff, size_t from,
		      size_t count, struct widths widths)
{
	size_t shown = count;
	char number[TERM_NUMBER];

	if (text->run->verbose == 0 && count > DIFF_ROWS)
		shown = DIFF_ROWS - 1;
	text_separate(text);
	text_put_label(text, diff_change_name(diff_change(diff->rows[from])));
	for (size_t i = from; i < from + shown; i++)
		put_row(text, diff->rows[i], widths);
	if (shown == count)
		return;
	term_to(&text->term, TEXT_LABEL, 1);
	term_printf(&text->term, TERM_DIM, "and %s more (-v)",
		    term_count(count - shown, number));
	term_end(&text->term);
}

static void put_input(struct text *text, const struct diff_report *diff,
		      enum diff_side side, const char *label)
{
	char connections[TERM_NUMBER], findings[TERM_NUMBER];

	text_put_label(text, label);
	term_printf(&text->term, TERM_PLAIN, "%s connection%s, %s finding%s  ",
		    term_count(diff->connections[side], connections),
		    diff->connections[side] == 1 ? "" : "s",
		    term_count(diff->findings[side], findings),
		    diff->findings[side] == 1 ? "" : "s");
	term_safe(&text->term, TERM_STATE, diff->path[side]);
	term_end(&text->term);
}

/* What the worst finding that appeared means. */
static void put_next(struct text *text, const struct diff_report *diff)
{
	const struct diff_row *row = diff->row_count > 0 ? diff->rows[0] : NULL;

	if (row == NULL || diff_change(row) != DIFF_APPEARED || row->of != DIFF_FINDING ||
	    te_rule_find(row->finding) == NULL)
		return;
	text_separate(text);
	text_put_label(text, "next");
	term_printf(&text->term, TERM_COMMAND, "tcpends --explain %s", row->finding);
	term_end(&text->term);
}

void text_diff_put(struct text *text, const struct diff_report *diff)
{
	struct widths widths = measure(diff);
	size_t count;

	text_separate(text);
	put_input(text, diff, DIFF_OLD, "old");
	put_input(text, diff, DIFF_NEW, "new");
	for (size_t i = 0; i < diff->row_count; i += count) {
		count = group_size(diff, i);
		put_group(text, diff, i, count, widths);
	}
	put_next(text, diff);
	if (diff->row_count > 0)
		return;
	text_separate(text);
	term_put(&text->term, TERM_HEAD, "no difference");
	term_end(&text->term);
}
