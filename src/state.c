/* state.c - the transition table
 *
 * One row per state and event; a cell that is not here is an event that RFC 9293 does
 * not allow there. The sections were read in RFC 9293; "3.10.7.4" is "Other States",
 * its steps First to Eighth. Figure 5's note 3 would have the sender of a RST enter
 * TIME_WAIT; 3.10.5 and all known stacks go to CLOSED, and so does this table.
 */
#include "state.h"

/* clang-format off */
#define TO(state, section) { .known = true, .to = TE_##state, .rfc = section }
#define GUESS(state) { .known = true, .to = TE_##state, .assumed = true }

#define R_REFUSE "9293:3.10.7.1"
#define R_SYN_SENT "9293:3.10.7.3"
#define R_OTHER "9293:3.10.7.4"
#define R_CLOSE "9293:3.10.4"
#define R_ABORT "9293:3.10.5"
#define R_NO_SOCKET "9293:3.5.2"

/* Events that call for nothing and change nothing in any synchronised state. */
#define QUIET(state)                                                                     \
	[STATE_SND_OTHER] = TO(state, NULL), [STATE_RCV_SYN] = TO(state, R_OTHER),        \
	[STATE_RCV_SYNACK] = TO(state, R_OTHER), [STATE_RCV_ACK_OF_SYN] = TO(state, R_OTHER)
/* Ways out of every synchronised state. */
#define RESET                                                                            \
	[STATE_SND_RST] = TO(CLOSED, R_ABORT),                                            \
	[STATE_SND_RST_REPLY] = TO(CLOSED, R_NO_SOCKET),                                  \
	[STATE_RCV_RST] = TO(CLOSED, R_OTHER)

static const struct state_step table[TE_STATE_COUNT][STATE_EVENT_COUNT] = {
	[TE_UNKNOWN] = {
		[STATE_LISTENED]       = TO(LISTEN, "9293:3.10.7.2"),
		[STATE_SND_SYN]        = TO(SYN_SENT, "9293:3.10.1"),
		[STATE_SND_SYNACK]     = TO(SYN_RCVD, "9293:3.10.7.2"),
		[STATE_SND_OTHER]      = GUESS(ESTABLISHED),
		[STATE_SND_FIN]        = GUESS(FIN_WAIT_1),
		[STATE_SND_FIN_LAST]   = GUESS(LAST_ACK),
		[STATE_SND_RST]        = GUESS(CLOSED),
		[STATE_SND_RST_REPLY]  = GUESS(CLOSED),
		[STATE_SND_RST_REFUSE] = TO(CLOSED, R_REFUSE),
	},
	[TE_CLOSED] = {
		[STATE_LISTENED]       = TO(LISTEN, "9293:3.10.1"),
		[STATE_SND_SYN]        = TO(SYN_SENT, "9293:3.10.1"),
		[STATE_SND_OTHER]      = TO(CLOSED, NULL),
		[STATE_SND_FIN]        = TO(CLOSED, NULL),
		[STATE_SND_RST]        = TO(CLOSED, R_REFUSE),
		[STATE_SND_RST_REPLY]  = TO(CLOSED, R_REFUSE),
		[STATE_SND_RST_REFUSE] = TO(CLOSED, R_REFUSE),
		[STATE_RCV_SYN]        = TO(CLOSED, R_REFUSE),
		[STATE_RCV_SYNACK]     = TO(CLOSED, R_REFUSE),
		[STATE_RCV_ACK_OF_SYN] = TO(CLOSED, R_REFUSE),
		[STATE_RCV_ACK_OF_FIN] = TO(CLOSED, R_REFUSE),
		[STATE_RCV_FIN]        = TO(CLOSED, R_REFUSE),
		[STATE_RCV_FIN_ACK]    = TO(CLOSED, R_REFUSE),
		[STATE_RCV_RST]        = TO(CLOSED, R_REFUSE),
	},
	[TE_LISTEN] = {
		[STATE_SND_SYNACK]     = TO(SYN_RCVD, "9293:3.10.7.2"),
	},
	[TE_SYN_SENT] = {
		[STATE_SND_SYN]        = TO(SYN_SENT, "9293:3.8.1"),
		[STATE_SND_RST]        = TO(CLOSED, R_ABORT),
		[STATE_SND_RST_REPLY]  = TO(CLOSED, R_ABORT),
		[STATE_RCV_SYN]        = TO(SYN_RCVD, R_SYN_SENT),
		[STATE_RCV_SYNACK]     = TO(ESTABLISHED, R_SYN_SENT),
		[STATE_RCV_RST]        = TO(CLOSED, R_SYN_SENT),
	},
	[TE_SYN_RCVD] = {
		[STATE_SND_SYN]        = TO(SYN_RCVD, "9293:3.8.1"),
		[STATE_SND_SYNACK]     = TO(SYN_RCVD, "9293:3.8.1"),
		[STATE_SND_OTHER]      = TO(SYN_RCVD, NULL),
		[STATE_SND_FIN]        = TO(FIN_WAIT_1, R_CLOSE),
		[STATE_RCV_SYN]        = TO(SYN_RCVD, R_OTHER),
		[STATE_RCV_ACK_OF_SYN] = TO(ESTABLISHED, R_OTHER),
		RESET,
	},
	[TE_ESTABLISHED] = {
		QUIET(ESTABLISHED),
		[STATE_SND_FIN]        = TO(FIN_WAIT_1, R_CLOSE),
		[STATE_RCV_FIN]        = TO(CLOSE_WAIT, R_OTHER),
		RESET,
	},
	[TE_FIN_WAIT_1] = {
		QUIET(FIN_WAIT_1),
		[STATE_SND_FIN]        = TO(FIN_WAIT_1, "9293:3.8.1"),
		[STATE_RCV_ACK_OF_FIN] = TO(FIN_WAIT_2, R_OTHER),
		[STATE_RCV_FIN]        = TO(CLOSING, R_OTHER),
		[STATE_RCV_FIN_ACK]    = TO(TIME_WAIT, R_OTHER),
		RESET,
	},
	[TE_FIN_WAIT_2] = {
		QUIET(FIN_WAIT_2),
		[STATE_SND_FIN]        = TO(FIN_WAIT_2, "9293:3.8.1"),
		[STATE_RCV_ACK_OF_FIN] = TO(FIN_WAIT_2, R_OTHER),
		[STATE_RCV_FIN]        = TO(TIME_WAIT, R_OTHER),
		[STATE_RCV_FIN_ACK]    = TO(TIME_WAIT, R_OTHER),
		RESET,
	},
	[TE_CLOSE_WAIT] = {
		QUIET(CLOSE_WAIT),
		[STATE_SND_FIN]        = TO(LAST_ACK, R_CLOSE),
		[STATE_RCV_FIN]        = TO(CLOSE_WAIT, R_OTHER),
		RESET,
	},
	[TE_CLOSING] = {
		QUIET(CLOSING),
		[STATE_SND_FIN]        = TO(CLOSING, "9293:3.8.1"),
		[STATE_RCV_ACK_OF_FIN] = TO(TIME_WAIT, R_OTHER),
		[STATE_RCV_FIN]        = TO(CLOSING, R_OTHER),
		[STATE_RCV_FIN_ACK]    = TO(TIME_WAIT, R_OTHER),
		RESET,
	},
	[TE_LAST_ACK] = {
		QUIET(LAST_ACK),
		[STATE_SND_FIN]        = TO(LAST_ACK, "9293:3.8.1"),
		[STATE_RCV_ACK_OF_FIN] = TO(CLOSED, R_OTHER),
		[STATE_RCV_FIN]        = TO(LAST_ACK, R_OTHER),
		[STATE_RCV_FIN_ACK]    = TO(CLOSED, R_OTHER),
		RESET,
	},
	[TE_TIME_WAIT] = {
		QUIET(TIME_WAIT),
		[STATE_SND_FIN]        = TO(TIME_WAIT, "9293:3.8.1"),
		[STATE_SND_RST]        = TO(TIME_WAIT, NULL),
		[STATE_SND_RST_REPLY]  = TO(CLOSED, R_NO_SOCKET),
		[STATE_RCV_ACK_OF_FIN] = TO(TIME_WAIT, R_OTHER),
		[STATE_RCV_FIN]        = TO(TIME_WAIT, R_OTHER),
		[STATE_RCV_FIN_ACK]    = TO(TIME_WAIT, R_OTHER),
		[STATE_RCV_RST]        = TO(CLOSED, R_OTHER),
		[STATE_TIMER_2MSL]     = TO(CLOSED, "9293:3.10.8"),
	},
};
/* clang-format on */

const struct state_step *state_step(enum te_state from, enum state_event event)
{
	return &table[from][event];
}

const char *state_event_name(enum state_event event)
{
	static const char *const names[] = {
#define X(name) [STATE_##name] = #name,
		STATE_EVENTS(X)
#undef X
	};

	return names[event];
}
