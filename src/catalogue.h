/* catalogue.h - what tcpends can find, told to people */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "tcpends.h"

/* NULL with err filled: there is none, and which is nearest. */
const struct te_rule *catalogue_find(const char *id, char *err, size_t size);
/* --explain: one finding, or all when id is NULL; `width` columns. */
void catalogue_explain(const char *id, int width);
/* --list-findings: id, severity, title. */
void catalogue_list(void);

#endif
