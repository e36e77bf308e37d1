/* select.h - which connections and findings are shown
 *
 * Kinds of criteria are joined by "and", several values of one kind by "or". What is
 * selected is only shown: the exit status judges everything.
 */
#ifndef SELECT_H
#define SELECT_H

#include "tcpends.h"

struct select_conn {
	bool by_id; /* the 16 hex digits; else the number */
	uint64_t value;
};

struct select_state {
	enum te_state state;
	enum te_end end; /* TE_NO_END: either */
};

struct selection {
	struct select_conn *conns;
	size_t conn_count;
	struct select_state *states;
	size_t state_count;
	const struct te_rule **rules;
	size_t rule_count;
	bool has_severity, has_duration;
	enum te_severity severity;
	te_time min_duration;
};

/* Lists as --conn, --state and --finding take them; false with err filled. */
bool select_add_conns(struct selection *, const char *list, char *err, size_t size);
bool select_add_states(struct selection *, const char *list, char *err, size_t size);
bool select_add_rules(struct selection *, const char *list, char *err, size_t size);

/* Is anything selected at all? */
bool select_given(const struct selection *);
/* Can select_passing() decide, before the connection is told? */
bool select_is_early(const struct selection *);
/* Is no connection selected in which nothing is found? */
bool select_found(const struct selection *);
/* Is any connection asked for by its id? */
bool select_by_id(const struct selection *);
/* By --conn alone. */
bool select_passing(const struct selection *, uint64_t number, uint64_t id);
bool select_connection(const struct selection *, const struct te_connection *);
/* One finding of a selected connection: by --finding and --severity. */
bool select_finding(const struct selection *, const struct te_finding *);
/* A finding that is wider than one connection: not shown when connections are asked
 * for. */
bool select_wide(const struct selection *, const struct te_finding *);
void select_free(struct selection *);

#endif
