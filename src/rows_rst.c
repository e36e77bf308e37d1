/* rows_rst.c - findings of resets: all that is said of them */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "rst-abort",
	    .severity = TE_WARNING,
	    .title = "an end threw the connection away by RST",
	    .definition =
		"A RST at the sender's next sequence number, not as an answer, in "
		"a synchronised state, before its own FIN.",
	    .rfc = "9293:3.10.5",
	    .normal = "a FIN in each direction",
	    .causes = { "SO_LINGER {1,0} and close()",
			"closed with unread data in the receive buffer",
			"the listener was closed with this connection still queued",
			"the process was killed with unread data",
			"keep-alive or user time-out after unanswered segments",
			"orphan limit or memory pressure in the kernel",
			"ss -K or a similar tool",
			"a firewall, balancer or NAT ended an idle flow" },
	    .remedies = { "in the code: read until end of file before close(); no "
			  "SO_LINGER 0",
			  "shutdown(SHUT_WR), read to the end, then close()" },
	    .notes = 1u << NOTE_RST },
	  rules_rst_abort },
	{ { .id = "rst-after-fin",
	    .severity = TE_WARNING,
	    .title = "an end that had closed refused more data",
	    .definition =
		"A RST after the sender's own FIN, before the peer's FIN was covered.",
	    .rfc = "9293:3.10.5",
	    .normal = "the peer's FIN is taken and acknowledged",
	    .causes = { "close() instead of shutdown(): data that came after it is "
			"refused",
			"closed with unread data behind the FIN",
			"FIN_WAIT_2 timed out on this host (tcp_fin_timeout)" },
	    .remedies = { "shutdown(SHUT_WR), read to the end, then close()" },
	    .notes = 1u << NOTE_RST },
	  rules_rst_after_fin },
	{ { .id = "rst-no-connection",
	    .severity = TE_WARNING,
	    .title = "a segment met a host without its connection",
	    .definition =
		"A RST without ACK whose SEQ is the ACK number of the segment that "
		"it answers.",
	    .rfc = "9293:3.10.7.1",
	    .normal = "both ends know the connection until both have closed",
	    .causes = { "that host or its program restarted",
			"it had closed and forgotten the connection (orphan, FIN_WAIT_2 "
			"time-out)",
			"a late segment after the close",
			"a balancer sent the segment to another host" },
	    .remedies = { "look for what closed that end first: an earlier RST, a "
			  "restart",
			  "keep-alive shorter than the shortest time-out on the way" },
	    .notes = 1u << NOTE_RST },
	  rules_rst_no_connection },
	{ { .id = "rst-rejected",
	    .severity = TE_NOTE,
	    .title = "a RST that its target does not accept",
	    .definition =
		"A RST outside the window, or inside it but not at the next number "
		"expected: no change of state.",
	    .rfc = "RFC 5961:3.2",
	    .normal = "a RST at exactly the receiver's next expected number",
	    .causes = { "a late or blindly forged RST",
			"a middlebox that does not know the numbers" },
	    .remedies = { "compare TTL and IP ID with the end's other segments" },
	    .notes = 1u << NOTE_RST },
	  rules_rst_rejected },
	{ { .id = "rst-forged",
	    .severity = TE_ERROR,
	    .title = "a RST that its apparent sender did not send",
	    .definition = "The sender goes on as if it had sent none: newer timestamps, "
			  "acknowledgments or data.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "silence, or only RSTs, after a RST",
	    .causes = { "a middlebox or firewall resets the connection in its name",
			"an attacker who sees the numbers" },
	    .remedies = { "compare TTL and IP ID: where on the way was it made?" },
	    .notes = 1u << NOTE_RST },
	  rules_rst_forged },
	{ { .id = "rst-in-time-wait",
	    .severity = TE_WARNING,
	    .title = "a RST toward an end in TIME_WAIT",
	    .definition =
		"A RST that an end in TIME_WAIT may accept, which ends TIME_WAIT "
		"early.",
	    .rfc = "RFC 1337",
	    .normal = "TIME_WAIT lasts for 2MSL",
	    .causes = { "an old duplicate was answered by an ACK, and that ACK by this "
			"RST",
			"the peer's program reset a connection that was already closed" },
	    .remedies = { "net.ipv4.tcp_rfc1337=1 on the host in TIME_WAIT" },
	    .notes = 1u << NOTE_RST },
	  rules_rst_in_time_wait },
	{ { .id = "rst-lost",
	    .severity = TE_WARNING,
	    .title = "a RST did not arrive",
	    .definition = "The receiver goes on, later than a round trip, as if none had "
			  "come: half-open in the sense of RFC 9293 3.5.1.",
	    .rfc = "9293:3.5.1",
	    .normal = "data that crosses the RST within a round trip",
	    .causes = { "the RST was lost between the tap and the receiver",
			"a firewall dropped it" },
	    .remedies = { "the next segment draws another RST; keep-alive finds idle "
			  "ones" },
	    .notes = 1u << NOTE_RST_LOST },
	  rules_rst_lost },
};

const struct rules_group rules_rst = { rows, sizeof(rows) / sizeof(rows[0]) };
