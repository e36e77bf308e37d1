/* conn.h - one connection: two ends, the receipts between them, what was noted
 *
 * Only the core includes this. Sides are slots (side.h); `client` says which of the two
 * opened. The same code serves both, with `self` and `peer` chosen once per segment.
 */
#ifndef CONN_H
#define CONN_H

#include "note.h"
#include "peers.h"
#include "seq.h"
#include "state.h"
#include "tcpends.h"

/* A segment that passed the tap toward an end, and is not known to have arrived. */
enum receipt_kind {
	RECEIPT_SYN,
	RECEIPT_SYNACK,
	RECEIPT_ACK_OF_SYN,
	RECEIPT_ACK_OF_FIN,
	RECEIPT_FIN,
	RECEIPT_RST,
};

struct receipt {
	te_time time;
	uint64_t frame;
	uint32_t file;
	uint32_t end; /* one past the last sequence number of the segment */
	uint32_t ack; /* its ACK number */
	uint32_t tsval;
	uint32_t proof_seq; /* an ACK number from here on proves it; see has_proof_seq */
	uint8_t kind;       /* enum receipt_kind */
	uint8_t to;         /* enum side */
	bool has_ts, has_proof_seq;
	bool bare;         /* a pure ACK */
	bool contradicted; /* what the end did since shows that it did not take it */
	bool repeated;     /* a later copy of the same FIN passed */
	bool names_itself; /* its TSval is newer than all before: an echo of it proves it
			    */
	bool separate;     /* another segment with the same ACK number passed */
};

#define CONN_RECEIPTS 6

/* A segment of Y in flight whose ACK measures the time from the tap to X and back. */
struct probe {
	te_time time;
	uint32_t end;
	bool armed;
	bool repeated; /* Karn: only a TSecr that names the copy counts now */
	uint32_t tsval;
};

/* A segment that may draw an answer: RFC 5961's challenge, RFC 7323's rejection. */
struct question {
	te_time time;
	uint64_t frame;
	uint32_t file;
	uint32_t seq;
	bool pending;
};

/* What an undone RST or FIN puts back. */
struct undo {
	uint8_t state;
	bool armed;
	bool presumed, doubted, killed;
	uint16_t visited;
	uint32_t log_mark; /* transitions of this end from here on are void */
};

/* What every segment touches comes first, so that it shares cache lines. */
struct end {
	uint8_t state; /* enum te_state */
	bool assumed;  /* began mid-connection: nothing after is certain */
	bool presumed; /* the last step was */
	bool doubted;  /* the last step was seen, but not sure of where it led from */
	bool opener;   /* sent a SYN without ACK */
	bool iss_known, snd_known, ack_known, ts_known;
	bool fin_sent;
	bool synack_sent;
	bool over_pending; /* it acknowledged what its peer was not seen to send */
	bool hole;         /* its stream has one that the tap did not see filled */
	bool sack_seen;
	bool scale_known; /* both SYNs were seen, with RFC 7323's shift or without */
	bool edge_known;
	uint8_t scale;
	uint8_t syn_scale; /* what its SYN said, and 1; 255: nothing; 0: no SYN seen */
	uint8_t ttl;
	uint8_t dup_flags; /* dup_*: the last segment's signature */
	uint16_t dup_id, dup_len;
	uint32_t dup_ack, dup_seq, dup_tsval;
	uint32_t iss;
	uint32_t snd_nxt;    /* one past all that it was seen to send */
	uint32_t ack;        /* the highest ACK number that it sent */
	uint32_t edge;       /* right end of the window it offered, at most */
	uint32_t last_ack;   /* its last ACK number */
	uint32_t tsval;      /* the highest TSval that it sent */
	uint32_t prev_ack;   /* the ACK number before the last, if it was another */
	uint32_t mark_tsval; /* of its last SYN or FIN: tells a repeat from a copy */
	uint16_t plain_has;  /* of its next segment, if that may be plain; see order.h */
	struct probe probe;  /* toward this end */
	te_time rtt;         /* least seen; TE_TIME_NONE if never measured */
	te_time last;        /* its last segment; see dup_* */
	te_time last_useful; /* its last data, SYN or FIN */
	uint64_t packets, retransmits, bytes;
	te_time since;    /* of its state */
	uint32_t fin_end; /* one past its FIN */
	uint16_t visited; /* bit per state it was in */
	uint16_t mark_id;
	bool fin_implied;      /* its FIN was never seen, its numbers show it */
	bool impossible;       /* an impossible event was noted */
	bool fin_acked_by_fin; /* the first ACK of its FIN was the peer's FIN */
	bool tfo;              /* its SYN data was taken with the SYN */
	bool killed;           /* a RST ended it before it was done */
	uint8_t fin_ttl;
	bool half_closed;  /* it sent data in CLOSE_WAIT: noted */
	uint8_t fin_ahead; /* bit per enum fin_ahead that was noted */
	uint8_t syn_has;   /* TE_HAS_* of its SYN or SYN+ACK, the lower eight */
	struct undo undo;
	uint32_t base;    /* first number seen, for a display without iss */
	uint32_t syn_len; /* bytes of data in its SYN */
	uint32_t syn_repeats, fin_repeats;
	uint32_t over_ack, ack_before_over;
	uint32_t sack_right;
	uint32_t rst_seq;
	uint32_t rst_ack,
	    rst_tsval; /* of its RST, or the highest before, if it had none */
	uint32_t hole_end;
	/* first and last SYN or SYN+ACK, and the last interval */
	te_time syn_time, syn_last, syn_gap;
	te_time fin_time, fin_last;
	te_time rst_time;
	te_time over_time;
	te_time refused_wait; /* from the last contradicted receipt to what showed it */
	te_time close_wait_silence; /* the longest, when it left CLOSE_WAIT */
	uint64_t syn_frame, fin_frame, rst_frame;
};

struct log_entry {
	te_time time;
	uint64_t frame, proof;
	const char *rfc;
	uint32_t file;
	uint8_t side, from, to, basis;
	bool certain;
};

/* A copy that is only settled to see what would be. */
enum conn_trial { CONN_REAL, CONN_TRIAL_LOGGED, CONN_TRIAL };

/* A transition that was told while the connection went on. */
struct told {
	uint64_t frame;
	uint32_t n;
	uint8_t side, to;
};

struct conn {
	/* the key */
	struct te_addr addr[2];
	uint16_t port[2];
	uint16_t vlan;
	uint8_t ip_version;
	bool has_vlan;
	bool self_connect; /* same address and port at both ends */

	uint8_t receipt_count;
	bool watched;   /* transfer.c wants each segment, plain or not */
	uint8_t client; /* enum side */
	bool roles_certain;
	bool syn_seen; /* it was seen to open */
	bool replaced; /* a newer connection on its addresses was answered */
	bool evicted;
	bool inside;   /* its SYN came while an older one was alive */
	bool disowned; /* its SYN was not its apparent sender's own */
	bool settled;
	bool queued;        /* of what may be over */
	bool wanted;        /* it will be told */
	bool keep_log;      /* ... with its transitions, */
	bool keep_words;    /* ... with the words of other tools */
	bool followed;      /* its segments are told as they pass */
	bool marked;        /* te_engine_mark() came */
	bool out_of_memory; /* log or notes are incomplete */
	uint8_t trial;      /* enum conn_trial */
	uint32_t last_file;
	te_time last;
	uint64_t last_frame;
	struct conn *older; /* on the same addresses */
	uint64_t hash;      /* of the addresses, flow.c's */

	struct end end[2];

	uint64_t send_q[2];    /* what was in flight when it was marked */
	te_time left_syn_rcvd; /* when an end last did; 0: none has */
	te_time taken[2];      /* if replaced: when the newer one took each end's place */
	struct question challenged[2]; /* each end, by its peer: a RST, or an old SYN */

	uint64_t number, id;
	uint32_t incarnation;
	uint32_t file;
	uint64_t frame;
	te_time first;
	uint64_t gaps, duplicates;

	uint32_t log_count, note_count;
	struct transfer *transfer; /* NULL until something happened to its data */
	struct told *told;         /* live */
	uint32_t told_count, told_size, told_n;
	uint64_t told_rules; /* bit per rule of the catalogue */
	te_time next_look;
	struct peers peers; /* the same in other tools' words */

	/* flow.c's: */
	struct conn *prev, *next;           /* all, by first segment */
	struct conn *idle_prev, *idle_next; /* by last segment, once it may be over */
	te_time queued_since;

	/* What is behind their counts means nothing. This is all that conn_clear()
	 * leaves.
	 */
	struct receipt receipts[CONN_RECEIPTS];
	struct log_entry *log;
	struct note *notes;
	uint32_t log_size, note_size;
	struct transfer *spare; /* room for one, cleared */
};

/* ---- conn.c ---- */

/* Prepare zeroed memory. The key is set by the caller. */
void conn_init(struct conn *, const struct te_segment *, enum side from);
void conn_release(struct conn *); /* what hangs on it, not itself */
/* For another one in its place: as zeroed, but for the room of its lists. */
void conn_clear(struct conn *);

/* One segment passes from `from`. `duplicate_limit`: two equal frames within it are one,
 * captured twice. True if that is what it was. */
bool conn_segment(struct conn *, enum side from, const struct te_segment *,
		  te_time duplicate_limit);
/* The same without the short ways of plain.c and closing.c, which only save time. */
bool conn_ask_rules(struct conn *, enum side from, const struct te_segment *,
		    te_time duplicate_limit);

/* No more will come: what is pending is presumed, in order of passing. `now` is the
 * time at which the input, or the connection, ended. */
void conn_settle(struct conn *, te_time now);

/* Would both ends be CLOSED or TIME_WAIT, if it were settled now? Does not change it. */
bool conn_is_over(const struct conn *, te_time now);

/* A later SYN of `self` with other numbers, which passed at `time`, shows that its old
 * end was finished: what had passed toward it before counts as proven by that frame. */
void conn_prove_over(struct conn *, enum side self, uint64_t frame, te_time time);

/* 2MSL is over: an end in TIME_WAIT goes to CLOSED. */
void conn_expire(struct conn *, te_time time_wait);

te_time end_rtt(const struct end *);   /* measured, or 0.25 s */
bool end_is_final(const struct end *); /* CLOSED or TIME_WAIT */
/* Past the handshake, by whatever way. */
static inline bool end_was_synchronised(const struct end *end)
{
	return end->visited & ~(1u << TE_UNKNOWN | 1u << TE_CLOSED | 1u << TE_LISTEN |
				1u << TE_SYN_SENT | 1u << TE_SYN_RCVD);
}
bool conn_is_passive(const struct conn *, enum side); /* it answered, did not open */

#endif
