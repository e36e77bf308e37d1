/* rows_rst.c - findings of resets: all that is said of them */
#include "rules_table.h"

/* clang-format off */
static const struct rules_row rows[] = {
	{ { .id = "rst-abort",
	    .severity = TE_WARNING,
	    .title = "an end threw the connection away by RST",
	    .definition =
		"A RST at the sender's next sequence number, not as an answer, in a "
		"synchronised state, before its own FIN.",
	    .rfc = "9293:3.10.5, 9293:3.6.1, 2525:2.17",
	    .normal = "a FIN in each direction",
	    .why =
		"What the peer had not acknowledged, and what this end had not read, is "
		"lost; where a RST flushes the queues, as RFC 9293 has it (Linux lets "
		"them be read), also what the peer's program had not read yet. That "
		"program gets ECONNRESET or EPIPE, at whatever call comes next.",
	    .ladder = {
		{ "ESTABLISHED", NULL, "ESTABLISHED" },
		{ NULL, "-> data", NULL },
		{ NULL, "close() with unread data, or linger 0", NULL },
		{ NULL, "<- RST,ACK", "CLOSED" },
		{ "CLOSED", "read(): ECONNRESET", NULL },
	    },
	    .causes = {
		"SO_LINGER {1,0} and close()",
		"closed with unread data in the receive buffer",
		"the listener was closed with this connection still queued",
		"the process was killed with unread data",
		"keep-alive or user time-out after unanswered segments",
		"orphan limit or memory pressure in the kernel",
		"ss -K or a similar tool",
		"a firewall, balancer or NAT ended an idle flow",
	    },
	    .look = {
		"its sender: nstat -az 'TcpExtTCPAbort*': OnClose is unread data, "
		"OnData is linger 0 or data after close(), OnTimeout is keep-alive, "
		"repeats or orphans given up, OnMemory is the kernel's limits",
		"its sender: was the process killed or restarted then? journalctl, dmesg",
		"its sender, in the code: SO_LINGER; close() before read() has returned "
		"0",
		"this capture: is the RST's TTL that of the end's other segments? How "
		"long was the connection idle before? 60, 300, 350, 900 or 3600 s speak "
		"for a middlebox",
	    },
	    .remedies = {
		"read to the end of file before close(); the price: the peer decides "
		"how long that takes, so a time-out is needed",
		"shutdown(SHUT_WR), read to the end, then close(): a close that loses "
		"nothing; the price: a round trip and a TIME_WAIT",
		"no SO_LINGER {1,0} to be rid of TIME_WAIT; the price: TIME_WAIT (see "
		"time-wait and linger)",
		"keep-alive, or an idle time-out shorter than any firewall's on the "
		"way; the price: some packets, and mobile hosts wake up",
	    } },
	  rules_rst_abort, RULES_RST(RST_ABORT) },
	{ { .id = "rst-after-fin",
	    .severity = TE_WARNING,
	    .title = "an end that had closed refused more data",
	    .definition =
		"A RST after the sender's own FIN, before the peer's FIN was covered.",
	    .rfc = "9293:3.6.1, 9293:3.10.5, 2525:2.17",
	    .normal = "the peer's FIN is taken and acknowledged",
	    .why =
		"The peer was still sending: what was under way is lost. If it was an "
		"answer that nobody wanted any more, no harm is done. Where a RST "
		"flushes the queues, the peer may also lose the last data that it had "
		"received and not read yet.",
	    .ladder = {
		{ "FIN_WAIT_1", "-> FIN", "CLOSE_WAIT" },
		{ "FIN_WAIT_2", "<- ACK", NULL },
		{ NULL, "close(), not shutdown(SHUT_WR)", NULL },
		{ NULL, "<- data", NULL },
		{ "CLOSED", "-> RST", "CLOSED" },
		{ NULL, "write() there: ECONNRESET, EPIPE", NULL },
	    },
	    .causes = {
		"close() instead of shutdown(): data that came after it is refused",
		"closed with unread data behind the FIN",
		"FIN_WAIT_2 timed out on this host (tcp_fin_timeout)",
	    },
	    .look = {
		"its sender, in the code: does it close() before the peer has finished?",
		"its sender: nstat -az TcpExtTCPAbortOnData: data after close()",
		"its sender: net.ipv4.tcp_fin_timeout, if the RST comes that long after "
		"the FIN",
		"its peer: what was it sending: an answer, a notice of closing, a TLS "
		"close_notify?",
	    },
	    .remedies = {
		"shutdown(SHUT_WR), read to the end, then close(); the price: the "
		"socket lives until the peer has finished, so a time-out is needed",
		"let the end that sends last close first; the price: it has the "
		"TIME_WAIT",
		"nothing, if the answer was not wanted: a client that cancels does this",
	    } },
	  rules_rst_after_fin, RULES_RST(RST_AFTER_FIN) },
	{ { .id = "rst-no-connection",
	    .severity = TE_NOTE,
	    .worst = TE_WARNING,
	    .title = "a segment met a host without its connection",
	    .definition =
		"A RST without ACK whose SEQ is the ACK number of the segment that it "
		"answers: there is no such socket on that host. Until then the "
		"connection was half-open in the sense of RFC 9293 3.5.1. A note, "
		"unless data was refused.",
	    .rfc = "9293:3.5.2, 9293:3.10.7.1",
	    .normal = "both ends know the connection until both have closed",
	    .why =
		"The sender of the segment believed in a connection that was no more, "
		"perhaps for hours; what it sent is lost, and its program learns it "
		"only now.",
	    .ladder = {
		{ "ESTABLISHED", NULL, "ESTABLISHED" },
		{ NULL, "crash, restart, forgotten orphan", "CLOSED" },
		{ NULL, "-> data", NULL },
		{ NULL, "<- RST", NULL },
		{ "CLOSED", "read(), write(): ECONNRESET", NULL },
	    },
	    .causes = {
		"that host or its program restarted",
		"it had closed and forgotten the connection (orphan, FIN_WAIT_2 "
		"time-out)",
		"a late segment after the close, such as a TLS close_notify",
		"a balancer sent the segment to another host",
	    },
	    .look = {
		"its sender: uptime, and when the process was started (ps -o lstart -p "
		"PID)",
		"capture: an earlier FIN or RST of that end; how long was it silent?",
		"between: does the balancer's table time out before the connection? Do "
		"health checks move connections to another host?",
		"the other end: a pool that keeps connections longer than the server "
		"does",
		"the bytes refused: a TLS close_notify, 23 to 85 bytes that come after "
		"a FIN, is no loss",
	    },
	    .remedies = {
		"keep-alive or an idle time-out shorter than the shortest on the way; "
		"the price: some packets",
		"pools that test a connection before use, and repeat what may be "
		"repeated; the price: a round trip, and thinking about which requests "
		"may be repeated",
		"drain before a restart: stop accepting, finish, then end; the price: "
		"time",
	    } },
	  rules_rst_no_connection, RULES_RST(RST_NO_CONNECTION) },
	{ { .id = "rst-rejected",
	    .severity = TE_NOTE,
	    .title = "a RST that its target does not accept",
	    .definition =
		"A RST outside the window, or inside it but not at the next number "
		"expected: no change of state. Inside the window it is answered by a "
		"challenge ACK, to which a true sender replies with an exact RST.",
	    .rfc = "9293:3.10.7.4, 5961:3.2",
	    .normal = "a RST at exactly the receiver's next expected number",
	    .why =
		"The connection goes on: no harm. Tools that believe each RST take it "
		"for closed. Many of them say that somebody guesses numbers, or that a "
		"middlebox ends connections and does not know them well enough.",
	    .ladder = {
		{ "ESTABLISHED", NULL, "ESTABLISHED" },
		{ NULL, "-> RST, not at the next number", NULL },
		{ NULL, "<- ACK, the challenge", NULL },
		{ NULL, "data goes on, both ways", "ESTABLISHED" },
	    },
	    .causes = {
		"a late or blindly forged RST",
		"a middlebox that does not know the numbers",
	    },
	    .look = {
		"capture: TTL and IP ID of the RST beside those of the end's other "
		"segments",
		"its target: nstat -az TcpExtTCPChallengeACK",
		"between: an intrusion prevention system, a firewall that ends flows, a "
		"NAT that was restarted",
	    },
	    .remedies = {
		"nothing: RFC 5961 is at work; no price",
		"a middlebox that drops instead of resetting; the price: ends wait for "
		"their time-outs",
	    } },
	  rules_rst_rejected, RULES_RST(RST_REJECTED) },
	{ { .id = "rst-forged",
	    .severity = TE_ERROR,
	    .title = "a RST that its apparent sender did not send",
	    .definition =
		"The sender goes on as if it had sent none: newer timestamps, "
		"acknowledgments or data.",
	    .rfc = "9293:3.10.7.4, 5961:3.2",
	    .normal = "silence, or only RSTs, after a RST",
	    .why =
		"Somebody on the way, or who can see the way, ends other people's "
		"connections. If the receiver took it, its program saw ECONNRESET for "
		"no fault of the peer, and what the peer still sends is answered by RST.",
	    .ladder = {
		{ "ESTABLISHED", NULL, "ESTABLISHED" },
		{ NULL, "-> RST, made on the way", "CLOSED?" },
		{ "ESTABLISHED", "-> data: the client knows nothing", NULL },
		{ NULL, "<- RST, if it was believed", NULL },
	    },
	    .causes = {
		"a middlebox or firewall resets the connection in its name",
		"an attacker who sees the numbers",
	    },
	    .look = {
		"capture: the RST's TTL against the end's other segments: the "
		"difference says how many hops away it was made; IP ID, window and "
		"options differ too",
		"both ends: a capture at the apparent sender does not have the RST",
		"between: logs of firewalls, intrusion prevention, parental or national "
		"filters",
	    },
	    .remedies = {
		"find the box and its rule; the price: talking to those who run it",
		"encryption below TCP (IPsec, WireGuard) or TCP-AO (RFC 5925) stops "
		"forged segments; TLS does not; the price: keys and configuration at "
		"both ends",
	    } },
	  rules_rst_forged, RULES_RST(RST_FORGED) },
	{ { .id = "rst-in-time-wait",
	    .severity = TE_WARNING,
	    .title = "a RST toward an end in TIME_WAIT",
	    .definition =
		"A RST that an end in TIME_WAIT may accept, which ends TIME_WAIT early "
		"(assassination, RFC 1337).",
	    .rfc = "1337, 9293:3.10.7.4",
	    .normal = "TIME_WAIT lasts for 2MSL",
	    .why =
		"Data is not lost: both ends had finished. But what TIME_WAIT protects "
		"from is open again: an old duplicate can meet the next connection on "
		"the same addresses.",
	    .ladder = {
		{ "TIME_WAIT", "both FINs acknowledged", "CLOSED" },
		{ NULL, "<- an old duplicate, delayed", NULL },
		{ NULL, "-> ACK", NULL },
		{ NULL, "<- RST: no such connection here", NULL },
		{ "CLOSED", "unless tcp_rfc1337=1", NULL },
	    },
	    .causes = {
		"an old duplicate was answered by an ACK, and that ACK by this RST",
		"the peer's program reset a connection that was already closed",
	    },
	    .look = {
		"capture: what came just before the RST: an old segment and its ACK?",
		"the end in TIME_WAIT: sysctl net.ipv4.tcp_rfc1337 (0 is the default)",
		"its peer: ss -K, a scan, or a program that resets what it has closed",
	    },
	    .remedies = {
		"net.ipv4.tcp_rfc1337=1 on the host in TIME_WAIT; the price: a true RST "
		"does not free the port before its time either",
		"nothing, if it is rare: timestamps (PAWS, RFC 7323) reject most old "
		"segments",
	    } },
	  rules_rst_in_time_wait, RULES_RST(RST_IN_TIME_WAIT) },
	{ { .id = "rst-lost",
	    .severity = TE_WARNING,
	    .title = "a RST did not arrive",
	    .definition =
		"The receiver goes on, rtt-factor round trips and more later, as if "
		"none had come: one end is CLOSED and the other does not know. That is half-open in "
		"the sense of RFC 9293 3.5.1. A handshake that is only half done, which "
		"many call half-open too, is half-open-syn-rcvd.",
	    .rfc = "9293:3.5.1",
	    .normal = "data that crosses the RST within a round trip",
	    .why =
		"The end that does not know keeps its socket. If it sends, the next "
		"segment draws another RST and it learns; if it only waits, it waits "
		"for ever.",
	    .ladder = {
		{ "ESTABLISHED", NULL, "ESTABLISHED" },
		{ NULL, "x- RST", "CLOSED" },
		{ NULL, "half-open: one end knows nothing", NULL },
		{ NULL, "-> data or keep-alive, at last", NULL },
		{ NULL, "<- RST", NULL },
		{ "CLOSED", "ECONNRESET", NULL },
	    },
	    .causes = {
		"the RST was lost between the tap and the receiver",
		"a firewall dropped it",
	    },
	    .look = {
		"its receiver: ss -tano dst PEER: still ESTAB? Is there a keepalive "
		"timer?",
		"between: a firewall that forgot the connection first, or that holds "
		"the RST for invalid: conntrack -S counts those",
	    },
	    .remedies = {
		"SO_KEEPALIVE with a time shorter than the default of two hours; the "
		"price: some packets, and connections that a short outage would not "
		"have ended",
		"a time-out in the program for each wait; the price: slow peers are cut",
	    },
	    .limits = { "rtt-factor" } },
	  rules_rst_lost, RULES_NOTE(NOTE_RST_LOST) },
};
/* clang-format on */

const struct rules_group rules_rst = { rows, sizeof(rows) / sizeof(rows[0]) };
