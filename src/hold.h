/* hold.h - connections kept to the end, to be told in another order (--sort, --top) */
#ifndef HOLD_H
#define HOLD_H

#include "tcpends.h"

struct hold;
struct hold_key;

/* NULL: no such key. */
const struct hold_key *hold_key_find(const char *name);
/* The i-th name, NULL behind the last. */
const char *hold_key_name(size_t i);

/* Keeps the `top` first by `key`, or all when top is 0. NULL: out of memory. */
struct hold *hold_new(const struct hold_key *key, uint64_t top);
/* Copies the connection and all that it points to; false: out of memory. */
bool hold_add(struct hold *, const struct te_connection *);
/* Tell them in order, and forget them. */
void hold_tell(struct hold *, void (*tell)(void *ctx, const struct te_connection *),
	       void *ctx);
/* In order, one by one: sort first. NULL behind the last. */
void hold_sort(struct hold *);
const struct te_connection *hold_at(const struct hold *, size_t i);
void hold_free(struct hold *); /* NULL is fine */

#endif
