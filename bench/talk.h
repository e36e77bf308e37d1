/* talk.h - one connection, played segment by segment from a script
 *
 * A script has a letter a segment, in the order of capture; capitals are the client's:
 *	S SYN (the server's acknowledges)	A acknowledgement	D data
 *	F FIN					X FIN that crosses the peer's
 *	R RST of an abort			N RST that answers a closed connection
 *	K RST that refuses a SYN		Q the last segment again
 *	H data that is held up or lost before the tap (no frame)	L ... and arrives
 *	( ... ) is repeated
 * What an end acknowledges is all that it has seen in order, with SACK above a hole. */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

#include "wire.h"

/* What a connection is, drawn once. */
struct talk_plan {
	const char *script;
	uint32_t rounds; /* how often the part in parentheses is played, at least once */
	uint32_t isn[2];
	uint16_t len[2]; /* bytes of a data segment */
	bool timestamps;
};

struct talk_end {
	uint32_t next, ack; /* SND.NXT, RCV.NXT */
	uint32_t last_seq, held_seq;
	uint32_t stamp; /* the newest TSval sent */
	uint16_t len, last_len, held_len;
	uint8_t last_flags;
	bool holds;
};

struct talk {
	const char *at; /* the next letter */
	uint32_t rounds;
	uint32_t index; /* the connection's number; for the caller */
	bool timestamps;
	struct talk_end end[2];
};

void talk_begin(struct talk *talk, uint32_t index, const struct talk_plan *plan);

/* The next captured segment, at `ms` milliseconds of the ends' clocks; false: it is over.
 */
bool talk_next(struct talk *talk, uint32_t ms, struct wire_segment *seg);

#endif
