/* ini.c - a strict reader of INI files: [section NAME], key = value, comments */
#include "config.h"
#include "ini.h"
#include "utf8.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INI_FIRST = 4096, INI_MOST = 64 << 20 };

static const char ini_blanks[] = " \t";

/* ---- the file ---- */

static bool ini_grow(struct ini *ini, size_t *room)
{
	size_t want = *room == 0 ? INI_FIRST : 2 * *room;
	char *text = want > INI_MOST ? NULL : realloc(ini->text, want + 1);

	if (text == NULL) {
		errno = want > INI_MOST ? EFBIG : ENOMEM;
		return false;
	}
	ini->text = text;
	*room = want;
	return true;
}

static bool ini_read(struct ini *ini, FILE *file)
{
	size_t room = 0;

	do {
		if (ini->size == room && !ini_grow(ini, &room))
			return false;
		ini->size += fread(ini->text + ini->size, 1, room - ini->size, file);
	} while (ini->size == room);
	ini->text[ini->size] = '\0';
	return ferror(file) == 0;
}

bool ini_open(struct ini *ini, const char *path)
{
	FILE *file = fopen(path, "r");
	bool ok;
	int why;

	*ini = (struct ini){ 0 };
	if (file == NULL)
		return false;
	ok = ini_read(ini, file);
	why = errno;
	fclose(file);
	if (!ok)
		ini_close(ini);
	else if (strncmp(ini->text, "\xef\xbb\xbf", 3) == 0)
		ini->at = 3; /* a byte order mark, as some editors write */
	errno = why;
	return ok;
}

void ini_close(struct ini *ini)
{
	free(ini->text);
	*ini = (struct ini){ 0 };
}

/* ---- one line ---- */

unsigned ini_column(unsigned column, const char *text, const char *at)
{
	for (; text < at; text++) {
		if (((unsigned char)*text & 0xc0) != 0x80)
			column++;
	}
	return column;
}

static struct ini_line ini_wrong(struct ini_line line, const char *text, const char *at,
				 const char *err)
{
	line.kind = INI_WRONG;
	line.word_column = ini_column(1, text, at);
	line.err = err;
	return line;
}

/* The first byte that has no place in a text file; NULL if there is none. */
static const char *ini_alien(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		size_t length = utf8_length(text);
		unsigned char c = (unsigned char)*text;

		if (length == 0 || (c < 0x20 && c != '\t') || c == 0x7f)
			return text;
		text += length;
	}
	return NULL;
}

/* Without the blanks at its end. */
static void ini_trim(const char *start, char *end)
{
	while (end > start && strchr(ini_blanks, end[-1]) != NULL)
		end--;
	*end = '\0';
}

/* [word rest] */
static struct ini_line ini_section(struct ini_line line, char *text, char *at)
{
	char *close = strrchr(at, ']'), *word, *rest;

	if (close == NULL)
		return ini_wrong(line, text, text + strlen(text),
				 "']' is missing at the end of a section's name");
	if (close[1 + strspn(close + 1, ini_blanks)] != '\0')
		return ini_wrong(line, text, close + 1 + strspn(close + 1, ini_blanks),
				 "nothing may follow a section's name");
	word = at + 1 + strspn(at + 1, ini_blanks);
	if (word == close)
		return ini_wrong(line, text, word, "a section needs a name");
	ini_trim(word, close);
	rest = word + strcspn(word, ini_blanks);
	line.kind = INI_SECTION;
	line.word_column = ini_column(1, text, word);
	if (*rest != '\0')
		*rest++ = '\0';
	rest += strspn(rest, ini_blanks);
	line.rest_column = ini_column(line.word_column, word, rest);
	line.word = word;
	line.rest = rest;
	return line;
}

/* word = rest */
static struct ini_line ini_key(struct ini_line line, char *text, char *word)
{
	char *equals = strchr(word, '='), *rest;

	if (equals == NULL)
		return ini_wrong(line, text, word, "this is no 'key = value'");
	if (equals == word)
		return ini_wrong(line, text, word, "a key is missing before '='");
	rest = equals + 1 + strspn(equals + 1, ini_blanks);
	line.kind = INI_KEY;
	line.word_column = ini_column(1, text, word);
	line.rest_column = ini_column(1, text, rest);
	ini_trim(word, equals);
	ini_trim(rest, rest + strlen(rest));
	line.word = word;
	line.rest = rest;
	return line;
}

static struct ini_line ini_line(struct ini *ini, char *text, size_t len)
{
	struct ini_line line = { .kind = INI_END, .line = ini->line };
	const char *alien;
	char *at;

	if (len > 0 && text[len - 1] == '\r')
		len--;
	text[len] = '\0';
	alien = ini_alien(text, len);
	if (alien != NULL)
		return ini_wrong(line, text, alien,
				 "no text: a control character, or "
				 "a byte that is not UTF-8");
	at = text + strspn(text, ini_blanks);
	if (*at == '\0' || *at == '#' || *at == ';')
		return line;
	return *at == '[' ? ini_section(line, text, at) : ini_key(line, text, at);
}

struct ini_line ini_next(struct ini *ini)
{
	struct ini_line line = { .kind = INI_END };

	while (line.kind == INI_END && ini->at < ini->size) {
		char *text = ini->text + ini->at;
		char *end = memchr(text, '\n', ini->size - ini->at);
		size_t len = end == NULL ? ini->size - ini->at : (size_t)(end - text);

		ini->at += len + (end != NULL);
		ini->line++;
		line = ini_line(ini, text, len);
	}
	return line;
}
