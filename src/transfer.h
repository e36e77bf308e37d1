/* transfer.h - what happens to data on its way, as far as it explains states
 *
 * Counted per connection and end, in memory that is there once the first such event is.
 * Nothing here moves a state. Most segments are plain (conn.c) and never come here.
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include "conn.h"

enum transfer_event {
	TRANSFER_RETRANSMISSION,
	TRANSFER_OUT_OF_ORDER,
	TRANSFER_DUPLICATE_ACK,
	TRANSFER_KEEP_ALIVE,
	TRANSFER_ZERO_WINDOW,
	TRANSFER_WINDOW_SHRUNK, /* value: bytes, at most */
	TRANSFER_PAWS_REJECT,
	TRANSFER_CHALLENGE_ACK,
	TRANSFER_OUT_OF_WINDOW, /* value: the first sequence number of the first */
	TRANSFER_OVERLAP_CONFLICT,
	TRANSFER_BAD_FLAGS, /* value: the flags of the first */
	TRANSFER_BAD_OPTION,
	TRANSFER_BAD_CHECKSUM,
};

/* The first frames of an event and its last one. */
enum { TRANSFER_FRAMES = 4 };

/* One event at one end: the one that sent the segments. */
struct transfer_tally {
	te_time time; /* of the first */
	uint64_t frames[TRANSFER_FRAMES];
	uint32_t file;
	uint32_t count;
	uint32_t value;
	uint8_t event; /* enum transfer_event */
	uint8_t side;
};

/* Sequence numbers of an end that passed the tap by none of its segments. */
struct transfer_hole {
	te_time time; /* when the segment behind it passed */
	uint32_t left, right;
};

enum { TRANSFER_HOLES = 4 };

/* Segments of one kind, one after the other. */
struct transfer_series {
	te_time since, last;
	uint64_t first_frame, last_frame;
	uint32_t count;
};

struct transfer_end {
	struct transfer_hole holes[TRANSFER_HOLES];
	struct question aged;   /* its own segment with an old timestamp */
	struct question unsent; /* it acknowledged what was not sent yet */
	te_time unsent_until;
	uint8_t hole_count;
	bool zero;   /* its window is */
	bool shrunk; /* its window is, to shrunk_to at least */
	uint32_t shrunk_to;
	te_time zero_since;
	te_time zero_longest;           /* of those that were probed */
	uint64_t zero_frame;            /* where the longest began, or the present one */
	uint32_t zero_probes;           /* of its peer, since zero_since */
	struct transfer_series probes;  /* keep-alives since its peer's last segment */
	struct transfer_series silence; /* the longest series before: unanswered ones */
};

struct transfer {
	struct transfer_end end[2];
	struct transfer_tally *tallies;
	uint32_t tally_count, tally_size;
	uint32_t file; /* of the frames above */
	uint64_t lost; /* holes that were acknowledged and not filled, forgotten since */
};

/* A segment that is not plain, before its numbers are taken over. */
void transfer_segment(struct conn *, enum side from, const struct te_segment *);
/* `self` acknowledged beyond all that its peer was seen to send, by this segment. */
void transfer_ack_beyond(struct conn *, enum side self, const struct te_segment *);
/* And that was a lie, as this segment of its peer shows: note it, unless the peer turns
 * out to send it right now, so that the tap saw the ACK first. */
void transfer_note_unsent(struct conn *, enum side self, const struct te_segment *);
void transfer_free(struct conn *);
/* As if nothing had happened, where something has; its room is kept for the next
 * connection in its place. */
void transfer_clear(struct conn *);

/* ---- for the checks ---- */

/* NULL: it did not happen. */
const struct transfer_tally *transfer_find(const struct conn *, enum side,
					   enum transfer_event);
/* How many there were, of both ends. */
uint64_t transfer_sum(const struct conn *, enum transfer_event);
/* The longest series of keep-alives of an end that were not answered by `now`, `grace`
 * being the time for an answer. */
struct transfer_series transfer_unanswered(const struct conn *, enum side, te_time now,
					   te_time grace);
/* Pieces of the streams that were acknowledged, but never captured. */
uint64_t transfer_gaps(const struct conn *);

/* ---- shared by transfer*.c ---- */

/* NULL: out of memory, which the connection remembers. */
struct transfer *transfer_get(struct conn *);
struct transfer_tally *transfer_count(struct conn *, enum side, enum transfer_event,
				      const struct te_segment *);
/* A frame that belongs to an event already counted. */
void transfer_add_frame(struct transfer_tally *, uint64_t frame);
/* A bare ACK that says nothing new: no data, no flags, no number moves. */
bool transfer_is_still(const struct end *, const struct te_segment *);
/* Whether each segment is to be looked at from now on, plain or not. */
void transfer_watch(struct conn *);

/* transfer_window.c: what an end offers and its peer sends into it */
void transfer_window(struct conn *, enum side, const struct te_segment *);
/* True: data beyond what the peer has ever offered. */
bool transfer_overruns(struct conn *, enum side, const struct te_segment *);

/* transfer_answer.c: keep-alives, and ACKs that reject. True if that is what it is. */
bool transfer_keep_alive(struct conn *, enum side, const struct te_segment *);
bool transfer_answer(struct conn *, enum side, const struct te_segment *);
void transfer_ask(struct conn *, enum side, const struct te_segment *);
void transfer_ask_paws(struct conn *, enum side, const struct te_segment *);
/* Its peer's data has come to where it had acknowledged too much: that was no lie. */
void transfer_clear_unsent(struct conn *, enum side, const struct te_segment *);

#endif
