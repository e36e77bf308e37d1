/* run-live.h - a script as a live capture: all that was told while it ran */
#ifndef RUN_LIVE_H
#define RUN_LIVE_H

#include "run.h"

struct live_step {
	struct te_transition step;
	bool is_void;
};

struct live_finding {
	struct te_finding finding;
	bool early; /* told while the connection went on */
	bool wanted;
};

/* What was told of one connection. */
struct live_conn {
	struct te_connection last; /* as it was told last; for its key and its number */
	struct live_step *steps;   /* [n - 1] */
	struct live_finding *findings;
	size_t step_count, finding_count;
	bool over;
};

struct live_revision {
	uint64_t number; /* of the connection */
	char why[SCRIPT_WORD];
	size_t voids;
};

struct live_run {
	struct run *file; /* complaints go there, too */
	struct live_conn *conns;
	struct live_revision *revisions;
	size_t conn_count, revision_count;
	bool verbose;
};

/* Run the whole script; what is wrong with the telling itself is said at once. `live`
 * begins as { .file, .verbose }. */
void live_run(struct live_run *);
void live_release(struct live_run *);
/* Begin a message about a connection. */
void live_complain(struct live_run *, const struct te_connection *);
/* NULL: it was not told. */
struct live_conn *live_find(struct live_run *, uint64_t number);
struct live_finding *live_find_finding(struct live_conn *, const struct te_finding *);

#endif
