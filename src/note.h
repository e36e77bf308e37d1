/* note.h - what happened to a connection that only findings want to know
 */
#ifndef NOTE_H
#define NOTE_H

#include "side.h"
#include "tcpends.h"

struct conn;

/* What findings are made of: things that happened, with the frame. */
enum note_kind {
	NOTE_SYN_REPEAT,
	NOTE_SYNACK_REPEAT,
	NOTE_HANDSHAKE_ACK_IGNORED, /* value: milliseconds from the ACK to the repeat */
	NOTE_FIN_REPEAT,
	NOTE_ACK_OF_FIN,      /* the first that covers a FIN which was ahead of data */
	NOTE_ACK_OF_FIN_LOST, /* the FIN came again later than a round trip */
	NOTE_FIN_LOST,
	NOTE_RST, /* value: enum rst_class */
	NOTE_RST_LOST,
	NOTE_UNUSUAL_OPENING, /* both sent a SYN, or the SYN's data was taken */
	NOTE_BAD_SYNACK,      /* value: its ACK number */
	NOTE_SYNACK_CHANGED,  /* another initial sequence number than before */
	NOTE_SYN_INSIDE,      /* with a new number, while this connection is alive */
	NOTE_IMPOSSIBLE,      /* value: enum state_event */
	NOTE_FIN_MOVED,       /* value: enum fin_moved */
	NOTE_ACK_OF_UNSENT,
	NOTE_FIN_AHEAD,   /* value: enum fin_ahead */
	NOTE_HALF_CLOSED, /* value: SEQ of the first data that it sent in CLOSE_WAIT */
	NOTE_AFTER_RST,   /* an ordinary segment of an end that has sent a RST */
	NOTE_NEW_SYN,     /* of the connection that took its place; value: enum newer */
	NOTE_NEW_SYNACK,  /* that answers it */
};

/* How an end took its FIN back, or contradicted it. */
enum fin_moved {
	FIN_VOID,      /* with the segment that acknowledged what was never sent */
	FIN_TAKEN,     /* it goes on at the FIN's number as if it had sent none */
	FIN_DATA_MORE, /* data beyond it */
	FIN_FURTHER,   /* a second FIN further on */
	FIN_NEARER,    /* a second FIN before the first */
};

/* How it is known that a FIN was ahead of data. */
enum fin_ahead {
	FIN_AHEAD_AT_TAP, /* it passed so */
	FIN_AHEAD_BY_ACK, /* its receiver, later than a round trip, lacks what was before
			   */
	FIN_AHEAD_FILLED, /* data before it, not acknowledged by then, passed once more */
	FIN_AHEAD_BY_SACK, /* its receiver says so */
};

/* What makes a SYN newer than the connection whose addresses it has (RFC 6191 2). */
enum newer { NEWER_BY_ISN, NEWER_BY_TIMESTAMP, NEWER_BY_NEITHER };

enum rst_class {
	RST_FORGED,
	RST_REJECTED,
	RST_REFUSED,
	RST_OPEN_ABORTED,
	RST_IN_TIME_WAIT,
	RST_NO_CONNECTION,
	RST_AFTER_FIN,
	RST_ABORT,
	RST_ALONE, /* no other segment was seen */
	RST_AGAIN, /* of an end already CLOSED: the same one */
};

/* In what a RST is unlike its sender's other segments. */
enum rst_unlike { RST_OTHER_TTL = 1, RST_OTHER_ID = 2, RST_OTHER_OPTIONS = 4 };

struct note {
	te_time time;
	uint64_t frame;
	uint32_t file;
	uint32_t value;
	uint8_t kind;
	uint8_t side;
	uint8_t state; /* of that side, before */
	bool on_data;  /* the segment it answers carried data */
	/* Of a RST: */
	uint8_t unlike;   /* RST_OTHER_* */
	bool unanswered;  /* what its sender had sent last had no answer for a second */
	uint16_t silence; /* seconds since the last segment of either end */
	uint32_t covers;  /* what its sender had of its peer: below this number */
};

/* A note list is cut here: evidence shows a handful of frames, counters count on. */
#define CONN_NOTES 64

void note_in_passing(struct conn *, enum side from, const struct te_segment *);
/* The FIN of `side` was ahead of data. */
void note_fin_ahead(struct conn *, enum side, const struct te_segment *, enum fin_ahead);
void note_reset(struct conn *, enum side from, const struct te_segment *, enum rst_class);
/* A newer connection was answered on its addresses. */
void note_newer(struct conn *, enum side opener, const struct conn *newer,
		const struct te_segment *synack);

#endif
