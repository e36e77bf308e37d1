/* craft.h - flows that an enemy chose
 *
 * An index whose hash is known can be made slow by whoever chooses addresses: all flows
 * in a few of its slots. The hash of tcpends is keyed; these would hit it if the key were
 * zero. */
#ifndef BENCH_CRAFT_H
#define BENCH_CRAFT_H

#include "wire.h"

struct craft;

struct craft *craft_new(void); /* NULL: out of memory */
void craft_free(struct craft *);

/* Changes the client's address until the flow falls into one of 4,096 slots. The same for
 * the same ends and `index`. */
void craft_ends(struct craft *, uint32_t index, struct wire_ends *ends);

#endif
