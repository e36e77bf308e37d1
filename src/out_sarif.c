/* out_sarif.c - --check as SARIF 2.1.0 (OASIS Standard, 27 March 2020)
 *
 * Rules are the whole catalogue and then the policy's, so that an id never changes its
 * meaning. A result is one fingerprint in one capture, with its number; its line is the
 * number of the frame. What the baseline knows is suppressed.
 */
#include "config.h"
#include "emit.h"
#include "gate.h"
#include "record.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SARIF_TEXT = 4096 };

struct sarif {
	struct emit emit;
	const struct gate *gate;
};

static void sarif_text(struct emit *emit, const char *key, const char *text)
{
	emit_object(emit, key);
	emit_text(emit, "text", text);
	emit_object_end(emit);
}

static const char *sarif_level(enum te_severity severity)
{
	static const char *const levels[] = {
		[TE_NOTE] = "note",
		[TE_WARNING] = "warning",
		[TE_ERROR] = "error",
	};

	return levels[severity];
}

/* ---- rules ---- */

static size_t sarif_help_list(char *help, size_t used, const char *head,
			      const char *const *items)
{
	for (size_t i = 0; items[i] != NULL && used < SARIF_TEXT; i++)
		used += (size_t)snprintf(help + used, SARIF_TEXT - used, "%s- %s\n",
					 i == 0 ? head : "", items[i]);
	return used < SARIF_TEXT ? used : SARIF_TEXT;
}

static void sarif_help(const struct te_rule *rule, char help[SARIF_TEXT])
{
	size_t used = (size_t)snprintf(help, SARIF_TEXT, "%s\n\nNormal: %s\n",
				       rule->definition, rule->normal);

	used = used < SARIF_TEXT ? used : SARIF_TEXT;
	used = sarif_help_list(help, used, "\nPossible causes:\n", rule->causes);
	sarif_help_list(help, used, "\nWhat to do:\n", rule->remedies);
}

static void sarif_finding_rule(struct emit *emit, const struct te_rule *rule)
{
	char help[SARIF_TEXT];

	sarif_help(rule, help);
	emit_object(emit, NULL);
	emit_word(emit, "id", rule->id);
	sarif_text(emit, "shortDescription", rule->title);
	sarif_text(emit, "fullDescription", rule->definition);
	sarif_text(emit, "help", help);
	emit_object(emit, "defaultConfiguration");
	emit_word(emit, "level", sarif_level(rule->severity));
	emit_object_end(emit);
	emit_object(emit, "properties");
	emit_list(emit, "tags");
	emit_item_word(emit, "tcp");
	emit_list_end(emit);
	emit_text(emit, "rfc", rule->rfc);
	emit_object_end(emit);
	emit_object_end(emit);
}

static void sarif_rule_id(const struct policy_rule *rule, char id[160])
{
	snprintf(id, 160, "rule/%s", rule->name);
}

static void sarif_policy_rule(struct emit *emit, const struct policy_rule *rule)
{
	char id[160];

	sarif_rule_id(rule, id);
	emit_object(emit, NULL);
	emit_text(emit, "id", id);
	sarif_text(emit, "shortDescription", rule->name);
	emit_object(emit, "defaultConfiguration");
	emit_word(emit, "level", "error");
	emit_object_end(emit);
	emit_object_end(emit);
}

static void sarif_tool(struct sarif *sarif)
{
	const struct policy *policy = sarif->gate->policy;
	struct emit *emit = &sarif->emit;

	emit_object(emit, "tool");
	emit_object(emit, "driver");
	emit_word(emit, "name", "tcpends");
	emit_text(emit, "version", PACKAGE_VERSION);
	emit_list(emit, "rules");
	for (size_t i = 0; i < te_rule_count(); i++)
		sarif_finding_rule(emit, te_rule_at(i));
	for (size_t i = 0; i < policy->rule_count; i++)
		sarif_policy_rule(emit, &policy->rules[i]);
	emit_list_end(emit);
	emit_object_end(emit);
	emit_object_end(emit);
}

/* ---- how the run went ---- */

static void sarif_notification(struct emit *emit, const char *level, const char *text)
{
	emit_object(emit, NULL);
	emit_word(emit, "level", level);
	sarif_text(emit, "message", text);
	emit_object_end(emit);
}

static void sarif_trouble(struct emit *emit, const struct gate_file *file)
{
	char text[512];

	if (file->result.trouble[0] == '\0')
		return;
	snprintf(text, sizeof(text), "%.300s: %s", gate_path(file->path),
		 file->result.trouble);
	sarif_notification(emit, "error", text);
}

static void sarif_baseline(struct emit *emit, const struct baseline *baseline)
{
	const struct baseline_entry *entry = NULL;
	char text[512];

	while ((entry = baseline_next_idle(baseline, entry)) != NULL) {
		snprintf(text, sizeof(text), "%s: %016" PRIx64 " %.200s (%.200s)",
			 baseline_idle_word(entry), entry->fingerprint,
			 entry->reason != NULL ? entry->reason : "", entry->where);
		sarif_notification(emit, "note", text);
	}
}

static void sarif_invocation(struct sarif *sarif)
{
	const struct gate *gate = sarif->gate;
	struct emit *emit = &sarif->emit;
	int status = gate_status(gate);

	emit_list(emit, "invocations");
	emit_object(emit, NULL);
	emit_bool(emit, "executionSuccessful", status != CHECK_INCOMPLETE);
	emit_u64(emit, "exitCode", (uint64_t)status);
	emit_list(emit, "toolExecutionNotifications");
	for (size_t i = 0; i < gate->file_count; i++)
		sarif_trouble(emit, &gate->files[i]);
	sarif_baseline(emit, gate->policy->baseline);
	emit_list_end(emit);
	emit_object_end(emit);
	emit_list_end(emit);
}

/* ---- results ---- */

/* RFC 3986: all that is not unreserved, or a slash, is encoded. */
static void sarif_uri(const char *path, char *uri, size_t size)
{
	size_t used = 0;

	if (path[0] == '/')
		used = (size_t)snprintf(uri, size, "file://");
	for (; *path != '\0' && used + 4 < size; path++) {
		if (isalnum((unsigned char)*path) || strchr("/-._~", *path) != NULL)
			uri[used++] = *path;
		else
			used += (size_t)snprintf(uri + used, size - used, "%%%02X",
						 (unsigned char)*path);
	}
	uri[used] = '\0';
}

static void sarif_location(struct emit *emit, const struct gate_file *file,
			   const struct gate_item *item)
{
	const char *path = gate_path(file->path);
	char uri[SARIF_TEXT];

	emit_list(emit, "locations");
	if (strcmp(path, "-") != 0) {
		sarif_uri(path, uri, sizeof(uri));
		emit_object(emit, NULL);
		emit_object(emit, "physicalLocation");
		emit_object(emit, "artifactLocation");
		emit_text(emit, "uri", uri);
		if (path[0] != '/')
			emit_word(emit, "uriBaseId", "%SRCROOT%");
		emit_object_end(emit);
		emit_object(emit, "region");
		emit_u64(emit, "startLine", item->frame > 0 ? item->frame : 1);
		emit_object_end(emit);
		emit_object_end(emit);
		emit_object_end(emit);
	}
	emit_list_end(emit);
}

static void sarif_suppressions(struct emit *emit, const struct gate_item *item)
{
	emit_list(emit, "suppressions");
	if (gate_item_new(item) == 0) {
		emit_object(emit, NULL);
		emit_word(emit, "kind", "external");
		emit_word(emit, "status", "accepted");
		if (item->reason != NULL)
			emit_text(emit, "justification", item->reason);
		emit_object_end(emit);
	}
	emit_list_end(emit);
}

static void sarif_name_rule(const struct sarif *sarif, const struct gate_case *of,
			    const struct gate_item *item, char id[160], size_t *index)
{
	*index = 0;
	if (item->finding == NULL) {
		sarif_rule_id(of->rule, id);
		*index =
		    te_rule_count() + (size_t)(of->rule - sarif->gate->policy->rules);
		return;
	}
	snprintf(id, 160, "%s", item->finding->id);
	while (te_rule_at(*index) != item->finding)
		++*index;
}

static void sarif_message(struct emit *emit, const struct gate_case *of,
			  const struct gate_item *item)
{
	char text[SARIF_TEXT], sentence[SARIF_TEXT / 2];

	gate_sentence(item, sentence, sizeof(sentence));
	if (of->kind == GATE_RULE)
		snprintf(text, sizeof(text), "%s (rule %s)", sentence, of->name);
	else
		snprintf(text, sizeof(text), "%s", sentence);
	sarif_text(emit, "message", text);
}

static void sarif_result(struct sarif *sarif, const struct gate_file *file,
			 const struct gate_case *of, const struct gate_item *item)
{
	struct emit *emit = &sarif->emit;
	bool fails = of->status == GATE_FAILED && gate_item_new(item) > 0;
	char id[160], print[17];
	size_t index;

	sarif_name_rule(sarif, of, item, id, &index);
	record_hex_id(item->fingerprint, print);
	emit_object(emit, NULL);
	emit_text(emit, "ruleId", id);
	emit_u64(emit, "ruleIndex", index);
	emit_word(emit, "level", sarif_level(fails ? item->severity : TE_NOTE));
	sarif_message(emit, of, item);
	sarif_location(emit, file, item);
	emit_object(emit, "partialFingerprints");
	emit_word(emit, "tcpends/v1", print);
	emit_object_end(emit);
	emit_u64(emit, "occurrenceCount", item->count);
	sarif_suppressions(emit, item);
	emit_object_end(emit);
}

/* A finding that two rules forbid is one result. */
static bool sarif_was_told(const struct gate *gate, const struct gate_file *file,
			   const struct gate_case *of, const struct gate_item *item)
{
	const uint64_t *seed = gate->seed;
	const struct gate_item *found = NULL;

	for (const struct gate_case *c = file->cases; c < of && found == NULL; c++)
		HASH_FIND(hh, c->items, &item->fingerprint, sizeof(item->fingerprint),
			  found);
	return found != NULL;
}

static void sarif_results(struct sarif *sarif)
{
	const struct gate *gate = sarif->gate;

	emit_list(&sarif->emit, "results");
	for (size_t f = 0; f < gate->file_count; f++) {
		const struct gate_file *file = &gate->files[f];

		for (size_t i = 0; i < file->case_count; i++) {
			const struct gate_case *of = &file->cases[i];
			const struct gate_item *item = of->items;

			for (; item != NULL; item = item->hh.next) {
				if (!sarif_was_told(gate, file, of, item))
					sarif_result(sarif, file, of, item);
			}
		}
	}
	emit_list_end(&sarif->emit);
}

static void sarif_gate(struct out *out, const struct gate *gate)
{
	struct sarif sarif = { .gate = gate };
	struct emit *emit = &sarif.emit;

	emit_begin(emit, out, EMIT_JSON);
	emit_word(emit, "$schema",
		  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/"
		  "os/schemas/sarif-schema-2.1.0.json");
	emit_word(emit, "version", "2.1.0");
	emit_list(emit, "runs");
	emit_object(emit, NULL);
	sarif_tool(&sarif);
	sarif_invocation(&sarif);
	emit_word(emit, "columnKind", "unicodeCodePoints");
	sarif_results(&sarif);
	emit_object_end(emit);
	emit_list_end(emit);
	emit_end(emit);
}

const struct out_format out_sarif = {
	.name = "sarif",
	.gate = sarif_gate,
};
