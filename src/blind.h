/* blind.h - why a filter passed nothing
 *
 * pcap-filter looks at the outermost headers: "tcp" is false for a frame with a VLAN
 * tag. While nothing has passed, refused frames are looked at for that.
 */
#ifndef BLIND_H
#define BLIND_H

#include "filter.h"

struct blind {
	struct filter *vlan, *tunnel; /* NULL: the link type has none */
	uint64_t vlans, tunnels;
};

void blind_open(struct blind *, uint16_t linktype);
/* A frame that the filter refused. */
void blind_refused(struct blind *, const struct te_frame *);
/* Nothing passed: say so, and what would. */
void blind_say(const struct blind *, const char *filter);
void blind_close(struct blind *);

#endif
