/* match.h - which connections a rule is about: a pcap-filter on the client's SYN
 *
 * The expression is run on a made-up SYN from client to server, so that `dst port` is
 * the server's. What such a SYN can never tell is refused, not silently false.
 */
#ifndef MATCH_H
#define MATCH_H

#include "tcpends.h"

struct match;

/* NULL with err (one line, at least 256 bytes) filled; *at is the place in `expression`
 * that is wrong. The expression is copied. */
struct match *match_new(const char *expression, const char **at, char *err, size_t size);
bool match_connection(struct match *, const struct te_connection *);
void match_free(struct match *); /* NULL is fine */

/* ---- match_words.c ---- */

/* The first word that can mean nothing here, with err filled; NULL if there is none. */
const char *match_check(const char *expression, char *err, size_t size);

#endif
