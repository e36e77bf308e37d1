/* stencil.h - connections of one kind, which is judged once
 *
 * All of a kind are the same but for addresses, numbers and times: only these are filled
 * in for each. Who opens is always side A here: nobody can tell from outside.
 */
#ifndef STENCIL_H
#define STENCIL_H

#include "conn.h"
#include "trail.h"

struct stencil {
	struct conn conn; /* settled, as far as anybody looks at it */
	struct te_connection view;
};

/* What is the same in all kinds: a client that has sent its SYN. */
void stencil_begin(struct stencil *);
/* The connection is complete but for what stencil_fill() and its kind fill in. */
void stencil_judge(struct stencil *);
/* The connection's addresses and SYN. */
void stencil_fill(struct stencil *, const struct trail *);
/* The view's, as far as it follows from the connection. */
void stencil_show(struct stencil *, const struct trail *);

#endif
