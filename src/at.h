/* at.h - which sockets there were at one moment (--at)
 *
 * Connections are told when they are over, in any order; what they say of the moment is
 * kept, so the memory goes by the sockets of that moment, not by the capture.
 */
#ifndef AT_H
#define AT_H

#include "moment.h"
#include "out.h"

struct at_spec {
	struct moment moment;
	uint8_t host_version; /* 4, 6, or 0: sockets of all hosts */
	struct te_addr host;
};

struct at;

/* `seed` keys the hash. NULL: out of memory. */
struct at *at_new(const struct at_spec *, const uint64_t seed[2]);
/* Frames are about to go to the engine: `count` of them now, as many as come before the
 * moment passes, or of those behind it all. False: it lies before the first one. */
bool at_frames(struct at *, const struct te_frame *, size_t *count, struct te_engine *);
/* The last one went; before te_engine_finish(). False: the moment is not of this capture,
 * and there will be no sockets. */
bool at_end(struct at *, struct te_engine *);
/* Why it is not: "3.0 s after the last frame". */
const char *at_miss(const struct at *, char *buf, size_t size);
/* Of one that is not selected only what others have replaced is hidden. False: out of
 * memory. */
bool at_connection(struct at *, const struct te_connection *, bool selected);
/* Sorted: listeners first, then by local and by peer address. Borrowed until at_free().
 * False: out of memory. */
bool at_sockets(struct at *, const struct out_socket **, size_t *count);
/* Was --host an end of any connection? */
bool at_host_seen(const struct at *);
void at_free(struct at *); /* NULL is fine */

#endif
