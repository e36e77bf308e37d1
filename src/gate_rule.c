/* gate_rule.c - what a rule demands of its connections, one by one and together */
#include "config.h"
#include "gate.h"
#include "phrase.h"
#include <stdlib.h>
#include <string.h>

static const char *gate_opened(unsigned i)
{
	return te_opened_name((enum te_opened)i);
}

static const char *gate_closed(unsigned i)
{
	return te_closed_name((enum te_closed)i);
}

static const char *gate_closer(unsigned i)
{
	return i == TE_NO_END ? "none" : te_end_name((enum te_end)i);
}

/* A key whose value is a list of words. */
struct gate_words {
	const char *key;
	unsigned count;
	const char *(*name)(unsigned i);
};

static const struct gate_words gate_openings = { "opened", TE_OPENED_COUNT, gate_opened };
static const struct gate_words gate_closings = { "closed", TE_CLOSED_COUNT, gate_closed };
static const struct gate_words gate_closers = { "first-closer", TE_NO_END + 1,
						gate_closer };

static bool gate_word(struct gate *gate, struct gate_case *of,
		      const struct te_connection *c, const struct gate_words *words,
		      unsigned wanted, unsigned is)
{
	char text[256];
	struct phrase phrase = phrase_new(text, sizeof(text));
	const char *before = "not ";

	if (wanted == 0 || (wanted >> is & 1) != 0)
		return true;
	phrase_add(&phrase, "%s %s, ", words->key, words->name(is));
	for (unsigned i = 0; i < words->count; i++) {
		if ((wanted >> i & 1) == 0)
			continue;
		phrase_add(&phrase, "%s%s", before, words->name(i));
		before = " or ";
	}
	return gate_against_key(gate, of, words->key, c, text);
}

/* ---- handshakes ---- */

/* From the first segment until both ends are ESTABLISHED, repeats and all: what the
 * program waited for. TE_TIME_NONE: the capture does not have it. */
static te_time gate_handshake(const struct te_connection *c)
{
	te_time last = TE_TIME_NONE;
	bool done[2] = { false, false };

	if (c->opened == TE_OPENED_MIDSTREAM)
		return TE_TIME_NONE;
	for (size_t i = 0; i < c->transition_count; i++) {
		const struct te_transition *t = &c->transitions[i];

		if (t->to != TE_ESTABLISHED || done[t->end] || t->basis == TE_IMPLIED)
			continue;
		done[t->end] = true;
		if (t->time > last)
			last = t->time;
	}
	return done[TE_CLIENT] && done[TE_SERVER] ? last - c->first : TE_TIME_NONE;
}

static bool gate_times(const struct policy_rule *rule)
{
	for (int p = 0; p < POLICY_PERCENTILE_COUNT; p++) {
		if (rule->handshake[p] != TE_TIME_NONE)
			return true;
	}
	return false;
}

static bool gate_add_handshake(struct gate_case *of, const struct te_connection *c)
{
	te_time time = gate_handshake(c);
	size_t size = of->handshake_size == 0 ? 64 : 2 * of->handshake_size;
	te_time *grown;

	if (time == TE_TIME_NONE)
		return true;
	if (of->handshake_count == of->handshake_size) {
		grown = realloc(of->handshakes, size * sizeof(*grown));
		if (grown == NULL)
			return false;
		of->handshakes = grown;
		of->handshake_size = size;
	}
	of->handshakes[of->handshake_count++] = time;
	return true;
}

static int gate_compare_times(const void *left, const void *right)
{
	te_time a = *(const te_time *)left, b = *(const te_time *)right;

	return a < b ? -1 : a > b;
}

/* The nearest rank: the least time that so many percent do not exceed. */
static te_time gate_percentile(const struct gate_case *of, unsigned percent)
{
	size_t rank = (of->handshake_count * percent + 99) / 100;

	return of->handshakes[rank - 1];
}

/* "20 ms, above 19 ms"; with all digits where it would be the same twice. */
static void gate_phrase_times(struct phrase *phrase, te_time is, te_time most)
{
	char a[32], b[32];

	describe_duration(is, a, sizeof(a));
	describe_duration(most, b, sizeof(b));
	if (strcmp(a, b) == 0)
		phrase_add(phrase, "%.3f ms, above %.3f ms", (double)is / TE_MS,
			   (double)most / TE_MS);
	else
		phrase_add(phrase, "%s, above %s", a, b);
}

static bool gate_handshakes(struct gate *gate, struct gate_case *of)
{
	static const char *const keys[POLICY_PERCENTILE_COUNT] = {
#define X(percent) "handshake-p" #percent,
		POLICY_PERCENTILES(X)
#undef X
	};
	char text[160];
	bool ok = true;

	if (of->handshake_count > 1)
		qsort(of->handshakes, of->handshake_count, sizeof(*of->handshakes),
		      gate_compare_times);
	for (int p = 0; p < POLICY_PERCENTILE_COUNT; p++) {
		te_time most = of->rule->handshake[p], time;
		struct phrase phrase = phrase_new(text, sizeof(text));

		if (most == TE_TIME_NONE || of->handshake_count == 0)
			continue;
		time = gate_percentile(of, policy_percent(p));
		if (time <= most)
			continue;
		phrase_add(&phrase, "%s is ", keys[p]);
		gate_phrase_times(&phrase, time, most);
		phrase_add(&phrase, " (of %zu)", of->handshake_count);
		ok = gate_against_key(gate, of, keys[p], NULL, text) && ok;
	}
	return ok;
}

/* ---- the rule ---- */

bool gate_rule_connection(struct gate *gate, struct gate_case *of,
			  const struct te_connection *c)
{
	const struct policy_rule *rule = of->rule;
	bool ok = !gate_times(rule) || gate_add_handshake(of, c);

	of->matched++;
	ok = gate_word(gate, of, c, &gate_openings, rule->opened, c->opened) && ok;
	ok = gate_word(gate, of, c, &gate_closings, rule->closed, c->closed) && ok;
	return gate_word(gate, of, c, &gate_closers, rule->closer, c->first_closer) && ok;
}

/* A rule that has nothing to judge is a gate that stands open. */
bool gate_rule_end(struct gate *gate, struct gate_case *of)
{
	const char *nothing =
	    of->matched == 0 ? "no connection matches"
	    : gate_times(of->rule) && of->handshake_count == 0
		? "no handshake of a connection that matches was captured"
		: NULL;

	if (nothing != NULL && of->rule->require_match)
		return gate_against_key(gate, of, "require-match", NULL, nothing);
	return gate_handshakes(gate, of);
}
