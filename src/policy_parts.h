/* policy_parts.h - what the files policy*.c share; nobody else needs it */
#ifndef POLICY_PARTS_H
#define POLICY_PARTS_H

#include "ini.h"
#include "policy.h"

/* A file that is being read. */
struct policy_reader {
	struct policy *policy;
	const char *path;
	struct ini ini;
	struct ini_line line; /* the present one */
	const struct policy_section *section;
	unsigned sections; /* bit i: the i-th kind of section was there */
	unsigned seen;     /* bit i: the i-th key of this section was there */
	bool baseline_only;
	struct policy_rule *rule; /* the section's, if it is one */
	struct baseline_entry *entry;
	char *err;
	size_t size;
};

struct policy_key {
	const char *name; /* NULL behind the last */
	bool (*take)(struct policy_reader *);
};

struct policy_section {
	const char *name;
	const char *what;                      /* [name WHAT]; NULL: [name], once */
	bool (*begin)(struct policy_reader *); /* NULL: nothing to do */
	const struct policy_key *keys;         /* NULL: any_key takes all */
	bool (*any_key)(struct policy_reader *);
};

/* Fills err with path, line and column; always false. */
bool policy_wrong(struct policy_reader *, unsigned column, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool policy_no_memory(struct policy_reader *);
/* The column of a place in the value. */
unsigned policy_column(const struct policy_reader *, const char *at);
/* "'x' is none of a, b, c; did you mean b?" for word(0), word(1), ... until NULL. */
bool policy_none_of(struct policy_reader *, unsigned column, const char *item,
		    const char *(*word)(size_t i));
/* The next item of the list that is the value, of which *list is what is left, and its
 * column. False at the end; *ok false when it is empty, which err says. */
bool policy_item(struct policy_reader *, const char **list, char *item, size_t size,
		 unsigned *column, bool *ok);

/* ---- policy_rule.c ---- */
extern const struct policy_key policy_rule_keys[];
bool policy_rule_begin(struct policy_reader *);
void policy_rule_free(struct policy_rule *);

/* ---- policy_allow.c ---- */
extern const struct policy_key policy_allow_keys[];
bool policy_allow_begin(struct policy_reader *);

#endif
