/* explain.c - --explain: what a finding means, and the topics behind it
 *
 * A finding's page is its row of the catalogue, in the order in which somebody who was
 * woken up by it asks: what is this, does it matter, what happened, why, where do I look,
 * what do I do.
 */
#include "config.h"
#include "explain.h"
#include "catalogue.h"
#include "nearest.h"
#include "page.h"
#include "topics.h"
#include <string.h>

enum { EXPLAIN_LIST_COLUMN = 24 };

static const char explain_everything[] = "all";

bool explain_has(const char *word, char *err, size_t size)
{
	struct nearest near;
	char hint[100];

	if (te_rule_find(word) != NULL || topic_find(word) != NULL ||
	    strcmp(word, explain_everything) == 0)
		return true;
	nearest_start(&near, word);
	for (size_t i = 0; i < te_rule_count(); i++)
		nearest_try(&near, te_rule_at(i)->id);
	for (size_t i = 0; topic_at(i) != NULL; i++)
		nearest_try(&near, topic_at(i)->id);
	nearest_hint(&near, hint, sizeof(hint));
	snprintf(err, size, "nothing is called '%.60s'%s", word,
		 hint[0] != '\0' ? hint : "; --explain alone lists what there is");
	return false;
}

/* ---- see also ---- */

/* Heading and first words come with the first of them. */
static void explain_see(struct page *page, const char *id, bool *begun)
{
	if (!*begun) {
		page_heading(page, "See also");
		term_to(&page->term, 2, 0);
		term_put(&page->term, TERM_PLAIN, "tcpends --explain");
	}
	*begun = true;
	if (page->term.column + 1 + term_columns(&page->term, id) > page->term.width) {
		term_end(&page->term);
		term_to(&page->term, 2 + (unsigned)strlen("tcpends --explain"), 0);
	}
	term_printf(&page->term, TERM_COMMAND, " %s", id);
}

/* What the topic names, and the topics that name it. */
static void explain_see_topic(struct page *page, const struct topic *topic)
{
	bool begun = false;

	for (size_t i = 0; topic->see[i] != NULL; i++)
		explain_see(page, topic->see[i], &begun);
	for (size_t i = 0; topic_at(i) != NULL; i++)
		if (topic_sees(topic_at(i), topic->id) &&
		    !topic_sees(topic, topic_at(i)->id))
			explain_see(page, topic_at(i)->id, &begun);
	if (begun)
		term_end(&page->term);
}

static void explain_see_rule(struct page *page, const struct te_rule *rule)
{
	bool begun = false;

	for (size_t i = 0; topic_at(i) != NULL; i++)
		if (topic_sees(topic_at(i), rule->id))
			explain_see(page, topic_at(i)->id, &begun);
	if (begun)
		term_end(&page->term);
}

/* ---- pages ---- */

static void explain_paragraph(struct page *page, const char *heading, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	page_heading(page, heading);
	page_text(page, text);
}

static void explain_list(struct page *page, const char *heading, const char *const *items)
{
	if (items[0] == NULL)
		return;
	page_heading(page, heading);
	page_items(page, items);
}

static void explain_ladder(struct page *page, const struct te_step *ladder)
{
	if (ladder->client == NULL && ladder->between == NULL && ladder->server == NULL)
		return;
	page_heading(page, "What happens, for example");
	page_ladder(page, ladder);
}

static void explain_limits(struct page *page, const struct te_rule *rule)
{
	char value[CATALOGUE_LIMIT], line[100];

	if (rule->limits[0] == NULL)
		return;
	page_heading(page, "Limits, with --set NAME=VALUE");
	for (size_t i = 0; rule->limits[i] != NULL; i++) {
		(void)snprintf(line, sizeof(line), "%s=%s", rule->limits[i],
			       catalogue_limit(rule->limits[i], value));
		page_text(page, line);
	}
}

static void explain_rfc(struct page *page, const char *rfc)
{
	if (rfc == NULL || strcmp(rfc, "-") == 0)
		return;
	page_heading(page, "RFC");
	page_rfc(page, rfc);
}

static void explain_rule(struct page *page, const struct te_rule *rule)
{
	term_put(&page->term, TERM_HEAD, rule->id);
	term_printf(&page->term, term_severity(rule->severity), " (%s)",
		    te_severity_name(rule->severity));
	term_printf(&page->term, TERM_PLAIN, ": %s", rule->title);
	term_end(&page->term);
	explain_paragraph(page, "What it means", rule->definition);
	explain_paragraph(page, "Why it matters", rule->why);
	explain_ladder(page, rule->ladder);
	explain_paragraph(page, "What would have been normal", rule->normal);
	explain_list(page, "Possible causes", rule->causes);
	explain_list(page, "What to look at", rule->look);
	explain_list(page, "What to do, and its price", rule->remedies);
	explain_limits(page, rule);
	explain_rfc(page, rule->rfc);
	explain_see_rule(page, rule);
}

static void explain_topic(struct page *page, const struct topic *topic)
{
	bool in_list = false;

	term_put(&page->term, TERM_HEAD, topic->id);
	term_printf(&page->term, TERM_PLAIN, ": %s", topic->title);
	term_end(&page->term);
	for (size_t i = 0; topic->text[i] != NULL; i++) {
		bool item = strncmp(topic->text[i], "- ", 2) == 0;

		if (!item || !in_list)
			page_blank(page);
		if (item)
			page_item(page, topic->text[i] + 2);
		else
			page_text(page, topic->text[i]);
		in_list = item;
	}
	explain_rfc(page, topic->rfc);
	explain_see_topic(page, topic);
}

/* ---- what there is ---- */

static void explain_entry(struct page *page, const char *id, const char *severity,
			  const char *title)
{
	term_to(&page->term, 2, 0);
	term_put(&page->term, TERM_COMMAND, id);
	term_to(&page->term, EXPLAIN_LIST_COLUMN, 1);
	if (severity != NULL)
		term_printf(&page->term, TERM_DIM, "%-8s", severity);
	term_put(&page->term, TERM_PLAIN, title);
	term_end(&page->term);
}

static void explain_index(struct page *page)
{
	const char *theme = "";

	page_text(page, "tcpends --explain NAME, of a finding or a topic:");
	for (size_t i = 0; i < te_rule_count(); i++) {
		const struct te_rule *rule = te_rule_at(i);

		if (strcmp(theme, te_rule_theme(i)) != 0)
			page_heading(page, te_rule_theme(i));
		theme = te_rule_theme(i);
		explain_entry(page, rule->id, te_severity_name(rule->severity),
			      rule->title);
	}
	page_heading(page, "Topics");
	for (size_t i = 0; topic_at(i) != NULL; i++)
		explain_entry(page, topic_at(i)->id, NULL, topic_at(i)->title);
}

static void explain_all(struct page *page)
{
	for (size_t i = 0; i < te_rule_count(); i++) {
		explain_rule(page, te_rule_at(i));
		page_blank(page);
		page_blank(page);
	}
	for (size_t i = 0; topic_at(i) != NULL; i++) {
		if (i > 0) {
			page_blank(page);
			page_blank(page);
		}
		explain_topic(page, topic_at(i));
	}
}

/* A finding and a topic may share a name: then the topic is the finding's background. */
static void explain_name(struct page *page, const char *word)
{
	const struct te_rule *rule = te_rule_find(word);
	const struct topic *topic = topic_find(word);

	if (rule != NULL)
		explain_rule(page, rule);
	if (rule != NULL && topic != NULL) {
		page_blank(page);
		page_blank(page);
	}
	if (topic != NULL)
		explain_topic(page, topic);
}

bool explain(const char *word, const struct options *options)
{
	struct page page;

	if (!page_open(&page, options))
		return false;
	if (word == NULL)
		explain_index(&page);
	else if (strcmp(word, explain_everything) == 0)
		explain_all(&page);
	else
		explain_name(&page, word);
	page_close(&page);
	return true;
}
