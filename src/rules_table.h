/* rules_table.h - rows of the catalogue and the checks that they name; see rules.h */
#ifndef RULES_TABLE_H
#define RULES_TABLE_H

#include "rules.h"
#include "transfer.h"

/* True: it fires; the finding is filled but for rule, scope and connection. */
typedef bool rules_check_fn(const struct rule_view *, struct te_finding *);

struct rules_row {
	struct te_rule rule;
	rules_check_fn *check; /* NULL: not seen in one connection alone */
	uint64_t needs;        /* RULES_*: with none of these it cannot fire */
};

/* Facts of a connection: most have few of them or none, and there are many rules. A bit
 * for each kind of note, class of RST and event of its data, and those below. */
#define RULES_NOTE(kind) (UINT64_C(1) << (kind))
#define RULES_RST(class) (UINT64_C(1) << (24 + (class)))
#define RULES_EVENT(event) (UINT64_C(1) << (34 + (event)))
#define RULES_FACT(n) (UINT64_C(1) << (48 + (n)))
_Static_assert(NOTE_NEW_SYNACK < 24 && RST_AGAIN < 10 && TRANSFER_BAD_CHECKSUM < 14,
	       "the last of each kind has a bit of its own");
#define RULES_ANY_RST (RULES_EVENT(0) - RULES_RST(0))
#define RULES_ANY_EVENT (RULES_FACT(0) - RULES_EVENT(0))

/* clang-format off */
#define RULES_HALF_OPEN   RULES_FACT(0)  /* the server came to SYN_RCVD, no further */
#define RULES_UNANSWERED  RULES_FACT(1)  /* a SYN, and nothing for longer than its grace */
#define RULES_ONE_WAY     RULES_FACT(2)  /* nothing is there of who was sent an ACK */
#define RULES_NO_SYN      RULES_FACT(3)  /* there was one, by its SYN+ACK alone */
#define RULES_ODD_OPENING RULES_FACT(4)  /* both sent a SYN, or the SYN's data counted */
#define RULES_FIN_WAITS   RULES_FACT(5)  /* both sent a FIN, one waits or gave up */
#define RULES_FIN_ALONE   RULES_FACT(6)  /* one sent a FIN, the other did not */
#define RULES_FIN_REPEATS RULES_FACT(7)  /* two of one FIN, at least */
#define RULES_FIN_AHEAD   RULES_FACT(8)  /* one was ahead of data */
#define RULES_CLOSING     RULES_FACT(9)  /* an end was in that state */
#define RULES_CLOSE_WAIT  RULES_FACT(10) /* an end was there for longer than a limit */
#define RULES_RST_UNLIKE  RULES_FACT(11) /* one is unlike its sender's segments */
/* clang-format on */

/* Rows of one kind, in rows_*.c; listed in rules.c. */
struct rules_group {
	const struct rules_row *rows;
	size_t count;
};
extern const struct rules_group rules_open, rules_handshake, rules_close, rules_halves,
    rules_fin, rules_rst, rules_after_rst, rules_same, rules_crowd, rules_transfer,
    rules_window, rules_malformed;

/* rules_open.c */
rules_check_fn rules_half_open, rules_handshake_ack_ignored, rules_syn_unanswered,
    rules_refused, rules_open_aborted;
/* rules_handshake.c */
rules_check_fn rules_synack_bad_ack, rules_synack_changed, rules_synack_unsolicited,
    rules_simultaneous_open, rules_split_handshake, rules_fast_open,
    rules_syn_on_established;
/* rules_close.c */
rules_check_fn rules_missing_final_ack, rules_close_wait_stuck;
/* rules_halves.c */
rules_check_fn rules_fin_unanswered, rules_fin_wait_2_stuck, rules_half_closed,
    rules_simultaneous_close, rules_close_retransmits;
/* Longer in CLOSE_WAIT without data or FIN than `limit`; how long. */
bool rules_close_wait_silence(const struct rule_view *, enum side, te_time limit,
			      te_time *silence);
/* rules_fin.c */
rules_check_fn rules_data_after_fin, rules_fin_moved, rules_fin_ahead_of_data;
/* rules_same.c */
rules_check_fn rules_time_wait_reused, rules_connection_replaced;
/* rules_after_rst.c */
rules_check_fn rules_rst_other_sender, rules_traffic_after_rst;
/* rules_rst.c */
rules_check_fn rules_rst_abort, rules_rst_after_fin, rules_rst_no_connection,
    rules_rst_rejected, rules_rst_forged, rules_rst_in_time_wait, rules_rst_lost;

/* rules_transfer.c */
rules_check_fn rules_retransmission, rules_out_of_order, rules_duplicate_ack,
    rules_challenge_ack, rules_paws_reject, rules_keep_alive, rules_keep_alive_dead,
    rules_zero_window, rules_zero_window_stuck, rules_window_shrunk, rules_out_of_window,
    rules_ack_of_unsent, rules_overlap_conflict, rules_impossible_event, rules_one_way;
/* rules_malformed.c */
rules_check_fn rules_bad_flags, rules_bad_option, rules_bad_checksum;

/* ---- evidence.c ---- */

/* Add a frame unless it is 0, there already, or there is no more room; keeps the order
 * ascending. The first sets file and time. */
void evidence_frame(struct te_finding *, uint32_t file, uint64_t frame, te_time);
/* The frames of all notes of one kind and side. Returns how many notes there are. */
unsigned evidence_notes(const struct rule_view *, enum side, enum note_kind,
			struct te_finding *);
/* Without evidence. */
unsigned evidence_count(const struct rule_view *, enum side, enum note_kind);
/* The first RST of a class, NULL: none. Adds the frames of all of them, and the end. */
const struct note *evidence_rst(const struct rule_view *, enum rst_class,
				struct te_finding *);
/* The first of a kind, NULL: none; without evidence. */
const struct note *evidence_first(const struct rule_view *, enum side, enum note_kind);
/* A lesser finding that follows from this one. */
void evidence_also(struct te_finding *, const char *id);
/* Would this one, which tells of the same incident, fire? */
bool evidence_fires(const struct rule_view *, rules_check_fn *);
/* How many segments made this event, of one end; adds their frames. */
double evidence_tally(const struct rule_view *, enum side, enum transfer_event,
		      struct te_finding *);
/* Of both ends, as the value; the end is told if it is one alone. 0: none. */
double evidence_tallies(const struct rule_view *, enum transfer_event,
			struct te_finding *);
void evidence_value(struct te_finding *, double value, double limit, const char *unit);
enum te_end evidence_end(const struct rule_view *, enum side);
/* A limit in nanoseconds: the named one, or rtt-factor round trips if that is longer. */
te_time evidence_grace(const struct rule_view *, enum te_limit);
double evidence_seconds(te_time);
/* All causes of a rule with `count` of them are possible. */
uint32_t evidence_all_causes(unsigned count);

#endif
