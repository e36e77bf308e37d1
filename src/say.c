/* say.c - the one-line messages on standard error */
#include "config.h"
#include "say.h"
#include <stdarg.h>
#include <stdio.h>

enum { SAY_MAX = 2048 };

static void say_put(const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c < 0x20 || c == 0x7f)
			fprintf(stderr, "\\x%02x", c);
		else
			fputc(c, stderr);
	}
	fputc('\n', stderr);
}

static void say_line(const char *prefix, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static void say_line(const char *prefix, const char *fmt, va_list args)
{
	char text[SAY_MAX];

	vsnprintf(text, sizeof(text), fmt, args);
	flockfile(stderr);
	fputs(prefix, stderr);
	say_put(text);
	funlockfile(stderr);
}

void say_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line("tcpends: ", fmt, args);
	va_end(args);
}

void say_warning(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_line("tcpends: warning: ", fmt, args);
	va_end(args);
}
