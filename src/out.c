/* out.c - the table of output formats, and the writer that they share
 *
 * The writer has a buffer of its own, so that a field costs a memcpy and no stdio lock;
 * numbers are written by hand for the same reason. What cannot be written is noted and
 * dropped: formats need not look, out_flush() tells.
 */
#include "config.h"
#include "out.h"
#include "utf8.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_SIZE = 1 << 16 };

static const struct out_format *const formats[] = {
	&out_text,  &out_json, &out_csv,    &out_script,  &out_junit,
	&out_sarif, &out_tap,  &out_github, &out_summary,
};

const struct out_format *out_format_at(size_t i)
{
	return i < sizeof formats / sizeof formats[0] ? formats[i] : NULL;
}

const struct out_format *out_format_find(const char *name)
{
	for (size_t i = 0; out_format_at(i); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

bool out_is_gate(const struct out_format *format)
{
	return format->gate && !format->end && !format->connection;
}

bool out_open(struct out *out, const struct out_format *format, const struct out_run *run,
	      FILE *file)
{
	*out = (struct out){ .format = format, .run = run, .file = file };
	out->buf = malloc(BUFFER_SIZE);
	if (!out->buf)
		return false;
	out->at = out->buf;
	out->full = out->buf + BUFFER_SIZE - OUT_ROOM;
	if (!format->open || format->open(out))
		return true;
	free(out->buf);
	out->buf = NULL;
	return false;
}

void out_close(struct out *out)
{
	if (!out->buf)
		return;
	if (out->format->close)
		out->format->close(out);
	free(out->buf);
	*out = (struct out){ 0 };
}

static void write_through(struct out *out, const char *bytes, size_t count)
{
	if (!out->failed && fwrite(bytes, 1, count, out->file) != count)
		out->failed = true;
}

void out_drain(struct out *out)
{
	write_through(out, out->buf, (size_t)(out->at - out->buf));
	out->at = out->buf;
}

bool out_flush(struct out *out)
{
	out_drain(out);
	if (fflush(out->file) != 0)
		out->failed = true;
	return !out->failed;
}

void out_long(struct out *out, const char *bytes, size_t count)
{
	out_drain(out);
	write_through(out, bytes, count);
}

/* ---- numbers ---- */

static const char pairs[] = "0001020304050607080910111213141516171819"
			    "2021222324252627282930313233343536373839"
			    "4041424344454647484950515253545556575859"
			    "6061626364656667686970717273747576777879"
			    "8081828384858687888990919293949596979899";

/* clang-format off */
static const uint64_t tens[] = {
	0, /* 0 has a digit, too */
	10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u,
	10000000000u, 100000000000u, 1000000000000u, 10000000000000u, 100000000000000u,
	1000000000000000u, 10000000000000000u, 100000000000000000u,
	1000000000000000000u, 10000000000000000000u,
};
/* clang-format on */

/* By its bits it has so many digits at least, and one more at most. */
static unsigned decimal_length(uint64_t number)
{
	unsigned bits = 64 - (unsigned)__builtin_clzll(number | 1);
	unsigned least = bits * 1233 >> 12; /* log10(2) */

	return least + (number >= tens[least]);
}

char *out_decimal(char *at, uint64_t number)
{
	char *behind = at + decimal_length(number), *p = behind;

	for (; number >= 100; number /= 100)
		memcpy(p -= 2, pairs + number % 100 * 2, 2);
	if (number < 10)
		*at = (char)('0' + number);
	else
		memcpy(at, pairs + number * 2, 2);
	return behind;
}

void out_printf(struct out *out, const char *fmt, ...)
{
	char text[1024], *longer;
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (length < (int)sizeof text) {
		out_bytes(out, text, length > 0 ? (size_t)length : 0);
		return;
	}
	longer = malloc((size_t)length + 1);
	if (!longer) {
		out->failed = true;
		return;
	}
	va_start(args, fmt);
	vsnprintf(longer, (size_t)length + 1, fmt, args);
	va_end(args);
	out_bytes(out, longer, (size_t)length);
	free(longer);
}

static void put_four(char text[4], uint32_t number)
{
	memcpy(text, pairs + number / 100 * 2, 2);
	memcpy(text + 2, pairs + number % 100 * 2, 2);
}

/* Nine decimals, or where fewer are wanted at least six. */
static void put_fraction(char text[9], uint32_t ns, bool all)
{
	uint32_t us = ns / 1000;

	put_four(text, us / 100);
	memcpy(text + 4, pairs + us % 100 * 2, 2);
	if (all)
		put_four(text + 5, ns % 10000);
}

enum { SECOND = 1000000000 };

/* Those of a capture have the same second for long, and it is the longer part. */
static char *put_seconds(struct out *out, char *at, uint64_t seconds)
{
	enum { SHORT = 10000 };

	if (seconds < 10) {
		*at = (char)('0' + seconds);
		return at + 1;
	}
	if (seconds < SHORT)
		return out_decimal(at, seconds);
	if (seconds != out->second) {
		char *end = out_decimal(out->second_text, seconds);

		out->second = seconds;
		out->second_length = (unsigned)(end - out->second_text);
	}
	memcpy(at, out->second_text, sizeof out->second_text);
	return at + out->second_length;
}

static inline char *put_time(struct out *out, char *at, uint64_t time, unsigned digits)
{
	uint64_t seconds = time / SECOND;

	at = put_seconds(out, at, seconds);
	*at = '.';
	put_fraction(at + 1, (uint32_t)(time - seconds * SECOND), digits > 6);
	return at + (digits ? 1 + digits : 0);
}

static char *put_negative(struct out *out, char *at, uint64_t size, unsigned digits)
{
	static const uint32_t units[] = { SECOND,  SECOND / 10, SECOND / 100,
					  1000000, 100000,      10000,
					  1000,    100,         10,
					  1 };

	if (size >= units[digits])
		*at++ = '-';
	return put_time(out, at, size, digits);
}

char *out_put_time(struct out *out, char *at, te_time time, unsigned digits)
{
	digits = digits < 9 ? digits : 9;
	return time < 0 ? put_negative(out, at, 0 - (uint64_t)time, digits)
			: put_time(out, at, (uint64_t)time, digits);
}

void out_time(struct out *out, te_time time, unsigned digits)
{
	out_end(out, out_put_time(out, out_room(out), time, digits));
}

void out_seconds(struct out *out, te_time time)
{
	char *at = out_put_time(out, out_room(out), time, time % 1000 ? 9 : 6);

	while (at[-1] == '0')
		at--;
	out_end(out, at - (at[-1] == '.'));
}

static void escape_byte(struct out *out, unsigned char byte)
{
	const char *hex = "0123456789abcdef";
	const char text[4] = { '\\', 'x', hex[byte >> 4], hex[byte & 15] };

	out_bytes(out, text, sizeof text);
}

/* C0, DEL, and C1, which some terminals obey in its two-byte form too */
static bool is_control(const char *s)
{
	unsigned char c = (unsigned char)s[0];

	return c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)s[1] < 0xa0);
}

void out_safe(struct out *out, const char *text)
{
	size_t longest = out->run && !out->run->utf8 ? 1 : 4;
	size_t length;

	for (; *text; text += length) {
		length = utf8_length(text);
		if (length == 0 || length > longest || is_control(text)) {
			escape_byte(out, (unsigned char)*text);
			length = 1;
		} else {
			out_bytes(out, text, length);
		}
	}
}

/* ---- states ---- */

bool out_is_held(enum te_state state)
{
	return state != TE_UNKNOWN && state != TE_CLOSED && state != TE_LISTEN;
}

const char *out_socket_state(enum te_state state)
{
	/* clang-format off */
	static const char *const names[TE_STATE_COUNT] = {
		[TE_UNKNOWN]     = "UNKNOWN",
		[TE_CLOSED]      = "UNCONN",
		[TE_LISTEN]      = "LISTEN",
		[TE_SYN_SENT]    = "SYN-SENT",
		[TE_SYN_RCVD]    = "SYN-RECV",
		[TE_ESTABLISHED] = "ESTAB",
		[TE_FIN_WAIT_1]  = "FIN-WAIT-1",
		[TE_FIN_WAIT_2]  = "FIN-WAIT-2",
		[TE_CLOSE_WAIT]  = "CLOSE-WAIT",
		[TE_CLOSING]     = "CLOSING",
		[TE_LAST_ACK]    = "LAST-ACK",
		[TE_TIME_WAIT]   = "TIME-WAIT",
	};
	/* clang-format on */

	return names[state];
}
