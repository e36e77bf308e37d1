/* tunnel.h - what hides whole packets inside of IP */
#ifndef TUNNEL_H
#define TUNNEL_H

#include "layer.h"

/* Of LAYER_PROTOCOL: IP in IP, GRE, and UDP as the way to ports. */
extern const struct layer tunnel_protocols[];

/* Of LAYER_UDP. A port alone proves nothing: payload that does not parse is another
 * program's and TE_IGNORED, never malformed. */
extern const struct layer tunnel_ports[];

#endif
