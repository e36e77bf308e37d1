/* conn.h - one connection: two ends, the receipts between them, what was noted
 *
 * Only the core includes this. Sides are slots: TE_A is the end with the lower address
 * and port, so a segment finds its side without a search; `client` says which of the two
 * opened. The same code serves both, with `self` and `peer` chosen once per segment.
 */
#ifndef CONN_H
#define CONN_H

#include "peers.h"
#include "seq.h"
#include "state.h"
#include "tcpends.h"

enum side { SIDE_A, SIDE_B };
static inline enum side side_other(enum side side)
{
	return side == SIDE_A ? SIDE_B : SIDE_A;
}

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
	uint32_t tsval;
	bool armed;
	bool repeated; /* Karn: only a TSecr that names the copy counts now */
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
	uint32_t dup_seq, dup_ack, dup_tsval;
	uint32_t iss;
	uint32_t snd_nxt;    /* one past all that it was seen to send */
	uint32_t ack;        /* the highest ACK number that it sent */
	uint32_t last_ack;   /* the last one */
	uint32_t prev_ack;   /* the one before, if it was another */
	uint32_t edge;       /* right end of the window it offered, at most */
	uint32_t tsval;      /* the highest TSval that it sent */
	uint32_t mark_tsval; /* of its last SYN or FIN: tells a repeat from a copy */
	struct probe probe;  /* toward this end */
	te_time rtt;         /* least seen; TE_TIME_NONE if never measured */
	te_time last;        /* its last segment; see dup_* */
	te_time last_useful; /* its last data, SYN or FIN */
	uint64_t packets, bytes, retransmits;
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
	bool steady;    /* its next segments may be plain: see plain_is_steady() */
	uint8_t client; /* enum side */
	bool roles_certain;
	bool syn_seen; /* it was seen to open */
	bool replaced; /* a newer connection on its addresses was answered */
	bool evicted;
	bool inside;   /* its SYN came while an older one was alive */
	bool disowned; /* its SYN was not its apparent sender's own */
	bool settled;
	bool queued;        /* of what may be over */
	bool keep_log;      /* transitions are asked for */
	bool marked;        /* te_engine_mark() came */
	bool out_of_memory; /* log or notes are incomplete */
	uint8_t trial;      /* enum conn_trial */
	uint32_t last_file;
	te_time last;
	uint64_t last_frame;
	struct conn *older; /* on the same addresses */
	uint64_t hash;      /* of the addresses, flow.c's */

	struct end end[2];
	struct receipt receipts[CONN_RECEIPTS];

	uint64_t send_q[2];    /* what was in flight when it was marked */
	te_time left_syn_rcvd; /* when an end last did; 0: none has */
	te_time taken[2];      /* if replaced: when the newer one took each end's place */

	uint64_t number, id;
	uint32_t incarnation;
	uint32_t file;
	uint64_t frame;
	te_time first;
	uint64_t gaps, duplicates;

	struct log_entry *log;
	uint32_t log_count, log_size;
	struct transfer *transfer; /* NULL until something happened to its data */
	struct note *notes;
	uint32_t note_count, note_size;
	struct told *told; /* live */
	uint32_t told_count, told_size, told_n;
	uint64_t told_rules; /* bit per rule of the catalogue */
	te_time next_look;
	struct peers peers; /* the same in other tools' words */

	/* flow.c's: */
	struct conn *prev, *next;           /* all, by first segment */
	struct conn *idle_prev, *idle_next; /* by last segment, once it may be over */
	te_time queued_since;
};

/* ---- conn.c ---- */

/* Prepare zeroed memory. The key is set by the caller. */
void conn_init(struct conn *, const struct te_segment *, enum side from);
void conn_release(struct conn *); /* what hangs on it, not itself */

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

/* ---- shared by the files below ---- */

te_time end_rtt(const struct end *);   /* measured, or 0.25 s */
bool end_is_final(const struct end *); /* CLOSED or TIME_WAIT */
/* Past the handshake, by whatever way. */
static inline bool end_was_synchronised(const struct end *end)
{
	return end->visited & ~(1u << TE_UNKNOWN | 1u << TE_CLOSED | 1u << TE_LISTEN |
				1u << TE_SYN_SENT | 1u << TE_SYN_RCVD);
}
bool conn_is_passive(const struct conn *, enum side); /* it answered, did not open */

/* Where a step comes from: a segment or a receipt. */
struct origin {
	te_time time;
	uint64_t frame;
	uint32_t file;
	uint64_t proof;
	enum te_basis basis;
	bool doubtful; /* sure of the fact, but not of the state it began in */
};
struct origin origin_sent(const struct te_segment *);
struct origin origin_receipt(const struct receipt *, const struct te_segment *proof,
			     enum te_basis);

/* Apply one event to one end by the table, and log it. False: no such row (noted). */
bool conn_move(struct conn *, enum side, enum state_event, const struct origin *);
/* Remember the state, then let `conn_undo` void what came after. */
void conn_arm_undo(struct conn *, enum side);
bool conn_undo(struct conn *, enum side);
/* Its FIN was not its own, or is void. */
void conn_undo_fin(struct conn *, enum side, const struct te_segment *, enum fin_moved);
void conn_note(struct conn *, enum side, enum note_kind, const struct te_segment *,
	       uint32_t value);

/* An ephemeral port is the client's: IANA's range and Linux' begin at or above this. */
enum { CONN_EPHEMERAL = 32768 };
/* A SYN+ACK, or RST+ACK, whose ACK number lies in the peer's SYN and its data. */
bool conn_synack_covers(const struct end *peer, const struct te_segment *);
/* The same of an end that did send a SYN, by a segment with the ACK flag. */
bool conn_answers_syn(const struct end *opener, const struct te_segment *);

/* ---- settle.c ---- */

/* It is in SYN_RCVD, and the peer's data beyond the SYN was repeated in vain. */
bool settle_data_unanswered(const struct conn *, enum side);

/* ---- send.c: `repeat` is false for what only the network sent again ---- */

void send_syn(struct conn *, enum side, const struct te_segment *, bool repeat);
/* False: it answers nothing that was sent, and its numbers are not to be believed. */
bool send_synack(struct conn *, enum side, const struct te_segment *, bool repeat);
/* Who sent this SYN+ACK first may have sent a SYN, of a simultaneous open, which was lost
 * before the tap. */
bool send_may_have_connected(const struct conn *, enum side, const struct te_segment *);
void send_fin(struct conn *, enum side, const struct te_segment *, bool repeat);
void send_other(struct conn *, enum side, const struct te_segment *);
/* A FIN that its sender takes back by what it sends now was somebody else's: undo it. */
void send_check_forged_fin(struct conn *, enum side, const struct te_segment *);

/* ---- plain.c: the short way of a segment that decides nothing; false, and nothing is
 * done, if it is none. The same as conn_segment(), which tries this first. ---- */

bool plain_segment(struct conn *, enum side from, const struct te_segment *);
/* What a plain segment asks of its connection, and does not change. */
bool plain_is_steady(const struct conn *);
/* The same as plain_segment() if it is. */
bool plain_steady(struct conn *, enum side from, const struct te_segment *);

/* ---- closing.c: the same of the FINs and ACKs of a close in good order; but the caller
 * remembers it as the last segment, of its sender and of all. ---- */

bool closing_segment(struct conn *, enum side from, const struct te_segment *);
/* Of a connection in which all was in order so far. */
bool closing_calm(struct conn *, enum side from, const struct te_segment *);

/* ---- bring.c ---- */

void bring(struct conn *, enum side from, const struct te_segment *);

/* ---- receipt.c ---- */

/* NULL: none. The first, in order of passing, that is not contradicted. */
struct receipt *receipt_find(struct conn *, enum side to, enum receipt_kind);
/* Also contradicted ones, when there is no other. */
struct receipt *receipt_find_any(struct conn *, enum side to, enum receipt_kind);
struct receipt *receipt_add(struct conn *, enum side to, enum receipt_kind,
			    const struct te_segment *);
/* One more copy of a FIN or SYN+ACK: the first and the last of them are kept. */
struct receipt *receipt_add_copy(struct conn *, enum side to, enum receipt_kind,
				 const struct te_segment *);
void receipt_drop(struct conn *, struct receipt *);
void receipt_restore_fin(struct conn *, enum side to, const struct te_segment *);
void receipt_drop_kind(struct conn *, enum side to, enum receipt_kind);
/* The order of passing; of one segment, its FIN counts before the ACK that it also is. */
bool receipt_before(const struct receipt *, const struct receipt *than);
/* Apply one and drop it. */
void receipt_apply(struct conn *, struct receipt *, const struct te_segment *proof,
		   enum te_basis);

/* ---- testimony.c: what a segment proves and contradicts of its sender's receipts ----
 */
void testimony_prove(struct conn *, enum side self, const struct te_segment *);
/* Presume all receipts toward `self` that passed at least 0.9 round trips before `when`.
 */
void testimony_presume_older(struct conn *, enum side self,
			     const struct te_segment *when);

/* ---- contradict.c: what it shows its sender not to have received ---- */
void contradict_pending(struct conn *, enum side self, const struct te_segment *,
			bool repeat);

/* ---- rst.c ---- */
void rst_sent(struct conn *, enum side self, const struct te_segment *);
/* It sends what it can only have sent now: a larger TSval, a new ACK number or new data.
 * A segment that was only reordered before the tap has none of them. */
bool rst_shows_life(const struct end *self, const struct te_segment *);
/* The sender of a RST goes on as if it had sent none: undo it. */
void rst_check_forged(struct conn *, enum side self, const struct te_segment *);

/* ---- note.c: what only findings want to know ---- */
void note_in_passing(struct conn *, enum side from, const struct te_segment *);
/* The FIN of `side` was ahead of data. */
void note_fin_ahead(struct conn *, enum side, const struct te_segment *, enum fin_ahead);
void note_reset(struct conn *, enum side from, const struct te_segment *, enum rst_class);
/* A newer connection was answered on its addresses. */
void note_newer(struct conn *, enum side opener, const struct conn *newer,
		const struct te_segment *synack);

/* ---- measure.c: numbers, not states ---- */
bool measure_captured_twice(const struct end *, const struct te_segment *, te_time limit);
/* Speaks of an earlier moment than what its sender has sent before. */
bool measure_is_stale(const struct end *, const struct te_segment *);
/* Copies that the network made, not their sender: of its last segment, whatever that was;
 * of its last SYN or FIN. */
bool measure_is_copy_of_last(const struct end *, const struct te_segment *);
bool measure_is_copy(const struct end *, const struct te_segment *);
/* ACK numbers above all that the peer was seen to send: a gap of the capture, or a lie?
 * Called with each segment before its numbers are taken over. */
void measure_gaps(struct conn *, enum side self, const struct te_segment *);
void measure_probe(struct conn *, enum side self, const struct te_segment *);
/* Its ACK covers what the probe waits for. */
void measure_sample(struct end *self, const struct te_segment *);
/* It is the sender's last segment now. */
static inline void measure_remember(struct end *self, const struct te_segment *seg)
{
	self->last = seg->time;
	self->ttl = seg->ttl;
	self->dup_seq = seg->seq;
	self->dup_ack = seg->ack;
	self->dup_flags = seg->flags;
	self->dup_len = (uint16_t)seg->len;
	self->dup_id = seg->ip_id;
	self->dup_tsval = seg->tsval;
}
/* Count it, believed or not. `fresh`: it is no repeat although its numbers are known, as
 * the SYN+ACK of an end that has sent its SYN. */
void measure_count(struct end *self, const struct te_segment *, bool fresh);
/* Its numbers are its sender's own. */
void measure_sent(struct end *self, const struct te_segment *);
/* One past its last sequence number. */
static inline uint32_t measure_end(const struct te_segment *seg)
{
	return seg->seq + seg->len + !!(seg->flags & TE_SYN) + !!(seg->flags & TE_FIN);
}
/* Where the window it offers ends; right if the scale is known. RFC 7323 2.3 */
static inline uint32_t measure_edge(const struct end *self, const struct te_segment *seg)
{
	return seg->ack + ((uint32_t)seg->window << self->scale);
}
/* Learn the scale from a SYN. RFC 7323 2.2: it counts only if both ends offer it. */
void measure_scale(struct end *self, struct end *peer, const struct te_segment *);

#endif
