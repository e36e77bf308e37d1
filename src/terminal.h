/* terminal.h - what standard output can show */
#ifndef TERMINAL_H
#define TERMINAL_H

#include "options.h"

bool terminal_color(enum options_when);
/* By LC_CTYPE, which main has set from the environment. */
bool terminal_utf8(void);
/* Columns; 0 when standard output is no terminal. */
int terminal_width(void);

#endif
