/* rules.c - the catalogue of findings
 *
 * One row and one function each: text, JSON, --explain, --list-findings, the man page's
 * list and the tests are driven by this table. A finding says what the packets prove; its
 * causes are candidates, of which the check keeps those that the capture allows.
 */
#include "rules.h"
#include "rules_table.h"

#include <string.h>

struct row {
	struct te_rule rule;
	rules_check_fn *check;
};

static const struct row rows[] = {
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
			  "a larger backlog and net.core.somaxconn; accept faster" } },
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
			  "address?" } },
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
			  "else look at the client's time-out" } },
	  rules_open_aborted },
	{ { .id = "missing-final-ack",
	    .severity = TE_WARNING,
	    .title = "the last FIN was never acknowledged",
	    .definition =
		"Both ends sent a FIN and the last one was never covered by an ACK "
		"that arrived.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "an ACK of the last FIN within a round trip",
	    .causes = { "the ACK was lost, and the host that should repeat it no longer "
			"has "
			"the connection",
			"the peer's host is gone, or a firewall has forgotten the "
			"connection",
			"the peer's kernel dropped its TIME_WAIT or FIN_WAIT_2 early" },
	    .remedies = { "harmless once: the kernel gives up after tcp_orphan_retries",
			  "often: compare the firewall's time-outs for half-closed "
			  "connections" } },
	  rules_missing_final_ack },
	{ { .id = "close-wait-stuck",
	    .severity = TE_WARNING,
	    .title = "an end got a FIN and does not close",
	    .definition =
		"An end in CLOSE_WAIT sends neither FIN nor data for longer than "
		"the limit.",
	    .rfc = "9293:3.10.4",
	    .normal = "a legal half-close: data still flows, or the FIN follows soon",
	    .causes = { "its program never calls close(): a leaked descriptor",
			"its program is still working on the answer, or hangs",
			"a child process still holds the socket" },
	    .remedies = { "on that host: ss -tanp state close-wait; the program's "
			  "descriptors "
			  "in /proc/PID/fd",
			  "in the code: close() on end of file (read returns 0) on every "
			  "path",
			  "no kernel setting helps: CLOSE_WAIT has no time-out" } },
	  rules_close_wait_stuck },
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
			  "shutdown(SHUT_WR), read to the end, then close()" } },
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
	    .remedies = { "shutdown(SHUT_WR), read to the end, then close()" } },
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
			  "keep-alive shorter than the shortest time-out on the way" } },
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
	    .remedies = { "compare TTL and IP ID with the end's other segments" } },
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
	    .remedies = { "compare TTL and IP ID: where on the way was it made?" } },
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
	    .remedies = { "net.ipv4.tcp_rfc1337=1 on the host in TIME_WAIT" } },
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
			  "ones" } },
	  rules_rst_lost },
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

size_t te_rule_count(void)
{
	return ROW_COUNT;
}

const struct te_rule *te_rule_at(size_t i)
{
	return &rows[i].rule;
}

const struct te_rule *te_rule_find(const char *id)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (!strcmp(rows[i].rule.id, id))
			return &rows[i].rule;
	return NULL;
}

size_t rules_index(const struct te_rule *rule)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (&rows[i].rule == rule)
			return i;
	return 0;
}

/* Whatever a finding says of an end that was first seen in the middle of its connection,
 * or whose last step is in doubt, is in doubt. */
static bool is_sure_of_end(const struct rule_view *view, const struct te_finding *finding)
{
	const struct conn *conn = view->conn;
	enum side client = (enum side)conn->client;
	const struct end *end;

	if (finding->end == TE_NO_END)
		return true;
	end = &conn->end[finding->end == TE_CLIENT ? client : side_other(client)];
	return !end->assumed && !end->doubted;
}

size_t rules_check(const struct rule_view *view, struct te_finding out[RULES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < ROW_COUNT && count < RULES_MAX; i++) {
		struct te_finding *finding = &out[count];

		*finding = (struct te_finding){ .rule = &rows[i].rule,
						.severity = rows[i].rule.severity,
						.scope = TE_SCOPE_CONNECTION,
						.connection = view->verdict,
						.end = TE_NO_END,
						.time = TE_TIME_NONE,
						.certain = true };
		if (!rows[i].check(view, finding))
			continue;
		finding->certain &= is_sure_of_end(view, finding);
		count++;
	}
	return count;
}
