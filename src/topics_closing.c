/* topics_closing.c - what --explain knows about closing, well and badly */
#include "config.h"
#include "topics_table.h"

/* clang-format off */
static const struct topic topics[] = {
	{ .id = "half-close",
	  .title = "shutdown(SHUT_WR) against close()",
	  .words = "shutdown SHUT_WR SD_SEND lingering-close graceful-close",
	  .text = {
		"A FIN closes one direction: \"I have nothing more to send\". The other "
		"direction may go on for as long as it likes; that is legal, and called "
		"half-closed (RFC 9293 3.6.1).",
		"- shutdown(fd, SHUT_WR) sends the FIN and keeps reading. What the peer "
		"still sends is delivered. FIN_WAIT_2 then has no time-out. Windows "
		"calls it SD_SEND.",
		"- close(fd) sends the FIN and gives up reading too. Data that comes "
		"later is answered by RST; data that has come and was not read turns "
		"the FIN itself into a RST (RFC 2525 2.17). FIN_WAIT_2 becomes an "
		"orphan and is dropped, on Linux after net.ipv4.tcp_fin_timeout, 60 s.",
		"- close() of a descriptor that another process or dup() holds too "
		"sends nothing; shutdown() always does.",
		"A close that loses nothing: write all, shutdown(SHUT_WR), read until "
		"0, close(). With a time-out for the reading, as the peer may never "
		"finish. Servers that refuse a request before they have read it need "
		"this (a lingering close), or the client loses the answer to the RST.",
		"On the wire the two calls look alike until something comes back.",
	  },
	  .rfc = "9293:3.6.1, 1122:4.2.2.13, 2525:2.17",
	  .see = { "linger", "close-wait", "fin-wait-2", "rst-after-fin", "rst-abort",
		    "half-closed", "data-after-fin" } },
	{ .id = "close-wait",
	  .title = "CLOSE_WAIT: the local program's own missing close()",
	  .words = "CLOSE_WAIT CLOSEWAIT leak EMFILE",
	  .text = {
		"An end is in CLOSE_WAIT once it has received the peer's FIN and until "
		"its own program closes: CLOSE_WAIT is always the local program's own "
		"missing close(). The kernel has acknowledged the FIN and told the "
		"program: read() returns 0, poll() says readable. Nothing else ends the "
		"state: no packet that is owed, no timer, no sysctl.",
		"- For a moment, or while an answer is being sent: normal.",
		"- For long and without data: the program still works, hangs, or has "
		"forgotten the descriptor. Only the host itself can tell which: ss "
		"-tanp state close-wait, then the process.",
		"- Growing: a leak. It ends with EMFILE, accept() failing, and a "
		"service that looks alive.",
		"Usual places: an error path without close(); a pool that is never "
		"tested; a thread that waits for something else; a loop that takes "
		"read() == 0 for \"nothing yet\"; a child that inherited the descriptor "
		"(SOCK_CLOEXEC); a response body that was not closed.",
		"The peer sits in FIN_WAIT_2 meanwhile, until its kernel drops it after "
		"a minute; then a segment from here is answered by RST.",
	  },
	  .rfc = "9293:3.6, 9293:3.10.4",
	  .see = { "half-close", "fin-wait-2", "pool", "close-wait-stuck",
		    "close-wait-growth", "fin-wait-2-stuck" } },
	{ .id = "fin-wait-2",
	  .title = "FIN_WAIT_2 and orphans: waiting for the peer to close",
	  .words = "FIN_WAIT_2 FIN_WAIT2 FINWAIT2 tcp_fin_timeout TCP_LINGER2 orphan "
		   "orphans tcp_max_orphans tcp_orphan_retries",
	  .text = {
		"FIN_WAIT_2: this end's FIN is acknowledged, the peer has not sent its "
		"own. The peer is in CLOSE_WAIT, and it is the peer's turn.",
		"- After shutdown(SHUT_WR) the program still reads: there is no "
		"time-out, and rightly so.",
		"- After close() no program owns the socket: an orphan. RFC 9293 has no "
		"time-out even so; kernels do. Linux: net.ipv4.tcp_fin_timeout, 60 s, "
		"or TCP_LINGER2 for one socket. No packet tells of it: later segments "
		"of the peer are answered by RST.",
		"- tcp_fin_timeout is not the length of TIME_WAIT, whatever is written "
		"elsewhere.",
		"Orphans that are still sending (FIN_WAIT_1, LAST_ACK, CLOSING) give up "
		"after net.ipv4.tcp_orphan_retries (0 means 8) repeats, or at once by "
		"RST when there are more than net.ipv4.tcp_max_orphans or memory is "
		"short: nstat -az TcpExtTCPAbortOnMemory.",
	  },
	  .rfc = "9293:3.6, 1122:4.2.2.13",
	  .see = { "half-close", "close-wait", "time-wait", "close-wait-stuck",
		    "rst-no-connection", "fin-wait-2-stuck", "fin-unanswered" } },
	{ .id = "linger",
	  .title = "SO_LINGER, and what {1,0} throws away",
	  .words = "SO_LINGER SO_DONTLINGER l_linger l_onoff abortive-close",
	  .text = {
		"Without it (l_onoff 0, the default) close() returns at once, and the "
		"kernel goes on in the background: it sends what is queued, then the "
		"FIN, and repeats both as needed. The program does not learn whether it "
		"arrived. Windows calls this SO_DONTLINGER, which is its default too.",
		"- {1, N}: close() waits up to N seconds until all is acknowledged. "
		"Then Linux goes on in the background, Windows resets. At exit() Linux "
		"never waits. It does not tell whether the peer's program has read "
		"anything: only an answer of the peer does.",
		"- {1, 0}: close() sends a RST and forgets. It throws away what is "
		"queued and not sent, what is sent and not acknowledged, and what has "
		"come and was not read; where a RST flushes queues, also what the peer "
		"had received and not read yet. The peer's program gets ECONNRESET, and "
		"cannot tell this from a crash.",
		"{1,0} is a poor cure for TIME_WAIT. There is no TIME_WAIT because "
		"there is no proper end: what TIME_WAIT protects from, old duplicates "
		"in the next connection, is open. If the RST is lost, nobody repeats "
		"it, and the peer waits for ever (rst-lost).",
		"It has its place where the data is worthless: to be rid of an attacker "
		"or of a peer that has broken the protocol, or in tests.",
		"To know that all has arrived, use the protocol's own answer, or "
		"shutdown(SHUT_WR) and read until 0 (half-close).",
	  },
	  .rfc = "9293:3.10.5, 9293:3.9.1, 1122:4.2.2.13",
	  .see = { "time-wait", "half-close", "rst-abort", "rst-lost", "open-aborted" } },
	{ .id = "reset",
	  .title = "what a RST can mean",
	  .words = "RST resets ECONNRESET EPIPE connection-reset",
	  .text = {
		"\"Connection reset by peer\" says that a RST came; not why. By its "
		"numbers each RST is one of these:",
		"- An answer to a segment that has no socket there: SEQ is that "
		"segment's ACK number, without an ACK flag; or SEQ 0 with ACK for a SYN "
		"(RFC 9293 3.5.2): refused, rst-no-connection, rst-in-time-wait.",
		"- The end's own doing, at its next number: rst-abort, rst-after-fin. "
		"On Linux with ACK.",
		"- Not accepted by its target: outside the window, or inside but not "
		"exact (RFC 5961): rst-rejected.",
		"- Not its sender's at all: rst-forged; or perhaps a middlebox's, by "
		"its TTL.",
		"On which side to look: nstat -az 'TcpExtTCPAbort*' TcpOutRsts "
		"TcpEstabResets on the host that sent it. Linux 6.10 and later tell the "
		"reason: perf trace -e tcp:tcp_send_reset, or the tracepoint by hand.",
	  },
	  .rfc = "9293:3.5.2, 9293:3.5.3, 5961:3.2",
	  .see = { "linger", "half-open", "refused", "rst-abort", "rst-after-fin",
		    "rst-no-connection", "rst-rejected", "rst-forged", "rst-lost",
		    "rst-in-time-wait", "traffic-after-rst", "rst-other-sender" } },
	{ .id = "half-open",
	  .title = "the two senses of half-open, and half-closed",
	  .words = "halfopen half_open embryonic",
	  .text = {
		"The same word is used for two things that have nothing to do with each "
		"other.",
		"- A handshake half done: the server has answered a SYN, is in SYN_RCVD "
		"and waits for the last ACK (RFC 4987; ss shows SYN-RECV). A SYN flood "
		"is many of them. Finding: half-open-syn-rcvd.",
		"- A connection half dead: one end has lost it, by a crash, a RST that "
		"did not arrive, a time-out, and the other end still has it, "
		"ESTABLISHED (RFC 9293 3.5.1). Findings: rst-lost, rst-no-connection, "
		"connection-replaced.",
		"- Half-closed is a third thing, and legal: one end has sent its FIN, "
		"the other goes on sending (half-close).",
		"The first ends by itself within a minute or so. The second ends when "
		"the end that still has it sends something and is answered by RST; if "
		"it only reads, never. That is what keep-alive is for.",
	  },
	  .rfc = "9293:3.5.1, 4987:2, 9293:3.6.1",
	  .see = { "keepalive", "syn-cookies", "half-close", "half-open-syn-rcvd",
		    "rst-lost", "rst-no-connection", "connection-replaced",
		    "half-closed" } },
	{ .id = "keepalive",
	  .title = "keep-alive: finding out that the peer is gone",
	  .words = "SO_KEEPALIVE TCP_KEEPIDLE tcp_keepalive_time "
		   "KeepAliveTime TCP_USER_TIMEOUT",
	  .text = {
		"An idle connection sends nothing: an end whose peer has vanished does "
		"not notice, for days. Keep-alive sends a probe, an old byte's number "
		"and no data, which a living peer must acknowledge. It is off unless a "
		"program asks for it (SO_KEEPALIVE; RFC 9293 3.8.4 demands that).",
		"- Linux: after net.ipv4.tcp_keepalive_time, 7200 s; then 9 probes "
		"(tcp_keepalive_probes) 75 s apart (tcp_keepalive_intvl); then RST and "
		"ETIMEDOUT. Per socket: TCP_KEEPIDLE, TCP_KEEPCNT, TCP_KEEPINTVL.",
		"- Windows: KeepAliveTime 2 h, KeepAliveInterval 1 s; per socket "
		"SIO_KEEPALIVE_VALS or the same names as Linux.",
		"- The defaults are too slow for most: firewalls and NATs forget after "
		"minutes. A probe every 30 to 60 s keeps their tables alive as well.",
		"- It tells that the peer's kernel is there, not that its program "
		"works: only a message of the protocol itself does.",
		"- Its price: packets, batteries, and connections that a short outage "
		"ends although nobody would have noticed.",
		"- It works only on an idle connection. With data outstanding, repeats "
		"decide (net.ipv4.tcp_retries2, some 15 min), or TCP_USER_TIMEOUT (RFC "
		"5482).",
		"HTTP's \"Connection: keep-alive\" is another thing: see pool.",
	  },
	  .rfc = "9293:3.8.4, 1122:4.2.3.6, 5482",
	  .see = { "pool", "half-open", "rst-lost", "rst-no-connection", "rst-abort",
		    "keep-alive-dead", "connection-replaced" } },
};
/* clang-format on */

const struct topic_group topics_closing = { topics, sizeof(topics) / sizeof(topics[0]) };
