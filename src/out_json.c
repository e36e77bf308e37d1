/* out_json.c - JSON Lines, schema tcpends/1
 *
 * One object a line: `capture` first, `summary` last; between them, for each
 * connection, its transitions, its findings and then itself.
 */
#include "config.h"
#include "out.h"
#include "quality.h"
#include "record.h"
#include <stdlib.h>

struct json {
	struct record record;
	struct hosts *hosts; /* if they are shown */
};

static bool json_open(struct out *out)
{
	const struct te_config *config = out->run->config;
	struct json *json = calloc(1, sizeof *json);

	if (!json)
		return false;
	record_init(&json->record, out, EMIT_JSON);
	if (out->run->show & OUT_HOSTS)
		json->hosts = hosts_new(config ? config->seed : NULL);
	if (out->run->show & OUT_HOSTS && !json->hosts) {
		free(json);
		return false;
	}
	out->state = json;
	return true;
}

static void json_close(struct out *out)
{
	struct json *json = out->state;

	if (json)
		hosts_free(json->hosts);
	free(json);
}

static void emit_file(struct emit *emit, size_t number, const struct out_file *file)
{
	emit_object(emit, NULL);
	emit_u64(emit, "file", number);
	emit_text(emit, "path", file->path);
	emit_text(emit, "format", file->format);
	emit_text(emit, "codec", file->codec);
	emit_text(emit, "linktype", file->linktype);
	emit_u64(emit, "snaplen", file->snaplen);
	emit_object_end(emit);
}

static void json_begin(struct out *out)
{
	const struct out_run *run = out->run;
	struct emit emit;

	emit_begin(&emit, out, EMIT_JSON);
	emit_word(&emit, "type", "capture");
	emit_word(&emit, "schema", "tcpends/1");
	emit_text(&emit, "version", PACKAGE_VERSION);
	emit_list(&emit, "files");
	for (size_t i = 0; i < run->file_count; i++)
		emit_file(&emit, i + 1, &run->files[i]);
	emit_list_end(&emit);
	emit_time(&emit, "start", run->start, record_digits(run));
	emit_end(&emit);
}

static void json_finding(struct out *out, const struct te_finding *finding)
{
	struct json *json = out->state;

	if (!(out->run->show & OUT_FINDINGS))
		return;
	record_about(&json->record, finding->connection);
	record_finding(&json->record, finding);
}

static void json_connection(struct out *out, const struct te_connection *connection)
{
	struct json *json = out->state;
	struct record *record = &json->record;
	unsigned show = out->run->show;

	record_about(record, connection);
	if (show & OUT_TRANSITIONS && connection->revision)
		record_revision(record);
	if (show & OUT_TRANSITIONS)
		record_transitions(record);
	if (show & OUT_FINDINGS)
		for (size_t i = 0; i < connection->finding_count; i++)
			if (!connection->findings[i].told)
				record_finding(record, &connection->findings[i]);
	if (show & OUT_CONNECTIONS && !connection->ongoing)
		record_connection(record);
	if (json->hosts && !hosts_connection(json->hosts, connection))
		out->failed = true;
}

static void json_sockets(struct out *out, const struct out_socket *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		record_socket(out, &sockets[i]);
}

static void json_hosts(struct out *out, te_time end)
{
	struct json *json = out->state;
	const struct hosts_row *rows;
	size_t count = 0;

	if (json->hosts && !hosts_rows(json->hosts, end, &rows, &count))
		out->failed = true;
	for (size_t i = 0; i < count; i++)
		record_host(out, &rows[i]);
}

static void emit_finding_counts(struct emit *emit, const struct te_engine *engine)
{
	emit_object(emit, "finding_counts");
	for (size_t i = 0; engine && i < te_rule_count(); i++) {
		uint64_t count = te_engine_finding_count(engine, i);

		if (count)
			emit_u64(emit, te_rule_at(i)->id, count);
	}
	emit_object_end(emit);
}

static void emit_diff_counts(struct emit *emit, const struct diff_report *diff)
{
	emit_object(emit, "finding_counts");
	for (size_t i = 0; i < diff->id_count; i++)
		emit_u64(emit, diff->ids[i].id, diff->ids[i].count);
	emit_object_end(emit);
}

static void emit_quality(struct emit *emit, const struct out_run *run,
			 const struct te_totals *totals)
{
	const struct te_quality *quality = &totals->quality;
	char verdict[QUALITY_WORDS];

	emit_object(emit, "capture_quality");
	emit_u64(emit, "implied_gaps", quality->implied_gaps);
	if (run->dropped_known)
		emit_u64(emit, "dropped", run->dropped);
	else
		emit_null(emit, "dropped");
	emit_u64(emit, "duplicates", quality->duplicates);
	emit_u64(emit, "backward_time", quality->backward_time);
	emit_bool(emit, "truncated_tail", run->truncated_tail);
	emit_u64(emit, "bad_checksums", quality->bad_checksums);
	emit_u64(emit, "one_way", quality->one_way);
	emit_u64(emit, "midstream", quality->midstream);
	emit_u64(emit, "snaplen_cut", quality->snaplen_cut);
	emit_u64(emit, "reordered", quality->reordered);
	emit_u64(emit, "offloaded", quality->offloaded);
	(void)quality_verdict(run, totals, verdict);
	emit_text(emit, "verdict", verdict);
	emit_object_end(emit);
}

static void json_end(struct out *out, const struct te_totals *totals)
{
	const struct out_run *run = out->run;
	struct emit emit;

	json_hosts(out, totals->end);
	for (size_t i = 0; run->diff && i < run->diff->row_count; i++)
		record_diff(out, run->diff->rows[i]);
	emit_begin(&emit, out, EMIT_JSON);
	emit_word(&emit, "type", "summary");
	emit_u64(&emit, "packets", totals->packets);
	emit_u64(&emit, "tcp_packets", totals->tcp_packets);
	emit_u64(&emit, "connections", totals->connections);
	if (run->diff)
		emit_diff_counts(&emit, run->diff);
	else
		emit_finding_counts(&emit, run->engine);
	emit_quality(&emit, run, totals);
	emit_bool(&emit, "complete", run->complete);
	emit_u64(&emit, "exit", (uint64_t)run->exit);
	emit_end(&emit);
}

const struct out_format out_json = {
	.name = "jsonl",
	.open = json_open,
	.begin = json_begin,
	.connection = json_connection,
	.finding = json_finding,
	.sockets = json_sockets,
	.end = json_end,
	.close = json_close,
};
