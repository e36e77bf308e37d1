/* ip.h - IPv4, IPv6 and the headers that stand between them and TCP */
#ifndef IP_H
#define IP_H

#include "layer.h"

/* Of LAYER_ETHERTYPE. IP's own lengths say where a packet ends, whatever the frame's; a
 * length of 0, which offloaded segmentation leaves, means all of it. */
extern const struct layer ip_versions[];

/* Of LAYER_PROTOCOL: extension headers; all but AH only in IPv6. */
extern const struct layer ip_extensions[];

#endif
