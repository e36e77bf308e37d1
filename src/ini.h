/* ini.h - a strict reader of INI files: [section NAME], key = value, comments
 *
 * Comments stand on lines of their own and begin with # or ;. A value goes on to the
 * end of its line. There are no quotes, no escapes and no continued lines.
 */
#ifndef INI_H
#define INI_H

#include <stdbool.h>
#include <stddef.h>

enum ini_kind {
	INI_SECTION, /* word is its kind, rest its name, "" without one */
	INI_KEY,     /* word is the key, rest the value, "" without one */
	INI_END,
	INI_WRONG, /* err says what */
};

/* Lines and columns count from 1, columns by character. */
struct ini_line {
	enum ini_kind kind;
	unsigned line;
	unsigned word_column, rest_column;
	const char *word, *rest; /* borrowed from the struct ini */
	const char *err;         /* a constant */
};

struct ini {
	char *text; /* owned */
	size_t at, size;
	unsigned line;
};

/* False: it cannot be read, errno says why (EFBIG: more than 64 MiB). */
bool ini_open(struct ini *, const char *path);
/* The next line that says something. After INI_WRONG nothing more should be asked. */
struct ini_line ini_next(struct ini *);
/* The column of a character further on in the same word or rest. */
unsigned ini_column(unsigned column, const char *text, const char *at);
void ini_close(struct ini *);

#endif
