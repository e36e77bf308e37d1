/* record_who.c - what stands in all lines of a connection: who it is of
 *
 * Put together of its values and of what is between them, which is made once.
 */
#include "config.h"
#include "record_parts.h"
#include <string.h>

/* Eight at once: each in a byte of its own, the first in the lowest, and those above 9
 * moved on to the letters. */
static void put_hex(char text[8], uint32_t number)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t digits = __builtin_bswap32(number), letters;

	digits = (digits | digits << 16) & 0x0000ffff0000ffffu;
	digits = (digits | digits << 8) & 0x00ff00ff00ff00ffu;
	digits = (digits >> 4 | digits << 8) & 0x0f0f0f0f0f0f0f0fu;
	letters = (digits + 6 * ones) >> 4 & ones;
	digits += ones * '0' + letters * ('a' - '0' - 10);
	for (int i = 0; i < 8; i += 4) { /* short enough to become one store */
		text[i] = (char)(digits >> 8 * i);
		text[i + 1] = (char)(digits >> 8 * (i + 1));
		text[i + 2] = (char)(digits >> 8 * (i + 2));
		text[i + 3] = (char)(digits >> 8 * (i + 3));
	}
}

void record_hex_id(uint64_t id, char text[17])
{
	put_hex(text, (uint32_t)(id >> 32));
	put_hex(text + 8, (uint32_t)id);
	text[16] = '\0';
}

/* ---- what is between values ---- */

static void quote(struct record *record)
{
	if (record->mode == EMIT_JSON)
		out_char(record->out, '"');
}

static void make_end_keys(struct record *record, enum te_end end, const char *name)
{
	size_t from = record_keep(record);

	emit_object(&record->emit, name);
	emit_value(&record->emit, "addr");
	quote(record);
	record_made(record, from, &record->keys[RECORD_ADDR + end]);
	quote(record);
	emit_value(&record->emit, "port");
	record_made(record, from, &record->keys[RECORD_PORT + end]);
	emit_object_end(&record->emit);
	record_made(record, from, &record->keys[RECORD_END]);
}

static void make_key(struct record *record, enum record_key key, const char *name)
{
	size_t from = record_keep(record);

	emit_value(&record->emit, name);
	if (key == RECORD_ID)
		quote(record);
	record_made(record, from, &record->keys[key]);
}

static void make_keys(struct record *record)
{
	size_t from = record_keep(record);

	record_begin(record, "transition");
	record_made(record, from, &record->keys[RECORD_STEP]);
	make_key(record, RECORD_CONN, "conn");
	make_key(record, RECORD_ID, "id");
	make_key(record, RECORD_N, "n");
	make_key(record, RECORD_TS, "ts");
	make_key(record, RECORD_T, "t");
	make_end_keys(record, TE_CLIENT, "client");
	make_end_keys(record, TE_SERVER, "server");
}

/* ---- whose lines follow ---- */

void record_about(struct record *record, const struct te_connection *connection)
{
	record->connection = connection;
	record->who.length = record->ends.length = 0;
	record->end[TE_CLIENT].length = record->end[TE_SERVER].length = 0;
	if (!record->keys[RECORD_CONN].length)
		make_keys(record);
	if (!connection)
		return;
	record_hex_id(connection->id, record->id);
	for (int end = TE_CLIENT; end <= TE_SERVER; end++) {
		out_addr_text(connection->ip_version, &connection->end[end].addr,
			      record->addr[end]);
		record->addr_length[end] = strlen(record->addr[end]);
	}
}

static char *put_key(const struct record *record, char *at, enum record_key key)
{
	return record_copy(at, &record->keys[key]);
}

static const struct record_piece *done(struct record_piece *piece, const char *at)
{
	piece->length = (size_t)(at - piece->text);
	return piece;
}

const struct record_piece *record_who(struct record *record)
{
	char *at = record->who.text;

	if (record->who.length)
		return &record->who;
	at = put_key(record, at, RECORD_CONN);
	if (record->mode != EMIT_CSV_HEADER)
		at = out_decimal(at, record->connection->number);
	at = put_key(record, at, RECORD_ID);
	if (record->mode != EMIT_CSV_HEADER) {
		memcpy(at, record->id, 16);
		at += 16;
	}
	if (record->mode == EMIT_JSON)
		*at++ = '"';
	return done(&record->who, at);
}

const struct record_piece *record_end_begun(struct record *record, enum te_end end)
{
	char *at = record->end[end].text;

	if (record->end[end].length)
		return &record->end[end];
	at = put_key(record, at, RECORD_ADDR + end);
	if (record->mode != EMIT_CSV_HEADER) {
		memcpy(at, record->addr[end], OUT_ADDR);
		at += record->addr_length[end];
	}
	at = put_key(record, at, RECORD_PORT + end);
	if (record->mode != EMIT_CSV_HEADER)
		at = out_decimal(at, record->connection->end[end].port);
	return done(&record->end[end], at);
}

const struct record_piece *record_both_ends(struct record *record)
{
	char *at = record->ends.text;

	if (record->ends.length)
		return &record->ends;
	at = record_copy(at, record_end_begun(record, TE_CLIENT));
	at = put_key(record, at, RECORD_END);
	at = record_copy(at, record_end_begun(record, TE_SERVER));
	at = put_key(record, at, RECORD_END);
	return done(&record->ends, at);
}

const struct record_piece *record_step_head(struct record *record)
{
	char *at = record->step_head.text;

	at = put_key(record, at, RECORD_STEP);
	at = record_copy(at, record_who(record));
	at = put_key(record, at, RECORD_N);
	return done(&record->step_head, at);
}
