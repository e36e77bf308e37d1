/* rows_open.c - findings of connections that did not open well: all that is said of them
 */
#include "rules_table.h"

/* clang-format off */
static const struct rules_row rows[] = {
	{ { .id = "half-open-syn-rcvd",
	    .absence = true,
	    .severity = TE_WARNING,
	    .title = "the handshake's last ACK never arrived",
	    .definition =
		"A SYN+ACK was sent and the server never left SYN_RCVD: no segment of "
		"the client covers it, or each that passed was contradicted by a later "
		"repeat of the SYN+ACK. Half-open means here that the handshake is half "
		"done (RFC 4987). RFC 9293 3.5.1 uses the same word for something else, "
		"a connection that one end has lost and the other still has: see "
		"rst-lost and rst-no-connection.",
	    .rfc = "9293:3.10.7.4, 9293:3.8.3",
	    .normal = "the client's ACK within a round trip of the SYN+ACK",
	    .why =
		"The request takes a place in the listener's SYN queue until the "
		"repeats run out, on Linux 63 s. A client that did send its ACK "
		"believes that it is connected, and waits for an answer that cannot "
		"come.",
	    .ladder = {
		{ "SYN_SENT", "-> SYN", "LISTEN" },
		{ NULL, "<- SYN,ACK", "SYN_RCVD" },
		{ "ESTABLISHED?", "-x ACK", NULL },
		{ NULL, "ACK never sent, lost, or ignored", NULL },
		{ NULL, "<- SYN,ACK again: 1, 3, 7 ... s", NULL },
		{ NULL, "no more repeats: 63 s", "CLOSED" },
	    },
	    .causes = {
		"the client never sent the ACK: a scan, a spoofed address, or it is gone",
		"the ACK was lost between the tap and the server",
		"the server's accept queue is full: Linux then ignores the ACK",
		"the SYN+ACK was lost between the tap and the client",
		"a firewall on the way back drops SYN+ACK or ACK",
	    },
	    .look = {
		"server: ss -tan state syn-recv: from one address or from many?",
		"server: nstat -az 'TcpExtListen*': if ListenOverflows grows, or ss "
		"-ltn shows Recv-Q above Send-Q, the accept queue is full",
		"server: nstat -az 'TcpExtTCPReqQFull*' 'TcpExtSyncookies*': a full SYN "
		"queue",
		"client: ss -tan dst SERVER: ESTAB means that its ACK was lost or "
		"ignored; nothing there means that the SYN was not its own",
		"between: capture on both sides of the firewall at once and compare; is "
		"the way back the same as the way there (ip route get)?",
	    },
	    .remedies = {
		"accept() faster, or a larger backlog in listen() and "
		"net.core.somaxconn; the price: memory, and clients that wait longer in "
		"the queue",
		"against floods net.ipv4.tcp_syncookies=1, which is the default; the "
		"price: without timestamps such connections have neither SACK nor "
		"window scaling, and an ACK that is lost is never asked for again",
		"fewer net.ipv4.tcp_synack_retries: the queue empties sooner; the "
		"price: clients behind lossy lines fail to connect",
		"let the firewall see both ways, or none; the price: a change of routes",
	    },
	    .limits = { "half-open-grace", "rtt-factor" } },
	  rules_half_open, RULES_HALF_OPEN },
	{ { .id = "handshake-ack-ignored",
	    .severity = TE_WARNING,
	    .title = "SYN+ACK repeated although its ACK had passed",
	    .definition =
		"The SYN+ACK came again later than a round trip after the handshake's "
		"ACK passed the tap, and the handshake completed later.",
	    .rfc = "9293:3.10.7.4, 9293:3.8.3",
	    .normal = "a repeat that crosses the ACK within a round trip",
	    .why =
		"The client's connect() has returned, but nobody works for it yet: each "
		"repeat is a second or more of waiting. It is the first sign of an "
		"accept queue that overflows; later, connections fail.",
	    .ladder = {
		{ "SYN_SENT", "-> SYN", "LISTEN" },
		{ NULL, "<- SYN,ACK", "SYN_RCVD" },
		{ "ESTABLISHED", "-x ACK", NULL },
		{ NULL, "ACK lost behind the tap, or ignored", NULL },
		{ NULL, "<- SYN,ACK again, after 1 s", NULL },
		{ NULL, "-> ACK", "ESTABLISHED" },
	    },
	    .causes = {
		"the accept queue was full: the server was ESTABLISHED only later",
		"the ACK was lost between the tap and the server",
		"the program defers accept (TCP_DEFER_ACCEPT) until data comes",
	    },
	    .look = {
		"server: ss -ltn: Recv-Q is the accept queue now, Send-Q its limit",
		"server: nstat -az 'TcpExtListen*': both counters grow with each ACK "
		"ignored",
		"server: is the listener set to TCP_DEFER_ACCEPT (nginx: deferred)?",
		"server: is the thread that calls accept() busy with something else?",
		"between tap and server: drops counted by ethtool -S, ip -s link, the "
		"switch",
	    },
	    .remedies = {
		"accept() faster: a thread that does nothing else; the price: "
		"connections wait inside the program, where no counter shows them",
		"a larger backlog in listen() and net.core.somaxconn: both, the smaller "
		"one wins; the price: memory, and clients that wait longer",
		"net.ipv4.tcp_abort_on_overflow=1 tells clients by RST; the price: a "
		"burst that would have passed by itself becomes errors",
	    } },
	  rules_handshake_ack_ignored, RULES_NOTE(NOTE_HANDSHAKE_ACK_IGNORED) },
	{ { .id = "syn-unanswered",
	    .absence = true,
	    .severity = TE_WARNING,
	    .title = "nothing answered the SYN",
	    .definition =
		"One or more SYNs and nothing back, until the repeats ran out or the "
		"capture ended.",
	    .rfc = "9293:3.8.3",
	    .normal = "SYN+ACK, or RST+ACK if nobody listens, within a round trip",
	    .why =
		"The program hangs in connect() until its own time-out or the kernel's, "
		"about two minutes on Linux. A refusal would have told it within a "
		"round trip.",
	    .ladder = {
		{ "SYN_SENT", "-x SYN", NULL },
		{ NULL, "1 s", NULL },
		{ NULL, "-x SYN, the same again", NULL },
		{ NULL, "1, 1, 1, 1, 2, 4 ... s; 131 s in all", NULL },
		{ "CLOSED", "connect(): ETIMEDOUT", NULL },
	    },
	    .causes = {
		"a firewall drops the SYN or its answer",
		"the host is down, or the address is wrong",
		"the server's accept queue is full: Linux then drops SYNs",
		"the answer takes a way that this tap does not see",
	    },
	    .look = {
		"server: tcpdump -n 'tcp[tcpflags] & tcp-syn != 0 and port PORT': does "
		"the SYN come, does a SYN+ACK leave?",
		"server: ss -ltn: a host that is up and does not listen answers by RST; "
		"silence speaks for a firewall, a dead host, or full queues",
		"server: nstat -az 'TcpExtListen*' TcpExtTCPReqQFullDrop",
		"server and between: nft list ruleset or iptables -nvL, security groups "
		"of a cloud; ip route get CLIENT for the way back",
		"client: ip neigh: does the next hop answer?",
	    },
	    .remedies = {
		"REJECT instead of DROP toward your own clients; the price: strangers "
		"learn that a host is there",
		"a connect time-out in the program; the price: too short a one gives up "
		"on slow ways",
		"several addresses tried side by side (RFC 8305); the price: more "
		"connections",
	    },
	    .limits = { "half-open-grace", "rtt-factor" } },
	  rules_syn_unanswered, RULES_UNANSWERED },
	{ { .id = "refused",
	    .severity = TE_NOTE,
	    .title = "the connection was refused",
	    .definition = "A SYN was answered by a RST+ACK that covers it.",
	    .rfc = "9293:3.5.2, 9293:3.10.7.1",
	    .normal = "SYN+ACK from a listener",
	    .why =
		"Nothing is lost: the client knows at once and can go elsewhere. Many "
		"of them say that a service is down or listens elsewhere, or that "
		"somebody scans.",
	    .ladder = {
		{ "SYN_SENT", "-> SYN", "CLOSED" },
		{ NULL, "<- RST,ACK", NULL },
		{ "CLOSED", "connect(): ECONNREFUSED", NULL },
	    },
	    .causes = {
		"nobody listens on that address and port",
		"a firewall rejects with a RST",
		"the listener is bound to another address or address family",
	    },
	    .look = {
		"server: ss -ltnp 'sport = :PORT': is it there, and on 127.0.0.1 only, "
		"or on IPv6 only?",
		"server: the service's log: was it restarting at that time?",
		"between: a REJECT rule that counts; does the RST's TTL fit the "
		"server's other segments?",
	    },
	    .remedies = {
		"listen before the service is announced (readiness, socket activation); "
		"the price: one more thing that start-up depends on",
		"clients that try again, each time later; the price: real outages show "
		"later",
	    } },
	  rules_refused, RULES_RST(RST_REFUSED) },
	{ { .id = "open-aborted",
	    .severity = TE_NOTE,
	    .title = "the client reset it before it was open",
	    .definition = "A RST of the opener before its peer was proven ESTABLISHED.",
	    .rfc = "9293:3.10.5, 9293:3.5.2",
	    .normal = "the handshake completes and the connection is used",
	    .why =
		"One by one they are harmless: the listener's program never hears of "
		"them. A scan that asks which ports are open leaves exactly this at "
		"each that is.",
	    .ladder = {
		{ "SYN_SENT", "-> SYN", "LISTEN" },
		{ NULL, "<- SYN,ACK", "SYN_RCVD" },
		{ "CLOSED", "-> RST", "CLOSED" },
		{ NULL, "the listener goes on", NULL },
	    },
	    .causes = {
		"a half-open port scan",
		"the client's program gave up, or closed at once with SO_LINGER 0",
		"the SYN was not this host's: its kernel answers the SYN+ACK by RST",
	    },
	    .look = {
		"capture: tcpends --finding open-aborted --show connections: one source "
		"and many ports is a scan",
		"client: its connect time-out; a browser drops the slower of two "
		"connections (RFC 8305); a health check may close like this",
		"server: nothing to see: accept() never returned it",
	    },
	    .remedies = {
		"against scans a rate limit on SYNs; the price: it can hit real clients "
		"behind one address",
		"health checks that close by FIN; the price: a segment or two more, and "
		"a TIME_WAIT",
	    } },
	  rules_open_aborted, RULES_RST(RST_OPEN_ABORTED) },
};
/* clang-format on */

const struct rules_group rules_open = { rows, sizeof(rows) / sizeof(rows[0]) };
