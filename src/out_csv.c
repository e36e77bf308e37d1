/* out_csv.c - CSV as RFC 4180 has it: one table, its columns the keys of JSON Lines
 *
 * CSV needs one table, so --show picks it: connections unless only transitions or only
 * findings are asked for.
 */
#include "config.h"
#include "out.h"
#include "record.h"
#include <stdlib.h>

struct csv {
	enum out_part table;
	struct record record, header;
};

static enum out_part choose_table(unsigned show)
{
	if (show & OUT_CONNECTIONS)
		return OUT_CONNECTIONS;
	if (show & OUT_TRANSITIONS)
		return OUT_TRANSITIONS;
	return show == OUT_FINDINGS ? OUT_FINDINGS : OUT_CONNECTIONS;
}

static bool csv_open(struct out *out)
{
	struct csv *csv = calloc(1, sizeof *csv);

	out->state = csv;
	if (!csv)
		return false;
	csv->table = choose_table(out->run->show);
	record_init(&csv->record, out, EMIT_CSV);
	return true;
}

static void csv_close(struct out *out)
{
	free(out->state);
}

/* The names of the columns are those of a record of which nothing is known. */
static void csv_begin(struct out *out)
{
	const struct te_transition step = { .time = 0 };
	const struct te_connection connection = { .transitions = &step,
						  .transition_count = 1 };
	const struct te_rule rule = { .id = "", .title = "" };
	const struct te_finding finding = { .rule = &rule, .connection = &connection };
	struct csv *csv = out->state;

	record_init(&csv->header, out, EMIT_CSV_HEADER);
	record_about(&csv->header, &connection);
	if (csv->table == OUT_CONNECTIONS)
		record_connection(&csv->header);
	else if (csv->table == OUT_TRANSITIONS)
		record_transitions(&csv->header);
	else
		record_finding(&csv->header, &finding);
}

static void csv_finding(struct out *out, const struct te_finding *finding)
{
	struct csv *csv = out->state;

	if (csv->table != OUT_FINDINGS)
		return;
	record_about(&csv->record, finding->connection);
	record_finding(&csv->record, finding);
}

static void csv_findings(struct csv *csv, const struct te_connection *connection)
{
	for (size_t i = 0; i < connection->finding_count; i++)
		if (!connection->findings[i].told)
			record_finding(&csv->record, &connection->findings[i]);
}

static void csv_connection(struct out *out, const struct te_connection *connection)
{
	struct csv *csv = out->state;

	record_about(&csv->record, connection);
	if (csv->table == OUT_TRANSITIONS)
		record_transitions(&csv->record);
	else if (csv->table == OUT_FINDINGS)
		csv_findings(csv, connection);
	else if (!connection->ongoing)
		record_connection(&csv->record);
}

const struct out_format out_csv = {
	.name = "csv",
	.open = csv_open,
	.begin = csv_begin,
	.connection = csv_connection,
	.finding = csv_finding,
	.close = csv_close,
};
