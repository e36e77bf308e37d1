/* rows_transfer.c - findings of data on its way: all that is said of them
 *
 * Most are quiet: they are counted, and explain what else is found. A segment lost here
 * and there is how TCP works.
 */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "retransmission",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "segments were sent again",
	    .definition =
		"Data that had passed the tap passed it again, or filled a hole later "
		"than a round trip, or a SYN was repeated until it was answered. Copies "
		"that the network made, keep-alives and FINs are not counted.",
	    .rfc = "9293:3.8.1",
	    .normal = "each byte passes once; what is overtaken arrives within a round "
		      "trip",
	    .why =
		"Each one costs a round trip or a time-out, 200 ms at least on Linux, "
		"1 s for a SYN. They explain slow openings and late closes; a few in a "
		"thousand segments are ordinary.",
	    .ladder = { { "ESTABLISHED", NULL, "ESTABLISHED" },
			{ NULL, "-x data 1..1000", NULL },
			{ NULL, "no ACK comes", NULL },
			{ NULL, "-> data 1..1000 again", NULL },
			{ NULL, "<- ACK 1001", NULL } },
	    .look = { "on the sender: ss -ti shows retrans and lost of each connection",
		      "on the sender: nstat -az TcpRetransSegs TcpExtTCPLostRetransmit "
		      "TcpExtTCPTimeouts",
		      "on both hosts and the switches between: ethtool -S and ip -s "
		      "link, "
		      "for drops and errors" },
	    .causes = { "a segment, or its ACK, was lost on the way",
			"a queue on the way was full, or a policer dropped it",
			"the receiver's host was too busy, or its buffer was full",
			"the ACK came later than the sender's time-out: nothing was "
			"lost" },
	    .remedies = { "find the lossy hop with two captures at once; the price is "
			  "the second tap",
			  "shape to the rate of the bottleneck instead of policing; "
			  "costs "
			  "a little delay",
			  "a better congestion control (bbr) hides loss, it does not "
			  "cure "
			  "it, and is harder on its neighbours" } },
	  rules_retransmission,
	  RULES_EVENT(TRANSFER_RETRANSMISSION) | RULES_NOTE(NOTE_SYN_REPEAT) |
	      RULES_NOTE(NOTE_SYNACK_REPEAT) },
	{ { .id = "out-of-order",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "segments overtook each other before the tap",
	    .definition =
		"A segment filled a hole in its sender's stream within a round trip, or "
		"with a timestamp older than its sender's last one: it was sent before "
		"what passed ahead of it.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "segments pass in the order of their sequence numbers",
	    .why =
		"The receiver answers each with a duplicate ACK, and three of those "
		"make the sender repeat what was never lost. A FIN that overtakes data "
		"waits for it.",
	    .ladder = { { "ESTABLISHED", "-> data 1001..2000", "ESTABLISHED" },
			{ NULL, "<- ACK 1 (a hole)", NULL },
			{ NULL, "-> data 1..1000, sent before", NULL },
			{ NULL, "<- ACK 2001", NULL } },
	    .look = { "on the receiver: nstat -az TcpExtTCPOFOQueue",
		      "on the sender: ss -ti, reordering and dsack_dups of the "
		      "connection",
		      "at the tap: several receive queues without a common clock reorder "
		      "what was in order" },
	    .causes = { "several paths between the hosts, taken packet by packet",
			"several receive queues of the capture, merged in another order",
			"repair on a link below IP (Wi-Fi, mobile) that lets others "
			"pass" },
	    .remedies = { "balance by flow, not by packet; one flow is then bound to one "
			  "path's rate",
			  "capture with one queue or one clock, to see whether it is the "
			  "tap" } },
	  rules_out_of_order,
	  RULES_EVENT(TRANSFER_OUT_OF_ORDER) },
	{ { .id = "duplicate-ack",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "an ACK number repeated while data was under way",
	    .definition =
		"A bare ACK with the same number and window as the one before, while its "
		"peer has data or a FIN that is not acknowledged (RFC 5681 2).",
	    .rfc = "5681:2",
	    .normal = "each bare ACK moves the number or the window",
	    .why = "The receiver says: something came, but not what I wait for. It marks "
		   "the moment at which a loss or reordering reached the other end.",
	    .ladder = { { "ESTABLISHED", "-x data 1..1000", "ESTABLISHED" },
			{ NULL, "-> data 1001..2000", NULL },
			{ NULL, "<- ACK 1", NULL },
			{ NULL, "-> data 2001..3000", NULL },
			{ NULL, "<- ACK 1 again", NULL },
			{ NULL, "-> data 1..1000 again", NULL },
			{ NULL, "<- ACK 3001", NULL } },
	    .look = { "in this connection: the retransmission that follows, and which "
		      "bytes it has",
		      "on the receiver: nstat -az TcpExtTCPOFOQueue "
		      "TcpExtTCPDSACKOldSent" },
	    .causes = { "a segment before it was lost", "segments overtook each other",
			"a segment came twice, and the second was answered (D-SACK)" },
	    .remedies = { "as for retransmission: find where segments are lost or "
			  "overtaken" } },
	  rules_duplicate_ack,
	  RULES_EVENT(TRANSFER_DUPLICATE_ACK) },
	{ { .id = "keep-alive",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "keep-alives were sent",
	    .definition =
		"A segment at SND.NXT-1 with no byte or one, when all that was sent is "
		"acknowledged. It is no repeat and moves nothing.",
	    .rfc = "9293:3.8.4",
	    .normal = "an idle connection is silent",
	    .why = "They show that a program or a kernel wants the idle connection kept, "
		   "and that the peer still knows it as long as it answers.",
	    .ladder = { { "ESTABLISHED", NULL, "ESTABLISHED" },
			{ NULL, "nothing for 2 h (tcp_keepalive_time)", NULL },
			{ NULL, "-> ACK, SEQ = SND.NXT-1", NULL },
			{ NULL, "<- ACK", NULL } },
	    .look = { "on the sender: ss -to, timer:(keepalive,...)",
		      "on the sender: sysctl net.ipv4.tcp_keepalive_time, _intvl, "
		      "_probes",
		      "in its code: SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, "
		      "TCP_KEEPCNT" },
	    .causes = { "SO_KEEPALIVE is set by the program or its library",
			"a balancer or NAT on the way keeps its own entry alive" },
	    .remedies = { "none is needed; an interval shorter than the shortest idle "
			  "time-out on the way costs a packet or two a minute" } },
	  rules_keep_alive,
	  RULES_EVENT(TRANSFER_KEEP_ALIVE) },
	{ { .id = "keep-alive-dead",
	    .absence = true,
	    .severity = TE_WARNING,
	    .title = "three keep-alives in a row were not answered",
	    .definition =
		"An end sent at least three keep-alives, its peer sent nothing after any "
		"of them, and had time to answer the last.",
	    .rfc = "9293:3.8.4",
	    .normal = "each keep-alive is answered by an ACK, or by a RST if the "
		      "connection is gone",
	    .why =
		"One end holds a socket for a peer that is not there. Until the kernel "
		"gives up (Linux: nine probes, 75 s apart) the program believes that "
		"it is connected.",
	    .ladder = { { "ESTABLISHED", NULL, "ESTABLISHED" },
			{ NULL, "-x ACK, SEQ = SND.NXT-1", "gone?" },
			{ NULL, "75 s (tcp_keepalive_intvl)", NULL },
			{ NULL, "-x ACK, SEQ = SND.NXT-1", NULL },
			{ NULL, "75 s", NULL },
			{ NULL, "-x ACK, SEQ = SND.NXT-1", NULL },
			{ "CLOSED", "-> RST, after the last probe", NULL } },
	    .look = { "on the peer: is it up, and does ss -tan know the connection?",
		      "on the prober: ss -to, timer:(keepalive,...,n): n probes are out",
		      "on the way: the idle time-out of firewalls, NAT and balancers" },
	    .limits = { "close-grace", "rtt-factor" },
	    .causes = { "the peer's host crashed, lost its power or its network",
			"a firewall, NAT or balancer forgot the idle connection and "
			"drops "
			"silently",
			"the peer's address moved to another host",
			"the peer drops what it does not know instead of answering by "
			"RST" },
	    .remedies = { "keep-alive time below the shortest idle time-out on the way "
			  "(TCP_KEEPIDLE, for example 240 s): a packet each time",
			  "TCP_USER_TIMEOUT bounds how long the prober waits; a short "
			  "outage then kills connections that would have survived",
			  "heartbeats in the protocol also tell a hanging program; they "
			  "need both ends' code" } },
	  rules_keep_alive_dead,
	  RULES_EVENT(TRANSFER_KEEP_ALIVE) },
	{ { .id = "challenge-ack",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "an end answered a RST or SYN by a challenge ACK",
	    .definition = "An end in a synchronised state was sent a RST or an old SYN "
			  "and answered, "
			  "a round trip later, by a bare ACK that moves nothing (RFC "
			  "5961 3.2, 4.2). "
			  "Of a RST that was rejected it is named there.",
	    .rfc = "5961:4.2",
	    .normal = "nobody sends a SYN or an inexact RST into an open connection",
	    .why = "The connection lives; who sent the RST or SYN did not know its "
		   "numbers. Linux sends at most one per 500 ms and socket, so silence "
		   "proves nothing.",
	    .ladder = { { "ESTABLISHED", NULL, "ESTABLISHED" },
			{ NULL, "-> SYN (a late copy)", NULL },
			{ NULL, "<- ACK, the numbers as they are", NULL },
			{ "ESTABLISHED", "nothing changed", "ESTABLISHED" } },
	    .look = { "on the challenger: nstat -az TcpExtTCPChallengeACK "
		      "TcpExtTCPSYNChallenge",
		      "in the capture: TTL and IP ID of the SYN or RST, against its "
		      "sender's others" },
	    .causes = { "a late copy of the connection's own SYN",
			"the other host restarted and uses the same port again",
			"somebody injects segments" },
	    .remedies = { "none is needed: this is the protection at work" } },
	  rules_challenge_ack,
	  RULES_EVENT(TRANSFER_CHALLENGE_ACK) },
	{ { .id = "paws-reject",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "data with an old timestamp was rejected",
	    .definition =
		"New data with a TSval below its sender's last one, answered a round "
		"trip "
		"later by a bare ACK that does not cover it (RFC 7323 5.3, R1).",
	    .rfc = "7323:5.3",
	    .normal = "a sender's timestamps never run backwards",
	    .why = "The receiver drops each such segment: the connection stands still, "
		   "although all its segments arrive.",
	    .ladder = { { "ESTABLISHED", NULL, "ESTABLISHED" },
			{ NULL, "-> data, TSval 5000", NULL },
			{ NULL, "<- ACK", NULL },
			{ NULL, "-> data, TSval 4000", "dropped" },
			{ NULL, "<- ACK, the number as before", NULL } },
	    .look = { "on the receiver: nstat -az TcpExtPAWSEstab TcpExtPAWSActive",
		      "on the sender: sysctl net.ipv4.tcp_timestamps; was the host or "
		      "its "
		      "VM suspended, cloned or moved?",
		      "at the tap: TTL and IP ID: do two hosts share one address?" },
	    .causes = { "the sender's timestamp clock went back (moved VM, restarted "
			"proxy)",
			"a middlebox rewrites timestamps, or several hosts are behind "
			"one "
			"address",
			"an old duplicate of the network" },
	    .remedies = { "repair the box that rewrites timestamps",
			  "net.ipv4.tcp_timestamps=0 on one host avoids the check; the "
			  "price is worse round-trip times and no protection from old "
			  "duplicates" } },
	  rules_paws_reject,
	  RULES_EVENT(TRANSFER_PAWS_REJECT) },
	{ { .id = "impossible-event",
	    .absence = true,
	    .severity = TE_NOTE,
	    .quiet = true,
	    .title = "an end did what its state does not allow",
	    .definition =
		"An end sent a SYN, SYN+ACK, FIN or RST for which the table of states "
		"(doc/states.md 2) has no row. At most one is told of each end.",
	    .rfc = "9293:3.10",
	    .normal = "each flag is sent in a state that RFC 9293 has a transition for",
	    .why = "Either the capture lacks what came before, or somebody else sent it. "
		   "What is said of this end's state after it is weaker.",
	    .ladder = { { "ESTABLISHED", NULL, "ESTABLISHED" },
			{ NULL, "-> SYN,ACK", NULL },
			{ "ESTABLISHED", "no row for that: nothing moves",
			  "ESTABLISHED" } },
	    .look = { "in the capture: the frame, its TTL and IP ID, and what is lost "
		      "before it",
		      "on its sender: is it an ordinary TCP, or a middlebox, a test "
		      "tool, "
		      "a small device?" },
	    .causes = { "segments before it are not in the capture",
			"somebody else sent it in the end's name",
			"a TCP that does not follow RFC 9293" },
	    .remedies = { "capture at the sender's own host, to know whether it sent "
			  "it" } },
	  rules_impossible_event,
	  RULES_NOTE(NOTE_IMPOSSIBLE) },
};

const struct rules_group rules_transfer = { rows, sizeof(rows) / sizeof(rows[0]) };
