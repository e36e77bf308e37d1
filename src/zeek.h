/* zeek.h - what peers.c, zeek.c and zeek_history.c share
 *
 * The facts are those of Zeek's TCP analyzer and of the documentation of its conn.log
 * (docs.zeek.org, base/protocols/conn/main.zeek).
 */
#ifndef ZEEK_H
#define ZEEK_H

#include "peers.h"

/* Of Zeek's seven states SYN_ACK_SENT is missing: it is an originator's, and in tcpends
 * who sends the SYN+ACK is the server. */
enum zeek_state {
	ZEEK_INACTIVE, /* sent nothing yet */
	ZEEK_SYN_SENT,
	ZEEK_PARTIAL, /* speaks, but was not seen to open */
	ZEEK_ESTABLISHED,
	ZEEK_CLOSED, /* sent a FIN */
	ZEEK_RESET,  /* sent a RST */
};

/* Letters that come again at the tenth, hundredth, thousandth, ... time */
enum zeek_scaled {
	ZEEK_BAD_SUM,
	ZEEK_REPEAT,
	ZEEK_ZERO_WINDOW,
	ZEEK_GAP,
	ZEEK_SCALED_COUNT
};

enum { ZEEK_LETTERS = 60 };

struct zeek_end_detail {
	uint32_t syn, fin, rst; /* the relative number of the last one's letter */
	uint32_t count[ZEEK_SCALED_COUNT];
	uint32_t ahead, ahead_end; /* seen past a hole, or both 0; one range for all */
};

struct zeek_detail {
	struct zeek_end_detail end[2];
	te_time over; /* since when, if it is */
	bool is_over;
	uint8_t count;
	char text[1 + ZEEK_LETTERS + 1]; /* '^', letters, 0 */
};

/* ---- zeek.c ---- */
void zeek_segment(struct peers *, unsigned side, const struct te_segment *);

/* ---- zeek_history.c ---- */

/* False: out of memory. */
bool zeek_make_detail(struct peers *);
static inline bool zeek_need_detail(struct peers *peers)
{
	return peers->detail || zeek_make_detail(peers);
}
/* What the flags say. The end's numbering must have begun. */
void zeek_spell(struct peers *, unsigned side, const struct te_segment *);
void zeek_spell_scaled(struct peers *, unsigned side, enum zeek_scaled);
/* An attempt that its originator took back: S, then R, nothing else of it between but
 * data and repeats. */
bool zeek_history_withdrawn(const struct peers *, unsigned originator);

#endif
