/* script.h - packet scripts: a TCP conversation and what is to be said of it, as text
 *
 * The notation is in scripts/README. A script is parsed into one list of items in the
 * order of its lines; sequence numbers and times are absolute by then. The parser knows
 * nothing of the engine, so whoever writes scripts can read them back.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "tcpends.h"

enum { SCRIPT_A, SCRIPT_B };
enum { SCRIPT_WORD = 40, SCRIPT_STEPS = 16, SCRIPT_LINES = 8, SCRIPT_ERRLEN = 160 };

enum script_kind {
	SCRIPT_SEGMENT,
	SCRIPT_TICK,
	SCRIPT_SET,
	SCRIPT_STATE,   /* `=`: one item for each end */
	SCRIPT_HISTORY, /* `:` */
	SCRIPT_VERDICT, /* opened, closed, client */
	SCRIPT_COUNT,
	SCRIPT_FINDING, /* `!` */
	SCRIPT_NOTHING, /* `! nothing` */
	SCRIPT_MAY,     /* `! may ID` */
	SCRIPT_LIVE,    /* `! live ID` */
	SCRIPT_REVISION,
};

/* The two ends that segments speak of; several may share their addresses. */
struct script_conn {
	char name[SCRIPT_WORD];
	uint8_t ip_version;
	struct te_addr addr[2];
	uint16_t port[2];
	bool has_vlan;
	uint16_t vlan;
	uint32_t iss[2];
};

struct script_segment {
	struct te_segment segment; /* frame 0 if it is lost */
	uint8_t side;              /* who sends it */
	bool lost;                 /* sent, but not captured */
	uint8_t header;            /* what its header says of its length; 0: the truth */
	uint32_t snap;             /* captured bytes of the frame; 0: all */
	uint8_t options[40];       /* as on the wire, padded */
	uint8_t options_len;
};

enum script_sureness { SCRIPT_SURE, SCRIPT_PRESUMED, SCRIPT_EITHER };

/* An end, of the given connection on its addresses, from 1; 0 is the latest. */
struct script_end {
	uint8_t side;
	uint32_t incarnation;
};

struct script_state {
	struct script_end end;
	enum te_state state;
	enum script_sureness sureness;
};

enum script_opinion { SCRIPT_UNSAID, SCRIPT_YES, SCRIPT_NO };

struct script_step {
	enum te_state state;
	char basis[SCRIPT_WORD]; /* "" is any */
	enum script_opinion certain;
};

struct script_history {
	struct script_end end;
	struct script_step steps[SCRIPT_STEPS];
	unsigned count;
};

/* opened WORD, closed WORD, client A, set NAME=WORD, count NAME VALUE, revision WORD
 * VALUE */
struct script_named {
	char name[SCRIPT_WORD];
	char word[SCRIPT_WORD];
	uint32_t incarnation;
	double value;
};

enum script_whose {
	SCRIPT_ANY_END,
	SCRIPT_END_A,
	SCRIPT_END_B,
	SCRIPT_CLIENT,
	SCRIPT_SERVER,
	SCRIPT_NO_END
};

struct script_finding {
	char id[SCRIPT_WORD];
	enum script_whose whose;
	unsigned lines[SCRIPT_LINES]; /* of segments that must be in its evidence */
	unsigned line_count;
	char severity[SCRIPT_WORD]; /* "" is any */
	char also[SCRIPT_WORD];     /* "" is any */
	enum script_opinion certain, still;
};

struct script_item {
	enum script_kind kind;
	unsigned line;
	unsigned conn; /* the connection that was current at this line */
	te_time time;
	union {
		struct script_segment segment;
		struct script_state state;
		struct script_history history;
		struct script_named named; /* SET, VERDICT, COUNT, REVISION */
		struct script_finding finding;
		char id[SCRIPT_WORD]; /* MAY, LIVE */
	} u;
};

struct script {
	struct script_conn *conns;
	struct script_item *items;
	size_t conn_count, item_count;
	size_t segments; /* captured ones; they are frames 1, 2, ... */
	size_t assertions;
	uint8_t *pattern; /* what payloads point into */
};

struct script_error {
	unsigned line; /* 0: the script as a whole */
	char text[SCRIPT_ERRLEN];
};

/* Parse a whole script, which need not end in NUL or newline. NULL with the error
 * filled if it cannot be read or memory ends. The caller frees it by script_free(). */
struct script *script_parse(const char *text, size_t len, struct script_error *);
/* The same from a file. */
struct script *script_read(const char *path, struct script_error *);
void script_free(struct script *); /* NULL is fine */

/* The line of captured frame `number`, or 0. */
unsigned script_line_of(const struct script *, uint64_t number);

#endif
