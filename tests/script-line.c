/* script-line.c - what the parts of the script parser share: a line taken word by word */
#include "script-line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *script_word(struct script_parser *p)
{
	char *word = p->rest + strspn(p->rest, " \t");
	size_t len;

	if (*word == '\0')
		return NULL;
	if (*word == '<' && strchr(word, '>'))
		len = (size_t)(strchr(word, '>') - word) + 1;
	else
		len = strcspn(word, " \t");
	p->rest = word + len;
	if (*p->rest != '\0')
		*p->rest++ = '\0';
	return word;
}

bool script_fail(struct script_parser *p, const char *format, ...)
{
	va_list args;

	p->error->line = p->line;
	va_start(args, format);
	vsnprintf(p->error->text, sizeof(p->error->text), format, args);
	va_end(args);
	return false;
}

bool script_number(struct script_parser *p, const char *word, int64_t min, int64_t max,
		   int64_t *to)
{
	char *end;
	long long value;

	if (!word)
		return script_fail(p, "a number is missing");
	value = strtoll(word, &end, 10);
	if (end == word || *end != '\0')
		return script_fail(p, "not a number: %s", word);
	if (value < min || value > max)
		return script_fail(p, "out of range: %s", word);
	*to = value;
	return true;
}

/* Thirty years: far from the end of te_time, however many lines say it. */
#define LONGEST (1000000000 * TE_SEC)

static te_time time_unit(const char *word)
{
	static const struct {
		const char *name;
		te_time length;
	} units[] = { { "", TE_SEC },  { "s", TE_SEC }, { "ms", TE_MS },
		      { "us", TE_US }, { "ns", 1 },     { "m", 60 * TE_SEC } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(word, units[i].name) == 0)
			return units[i].length;
	return 0;
}

/* Digit by digit: a double would lose nanoseconds. */
bool script_time(struct script_parser *p, const char *word, te_time *to)
{
	const char *s = word;
	te_time unit, scale, sum = 0, whole = 0;

	while (*s >= '0' && *s <= '9' && whole < 1000000000)
		whole = whole * 10 + (*s++ - '0');
	if (*s == '.')
		s++;
	unit = time_unit(s + strspn(s, "0123456789"));
	if (s == word || unit == 0 || whole > LONGEST / unit)
		return script_fail(p, "not a time: %s", word);
	for (scale = unit / 10; *s >= '0' && *s <= '9'; s++, scale /= 10)
		sum += (*s - '0') * scale;
	*to = whole * unit + sum;
	return true;
}

bool script_pass(struct script_parser *p, te_time start, te_time length)
{
	if (start - SCRIPT_START > LONGEST - length)
		return script_fail(p, "too long a script");
	p->now = start + length;
	return true;
}

bool script_copy(struct script_parser *p, char to[SCRIPT_WORD], const char *word)
{
	if (!word)
		return script_fail(p, "a word is missing");
	if (strlen(word) >= SCRIPT_WORD)
		return script_fail(p, "too long a word: %s", word);
	memcpy(to, word, strlen(word) + 1);
	return true;
}

bool script_parse_end(struct script_parser *p, const char *word, struct script_end *end)
{
	int64_t number = 0;

	if (!word || (word[0] != 'A' && word[0] != 'B') ||
	    (word[1] != '\0' && word[1] != '/'))
		return script_fail(p, "A or B is wanted, not %s",
				   word ? word : "nothing");
	if (word[1] == '/' && !script_number(p, word + 2, 1, UINT32_MAX, &number))
		return false;
	end->side = word[0] == 'A' ? SCRIPT_A : SCRIPT_B;
	end->incarnation = (uint32_t)number;
	return true;
}

void *script_grow(void *array, size_t count, size_t size)
{
	if (count != 0 && (count & (count - 1)) != 0)
		return array;
	return realloc(array, (count ? 2 * count : 1) * size);
}

struct script_item *script_add(struct script_parser *p, enum script_kind kind)
{
	struct script *script = p->script;
	struct script_item *items = script->items, *item;

	items = script_grow(items, script->item_count, sizeof(*items));
	if (!items) {
		script_fail(p, "out of memory");
		return NULL;
	}
	script->items = items;
	item = &items[script->item_count++];
	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->line = p->line;
	item->conn = (unsigned)p->conn;
	item->time = p->now;
	if (kind >= SCRIPT_STATE && kind != SCRIPT_MAY)
		script->assertions++;
	return item;
}
