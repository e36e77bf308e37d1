/* record_finding.c - what a finding says of itself; its keys are a promise, as in
 * record.c */
#include "config.h"
#include "record_parts.h"

/* How an end is named follows from how wide the finding is. */
/* clang-format off */
static const enum record_address names[][2] = {
	[TE_SCOPE_CONNECTION] = { RECORD_ADDRESS_AND_PORT, RECORD_ADDRESS_AND_PORT },
	[TE_SCOPE_LISTENER]   = { RECORD_NO_ADDRESS,     RECORD_ADDRESS_AND_PORT },
	[TE_SCOPE_HOLDER]     = { RECORD_ADDRESS,     RECORD_ADDRESS_AND_PORT },
	[TE_SCOPE_CAPTURE]    = { RECORD_NO_ADDRESS,     RECORD_NO_ADDRESS },
};
/* clang-format on */

static void begin_finding(struct record *record, const struct te_finding *finding,
			  struct record_piece *what)
{
	struct emit *emit = &record->emit;
	size_t from;

	emit->first = false;
	if (record_again(record, what))
		return;
	from = record_keep(record);
	record_begin(record, "finding");
	emit_word(emit, "finding", finding->rule->id);
	emit_word(emit, "severity", te_severity_name(finding->severity));
	emit_word(emit, "scope", te_scope_name(finding->scope));
	record_kept(record, from, what);
}

static void emit_whose(struct record *record, const struct te_finding *finding)
{
	bool own = record->connection && finding->scope == TE_SCOPE_CONNECTION;

	if (own) {
		record_put(record, record_who(record));
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
	record_when(record, finding->file, finding->time);
}

static void emit_ends(struct record *record, const struct te_finding *finding)
{
	const enum record_address *known =
	    names[record->connection ? finding->scope : TE_SCOPE_CAPTURE];

	if (known == names[TE_SCOPE_CONNECTION]) {
		record_put(record, record_both_ends(record));
	} else {
		record_end(record, TE_CLIENT, known[TE_CLIENT]);
		record_end(record, TE_SERVER, known[TE_SERVER]);
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
	emit_list(emit, "also");
	for (unsigned i = 0; i < finding->also_count; i++)
		emit_item_word(emit, finding->also[i]->id);
	emit_list_end(emit);
}

static void emit_causes(struct record *record, const struct te_finding *finding,
			struct record_case *kept)
{
	const struct te_rule *rule = finding->rule;
	struct emit *emit = &record->emit;
	size_t from;

	if (kept->length) {
		out_bytes(record->out, kept->list, kept->length);
		return;
	}
	from = record_keep(record);
	emit_list(emit, "causes");
	for (unsigned i = 0; i < TE_MAX_CAUSES && rule->causes[i]; i++)
		if (finding->causes >> i & 1)
			emit_item_text(emit, rule->causes[i]);
	emit_list_end(emit);
	kept->length = record_kept_long(record, from, kept->list, sizeof kept->list);
}

static void emit_words(struct record *record, const struct te_finding *finding)
{
	char fingerprint[17], filter[RECORD_SENTENCE], text[RECORD_SENTENCE];
	struct emit *emit = &record->emit;

	record_hex_id(record_fingerprint(record, finding), fingerprint);
	emit_word(emit, "fingerprint", fingerprint);
	emit_bool(emit, "known", finding->known);
	emit_text(emit, "filter", describe_filter(finding, filter, sizeof filter));
	emit_text(emit, "text", describe_finding(finding, text, sizeof text));
}

void record_finding(struct record *record, const struct te_finding *finding)
{
	struct record_case *kept = record_case(record, finding);
	struct emit *emit = &record->emit;

	begin_finding(record, finding, &kept->what);
	emit_whose(record, finding);
	emit_evidence(record, finding);
	emit_ends(record, finding);
	emit_measure(emit, finding);
	emit_bool(emit, "certain", finding->certain);
	emit_bool(emit, "still", finding->still);
	emit_company(emit, finding);
	emit_causes(record, finding, kept);
	emit_words(record, finding);
	emit_end(emit);
}
