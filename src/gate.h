/* gate.h - the judgement of --check: captures, cases, and what was found against them
 *
 * Each capture is judged alone. Its cases are the rules of the policy, or without rules
 * the findings that can reach the threshold; what is against a case is kept by
 * fingerprint, once, with its number. A finding that a rule names, for the connections
 * that it matches, is judged by that rule alone; all others by the threshold. What a
 * baseline knows is counted apart and fails nothing.
 */
#ifndef GATE_H
#define GATE_H

#include "check.h"
#include "out.h"
#include "policy.h"
#include "table.h"

enum gate_kind {
	GATE_RULE,    /* a rule of the policy */
	GATE_FINDING, /* without rules: that finding, of any connection */
	GATE_REST,    /* with rules: findings at the threshold that no rule names */
	GATE_CAPTURE, /* whether the capture can be judged at all */
};

enum gate_status {
	GATE_PASSED,
	GATE_KNOWN, /* nothing but what the baseline has */
	GATE_FAILED,
	GATE_ERROR, /* the capture is incomplete or empty */
};

/* The same thing against a case, once or more often. Texts are of the first. */
struct gate_item {
	uint64_t fingerprint;
	const struct te_rule *finding; /* NULL: one of a rule's own keys */
	const char *key;               /* "closed", ... then */
	enum te_severity severity;     /* the worst */
	char *what;                    /* owned: "closed rst-client, not fin" */
	char *place; /* owned: "#4 10.0.0.1:1000 > 10.0.0.2:80, frames 3, 4"; may be "" */
	char *label; /* owned: "rst-abort, client, toward 10.0.0.2:80" */
	uint64_t frame; /* the first; 0: none */
	uint64_t count, known;
	const char *reason; /* of the baseline; borrowed, may be NULL */
	UT_hash_handle hh;
	bool lost;
};

struct gate_case {
	enum gate_kind kind;
	enum gate_status status;
	const struct policy_rule *rule;
	const struct te_rule *finding;
	char name[128];
	uint64_t matched;          /* connections; of rules only */
	uint64_t failing, known;   /* violations */
	bool broken;               /* by something that max-count does not tolerate */
	struct gate_item *items;   /* in the order they came: hh.next */
	struct gate_place *places; /* gate_place.c's */
	te_time *handshakes;       /* owned */
	size_t handshake_count, handshake_size;
};

struct gate_file {
	char *path; /* owned */
	struct gate_case *cases;
	size_t case_count;
	uint64_t connections, packets;
	struct check_result result;
};

struct gate {
	const struct policy *policy;
	const struct check *check;
	struct out_naming naming;
	uint64_t seed[2];
	bool many;               /* there are several captures */
	struct gate_file *files; /* the last one is being judged */
	size_t file_count;
	bool *matched; /* owned: by rule, for the connection at hand */
};

/* Borrows policy and check. NULL: out of memory. */
struct gate *gate_new(const struct policy *, const struct check *,
		      const struct out_naming *, const uint64_t seed[2]);
/* From here on all is of that capture. False: out of memory. */
bool gate_begin(struct gate *, const char *path);
/* A connection and its findings, of which those that are known get marked. One that goes
 * on is only marked. False: out of memory. */
bool gate_connection(struct gate *, const struct te_connection *,
		     struct te_finding *findings);
/* A finding that is wider than a connection. */
bool gate_wide(struct gate *, struct te_finding *);
/* The capture ended. Borrowed until the next gate_begin(). */
const struct gate_file *gate_end(struct gate *, const struct check_inputs *,
				 const struct te_totals *);
/* Everything that is against any case, as a baseline: the largest number that one capture
 * had. False with errno set. In gate_baseline.c. */
bool gate_write_baseline(const struct gate *, const char *path);
void gate_free(struct gate *); /* NULL is fine */

/* Of all captures: the worst status. */
int gate_status(const struct gate *);

/* ---- gate_words.c ---- */

/* "passed", "known", "FAILED", "ERROR" */
const char *gate_status_word(enum gate_status);
/* "2 violations in 14 connections, 1 known"; returns buf. */
const char *gate_summary(const struct gate_file *, const struct gate_case *, char *buf,
			 size_t size);
/* "#4 10.0.0.1:1000 > 10.0.0.2:80, frame 3: closed rst-client, not fin (and 7 more)
 * [FINGERPRINT]": what an [allow FINGERPRINT] takes stands in every report. */
const char *gate_sentence(const struct gate_item *, char *buf, size_t size);
/* The path as others should name it: relative to the working directory where it lies in
 * it. Borrowed from `path`. */
const char *gate_path(const char *path);
/* The item or the first after it that is new; NULL if there is none. */
const struct gate_item *gate_next_new(const struct gate_item *);
/* Those of an item that are new: they fail. */
uint64_t gate_item_new(const struct gate_item *);

/* ---- gate_item.c; for gate*.c only ---- */

/* Against a rule's own key. `connection` may be NULL. */
bool gate_against_key(struct gate *, struct gate_case *, const char *key,
		      const struct te_connection *, const char *what);
/* A finding; whether it is known was asked before. */
bool gate_against_finding(struct gate *, struct gate_case *, uint64_t fingerprint,
			  const struct te_finding *, bool known);
void gate_items_free(struct gate_case *);

/* ---- gate_place.c; for gate*.c only ---- */

/* The rule matches this connection: it is about its listener and its holder, too. False:
 * out of memory. */
bool gate_place_add(const struct gate *, struct gate_case *,
		    const struct te_connection *);
/* Is a finding of a listener or a holder about such a one? */
bool gate_place_has(const struct gate *, const struct gate_case *,
		    const struct te_finding *);
void gate_places_free(struct gate_case *);

/* ---- gate_rule.c; for gate*.c only ---- */

/* The outcome of a connection that the rule matches. */
bool gate_rule_connection(struct gate *, struct gate_case *,
			  const struct te_connection *);
/* What can be said of all of them at the end. */
bool gate_rule_end(struct gate *, struct gate_case *);

#endif
