/* huge.h - memory in pages so large that few of them hold it all */
#ifndef HUGE_H
#define HUGE_H

#include <stddef.h>

/* A hint, of memory that was not written to yet and will all be used, in no order: a
 * miss in it costs no walk through the page tables, and the first touch of 2 MiB one
 * fault instead of 512. */
void huge_ask(void *at, size_t bytes);
/* Whole pages whose contents are not needed any more: they take no memory until they are
 * written to again. */
void huge_give_back(void *at, size_t bytes);

#endif
