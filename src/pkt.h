/* pkt.h - what the parts of the script format share; nobody else needs it
 *
 * Captured segments are kept (out_script.c), cast as the ends of a script (pkt_cast.c),
 * shortened where they are many (pkt_cut.c), stripped of all that names anybody
 * (pkt_mask.c), run through an engine of their own (pkt_replay.c), which decides what is
 * asserted of them, and written (pkt_write.c). The notation is tests/scripts/README's.
 */
#ifndef PKT_H
#define PKT_H

#include "hold.h"
#include "out.h"

#define PKT_NONE UINT32_MAX
enum { PKT_IDS = 64 };
/* The first ephemeral port that is made up. */
enum { PKT_EPHEMERAL = 40000 };

/* When a script begins, and how long it may be, for its reader. */
#define PKT_START (1700000000 * TE_SEC)
#define PKT_LONGEST (1000000000 * TE_SEC)

enum pkt_side { PKT_A, PKT_B };

/* The ISN of an end, until the script says another. */
static inline uint32_t pkt_iss(unsigned side)
{
	return side == PKT_A ? 1000000000 : 3000000000;
}

/* A captured segment, and who it belongs to. */
struct pkt_kept {
	struct te_segment segment;
	uint64_t connection;
	uint32_t flow; /* PKT_NONE: its connection is not asked for */
	uint8_t side;  /* enum pkt_side */
};

/* Numbers of a direction that are left out: the stream without them is one again. */
struct pkt_gap {
	int64_t left, right; /* as pkt_mask.c counts them */
};

struct pkt_stream {
	bool known;
	uint32_t top_seq; /* one past all that was sent */
	int64_t top;      /* the same, counted from the first */
	struct pkt_gap *gaps;
	size_t gap_count, gap_size;
};

/* A connection of the capture. */
struct pkt_flow {
	uint64_t number;
	uint32_t conn;
	bool whole; /* nothing of it may be left out */
	struct pkt_stream stream[2];
};

/* What an end's numbers become. */
struct pkt_face {
	bool seq_known, ts_known, ttl_known;
	uint32_t seq, ts; /* the first */
	uint8_t ttl;
	uint16_t ids[PKT_IDS],
	    own_ids[PKT_IDS]; /* of its last packets: now, and before */
	unsigned id_count;
};

/* `conn` of the script: two ends, on whose addresses there may be several connections. */
struct pkt_conn {
	uint8_t ip_version;
	struct te_addr real[2], addr[2];
	uint16_t real_port[2], port[2];
	uint64_t number; /* of the first connection that was told */
	bool has_vlan;   /* all segments have this one */
	bool mixed_vlan;
	bool seen;
	uint16_t vlan;
	bool itself;             /* it is connected to itself: all is A's */
	uint32_t twin;           /* the first one on these addresses, in whatever VLAN: */
	struct pkt_face face[2]; /* that one's are for all */
};

/* A segment of the script. */
struct pkt_line {
	struct te_segment segment; /* masked; its frame counts from 1 */
	uint32_t kept, conn;
	uint8_t side;
	bool same;      /* as that side's segment before, byte by byte */
	bool named_ttl; /* another than that one's, or than the usual */
	bool absolute;  /* its sequence number is the 0 of RFC 9293 3.10.7.1 */
	bool named_id;  /* its IP ID is not the one that the reader would count */
	uint32_t cut;   /* segments of its connection that were left out before it */
	uint64_t at;    /* the line that it is on, once written */
};

/* A finding wider than one connection. */
struct pkt_wide {
	struct te_finding finding;
	struct te_end_view server; /* if it is about one */
};

/* What an engine says of the script's segments alone. */
struct pkt_replay {
	struct hold *told; /* connections by number */
	struct pkt_wide *wide;
	size_t wide_count;
	uint64_t connections;
	bool failed; /* out of memory */
};

struct pkt_cast; /* pkt_cast.c: how they are found */

struct pkt {
	struct out *out;
	struct pkt_kept *kept;
	size_t kept_count, kept_size;
	uint64_t no_room; /* segments for which there was none */
	struct pkt_flow *flows;
	size_t flow_count, flow_size;
	struct pkt_conn *conns;
	size_t conn_count, conn_size;
	struct pkt_cast *cast;
	struct hold *told; /* as the capture's own engine told them */
	struct pkt_line *lines;
	size_t line_count;
	te_time start; /* of the first segment, as captured */
	te_time end;   /* by the script's clock */
	bool failed;   /* out of memory */
};

/* ---- pkt_cast.c: who is who ---- */
bool pkt_cast_new(struct pkt *, const uint64_t seed[2]);
/* A connection that is asked for: its addresses become a `conn`. */
void pkt_cast_connection(struct pkt *, const struct te_connection *);
/* All segments on these addresses: find their flows and sides. */
void pkt_cast_segments(struct pkt *);
uint16_t pkt_cast_vlan(struct pkt *, uint16_t real);
void pkt_cast_free(struct pkt *);

/* ---- pkt_mask.c ---- */
/* Fill the lines: without names, and as the script's reader will see them. keep[i]: is
 * kept[i] in the script? `end` of the capture. */
void pkt_mask(struct pkt *, const bool *keep, te_time end);

/* ---- pkt_replay.c ---- */
void pkt_replay_run(const struct pkt *, struct pkt_replay *);
void pkt_replay_free(struct pkt_replay *);
/* Do two scripts say the same of a connection? frames: the captured segment of each of
 * their frames. */
bool pkt_replay_same(const struct te_connection *, const uint32_t *frames,
		     const struct te_connection *other, const uint32_t *other_frames);
/* Do they agree with what was said of the whole capture? */
bool pkt_replay_agrees(const struct te_connection *, const struct te_connection *whole);

/* ---- pkt_cut.c: fill the lines with as few segments as say the same ---- */
void pkt_cut(struct pkt *, struct pkt_replay *, te_time end);

/* ---- pkt_write.c ---- */
void pkt_write(struct pkt *, const struct pkt_replay *);

#endif
