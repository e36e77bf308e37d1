/* conn_parts.h - what the files of the rules call of each other, a block each
 */
#ifndef CONN_PARTS_H
#define CONN_PARTS_H

#include "measure.h"

/* Where a step comes from: a segment or a receipt. */
struct origin {
	te_time time;
	uint64_t frame;
	uint32_t file;
	uint64_t proof;
	enum te_basis basis;
	bool doubtful; /* sure of the fact, but not of the state it began in */
};
static inline struct origin origin_sent(const struct te_segment *seg)
{
	return (struct origin){ .time = seg->time,
				.frame = seg->frame,
				.file = seg->file,
				.proof = seg->frame,
				.basis = TE_SENT };
}
static inline struct origin origin_receipt(const struct receipt *receipt,
					   const struct te_segment *proof,
					   enum te_basis basis)
{
	return (struct origin){ .time = receipt->time,
				.frame = receipt->frame,
				.file = receipt->file,
				.proof = basis == TE_ACKED ? proof->frame : 0,
				.basis = basis };
}

/* Apply one event to one end by the table, and log it. False: no such row (noted). */
bool conn_move(struct conn *, enum side, enum state_event, const struct origin *);
/* Only log it, where somebody keeps a log; the end is still where it leaves from. */
void conn_log(struct conn *, enum side, te_time, const struct state_step *,
	      const struct origin *);
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
/* What is remembered of a FIN when it is first sent, and of the state before. */
void send_keep_fin(struct conn *, enum side, const struct te_segment *);
void send_fin(struct conn *, enum side, const struct te_segment *, bool repeat);
void send_other(struct conn *, enum side, const struct te_segment *);
/* A FIN that its sender takes back by what it sends now was somebody else's: undo it. */
void send_check_forged_fin(struct conn *, enum side, const struct te_segment *);

/* ---- plain.c: the short way of a segment that decides nothing; false, and nothing is
 * done, if it is none. The same as conn_segment(), which tries this first. ---- */

bool plain_segment(struct conn *, enum side from, const struct te_segment *);
/* What a plain segment asks of its connection, and does not change. */
bool plain_is_steady(const struct conn *);
/* After a segment that was not: may those pass that come next? Each end's have the
 * options that it uses, see order_has_usual(). */
void plain_foresee(struct conn *, bool may);
/* It is a sample of the round trip. True. */
bool plain_sample(struct end *self, const struct te_segment *);

/* ---- closing.c: the same of the FINs and ACKs of a close in good order, of a FIN or
 * behind the peer's; but the caller remembers it as the last segment, of its sender and
 * of all. ---- */

enum closing {
	CLOSING_ELSE,
	CLOSING_IN_ORDER, /* not one of these, but nothing is odd in its numbers */
	CLOSING_TAKEN,
};
enum closing closing_segment(struct conn *, enum side from, const struct te_segment *);
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

#endif
