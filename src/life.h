/* life.h - trails of connections that lived as they should
 *
 * A handshake, data in order, a FIN from each side and its ACK, without loss, repeat or
 * long silence around them: what the rules would come to is known without asking them.
 */
#ifndef LIFE_H
#define LIFE_H

#include "trail.h"

/* What a listener and its clients are counted by, of the client (0) and the server. */
struct life_marks {
	te_time synack, open; /* the server's SYN+ACK; the ACK that covers it */
	te_time fin[2];
	uint8_t syn_has[2]; /* TE_HAS_* of the SYN and the SYN+ACK, the lower eight */
};

/* True: it was such a life, and `view` is what would be told of it when the input ends.
 * `patience`: so long may opening and closing have rested at most. `time_wait`: 2MSL. */
bool life_read(const struct trail *, te_time patience, te_time time_wait,
	       struct te_connection *view, struct life_marks *marks);
/* 2MSL has passed since. */
void life_expire(struct te_connection *view, te_time time_wait);

#endif
