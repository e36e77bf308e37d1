/* catalogue.c - what tcpends can find, as lists */
#include "config.h"
#include "catalogue.h"
#include "emit.h"
#include "nearest.h"
#include "page.h"
#include "terminal.h"
#include "topics.h"
#include <limits.h>
#include <string.h>

enum {
	CATALOGUE_SEVERITY = 23,
	CATALOGUE_TITLE = 32,
	CATALOGUE_LEAST =
	    72, /* where less room is left, the terminal breaks lines better */
	CATALOGUE_WORDS = 256,
};

/* clang-format off */
static const char *const catalogue_units[] = {
	[TE_UNIT_SECONDS]    = "s",
	[TE_UNIT_COUNT]      = "",
	[TE_UNIT_PERCENT]    = "%",
	[TE_UNIT_PER_SECOND] = "/s",
};
/* clang-format on */

const struct te_rule *catalogue_find(const char *id, char *err, size_t size)
{
	const struct te_rule *rule = te_rule_find(id);
	struct nearest near;
	char hint[100];

	if (rule != NULL)
		return rule;
	nearest_start(&near, id);
	for (size_t i = 0; i < te_rule_count(); i++)
		nearest_try(&near, te_rule_at(i)->id);
	nearest_hint(&near, hint, sizeof(hint));
	snprintf(err, size, "no finding is called '%.60s'%s", id,
		 hint[0] != '\0' ? hint : "; see --list-findings");
	return NULL;
}

/* NULL: tests/catalogue.c does not let that pass. */
static const struct te_limit_row *catalogue_limit_row(const char *name)
{
	for (int i = 0; i < TE_LIMIT_COUNT; i++)
		if (strcmp(te_limit_row((enum te_limit)i)->name, name) == 0)
			return te_limit_row((enum te_limit)i);
	return NULL;
}

const char *catalogue_limit(const char *name, char buf[CATALOGUE_LIMIT])
{
	const struct te_limit_row *row = catalogue_limit_row(name);
	bool small = row != NULL && row->unit == TE_UNIT_SECONDS && row->value < 0.1;

	if (row == NULL)
		buf[0] = '\0';
	else
		snprintf(buf, CATALOGUE_LIMIT, "%g%s%s",
			 small ? row->value * 1000 : row->value, small ? "m" : "",
			 catalogue_units[row->unit]);
	return buf;
}

/* ---- text ---- */

/* "an end got a FIN and does not close [close-wait-stuck=30s]" */
static void catalogue_words(const struct te_rule *rule, char words[CATALOGUE_WORDS])
{
	size_t used = (size_t)snprintf(words, CATALOGUE_WORDS, "%.100s", rule->title);
	char value[CATALOGUE_LIMIT];

	for (size_t i = 0; rule->limits[i] != NULL && used < CATALOGUE_WORDS; i++)
		used +=
		    (size_t)snprintf(words + used, CATALOGUE_WORDS - used, "%s%s=%s%s",
				     i == 0 ? " [" : ", ", rule->limits[i],
				     catalogue_limit(rule->limits[i], value),
				     rule->limits[i + 1] == NULL ? "]" : "");
}

static void catalogue_line(struct term *term, const struct te_rule *rule)
{
	char words[CATALOGUE_WORDS];

	term_put(term, TERM_COMMAND, rule->id);
	term_to(term, CATALOGUE_SEVERITY, 1);
	term_put(term, term_severity(rule->severity), te_severity_name(rule->severity));
	term_to(term, CATALOGUE_TITLE, 1);
	catalogue_words(rule, words);
	term_wrap(term, TERM_PLAIN, words, UINT_MAX);
	term_end(term);
}

/* ---- JSON Lines: schema/tcpends-1.schema.json, "rule" ---- */

static void catalogue_texts(struct emit *emit, const char *key, const char *const *texts)
{
	emit_list(emit, key);
	for (; *texts != NULL; texts++)
		emit_item_text(emit, *texts);
	emit_list_end(emit);
}

static void catalogue_ladder(struct emit *emit, const struct te_step *step)
{
	emit_list(emit, "ladder");
	for (; step->client != NULL || step->between != NULL || step->server != NULL;
	     step++) {
		emit_object(emit, NULL);
		emit_text(emit, "client_state", step->client);
		emit_text(emit, "between", step->between);
		emit_text(emit, "server_state", step->server);
		emit_object_end(emit);
	}
	emit_list_end(emit);
}

static void catalogue_limits(struct emit *emit, const char *const *names)
{
	emit_list(emit, "limits");
	for (; *names != NULL; names++) {
		const struct te_limit_row *row = catalogue_limit_row(*names);

		if (row == NULL)
			continue;
		emit_object(emit, NULL);
		emit_word(emit, "name", row->name);
		emit_double(emit, "default", row->value);
		emit_word(emit, "unit",
			  row->unit != TE_UNIT_COUNT ? catalogue_units[row->unit] : NULL);
		emit_object_end(emit);
	}
	emit_list_end(emit);
}

static void catalogue_topics(struct emit *emit, const struct te_rule *rule)
{
	emit_list(emit, "topics");
	for (size_t i = 0; topic_at(i) != NULL; i++)
		if (topic_sees(topic_at(i), rule->id))
			emit_item_word(emit, topic_at(i)->id);
	emit_list_end(emit);
}

static void catalogue_object(struct out *out, size_t i)
{
	const struct te_rule *rule = te_rule_at(i);
	struct emit emit;

	emit_begin(&emit, out, EMIT_JSON);
	emit_word(&emit, "type", "rule");
	emit_word(&emit, "finding", rule->id);
	emit_word(&emit, "severity", te_severity_name(rule->severity));
	emit_word(&emit, "worst", te_severity_name(te_rule_worst(rule)));
	emit_text(&emit, "title", rule->title);
	emit_text(&emit, "theme", te_rule_theme(i));
	emit_text(&emit, "definition", rule->definition);
	emit_text(&emit, "rfc", strcmp(rule->rfc, "-") != 0 ? rule->rfc : NULL);
	emit_text(&emit, "normal", rule->normal);
	emit_text(&emit, "why", rule->why);
	catalogue_ladder(&emit, rule->ladder);
	catalogue_texts(&emit, "causes", rule->causes);
	catalogue_texts(&emit, "look", rule->look);
	catalogue_texts(&emit, "remedies", rule->remedies);
	catalogue_limits(&emit, rule->limits);
	catalogue_topics(&emit, rule);
	emit_end(&emit);
}

bool catalogue_list(const struct options *options)
{
	int width = terminal_width();
	struct page page;

	if (!page_open(&page, options))
		return false;
	/* One line each where programs read it; broken only on a terminal. */
	page.term.width = width >= CATALOGUE_LEAST ? (unsigned)width : 0;
	for (size_t i = 0; i < te_rule_count(); i++) {
		if (options->format == &out_json)
			catalogue_object(&page.out, i);
		else
			catalogue_line(&page.term, te_rule_at(i));
	}
	page_close(&page);
	return true;
}
