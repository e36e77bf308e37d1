/* rules.h - findings: one row and one function each */
#ifndef RULES_H
#define RULES_H

#include "conn.h"

/* What a check may look at: a settled connection, its verdict, when the input ended. */
struct rule_view {
	const struct conn *conn;
	const struct te_connection *verdict;
	const struct te_config *config;
	te_time start; /* of the input */
	te_time end;   /* of the input, or of the connection */
	bool ongoing;  /* the input ended, not the connection */
};

#define RULES_MAX 32      /* findings of one connection */
enum { RULES_ROWS = 64 }; /* of the catalogue, at most */

struct rules;
struct rules *rules_new(void); /* NULL: out of memory; free() is enough */
/* What there is for checks to look at; 0: none of them finds anything. */
uint64_t rules_facts(const struct rule_view *);
/* All findings of one connection into `out`, and the places of their rules in the
 * catalogue; returns how many. */
size_t rules_check(const struct rules *, const struct rule_view *,
		   struct te_finding out[RULES_MAX], uint8_t places[RULES_MAX]);
size_t rules_index(const struct te_rule *); /* its place in the catalogue */

#endif
