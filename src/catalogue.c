/* catalogue.c - what tcpends can find, told to people */
#include "config.h"
#include "catalogue.h"
#include "nearest.h"
#include <stdio.h>
#include <string.h>

enum { CATALOGUE_INDENT = 2, CATALOGUE_LEAST = 40 };

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

/* Words of `text` in lines of `width`, each indented; the first line after `mark`. */
static void catalogue_wrap(const char *mark, const char *text, size_t width)
{
	size_t indent = CATALOGUE_INDENT + strlen(mark);
	size_t column = indent;

	printf("%*s%s", CATALOGUE_INDENT, "", mark);
	while (*text != '\0') {
		size_t len = strcspn(text, " \n");

		if (column > indent && column + 1 + len > width) {
			printf("\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)len, text);
		column += len;
		text += len;
		text += strspn(text, " \n");
	}
	putchar('\n');
}

static void catalogue_part(const char *heading, const char *text, size_t width)
{
	if (text == NULL || text[0] == '\0')
		return;
	printf("\n%s\n", heading);
	catalogue_wrap("", text, width);
}

static void catalogue_list_part(const char *heading, const char *const *items,
				size_t width)
{
	if (items[0] == NULL)
		return;
	printf("\n%s\n", heading);
	for (; *items != NULL; items++)
		catalogue_wrap("- ", *items, width);
}

/* "9293:3.10.7.4" or a list of such: the document and its section. */
static void catalogue_rfc(const char *rfc)
{
	printf("\nRFC\n");
	while (*rfc != '\0') {
		size_t len = strcspn(rfc, ", ");
		size_t number = strcspn(rfc, ":, ");

		printf("  RFC %.*s", (int)number, rfc);
		if (number < len)
			printf(", section %.*s", (int)(len - number - 1),
			       rfc + number + 1);
		putchar('\n');
		rfc += len;
		rfc += strspn(rfc, ", ");
	}
}

static void catalogue_rule(const struct te_rule *rule, size_t width)
{
	printf("%s (%s): %s\n", rule->id, te_severity_name(rule->severity), rule->title);
	catalogue_part("Reported when", rule->definition, width);
	catalogue_part("What would have been normal", rule->normal, width);
	catalogue_list_part("Possible causes", rule->causes, width);
	catalogue_list_part("What to do", rule->remedies, width);
	if (rule->rfc != NULL && strcmp(rule->rfc, "-") != 0)
		catalogue_rfc(rule->rfc);
}

void catalogue_explain(const char *id, int width)
{
	size_t columns = width < CATALOGUE_LEAST ? 80 : (size_t)width;

	if (columns > 80)
		columns = 80;
	for (size_t i = 0; i < te_rule_count(); i++) {
		const struct te_rule *rule = te_rule_at(i);

		if (id != NULL && strcmp(id, rule->id) != 0)
			continue;
		if (id == NULL && i > 0)
			printf("\n\n");
		catalogue_rule(rule, columns);
	}
}

void catalogue_list(void)
{
	for (size_t i = 0; i < te_rule_count(); i++) {
		const struct te_rule *rule = te_rule_at(i);

		printf("%-22s %-8s %s\n", rule->id, te_severity_name(rule->severity),
		       rule->title);
	}
}
