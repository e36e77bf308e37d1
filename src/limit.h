/* limit.h - limits by name, as --set and a policy's [limits] give them */
#ifndef LIMIT_H
#define LIMIT_H

#include "tcpends.h"

/* False with err filled, and the nearest name in it. */
bool limit_find(const char *name, enum te_limit *limit, char *err, size_t size);
/* The value, in the limit's own unit; false with err filled. */
bool limit_parse(enum te_limit limit, const char *text, double *value, char *err,
		 size_t size);

#endif
