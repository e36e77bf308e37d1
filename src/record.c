/* record.c - what a connection says of itself, and what all lines are made of
 *
 * The order of the calls is the order of the keys, and that is a promise: see
 * schema/tcpends-1.schema.json before changing it.
 */
#include "config.h"
#include "record_parts.h"
#include <string.h>

void record_init(struct record *record, struct out *out, enum emit_mode mode)
{
	record->out = out;
	record->mode = mode;
	record->emit = (struct emit){ .out = out, .mode = mode };
	record->digits = record_digits(out->run);
}

struct emit *record_begin(struct record *record, const char *type)
{
	emit_begin(&record->emit, record->out, record->mode);
	emit_word(&record->emit, "type", type);
	return &record->emit;
}

/* ---- time ---- */

unsigned record_digits(const struct out_run *run)
{
	unsigned digits = 0;

	for (size_t i = 0; i < run->file_count; i++)
		if (run->files[i].digits > digits)
			digits = run->files[i].digits;
	return run->file_count ? digits : 9;
}

unsigned record_file_digits(const struct record *record, uint32_t file)
{
	const struct out_run *run = record->out->run;

	if (file < 1 || file > run->file_count)
		return record->digits;
	return run->files[file - 1].digits;
}

void record_when(struct record *record, uint32_t file, te_time time)
{
	emit_time(&record->emit, "ts", time, record_file_digits(record, file));
	emit_time(&record->emit, "t", record_since_start(record, time), record->digits);
}

/* ---- the ends ---- */

/* Both are as long, so the compiler knows how long. */
static inline const char *end_key(enum te_end end)
{
	return end == TE_CLIENT ? "client" : "server";
}

static void emit_address(struct record *record, enum te_end end,
			 enum record_address known)
{
	struct emit *emit = &record->emit;

	if (known == RECORD_NO_ADDRESS)
		emit_null(emit, "addr");
	else
		emit_word(emit, "addr", record->addr[end]);
	if (known == RECORD_ADDRESS_AND_PORT)
		emit_u64(emit, "port", record->connection->end[end].port);
	else
		emit_null(emit, "port");
}

void record_end(struct record *record, enum te_end end, enum record_address known)
{
	struct emit *emit = &record->emit;

	if (known == RECORD_NO_ADDRESS && record->mode == EMIT_JSON) {
		emit_null(emit, end_key(end));
		return;
	}
	emit_object(emit, end_key(end));
	emit_address(record, end, known);
	emit_object_end(emit);
}

static void emit_standing(struct record *record, const struct te_end_view *view)
{
	struct record_piece *piece = &record->standing[view->state][view->certain];
	size_t from;

	/* the name of a column begins with that of the end */
	if (record->mode == EMIT_CSV_HEADER)
		piece->length = 0;
	if (record_again(record, piece))
		return;
	from = record_keep(record);
	emit_word(&record->emit, "state", te_state_name(view->state));
	emit_bool(&record->emit, "certain", view->certain);
	record_kept(record, from, piece);
}

static void emit_end_view(struct record *record, enum te_end end)
{
	const struct te_end_view *view = &record->connection->end[end];
	struct emit *emit = &record->emit;

	record_put(record, record_end_begun(record, end));
	emit->prefix = end_key(end);
	emit_standing(record, view);
	emit_u64(emit, "packets", view->packets);
	emit_u64(emit, "bytes", view->bytes);
	emit_u64(emit, "retransmits", view->retransmits);
	emit_object_end(emit);
}

/* ---- connection ---- */

static void emit_identity(struct record *record)
{
	const struct te_connection *connection = record->connection;
	struct emit *emit = &record->emit;
	char community[OUT_COMMUNITY_ID];

	describe_community_id(connection, community);
	record_put(record, record_who(record));
	emit_word(emit, "community_id", community);
	emit_u64(emit, "incarnation", connection->incarnation);
	if (connection->has_vlan)
		emit_u64(emit, "vlan", connection->vlan);
	else
		emit_null(emit, "vlan");
}

static void emit_span(struct record *record)
{
	const struct te_connection *connection = record->connection;
	unsigned digits = record_file_digits(record, connection->file);
	struct emit *emit = &record->emit;

	emit_count(emit, "file", connection->file);
	emit_count(emit, "frame", connection->frame);
	emit_time(emit, "first_ts", connection->first, digits);
	emit_time(emit, "last_ts", connection->last, digits);
	emit_time(emit, "t", record_since_start(record, connection->first),
		  record->digits);
	emit_seconds(emit, "duration",
		     record_between(connection->first, connection->last));
	emit_seconds(emit, "rtt_client", connection->end[TE_CLIENT].rtt);
	emit_seconds(emit, "rtt_server", connection->end[TE_SERVER].rtt);
}

static void emit_outcome(struct record *record)
{
	const struct te_connection *connection = record->connection;
	struct record_piece *piece = record_outcome(record, connection);
	struct emit *emit = &record->emit;
	char verdict[RECORD_SENTENCE];
	size_t from;

	if (piece && record_again(record, piece))
		return;
	from = record_keep(record);
	emit_word(emit, "opened", te_opened_name(connection->opened));
	emit_word(emit, "closed", te_closed_name(connection->closed));
	emit_count(emit, "segments_to_close", connection->segments_to_close);
	emit_word(emit, "first_closer", te_end_name(connection->first_closer));
	emit_text(emit, "verdict", describe_verdict(connection, verdict, sizeof verdict));
	if (piece)
		record_kept(record, from, piece);
}

static void emit_peers(struct emit *emit, const struct te_connection *connection)
{
	emit_word(emit, "zeek_state", connection->zeek_state);
	emit_word(emit, "zeek_history", connection->zeek_history);
	emit_u64(emit, "completeness", connection->completeness);
}

static void emit_finding_ids(struct record *record)
{
	const struct te_connection *connection = record->connection;
	struct emit *emit = &record->emit;

	emit_list(emit, "finding_ids");
	for (size_t i = 0; i < connection->finding_count; i++)
		emit_item_word(emit, connection->findings[i].rule->id);
	emit_list_end(emit);
}

void record_connection(struct record *record)
{
	struct emit *emit = record_begin(record, "connection");

	emit_identity(record);
	emit_end_view(record, TE_CLIENT);
	emit_end_view(record, TE_SERVER);
	emit_span(record);
	emit_outcome(record);
	emit_peers(emit, record->connection);
	emit_finding_ids(record);
	emit_end(emit);
}
