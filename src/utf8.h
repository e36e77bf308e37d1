/* utf8.h - is this a character? */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length of the well-formed UTF-8 character that `s` begins with, 1 to 4; 0 if there
 * is none (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). Never
 * reads past a NUL; the NUL itself counts as a character of length 1. */
size_t utf8_length(const char *s);

/* Of so many bytes, how many up to the first that is no printable ASCII? */
size_t utf8_ascii(const char *text, size_t length);

/* In the highest bit of any byte: is there one among the eight? */
static inline uint64_t utf8_odd(uint64_t bytes)
{
	const uint64_t ones = 0x0101010101010101u;

	return (bytes | ~(bytes + ones * (0x80 - 0x20)) | (bytes + ones)) & ones << 7;
}

#endif
