/* attempt.h - trails of connections that came to nothing
 *
 * A SYN that nobody answered, repeated or not, or that a RST+ACK refused: most of a scan
 * or a flood. What playing it to the rules would come to is known without playing it.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "stencil.h"
#include "trail.h"

struct attempts;

/* Of those that are told because memory is short, or of all others. NULL: out of memory;
 * free() is enough. */
struct attempts *attempts_new(bool evicted);
/* As conn_settle() would leave it, as far as the checks and crowd.h look at it; and what
 * is told of it, without id and findings. Borrowed until the next call. NULL: it was
 * more than an attempt. */
struct stencil *attempt_read(struct attempts *, const struct trail *);
/* How a lone SYN opened and closed, and its ends' states. */
const struct te_connection *attempt_of_lone(const struct attempts *);
/* All of the trail is a SYN and its repeats, and this is one more of them. */
bool attempt_repeats(const struct trail *, const struct te_segment *);

#endif
