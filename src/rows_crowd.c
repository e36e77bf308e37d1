/* rows_crowd.c - findings of listeners, and of clients toward one server: all that is
 * said of them */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "syn-flood",
	    .severity = TE_ERROR,
	    .title = "many handshakes of a listener begun and left",
	    .definition =
		"More than syn-flood-count handshakes of one listener half-open "
		"at once, or more than syn-flood-rate begun in a second, from "
		"many addresses, each SYN sent once and never followed up.",
	    .rfc = "4987",
	    .normal = "a burst of connections that complete their handshakes, or whose "
		      "clients repeat their SYNs",
	    .why = "Each holds a place in the queue of half-open connections until the "
		   "SYN+ACK was repeated in vain, a minute on Linux. When the queue is "
		   "full, honest clients are not answered.",
	    .ladder = { { "(spoofed)", "-> SYN", "LISTEN" },
			{ NULL, "<- SYN,ACK", "SYN_RCVD" },
			{ NULL, "1 s", NULL },
			{ NULL, "<- SYN,ACK", NULL },
			{ NULL, "2, 4, 8, 16 s: again", NULL },
			{ NULL, "32 s", "CLOSED" } },
	    .look = { "server: ss -tan state syn-recv | wc -l; ss -ltn for the backlog",
		      "server: nstat -az TcpExtTCPReqQFullDrop "
		      "TcpExtTCPReqQFullDoCookies TcpExtSyncookiesSent",
		      "server: sysctl net.ipv4.tcp_syncookies "
		      "net.ipv4.tcp_max_syn_backlog net.core.somaxconn",
		      "TTL, window and options of the SYNs: all alike are one tool's",
		      "the router: on which interface do they come in?" },
	    .causes = { "a SYN flood with forged source addresses",
			"many real hosts at once that never go on: a botnet, a scan from "
			"many addresses",
			"the SYN+ACKs do not reach the clients: routes or a firewall on "
			"the way back",
			"SYNs are dropped before the listener, or nobody is there" },
	    .remedies = { "net.ipv4.tcp_syncookies=1: no memory for half-open ones; "
			  "under "
			  "attack, clients without timestamps lose window scale and SACK",
			  "a larger backlog (listen(2), net.core.somaxconn, "
			  "tcp_max_syn_backlog) for bursts; memory, and no help against "
			  "more",
			  "net.ipv4.tcp_synack_retries=2: half-open ones go after 7 s "
			  "instead of "
			  "63; clients on lossy ways may fail",
			  "a SYN proxy or the provider's filter; every handshake then "
			  "waits for "
			  "it" },
	    .limits = { "syn-flood-count", "syn-flood-rate", "half-open-grace" } },
	  NULL,
	  0 },
	{ { .id = "backlog-pressure",
	    .severity = TE_NOTE,
	    .title = "many of a listener in SYN_RCVD at once",
	    .definition = "At its peak a listener had at least backlog-pressure "
			  "connections in SYN_RCVD, completed later or not.",
	    .rfc = "-",
	    .normal = "a few: each stays for one round trip to its client",
	    .why = "SYN_RCVD and the accept queue are bounded by the backlog. Beyond it "
		   "Linux drops SYNs, or sends cookies, and clients wait a second and "
		   "more.",
	    .ladder = { { "SYN_SENT", "-> SYN (a hundred clients)", "LISTEN" },
			{ NULL, "<- SYN,ACK (a hundred)", "SYN_RCVD" },
			{ NULL, "-> SYN (one more)", NULL },
			{ NULL, "the queue is full: dropped", NULL },
			{ "ESTABLISHED", "-> ACK (the first)", "ESTABLISHED" } },
	    .look = { "server: ss -ltn: Recv-Q (waiting for accept) against Send-Q "
		      "(backlog)",
		      "server: nstat -az TcpExtListenOverflows TcpExtListenDrops "
		      "TcpExtTCPReqQFullDrop",
		      "--show hosts: its counts over time" },
	    .causes = { "a burst of new connections: a restart, a deployment, a timer",
			"clients far away: each stays in SYN_RCVD for a round trip",
			"the accept queue is full, and Linux lets nobody leave "
			"SYN_RCVD" },
	    .remedies = { "a larger backlog: listen(2) and net.core.somaxconn, both; "
			  "each waiting connection takes memory",
			  "accept faster: more threads, or nothing slow before accept()",
			  "clients that keep their connections, and do not all come back "
			  "in the same second" },
	    .limits = { "backlog-pressure" } },
	  NULL,
	  0 },
	{ { .id = "syn-cookie-likely",
	    .severity = TE_NOTE,
	    .title = "a listener seems to answer with SYN cookies",
	    .definition = "Three or more SYN+ACKs of one listener stayed unanswered and "
			  "none was sent again; or three lack the window scale and SACK "
			  "that their SYNs offered and that it grants to others.",
	    .rfc = "4987",
	    .normal = "a SYN+ACK that nobody answers is sent again after a second",
	    .why = "With a cookie the server keeps no socket: SYN_RCVD means no more "
		   "than that a SYN+ACK was sent. If the client's ACK is lost, nobody "
		   "repeats anything until the client sends data.",
	    .ladder = { { "SYN_SENT", "-> SYN", "LISTEN" },
			{ NULL, "<- SYN,ACK with a cookie", "LISTEN" },
			{ "ESTABLISHED", "-x ACK", NULL },
			{ NULL, "nothing is sent again", NULL },
			{ NULL, "-> data", "ESTABLISHED" } },
	    .look = { "server: nstat -az TcpExtSyncookiesSent TcpExtSyncookiesRecv "
		      "TcpExtSyncookiesFailed",
		      "server: sysctl net.ipv4.tcp_syncookies (2: always); dmesg: "
		      "\"possible SYN flooding\"",
		      "server: sysctl net.ipv4.tcp_synack_retries (0 looks the same)" },
	    .causes = { "the queue of half-open connections was full, and "
			"net.ipv4.tcp_syncookies=1",
			"a SYN proxy in front: a firewall, balancer or provider",
			"SYN+ACKs are never repeated on that system" },
	    .remedies = { "none while a flood lasts: that is what cookies are for",
			  "without a flood: a larger backlog, so that the queue does not "
			  "fill; each waiting connection takes memory",
			  "timestamps on the clients (net.ipv4.tcp_timestamps=1): Linux "
			  "cookies then keep window scale and SACK, for twelve bytes a "
			  "segment" },
	    .limits = { "half-open-grace" } },
	  NULL,
	  0 },
	{ { .id = "close-wait-growth",
	    .severity = TE_ERROR,
	    .title = "a listener leaves ever more in CLOSE_WAIT",
	    .definition = "close-wait-many or more connections of one listener got stuck "
			  "in CLOSE_WAIT one after the other, over longer than "
			  "close-wait-stuck, and none came free meanwhile.",
	    .rfc = "9293:3.10.4",
	    .normal = "as many leave CLOSE_WAIT as come: the program closes when read() "
		      "returns 0",
	    .why = "Each keeps a descriptor and its buffers for as long as the program "
		   "runs. When the descriptors are used up, accept() fails and the "
		   "service is down.",
	    .ladder = { { "FIN_WAIT_1", "-> FIN", "CLOSE_WAIT" },
			{ "FIN_WAIT_2", "<- ACK", NULL },
			{ NULL, "the program does not close", NULL },
			{ "CLOSED", "60 s: the client's kernel gives up", NULL },
			{ NULL, "the next one, and the next", "CLOSE_WAIT" } },
	    .look = { "server: ss -tanp state close-wait: one program? since when?",
		      "server: ls /proc/PID/fd | wc -l against /proc/PID/limits",
		      "code: each way out of the handler, errors and time-outs as well: "
		      "does it close()?",
		      "a stack trace of the program: is it waiting for something else?" },
	    .causes = { "close() is missing on some path: a leak",
			"the workers hang, or are too few: nobody reads the end of file",
			"a child process or a pool still holds the sockets" },
	    .remedies = { "mend the program: no time-out of the kernel ends CLOSE_WAIT",
			  "restarting it frees them at once, and breaks what is in use",
			  "a larger limit on descriptors buys time, and memory pays" },
	    .limits = { "close-wait-many", "close-wait-stuck" } },
	  NULL,
	  0 },
	{ { .id = "time-wait-pressure",
	    .severity = TE_WARNING,
	    .worst = TE_ERROR,
	    .title = "TIME_WAIT uses up the ports toward one server",
	    .definition = "A client holds more TIME_WAITs at once toward one address and "
			  "port than time-wait-pressure percent of its ephemeral range "
			  "(--port-range): a warning; an error when hardly a port is "
			  "left. So many held by the server are a note: they use up no "
			  "ports.",
	    .rfc = "9293:3.6.1",
	    .normal = "connections that are kept and used again, or are spread over many "
		      "servers",
	    .why = "TIME_WAIT is with the end that closes first, and keeps its port "
		   "toward this server for 2MSL, so that a lost last ACK can be repeated "
		   "and old segments die. When no port is left connect() fails with "
		   "EADDRNOTAVAIL.",
	    .ladder = { { "FIN_WAIT_1", "-> FIN", "CLOSE_WAIT" },
			{ "TIME_WAIT", "<- FIN,ACK", "LAST_ACK" },
			{ NULL, "-> ACK", "CLOSED" },
			{ "TIME_WAIT", "60 s on Linux, port by port", NULL },
			{ NULL, "28232 of them: connect() fails", NULL } },
	    .look = { "client: ss -tan state time-wait dst SERVER | wc -l",
		      "client: sysctl net.ipv4.ip_local_port_range "
		      "net.ipv4.tcp_tw_reuse; Windows: netsh int ipv4 show "
		      "dynamicport tcp",
		      "client: nstat -az TcpExtTW TcpExtTCPTimeWaitOverflow",
		      "does the client close first? tcpends --show connections" },
	    .causes = { "a new connection for each request, closed by the client",
			"a connection pool that is too small, or not used",
			"a proxy or NAT: one address opens for many" },
	    .remedies = { "keep connections and use them again (a pool, HTTP "
			  "keep-alive); idle "
			  "ones take memory on both ends",
			  "let the server close first: TIME_WAIT is then with it, and "
			  "takes no "
			  "ports; it needs SO_REUSEADDR to restart",
			  "net.ipv4.tcp_tw_reuse=1 on the client: ports come back after "
			  "a "
			  "second; needs timestamps on both ends",
			  "a wider net.ipv4.ip_local_port_range, or more addresses on "
			  "either "
			  "end; mind what listens in that range",
			  "Windows: TcpTimedWaitDelay=30; old segments may meet a new "
			  "connection",
			  "not SO_LINGER {1,0}: its RST throws away data that was not "
			  "acknowledged" },
	    .limits = { "time-wait-pressure", "time-wait" } },
	  NULL,
	  0 },
};

const struct rules_group rules_crowd = { rows, sizeof(rows) / sizeof(rows[0]) };
