/* topics_addresses.c - what --explain knows about TIME_WAIT, ports and their reuse */
#include "config.h"
#include "topics_table.h"

/* clang-format off */
static const struct topic topics[] = {
	{ .id = "time-wait",
	  .title = "what TIME_WAIT is for, and who has it",
	  .words = "TIME_WAIT TIMEWAIT 2MSL MSL TcpTimedWaitDelay tcp_max_tw_buckets "
		   "tcp_tw_recycle",
	  .text = {
		"TIME_WAIT is no error and no leak. It is how TCP ends well, and it has "
		"two uses (RFC 9293 3.6, RFC 1337):",
		"- The last ACK may be lost. Then the peer repeats its FIN, and "
		"somebody must be there to acknowledge it again; otherwise the peer "
		"gets a RST after all was well.",
		"- Old duplicates must die. A segment that was delayed on the way must "
		"not be taken for a part of the next connection on the same addresses "
		"and ports.",
		"The end that closes first, the active closer, has it, because its ACK "
		"is the last segment and it cannot know whether that arrived. The other "
		"end goes from LAST_ACK to CLOSED as soon as it is acknowledged. If "
		"both close at once, both have it.",
		"It lasts for twice the maximum segment lifetime (2MSL), by system:",
		"- RFC 9293: 240 s, with an MSL of two minutes",
		"- Linux: 60 s, compiled in (TCP_TIMEWAIT_LEN). "
		"net.ipv4.tcp_fin_timeout does not change it: that is FIN_WAIT_2.",
		"- Windows: TcpTimedWaitDelay under "
		"HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters, 30 to "
		"300 s; 120 s unless set (240 s in Windows 2000)",
		"- macOS: 30 s, twice net.inet.tcp.msl; FreeBSD: 60 s, likewise",
		"What it costs: one port toward one server address on a client, and a "
		"few hundred bytes on either. It holds no descriptor and no thread. On "
		"a server it uses up no ports: all its connections share one.",
		"If it hurts, in this order: fewer connections (pool), the server or "
		"the client closing first (first-closer), more ports (ephemeral-ports), "
		"tcp_tw_reuse on the client (tw-reuse). Not SO_LINGER {1,0} (linger). "
		"Lowering tcp_max_tw_buckets destroys TIME_WAITs at random; the "
		"kernel's documentation says not to. tcp_tw_recycle broke clients "
		"behind NAT and is gone since Linux 4.12.",
		"Set what this command assumes with --time-wait SEC or --profile (see "
		"profiles).",
	  },
	  .rfc = "9293:3.6, 9293:3.4.2, 1337, 1122:4.2.2.13",
	  .see = { "tw-reuse", "first-closer", "ephemeral-ports", "pool", "linger",
		    "reuse", "rst-in-time-wait", "missing-final-ack",
		    "time-wait-reused", "time-wait-pressure" } },
	{ .id = "tw-reuse",
	  .title = "a new connection where TIME_WAIT still holds the port",
	  .words = "tcp_tw_reuse tcp_tw_reuse_delay tcp-tw-reuse time-wait-reuse",
	  .text = {
		"Two different things let a new connection begin during TIME_WAIT.",
		"The server side: a SYN that comes to a socket in TIME_WAIT may be "
		"accepted at once if it is provably newer, by its timestamp or by a "
		"sequence number beyond all that was used (RFC 1122 4.2.2.13, RFC "
		"6191). Linux does this without being asked.",
		"The client side: net.ipv4.tcp_tw_reuse lets connect() take a port "
		"whose last connection to the same server is in TIME_WAIT here. 0 "
		"never, 1 always, 2 on loopback only (the default since Linux 4.19).",
		"- It needs timestamps (net.ipv4.tcp_timestamps) at both ends: they "
		"keep old segments out (PAWS, RFC 7323).",
		"- It waits a second, net.ipv4.tcp_tw_reuse_delay (in ms; Linux 6.14 "
		"and later).",
		"- It is for outgoing connections. It does nothing for a server, whose "
		"TIME_WAITs are no harm anyway, and nothing for bind().",
		"- Its price: the last ACK of the old connection cannot be repeated any "
		"more; a peer that missed it meets the new connection instead.",
		"Without timestamps only the sequence numbers protect from old "
		"segments. A SYN that is newer by neither is answered by an ACK of the "
		"old connection; the client answers that by RST, and its connect() "
		"takes a second longer.",
	  },
	  .rfc = "6191:2, 7323:5, 1122:4.2.2.13, 9293:3.6.1",
	  .see = { "time-wait", "ephemeral-ports", "time-wait-reused",
		    "connection-replaced" } },
	{ .id = "reuse",
	  .title = "restarting a server on a port that is still held",
	  .words = "SO_REUSEADDR SO_REUSEPORT SO_EXCLUSIVEADDRUSE EADDRINUSE bind "
		   "restart",
	  .text = {
		"bind(): Address already in use (EADDRINUSE), right after a restart: "
		"connections of the old process are still in TIME_WAIT or FIN_WAIT_2 on "
		"that port, and by default bind() refuses.",
		"- Unix: set SO_REUSEADDR before bind(), in each server, always. It "
		"allows the port while old connections end; it does not allow two "
		"listeners on one address. On Linux both the old and the new process "
		"must have set it.",
		"- Windows: a listener does not need it for that. There SO_REUSEADDR "
		"lets any other program take over the port while it is in use; servers "
		"set SO_EXCLUSIVEADDRUSE instead.",
		"- SO_REUSEPORT (Linux 3.9) is for several listeners at once, of one "
		"user, among which the kernel divides new connections; also for a "
		"restart without a gap. When one of them closes, what is queued at it "
		"is reset (net.ipv4.tcp_migrate_req moves it).",
		"If it fails even so, somebody still listens: ss -ltnp 'sport = :PORT'; "
		"or a child process has inherited the listener.",
		"No waiting and no SO_LINGER {1,0} is needed for this.",
	  },
	  .rfc = "-",
	  .see = { "time-wait", "linger", "client-bind", "accept-queue" } },
	{ .id = "first-closer",
	  .title = "who should close first",
	  .words = "active-closer active-close who-closes",
	  .text = {
		"Whoever closes first has the TIME_WAIT. Decide by what that costs:",
		"- Many clients, one server: let the clients close first. TIME_WAITs "
		"are then spread over them. At the server they would cost some memory, "
		"no ports.",
		"- One client (a proxy, a crawler, a service behind a balancer) with "
		"many short connections to one server: each TIME_WAIT takes one of the "
		"client's ports toward that server. Here it is better that the server "
		"closes first, or that nobody closes: a pool.",
		"- The protocol decides more than the socket: the end that knows that "
		"all is said should close. If the other one must, it needs the length "
		"of what is to come, or it cannot tell an end from an abort.",
		"- A server that closes first on idle connections races with a request "
		"that is under way: the client gets a RST for it. Let the client's idle "
		"time-out be the shorter one.",
		"Of each connection this command says who closed first and who holds "
		"TIME_WAIT until when: --show connections, or first_closer in --json.",
	  },
	  .rfc = "9293:3.6, 1337",
	  .see = { "time-wait", "pool", "half-close", "rst-after-fin",
		    "rst-no-connection", "time-wait-pressure" } },
	{ .id = "pool",
	  .title = "connection pools: fewer handshakes, fewer TIME_WAITs",
	  .words = "pools connection-pool connection-pools persistent idle-timeout",
	  .text = {
		"The best cure for too many TIME_WAITs, SYNs and handshakes is not to "
		"open so many connections: keep them and use them again (HTTP/1.1 "
		"persistent connections, HTTP/2, database pools). The price: "
		"connections that die while nobody looks.",
		"- Idle time-outs must grow along the way: client's pool < server < "
		"balancer, NAT, firewall. Then the end that would use the connection is "
		"the first to drop it.",
		"- A pool whose idle time-out is longer than the server's finds a FIN "
		"(CLOSE_WAIT here: the pool did not look), or a RST when it sends.",
		"- A firewall or NAT that forgets an idle connection says nothing: the "
		"next request gets no answer at all, or a RST. Keep-alive below its "
		"time-out prevents that.",
		"- Test before use: a readable socket that nobody wrote to has reached "
		"its end. Repeat a request on a new connection only if doing it twice "
		"does no harm.",
		"- Bound both: the number of connections, and the age of each, so that "
		"they follow when DNS or the balancer moves.",
		"HTTP's \"Connection: keep-alive\" means such a pool; SO_KEEPALIVE is "
		"something else (keepalive).",
	  },
	  .rfc = "-",
	  .see = { "keepalive", "time-wait", "first-closer", "close-wait",
		    "close-wait-stuck", "rst-no-connection", "time-wait-pressure" } },
	{ .id = "ephemeral-ports",
	  .title = "ephemeral ports, and running out of them",
	  .words = "ip_local_port_range dynamicport EADDRNOTAVAIL port-range "
		   "ip_local_reserved_ports MaxUserPort",
	  .text = {
		"A client's port is chosen by its kernel from a range. One port can "
		"serve many connections at once, as long as the server's address or "
		"port differs: the range limits connections toward one (address, port), "
		"those in TIME_WAIT included.",
		"- Linux: net.ipv4.ip_local_port_range, 32768 to 60999: 28 232 ports",
		"- Windows since Vista: 49152 to 65535: 16 384 ports; netsh int ipv4 "
		"show dynamicport tcp. Before: 1025 to 5000, 3 976 ports (MaxUserPort)",
		"- macOS, and IANA's recommendation (RFC 6335): 49152 to 65535",
		"With 60 s of TIME_WAIT, 28 232 ports are 470 connections per second "
		"toward one server. Beyond that connect() fails with EADDRNOTAVAIL, and "
		"before it takes longer and longer.",
		"What helps: a pool; the server closing first; a wider range (sysctl "
		"net.ipv4.ip_local_port_range=\"10000 65535\": keep listeners out of it "
		"with ip_local_reserved_ports); more addresses at the client or at the "
		"server; tcp_tw_reuse on the client.",
		"What to look at on the client: ss -tan state time-wait dst SERVER | wc "
		"-l",
		"This command's range: --port-range LO-HI, or --profile.",
	  },
	  .rfc = "6335:6, 6056",
	  .see = { "client-bind", "time-wait", "tw-reuse", "pool", "profiles",
		    "time-wait-pressure" } },
	{ .id = "client-bind",
	  .title = "why a client should not bind its port",
	  .words = "IP_BIND_ADDRESS_NO_PORT bind-port source-port",
	  .text = {
		"A client that calls bind() with a port of its own choice can have one "
		"connection toward each server, and after it closes first, none for as "
		"long as TIME_WAIT lasts: connect() fails with EADDRNOTAVAIL or bind() "
		"with EADDRINUSE. If the other end forgot to close, the new SYN meets "
		"the old connection.",
		"bind() with port 0, to choose a source address, is milder but bad too: "
		"the kernel must pick a port before it knows the server, so it must be "
		"free toward all: the whole host then has one range of ports, not one "
		"for each server. IP_BIND_ADDRESS_NO_PORT (Linux 4.2) leaves the choice "
		"to connect().",
		"So: no bind(), or IP_BIND_ADDRESS_NO_PORT. A firewall that wants fixed "
		"source ports should be given a range, or none.",
		"A port that is always the same also makes it easier to forge segments "
		"from afar (RFC 6056).",
	  },
	  .rfc = "6056",
	  .see = { "ephemeral-ports", "reuse", "time-wait", "time-wait-reused",
		    "connection-replaced", "syn-on-established" } },
	{ .id = "profiles",
	  .title = "the timers and ports of --profile",
	  .words = "profile linux windows rfc macos",
	  .text = {
		"What systems do by default. --profile sets both; --time-wait and "
		"--port-range, given later, win.",
		"- linux: TIME_WAIT 60 s (TCP_TIMEWAIT_LEN, include/net/tcp.h); ports "
		"32768-60999 (net.ipv4.ip_local_port_range, "
		"Documentation/networking/ip-sysctl.rst). This is what is assumed "
		"without --profile.",
		"- windows: TIME_WAIT 120 s (TcpTimedWaitDelay, 30 to 300 s, "
		"Microsoft's TCP/IP registry reference since Server 2003); ports "
		"49152-65535 (Microsoft KB 929851, since Vista)",
		"- rfc: TIME_WAIT 240 s (RFC 9293: an MSL of two minutes, twice); ports "
		"49152-65535 (RFC 6335, section 6)",
		"For macOS: --time-wait 30 --port-range 49152-65535.",
	  },
	  .rfc = "9293:3.4.2, 6335:6",
	  .see = { "time-wait", "ephemeral-ports" } },
};
/* clang-format on */

const struct topic_group topics_addresses = { topics,
					      sizeof(topics) / sizeof(topics[0]) };
