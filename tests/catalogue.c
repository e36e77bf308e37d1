/* catalogue.c - is every finding explained, and shown by three scripts?
 *
 * usage: catalogue [-l]
 *	-l  print the ids, one a line, and check nothing
 *
 * finding-ID-fires asserts the finding. finding-ID-normal, the nearest normal case,
 * asserts that it is not there; finding-ID-capture, where the capture itself explains
 * it, that it is not there, or milder, or uncertain.
 */
#include "corpus.h"

#include <stdio.h>
#include <string.h>

static unsigned wrong;

static void complain(const struct te_rule *rule, const char *what)
{
	printf("%s: %s\n", rule->id, what);
	wrong++;
}

static void check_words(const struct te_rule *rule)
{
	const struct {
		const char *what, *text;
	} words[] = {
		{ "no title", rule->title },     { "no definition", rule->definition },
		{ "no section", rule->rfc },     { "nothing normal", rule->normal },
		{ "no cause", rule->causes[0] }, { "no remedy", rule->remedies[0] },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!words[i].text || !words[i].text[0])
			complain(rule, words[i].what);
	if (rule->title && rule->title[0] && rule->title[strlen(rule->title) - 1] == '.')
		complain(rule, "the title has a full stop");
}

/* ---- what a script asserts of a finding ----------------------------------- */

enum claim { SAYS_NOTHING, ABSENT, MILDER, THERE };

static enum claim claim_of(const struct script_item *item, const struct te_rule *rule)
{
	const struct script_finding *want = &item->u.finding;
	bool milder = want->severity[0] &&
		      strcmp(want->severity, te_severity_name(rule->severity)) != 0;

	if (item->kind == SCRIPT_NOTHING)
		return ABSENT;
	if (item->kind == SCRIPT_MAY)
		return strcmp(item->u.id, rule->id) == 0 ? THERE : SAYS_NOTHING;
	if (item->kind != SCRIPT_FINDING)
		return SAYS_NOTHING;
	if (strcmp(want->id, rule->id) != 0)
		return ABSENT; /* lists are complete */
	return milder || want->certain == SCRIPT_NO ? MILDER : THERE;
}

static enum claim strongest_claim(const struct script *script, const struct te_rule *rule)
{
	enum claim strongest = SAYS_NOTHING;

	for (size_t i = 0; i < script->item_count; i++) {
		enum claim claim = claim_of(&script->items[i], rule);

		if (claim > strongest)
			strongest = claim;
	}
	return strongest;
}

static bool names_finding(const struct script *script, const struct te_rule *rule)
{
	for (size_t i = 0; i < script->item_count; i++)
		if (script->items[i].kind == SCRIPT_FINDING &&
		    strcmp(script->items[i].u.finding.id, rule->id) == 0)
			return true;
	return false;
}

static struct script *read_script(const struct te_rule *rule, const char *kind)
{
	struct script *script;
	char name[128];

	snprintf(name, sizeof(name), "finding-%s-%s", rule->id, kind);
	script = corpus_read(name);
	if (!script) {
		printf("%s: ", name);
		complain(rule, "no such script");
	}
	return script;
}

static void check_scripts(const struct te_rule *rule)
{
	struct script *fires = read_script(rule, "fires");
	struct script *normal = read_script(rule, "normal");
	struct script *capture = read_script(rule, "capture");
	enum claim claim;

	if (fires && !names_finding(fires, rule))
		complain(rule, "its -fires script does not ask for it");
	if (normal && strongest_claim(normal, rule) != ABSENT)
		complain(rule, "its -normal script does not assert that it is silent");
	claim = capture ? strongest_claim(capture, rule) : ABSENT;
	if (claim != ABSENT && claim != MILDER)
		complain(rule, "its -capture script lets it be as loud as ever");
	script_free(fires);
	script_free(normal);
	script_free(capture);
}

int main(int argc, char **argv)
{
	bool list = argc == 2 && strcmp(argv[1], "-l") == 0;

	for (size_t i = 0; i < te_rule_count(); i++) {
		const struct te_rule *rule = te_rule_at(i);

		if (list) {
			puts(rule->id);
			continue;
		}
		check_words(rule);
		check_scripts(rule);
	}
	if (!list)
		printf("%zu findings, %u complaints\n", te_rule_count(), wrong);
	return wrong != 0 || te_rule_count() == 0;
}
