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

/* Members as they were written before, with the comma in front. */
enum { RECORD_STRIDE = 64, RECORD_PIECE = 4 * RECORD_STRIDE };
struct record_piece {
	size_t length; /* 0: they were not */
	char text[RECORD_PIECE];
};

/* Which end, from where to where, on what basis; and what stands behind the proof. */
struct record_step {
	uint32_t key;
	const char *rfc;
	struct record_piece what, end;
};

/* Of all findings of a rule that say so. */
struct record_case {
	const struct te_rule *rule;
	uint8_t severity, scope;
	uint32_t causes; /* those of the list */
	struct record_piece what;
	size_t length; /* of the list */
	char list[1024];
};

struct record_outcome {
	uint64_t key;
	struct record_piece piece; /* how it opened and closed, and the verdict */
};

/* What stands before values that are written without emit.h. */
enum record_key {
	RECORD_STEP, /* the beginning of a transition */
	RECORD_CONN,
	RECORD_ID,
	RECORD_N,
	RECORD_TS,
	RECORD_T,
	RECORD_ADDR,                   /* of the client, then of the server */
	RECORD_PORT = RECORD_ADDR + 2, /* likewise */
	RECORD_END = RECORD_PORT + 2,
	RECORD_KEYS
};

struct record_print {
	const struct te_rule *rule; /* NULL: none */
	struct te_addr addr;        /* of the server */
	uint16_t port;
	uint8_t ip_version;
	uint8_t end; /* enum te_end */
	uint64_t value;
};

enum {
	RECORD_STEPS = 256,
	RECORD_OUTCOMES = 64,
	RECORD_CASES = 128,
	RECORD_PRINTS = 4096,
};
struct record {
	struct emit emit;
	struct out *out;
	enum emit_mode mode;
	unsigned digits; /* record_digits() */
	/* of the connection that is told */
	const struct te_connection *connection; /* borrowed; NULL: of none */
	char id[17];
	char addr[2][OUT_ADDR];
	size_t addr_length[2];
	struct record_piece who;          /* number and id */
	struct record_piece end[2], ends; /* each up to its port, and both */
	struct record_piece step_head;    /* of its transitions, up to their number */
	/* of all */
	struct record_piece keys[RECORD_KEYS];
	uint32_t file; /* of the transition told last, and the digits of its times */
	unsigned file_digits;
	struct record_piece in_file; /* up to its frame */
	struct record_step steps[RECORD_STEPS];
	/* by state, and whether certain */
	struct record_piece standing[TE_STATE_COUNT][2];
	struct record_outcome outcomes[RECORD_OUTCOMES];
	struct record_case cases[RECORD_CASES];
	struct record_print prints[RECORD_PRINTS];
};

/* It is large, and zeroed memory. */
void record_init(struct record *, struct out *, enum emit_mode);
/* Whose transitions and findings follow; borrowed until the next call. May be NULL. */
void record_about(struct record *, const struct te_connection *);
void record_connection(struct record *);
void record_transitions(struct record *);
void record_revision(struct record *); /* live: transitions that are void */
void record_finding(struct record *, const struct te_finding *);

/* ---- record_hosts.c: JSON only ---- */
void record_socket(struct out *, const struct out_socket *);
void record_host(struct out *, const struct hosts_row *);

/* ---- record_diff.c: JSON only ---- */
void record_diff(struct out *, const struct diff_row *);

enum { RECORD_SENTENCE = 512 };
/* 16 hex digits */
void record_hex_id(uint64_t id, char text[17]);
/* Decimals that `start` and every `t` need to be exact: the most of any file's. */
unsigned record_digits(const struct out_run *);

#endif
