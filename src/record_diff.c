/* record_diff.c - what a difference (--diff) says of itself */
#include "config.h"
#include "record.h"

static void emit_server(struct emit *emit, const struct diff_row *row)
{
	char text[OUT_ADDR];

	if (row->ip_version == 0) {
		emit_null(emit, "server");
		return;
	}
	emit_object(emit, "server");
	emit_word(emit, "addr", out_addr_text(row->ip_version, &row->addr, text));
	if (row->port == DIFF_ANY_PORT)
		emit_null(emit, "port");
	else
		emit_u64(emit, "port", (uint64_t)row->port);
	emit_object_end(emit);
}

void record_diff(struct out *out, const struct diff_row *row)
{
	bool finding = row->of == DIFF_FINDING;
	struct emit emit;

	emit_begin(&emit, out, EMIT_JSON);
	emit_word(&emit, "type", "diff");
	emit_word(&emit, "change", diff_change_name(diff_change(row)));
	emit_word(&emit, "of", finding ? "finding" : "connection");
	emit_server(&emit, row);
	emit_word(&emit, "opened", finding ? NULL : te_opened_name(row->opened));
	emit_word(&emit, "closed", finding ? NULL : te_closed_name(row->closed));
	emit_word(&emit, "first_closer", finding ? NULL : te_end_name(row->first_closer));
	emit_word(&emit, "verdict", finding ? NULL : row->verdict);
	emit_word(&emit, "finding", finding ? row->finding : NULL);
	emit_word(&emit, "severity", finding ? te_severity_name(row->severity) : NULL);
	emit_word(&emit, "end", finding ? te_end_name(row->end) : NULL);
	emit_word(&emit, "fingerprint", finding ? row->fingerprint : NULL);
	emit_u64(&emit, "old", row->count[DIFF_OLD]);
	emit_u64(&emit, "new", row->count[DIFF_NEW]);
	emit_end(&emit);
}
