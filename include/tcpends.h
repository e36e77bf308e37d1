/* tcpends.h - the words that the core and everything above it share
 *
 * The way of a packet: capture -> te_frame -> decode -> te_segment -> flow ->
 * connection -> the two ends -> findings -> te_sink -> output.
 *
 * The core does no I/O, has no clock and no globals.  Times are nanoseconds
 * since 1970 as the capture tells them; sequence numbers are RFC 9293's, modulo
 * 2^32; frame numbers count from 1 within their file.  All pointers handed to a
 * sink are borrowed until the call returns.
 */
#ifndef TCPENDS_H
#define TCPENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t te_time; /* nanoseconds */
#define TE_TIME_NONE INT64_MIN
#define TE_SEC ((te_time)1000000000)
#define TE_MS ((te_time)1000000)
#define TE_US ((te_time)1000)

enum te_status {
	TE_OK,
	TE_IGNORED,     /* well formed, but not TCP */
	TE_FRAGMENT,    /* a fragment TCP cannot be read from: mostly, a later one */
	TE_TRUNCATED,   /* cut by the snap length before the TCP header ends */
	TE_MALFORMED,   /* lengths that contradict each other */
	TE_UNSUPPORTED, /* a link type without a row in link.c */
	TE_NO_MEMORY,
};

/* One captured frame. `bytes` holds `caplen` of its `len` bytes; `linktype` is a
 * LINKTYPE_ number as files carry it (tcpdump.org/linktypes.html). */
struct te_frame {
	te_time time;
	uint64_t number;
	uint32_t file; /* counts from 1 */
	uint32_t caplen, len;
	uint16_t linktype;
	const uint8_t *bytes;
};

/* TCP flags, RFC 9293 3.1 */
enum {
	TE_FIN = 0x01,
	TE_SYN = 0x02,
	TE_RST = 0x04,
	TE_PSH = 0x08,
	TE_ACK = 0x10,
	TE_URG = 0x20,
	TE_ECE = 0x40,
	TE_CWR = 0x80,
};

/* What a segment carries beside its fixed header */
enum {
	TE_HAS_VLAN = 0x01,
	TE_HAS_TS = 0x02,   /* RFC 7323 timestamps */
	TE_HAS_SACK = 0x04, /* at least one SACK block, RFC 2018 */
	TE_HAS_MSS = 0x08,
	TE_HAS_WSCALE = 0x10,
	TE_HAS_SACK_OK = 0x20,
	TE_HAS_TFO = 0x40,     /* a Fast Open option, RFC 7413 */
	TE_FRAGMENTED = 0x80,  /* first fragment of a datagram */
	TE_BAD_SUM = 0x100,    /* the TCP checksum is wrong */
	TE_SUM_KNOWN = 0x200,  /* all bytes were there to check it */
	TE_SNAPPED = 0x400,    /* the capture holds less than was sent */
	TE_BAD_OPTION = 0x800, /* an option's length is wrong; the rest was not read */
	TE_TUNNELLED =
	    0x1000,           /* something stands between the link's header and this IP */
	TE_OVERLAPS = 0x2000, /* carries other bytes than its numbers did before */
	TE_PART_SUM =
	    0x4000, /* the sum is the pseudo-header's: a card was to finish it */
};

struct te_addr {
	uint8_t bytes[16]; /* network order; IPv4 uses the first four, the rest is 0 */
};

/* One TCP segment as it passed the tap. Fields that follow each other on the wire stand
 * here the other way round: so two machine words, turned, are the front of the header.
 * What most segments do not have comes last, and is 0 without the TE_HAS_* that tells of
 * it. */
struct te_segment {
	te_time time;
	uint64_t frame;
	uint16_t window; /* as sent, not scaled */
	uint8_t flags;
	uint8_t
	    offset; /* where data begin, in the upper four bits; the rest is reserved */
	uint32_t ack, seq;
	uint16_t dst_port, src_port;
	uint32_t tsecr, tsval;
	uint32_t file;
	uint32_t len;       /* bytes of payload that were sent, by the IP length */
	uint16_t ip_id;     /* 0 in IPv6 */
	uint8_t ip_version; /* 4 or 6 */
	uint8_t ttl;        /* or hop limit */
	uint32_t data_len;
	const uint8_t *data; /* the captured part of the payload */
	struct te_addr src, dst;
	uint16_t has; /* TE_HAS_* */
	uint8_t wscale;
	uint32_t sack_right; /* the rightmost right edge of its SACK blocks */
	uint16_t mss;
	uint16_t vlan; /* all tags folded into 12 bits' innermost id */
};

/* RFC 9293 3.3.2, and UNKNOWN: nothing seen of that end yet */
#define TE_STATES(X)   \
	X(UNKNOWN)     \
	X(CLOSED)      \
	X(LISTEN)      \
	X(SYN_SENT)    \
	X(SYN_RCVD)    \
	X(ESTABLISHED) \
	X(FIN_WAIT_1)  \
	X(FIN_WAIT_2)  \
	X(CLOSE_WAIT)  \
	X(CLOSING)     \
	X(LAST_ACK)    \
	X(TIME_WAIT)
enum te_state {
#define X(name) TE_##name,
	TE_STATES(X)
#undef X
	    TE_STATE_COUNT
};
const char *te_state_name(enum te_state); /* "SYN_RCVD" */

/* How a transition is known; see README, "How sure it is". */
enum te_basis {
	TE_SENT,
	TE_ACKED,
	TE_PRESUMED,
	TE_TIMER,
	TE_IMPLIED,
	TE_ASSUMED,
	TE_BASIS_COUNT
};
const char *te_basis_name(enum te_basis); /* "acked" */

enum te_end { TE_CLIENT, TE_SERVER, TE_NO_END };
const char *te_end_name(enum te_end); /* "client"; NULL for TE_NO_END */

struct te_transition {
	te_time time;   /* when the segment that makes it passed the tap */
	uint64_t frame; /* that segment; 0 when a timer made it */
	uint64_t proof; /* the frame that proves it; 0 if none does */
	uint32_t file;
	uint8_t end; /* enum te_end */
	uint8_t from, to;
	uint8_t basis;
	bool certain;
	const char *rfc; /* "9293:3.10.7.3", or NULL */
};

#define TE_OPENED(X)                    \
	X(HANDSHAKE, "handshake")       \
	X(SIMULTANEOUS, "simultaneous") \
	X(FAST_OPEN, "fast-open")       \
	X(MIDSTREAM, "midstream")       \
	X(REFUSED, "refused")           \
	X(UNANSWERED, "unanswered")     \
	X(HALF_OPEN, "half-open")       \
	X(ABORTED, "aborted")
enum te_opened {
#define X(name, word) TE_OPENED_##name,
	TE_OPENED(X)
#undef X
	    TE_OPENED_COUNT
};
const char *te_opened_name(enum te_opened);

#define TE_CLOSED_BY(X)                         \
	X(FIN, "fin")                           \
	X(FIN_SIMULTANEOUS, "fin-simultaneous") \
	X(RST_CLIENT, "rst-client")             \
	X(RST_SERVER, "rst-server")             \
	X(OPEN, "open")                         \
	X(TIMEOUT, "timeout")                   \
	X(REPLACED, "replaced")                 \
	X(EVICTED, "evicted")                   \
	X(NONE, "none")
enum te_closed {
#define X(name, word) TE_CLOSED_##name,
	TE_CLOSED_BY(X)
#undef X
	    TE_CLOSED_COUNT
};
const char *te_closed_name(enum te_closed);

/* ---- findings ---------------------------------------------------------- */

enum te_severity { TE_NOTE, TE_WARNING, TE_ERROR };
const char *te_severity_name(enum te_severity);

enum te_scope {
	TE_SCOPE_CONNECTION,
	TE_SCOPE_LISTENER,
	TE_SCOPE_HOLDER,
	TE_SCOPE_CAPTURE
};
const char *te_scope_name(enum te_scope);

#define TE_MAX_CAUSES 10
#define TE_MAX_STEPS 10
#define TE_MAX_LIMITS 4

/* A line of the ladder that --explain draws: both ends' states after it, if they change,
 * and what passes between them: "-> SYN" from the client, "<- SYN,ACK" from the server,
 * "-x FIN" and "x- ACK" when it is lost on the way, or words about the time between. */
struct te_step {
	const char *client, *between, *server; /* NULL: as before, or nothing */
};

/* One row of the catalogue: all that is said of a finding anywhere comes from it. */
struct te_rule {
	const char *id;
	enum te_severity severity; /* as a rule */
	enum te_severity worst;    /* if that can be worse; see te_rule_worst() */
	bool quiet;                /* as a note, listed only when asked for more */
	const char *title;         /* one line, no full stop */
	bool plain_fact; /* of segments alone: what states their ends were in is no matter
			  */
	bool absence; /* of what was not seen: less sure where the capture lost something
		       */
	bool crowded; /* worse if many connections of a listener have it */
	const char *definition;                  /* when it fires */
	const char *rfc;                         /* "9293:3.10.5, 2525:2.17", or "-" */
	const char *normal;                      /* what would have been normal */
	const char *why;                         /* why it matters: a few sentences */
	struct te_step ladder[TE_MAX_STEPS + 1]; /* ends with all NULL */
	const char *look[TE_MAX_CAUSES + 1];     /* what to look at, and on which host */
	const char *causes[TE_MAX_CAUSES + 1];
	const char *remedies[TE_MAX_CAUSES + 1]; /* each with its price */
	const char *limits[TE_MAX_LIMITS + 1];   /* of TE_LIMITS, by which it is judged */
};
size_t te_rule_count(void);
const struct te_rule *te_rule_at(size_t i);
enum te_severity te_rule_worst(const struct te_rule *);
const char *te_rule_theme(size_t i); /* "Opening"; rules of one theme are neighbours */
const struct te_rule *te_rule_find(const char *id); /* NULL if there is none */
/* The narrowest that it can have; listener stands for holders, too. */
enum te_scope te_rule_scope(const struct te_rule *);

#define TE_MAX_FRAMES 8
#define TE_MAX_ALSO 4

struct te_connection;

struct te_finding {
	const struct te_rule *rule;
	enum te_severity severity; /* this time */
	enum te_scope scope;
	/* NULL when scope is capture. For a listener or a holder any one of theirs, or
	 * one made up: only ip_version and the addresses and ports of the server, and of
	 * the holder (the client) its address, are looked at. */
	const struct te_connection *connection;
	enum te_end end; /* the end it is about, or TE_NO_END */
	uint32_t file;
	uint64_t frames[TE_MAX_FRAMES]; /* evidence, ascending */
	unsigned frame_count;
	te_time time;   /* of the first frame of evidence */
	bool has_value; /* else value, limit and unit mean nothing */
	bool has_limit;
	double value, limit;
	const char *unit; /* "s", "bytes", "segments" */
	uint64_t bytes;   /* concerned, where the value is something else; 0: not told */
	const char
	    *detail;  /* what this case is, in words; NULL if the title says it all */
	bool certain; /* rests on no presumed, implied or assumed fact */
	bool known;   /* a baseline has it: set above the core, which leaves it false */
	bool told;    /* live: it was told while the connection went on */
	bool still;   /* it lasts at the end of the connection or the capture */
	const struct te_rule *also[TE_MAX_ALSO]; /* lesser findings that follow from it */
	unsigned also_count;
	uint32_t causes; /* bit i: rule->causes[i] is possible in this capture */
};

/* ---- a connection, when it is told ------------------------------------- */

/* Live: transitions that were told and that later evidence overturns. */
struct te_revision {
	const uint32_t *voids; /* their n */
	size_t count;
	te_time time;
	uint64_t frame;  /* what overturns them */
	const char *why; /* a word, e.g. "rst-lost" */
};

struct te_end_view {
	struct te_addr addr;
	uint16_t port;
	enum te_state state;
	bool certain;    /* no step to this state rests on presumption */
	bool presumed;   /* the last step was presumed: shown with '?' */
	bool port_known; /* false: the peer was seen to speak first, role by evidence only
			  */
	uint64_t packets, bytes; /* bytes of payload, repeats included */
	uint64_t retransmits;
	te_time since; /* when the state began */
	te_time rtt; /* from the tap to this end and back, TE_TIME_NONE if not measured */
	uint64_t unacked; /* bytes sent and not seen acknowledged */
	uint32_t fin_repeats;
};

#define TE_SEND_Q_UNKNOWN UINT64_MAX

struct te_connection {
	uint64_t number; /* counts connections of this run by first segment, from 1 */
	uint64_t id;     /* the same in every run on the same capture */
	uint8_t ip_version;
	uint32_t incarnation; /* counts connections on these addresses, from 1; begins
			       * anew when they rested for 2MSL after a close */
	bool has_vlan;
	uint16_t vlan;
	bool roles_certain;        /* false: midstream, client and server are a guess */
	struct te_end_view end[2]; /* by enum te_end */
	uint32_t file;
	uint64_t frame; /* the first segment */
	te_time first, last;
	enum te_opened opened;
	enum te_closed closed;
	unsigned segments_to_close; /* 0 unless closed by FIN */
	enum te_end first_closer;
	te_time time_wait_until; /* TE_TIME_NONE if nobody holds it */
	/* When an end's last socket went without a transition: 2MSL over in TIME_WAIT, or
	 * a newer connection in its place. May lie in the future; else TE_TIME_NONE. */
	te_time gone[2];
	bool marked;        /* it was open at te_engine_mark() */
	uint64_t send_q[2]; /* bytes sent and not acknowledged then; TE_SEND_Q_UNKNOWN */
	const char *zeek_state; /* NULL unless kept */
	const char *zeek_history;
	unsigned completeness; /* Wireshark's tcp.completeness */
	bool ongoing;          /* live: it goes on, and this is news of it */
	size_t told; /* transitions told before: the first one here has n = told + 1 */
	const struct te_revision *revision;      /* told before, and void; NULL if none */
	const struct te_transition *transitions; /* NULL when not asked for */
	size_t transition_count;
	const struct te_finding *findings;
	size_t finding_count;
};

/* One segment with the connection it belongs to, told as it passes (timeline, -w). */
struct te_passing {
	const struct te_segment *segment;
	uint64_t connection; /* its number */
	uint64_t id;
	enum te_end from; /* as the roles are known by now */
	uint32_t rel_seq, rel_ack;
	bool duplicate; /* captured twice */
	bool repeat;    /* sent again */
};

/* ---- the engine --------------------------------------------------------- */

/* Limits that can be set by name (--set, [limits]); the unit decides how the value is
 * read. */
enum te_limit_unit {
	TE_UNIT_SECONDS,
	TE_UNIT_COUNT,
	TE_UNIT_PERCENT,
	TE_UNIT_PER_SECOND
};
#define TE_LIMITS(X)                                                     \
	X(CLOSE_WAIT_STUCK, "close-wait-stuck", TE_UNIT_SECONDS, 30)     \
	X(FIN_WAIT_2_STUCK, "fin-wait-2-stuck", TE_UNIT_SECONDS, 60)     \
	X(ZERO_WINDOW_STUCK, "zero-window-stuck", TE_UNIT_SECONDS, 30)   \
	X(HALF_OPEN_GRACE, "half-open-grace", TE_UNIT_SECONDS, 3.5)      \
	X(CLOSE_GRACE, "close-grace", TE_UNIT_SECONDS, 1.5)              \
	X(RTT_FACTOR, "rtt-factor", TE_UNIT_COUNT, 4)                    \
	X(SYN_FLOOD_COUNT, "syn-flood-count", TE_UNIT_COUNT, 256)        \
	X(SYN_FLOOD_RATE, "syn-flood-rate", TE_UNIT_PER_SECOND, 1000)    \
	X(CLOSE_WAIT_MANY, "close-wait-many", TE_UNIT_COUNT, 10)         \
	X(TIME_WAIT_PRESSURE, "time-wait-pressure", TE_UNIT_PERCENT, 70) \
	X(BACKLOG_PRESSURE, "backlog-pressure", TE_UNIT_COUNT, 128)      \
	X(DUPLICATE, "duplicate", TE_UNIT_SECONDS, 0.001)                \
	X(TIME_WAIT, "time-wait", TE_UNIT_SECONDS, 60)
enum te_limit {
#define X(name, word, unit, value) TE_LIMIT_##name,
	TE_LIMITS(X)
#undef X
	    TE_LIMIT_COUNT
};
struct te_limit_row {
	const char *name;
	enum te_limit_unit unit;
	double value; /* the default */
};
const struct te_limit_row *te_limit_row(enum te_limit);

enum te_key { TE_KEY_AUTO, TE_KEY_VLAN, TE_KEY_NOVLAN };
enum te_checksum { TE_SUM_IGNORE, TE_SUM_COUNT, TE_SUM_STRICT };

struct te_config {
	double limits[TE_LIMIT_COUNT];
	enum te_key key;
	enum te_checksum checksum;
	uint64_t seed[2]; /* keys the hash of the flow table; from the caller, who has
			     entropy */
	uint16_t port_low, port_high; /* ephemeral ports of clients */
	uint64_t max_memory; /* bytes, of the program with all connections; 0: no limit */
	/* Behind the first so many, a connection in which nothing is found is counted in
	 * the totals, and not told. As it is initialised, all are told. */
	uint64_t tell_first;
	bool keep_transitions; /* te_connection.transitions is wanted */
	bool keep_peers;       /* zeek_state, zeek_history and completeness are */
	bool keep_ids;         /* id is, of connections and segments; else 0 */
	bool keep_whole; /* no connection as the list of its segments: slow, for tests */
	bool live;       /* tell transitions and findings while connections go on */
};
void te_config_init(struct te_config *);

/* What the engine tells; any function may be NULL. */
struct te_sink {
	void *ctx;
	void (*passing)(void *ctx, const struct te_passing *);
	/* Of which connections? Asked when one begins. NULL: of all. */
	bool (*follows)(void *ctx, uint64_t number, uint64_t id);
	/* Which connections are told? Of the others, only the totals. NULL: all. */
	bool (*wants)(void *ctx, uint64_t number, uint64_t id);
	/* A connection with its findings, once, when it is over. Live, also whenever
	 * there is news of one that goes on: then `ongoing` is set, and transitions and
	 * findings are only those not told before. */
	void (*connection)(void *ctx, const struct te_connection *);
	void (*finding)(void *ctx,
			const struct te_finding *); /* wider than one connection */
};

struct te_quality {
	uint64_t implied_gaps; /* segments acknowledged but never captured */
	uint64_t duplicates, backward_time, bad_checksums;
	uint64_t one_way, midstream; /* connections */
	uint64_t snaplen_cut;        /* TCP headers cut by the snap length */
	uint64_t reordered;          /* segments that later ones of their end overtook */
	uint64_t
	    offloaded; /* larger than a frame, or without the sum: by the card, later */
};

struct te_totals {
	uint64_t packets, tcp_packets, connections;
	uint64_t fragments, truncated, malformed, unsupported, not_tcp;
	uint64_t
	    tunnelled; /* VLAN or tunnel frames: named when a filter passes nothing */
	te_time start,
	    end; /* of the first and the last frame; TE_TIME_NONE before one came */
	struct te_quality quality;
	uint64_t opened[TE_OPENED_COUNT], closed[TE_CLOSED_COUNT];
	uint64_t states[2][TE_STATE_COUNT]; /* of both ends when told */
	uint64_t severities[TE_ERROR + 1];
};

struct te_engine;

/* Both structures are copied. NULL: out of memory. */
struct te_engine *te_engine_new(const struct te_config *, const struct te_sink *);
/* Decode one frame and take it in. Whatever it returns, the next frame may follow. */
enum te_status te_engine_frame(struct te_engine *, const struct te_frame *);
/* The same for many whose bytes are all there: faster than one by one. TE_NO_MEMORY if
 * that was the end of any, else TE_OK. */
enum te_status te_engine_frames(struct te_engine *, const struct te_frame *,
				size_t count);
/* Take in one decoded segment; scripts enter here. */
enum te_status te_engine_segment(struct te_engine *, const struct te_segment *);
/* Let time pass without a segment. From a file nobody needs to call it. */
void te_engine_tick(struct te_engine *, te_time now);
/* Now is the moment: remember, for each connection that is open, what its ends have sent
 * and not seen acknowledged. */
void te_engine_mark(struct te_engine *);
/* The input ends: settle and tell all that is open. */
void te_engine_finish(struct te_engine *);
const struct te_totals *te_engine_totals(const struct te_engine *);
uint64_t te_engine_finding_count(const struct te_engine *, size_t rule);
void te_engine_free(struct te_engine *); /* NULL is fine */

/* Frame to segment; see decode.h for what counts as what. */
enum te_status te_decode(const struct te_frame *, struct te_segment *);
bool te_linktype_known(uint16_t linktype);
const char *te_linktype_name(uint16_t linktype); /* "EN10MB"; NULL if not in the table */

#endif
