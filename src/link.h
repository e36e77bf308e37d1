/* link.h - link types, and what stands between a link's header and IP */
#ifndef LINK_H
#define LINK_H

#include "layer.h"

/* Of LAYER_LINK: the LINKTYPE_ numbers, with the names libpcap gives them. What is common
 * comes first. */
extern const struct layer link_types[];

/* Of LAYER_ETHERTYPE, all but IP itself: tags, labels, SNAP, PPP. */
extern const struct layer link_ethertypes[];

#endif
