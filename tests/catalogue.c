/* catalogue.c - is every finding explained, and shown by three scripts?
 *
 * usage: catalogue [-l | -m]
 *	-l  print the ids, one a line, and check nothing
 *	-m  print the list of the manual page, as mdoc, and check nothing
 *
 * finding-ID-fires asserts the finding. finding-ID-normal, the nearest normal case,
 * asserts that it is not there; finding-ID-capture, where the capture itself explains
 * it, that it is not there, or milder, or uncertain.
 */
#include "corpus.h"
#include "rules_table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static unsigned wrong;

static void complain(const struct te_rule *rule, const char *what)
{
	printf("%s: %s\n", rule->id, what);
	wrong++;
}

/* ---- what a row must say -------------------------------------------------- */

enum {
	LONGEST_TITLE = 48, /* lists begin it in column 32 of 80 */
	LONGEST_CLIENT = 13,
	LONGEST_ARROW = 31, /* words on one */
	LONGEST_BETWEEN =
	    34, /* words of time that passes, if the server's state follows */
	LONGEST_SERVER = 26,
	LEAST_STEPS = 3,
};

static void check_words(const struct te_rule *rule)
{
	const struct {
		const char *what, *text;
	} words[] = {
		{ "no title", rule->title },
		{ "no definition", rule->definition },
		{ "no section", rule->rfc },
		{ "nothing normal", rule->normal },
		{ "no reason to care", rule->why },
		{ "no cause", rule->causes[0] },
		{ "nowhere to look", rule->look[0] },
		{ "no remedy", rule->remedies[0] },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!words[i].text || !words[i].text[0])
			complain(rule, words[i].what);
}

static void check_title(const struct te_rule *rule)
{
	size_t len = rule->title ? strlen(rule->title) : 0;

	if (len > 0 && rule->title[len - 1] == '.')
		complain(rule, "the title has a full stop");
	if (len > LONGEST_TITLE)
		complain(rule, "the title is too long for a list");
}

static void check_sentence(const struct te_rule *rule, const char *text, const char *what)
{
	if (text && text[0] && text[strlen(text) - 1] != '.')
		complain(rule, what);
}

/* "9293:3.10.5" or "1337" */
static bool is_reference(const char *text, size_t len)
{
	size_t digits = strspn(text, "0123456789");

	if (digits < 3 || digits > 5)
		return false;
	return digits == len ||
	       (text[digits] == ':' && digits + 1 < len &&
		digits + 1 + strspn(text + digits + 1, "0123456789.") == len);
}

static void check_rfc(const struct te_rule *rule)
{
	const char *rfc = rule->rfc;

	if (!rfc || strcmp(rfc, "-") == 0)
		return;
	while (*rfc) {
		size_t len = strcspn(rfc, ",");

		if (!is_reference(rfc, len))
			complain(rule, "its sections are not like 9293:3.10.5, 1337");
		rfc += len;
		rfc += strspn(rfc, ", ");
	}
}

static bool is_too_long(const char *text, size_t longest)
{
	return text && strlen(text) > longest;
}

static bool is_arrow(const char *between)
{
	static const char *const marks[] = { "-> ", "<- ", "-x ", "x- " };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strncmp(between, marks[i], 3) == 0)
			return true;
	return false;
}

static void check_step(const struct te_rule *rule, const struct te_step *step)
{
	const char *between = step->between ? step->between : "";

	if (is_too_long(step->client, LONGEST_CLIENT) ||
	    is_too_long(step->server, LONGEST_SERVER))
		complain(rule, "a state of its ladder is too long");
	if (is_arrow(between) ? is_too_long(between + 3, LONGEST_ARROW)
			      : step->server && is_too_long(between, LONGEST_BETWEEN))
		complain(rule, "the middle of its ladder is too long");
	if (between[0] == '(')
		complain(rule, "the ladder puts brackets around words itself");
}

static void check_ladder(const struct te_rule *rule)
{
	size_t count = 0;

	for (const struct te_step *step = rule->ladder;
	     step->client || step->between || step->server; step++) {
		check_step(rule, step);
		count++;
	}
	if (count < LEAST_STEPS)
		complain(rule, "no ladder");
}

static void check_limits(const struct te_rule *rule)
{
	for (size_t i = 0; rule->limits[i]; i++) {
		int k = 0;

		while (k < TE_LIMIT_COUNT &&
		       strcmp(te_limit_row((enum te_limit)k)->name, rule->limits[i]) != 0)
			k++;
		if (k == TE_LIMIT_COUNT)
			complain(rule, "names a limit that there is not");
	}
}

static void check_row(const struct te_rule *rule)
{
	check_words(rule);
	check_title(rule);
	check_sentence(rule, rule->definition, "the definition is no sentence");
	check_sentence(rule, rule->why, "why it matters is no sentence");
	check_rfc(rule);
	check_ladder(rule);
	check_limits(rule);
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

/* ---- what a row needs ------------------------------------------------------ */

static size_t check_facts(const struct rules_group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct rules_row *row = &group->rows[i];

		if (row->check ? !row->needs : row->needs != 0)
			complain(&row->rule, "needs facts if and only if it has a check");
	}
	return group->count;
}

static void check_all_facts(void)
{
	const struct rules_group *const groups[] = {
		&rules_open,  &rules_handshake, &rules_close,     &rules_halves,
		&rules_fin,   &rules_rst,       &rules_after_rst, &rules_same,
		&rules_crowd, &rules_transfer,  &rules_window,    &rules_malformed,
	};
	size_t count = 0;

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		count += check_facts(groups[g]);
	if (count != te_rule_count())
		complain(te_rule_at(0), "there are groups that this test does not know");
	if (count > RULES_ROWS)
		complain(te_rule_at(RULES_ROWS), "no fact can ask for it any more");
}

/* The title as a sentence, in a list of mdoc. */
static void print_manual(const struct te_rule *rule)
{
	printf(".It Cm %s Pq %s\n%c%s.\n", rule->id, te_severity_name(rule->severity),
	       toupper((unsigned char)rule->title[0]), rule->title + 1);
}

int main(int argc, char **argv)
{
	bool list = argc == 2 && strcmp(argv[1], "-l") == 0;
	bool manual = argc == 2 && strcmp(argv[1], "-m") == 0;

	for (size_t i = 0; i < te_rule_count(); i++) {
		const struct te_rule *rule = te_rule_at(i);

		if (list) {
			puts(rule->id);
		} else if (manual) {
			print_manual(rule);
		} else {
			check_row(rule);
			check_scripts(rule);
		}
	}
	if (!list && !manual) {
		check_all_facts();
		printf("%zu findings, %u complaints\n", te_rule_count(), wrong);
	}
	return wrong != 0 || te_rule_count() == 0;
}
