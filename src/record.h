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

/* Members as they were written before. */
enum { RECORD_PIECE = 192 };
struct record_piece {
	size_t length; /* 0: they were not */
	char text[RECORD_PIECE];
};

struct record_step {
	uint32_t key;
	struct record_piece piece; /* which end, from where to where, on what basis */
};

struct record_print {
	const struct te_rule *rule; /* NULL: none */
	struct te_addr addr;        /* of the server */
	uint16_t port;
	uint8_t ip_version;
	uint8_t end; /* enum te_end */
	uint64_t value;
};

enum { RECORD_STEPS = 64, RECORD_PRINTS = 1024 };
struct record {
	struct emit emit;
	struct out *out;
	enum emit_mode mode;
	/* of the connection that is told */
	const struct te_connection *connection; /* borrowed; NULL: of none */
	char id[17];
	char addr[2][OUT_ADDR];
	struct record_piece who, ends; /* number and id; both ends, with their ports */
	/* of all */
	struct record_step steps[RECORD_STEPS];
	struct record_print prints[RECORD_PRINTS];
};

void record_init(struct record *, struct out *, enum emit_mode);
/* Whose transitions and findings follow; borrowed until the next call. May be NULL. */
void record_about(struct record *, const struct te_connection *);
void record_connection(struct record *);
void record_transition(struct record *, size_t i); /* i counts from 0 */
void record_revision(struct record *);             /* live: transitions that are void */
void record_finding(struct record *, const struct te_finding *);

/* ---- record_again.c ---- */

/* False: it was not written before. Then write it between the other two, which remember
 * it if it is not too long. */
bool record_again(struct record *, const struct record_piece *);
size_t record_keep(struct record *);
void record_kept(struct record *, size_t from, struct record_piece *);
/* Where the members of such a step are, or will be. */
struct record_piece *record_step_piece(struct record *, const struct te_transition *);
/* describe_fingerprint() */
uint64_t record_fingerprint(struct record *, const struct te_finding *);

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
