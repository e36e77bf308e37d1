/* record_parts.h - what the files of record.h share; nobody else needs it */
#ifndef RECORD_PARTS_H
#define RECORD_PARTS_H

#include "record.h"

/* ---- record.c ---- */

struct emit *record_begin(struct record *, const char *type);
/* "ts" and "t" */
void record_when(struct record *, uint32_t file, te_time);
unsigned record_file_digits(const struct record *, uint32_t file); /* of "ts" */
static inline te_time record_between(te_time from, te_time to)
{
	te_time between;

	if (from == TE_TIME_NONE || to == TE_TIME_NONE ||
	    __builtin_sub_overflow(to, from, &between))
		return TE_TIME_NONE;
	return between;
}
static inline te_time record_since_start(const struct record *record, te_time time)
{
	return record_between(record->out->run->start, time); /* "t" */
}
/* What is known of an end; a holder's port is not, it has many. */
enum record_address { RECORD_NO_ADDRESS, RECORD_ADDRESS, RECORD_ADDRESS_AND_PORT };
/* An end by its address alone; in CSV an absent one still has its two columns. */
void record_end(struct record *, enum te_end, enum record_address known);

/* ---- record_who.c: of the connection that is told ---- */

const struct record_piece *record_who(struct record *); /* "conn" and "id" */
const struct record_piece *record_both_ends(struct record *);
/* An end up to its port; its name is not told yet to what follows in it. */
const struct record_piece *record_end_begun(struct record *, enum te_end);
/* What its transitions begin with, up to their number. */
const struct record_piece *record_step_head(struct record *);

/* ---- record_again.c ---- */

/* With as much room as the longest has; returns where it ends. */
static inline char *record_copy(char *at, const struct record_piece *piece)
{
	const char *from = piece->text, *end = from + piece->length;
	char *to = at;

	do {
		memcpy(to, from, RECORD_STRIDE);
		to += RECORD_STRIDE;
		from += RECORD_STRIDE;
	} while (from < end);
	return at + piece->length;
}
static inline void record_put(struct record *record, const struct record_piece *piece)
{
	out_end(record->out, record_copy(out_room(record->out), piece));
}

/* What will be a piece is written behind record_keep(); nothing else is kept meanwhile.
 * Then it is taken back: for what is never longer than a piece. */
size_t record_keep(struct record *);
const struct record_piece *record_made(struct record *, size_t from,
				       struct record_piece *);
/* Or it stays, and is remembered if it is short enough. */
void record_kept(struct record *, size_t from, struct record_piece *);
/* The same of a longer text; returns its length, or 0. */
size_t record_kept_long(struct record *, size_t from, char *text, size_t size);
/* False: it was not remembered, and must be written. */
static inline bool record_again(struct record *record, const struct record_piece *piece)
{
	if (piece->length)
		record_put(record, piece);
	return piece->length;
}

/* Where what is made once for all such is, or will be. */
struct record_step *record_step(struct record *, const struct te_transition *);
/* NULL: its verdict is its own. */
struct record_piece *record_outcome(struct record *, const struct te_connection *);
/* A case is of the same rule, severity, scope and causes. */
struct record_case *record_case(struct record *, const struct te_finding *);
/* describe_fingerprint() */
uint64_t record_fingerprint(struct record *, const struct te_finding *);

#endif
