/* rows_halves.c - findings of one direction that closed, and the other that did not
 * follow: all that is said of them */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "fin-unanswered",
	    .absence = true,
	    .severity = TE_WARNING,
	    .title = "a FIN was never acknowledged",
	    .definition = "An end sent its FIN, no ACK that covers it is known to have "
			  "arrived, the "
			  "peer sent neither FIN nor RST, and that lasted longer than "
			  "close-grace or "
			  "rtt-factor round trips.",
	    .rfc = "9293:3.8.3",
	    .normal = "an ACK of the FIN within a round trip; a FIN that is acknowledged "
		      "late, after a repeat or two",
	    .why =
		"The closing program has usually gone on; its kernel keeps an orphan in "
		"FIN_WAIT_1 with all data that is not acknowledged, repeats the FIN for "
		"minutes, then drops it without a packet. The peer, if it lives, still "
		"holds its end ESTABLISHED and knows nothing of the close.",
	    .ladder = { { "ESTABLISHED", "data both ways", "ESTABLISHED" },
			{ "FIN_WAIT_1", "-x FIN,ACK", NULL },
			{ NULL, "0.2 s", NULL },
			{ NULL, "-x FIN,ACK", NULL },
			{ NULL, "0.4 s, 0.8 s, ...", NULL },
			{ NULL, "-x FIN,ACK", NULL },
			{ "(dropped)", "no packet says so", "ESTABLISHED" } },
	    .look = { "on the closing host: ss -tano state fin-wait-1 (timer, Send-Q)",
		      "there: nstat -az TcpExtTCPAbortOnTimeout TcpExtTCPTimeouts",
		      "on the peer: ss -tno dst ADDR; is the connection still there?",
		      "between: a second capture on the peer's side; does the FIN "
		      "arrive?" },
	    .causes = { "the FIN is lost on the way, each time",
			"the peer's host is down, or its network is gone",
			"a firewall or NAT has forgotten the connection and drops its "
			"segments",
			"the ACK is lost on the way back, or takes a way that this tap "
			"does not see" },
	    .remedies = { "harmless once: the kernel gives up after net.ipv4."
			  "tcp_orphan_retries (0 means 8, some 100 s); the price of "
			  "fewer: data of slow peers is lost",
			  "on the peer: keep-alive or an application time-out, or it "
			  "waits for ever; the price: a packet per interval",
			  "often: raise the firewall's time-out for idle connections; "
			  "the price: its memory" },
	    .limits = { "close-grace", "rtt-factor" } },
	  rules_fin_unanswered,
	  RULES_FIN_ALONE },
	{ { .id = "fin-wait-2-stuck",
	    .absence = true,
	    .severity = TE_NOTE,
	    .title = "an end that has closed waits for the other's FIN",
	    .definition =
		"An end is in FIN_WAIT_2 and its peer, in CLOSE_WAIT, sends neither data "
		"nor FIN for longer than the limit. Where close-wait-stuck tells of the "
		"same wait, this is a word in it.",
	    .rfc = "9293:3.6",
	    .normal = "a half-close in use: data keeps coming, and then the FIN",
	    .why =
		"It is the mirror image of a CLOSE_WAIT that leaks: the fault is at the "
		"other host. Here it costs a socket as long as the program holds it "
		"after shutdown(); after close() Linux drops it in 60 s, and what comes "
		"later is answered by RST.",
	    .ladder = { { "ESTABLISHED", "data both ways", "ESTABLISHED" },
			{ "FIN_WAIT_1", "-> FIN,ACK", NULL },
			{ "FIN_WAIT_2", "<- ACK", "CLOSE_WAIT" },
			{ NULL, "no data, no FIN for 60 s", NULL },
			{ "(dropped)", "by Linux, after close()", "CLOSE_WAIT" } },
	    .look = { "on the peer, where the fault is: ss -tanp state close-wait",
		      "on this host: ss -tanpo state fin-wait-2; without a process it is "
		      "an "
		      "orphan with a timer",
		      "on this host: sysctl net.ipv4.tcp_fin_timeout; nstat -az "
		      "TcpExtTCPAbortOnData" },
	    .causes = { "the peer's program never closes: see close-wait-stuck",
			"the peer still works on its answer",
			"the peer's FIN was lost, or went another way than this tap" },
	    .remedies = { "in the peer's code: close() on end of file",
			  "here: close() rather than shutdown() alone when no answer is "
			  "wanted; data that comes after it is refused by RST",
			  "here: a smaller tcp_fin_timeout frees orphans sooner; the "
			  "price: slow peers meet RST" },
	    .limits = { "fin-wait-2-stuck" } },
	  rules_fin_wait_2_stuck,
	  RULES_CLOSE_WAIT },
	{ { .id = "half-closed",
	    .severity = TE_NOTE,
	    .title = "an end sent data after its peer's FIN",
	    .definition =
		"An end in CLOSE_WAIT sent new data: one direction was closed, the other "
		"in use. The time is from the peer's FIN to the last data or FIN.",
	    .rfc = "9293:3.6.1",
	    .normal = "this is legal, and some protocols need it; close-wait-stuck is an "
		      "end that sends nothing more",
	    .why = "It works only if the end that finished used shutdown(SHUT_WR) and "
		   "still reads. If it used close(), the same data draws a RST. Some "
		   "firewalls and balancers cut half-closed connections early.",
	    .ladder = { { "ESTABLISHED", "-> request", "ESTABLISHED" },
			{ "FIN_WAIT_1", "-> FIN,ACK", NULL },
			{ "FIN_WAIT_2", "<- ACK", "CLOSE_WAIT" },
			{ NULL, "<- data", NULL },
			{ NULL, "-> ACK", NULL },
			{ "TIME_WAIT", "<- FIN,ACK", "LAST_ACK" },
			{ NULL, "-> ACK", "CLOSED" } },
	    .look = { "on the end that finished: ss -tanp state fin-wait-2; has it a "
		      "process "
		      "that reads?",
		      "on the way: time-outs for half-closed connections (conntrack: "
		      "net.netfilter.nf_conntrack_tcp_timeout_close_wait, fin_wait)" },
	    .causes = { "the protocol ends a request by shutdown(SHUT_WR)",
			"the end that finished has only timed out, and the other had "
			"still "
			"to send",
			"a last message on the way out, such as TLS close_notify" },
	    .remedies = { "nothing, if both programs mean it",
			  "if data is lost so: agree on the end of a message in the "
			  "protocol, not by FIN; the price: a change of both "
			  "programs" } },
	  rules_half_closed,
	  RULES_NOTE(NOTE_HALF_CLOSED) },
	{ { .id = "simultaneous-close",
	    .severity = TE_NOTE,
	    .title = "both ends closed at once",
	    .definition =
		"Both ends sent a FIN before either had the other's: an end went "
		"through CLOSING.",
	    .rfc = "9293:3.6",
	    .normal = "a FIN that answers a FIN covers it; this is legal too, and rarer",
	    .why =
		"Both ends then hold TIME_WAIT, the server too. Trackers that know only "
		"an active and a passive closer go wrong here.",
	    .ladder = { { "ESTABLISHED", "data both ways", "ESTABLISHED" },
			{ "FIN_WAIT_1", "-> FIN,ACK (on its way)", NULL },
			{ NULL, "<- FIN,ACK (on its way)", "FIN_WAIT_1" },
			{ "CLOSING", "both arrive", "CLOSING" },
			{ NULL, "-> ACK", "TIME_WAIT" },
			{ "TIME_WAIT", "<- ACK", NULL } },
	    .look = { "on both hosts: ss -tan state time-wait",
		      "the programs' idle time-outs: are they the same?" },
	    .causes = { "both programs close on the same event, such as the last message",
			"both have the same idle time-out" },
	    .remedies = { "nothing, as a rule",
			  "if the server's TIME_WAITs hurt: let one side close first, "
			  "with "
			  "an idle time-out shorter by some seconds; it then holds all "
			  "TIME_WAITs" } },
	  rules_simultaneous_close,
	  RULES_CLOSING },
	{ { .id = "close-retransmits",
	    .severity = TE_NOTE,
	    .title = "a FIN had to be repeated",
	    .definition =
		"An end sent its FIN three times or more. Where the last FIN was "
		"never acknowledged, it is a word in missing-final-ack or "
		"fin-unanswered.",
	    .rfc = "9293:3.8.1",
	    .normal = "one FIN; one repeat happens on any lossy path",
	    .why =
		"The close takes as long as the repeats, and the socket lives so long. "
		"It was harmless here in the end, but shows loss, or a host that "
		"answers late.",
	    .ladder = { { "FIN_WAIT_1", "-x FIN,ACK", "ESTABLISHED" },
			{ NULL, "0.2 s", NULL },
			{ NULL, "-x FIN,ACK", NULL },
			{ NULL, "0.4 s", NULL },
			{ NULL, "-> FIN,ACK", "CLOSE_WAIT" },
			{ "FIN_WAIT_2", "<- ACK", NULL } },
	    .look = { "on the repeating host: nstat -az TcpRetransSegs TcpExtTCPTimeouts",
		      "compare with repeats of data on the same path",
		      "a second capture at the peer: does the FIN arrive, does its "
		      "ACK?" },
	    .causes = { "the FIN is lost on the way", "its ACK is lost on the way back",
			"the peer's host answers late" },
	    .remedies = { "look for the loss: it hits data too",
			  "no setting helps; the kernel repeats until it is answered or "
			  "tcp_orphan_retries is reached" } },
	  rules_close_retransmits,
	  RULES_FIN_REPEATS },
};

const struct rules_group rules_halves = { rows, sizeof(rows) / sizeof(rows[0]) };
