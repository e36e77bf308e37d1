/* tcpopt.h - TCP options */
#ifndef TCPOPT_H
#define TCPOPT_H

#include "tcpends.h"

/* Reads n bytes of options into `out`: mss, wscale (at most 14, RFC 7323 2.3), tsval,
 * tsecr, sack_right, and their TE_HAS_*. An option of a wrong length ends it with
 * TE_BAD_OPTION; if `cut`, one that runs past the end was not captured and is not
 * wrong. */
void tcpopt_parse(const uint8_t *options, size_t n, bool cut, struct te_segment *out);

#endif
