/* record.c - what a transition, a connection and a finding say of themselves
 *
 * The order of the calls is the order of the keys, and that is a promise: see
 * schema/tcpends-1.schema.json before changing it.
 */
#include "config.h"
#include "record.h"
#include <string.h>

enum { SENTENCE = 512 };

void record_init(struct record *record, struct out *out, enum emit_mode mode)
{
	*record = (struct record){ .out = out, .mode = mode };
}

void record_hex_id(uint64_t id, char text[17])
{
	for (size_t i = 16; i-- > 0; id >>= 4)
		text[i] = "0123456789abcdef"[id & 15];
	text[16] = '\0';
}

void record_about(struct record *record, const struct te_connection *connection)
{
	record->connection = connection;
	record->who.length = record->ends.length = 0;
	if (!connection)
		return;
	record_hex_id(connection->id, record->id);
	for (int end = TE_CLIENT; end <= TE_SERVER; end++)
		out_addr_text(connection->ip_version, &connection->end[end].addr,
			      record->addr[end]);
}

static struct emit *begin(struct record *record, const char *type)
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

static unsigned file_digits(const struct out_run *run, uint32_t file)
{
	if (file < 1 || file > run->file_count)
		return record_digits(run);
	return run->files[file - 1].digits;
}

static te_time time_between(te_time from, te_time to)
{
	te_time between;

	if (from == TE_TIME_NONE || to == TE_TIME_NONE ||
	    __builtin_sub_overflow(to, from, &between))
		return TE_TIME_NONE;
	return between;
}

static void emit_since_start(struct record *record, te_time time)
{
	const struct out_run *run = record->out->run;

	emit_time(&record->emit, "t", time_between(run->start, time), record_digits(run));
}

static void emit_when(struct record *record, uint32_t file, te_time time)
{
	emit_time(&record->emit, "ts", time, file_digits(record->out->run, file));
	emit_since_start(record, time);
}

/* ---- the ends ---- */

/* What is known of an end; a holder's port is not, it has many. */
enum address { ADDRESS_NONE, ADDRESS_ONLY, ADDRESS_AND_PORT };

static void emit_address(struct record *record, enum te_end end, enum address known)
{
	struct emit *emit = &record->emit;

	if (known == ADDRESS_NONE)
		emit_null(emit, "addr");
	else
		emit_word(emit, "addr", record->addr[end]);
	if (known == ADDRESS_AND_PORT)
		emit_u64(emit, "port", record->connection->end[end].port);
	else
		emit_null(emit, "port");
}

/* An end by its address alone; in CSV an absent one still has its two columns. */
static void emit_end_address(struct record *record, enum te_end end, enum address known)
{
	struct emit *emit = &record->emit;

	if (known == ADDRESS_NONE && record->mode == EMIT_JSON) {
		emit_null(emit, te_end_name(end));
		return;
	}
	emit_object(emit, te_end_name(end));
	emit_address(record, end, known);
	emit_object_end(emit);
}

/* The same in all lines of the connection. */
static void emit_both_ends(struct record *record)
{
	size_t from;

	if (record_again(record, &record->ends))
		return;
	from = record_keep(record);
	emit_end_address(record, TE_CLIENT, ADDRESS_AND_PORT);
	emit_end_address(record, TE_SERVER, ADDRESS_AND_PORT);
	record_kept(record, from, &record->ends);
}

/* Likewise. */
static void emit_who(struct record *record)
{
	size_t from;

	if (record_again(record, &record->who))
		return;
	from = record_keep(record);
	emit_u64(&record->emit, "conn", record->connection->number);
	emit_word(&record->emit, "id", record->id);
	record_kept(record, from, &record->who);
}

static void emit_end_view(struct record *record, enum te_end end)
{
	const struct te_end_view *view = &record->connection->end[end];
	struct emit *emit = &record->emit;

	emit_object(emit, te_end_name(end));
	emit_address(record, end, ADDRESS_AND_PORT);
	emit_word(emit, "state", te_state_name(view->state));
	emit_bool(emit, "certain", view->certain);
	emit_u64(emit, "packets", view->packets);
	emit_u64(emit, "bytes", view->bytes);
	emit_u64(emit, "retransmits", view->retransmits);
	emit_object_end(emit);
}

/* ---- transition ---- */

void record_revision(struct record *record)
{
	const struct te_connection *connection = record->connection;
	const struct te_revision *revision = connection->revision;
	struct emit *emit = begin(record, "revision");

	emit_who(record);
	emit_list(emit, "voids");
	for (size_t i = 0; i < revision->count; i++)
		emit_item_u64(emit, revision->voids[i]);
	emit_list_end(emit);
	emit_when(record, connection->file, revision->time);
	emit_count(emit, "frame", revision->frame);
	emit_word(emit, "why", revision->why);
	emit_end(emit);
}

static void emit_step(struct record *record, const struct te_transition *step)
{
	struct record_piece *piece = record_step_piece(record, step);
	struct emit *emit = &record->emit;
	size_t from;

	if (record_again(record, piece))
		return;
	from = record_keep(record);
	emit_word(emit, "end", te_end_name(step->end));
	emit_word(emit, "from", te_state_name(step->from));
	emit_word(emit, "to", te_state_name(step->to));
	emit_word(emit, "basis", te_basis_name(step->basis));
	emit_bool(emit, "certain", step->certain);
	record_kept(record, from, piece);
}

void record_transition(struct record *record, size_t i)
{
	const struct te_connection *connection = record->connection;
	const struct te_transition *step = &connection->transitions[i];
	struct emit *emit = begin(record, "transition");

	emit_who(record);
	emit_u64(emit, "n", connection->told + i + 1);
	emit_count(emit, "file", step->file);
	emit_count(emit, "frame", step->frame);
	emit_when(record, step->file, step->time);
	emit_both_ends(record);
	emit_step(record, step);
	emit_count(emit, "proof", step->proof);
	emit_word(emit, "rfc", step->rfc);
	emit_end(emit);
}

/* ---- connection ---- */

static void emit_identity(struct record *record)
{
	const struct te_connection *connection = record->connection;
	struct emit *emit = &record->emit;
	char community[64];

	describe_community_id(connection, community, sizeof community);
	emit_who(record);
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
	unsigned digits = file_digits(record->out->run, connection->file);
	struct emit *emit = &record->emit;

	emit_count(emit, "file", connection->file);
	emit_count(emit, "frame", connection->frame);
	emit_time(emit, "first_ts", connection->first, digits);
	emit_time(emit, "last_ts", connection->last, digits);
	emit_since_start(record, connection->first);
	emit_seconds(emit, "duration", time_between(connection->first, connection->last));
	emit_seconds(emit, "rtt_client", connection->end[TE_CLIENT].rtt);
	emit_seconds(emit, "rtt_server", connection->end[TE_SERVER].rtt);
}

static void emit_outcome(struct record *record)
{
	const struct te_connection *connection = record->connection;
	struct emit *emit = &record->emit;
	char verdict[SENTENCE];

	emit_word(emit, "opened", te_opened_name(connection->opened));
	emit_word(emit, "closed", te_closed_name(connection->closed));
	emit_count(emit, "segments_to_close", connection->segments_to_close);
	emit_word(emit, "first_closer", te_end_name(connection->first_closer));
	emit_text(emit, "verdict", describe_verdict(connection, verdict, sizeof verdict));
	emit_text(emit, "zeek_state", connection->zeek_state);
	emit_text(emit, "zeek_history", connection->zeek_history);
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
	struct emit *emit = begin(record, "connection");

	emit_identity(record);
	emit_end_view(record, TE_CLIENT);
	emit_end_view(record, TE_SERVER);
	emit_span(record);
	emit_outcome(record);
	emit_finding_ids(record);
	emit_end(emit);
}

/* ---- finding ---- */

/* How an end is named follows from how wide the finding is. */
/* clang-format off */
static const enum address names[][2] = {
	[TE_SCOPE_CONNECTION] = { ADDRESS_AND_PORT, ADDRESS_AND_PORT },
	[TE_SCOPE_LISTENER]   = { ADDRESS_NONE,     ADDRESS_AND_PORT },
	[TE_SCOPE_HOLDER]     = { ADDRESS_ONLY,     ADDRESS_AND_PORT },
	[TE_SCOPE_CAPTURE]    = { ADDRESS_NONE,     ADDRESS_NONE },
};
/* clang-format on */

static void emit_what(struct emit *emit, const struct te_finding *finding)
{
	emit_word(emit, "finding", finding->rule->id);
	emit_word(emit, "severity", te_severity_name(finding->severity));
	emit_word(emit, "scope", te_scope_name(finding->scope));
}

static void emit_whose(struct record *record, const struct te_finding *finding)
{
	bool own = record->connection && finding->scope == TE_SCOPE_CONNECTION;

	if (own) {
		emit_who(record);
		return;
	}
	emit_null(&record->emit, "conn");
	emit_null(&record->emit, "id");
}

static void emit_evidence(struct record *record, const struct te_finding *finding)
{
	struct emit *emit = &record->emit;

	emit_count(emit, "file", finding->file);
	emit_list(emit, "frames");
	for (unsigned i = 0; i < finding->frame_count; i++)
		emit_item_u64(emit, finding->frames[i]);
	emit_list_end(emit);
	emit_when(record, finding->file, finding->time);
}

static void emit_ends(struct record *record, const struct te_finding *finding)
{
	const enum address *known =
	    names[record->connection ? finding->scope : TE_SCOPE_CAPTURE];

	if (known == names[TE_SCOPE_CONNECTION]) {
		emit_both_ends(record);
	} else {
		emit_end_address(record, TE_CLIENT, known[TE_CLIENT]);
		emit_end_address(record, TE_SERVER, known[TE_SERVER]);
	}
	emit_word(&record->emit, "end", te_end_name(finding->end));
}

static void emit_measure(struct emit *emit, const struct te_finding *finding)
{
	bool has_limit = finding->has_value && finding->has_limit;

	if (finding->has_value)
		emit_double(emit, "value", finding->value);
	else
		emit_null(emit, "value");
	if (has_limit)
		emit_double(emit, "limit", finding->limit);
	else
		emit_null(emit, "limit");
	emit_word(emit, "unit", finding->has_value ? finding->unit : NULL);
}

static void emit_company(struct emit *emit, const struct te_finding *finding)
{
	const struct te_rule *rule = finding->rule;

	emit_list(emit, "also");
	for (unsigned i = 0; i < finding->also_count; i++)
		emit_item_word(emit, finding->also[i]->id);
	emit_list_end(emit);
	emit_list(emit, "causes");
	for (unsigned i = 0; i < TE_MAX_CAUSES && rule->causes[i]; i++)
		if (finding->causes >> i & 1)
			emit_item_text(emit, rule->causes[i]);
	emit_list_end(emit);
}

static void emit_words(struct record *record, const struct te_finding *finding)
{
	char fingerprint[17], filter[SENTENCE], text[SENTENCE];
	struct emit *emit = &record->emit;

	record_hex_id(record_fingerprint(record, finding), fingerprint);
	emit_word(emit, "fingerprint", fingerprint);
	emit_bool(emit, "known", finding->known);
	emit_text(emit, "filter", describe_filter(finding, filter, sizeof filter));
	emit_text(emit, "text", describe_finding(finding, text, sizeof text));
}

void record_finding(struct record *record, const struct te_finding *finding)
{
	struct emit *emit = begin(record, "finding");

	emit_what(emit, finding);
	emit_whose(record, finding);
	emit_evidence(record, finding);
	emit_ends(record, finding);
	emit_measure(emit, finding);
	emit_bool(emit, "certain", finding->certain);
	emit_bool(emit, "still", finding->still);
	emit_company(emit, finding);
	emit_words(record, finding);
	emit_end(emit);
}
