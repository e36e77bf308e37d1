/* parse.h - the values that options take: numbers, durations, states, severities
 *
 * Every function takes the whole text or nothing: false leaves the result alone.
 */
#ifndef PARSE_H
#define PARSE_H

#include "tcpends.h"

bool parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *value);
/* 16 hex digits, as connections and fingerprints have them */
bool parse_hex_id(const char *text, uint64_t *id);
/* Bytes: 4096, 64k, 512M, 2GiB; k is 1024. */
bool parse_size(const char *text, uint64_t *bytes);
/* 10s, 500ms, 2min, 1.5h, 3us; a number alone is seconds. */
bool parse_duration(const char *text, te_time *duration);
/* 0.1% or 0.1: percents, 0 to 100 */
bool parse_percent(const char *text, double *percent);
/* A limit's value in its own unit: seconds as a duration, 70%, 1000/s, 10. */
bool parse_limit_value(enum te_limit_unit unit, const char *text, double *value);
/* The unit as an example, for messages: "10s", "70%". */
const char *parse_limit_example(enum te_limit_unit unit);
/* LO-HI, both 1 to 65535 */
bool parse_port_range(const char *text, uint16_t *low, uint16_t *high);
/* Every common spelling: RFC 9293 (CLOSE-WAIT, SYN-RECEIVED), ss (ESTAB, FIN-WAIT-1),
 * netstat (FIN_WAIT2, SYN_RECV), Windows (LISTENING), and any case. */
bool parse_state(const char *text, enum te_state *state);
bool parse_severity(const char *text, enum te_severity *severity);

/* One item of a list a,b,c: copies it without blanks around it and moves *list behind
 * its comma. False at the list's end; *ok false when an item is empty or too long. */
bool parse_item(const char **list, char *item, size_t size, bool *ok);

#endif
