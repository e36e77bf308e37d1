/* script-want.c - the parser of packet scripts: what is to be said of the segments */
#include "script-line.h"

#include <string.h>

static bool find_state(struct script_parser *p, const char *word, enum te_state *state)
{
	static const char *const names[] = {
#define X(name) #name,
		TE_STATES(X)
#undef X
	};

	for (unsigned i = 0; i < TE_STATE_COUNT; i++)
		if (strcmp(word, names[i]) == 0) {
			*state = (enum te_state)i;
			return true;
		}
	return script_fail(p, "unknown state: %s", word);
}

static bool is_word_of(const char *word, const char *const *words, size_t count)
{
	while (count-- > 0)
		if (strcmp(word, words[count]) == 0)
			return true;
	return false;
}

/* "CLOSING", "CLOSING?", "CLOSING~" */
static bool parse_state(struct script_parser *p, char *word, struct script_state *to)
{
	size_t last = word ? strlen(word) - 1 : 0;

	if (!word)
		return script_fail(p, "a state is missing");
	to->sureness = SCRIPT_SURE;
	if (word[last] == '?')
		to->sureness = SCRIPT_PRESUMED;
	if (word[last] == '~')
		to->sureness = SCRIPT_EITHER;
	if (to->sureness != SCRIPT_SURE)
		word[last] = '\0';
	return find_state(p, word, &to->state);
}

/* = A STATE [B STATE] */
static bool want_states(struct script_parser *p)
{
	char *word = script_word(p);

	if (!word)
		return script_fail(p, "'= END STATE' is wanted");
	for (; word; word = script_word(p)) {
		struct script_item *item = script_add(p, SCRIPT_STATE);

		if (!item || !script_parse_end(p, word, &item->u.state.end) ||
		    !parse_state(p, script_word(p), &item->u.state))
			return false;
	}
	return true;
}

/* "sent", "sent,uncertain" */
static bool parse_basis(struct script_parser *p, char *word, struct script_step *step)
{
	static const char *const bases[] = { "sent",  "acked",   "presumed",
					     "timer", "implied", "assumed" };
	char *comma = strchr(word, ',');

	if (comma) {
		*comma++ = '\0';
		if (strcmp(comma, "certain") != 0 && strcmp(comma, "uncertain") != 0)
			return script_fail(p, "certain or uncertain? %s", comma);
		step->certain = comma[0] == 'c' ? SCRIPT_YES : SCRIPT_NO;
	}
	return is_word_of(word, bases, sizeof(bases) / sizeof(bases[0]))
		   ? script_copy(p, step->basis, word)
		   : script_fail(p, "unknown basis: %s", word);
}

/* "FIN_WAIT_1(sent)" */
static bool parse_step(struct script_parser *p, char *word, struct script_step *step)
{
	char *open = strchr(word, '('), *close = open ? strchr(open, ')') : NULL;

	if (open) {
		if (!close || close[1] != '\0')
			return script_fail(p, "')' is wanted: %s", word);
		*open++ = *close = '\0';
		if (!parse_basis(p, open, step))
			return false;
	}
	return find_state(p, word, &step->state);
}

/* : A STATE(basis)... */
static bool want_history(struct script_parser *p)
{
	struct script_item *item = script_add(p, SCRIPT_HISTORY);
	struct script_history *history;
	char *word;

	if (!item || !script_parse_end(p, script_word(p), &item->u.history.end))
		return false;
	history = &item->u.history;
	while ((word = script_word(p)) != NULL) {
		if (history->count == SCRIPT_STEPS)
			return script_fail(p, "too many steps");
		if (!parse_step(p, word, &history->steps[history->count++]))
			return false;
	}
	return true;
}

/* opened[/N] WORD */
static bool want_verdict(struct script_parser *p, const char *name,
			 const char *incarnation)
{
	static const char *const words[] = {
#define X(name, word) word,
		TE_OPENED(X) TE_CLOSED_BY(X)
#undef X
		    "A",
		"B", "A?", "B?"
	};
	struct script_item *item = script_add(p, SCRIPT_VERDICT);
	int64_t number = 0;

	if (!item || !script_copy(p, item->u.named.name, name) ||
	    !script_copy(p, item->u.named.word, script_word(p)))
		return false;
	if (*incarnation && !script_number(p, incarnation + 1, 1, UINT32_MAX, &number))
		return false;
	item->u.named.incarnation = (uint32_t)number;
	return is_word_of(item->u.named.word, words, sizeof(words) / sizeof(words[0])) ||
	       script_fail(p, "unknown word: %s", item->u.named.word);
}

/* NAME N */
static bool want_number(struct script_parser *p, enum script_kind kind)
{
	struct script_item *item = script_add(p, kind);
	int64_t value;

	if (!item || !script_copy(p, item->u.named.name, script_word(p)) ||
	    !script_number(p, script_word(p), 0, INT32_MAX, &value))
		return false;
	item->u.named.value = (double)value;
	return true;
}

static bool want_count(struct script_parser *p)
{
	return want_number(p, SCRIPT_COUNT);
}

static bool want_revision(struct script_parser *p)
{
	return want_number(p, SCRIPT_REVISION);
}

/* ---- findings ------------------------------------------------------------ */

static bool finding_line(struct script_parser *p, struct script_finding *finding)
{
	int64_t line;

	if (finding->line_count == SCRIPT_LINES)
		return script_fail(p, "too many lines of evidence");
	if (!script_number(p, script_word(p), 1, INT32_MAX, &line))
		return false;
	finding->lines[finding->line_count++] = (unsigned)line;
	return true;
}

static bool finding_word(struct script_parser *p, struct script_finding *finding,
			 const char *word)
{
	static const char *const ends[] = {
		[SCRIPT_ANY_END] = "any",   [SCRIPT_END_A] = "A",
		[SCRIPT_END_B] = "B",       [SCRIPT_CLIENT] = "client",
		[SCRIPT_SERVER] = "server", [SCRIPT_NO_END] = "-",
	};
	static const char *const severities[] = { "note", "warning", "error" };

	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(word, ends[i]) == 0) {
			finding->whose = (enum script_whose)i;
			return true;
		}
	if (strcmp(word, "certain") == 0 || strcmp(word, "uncertain") == 0)
		finding->certain = word[0] == 'c' ? SCRIPT_YES : SCRIPT_NO;
	else if (strcmp(word, "still") == 0 || strcmp(word, "over") == 0)
		finding->still = word[0] == 's' ? SCRIPT_YES : SCRIPT_NO;
	else if (is_word_of(word, severities, sizeof(severities) / sizeof(severities[0])))
		return script_copy(p, finding->severity, word);
	else if (strcmp(word, "also") == 0)
		return script_copy(p, finding->also, script_word(p));
	else if (strcmp(word, "line") == 0)
		return finding_line(p, finding);
	else
		return script_fail(p, "unknown word: %s", word);
	return true;
}

/* ! may ID...: other findings that may be there or not; ! live ID...: told live, and not
 * in the end */
static bool want_ids(struct script_parser *p, enum script_kind kind)
{
	char *word = script_word(p);

	if (!word)
		return script_fail(p, "the ID of a finding is wanted");
	for (; word; word = script_word(p)) {
		struct script_item *item = script_add(p, kind);

		if (!item || !script_copy(p, item->u.id, word))
			return false;
	}
	return true;
}

/* ! ID END line N..., or ! nothing */
static bool want_finding(struct script_parser *p)
{
	char *word = script_word(p);
	struct script_item *item;

	if (!word)
		return script_fail(p, "a finding is missing");
	if (strcmp(word, "may") == 0)
		return want_ids(p, SCRIPT_MAY);
	if (strcmp(word, "live") == 0)
		return want_ids(p, SCRIPT_LIVE);
	if (strcmp(word, "nothing") == 0)
		return script_add(p, SCRIPT_NOTHING) != NULL;
	item = script_add(p, SCRIPT_FINDING);
	if (!item || !script_copy(p, item->u.finding.id, word))
		return false;
	while ((word = script_word(p)) != NULL)
		if (!finding_word(p, &item->u.finding, word))
			return false;
	return true;
}

bool script_parse_want(struct script_parser *p, char *word, bool *known)
{
	static const struct {
		const char *word;
		bool (*parse)(struct script_parser *);
	} wants[] = {
		{ "=", want_states },          { ":", want_history },
		{ "!", want_finding },         { "count", want_count },
		{ "revision", want_revision },
	};
	static const char *const verdicts[] = { "opened", "closed", "client" };
	size_t len = strcspn(word, "/");

	*known = true;
	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
		if (strcmp(word, wants[i].word) == 0)
			return wants[i].parse(p);
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (strlen(verdicts[i]) == len && strncmp(word, verdicts[i], len) == 0)
			return want_verdict(p, verdicts[i], word + len);
	*known = false;
	return false;
}
