/* syn.h - a SYN and its answer as frames, made up to try filters on */
#ifndef SYN_H
#define SYN_H

#include "tcpends.h"

enum { SYN_FRAME = 14 + 40 + 20 }; /* Ethernet, IPv6, TCP */

struct syn_end {
	uint8_t ip_version;
	struct te_addr addr;
	uint16_t port;
};

/* Ethernet, IP without options, TCP without options or data. The frame's bytes are in
 * `bytes`. Both ends have the client's IP version. */
struct te_frame syn_frame(uint8_t bytes[SYN_FRAME], const struct syn_end *client,
			  const struct syn_end *server, bool answer);

#endif
