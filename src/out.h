/* out.h - the output formats, and the writer that they share
 *
 * A format is one file with one `const struct out_format` and one row in out.c.
 */
#ifndef OUT_H
#define OUT_H

#include "tcpends.h"
#include <stdio.h>
#include <string.h>

/* ---- the parts that --show names ---- */
enum out_part {
	OUT_OVERVIEW = 0x01,
	OUT_FINDINGS = 0x02,
	OUT_CONNECTIONS = 0x04,
	OUT_TRANSITIONS = 0x08,
	OUT_TIMELINE = 0x10,
	OUT_HOSTS = 0x20,
	OUT_ALL = 0x3f,
	OUT_SOCKETS = 0x40, /* --at: alone */
	OUT_DIFF = 0x80,    /* --diff: alone */
};

/* What -t asks of the time column, for people; programs get `ts` and `t` in any case. */
enum out_time {
	OUT_TIME_RELATIVE, /* seconds since the start of what is shown */
	OUT_TIME_NONE,
	OUT_TIME_EPOCH,
	OUT_TIME_DELTA, /* seconds since the line above */
	OUT_TIME_OF_DAY,
	OUT_TIME_DATE,
	OUT_TIME_YEARDAY, /* day of the year */
};

struct out_file {
	const char *path, *format, *codec; /* codec may be NULL */
	const char *linktype;              /* "EN10MB" */
	uint32_t snaplen;
	unsigned digits; /* of the timestamps' fraction */
};

struct diff_report;

/* How fingerprints name a server. All 0: by its address, and its port below 32768. */
struct out_naming {
	bool port_only; /* the address is left out */
	uint16_t port_low,
	    port_high; /* ephemeral ports, which are not told; 0: unknown */
};

/* What the formats may know of the run. Filled by the session and by outputs.c. */
struct out_run {
	const struct out_file *files;
	size_t file_count;
	unsigned show; /* OUT_* */
	int verbose;   /* -v given so often */
	bool quiet;    /* -q */
	enum out_time time;
	bool color, utf8; /* what the report may use */
	int width;        /* columns; 0: not a terminal, do not cut lines */
	bool live;
	const struct te_config *config;
	const struct te_engine *engine; /* for its totals, at the end */
	te_time start;      /* of the first frame, TE_TIME_NONE if none came */
	const char *filter; /* the FILTER given, or NULL */
	struct out_naming naming;
	/* set before end(): */
	bool complete;
	int exit;
	bool truncated_tail;
	bool dropped_known;
	uint64_t dropped;
	uint64_t selected; /* connections shown, when a selection was given; else all */
	bool selecting;
	const struct diff_report *diff; /* --diff: then only end() tells anything */
};

/* What ss(8) would have printed a line of. Of a listener only the local half is known. */
struct out_socket {
	te_time at;
	enum te_state state;
	bool certain, presumed;
	uint8_t ip_version;
	struct te_addr local, peer;
	uint16_t local_port, peer_port;
	uint64_t send_q;         /* TE_SEND_Q_UNKNOWN */
	uint64_t connection, id; /* 0: a listener's */
};

/* Does a connection hold a socket in this state? CLOSED, LISTEN and UNKNOWN cost nobody
 * anything. */
bool out_is_held(enum te_state);
/* "SYN-RECV", as ss(8) spells it. */
const char *out_socket_state(enum te_state);

enum { OUT_ADDR = 46 }; /* INET6_ADDRSTRLEN */
/* "10.0.0.1"; returns buf. */
const char *out_addr_text(uint8_t ip_version, const struct te_addr *, char buf[OUT_ADDR]);
/* "10.0.0.1:80", "[2001:db8::1]:80"; returns buf. */
enum { OUT_SOCKET_ADDR = OUT_ADDR + 8 };
const char *out_socket_text(uint8_t ip_version, const struct te_addr *, uint16_t port,
			    char buf[OUT_SOCKET_ADDR]);

struct out;
struct gate;

struct out_format {
	const char *name;     /* of -T */
	unsigned from_totals; /* OUT_*: made of findings and totals, so that a connection
				 without findings need not be told */
	/* All may be NULL. begin() comes when the first frame was read, or the input
	 * ended without one; connection() and finding() only for what is selected. */
	bool (*open)(struct out *); /* allocate out->state; false: out of memory */
	void (*begin)(struct out *);
	void (*passing)(struct out *, const struct te_passing *);
	/* One whose segments may have passed is over, and not selected. */
	void (*forget)(struct out *, uint64_t connection);
	void (*connection)(struct out *, const struct te_connection *);
	void (*finding)(struct out *, const struct te_finding *);
	/* --at: all of them, sorted, before the end */
	void (*sockets)(struct out *, const struct out_socket *, size_t count);
	void (*end)(struct out *, const struct te_totals *);
	/* --check, each in an `out` of its own: what came of the gate's last capture,
	 * and of all of them */
	void (*judged)(struct out *, const struct gate *);
	void (*gate)(struct out *, const struct gate *);
	void (*close)(struct out *); /* free out->state */
};

/* The writer: everything printed goes through it. Errors stick; out_flush() tells. */
struct out {
	const struct out_format *format;
	const struct out_run *run;
	void *state;
	FILE *file;
	char *buf, *at,
	    *full;       /* at: behind what was written; there is room before full */
	uint64_t second; /* of the time written last, and its digits */
	unsigned second_length;
	char second_text[10];
	bool failed;
};

extern const struct out_format out_text, out_json, out_csv, out_script;
extern const struct out_format out_junit, out_sarif, out_tap, out_github, out_summary;
const struct out_format *out_format_find(const char *name); /* NULL: no such format */
const struct out_format *out_format_at(size_t i);           /* NULL behind the last */
/* Does it tell of --check alone, and not of the capture? */
bool out_is_gate(const struct out_format *);

/* `file` stays the caller's. False: out of memory. */
bool out_open(struct out *, const struct out_format *, const struct out_run *,
	      FILE *file);
bool out_flush(struct out *); /* false: something could not be written */
void out_close(struct out *); /* what was not flushed is lost */

/* So many bytes may be written; out_end() behind the last that was. */
enum { OUT_ROOM = 2048 };
void out_drain(struct out *);
static inline char *out_room(struct out *out)
{
	if (out->at > out->full)
		out_drain(out);
	return out->at;
}
/* What is written next, up to OUT_ROOM bytes, stays in the buffer in one piece. */
static inline char *out_hold(struct out *out)
{
	if (out->at + OUT_ROOM > out->full)
		out_drain(out);
	return out->at;
}
static inline void out_end(struct out *out, char *end)
{
	out->at = end;
}
static inline void out_char(struct out *out, char c)
{
	char *at = out_room(out);

	*at = c;
	out_end(out, at + 1);
}
void out_long(struct out *, const char *, size_t);
static inline void out_bytes(struct out *out, const char *bytes, size_t count)
{
	char *at;

	if (count > OUT_ROOM) {
		out_long(out, bytes, count);
		return;
	}
	at = out_room(out);
	memcpy(at, bytes, count);
	out_end(out, at + count);
}
static inline void out_str(struct out *out, const char *text)
{
	out_bytes(out, text, strlen(text));
}
enum { OUT_DIGITS = 20 }; /* of a number, at most */
/* Into a buffer; returns where it ends. */
char *out_decimal(char *at, uint64_t);
static inline void out_u64(struct out *out, uint64_t number)
{
	if (number < 10)
		out_char(out, (char)('0' + number));
	else
		out_end(out, out_decimal(out_room(out), number));
}
void out_printf(struct out *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Seconds with `digits` decimals, exact: never through a double. */
void out_time(struct out *, te_time, unsigned digits);
void out_seconds(struct out *, te_time); /* without needless zeros */
/* As out_time(), to where there is room for OUT_TIME bytes; returns where it ends. */
enum { OUT_TIME = 1 + OUT_DIGITS + 1 + 9 };
char *out_put_time(struct out *, char *at, te_time, unsigned digits);
/* Text from a capture or the command line, made safe for a terminal: control characters
 * and bytes that are not UTF-8 become \xHH. */
void out_safe(struct out *, const char *);

/* ---- derived words that several formats print; in describe.c ---- */

/* One sentence, without addresses, e.g. "closed normally, client first". Writes at most
 * size bytes and returns buf. */
const char *describe_verdict(const struct te_connection *, char *buf, size_t size);
/* What the packets prove, e.g. "server in SYN_RCVD for 7.0 s: no ACK covers its SYN+ACK".
 */
/* The same without the rule's title, where that stands above already. */
const char *describe_case(const struct te_finding *, char *buf, size_t size);
const char *describe_finding(const struct te_finding *, char *buf, size_t size);
/* A Wireshark display filter that shows the finding's connection. */
const char *describe_filter(const struct te_finding *, char *buf, size_t size);
/* Did the system choose this port of a server? Then it is another one in the next
 * capture. `naming` may be NULL. */
bool describe_is_ephemeral(const struct out_naming *naming, uint16_t port);
/* The first 64 bits of SHA-256 of finding|end|server address|server port: the same in
 * every capture of the same system. `naming` may be NULL. */
uint64_t describe_fingerprint(const struct te_finding *, const struct out_naming *naming);
/* The same for something that is no finding; `connection` may be NULL. */
uint64_t describe_print(const char *what, enum te_end, const struct te_connection *,
			const struct out_naming *naming);
/* Community ID 1, seed 0 (github.com/corelight/community-id-spec). */
enum { OUT_COMMUNITY_ID = 32 };
void describe_community_id(const struct te_connection *, char buf[OUT_COMMUNITY_ID]);
/* A duration for people: "41.2 s", "12 ms", "3 h 5 min". */
const char *describe_duration(te_time, char *buf, size_t size);

#endif
