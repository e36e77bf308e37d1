/* diff_json.h - the members of a report's objects, by jansson; for diff_read*.c only
 *
 * All of these: false when the key is not there or has another type or range.
 */
#ifndef DIFF_JSON_H
#define DIFF_JSON_H

#include "diff.h"
#include <jansson.h>

bool diff_json_u64(const json_t *, const char *key, uint64_t *);
/* As diff_json_u64(); null is 0, with *known false. */
bool diff_json_count(const json_t *, const char *key, uint64_t *, bool *known);
bool diff_json_bool(const json_t *, const char *key, bool *);

/* A line of type `connection`: all that diff_of_connection() looks at. NULL, or the key
 * that is wrong. */
const char *diff_json_connection(const json_t *, struct te_connection *);
/* A line of type `finding`, likewise. */
const char *diff_json_finding(const json_t *, struct diff_row *);
/* A line of type `summary`: packets, connections and the capture's quality, added to
 * the totals. */
const char *diff_json_summary(const json_t *, struct te_totals *);

#endif
