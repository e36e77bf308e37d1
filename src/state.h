/* state.h - the transition table of RFC 9293, and nothing else */
#ifndef STATE_H
#define STATE_H

#include "tcpends.h"

/* What can happen at one end. A receipt is an event of the end that receives. */
#define STATE_EVENTS(X)                                                                  \
	X(LISTENED) /* it answered a SYN: before that it was in LISTEN */                \
	X(SND_SYN)  /* a SYN without ACK */                                              \
	X(SND_SYNACK)                                                                    \
	X(SND_OTHER) /* data or a pure ACK */                                            \
	X(SND_FIN)                                                                       \
	X(SND_FIN_LAST)   /* first seen with a FIN that covers the peer's FIN */         \
	X(SND_RST)        /* an abort: RST at SND.NXT */                                 \
	X(SND_RST_REPLY)  /* no ACK flag, SEQ is the ACK number it answers: no socket */ \
	X(SND_RST_REFUSE) /* RST+ACK that answers a SYN */                               \
	X(RCV_SYN)        /* without ACK: simultaneous open */                           \
	X(RCV_SYNACK)     /* that covers its SYN */                                      \
	X(RCV_ACK_OF_SYN)                                                                \
	X(RCV_ACK_OF_FIN)                                                                \
	X(RCV_FIN)     /* in order; does not cover its own FIN */                        \
	X(RCV_FIN_ACK) /* in order; covers its own FIN */                                \
	X(RCV_RST)     /* acceptable by RFC 5961 3.2 */                                  \
	X(TIMER_2MSL)
enum state_event {
#define X(name) STATE_##name,
	STATE_EVENTS(X)
#undef X
	    STATE_EVENT_COUNT
};
const char *state_event_name(enum state_event);

struct state_step {
	bool known;      /* false: the table has no such row: impossible-event */
	uint8_t to;      /* enum te_state; may be the same state: a row that stays */
	bool assumed;    /* the capture began mid-connection */
	const char *rfc; /* section, or NULL for an observation */
};
const struct state_step *state_step(enum te_state from, enum state_event);

#endif
