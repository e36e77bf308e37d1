/* out.c - the table of output formats, and the writer that they share
 *
 * The writer has a buffer of its own, so that a field costs a memcpy and no stdio lock;
 * numbers are written by hand for the same reason. What cannot be written is noted and
 * dropped: formats need not look, out_flush() tells.
 */
#include "config.h"
#include "out.h"
#include "utf8.h"
#include <arpa/inet.h>
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
	out->size = BUFFER_SIZE;
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

static void drain(struct out *out)
{
	write_through(out, out->buf, out->used);
	out->used = 0;
}

bool out_flush(struct out *out)
{
	drain(out);
	if (fflush(out->file) != 0)
		out->failed = true;
	return !out->failed;
}

char *out_make_room(struct out *out)
{
	drain(out);
	return out->buf;
}

void out_much(struct out *out, const char *bytes, size_t count)
{
	drain(out);
	if (count > out->size)
		write_through(out, bytes, count);
	else
		out_bytes(out, bytes, count);
}

/* ---- numbers ---- */

enum { DECIMALS = 20 }; /* of UINT64_MAX */

/* Writes the number so that it ends before `end`, with zeros in front up to `width`; two
 * digits at a time. */
static char *decimal_before(char *end, uint64_t number, unsigned width)
{
	static const char pairs[] = "0001020304050607080910111213141516171819"
				    "2021222324252627282930313233343536373839"
				    "4041424344454647484950515253545556575859"
				    "6061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";
	char *p = end;

	for (; number >= 10; number /= 100)
		memcpy(p -= 2, pairs + 2 * (number % 100), 2);
	if (number || p == end)
		*--p = (char)('0' + number);
	while ((unsigned)(end - p) < width)
		*--p = '0';
	return p;
}

/* The copy has one size, so that it is a few moves; behind the number it is nothing. */
static char *put_decimal(char *at, uint64_t number, unsigned width)
{
	char text[2 * DECIMALS], *end = text + DECIMALS;
	char *start = decimal_before(end, number, width);

	memcpy(at, start, DECIMALS);
	return at + (end - start);
}

char *out_put_u64(char *at, uint64_t number)
{
	return put_decimal(at, number, 1);
}

void out_u64(struct out *out, uint64_t number)
{
	out_filled(out, put_decimal(out_room(out), number, 1));
}

void out_time(struct out *out, te_time time, unsigned digits)
{
	static const uint64_t powers[] = { 1,         10,        100,     1000,
					   10000,     100000,    1000000, 10000000,
					   100000000, 1000000000 };
	uint64_t size = time < 0 ? 0 - (uint64_t)time : (uint64_t)time, whole;
	char *at = out_room(out);

	digits = digits < 9 ? digits : 9;
	size /= powers[9 - digits];
	whole = size / powers[digits];
	if (time < 0 && size != 0)
		*at++ = '-';
	at = put_decimal(at, whole, 1);
	if (digits > 0) {
		*at++ = '.';
		at = put_decimal(at, size - whole * powers[digits], digits);
	}
	out_filled(out, at);
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

/* ---- words that several formats use ---- */

/* inet_ntop() goes through printf(). */
static char *put_ipv4(char *at, const uint8_t bytes[4])
{
	for (int i = 0; i < 4; i++) {
		unsigned byte = bytes[i];

		if (i > 0)
			*at++ = '.';
		if (byte >= 100)
			*at++ = (char)('0' + byte / 100);
		if (byte >= 10)
			*at++ = (char)('0' + byte / 10 % 10);
		*at++ = (char)('0' + byte % 10);
	}
	return at;
}

const char *out_addr_text(uint8_t ip_version, const struct te_addr *addr,
			  char buf[OUT_ADDR])
{
	if (ip_version == 6)
		return inet_ntop(AF_INET6, addr->bytes, buf, OUT_ADDR);
	*put_ipv4(buf, addr->bytes) = '\0';
	return buf;
}

const char *out_socket_text(uint8_t ip_version, const struct te_addr *addr, uint16_t port,
			    char buf[OUT_SOCKET_ADDR])
{
	char text[OUT_ADDR];

	(void)snprintf(buf, OUT_SOCKET_ADDR, ip_version == 6 ? "[%s]:%u" : "%s:%u",
		       out_addr_text(ip_version, addr, text), port);
	return buf;
}

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
