/* emit.h - one record, as a JSON object or as a row of CSV
 *
 * A record is told once, key by key in its fixed order; the mode decides what becomes
 * of it. So the columns of CSV are the keys of JSON because nobody writes them twice:
 * members of a nested object get its name and _ in front, lists are joined by a blank,
 * what is absent is an empty cell.
 */
#ifndef EMIT_H
#define EMIT_H

#include "out.h"

enum emit_mode {
	EMIT_JSON,
	EMIT_CSV,
	EMIT_CSV_HEADER, /* the keys; values are not looked at */
};

struct emit {
	struct out *out;
	const char *prefix; /* the object we are in: one level is all that CSV needs */
	enum emit_mode mode;
	bool first;  /* nothing stands before the next member or item */
	bool quoted; /* a CSV cell is open that began with a quote */
};

void emit_begin(struct emit *, struct out *, enum emit_mode);
void emit_end(struct emit *); /* and the end of the line */

/* The key of an object in a list is NULL. */
void emit_object(struct emit *, const char *key);
void emit_object_end(struct emit *);
void emit_list(struct emit *, const char *key);
void emit_item_word(struct emit *, const char *);
void emit_item_text(struct emit *, const char *);
void emit_item_u64(struct emit *, uint64_t);
void emit_list_end(struct emit *);

/* Members that were written before, comma and all between them. */
void emit_members(struct emit *, const char *text, size_t length);

void emit_null(struct emit *, const char *key);
/* A word that needs no escaping anywhere: plain ASCII of our own. NULL is absent. */
void emit_word(struct emit *, const char *key, const char *word);
/* Any text; bytes that are not UTF-8 become U+FFFD. NULL is absent. */
void emit_text(struct emit *, const char *key, const char *text);
void emit_bool(struct emit *, const char *key, bool);
void emit_u64(struct emit *, const char *key, uint64_t);
void emit_count(struct emit *, const char *key, uint64_t); /* from 1; 0 is absent */
/* Exact seconds with so many decimals. TE_TIME_NONE is absent. */
void emit_time(struct emit *, const char *key, te_time, unsigned digits);
/* Exact seconds without needless zeros. TE_TIME_NONE is absent. */
void emit_seconds(struct emit *, const char *key, te_time);
/* Without an exponent, at most 9 decimals. What is no finite number is absent. */
void emit_double(struct emit *, const char *key, double);

#endif
