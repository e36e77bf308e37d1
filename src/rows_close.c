/* rows_close.c - findings of connections that did not close well: all that is said of
 * them */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "missing-final-ack",
	    .severity = TE_WARNING,
	    .title = "the last FIN was never acknowledged",
	    .definition =
		"Both ends sent a FIN and the last one was never covered by an ACK "
		"that arrived.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "an ACK of the last FIN within a round trip",
	    .causes = { "the ACK was lost, and the host that should repeat it no longer "
			"has "
			"the connection",
			"the peer's host is gone, or a firewall has forgotten the "
			"connection",
			"the peer's kernel dropped its TIME_WAIT or FIN_WAIT_2 early" },
	    .remedies = { "harmless once: the kernel gives up after tcp_orphan_retries",
			  "often: compare the firewall's time-outs for half-closed "
			  "connections" } },
	  rules_missing_final_ack },
	{ { .id = "close-wait-stuck",
	    .severity = TE_WARNING,
	    .title = "an end got a FIN and does not close",
	    .definition =
		"An end in CLOSE_WAIT sends neither FIN nor data for longer than "
		"the limit.",
	    .rfc = "9293:3.10.4",
	    .normal = "a legal half-close: data still flows, or the FIN follows soon",
	    .causes = { "its program never calls close(): a leaked descriptor",
			"its program is still working on the answer, or hangs",
			"a child process still holds the socket" },
	    .remedies = { "on that host: ss -tanp state close-wait; the program's "
			  "descriptors "
			  "in /proc/PID/fd",
			  "in the code: close() on end of file (read returns 0) on every "
			  "path",
			  "no kernel setting helps: CLOSE_WAIT has no time-out" } },
	  rules_close_wait_stuck },
};

const struct rules_group rules_close = { rows, sizeof(rows) / sizeof(rows[0]) };
