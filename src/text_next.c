/* text_next.c - the next commands worth typing, ready to be pasted into a shell */
#include "config.h"

#include "text.h"

#include <string.h>

enum { MAX_WORDS = 512, MAX_LINE = 3 * MAX_WORDS, MAX_FILES = 4 };

/* Append a word as a shell takes it. */
static void add_quoted(char *command, size_t size, const char *word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-./:@%+=,";
	size_t used = strlen(command);

	if (word[0] != '\0' && strspn(word, safe) == strlen(word)) {
		(void)snprintf(command + used, size - used, " %s", word);
		return;
	}
	(void)snprintf(command + used, size - used, " '");
	for (; *word != '\0'; word++) {
		used = strlen(command);
		if (*word == '\'')
			(void)snprintf(command + used, size - used, "'\\''");
		else
			(void)snprintf(command + used, size - used, "%c", *word);
	}
	used = strlen(command);
	(void)snprintf(command + used, size - used, "'");
}

/* The inputs as given, or FILE when they are too many or need more than `room`. */
static void add_inputs(const struct out_run *run, char *command, size_t size, size_t room)
{
	char names[MAX_WORDS] = "";

	for (size_t i = 0; i < run->file_count && i <= MAX_FILES; i++)
		add_quoted(names, sizeof(names), run->files[i].path);
	if (run->file_count == 0 || run->file_count > MAX_FILES || strlen(names) > room ||
	    strlen(names) + 1 >= sizeof(names))
		(void)snprintf(names, sizeof(names), " FILE%s",
			       run->file_count > 1 ? "..." : "");
	(void)snprintf(command + strlen(command), size - strlen(command), "%s", names);
}

/* All of it on one line, if that is not wider than so many columns. */
static bool write_whole(const struct text *text, const char *command, const char *filter,
			size_t most, char line[MAX_LINE])
{
	(void)snprintf(line, MAX_LINE, "%s", command);
	add_inputs(text->run, line, MAX_LINE, SIZE_MAX);
	if (filter != NULL)
		add_quoted(line, MAX_LINE, filter);
	return TEXT_LABEL + term_safe_columns(&text->term, line) <= most;
}

/* What does not fit becomes a word for it, so that the line can be typed. */
static void write_short(const struct text *text, const char *command, const char *filter,
			size_t most, char line[MAX_LINE])
{
	char quoted[MAX_WORDS] = "";
	size_t used = TEXT_LABEL + strlen(command);

	if (filter != NULL)
		add_quoted(quoted, sizeof(quoted), filter);
	if (used + strlen(" FILE...") + strlen(quoted) > most)
		(void)snprintf(quoted, sizeof(quoted), " FILTER");
	used += strlen(quoted);
	(void)snprintf(line, MAX_LINE, "%s", command);
	add_inputs(text->run, line, MAX_LINE, used < most ? most - used : 0);
	(void)snprintf(line + strlen(line), MAX_LINE - strlen(line), "%s", quoted);
}

/* `command` with the inputs and FILTER: numbers of connections depend on both. If the
 * screen has room it runs on to a second row, and is still one line to be copied. */
static void put_command(struct text *text, const char *command, const char *filter)
{
	unsigned width = text->term.width;
	unsigned rows = text->term.lines + 3 <= TEXT_SCREEN ? 2 : 1;
	char line[MAX_LINE];

	if (!write_whole(text, command, filter, width > 0 ? rows * width : MAX_WORDS,
			 line))
		write_short(text, command, filter, width > 0 ? width : MAX_WORDS, line);
	text_put_label(text, "next");
	text->term.width = 0;
	term_safe(&text->term, TERM_COMMAND, line);
	text->term.lines += width > 0 && text->term.column > width ? 1 : 0;
	term_end(&text->term);
	text->term.width = width;
}

static void put_explain(struct text *text, const struct te_rule *rule)
{
	text_put_label(text, "");
	term_printf(&text->term, TERM_COMMAND, "tcpends --explain %s", rule->id);
	term_end(&text->term);
}

void text_next_end(struct text *text, const struct te_totals *totals)
{
	const struct text_group *worst = text_findings_worst(text);
	uint64_t told = text->overview.connections;
	const char *filter = text->run->filter;
	char words[MAX_WORDS];

	if (told == 0 && filter != NULL && totals->tcp_packets == 0 &&
	    totals->tunnelled > 0) {
		(void)snprintf(words, sizeof(words), "vlan and (%s)", filter);
		put_command(text, "tcpends", words);
	}
	if (told == 0)
		return;
	if (worst != NULL && worst->connection > 0)
		(void)snprintf(words, sizeof(words),
			       "tcpends --show timeline --conn %llu",
			       (unsigned long long)worst->connection);
	else
		(void)snprintf(words, sizeof(words), "tcpends --show %s",
			       told == 1 ? "timeline" : "connections");
	put_command(text, words, filter);
	if (worst != NULL)
		put_explain(text, worst->rule);
}
