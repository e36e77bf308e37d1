/* huge.c - memory in pages so large that few of them hold it all */
#define _DEFAULT_SOURCE /* madvise(), which is not POSIX */
#include "huge.h"

#include <stdint.h>
#include <sys/mman.h>

/* Of most machines; where it is another, nothing is lost. */
enum { HUGE_PAGE = 2 << 20 };

void huge_ask(void *at, size_t bytes)
{
#ifdef MADV_HUGEPAGE
	uintptr_t first = ((uintptr_t)at + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	uintptr_t end = ((uintptr_t)at + bytes) / HUGE_PAGE * HUGE_PAGE;

	if (first < end)
		madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
	(void)at, (void)bytes;
#endif
}

void huge_give_back(void *at, size_t bytes)
{
#ifdef MADV_DONTNEED
	madvise(at, bytes, MADV_DONTNEED);
#else
	(void)at, (void)bytes;
#endif
}
