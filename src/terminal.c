/* terminal.c - what standard output can show */
#include "config.h"
#include "terminal.h"
#include "parse.h"
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TERMINAL_COLUMNS = 80 };

/* no-color.org: set and not empty */
bool terminal_color(enum options_when when)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != OPTIONS_AUTO)
		return when == OPTIONS_ALWAYS;
	return isatty(STDOUT_FILENO) == 1 && (no_color == NULL || no_color[0] == '\0') &&
	       term != NULL && strcmp(term, "dumb") != 0;
}

bool terminal_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (isatty(STDOUT_FILENO) != 1)
		return 0;
	if (columns != NULL && parse_u64(columns, 20, 10000, &width))
		return (int)width;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return TERMINAL_COLUMNS;
}
