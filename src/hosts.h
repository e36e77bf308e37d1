/* hosts.h - how many sockets each host had in each state, at most and at the end
 *
 * Connections are told in any order; what they add is kept as changes over time and
 * summed up at the end. Exact up to 65536 changes per host and state. Beyond that the
 * older half is merged in pairs, which loses nothing but the place, between two peaks, of
 * a change that is told later: of connections that had been open for very long.
 */
#ifndef HOSTS_H
#define HOSTS_H

#include "tcpends.h"

/* [TE_UNKNOWN] is the sum over all states. */
struct hosts_row {
	uint8_t ip_version;
	bool listener; /* else all sockets of its clients, and port is 0 */
	struct te_addr addr;
	uint16_t port;
	uint64_t now[TE_STATE_COUNT], peak[TE_STATE_COUNT];
	te_time peak_time[TE_STATE_COUNT]; /* where there is a peak */
};

struct hosts;

/* `seed` keys the hash; NULL: not keyed. NULL: out of memory. */
struct hosts *hosts_new(const uint64_t seed[2]);
/* A whole connection. False: out of memory. */
bool hosts_connection(struct hosts *, const struct te_connection *);
/* Sums up until `end`; listeners first, then by sockets at peak. Borrowed until
 * hosts_free(). False: out of memory. */
bool hosts_rows(struct hosts *, te_time end, const struct hosts_row **, size_t *count);
void hosts_free(struct hosts *); /* NULL is fine */

#endif
