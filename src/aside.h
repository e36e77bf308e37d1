/* aside.h - files that are written aside and take their name when they are whole */
#ifndef ASIDE_H
#define ASIDE_H

#include <stdbool.h>
#include <stdio.h>

struct aside {
	FILE *file;
	char *path;      /* what it will be called */
	char *temporary; /* what it is called until then, in the same directory; NULL when
			    path is no regular file and is written in place */
};

/* False with errno set. */
bool aside_open(struct aside *, const char *path);
/* Flush, close and rename; false with errno set, and then nothing is left behind. */
bool aside_commit(struct aside *);
/* Close and remove; harmless on one that is not open. */
void aside_abandon(struct aside *);

#endif
