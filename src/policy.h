/* policy.h - what a team demands of its captures: the file of --policy
 *
 * [check], [limits], [rule NAME] and [allow FINGERPRINT], in the syntax of ini.h. Every
 * key is a row of a table in policy.c or policy_rule.c. Any mistake is an error that
 * names file, line, column and, for a word, the nearest known one.
 */
#ifndef POLICY_H
#define POLICY_H

#include "baseline.h"
#include "check.h"
#include "match.h"
#include "select.h"

/* The percentiles that a rule can bound. */
#define POLICY_PERCENTILES(X) X(50) X(90) X(95) X(99)
enum {
#define X(percent) POLICY_P##percent,
	POLICY_PERCENTILES(X)
#undef X
	    POLICY_PERCENTILE_COUNT
};
unsigned policy_percent(int percentile); /* 99 */

struct policy_findings {
	const struct te_rule **list; /* owned */
	size_t count;
};

/* Bit i of opened, closed: that word of enum te_opened, te_closed is right; of closer:
 * enum te_end. 0: any. */
struct policy_rule {
	char *name;          /* owned */
	struct match *match; /* NULL: all connections */
	unsigned opened, closed, closer;
	struct policy_findings forbid, allow;
	uint64_t max_count;
	te_time handshake[POLICY_PERCENTILE_COUNT]; /* at most; TE_TIME_NONE: not asked */
	bool require_match;
};

struct policy {
	struct check check; /* [check]: has_fail_on and allow */
	bool port_only;     /* fingerprint = port */
	double limits[TE_LIMIT_COUNT];
	unsigned limits_given; /* bit i: limits[i] is */
	struct policy_rule *rules;
	size_t rule_count;
	struct baseline *baseline;
};

/* False with err filled: out of memory, or SOURCE_DATE_EPOCH is no time. To be freed in
 * any case. */
bool policy_new(struct policy *, char *err, size_t size);
/* Read a policy; or a baseline, which has [allow] alone. False with err filled, the path
 * in it. */
bool policy_read(struct policy *, const char *path, char *err, size_t size);
bool policy_read_baseline(struct policy *, const char *path, char *err, size_t size);
/* Does any rule ask how long handshakes take? */
bool policy_times_handshakes(const struct policy *);
bool policy_has(const struct policy_findings *, const struct te_rule *);
void policy_free(struct policy *);

#endif
