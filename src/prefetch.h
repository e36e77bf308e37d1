/* prefetch.h - memory that will be asked for soon is brought near
 *
 * gcc takes a function that does nothing else for one without effect, and leaves out the
 * calls of it within its file: hence what calls prefetch() must be inlined always, too,
 * or be called from another file.
 */
#ifndef PREFETCH_H
#define PREFETCH_H

#include <stddef.h>

#define PREFETCHES static inline __attribute__((always_inline)) void

/* All of it, wherever in a cache line it begins; `bytes` is a constant. */
PREFETCHES prefetch(const void *block, size_t bytes)
{
	for (size_t i = 0; i < bytes - 1; i += 64)
		__builtin_prefetch((const char *)block + i, 1);
	__builtin_prefetch((const char *)block + bytes - 1, 1);
}

#endif
