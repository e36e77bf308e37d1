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

void out_char(struct out *out, char c)
{
	if (out->used == out->size)
		drain(out);
	out->buf[out->used++] = c;
}

void out_bytes(struct out *out, const char *bytes, size_t count)
{
	if (count > out->size - out->used)
		drain(out);
	if (count > out->size) {
		write_through(out, bytes, count);
		return;
	}
	memcpy(out->buf + out->used, bytes, count);
	out->used += count;
}

void out_str(struct out *out, const char *text)
{
	out_bytes(out, text, strlen(text));
}

/* Writes the number so that it ends before `end`, with zeros in front up to `width`. */
static char *decimal_before(char *end, uint64_t number, unsigned width)
{
	char *p = end;

	while (number || (unsigned)(end - p) < width) {
		*--p = (char)('0' + number % 10);
		number /= 10;
	}
	return p;
}

void out_u64(struct out *out, uint64_t number)
{
	char text[20], *end = text + sizeof text;
	char *start = decimal_before(end, number, 1);

	out_bytes(out, start, (size_t)(end - start));
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

void out_time(struct out *out, te_time time, unsigned digits)
{
	uint64_t size = time < 0 ? 0 - (uint64_t)time : (uint64_t)time;
	char text[32], *end = text + sizeof text, *p = end;
	unsigned dropped = digits < 9 ? 9 - digits : 0;

	while (dropped-- > 0)
		size /= 10;
	if (digits > 0) {
		uint64_t one = 1; /* second */

		digits = digits < 9 ? digits : 9;
		for (unsigned i = 0; i < digits; i++)
			one *= 10;
		p = decimal_before(p, size % one, digits);
		*--p = '.';
		p = decimal_before(p, size / one, 1);
	} else {
		p = decimal_before(p, size, 1);
	}
	if (time < 0 && size != 0)
		*--p = '-';
	out_bytes(out, p, (size_t)(end - p));
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

const char *out_addr_text(uint8_t ip_version, const struct te_addr *addr,
			  char buf[OUT_ADDR])
{
	return inet_ntop(ip_version == 6 ? AF_INET6 : AF_INET, addr->bytes, buf,
			 OUT_ADDR);
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
