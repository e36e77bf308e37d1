/* run.h - one run of the engine over a script, and the checks of what it told */
#ifndef RUN_H
#define RUN_H

#include "script.h"

struct told {
	struct te_connection connection;
	struct te_transition *steps;
};

struct heard {
	struct te_finding finding;
	size_t told;               /* the connection it is about, if its scope is that */
	struct te_connection wide; /* else the ends that it names */
	bool wanted;
};

/* How segments enter the engine: decoded, as the bytes of a frame, or decoded while time
 * passes and all is told at once. */
enum run_way { RUN_SEGMENTS, RUN_BYTES, RUN_LIVE };

/* One engine's run over the first items of a script. */
struct run {
	const struct script *script;
	const char *path;
	enum run_way way;
	struct told *told;
	struct heard *heard;
	size_t told_count, heard_count;
	struct te_totals totals;
	bool failed;
};

/* Room for one more in an array; ends the program if memory does. */
void *run_more(void *array, size_t count, size_t size);

/* The way of one engine, for those that listen to it themselves. */
void run_configure(struct run *, struct te_config *);
void run_feed(struct te_engine *, const struct script_item *, enum run_way);

/* Run what stands before line `line`, then finish. Ends the program if memory does. */
void run_start(struct run *, enum run_way, const char *path, const struct script *,
	       unsigned line);
void run_stop(struct run *);
/* The run has failed: begin a message about `line`, or about all if it is 0. */
void run_complain(struct run *, unsigned line);

/* Who of the engine's connection is the script's end; `is` asks for its addresses. */
bool run_is_conn(const struct script_conn *, const struct te_connection *);
enum te_end run_end_of(const struct script_conn *, const struct te_connection *,
		       unsigned side);
/* The connection an item is about, the given one on its addresses, from 1, or the latest
 * (0). */
const struct told *run_find(struct run *, const struct script_item *, uint32_t which);
/* Print what was told: the transitions with their sections, and the findings. */
void run_print(struct run *);
void run_print_finding(struct run *, const struct heard *);

/* run-check.c: one item each, and the whole list of findings. */
void check_item(struct run *, const struct script_item *);
void check_findings(struct run *);

/* run-live-check.c: the script as a live capture. What was told and not taken back is
 * what the same segments in a file say. */
bool check_live(const char *path, const struct script *, bool verbose);

#endif
