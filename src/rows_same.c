/* rows_same.c - findings of a new connection on the addresses of an old one: all that is
 * said of them */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "time-wait-reused",
	    .severity = TE_NOTE,
	    .worst = TE_WARNING,
	    .title = "a new connection took the place of a TIME_WAIT",
	    .definition =
		"A new SYN on the same addresses was answered with SYN+ACK while an end "
		"still held TIME_WAIT. A note when the SYN's initial sequence number or "
		"timestamp is newer than the old connection's, or when the holder itself "
		"opened anew; a warning when neither is.",
	    .rfc = "9293:3.6.1, 6191:2",
	    .normal =
		"this, with a newer number or timestamp, is allowed and usual on busy "
		"clients; after 2MSL nothing is reused",
	    .why =
		"TIME_WAIT keeps late segments of the old connection out of a new one. "
		"With a newer number or timestamp the receiver can still tell them "
		"apart; without, data of the old may be taken for the new.",
	    .ladder = { { "LAST_ACK", "-> FIN,ACK", "TIME_WAIT" },
			{ "CLOSED", "<- ACK", NULL },
			{ "SYN_SENT", "-> SYN, newer number", NULL },
			{ "ESTABLISHED", "<- SYN,ACK", "SYN_RCVD" },
			{ NULL, "-> ACK", "ESTABLISHED" } },
	    .look = { "on the client: sysctl net.ipv4.ip_local_port_range tcp_tw_reuse; "
		      "is "
		      "the range nearly used up?",
		      "on the client: does the program bind() its port?",
		      "on both: nstat -az TcpExtTWRecycled TcpExtTW TcpExtPAWSEstab" },
	    .causes = { "many short connections to one server: the ports come round "
			"within "
			"2MSL",
			"the client binds a fixed local port",
			"the client's kernel reuses its own TIME_WAITs (tcp_tw_reuse)" },
	    .remedies = { "keep connections open and share them: a pool; the price: idle "
			  "sockets",
			  "a wider ip_local_port_range, or more addresses",
			  "let the client not bind its port",
			  "timestamps on at both ends (net.ipv4.tcp_timestamps=1): reuse "
			  "is "
			  "then safe" },
	    .limits = { "time-wait" } },
	  rules_time_wait_reused,
	  RULES_NOTE(NOTE_NEW_SYN) },
	{ { .id = "connection-replaced",
	    .severity = TE_WARNING,
	    .title = "a new connection replaced one still open",
	    .definition = "A new SYN was answered with SYN+ACK on the addresses of a "
			  "connection whose "
			  "answering end was still synchronised: no FIN of both, no RST.",
	    .rfc = "9293:3.5.1",
	    .normal = "a close by FIN or RST, then perhaps time-wait-reused",
	    .why =
		"One end had lost the old connection and the other never learned of it: "
		"until then it held a socket, and maybe a worker, for nobody. What was "
		"in "
		"flight is lost.",
	    .ladder = { { "ESTABLISHED", "data both ways", "ESTABLISHED" },
			{ "(restarted)", "no packet says so", "ESTABLISHED" },
			{ "SYN_SENT", "-> SYN, same ports", NULL },
			{ NULL, "<- SYN,ACK", "SYN_RCVD" },
			{ "ESTABLISHED", "-> ACK", "ESTABLISHED" } },
	    .look = { "on the client: uptime, the program's start; did it or a NAT "
		      "restart?",
		      "on the server: ss -tno: are there more connections without a "
		      "peer?",
		      "is the close perhaps not in the capture: another interface, "
		      "another "
		      "way, drops?" },
	    .causes = { "the client's host or program restarted without closing",
			"a NAT or firewall forgot the idle connection and gave its port "
			"to "
			"another",
			"both ends dropped it without a packet that the other got: user "
			"time-out, power loss",
			"its close took a way that this tap does not see, or the capture "
			"lost it" },
	    .remedies = { "keep-alive on the server (SO_KEEPALIVE, TCP_KEEPIDLE) finds "
			  "dead peers; the price: a packet per interval",
			  "keep-alive shorter than the NAT's time-out keeps the port",
			  "an idle time-out in the server's program; the price: slow "
			  "clients must connect anew" } },
	  rules_connection_replaced,
	  RULES_NOTE(NOTE_NEW_SYN) },
};

const struct rules_group rules_same = { rows, sizeof(rows) / sizeof(rows[0]) };
