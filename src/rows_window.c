/* rows_window.c - findings of windows, numbers beyond them, and content */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "zero-window",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "an end closed its window",
	    .definition =
		"Segments with a window of 0 before anybody's FIN: the receive buffer is "
		"full.",
	    .rfc = "9293:3.8.6.1",
	    .normal = "the program reads as fast as data comes, so the window stays open",
	    .why = "The sender has to wait until the receiving program reads. It is that "
		   "program that is slow, not the network.",
	    .ladder = { { "ESTABLISHED", "-> data", "ESTABLISHED" },
			{ NULL, "<- ACK win 0", "buffer full" },
			{ NULL, "-> probe", NULL },
			{ NULL, "<- ACK win 0", NULL },
			{ NULL, "<- ACK win 65535", "program has read" },
			{ NULL, "-> data", NULL } },
	    .look = { "on that end: ss -tmn, Recv-Q and skmem of the socket",
		      "on that end: nstat -az TcpExtTCPToZeroWindowAdv "
		      "TcpExtTCPFromZeroWindowAdv",
		      "in its program: what does it do between two reads?" },
	    .causes = { "the program reads slower than its peer sends",
			"the program waits for something else before it reads on",
			"the receive buffer is small for this rate" },
	    .remedies = { "read in a loop or thread of its own; more concurrency in the "
			  "program",
			  "a larger receive buffer (tcp_rmem) takes longer bursts; the "
			  "price is memory per connection" } },
	  rules_zero_window,
	  RULES_EVENT(TRANSFER_ZERO_WINDOW) },
	{ { .id = "zero-window-stuck",
	    .absence = true,
	    .severity = TE_WARNING,
	    .plain_fact = true,
	    .title = "a window stays closed and its peer has to wait",
	    .definition =
		"An end's window is 0 for longer than the limit, and its peer probes it: "
		"there is data to send.",
	    .rfc = "9293:3.8.6.1",
	    .normal = "the window opens again as soon as the program reads",
	    .why = "The receiving program does not read. The sender holds data and a "
		   "socket, for ever if need be: as long as probes are answered, no TCP "
		   "gives up (RFC 9293 3.8.6.1).",
	    .ladder = { { "ESTABLISHED", "-> data", "ESTABLISHED" },
			{ NULL, "<- ACK win 0", "buffer full" },
			{ NULL, "-> probe", NULL },
			{ NULL, "<- ACK win 0", NULL },
			{ NULL, "30 s and more", "nobody reads" },
			{ NULL, "-> probe", NULL },
			{ NULL, "<- ACK win 0", NULL } },
	    .look = { "on the closed end: ss -tnp, Recv-Q stands; the process it belongs "
		      "to",
		      "on the closed end: where does that process hang? (its stack, "
		      "strace -p, gdb)",
		      "on the sender: ss -to, timer:(persist,...), Send-Q stands" },
	    .limits = { "zero-window-stuck" },
	    .causes = { "the program hangs, or waits for a lock, a disk or another peer",
			"both programs write and neither reads: a deadlock of two full "
			"buffers",
			"the program keeps the socket and has forgotten it",
			"a client that reads slowly on purpose, to hold resources" },
	    .remedies = { "repair the reader: read and write at the same time, or "
			  "without "
			  "blocking",
			  "a write time-out in the sending program frees its side; slow "
			  "but honest peers are cut, too",
			  "TCP_USER_TIMEOUT on the sender does the same in the kernel "
			  "(Linux counts a closed window in)" } },
	  rules_zero_window_stuck,
	  RULES_EVENT(TRANSFER_ZERO_WINDOW) },
	{ { .id = "window-shrunk",
	    .absence = true,
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "an end took back window that it had offered",
	    .definition = "The ACK number and the scaled window together went back by "
			  "more than one "
			  "unit of the scale. The scale must be known from both SYNs.",
	    .rfc = "9293:3.8.6",
	    .normal = "the right edge of a window never moves left",
	    .why = "Data already on its way is then out of the window and is dropped. "
		   "RFC 9293 discourages it, and asks senders to bear it.",
	    .ladder = { { "ESTABLISHED", "<- ACK 1 win 65535", "ESTABLISHED" },
			{ NULL, "-> data 1..1000", NULL },
			{ NULL, "<- ACK 1001 win 10000", "edge back at 11001" } },
	    .look = { "on that end: sysctl net.ipv4.tcp_shrink_window (newer "
		      "Linux), tcp_mem, memory pressure",
		      "on the way: boxes that rewrite windows to shape traffic" },
	    .causes = { "the receiver is short of memory and gives back buffer",
			"net.ipv4.tcp_shrink_window=1 on the receiver",
			"a middlebox rewrites the window" },
	    .remedies = { "none is needed if it is rare",
			  "more receive memory (tcp_rmem, tcp_mem) on that host" } },
	  rules_window_shrunk,
	  RULES_EVENT(TRANSFER_WINDOW_SHRUNK) },
	{ { .id = "out-of-window",
	    .absence = true,
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "data beyond all that the receiver had offered",
	    .definition = "Data that begins at or beyond the right edge of every window "
			  "its receiver "
			  "offered, and is never acknowledged. The scale must be known.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "data stays within the receiver's window, but for probes of one "
		      "byte",
	    .why =
		"The receiver drops it and answers by an ACK. No sender that knows the "
		"connection does this, so it was probably made by somebody else.",
	    .ladder = { { "ESTABLISHED", "<- ACK 1 win 1000", "ESTABLISHED" },
			{ NULL, "-> data 900001..900100", "dropped" },
			{ NULL, "<- ACK 1 win 1000", NULL } },
	    .look = { "in the capture: TTL and IP ID of the frame, against its sender's "
		      "others",
		      "on the receiver: nstat -az TcpExtTCPACKSkippedSeq "
		      "TcpExtTCPChallengeACK" },
	    .causes = { "somebody injects data without knowing the window",
			"an old duplicate of an earlier connection on the same addresses",
			"the capture lacks the ACKs that opened the window" },
	    .remedies = { "find out where it was made: capture nearer to its sender" } },
	  rules_out_of_window,
	  RULES_EVENT(TRANSFER_OUT_OF_WINDOW) },
	{ { .id = "ack-of-unsent",
	    .absence = true,
	    .severity = TE_WARNING,
	    .title = "an end acknowledged what its peer had not sent",
	    .definition =
		"An ACK number above all that the peer was seen to send, and the peer "
		"goes "
		"on below it. What the tap only swapped, within 10 ms, does not count.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "an ACK number is at most the peer's SND.NXT",
	    .why =
		"The segment is dropped whole, its data and FIN included, and answered "
		"by an ACK (RFC 5961 5.2). Either its sender is broken, or it is not "
		"its own.",
	    .ladder = { { "ESTABLISHED", "-> data 1..100", "ESTABLISHED" },
			{ NULL, "<- ACK 101", NULL },
			{ "dropped", "<- ACK 50101", NULL },
			{ NULL, "-> data 101..200", NULL } },
	    .look = { "in the capture: TTL and IP ID of that frame, against its sender's "
		      "others",
		      "on the other end: nstat -az TcpExtTCPChallengeACK",
		      "on the way: proxies and boxes that acknowledge in an end's name" },
	    .causes = { "somebody injects segments without knowing the numbers",
			"a middlebox answers in the end's name, and counts wrong",
			"an optimistic ACK, to make the sender faster than the path "
			"allows" },
	    .remedies = { "capture on both sides of the boxes between, to see who makes "
			  "it" } },
	  rules_ack_of_unsent,
	  RULES_NOTE(NOTE_ACK_OF_UNSENT) },
	{ { .id = "overlap-conflict",
	    .severity = TE_ERROR,
	    .plain_fact = true,
	    .title = "the same bytes sent again with other content",
	    .definition =
		"Two segments of one end begin at the same sequence number, and the "
		"first "
		"bytes of their payload, up to 32 that both have, differ. Looked at are "
		"captured payloads with a checksum that is not wrong, each against the "
		"latest few thousand segments with data of the whole capture, on "
		"connections of which the capture lost nothing.",
	    .rfc = "9293:3.4",
	    .normal = "a repeat carries the bytes that it carried the first time",
	    .why = "Which of the two the program was given depends on which came first. "
		   "It is how data is injected into connections and past filters; an "
		   "honest TCP never does it.",
	    .ladder = { { "ESTABLISHED", NULL, "ESTABLISHED" },
			{ NULL, "-> data 1..100 \"abc\"", NULL },
			{ NULL, "-> data 1..100 \"xyz\"", "has one of them" },
			{ NULL, "<- ACK 101", NULL } },
	    .look = { "in the capture: TTL, IP ID and payload of both frames",
		      "on the way: filters and proxies that answer in a host's name",
		      "on the sender: a capture on its own interface shows which one it "
		      "sent" },
	    .causes = { "somebody injects data and races the true sender",
			"a middlebox rewrites payload, and did so once only",
			"the sender's TCP or its network card is broken",
			"the payload was made anonymous, or damaged, after the capture" },
	    .remedies = { "treat what the connection carried as not trustworthy",
			  "TLS, or TCP-AO (RFC 5925): injected data then breaks the "
			  "connection instead of entering it" } },
	  rules_overlap_conflict,
	  RULES_EVENT(TRANSFER_OVERLAP_CONFLICT) },
	{ { .id = "one-way",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "only one direction is in the capture",
	    .definition =
		"One end has no segment here, and the other's ACK numbers show that it "
		"was there.",
	    .rfc = "-",
	    .normal = "both directions pass the tap",
	    .why = "The silent end's states are only known as far as the other one "
		   "acknowledges it. What seems to be missing may be in the direction "
		   "that was not captured.",
	    .ladder = { { "SYN_SENT", "-> SYN", NULL },
			{ "ESTABLISHED", "the SYN,ACK takes another way", "SYN_RCVD" },
			{ NULL, "-> ACK", "ESTABLISHED" },
			{ NULL, "-> data", NULL },
			{ NULL, "the answer takes another way", NULL },
			{ NULL, "-> ACK of the answer", NULL } },
	    .look = { "at the tap: does the mirror port copy both directions, the filter "
		      "pass both?",
		      "on the way: asymmetric routes" },
	    .causes = { "the filter of the capture passes one direction",
			"a mirror port or tap that copies one direction",
			"the two directions take different ways (asymmetric routing)" },
	    .remedies = { "capture both directions, or on one of the two hosts; the "
			  "price "
			  "is more packets" } },
	  rules_one_way,
	  RULES_ONE_WAY },
};

const struct rules_group rules_window = { rows, sizeof(rows) / sizeof(rows[0]) };
