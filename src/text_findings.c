/* text_findings.c - what is wrong, grouped by rule, the worst of each as example
 *
 * The screen bounds how much is said: the worst groups get their example, those below
 * them one line, the rest is counted.
 */
#include "config.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Quiet rules' notes are counted; -v lists them. */
static bool is_quiet(const struct text_group *group)
{
	return group->severity == TE_NOTE && group->rule->quiet;
}

/* ---- taking notes ---- */

static struct text_group *find_or_add(struct text_findings *findings,
				      const struct te_rule *rule)
{
	struct text_group *grown;
	size_t size;

	for (size_t i = 0; i < findings->count; i++)
		if (findings->groups[i].rule == rule)
			return &findings->groups[i];
	if (findings->count == findings->size) {
		size = findings->size > 0 ? 2 * findings->size : 16;
		grown = realloc(findings->groups, size * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		findings->groups = grown;
		findings->size = size;
	}
	grown = &findings->groups[findings->count++];
	*grown = (struct text_group){ .rule = rule };
	return grown;
}

static bool is_worse(const struct te_finding *finding, const struct text_group *group)
{
	double value = finding->has_value ? finding->value : 0;

	if (finding->severity != group->severity)
		return finding->severity > group->severity;
	if (finding->certain != group->certain)
		return finding->certain;
	return value > group->value;
}

static void keep_example(struct text_group *group, const struct te_finding *finding)
{
	group->severity = finding->severity;
	group->value = finding->has_value ? finding->value : 0;
	group->certain = finding->certain;
	group->end = finding->end;
	group->scope = finding->scope;
	group->file = finding->file;
	group->also = finding->also_count > 0 ? finding->also[0] : NULL;
	group->frame_count =
	    finding->frame_count < TE_MAX_FRAMES ? finding->frame_count : TE_MAX_FRAMES;
	memcpy(group->frames, finding->frames, sizeof(group->frames));
	group->connection = 0;
	if (finding->connection != NULL) {
		group->connection = finding->connection->number;
		text_ends_of(&group->ends, finding->connection);
	}
	group->sentence[0] = '\0';
	if (finding->has_value || finding->detail != NULL)
		(void)describe_case(finding, group->sentence, sizeof(group->sentence));
}

bool text_is_quiet(const struct text *text, const struct te_finding *finding)
{
	return finding->rule->quiet && finding->severity == TE_NOTE &&
	       text->run->verbose == 0;
}

void text_findings_finding(struct text *text, const struct te_finding *finding)
{
	struct text_group *group = find_or_add(&text->findings, finding->rule);

	text->findings.severities[finding->severity]++;
	if (group == NULL) {
		text->findings.incomplete = true;
		return;
	}
	if (group->count++ == 0 || is_worse(finding, group))
		keep_example(group, finding);
}

void text_findings_free(struct text *text)
{
	free(text->findings.groups);
	text->findings.groups = NULL;
}

/* ---- printing ---- */

static int by_severity(const void *a, const void *b)
{
	const struct text_group *x = a, *y = b;

	if (is_quiet(x) != is_quiet(y))
		return is_quiet(x) ? 1 : -1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->rule->id, y->rule->id);
}

static void put_severities(struct text *text)
{
	const uint64_t *n = text->findings.severities;
	bool first = true;
	char buf[TERM_NUMBER];

	term_put(&text->term, TERM_HEAD, "findings");
	term_to(&text->term, TEXT_LABEL, 1);
	for (int i = TE_ERROR; i >= TE_NOTE; i--) {
		if (n[i] == 0)
			continue;
		term_printf(&text->term, TERM_PLAIN, "%s%s %s%s", first ? "" : ", ",
			    term_count(n[i], buf), te_severity_name((enum te_severity)i),
			    n[i] == 1 ? "" : "s");
		first = false;
	}
	if (text->findings.incomplete)
		term_put(&text->term, TERM_WARNING, " (out of memory: there are more)");
	term_end(&text->term);
}

/* "frames 4, 5, 7; also handshake-ack-ignored" */
static void list_frames(const struct text *text, const struct text_group *group,
			char *list, size_t size)
{
	char frame[TEXT_FRAME];
	size_t used = 0;

	list[0] = '\0';
	for (unsigned i = 0; i < group->frame_count && used < size; i++)
		used += (size_t)snprintf(
		    list + used, size - used, "%s%s",
		    i > 0                    ? ", "
		    : group->frame_count > 1 ? "frames "
					     : "frame ",
		    text_frame(text, group->file, group->frames[i], frame));
	if (group->also != NULL && used < size)
		(void)snprintf(list + used, size - used, "%salso %s",
			       used > 0 ? "; " : "", group->also->id);
}

struct widths {
	unsigned id, count;
};

static void put_title(struct text *text, const struct text_group *group,
		      struct widths widths)
{
	char count[TERM_NUMBER];

	term_put(&text->term, term_severity(group->severity),
		 te_severity_name(group->severity));
	term_to(&text->term, TEXT_LABEL, 1);
	term_put(&text->term, TERM_STATE, group->rule->id);
	term_to(&text->term, TEXT_LABEL + widths.id + 2, 2);
	term_right(&text->term, TERM_PLAIN, widths.count,
		   term_count(group->count, count));
	term_put(&text->term, TERM_PLAIN, "  ");
	term_put(&text->term, TERM_PLAIN, group->rule->title);
	term_end(&text->term);
}

static bool fits(const struct text *text, unsigned columns)
{
	return text->term.width == 0 || text->term.column + columns <= text->term.width;
}

/* Where the example is: "worst: #8 frames 4, 5  10.0.0.1:51234 → 10.0.0.2:80". The only
 * connection needs no name; the end does where no sentence begins with it. */
static void put_place(struct text *text, const struct text_group *group)
{
	bool wide = group->scope != TE_SCOPE_CONNECTION;
	bool named = !wide && text->overview.connections > 1;
	char frames[160];

	list_frames(text, group, frames, sizeof(frames));
	term_to(&text->term, TEXT_LABEL, 1);
	if (group->count > 1)
		term_put(&text->term, TERM_DIM, "worst: ");
	if (named)
		term_printf(&text->term, TERM_HEAD, "#%llu  ",
			    (unsigned long long)group->connection);
	term_put(&text->term, TERM_PLAIN, frames);
	if (named || (wide && group->scope != TE_SCOPE_CAPTURE)) {
		term_put(&text->term, TERM_PLAIN, *frames ? "  " : "");
		text_put_place(text, group->scope, &group->ends);
	}
	if (group->sentence[0] == '\0' && group->end != TE_NO_END && fits(text, 8))
		term_printf(&text->term, TERM_PLAIN, "  %s", te_end_name(group->end));
	term_end(&text->term);
}

static bool has_place(const struct text_group *group)
{
	return group->connection > 0 || group->frame_count > 0 ||
	       group->scope == TE_SCOPE_LISTENER || group->scope == TE_SCOPE_HOLDER;
}

/* Lines that put_example() takes at most. */
static unsigned example_lines(const struct text_group *group)
{
	return (has_place(group) ? 1u : 0u) + (group->sentence[0] != '\0' ? 2u : 0u);
}

static void put_example(struct text *text, const struct text_group *group)
{
	if (has_place(group))
		put_place(text, group);
	if (group->sentence[0] != '\0') {
		term_to(&text->term, TEXT_LABEL, 1);
		term_wrap(&text->term, TERM_PLAIN, group->sentence, 2);
		if (!group->certain)
			term_put(&text->term, TERM_DIM, " (presumed)");
		term_end(&text->term);
	}
}

/* Of the rows that are shown. */
static struct widths measure(const struct text_findings *findings, size_t count)
{
	struct widths widths = { .id = 0 };
	char number[TERM_NUMBER];

	for (size_t i = 0; i < count; i++) {
		const struct text_group *group = &findings->groups[i];
		size_t id = strlen(group->rule->id);
		size_t own = strlen(term_count(group->count, number));

		widths.id = id > widths.id ? (unsigned)id : widths.id;
		widths.count = own > widths.count ? (unsigned)own : widths.count;
	}
	return widths;
}

/* "and 3 more kinds (-v): keep-alive 12, zero-window 3" */
static void put_rest(struct text *text, size_t from)
{
	const struct text_findings *findings = &text->findings;
	size_t more = findings->count - from;
	char count[TERM_NUMBER];

	term_to(&text->term, TEXT_LABEL, 1);
	term_printf(&text->term, TERM_DIM, "and %zu more kind%s (-v): ", more,
		    more == 1 ? "" : "s");
	for (size_t i = from; i < findings->count; i++)
		term_printf(&text->term, TERM_DIM, "%s%s %s", i > from ? ", " : "",
			    findings->groups[i].rule->id,
			    term_count(findings->groups[i].count, count));
	term_end(&text->term);
}

static void put_groups(struct text *text, size_t shown, unsigned lines)
{
	const struct text_findings *findings = &text->findings;
	struct widths widths = measure(findings, shown);
	unsigned left = lines;

	for (size_t i = 0; i < shown; i++) {
		const struct text_group *group = &findings->groups[i];
		unsigned others = (unsigned)(shown - i - 1);
		unsigned before = text->term.lines;

		put_title(text, group, widths);
		if (lines == 0 || left >= 1 + example_lines(group) + others)
			put_example(text, group);
		left -= lines == 0 ? 0 : text->term.lines - before;
	}
}

/* How many groups are listed on so many lines, when the first has its example and the
 * rest, if there is one, a line of its own. */
static size_t fit_groups(const struct text_findings *findings, unsigned lines)
{
	size_t shown = findings->count;
	unsigned least;

	while (shown > 0 && is_quiet(&findings->groups[shown - 1]))
		shown--;
	if (shown == 0)
		return 0;
	least = example_lines(findings->groups) + (shown < findings->count ? 1 : 0);
	if (shown + least <= lines)
		return shown;
	least = example_lines(findings->groups) + 1;
	return lines > least ? lines - least : 1;
}

void text_findings_end(struct text *text, unsigned lines)
{
	struct text_findings *findings = &text->findings;
	size_t shown = findings->count;

	text_separate(text);
	if (findings->count == 0 && !findings->incomplete) {
		term_put(&text->term, TERM_HEAD, "no findings");
		term_end(&text->term);
		return;
	}
	if (findings->count > 1)
		qsort(findings->groups, findings->count, sizeof(*findings->groups),
		      by_severity);
	put_severities(text);
	if (lines > 0) {
		lines -= lines > 2 ? 2 : 0; /* the blank line and the headline */
		shown = fit_groups(findings, lines);
		lines -= shown < findings->count && lines > 1 ? 1 : 0;
	}
	put_groups(text, shown, lines);
	if (shown < findings->count)
		put_rest(text, shown);
}

const struct text_group *text_findings_worst(const struct text *text)
{
	const struct text_findings *findings = &text->findings;
	const struct text_group *worst = NULL;

	for (size_t i = 0; i < findings->count; i++)
		if (worst == NULL || by_severity(&findings->groups[i], worst) < 0)
			worst = &findings->groups[i];
	return worst;
}
