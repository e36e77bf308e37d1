/* utf8.h - is this a character? */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/* The length of the well-formed UTF-8 character that `s` begins with, 1 to 4; 0 if there
 * is none (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). Never
 * reads past a NUL; the NUL itself counts as a character of length 1. */
size_t utf8_length(const char *s);

#endif
