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

void emit_item_word(struct emit *, const char *);
void emit_item_text(struct emit *, const char *);
void emit_item_u64(struct emit *, uint64_t);
void emit_list_end(struct emit *);

bool emit_cell(struct emit *, const char *key);
/* What stands before a value. False: no value is wanted. Of a literal key the length is
 * known when this is compiled, and what is told of a connection is nearly all keys. */
static inline bool emit_value(struct emit *emit, const char *key)
{
	size_t length = key ? strlen(key) : 0;
	char *at;

	if (emit->mode != EMIT_JSON)
		return emit_cell(emit, key);
	at = out_room(emit->out);
	*at = ',';
	at += !emit->first;
	emit->first = false;
	if (key) {
		*at++ = '"';
		memcpy(at, key, length);
		memcpy(at + length, "\":", 2);
		at += length + 2;
	}
	out_end(emit->out, at);
	return true;
}

/* The key of an object in a list is NULL. */
static inline void emit_object(struct emit *emit, const char *key)
{
	emit->prefix = key;
	if (emit->mode != EMIT_JSON)
		return;
	emit_value(emit, key);
	out_char(emit->out, '{');
	emit->first = true;
}
static inline void emit_object_end(struct emit *emit)
{
	emit->prefix = NULL;
	if (emit->mode == EMIT_JSON)
		out_char(emit->out, '}');
	emit->first = false;
}

/* Items follow, up to emit_list_end(). */
static inline void emit_list(struct emit *emit, const char *key)
{
	if (emit_value(emit, key) && emit->mode == EMIT_JSON)
		out_char(emit->out, '[');
	emit->first = true;
}
static inline void emit_absent(struct emit *emit)
{
	if (emit->mode == EMIT_JSON)
		out_bytes(emit->out, "null", 4);
}
static inline void emit_null(struct emit *emit, const char *key)
{
	if (emit_value(emit, key))
		emit_absent(emit);
}
static inline void emit_u64(struct emit *emit, const char *key, uint64_t number)
{
	if (emit_value(emit, key))
		out_u64(emit->out, number);
}
/* From 1; 0 is absent. */
static inline void emit_count(struct emit *emit, const char *key, uint64_t number)
{
	if (number)
		emit_u64(emit, key, number);
	else
		emit_null(emit, key);
}
static inline void emit_bool(struct emit *emit, const char *key, bool value)
{
	if (emit_value(emit, key))
		out_bytes(emit->out, value ? "true" : "false", value ? 4 : 5);
}
void emit_bare_word(struct emit *, const char *word, size_t length);
/* A word that needs no escaping anywhere: plain ASCII of our own. NULL is absent. */
static inline void emit_word(struct emit *emit, const char *key, const char *word)
{
	if (emit_value(emit, key))
		emit_bare_word(emit, word, word ? strlen(word) : 0);
}
/* Exact seconds with so many decimals. TE_TIME_NONE is absent. */
static inline void emit_time(struct emit *emit, const char *key, te_time time,
			     unsigned digits)
{
	if (time == TE_TIME_NONE)
		emit_null(emit, key);
	else if (emit_value(emit, key))
		out_time(emit->out, time, digits);
}
/* Exact seconds without needless zeros. TE_TIME_NONE is absent. */
static inline void emit_seconds(struct emit *emit, const char *key, te_time time)
{
	if (time == TE_TIME_NONE)
		emit_null(emit, key);
	else if (emit_value(emit, key))
		out_seconds(emit->out, time);
}
/* Any text; bytes that are not UTF-8 become U+FFFD. NULL is absent. */
void emit_text(struct emit *, const char *key, const char *text);
/* Without an exponent, at most 9 decimals. What is no finite number is absent. */
void emit_double(struct emit *, const char *key, double);

#endif
