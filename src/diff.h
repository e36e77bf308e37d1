/* diff.h - what two inputs hold, by kind and number, and where they differ (--diff)
 *
 * A kind must be the same in a new capture of the same system: no time, no client, no
 * ephemeral port. Of connections it is the server, how they opened and closed, who closed
 * first, and the verdict in words; of findings, their fingerprint.
 */
#ifndef DIFF_H
#define DIFF_H

#include "out.h"

enum diff_side { DIFF_OLD, DIFF_NEW };

/* In the order in which they are told. */
enum diff_change { DIFF_APPEARED, DIFF_GONE, DIFF_CHANGED, DIFF_SAME };
const char *diff_change_name(enum diff_change); /* "appeared" */

enum diff_of { DIFF_FINDING, DIFF_CONNECTION };

enum { DIFF_VERDICT = 128, DIFF_ID = 48, DIFF_FINGERPRINT = 17 };

/* The port of a server that the system chose. */
#define DIFF_ANY_PORT (-1)

struct diff_row {
	enum diff_of of;
	uint8_t ip_version; /* of the server; 0: it is about none */
	struct te_addr addr;
	int32_t port; /* or DIFF_ANY_PORT */
	/* a connection's; else unset */
	enum te_opened opened;
	enum te_closed closed;
	enum te_end first_closer;
	char verdict[DIFF_VERDICT];
	/* a finding's; else unset */
	char finding[DIFF_ID];
	enum te_severity severity; /* the worst of both sides */
	enum te_end end;
	char fingerprint[DIFF_FINGERPRINT];

	uint64_t count[2]; /* by enum diff_side */
};

/* Fills the kind, with no count. Of the connection only the server's address and port,
 * opened, closed, first_closer and the ends' states are looked at. */
void diff_of_connection(struct diff_row *, const struct te_connection *);
void diff_of_finding(struct diff_row *, const struct te_finding *);
/* The server of a row that has none yet. */
void diff_set_server(struct diff_row *, uint8_t ip_version, const struct te_addr *,
		     uint16_t port);

struct diff;

/* `seed` keys the hash. NULL: out of memory. */
struct diff *diff_new(const uint64_t seed[2]);
/* One more of this kind. False: out of memory. */
bool diff_add(struct diff *, enum diff_side, const struct diff_row *kind);
/* The whole connection with its findings. */
bool diff_add_connection(struct diff *, enum diff_side, const struct te_connection *);
bool diff_add_finding(struct diff *, enum diff_side, const struct te_finding *);

/* What out_run has for the formats. */
struct diff_report {
	const char *path[2];
	uint64_t connections[2], findings[2];
	const struct diff_row *const *rows; /* what differs, in order */
	size_t row_count;
	const struct diff_id {
		const char *id;
		uint64_t count; /* of both sides together */
	} * ids;                /* all findings, differing or not, by id */
	size_t id_count;
};

enum diff_change diff_change(const struct diff_row *);
/* All but the paths; borrowed until diff_free(). False: out of memory. */
bool diff_report(struct diff *, struct diff_report *);
void diff_free(struct diff *); /* NULL is fine */

#endif
