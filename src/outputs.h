/* outputs.h - all reports of a run: standard output's and those of --out */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "options.h"

struct outputs;

/* Opens every file of --out; there may be no report at all. NULL: one line was said.
 * Borrows the options. */
struct outputs *outputs_new(const struct options *);
/* Is any format interested in single segments? */
bool outputs_want_passing(const struct outputs *);
/* Does any report show one of these parts (OUT_*)? */
bool outputs_want_part(const struct outputs *, unsigned parts);
/* Does any tell connections in the words of other tools? */
bool outputs_want_peers(const struct outputs *);
/* Does any name connections by their ids? */
bool outputs_want_ids(const struct outputs *);
/* Does any tell of connections in which nothing was found, one by one? */
bool outputs_want_all(const struct outputs *);
/* Is any a script, which cannot be followed by another? */
bool outputs_want_script(const struct outputs *);

/* One report each, from begin to end; with --separate there are several after another.
 * `run` is copied; what it points to is borrowed until outputs_end(). Nothing readable:
 * people have read that on standard error, programs get a report that says so. False:
 * out of memory. */
bool outputs_begin(struct outputs *, const struct out_run *run, bool readable);
void outputs_passing(struct outputs *, const struct te_passing *);
/* It is not selected. */
void outputs_forget(struct outputs *, uint64_t connection);
void outputs_connection(struct outputs *, const struct te_connection *);
void outputs_finding(struct outputs *, const struct te_finding *);
void outputs_sockets(struct outputs *, const struct out_socket *, size_t count);
/* Hand what was printed to the system now: live, -l. */
void outputs_flush(struct outputs *);
void outputs_end(struct outputs *, const struct out_run *run, const struct te_totals *);
/* --check: what came of the gate's last capture, after its reports; and of all of them,
 * before outputs_commit(). */
void outputs_judged(struct outputs *, const struct gate *);
void outputs_gate(struct outputs *, const struct gate *);

/* Give all files their names. False: something was not written; one line for each was
 * said. */
bool outputs_commit(struct outputs *);
void outputs_free(struct outputs *); /* NULL is fine; not committed files are removed */

#endif
