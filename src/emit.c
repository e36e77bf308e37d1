/* emit.c - one record, as a JSON object or as a row of CSV (RFC 8259, RFC 4180) */
#include "config.h"
#include "emit.h"
#include "utf8.h"
#include <math.h>
#include <string.h>

void emit_begin(struct emit *emit, struct out *out, enum emit_mode mode)
{
	*emit = (struct emit){ .out = out, .mode = mode, .first = true };
	if (mode == EMIT_JSON)
		out_char(out, '{');
}

void emit_end(struct emit *emit)
{
	out_str(emit->out, emit->mode == EMIT_JSON ? "}\n" : "\r\n");
}

static void separate(struct emit *emit)
{
	if (!emit->first)
		out_char(emit->out, ',');
	emit->first = false;
}

static void column(struct emit *emit, const char *key)
{
	separate(emit);
	if (emit->prefix) {
		out_str(emit->out, emit->prefix);
		out_char(emit->out, '_');
	}
	out_str(emit->out, key);
}

bool emit_cell(struct emit *emit, const char *key)
{
	if (emit->mode == EMIT_CSV)
		separate(emit);
	else
		column(emit, key);
	return emit->mode == EMIT_CSV;
}

/* ---- text ---- */

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* The letter behind the backslash, where JSON has a short form */
static char short_escape(char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = c ? strchr(plain, c) : NULL;

	return found ? letters[found - plain] : 0;
}

static void json_escape(struct out *out, unsigned char c)
{
	char letter = short_escape((char)c);

	if (letter) {
		out_char(out, '\\');
		out_char(out, letter);
	} else {
		out_printf(out, "\\u%04x", c);
	}
}

/* DEL and C1 are legal in JSON, but no friends of whoever looks at it in a terminal. */
static bool json_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

/* In the highest bit of each byte: is it `c`? Of bytes below 0x80 that is exact. */
static uint64_t bytes_that_are(uint64_t bytes, uint8_t c)
{
	const uint64_t ones = 0x0101010101010101u, high = ones << 7;

	return ~((bytes ^ (ones * c)) + (high - ones)) & high;
}

/* Eight bytes that json_plain() says true of, and ASCII; else some may be. */
static bool all_plain(const char *text)
{
	uint64_t bytes;

	memcpy(&bytes, text, sizeof bytes);
	return !(utf8_odd(bytes) | bytes_that_are(bytes, '"') |
		 bytes_that_are(bytes, '\\'));
}

/* How much of the text needs no second look: nearly always all of it */
static size_t plain_run(const char *text, size_t left)
{
	size_t length = 0;

	while (left - length >= sizeof(uint64_t) && all_plain(text + length))
		length += sizeof(uint64_t);
	while (json_plain((unsigned char)text[length]) && !(text[length] & 0x80))
		length++;
	return length;
}

static bool is_c1(const char *s)
{
	return (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0;
}

static void json_text(struct out *out, const char *text)
{
	const char *end = text + strlen(text);
	size_t length;

	for (; *text; text += length) {
		length = plain_run(text, (size_t)(end - text));
		out_bytes(out, text, length);
		text += length;
		if (!*text)
			break;
		length = utf8_length(text);
		if (length == 0) {
			out_str(out, REPLACEMENT);
			length = 1;
		} else if (length == 1 && !json_plain((unsigned char)*text)) {
			json_escape(out, (unsigned char)*text);
		} else if (length == 2 && is_c1(text)) {
			json_escape(out, (unsigned char)text[1]);
		} else {
			out_bytes(out, text, length);
		}
	}
}

static void csv_text(struct out *out, const char *text)
{
	size_t length;

	for (; *text; text += length) {
		length = utf8_length(text);
		if (*text == '"')
			out_char(out, '"');
		if (length > 0) {
			out_bytes(out, text, length);
		} else {
			out_str(out, REPLACEMENT);
			length = 1;
		}
	}
}

/* Spreadsheets take a cell that begins so for a formula. */
static void csv_guard(struct out *out, const char *text)
{
	if (*text && strchr("=+-@", *text))
		out_char(out, '\'');
}

static void csv_cell(struct out *out, const char *text)
{
	bool quote = strpbrk(text, ",\"\r\n") != NULL;

	if (quote)
		out_char(out, '"');
	csv_guard(out, text);
	csv_text(out, text);
	if (quote)
		out_char(out, '"');
}

/* ---- lists ---- */

static bool begin_item(struct emit *emit)
{
	if (emit->mode == EMIT_CSV_HEADER)
		return false;
	if (!emit->first)
		out_char(emit->out, emit->mode == EMIT_JSON ? ',' : ' ');
	return true;
}

void emit_item_word(struct emit *emit, const char *word)
{
	if (begin_item(emit))
		emit_bare_word(emit, word, strlen(word));
	emit->first = false;
}

static void csv_item_text(struct emit *emit, const char *text)
{
	if (!emit->quoted) {
		out_char(emit->out, '"');
		csv_guard(emit->out, text);
	}
	emit->quoted = true;
	csv_text(emit->out, text);
}

void emit_item_text(struct emit *emit, const char *text)
{
	if (begin_item(emit)) {
		if (emit->mode == EMIT_JSON) {
			out_char(emit->out, '"');
			json_text(emit->out, text);
			out_char(emit->out, '"');
		} else {
			csv_item_text(emit, text);
		}
	}
	emit->first = false;
}

void emit_item_u64(struct emit *emit, uint64_t number)
{
	if (begin_item(emit))
		out_u64(emit->out, number);
	emit->first = false;
}

void emit_list_end(struct emit *emit)
{
	if (emit->mode == EMIT_JSON)
		out_char(emit->out, ']');
	if (emit->quoted)
		out_char(emit->out, '"');
	emit->quoted = false;
	emit->first = false;
}

/* ---- single values ---- */

void emit_bare_word(struct emit *emit, const char *word, size_t length)
{
	char *at = out_room(emit->out);

	if (!word) {
		emit_absent(emit);
		return;
	}
	if (emit->mode == EMIT_JSON)
		*at++ = '"';
	memcpy(at, word, length);
	at += length;
	if (emit->mode == EMIT_JSON)
		*at++ = '"';
	out_end(emit->out, at);
}

void emit_text(struct emit *emit, const char *key, const char *text)
{
	if (!emit_value(emit, key))
		return;
	if (!text) {
		emit_absent(emit);
	} else if (emit->mode == EMIT_JSON) {
		out_char(emit->out, '"');
		json_text(emit->out, text);
		out_char(emit->out, '"');
	} else {
		csv_cell(emit->out, text);
	}
}

static void whole_number(struct out *out, double number)
{
	if (number < 0)
		out_char(out, '-');
	out_u64(out, (uint64_t)fabs(number));
}

void emit_double(struct emit *emit, const char *key, double number)
{
	if (fabs(number) < 9e9) {
		emit_seconds(emit, key, (te_time)llround(number * 1e9));
	} else if (fabs(number) < 9e18) {
		/* a double of this size is hardly finer than one */
		if (emit_value(emit, key))
			whole_number(emit->out, number);
	} else {
		emit_null(emit, key);
	}
}
