/* moment.h - a moment of a capture, as people write it */
#ifndef MOMENT_H
#define MOMENT_H

#include "tcpends.h"

enum moment_kind {
	MOMENT_NONE,  /* none was given */
	MOMENT_TIME,  /* `time`, since 1970 */
	MOMENT_SINCE, /* `time` after the start of the capture */
	MOMENT_FRAME, /* after that frame of the first file */
};

struct moment {
	enum moment_kind kind;
	te_time time;
	uint64_t frame;
};

/* 1700000000.5 (Unix seconds), 2023-11-14T22:13:20Z (RFC 3339), +12.5 or +2min, #123.
 * Takes the whole text or nothing: NULL if it was taken, else what is wrong with it. */
const char *moment_parse(const char *text, struct moment *);

#endif
