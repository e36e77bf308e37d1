/* rows_close.c - findings of connections that did not close well: all that is said of
 * them */
#include "rules_table.h"

/* clang-format off */
static const struct rules_row rows[] = {
	{ { .id = "missing-final-ack",
	    .absence = true,
	    .severity = TE_WARNING,
	    .title = "the last FIN was never acknowledged",
	    .definition =
		"Both ends sent a FIN and the last one was never covered by an ACK that "
		"arrived.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "an ACK of the last FIN within a round trip",
	    .why =
		"What came before the FINs is safe if it was acknowledged. But the end "
		"that waits in LAST_ACK keeps memory and repeats its FIN, and where it "
		"happens often, something forgets connections too early: a firewall, or "
		"TIME_WAIT itself.",
	    .ladder = {
		{ "FIN_WAIT_1", "-> FIN", "CLOSE_WAIT" },
		{ "FIN_WAIT_2", "<- ACK", NULL },
		{ NULL, "<- FIN", "LAST_ACK" },
		{ "TIME_WAIT", "-x ACK", NULL },
		{ NULL, "<- FIN again", NULL },
		{ NULL, "the repeats run out", "CLOSED" },
	    },
	    .causes = {
		"the ACK was lost, and the host that should repeat it no longer has the "
		"connection",
		"the peer's host is gone, or a firewall has forgotten the connection",
		"the peer's kernel dropped its TIME_WAIT or FIN_WAIT_2 early",
	    },
	    .look = {
		"the end that waits: ss -tan state last-ack; "
		"net.ipv4.tcp_orphan_retries (0 means 8)",
		"its peer: nstat -az TcpExtTCPTimeWaitOverflow: TIME_WAITs thrown away "
		"because of net.ipv4.tcp_max_tw_buckets; net.ipv4.tcp_fin_timeout",
		"between: the firewall's time-outs for connections that close; on Linux "
		"net.netfilter.nf_conntrack_tcp_timeout_last_ack and _time_wait",
	    },
	    .remedies = {
		"once in a while nothing: TIME_WAIT exists to repeat that ACK, and the "
		"kernel gives up by itself; no price",
		"a firewall that remembers closing connections for as long as FINs are "
		"repeated; the price: a larger table",
		"a larger net.ipv4.tcp_max_tw_buckets where it overflows; the price: "
		"memory",
		"a smaller net.ipv4.tcp_orphan_retries; the price: on bad lines the "
		"peer misses the end of the data more often",
	    },
	    .limits = { "close-grace", "rtt-factor" } },
	  rules_missing_final_ack, RULES_FIN_WAITS },
	{ { .id = "close-wait-stuck",
	    .absence = true,
	    .severity = TE_WARNING,
	    .worst = TE_ERROR,
	    .crowded = true,
	    .title = "an end got a FIN and does not close",
	    .definition =
		"An end in CLOSE_WAIT sends neither FIN nor data for longer than the "
		"limit. Its program has not closed yet; it may have forgotten to, or it "
		"may still be working, as in a long poll: packets cannot tell which. An "
		"error when close-wait-many of one listener are.",
	    .rfc = "9293:3.6, 9293:3.10.4",
	    .normal = "a legal half-close: data still flows, or the FIN follows soon",
	    .why =
		"CLOSE_WAIT has no time-out. It is always the local program's own "
		"missing close(): kernel and network have done their part. Each one "
		"holds a descriptor and its buffers, often a thread or a place in a "
		"pool; a leak ends with EMFILE, too many open files.",
	    .ladder = {
		{ "FIN_WAIT_1", "-> FIN", "CLOSE_WAIT" },
		{ "FIN_WAIT_2", "<- ACK", NULL },
		{ NULL, "read() there returns 0", NULL },
		{ NULL, "30 s: neither data nor FIN", NULL },
		{ "CLOSED", "60 s: FIN_WAIT_2 is dropped", NULL },
		{ NULL, "until the program closes or ends", "CLOSE_WAIT" },
	    },
	    .causes = {
		"its program never calls close(): a leaked descriptor",
		"its program is still working on the answer, or hangs",
		"a child process still holds the socket",
	    },
	    .look = {
		"that host: ss -tanp state close-wait: which process, how many, "
		"growing? Recv-Q 1 or more: the program has not even read the end of "
		"file",
		"that host: ls /proc/PID/fd | wc -l against ulimit -n",
		"that process: a thread dump or gdb -p PID: what does the owner of the "
		"socket wait for?",
		"code: each path on which read() returns 0 or fails: does it close()? "
		"Are errors and time-outs paths of their own?",
		"code: is the descriptor inherited (no SOCK_CLOEXEC)? lsof -i shows all "
		"its holders",
	    },
	    .remedies = {
		"close() on end of file, on every path; no price",
		"a time-out for idle connections in the program; the price: slow but "
		"legal peers are cut too",
		"a restart frees all of them; the price: everything else in flight, and "
		"the leak begins anew",
		"ss -K state close-wait dst PEER kills them one by one; the price: "
		"root, a kernel with INET_DIAG_DESTROY, and the descriptor still leaks",
		"no sysctl helps: keep-alive ends it only once the peer's host answers "
		"by RST or not at all, and even then the descriptor stays open",
	    },
	    .limits = { "close-wait-stuck", "close-wait-many" } },
	  rules_close_wait_stuck, RULES_CLOSE_WAIT },
};
/* clang-format on */

const struct rules_group rules_close = { rows, sizeof(rows) / sizeof(rows[0]) };
