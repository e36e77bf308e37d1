/* catalogue.h - what tcpends can find, as lists */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "options.h"

/* NULL with err filled: there is none, and which is nearest. */
const struct te_rule *catalogue_find(const char *id, char *err, size_t size);
/* The default of the limit of that name, as --set takes it: "30s", "70%". Returns buf. */
enum { CATALOGUE_LIMIT = 32 };
const char *catalogue_limit(const char *name, char buf[CATALOGUE_LIMIT]);
/* --list-findings: id, severity, title and limits, a line each; with --json an object
 * each, of all that is said of it. False: out of memory. */
bool catalogue_list(const struct options *);

#endif
