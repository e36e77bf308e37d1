/* rows_open.c - findings of connections that did not open well: all that is said of them
 */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "half-open-syn-rcvd",
	    .severity = TE_WARNING,
	    .title = "the handshake's last ACK never arrived",
	    .definition =
		"A SYN+ACK was sent and the server never left SYN_RCVD: no segment "
		"of the client covers it, or each that passed was contradicted by "
		"a later repeat of the SYN+ACK.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "the client's ACK within a round trip of the SYN+ACK",
	    .causes = { "the client never sent the ACK: a scan, a spoofed address, or it "
			"is gone",
			"the ACK was lost between the tap and the server",
			"the server's accept queue is full: Linux then ignores the ACK",
			"the SYN+ACK was lost between the tap and the client",
			"a firewall on the way back drops SYN+ACK or ACK" },
	    .remedies = { "on the server: ss -tan state syn-recv; nstat -az "
			  "TcpExtListenOverflows",
			  "a larger backlog: listen(2) and net.core.somaxconn; accept "
			  "faster",
			  "against floods: net.ipv4.tcp_syncookies=1",
			  "capture on both sides of the firewall and compare" } },
	  rules_half_open },
	{ { .id = "handshake-ack-ignored",
	    .severity = TE_WARNING,
	    .title = "SYN+ACK repeated although its ACK had passed",
	    .definition =
		"The SYN+ACK came again later than a round trip after the "
		"handshake's ACK passed the tap, and the handshake completed later.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "a repeat that crosses the ACK within a round trip",
	    .causes = { "the accept queue was full: the server was ESTABLISHED only "
			"later",
			"the ACK was lost between the tap and the server",
			"the program defers accept (TCP_DEFER_ACCEPT) until data comes" },
	    .remedies = { "nstat -az TcpExtListenOverflows TcpExtListenDrops; ss -ltn: "
			  "Recv-Q "
			  "against Send-Q",
			  "a larger backlog and net.core.somaxconn; accept faster" },
	    .notes = 1u << NOTE_HANDSHAKE_ACK_IGNORED },
	  rules_handshake_ack_ignored },
	{ { .id = "syn-unanswered",
	    .severity = TE_WARNING,
	    .title = "nothing answered the SYN",
	    .definition =
		"One or more SYNs and nothing back, until the repeats ran out or "
		"the capture ended.",
	    .rfc = "9293:3.8.3",
	    .normal = "SYN+ACK, or RST+ACK if nobody listens, within a round trip",
	    .causes = { "a firewall drops the SYN or its answer",
			"the host is down, or the address is wrong",
			"the server's accept queue is full: Linux then drops SYNs",
			"the answer takes a way that this tap does not see" },
	    .remedies = { "on the server: tcpdump for the SYN; nstat -az "
			  "TcpExtListenDrops",
			  "look for DROP rules; REJECT tells clients at once" } },
	  rules_syn_unanswered },
	{ { .id = "refused",
	    .severity = TE_NOTE,
	    .title = "the connection was refused",
	    .definition = "A SYN was answered by a RST+ACK that covers it.",
	    .rfc = "9293:3.10.7.1",
	    .normal = "SYN+ACK from a listener",
	    .causes = { "nobody listens on that address and port",
			"a firewall rejects with a RST",
			"the listener is bound to another address or address family" },
	    .remedies = { "ss -ltn on the server: is the port there, on which "
			  "address?" },
	    .notes = 1u << NOTE_RST },
	  rules_refused },
	{ { .id = "open-aborted",
	    .severity = TE_NOTE,
	    .title = "the client reset it before it was open",
	    .definition = "A RST of the opener before its peer was proven ESTABLISHED.",
	    .rfc = "9293:3.10.5",
	    .normal = "the handshake completes and the connection is used",
	    .causes = { "a half-open port scan",
			"the client's program gave up, or closed at once with SO_LINGER "
			"0",
			"the SYN was not this host's: its kernel answers the SYN+ACK by "
			"RST" },
	    .remedies = { "many from one address: a scan",
			  "else look at the client's time-out" },
	    .notes = 1u << NOTE_RST },
	  rules_open_aborted },
};

const struct rules_group rules_open = { rows, sizeof(rows) / sizeof(rows[0]) };
