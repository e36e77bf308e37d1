/* session.h - one timeline: capture, filter, engine, selection, reports
 *
 * All files of a run, or one of them with --separate, or an interface.
 */
#ifndef SESSION_H
#define SESSION_H

#include "gate.h"
#include "options.h"
#include "outputs.h"
#include "pcapout.h"

/* Somebody who counts, beside or instead of the reports; no function is NULL. */
struct session_listener {
	void *ctx;
	/* What is selected. */
	void (*connection)(void *ctx, const struct te_connection *);
	void (*finding)(void *ctx, const struct te_finding *);
	/* The run as the reports know it at their end, and its totals. */
	void (*end)(void *ctx, const struct out_run *, const struct te_totals *);
};

struct session_spec {
	const struct options *options;
	const struct te_config *config; /* the options', with its seed */
	const char *const *paths;       /* no paths: the options' interface */
	size_t path_count;
	bool one_of_many;                /* --separate, and there are several files */
	const struct out_naming *naming; /* of fingerprints */
	struct outputs *outputs;
	struct gate *gate;                       /* NULL: nothing is judged */
	struct pcapout *write;                   /* -w; or NULL */
	const struct session_listener *listener; /* or NULL */
};

/* The exit status of this timeline alone; what is wrong was said. */
int session_run(const struct session_spec *);

#endif
