/* rights.h - files that are opened as the user of -Z, while we are still root
 *
 * They take their names when the run has ended, and by then root's rights are gone: who
 * may not write there must be told so before the capture, not after it.
 */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stdbool.h>
#include <sys/types.h>

struct rights {
	bool lent;
	gid_t gid; /* root's */
};

/* Act as `user` from now on; nothing happens without one, or without being root. */
struct rights rights_lend(const char *user);
/* Be root again, to open the interface. */
void rights_return(const struct rights *);

#endif
