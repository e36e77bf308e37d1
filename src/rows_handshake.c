/* rows_handshake.c - findings of handshakes that went another way than SYN, SYN+ACK, ACK:
 * all that is said of them */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ {
	      .id = "synack-bad-ack",
	      .severity = TE_WARNING,
	      .title = "a SYN+ACK that answers another SYN",
	      .definition =
		  "A SYN+ACK whose ACK number covers nothing of the SYN that its "
		  "target sent.",
	      .rfc = "9293:3.10.7.3",
	      .normal =
		  "an ACK number one past the SYN, or past the data that it carried",
	      .why = "The client must refuse it by a RST and goes on waiting: the "
		     "connection opens late or never. Somebody on the way answers with "
		     "numbers that are not this connection's.",
	      .ladder = { { "SYN_SENT", "-> SYN seq=1000", "LISTEN" },
			  { NULL, "<- SYN,ACK ack=700", NULL },
			  { NULL, "-> RST seq=700", NULL },
			  { NULL, "a second later", NULL },
			  { NULL, "-> SYN seq=1000", "SYN_RCVD" },
			  { "ESTABLISHED", "<- SYN,ACK ack=1001", NULL } },
	      .look = { "TTL and IP ID of the SYN+ACK against the server's other "
			"segments",
			"client: nstat -az TcpEstabResets TcpAttemptFails",
			"the same port of the client used a moment before: an old SYN "
			"was "
			"still on its way",
			"capture beside the server: are its numbers the same there?" },
	      .causes = { "an old SYN of the same addresses came late, and was answered",
			  "a middlebox rewrites sequence numbers in one direction only",
			  "a balancer let a server answer that holds an older connection",
			  "somebody forges SYN+ACKs" },
	      .remedies = { "once: none; the client's RST puts it right within a second",
			    "often: take sequence number rewriting out of the firewall; "
			    "it "
			    "then protects hosts with guessable numbers no longer",
			    "a wider ephemeral port range makes old addresses rarer; it "
			    "costs nothing but a look at what listens there" },
	  },
	  rules_synack_bad_ack,
	  RULES_NOTE(NOTE_BAD_SYNACK) },
	{ {
	      .id = "synack-changed",
	      .severity = TE_WARNING,
	      .title = "SYN+ACKs with different numbers answer one SYN",
	      .definition = "A further SYN+ACK of one handshake has another initial "
			    "sequence number than the first.",
	      .rfc = "-",
	      .normal = "a repeated SYN+ACK has the number of the first",
	      .why =
		  "Two sockets, or two hosts, answered. The client takes the first that "
		  "arrives; if the server keeps the other one, all that the client "
		  "sends is refused or unheard.",
	      .ladder = { { "SYN_SENT", "-> SYN", "LISTEN" },
			  { NULL, "<- SYN,ACK seq=5000", "SYN_RCVD" },
			  { NULL, "<- SYN,ACK seq=9000", "SYN_RCVD" },
			  { "ESTABLISHED", "-> ACK ack=5001", "ESTABLISHED" },
			  { NULL, "a server that has 9000 answers by RST", NULL } },
	      .look = { "TTL, IP ID and options of both SYN+ACKs: one host or two?",
			"server: nstat -az TcpExtSyncookiesSent TcpExtListenDrops "
			"TcpExtTCPReqQFullDrop",
			"balancer: does it send a repeated SYN to another server?" },
	      .causes = { "SYN cookies, or a SYN proxy: the number was computed anew",
			  "the server had dropped the first attempt, and took the "
			  "repeated "
			  "SYN for a new one",
			  "two hosts answer for one address: a balancer, anycast, or an "
			  "address used twice",
			  "one of them is forged" },
	      .remedies = { "balancer: keep a SYN and its repeats on one server, by a "
			    "hash "
			    "of "
			    "addresses and ports; connections then move when servers "
			    "come "
			    "or go",
			    "a larger backlog (listen(2), net.core.somaxconn) if "
			    "attempts "
			    "are "
			    "dropped; each waiting one takes memory",
			    "an address used twice: arping -D from a third host shows "
			    "it" },
	  },
	  rules_synack_changed,
	  RULES_NOTE(NOTE_SYNACK_CHANGED) },
	{ {
	      .id = "synack-unsolicited",
	      .severity = TE_WARNING,
	      .title = "a SYN+ACK for which there was no SYN",
	      .definition =
		  "A SYN+ACK whose target sent no SYN that the capture has, and "
		  "answers it by RST.",
	      .rfc = "9293:3.10.7.1",
	      .normal = "a SYN before the SYN+ACK; right after the capture began, it may "
			"have passed before",
	      .why = "Somebody sends SYNs in this host's name: it is named in a flood "
		     "against that server, or the SYN took a way that this tap does not "
		     "see.",
	      .ladder = { { NULL, "a SYN in its name, by another", "LISTEN" },
			  { "CLOSED", "<- SYN,ACK", "SYN_RCVD" },
			  { "CLOSED", "-> RST", "CLOSED" } },
	      .look = { "how many servers send such: tcpends --finding "
			"synack-unsolicited",
			"client: nstat -az TcpOutRsts",
			"TTL of the RST against the client's other segments",
			"the routes: does the client's SYN leave by another interface?" },
	      .causes = { "a SYN with this host's address was forged: backscatter of a "
			  "flood elsewhere",
			  "a scanner sends its SYNs around the kernel, and the capture "
			  "lost the SYN",
			  "asymmetric routes: the SYN passed elsewhere, and a firewall "
			  "without it answered by RST" },
	      .remedies = { "nothing is to be mended on this host: its RSTs even help "
			    "the "
			    "server",
			    "a firewall that drops unsolicited SYN+ACKs saves the RSTs, "
			    "and the "
			    "server under attack then waits in vain",
			    "tap both ways, or where they join" },
	      .limits = { "half-open-grace", "rtt-factor" },
	  },
	  rules_synack_unsolicited,
	  RULES_NO_SYN },
	{ {
	      .id = "simultaneous-open",
	      .severity = TE_NOTE,
	      .title = "both ends opened at once",
	      .definition = "Each end sent a SYN before it had the other's, and both are "
			    "one connection.",
	      .rfc = "9293:3.5",
	      .normal = "one end sends the SYN, the other answers by SYN+ACK",
	      .why = "It is legal and rare. Firewalls and other tools often take it for "
		     "two connections, or for an attack, and there is no listener.",
	      .ladder = { { "SYN_SENT", "-> SYN", "SYN_SENT" },
			  { "SYN_RCVD", "<- SYN", "SYN_RCVD" },
			  { NULL, "-> SYN,ACK", "ESTABLISHED" },
			  { "ESTABLISHED", "<- SYN,ACK", NULL } },
	      .look = { "both hosts: which program binds this port and connects from it?",
			"the firewall's log: did it let both SYNs pass?" },
	      .causes = { "peers that make holes in NATs by connecting to each other",
			  "a protocol in which both sides connect from the same fixed "
			  "port "
			  "(BGP, for one)",
			  "a program connected to its own address and port: it meets "
			  "itself" },
	      .remedies = { "none is needed where it is meant",
			    "let one side listen and the other connect; the two must "
			    "agree "
			    "which",
			    "a program that meets itself connects to a dead service in "
			    "its "
			    "own ephemeral range: give the service a port below it" },
	  },
	  rules_simultaneous_open,
	  RULES_ODD_OPENING },
	{ {
	      .id = "split-handshake",
	      .severity = TE_NOTE,
	      .title = "the server answered the SYN by its own SYN",
	      .definition = "The answer to a SYN is a SYN without ACK, perhaps after a "
			    "bare ACK, and the client is left to send the SYN+ACK.",
	      .rfc = "-",
	      .normal = "SYN+ACK in one segment",
	      .why = "The connection works, but its direction is turned round for "
		     "firewalls and sensors that look for the SYN+ACK: they may take the "
		     "server for the client and not inspect what it sends.",
	      .ladder = { { "SYN_SENT", "-> SYN", "LISTEN" },
			  { NULL, "<- ACK", NULL },
			  { "SYN_RCVD", "<- SYN", "SYN_SENT" },
			  { NULL, "-> SYN,ACK", "ESTABLISHED" },
			  { "ESTABLISHED", "<- ACK", NULL } },
	      .look = { "what is this server? Kernels in use do not answer so",
			"the firewall: is a split handshake (TCP split handshake "
			"protection) let through?" },
	      .causes = { "a server made to pass firewalls or sensors unseen",
			  "a test of such a device",
			  "a simultaneous open of which the capture lost a SYN+ACK" },
	      .remedies = { "let the firewall drop it; simultaneous opens are then lost "
			    "as well",
			    "treat the server as hostile until it is known" },
	  },
	  rules_split_handshake,
	  RULES_ODD_OPENING },
	{ {
	      .id = "fast-open",
	      .severity = TE_NOTE,
	      .title = "data was taken with the SYN (TCP Fast Open)",
	      .definition = "The SYN+ACK covers data that the SYN carried.",
	      .rfc = "7413:4.2.2",
	      .normal = "the SYN+ACK covers the SYN alone, and the data is sent again",
	      .why = "The server works on a request before the handshake is done: it may "
		     "answer, and even close, in SYN_RCVD. A repeated SYN may bring the "
		     "same request twice.",
	      .ladder = { { "SYN_SENT", "-> SYN, cookie, 100 bytes", "SYN_RCVD" },
			  { "ESTABLISHED", "<- SYN,ACK ack=101", NULL },
			  { NULL, "<- data", NULL },
			  { NULL, "-> ACK", "ESTABLISHED" } },
	      .look = { "server: nstat -az TcpExtTCPFastOpenPassive "
			"TcpExtTCPFastOpenListenOverflow; ip tcp_metrics on the client",
			"both: sysctl net.ipv4.tcp_fastopen (1 client, 2 server)",
			"code: TCP_FASTOPEN on the listener, MSG_FASTOPEN or "
			"TCP_FASTOPEN_CONNECT on the client" },
	      .causes = { "both ends have Fast Open switched on",
			  "the server takes a SYN's data without a cookie "
			  "(net.ipv4.tcp_fastopen=0x200, or another stack)" },
	      .remedies = { "only requests that may be done twice belong in a SYN",
			    "net.ipv4.tcp_fastopen=0 switches it off, at the price of a "
			    "round trip for each connection" },
	  },
	  rules_fast_open,
	  RULES_ODD_OPENING },
	{ {
	      .id = "syn-on-established",
	      .severity = TE_WARNING,
	      .title = "a SYN with a new number in an open connection",
	      .definition = "A SYN with another initial sequence number on the addresses "
			    "of a connection that is synchronised, and no SYN+ACK in "
			    "answer to it.",
	      .rfc = "9293:3.10.7.4, 5961:4.2",
	      .normal = "a SYN after the old connection is closed, in TIME_WAIT at the "
			"earliest",
	      .why = "One end has lost the connection and opens it anew while the other "
		     "still has it: half-open in the sense of RFC 9293 3.5.1. What the "
		     "old one had in flight is lost. RFC 5961 4.2 answers by a challenge "
		     "ACK, so that a forged SYN does no harm.",
	      .ladder = { { "CLOSED", "the client restarts", "ESTABLISHED" },
			  { "SYN_SENT", "-> SYN, new number", "ESTABLISHED" },
			  { NULL, "<- ACK, old numbers", NULL },
			  { NULL, "-> RST at that ACK number", "CLOSED" },
			  { NULL, "-> SYN again", "SYN_RCVD" },
			  { "ESTABLISHED", "<- SYN,ACK", NULL } },
	      .look = { "client: uptime, and when the program started; does it bind its "
			"local port?",
			"client: nstat -az TcpExtTCPChallengeACK; server: "
			"TcpExtTCPSYNChallenge",
			"NAT on the way: how long does it keep an idle mapping?",
			"server: ss -tan for the client's address: what else is dead "
			"there?" },
	      .causes = { "the host or its program restarted, and uses the same port "
			  "again",
			  "a NAT or firewall forgot the old connection and gave its port "
			  "to a new one",
			  "an old SYN came late",
			  "somebody forges SYNs to tear the connection down" },
	      .remedies = { "keep-alive or a time-out of its own on the server finds "
			    "dead "
			    "clients; "
			    "it costs a probe now and then",
			    "do not bind the client's port; the kernel's choice rarely "
			    "meets an "
			    "old connection",
			    "longer NAT time-outs, or keep-alive below them" },
	      .limits = { "half-open-grace", "rtt-factor" },
	  },
	  rules_syn_on_established,
	  RULES_NOTE(NOTE_SYN_INSIDE) },
};

const struct rules_group rules_handshake = { rows, sizeof(rows) / sizeof(rows[0]) };
