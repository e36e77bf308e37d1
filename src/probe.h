/* probe.h - does a filter see both directions of a connection? */
#ifndef PROBE_H
#define PROBE_H

#include "tcpends.h"

/* Offers a SYN and its answer, as Ethernet frames with the addresses and ports that the
 * expression itself names, in every arrangement. True if just one of the two passes
 * somewhere, and nowhere both. */
bool probe_one_way(const char *expression,
		   bool (*passes)(void *ctx, const struct te_frame *), void *ctx);

#endif
