/* filter.h - pcap-filter expressions on frames of any link type
 *
 * Compiled by libpcap, once per link type on first use; run by bpf_filter(3PCAP).
 */
#ifndef FILTER_H
#define FILTER_H

#include "tcpends.h"

struct filter;

/* NULL with err (one line, at least 256 bytes) filled: the expression is wrong for
 * `linktype`, the first input's. The expression is copied. */
struct filter *filter_new(const char *expression, uint16_t linktype, char *err,
			  size_t errlen);
/* A frame of a link type that the expression cannot be compiled for does not pass. */
bool filter_passes(struct filter *, const struct te_frame *);
/* Tried on a synthetic SYN and its answer, with addresses and ports taken from the
 * expression's own words where it has any: true if just one of the two passes, so that
 * the expression sees one direction only. */
bool filter_one_way(struct filter *);
void filter_free(struct filter *); /* NULL is fine */

#endif
