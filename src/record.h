/* record.h - what a transition, a connection and a finding say of themselves
 *
 * The one place that knows the keys and their order (schema/tcpends-1.schema.json);
 * JSON Lines and CSV both come from it.
 */
#ifndef RECORD_H
#define RECORD_H

#include "diff.h"
#include "emit.h"
#include "hosts.h"

struct record {
	struct emit emit;
	struct out *out;
	enum emit_mode mode;
	/* of the connection that is told, written once for all its lines */
	const struct te_connection *connection; /* borrowed; NULL: of none */
	char id[17];
	char addr[2][OUT_ADDR];
	/* how each of its transitions begins, and both ends, once one was asked for */
	struct record_piece {
		char text[2 * (OUT_ADDR + 48) + OUT_ROOM];
		size_t length; /* 0: not yet */
	} head, ends;
};

void record_init(struct record *, struct out *, enum emit_mode);
/* Whose transitions and findings follow; borrowed until the next call. May be NULL. */
void record_about(struct record *, const struct te_connection *);
void record_connection(struct record *);
void record_transition(struct record *, size_t i); /* i counts from 0 */
void record_revision(struct record *);             /* live: transitions that are void */
void record_finding(struct record *, const struct te_finding *);

/* ---- record_hosts.c: JSON only ---- */
void record_socket(struct out *, const struct out_socket *);
void record_host(struct out *, const struct hosts_row *);

/* ---- record_diff.c: JSON only ---- */
void record_diff(struct out *, const struct diff_row *);

/* 16 hex digits */
void record_hex_id(uint64_t id, char text[17]);
/* Decimals that `start` and every `t` need to be exact: the most of any file's. */
unsigned record_digits(const struct out_run *);

#endif
