/* topics_opening.c - what --explain knows about queues of connections that open */
#include "config.h"
#include "topics_table.h"

/* clang-format off */
static const struct topic topics[] = {
	{ .id = "accept-queue",
	  .title = "the accept queue: connected, and not yet accepted",
	  .words = "somaxconn tcp_abort_on_overflow backlog listen ListenOverflows "
		   "TCP_DEFER_ACCEPT",
	  .text = {
		"A listener has two queues: requests in SYN_RCVD (syn-queue), and "
		"connections that are ESTABLISHED and wait for accept(). The second "
		"one's limit is the smaller of listen()'s backlog and "
		"net.core.somaxconn (4096; 128 before Linux 5.4).",
		"When it is full, Linux drops new SYNs, and ignores the ACK that would "
		"complete a handshake: the client believes that it is connected, the "
		"server repeats its SYN+ACK. When there is room again, the next repeat "
		"or the client's data completes it. To the client it looks like a delay "
		"of 1, 3, 7 ... seconds.",
		"- net.ipv4.tcp_abort_on_overflow=1 answers such an ACK by RST instead: "
		"clients know at once, but a burst that would have passed becomes "
		"errors. The kernel's documentation advises against it unless the "
		"daemon cannot be made faster.",
		"- TCP_DEFER_ACCEPT looks alike on purpose: the bare ACK is ignored "
		"until data comes.",
		"What to look at: ss -ltn: Recv-Q is the queue, Send-Q its limit; full "
		"is Recv-Q above Send-Q. nstat -az 'TcpExtListen*': ListenOverflows "
		"counts, ListenDrops counts these and other losses.",
		"What helps: accept() in a thread of its own; more workers; a larger "
		"backlog and somaxconn, both; refusing early. A longer queue only hides "
		"a server that is too slow: it makes latency out of errors.",
	  },
	  .rfc = "9293:3.10.7.4",
	  .see = { "syn-queue", "handshake-ack-ignored", "half-open-syn-rcvd",
		    "syn-unanswered", "backlog-pressure" } },
	{ .id = "syn-queue",
	  .title = "the SYN queue, and how long SYNs are repeated",
	  .words = "tcp_max_syn_backlog tcp_synack_retries tcp_syn_retries "
		   "tcp_syn_linear_timeouts",
	  .text = {
		"Requests in SYN_RCVD wait here for the handshake's last ACK. On Linux "
		"a request is small, some 300 bytes, and the queue is limited per "
		"listener by the backlog and by net.ipv4.tcp_max_syn_backlog.",
		"- The server repeats its SYN+ACK net.ipv4.tcp_synack_retries times "
		"(5): after 1, 3, 7, 15, 31 s; it forgets the request after 63 s.",
		"- The client repeats its SYN net.ipv4.tcp_syn_retries times (6): each "
		"second at first (net.ipv4.tcp_syn_linear_timeouts, 4, since Linux "
		"6.5), then 2, 4 ... s apart; connect() fails after 131 s (127 s "
		"before).",
		"- When it is full: SYN cookies if they are enabled, else new SYNs are "
		"dropped: nstat -az TcpExtTCPReqQFullDoCookies TcpExtTCPReqQFullDrop.",
		"A full queue is a flood, or a path on which the last ACK is lost or "
		"blocked: look whether the sources are many or few, and whether they "
		"complete later.",
	  },
	  .rfc = "9293:3.8.3, 4987:2",
	  .see = { "syn-cookies", "accept-queue", "half-open-syn-rcvd",
		    "syn-unanswered", "syn-flood", "backlog-pressure" } },
	{ .id = "syn-cookies",
	  .title = "SYN cookies: answering SYNs without remembering them",
	  .words = "syncookies tcp_syncookies syncookie SyncookiesSent cookies",
	  .text = {
		"When the SYN queue is full, the server can put what it must know into "
		"the sequence number of its SYN+ACK, and keep nothing. A client that "
		"answers with the right ACK gets a connection; a spoofed one costs "
		"nothing (RFC 4987 3.6).",
		"- Linux: net.ipv4.tcp_syncookies, 1: only when the queue overflows "
		"(the default); 2: always; 0: never.",
		"- The price: the MSS is one of a few values. Window scaling and SACK "
		"survive only if the client sent timestamps, which carry them.",
		"- There is nothing to repeat: if the client's ACK is lost, the server "
		"knows nothing of it. The client is ESTABLISHED and, if it waits for "
		"the server to speak, waits for ever; if it speaks, its data completes "
		"the handshake.",
		"- Linux' documentation: a fallback, not a way to survive a legal load. "
		"If the log says \"Possible SYN flooding\" and there is no flood, make "
		"the queues larger and accept() faster.",
		"What to look at: nstat -az 'TcpExtSyncookies*': Sent, Recv "
		"(completed), Failed (ACKs that did not fit: scans, or too late).",
	  },
	  .rfc = "4987:3.6",
	  .see = { "syn-queue", "accept-queue", "half-open", "half-open-syn-rcvd",
		    "syn-flood", "syn-cookie-likely" } },
	{ .id = "fast-open",
	  .title = "TCP Fast Open: data in the SYN",
	  .words = "TFO tcp_fastopen TCP_FASTOPEN fastopen",
	  .text = {
		"With a cookie from an earlier connection a client may send data in its "
		"SYN, and the server may answer before the handshake's last ACK, in "
		"SYN_RCVD (RFC 7413). It saves a round trip.",
		"- Linux: net.ipv4.tcp_fastopen, 1 client, 2 server, 3 both; 1 is the "
		"default. The program must ask for it: TCP_FASTOPEN_CONNECT or "
		"MSG_FASTOPEN, TCP_FASTOPEN at the listener.",
		"- The price: a SYN that is duplicated may deliver its data twice, so "
		"only what may be done twice belongs there. Some firewalls drop SYNs "
		"with data: they are repeated without.",
	  },
	  .rfc = "7413:4.2, 7413:6.1",
	  .see = { "syn-queue", "syn-unanswered" } },
};
/* clang-format on */

const struct topic_group topics_opening = { topics, sizeof(topics) / sizeof(topics[0]) };
