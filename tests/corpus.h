/* corpus.h - all packet scripts below $SRCDIR, for tests that ask something of them all
 */
#ifndef CORPUS_H
#define CORPUS_H

#include "script.h"

/* Call `each` with every script. False, said on stdout, if there is none or one cannot
 * be read. */
bool corpus_each(void (*each)(void *ctx, const char *path, const struct script *),
		 void *ctx);
/* One of them by its name without .pkt; the caller frees it. NULL if it is not there. */
struct script *corpus_read(const char *name);

#endif
