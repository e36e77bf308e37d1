/* pkt_want.h - what pkt_write.c and pkt_want.c share */
#ifndef PKT_WANT_H
#define PKT_WANT_H

#include "pkt.h"

struct pkt_writer_conn {
	bool known; /* the reader has its addresses */
	uint32_t iss[2];
	uint32_t told, said; /* connections on its addresses: in all, and so far */
};

struct pkt_writer {
	struct pkt *pkt;
	struct out *out;
	uint64_t line; /* the next one */
	uint32_t conn; /* the current one */
	te_time now;
	struct pkt_writer_conn *conns;
};

/* ---- pkt_write.c ---- */
void pkt_end_line(struct pkt_writer *);
void pkt_say(struct pkt_writer *, const char *text); /* a whole line */
/* `conn NAME`, unless it is the current one. */
void pkt_speak_of(struct pkt_writer *, uint32_t conn);

/* ---- pkt_want.c: the assertions ---- */
void pkt_want(struct pkt_writer *, const struct pkt_replay *);

#endif
