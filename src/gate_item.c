/* gate_item.c - what is against a case: one item by fingerprint, and its words */
#include "config.h"
#include "gate.h"
#include "phrase.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { GATE_TEXT = 512 };

static struct gate_item *gate_item_find(const struct gate *gate, struct gate_case *of,
					uint64_t fingerprint)
{
	const uint64_t *seed = gate->seed;
	struct gate_item *item;

	HASH_FIND(hh, of->items, &fingerprint, sizeof(fingerprint), item);
	return item;
}

static void gate_item_free(struct gate_item *item)
{
	free(item->what);
	free(item->place);
	free(item->label);
	free(item);
}

void gate_items_free(struct gate_case *of)
{
	struct gate_item *item, *next;

	HASH_ITER (hh, of->items, item, next) {
		HASH_DEL(of->items, item);
		gate_item_free(item);
	}
}

/* Takes the item over. */
static struct gate_item *gate_item_add(const struct gate *gate, struct gate_case *of,
				       struct gate_item *item)
{
	const uint64_t *seed = gate->seed;
	const struct baseline_entry *entry;

	if (item->what == NULL || item->place == NULL || item->label == NULL) {
		gate_item_free(item);
		return NULL;
	}
	entry = baseline_find(gate->policy->baseline, item->fingerprint);
	item->reason = entry == NULL ? NULL : entry->reason;
	HASH_ADD(hh, of->items, fingerprint, sizeof(item->fingerprint), item);
	if (!item->lost)
		return item;
	gate_item_free(item);
	return NULL;
}

static void gate_count(struct gate_case *of, struct gate_item *item, bool known)
{
	item->count++;
	item->known += known;
	of->known += known;
	of->failing += !known;
}

/* ---- words ---- */

static void gate_phrase_ends(struct phrase *phrase, const struct te_connection *c,
			     enum te_scope scope)
{
	char addr[OUT_ADDR], text[OUT_SOCKET_ADDR];

	if (scope == TE_SCOPE_CONNECTION)
		phrase_add(phrase, "#%" PRIu64 " %s > ", c->number,
			   out_socket_text(c->ip_version, &c->end[TE_CLIENT].addr,
					   c->end[TE_CLIENT].port, text));
	else if (scope == TE_SCOPE_HOLDER)
		phrase_add(phrase, "%s > ",
			   out_addr_text(c->ip_version, &c->end[TE_CLIENT].addr, addr));
	phrase_add(phrase, "%s",
		   out_socket_text(c->ip_version, &c->end[TE_SERVER].addr,
				   c->end[TE_SERVER].port, text));
}

static char *gate_place(const struct te_connection *c, enum te_scope scope,
			const uint64_t *frames, unsigned count)
{
	char text[GATE_TEXT];
	struct phrase phrase = phrase_new(text, sizeof(text));

	if (c != NULL && scope != TE_SCOPE_CAPTURE)
		gate_phrase_ends(&phrase, c, scope);
	for (unsigned i = 0; i < count; i++)
		phrase_add(&phrase, "%s%s%" PRIu64, phrase.used > 0 ? ", " : "",
			   i > 0       ? ""
			   : count > 1 ? "frames "
				       : "frame ",
			   frames[i]);
	return strdup(text);
}

static char *gate_what(const struct te_finding *finding)
{
	char text[GATE_TEXT], sentence[GATE_TEXT];
	struct phrase phrase = phrase_new(text, sizeof(text));

	phrase_add(&phrase, "%s: %s", finding->rule->id,
		   describe_finding(finding, sentence, sizeof(sentence)));
	return strdup(text);
}

/* What the fingerprint is made of. */
static char *gate_label(const char *what, enum te_end end, const struct te_connection *c)
{
	char text[GATE_TEXT];
	struct phrase phrase = phrase_new(text, sizeof(text));

	phrase_add(&phrase, "%s", what);
	if (end != TE_NO_END)
		phrase_add(&phrase, ", %s", te_end_name(end));
	if (c != NULL) {
		phrase_add(&phrase, end == TE_SERVER ? " " : ", toward ");
		gate_phrase_ends(&phrase, c, TE_SCOPE_LISTENER);
	}
	return strdup(text);
}

/* ---- findings and keys ---- */

static struct gate_item *gate_finding_item(const struct gate *gate, struct gate_case *of,
					   uint64_t fingerprint,
					   const struct te_finding *finding)
{
	const struct te_connection *c =
	    finding->scope == TE_SCOPE_CAPTURE ? NULL : finding->connection;
	struct gate_item *item = calloc(1, sizeof(*item));

	if (item == NULL)
		return NULL;
	item->fingerprint = fingerprint;
	item->finding = finding->rule;
	item->severity = finding->severity;
	item->frame = finding->frame_count > 0 ? finding->frames[0] : 0;
	item->what = gate_what(finding);
	item->place =
	    gate_place(c, finding->scope, finding->frames, finding->frame_count);
	item->label = gate_label(finding->rule->id, finding->end, c);
	return gate_item_add(gate, of, item);
}

bool gate_against_finding(struct gate *gate, struct gate_case *of, uint64_t fingerprint,
			  const struct te_finding *finding, bool known)
{
	struct gate_item *item = gate_item_find(gate, of, fingerprint);

	if (item == NULL)
		item = gate_finding_item(gate, of, fingerprint, finding);
	if (item == NULL)
		return false;
	if (finding->severity > item->severity)
		item->severity = finding->severity;
	gate_count(of, item, known);
	return true;
}

static struct gate_item *gate_key_item(const struct gate *gate, struct gate_case *of,
				       uint64_t fingerprint, const char *key,
				       const char *name, const struct te_connection *c,
				       const char *what)
{
	struct gate_item *item = calloc(1, sizeof(*item));

	if (item == NULL)
		return NULL;
	item->fingerprint = fingerprint;
	item->key = key;
	item->severity = TE_ERROR;
	item->frame = c == NULL ? 0 : c->frame;
	item->what = strdup(what);
	item->place = gate_place(c, TE_SCOPE_CONNECTION, &item->frame, c != NULL);
	item->label = gate_label(name, TE_NO_END, c);
	return gate_item_add(gate, of, item);
}

bool gate_against_key(struct gate *gate, struct gate_case *of, const char *key,
		      const struct te_connection *c, const char *what)
{
	char name[160];
	struct phrase phrase = phrase_new(name, sizeof(name));
	struct gate_item *item;
	uint64_t fingerprint;
	bool known;

	phrase_add(&phrase, "%s:%s", of->rule->name, key);
	fingerprint = describe_print(name, TE_NO_END, c, &gate->naming);
	known = baseline_take(gate->policy->baseline, fingerprint);
	item = gate_item_find(gate, of, fingerprint);
	if (item == NULL)
		item = gate_key_item(gate, of, fingerprint, key, name, c, what);
	if (item == NULL)
		return false;
	gate_count(of, item, known);
	of->broken |= c == NULL && !known;
	return true;
}
