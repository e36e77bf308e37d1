/* text.h - what the parts of the text format share; nobody else needs it
 *
 * Each part has a _connection() or _finding() that takes what is told and an _end()
 * that prints. Parts copy what they keep: nothing told outlives the call.
 */
#ifndef TEXT_H
#define TEXT_H

#include "hosts.h"
#include "out.h"
#include "term.h"
#include <time.h>

enum {
	TEXT_SCREEN = 23,  /* lines of the default report, the next prompt not counted */
	TEXT_ADDRESS = 64, /* "[v6 address]:port" */
	TEXT_SENTENCE = 256,
	TEXT_FRAME = 32, /* "2:1234" */
	TEXT_LABEL = 9,  /* where the words after "file", "packets", ... begin */
};

/* Two ends, small enough to keep. */
struct text_ends {
	uint8_t ip_version;
	struct te_addr addr[2];
	uint16_t port[2];
};

/* What is counted of the connections that were told. */
struct text_tally {
	uint64_t connections;
	uint64_t opened[TE_OPENED_COUNT], closed[TE_CLOSED_COUNT];
	uint64_t states[2][TE_STATE_COUNT];
};

struct text_overview {
	struct text_tally told;
	uint64_t connections; /* at the end: those that are told of, one by one or not */
	struct te_connection first; /* its pointers are NULL */
	char verdict[TEXT_SENTENCE];
};

/* One rule, and the worst that it found. */
struct text_group {
	const struct te_rule *rule;
	uint64_t count;
	enum te_severity severity; /* the worst one's */
	enum te_scope scope;
	uint64_t connection; /* 0: wider than one connection */
	struct text_ends ends;
	uint64_t frames[TE_MAX_FRAMES];
	unsigned frame_count;
	enum te_end end;
	uint32_t file;
	double value;
	bool certain;
	const struct te_rule *also;
	char sentence[TEXT_SENTENCE]; /* "" where place and end say it all */
};

struct text_findings {
	struct text_group *groups;
	size_t count, size;
	uint64_t severities[TE_ERROR + 1];
	bool incomplete; /* out of memory: counts are too low */
};

/* A row of the table of connections. */
struct text_row {
	uint64_t number;
	struct text_ends ends;
	te_time first, last;
	uint64_t bytes[2];
	uint8_t state[2];
	bool presumed[2];
	enum te_opened opened;
	enum te_closed closed;
	char verdict[TEXT_SENTENCE / 2];
};

enum { TEXT_COLUMNS = 11 };

enum { TEXT_TIME = TERM_NUMBER };

/* What the times of a list are told from. */
struct text_clock {
	te_time start, before; /* before: the line above */
};

/* The second told last, as its day has it; "": none was. */
struct text_second {
	time_t second;
	char words[TEXT_TIME - 10];
};

struct text_connections {
	struct text_row *rows; /* the first ones, kept until the widths are known */
	size_t count, size;
	bool flowing; /* the widths are fixed, rows are printed as they come */
	unsigned widths[TEXT_COLUMNS]; /* 0: left out */
	unsigned gap;
};

/* Which end, from where to where, on what basis; and the RFC, behind the proof. They are
 * the same few in all connections. */
struct text_move {
	uint32_t key;
	const char *rfc;
	struct term_piece what, end;
};

enum { TEXT_MOVES = 256 };
struct text_transitions {
	bool headed;
	struct text_clock clock;
	struct term_piece moment; /* of the line above, and its connection */
	struct text_move moves[TEXT_MOVES];
};

struct text_tracks; /* text_track.c */

struct text {
	struct term term;
	const struct out_run *run;
	struct text_overview overview;
	struct text_findings findings;
	struct text_connections connections;
	struct text_tracks *tracks;
	struct hosts *hosts;
	struct text_transitions transitions;
	struct text_second second;
	bool separate; /* something was printed: a blank line before the next part */
};

/* ---- out_text.c: words that several parts use ---- */

/* "10.0.0.1:80", "[2001:db8::1]:80" */
const char *text_address(const struct text_ends *, enum te_end, char buf[TEXT_ADDRESS]);
void text_ends_of(struct text_ends *, const struct te_connection *);
/* "12", or with several files "2:12" */
const char *text_frame(const struct text *, uint32_t file, uint64_t frame,
		       char buf[TEXT_FRAME]);
unsigned text_digits(const struct text *, uint32_t file); /* of times: 6 at most */
/* "CLOSED?": presumed */
void text_put_state(struct term *, enum te_state, bool presumed);
/* A blank line, unless nothing was printed yet. */
void text_separate(struct text *);
/* "quality", and on to where its words begin */
void text_put_label(struct text *, const char *label);
/* "#8 10.0.0.1:51234 → 10.0.0.2:80" */
void text_put_ends(struct text *, uint64_t connection, const struct text_ends *);
/* Whose a finding is: both ends, the listener alone, or "10.0.0.1 → 10.0.0.2:80" */
void text_put_place(struct text *, enum te_scope, const struct text_ends *);

/* ---- text_time.c: the time column, by -t ---- */
unsigned text_time_columns(const struct text *); /* 0: no column */
const char *text_time(struct text *, const struct text_clock *, te_time, unsigned digits,
		      char cell[TEXT_TIME]);

/* ---- text_overview.c ---- */
void text_overview_connection(struct text *, const struct te_connection *);
/* At the end, before any part of the report. */
void text_overview_count(struct text *, const struct te_totals *);
void text_overview_end(struct text *, const struct te_totals *);
/* Says that there is no connection, and what there is instead. */
void text_overview_nothing(struct text *, const struct te_totals *);

/* ---- text_tables.c ---- */
void text_tables_put(struct text *, const struct text_tally *);

/* ---- text_gate.c ---- */
void text_gate_judged(struct out *, const struct gate *);
void text_gate_end(struct out *, const struct gate *);

/* ---- text_next.c ---- */
void text_next_end(struct text *, const struct te_totals *);

/* ---- text_findings.c ---- */
/* A note that is counted, and told only with -v. */
bool text_is_quiet(const struct text *, const struct te_finding *);
void text_findings_finding(struct text *, const struct te_finding *);
/* Sorts, worst first, and prints at most `lines` lines; 0: all. */
void text_findings_end(struct text *, unsigned lines);
const struct text_group *text_findings_worst(const struct text *); /* NULL: none */
void text_findings_free(struct text *);

/* ---- text_connections.c ---- */
void text_connections_connection(struct text *, const struct te_connection *);
void text_connections_end(struct text *);
void text_connections_free(struct text *);

/* ---- text_hosts.c ---- */
bool text_hosts_new(struct text *); /* false: out of memory */
void text_hosts_connection(struct text *, const struct te_connection *);
/* At most `lines` lines; 0: all. */
void text_hosts_end(struct text *, te_time end, unsigned lines);

/* ---- text_sockets.c ---- */
void text_sockets_put(struct text *, const struct out_socket *, size_t count);

/* ---- text_diff.c ---- */
void text_diff_put(struct text *, const struct diff_report *);

/* ---- text_transitions.c ---- */
void text_transitions_connection(struct text *, const struct te_connection *);

/* ---- text_timeline.c ---- */
void text_timeline_connection(struct text *, const struct te_connection *);

/* ---- text_head.c: who, how long, where the tap was, the verdict ---- */
void text_head_put(struct text *, const struct te_connection *);
/* The verdict, and who holds TIME_WAIT until when. */
void text_verdict(struct text *, const struct te_connection *, char words[TEXT_SENTENCE]);

/* ---- text_track.c: the segments of each connection, until it is told ---- */

/* One segment, or a run of ordinary ones. */
struct text_step {
	te_time time;
	uint64_t first, last; /* frames */
	uint64_t bytes[2];    /* of payload, by sender */
	uint32_t file, segments, repeats, duplicates;
	uint32_t seq, ack, len; /* of the first */
	uint8_t flags;
	uint8_t sender; /* 0: the end that was seen first */
	bool run;
};

struct text_track {
	const struct text_step *steps;
	size_t count;
	uint64_t left_out; /* segments for which there was no room */
	struct te_addr addr;
	uint16_t port; /* of sender 0 */
};

bool text_tracks_new(struct text *); /* false: out of memory */
void text_tracks_free(struct text *);
void text_tracks_passing(struct text *, const struct te_passing *);
/* Borrowed until text_track_drop(); an empty one if nothing is known. */
struct text_track text_track_find(const struct text *, uint64_t connection);
void text_track_drop(struct text *, uint64_t connection);

/* ---- text_spot.c ---- */

struct text_spot {
	size_t step; /* index of its step; the count of steps: at the end */
	bool inside; /* its frame is in the step */
};

struct text_spots {
	struct text_spot *transitions, *findings; /* as in the connection */
};

/* False: out of memory. To be freed in any case. */
bool text_spots_find(struct text_spots *, const struct text_track *,
		     const struct te_connection *);
void text_spots_free(struct text_spots *);

/* ---- text_arrow.c ---- */

enum { TEXT_ARROW = 96 }; /* bytes of the words on an arrow */

/* "FIN,ACK seq=3171": numbers only where they say something, or if verbose. */
void text_arrow_words(const struct text_step *, bool verbose, char words[TEXT_ARROW]);
/* Double-lined, with what was carried. */
void text_arrow_bytes(struct term *, bool to_server, uint64_t bytes, unsigned columns);

#endif
