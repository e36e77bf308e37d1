/* text_head.c - the lines above a connection's timeline */
#include "config.h"

#include "phrase.h"
#include "text.h"

#include <string.h>

/* "tap nearer the client (0.01 / 12.0 ms)": round trips to both ends */
static void tap_words(const struct te_connection *connection, char *words, size_t size)
{
	te_time client = connection->end[TE_CLIENT].rtt;
	te_time server = connection->end[TE_SERVER].rtt;
	const char *where = "in the middle";

	words[0] = '\0';
	if (client == TE_TIME_NONE || server == TE_TIME_NONE ||
	    (client < TE_MS / 10 && server < TE_MS / 10)) /* one host: nowhere between */
		return;
	if (client < server / 2)
		where = "nearer the client";
	else if (server < client / 2)
		where = "nearer the server";
	(void)snprintf(words, size, "tap %s (%.*f / %.*f ms)", where,
		       client < TE_MS ? 2 : 1, (double)client / (double)TE_MS,
		       server < TE_MS ? 2 : 1, (double)server / (double)TE_MS);
}

static void put_who(struct text *text, const struct te_connection *connection)
{
	const char *doubt = connection->roles_certain ? "" : "?";
	struct text_ends ends;
	char address[TEXT_ADDRESS];

	text_ends_of(&ends, connection);
	term_printf(&text->term, TERM_HEAD, "#%llu ",
		    (unsigned long long)connection->number);
	term_printf(&text->term, TERM_PLAIN, "%s (client%s)  ",
		    text_address(&ends, TE_CLIENT, address), doubt);
	term_printf(&text->term, TERM_PLAIN, "%s (server%s)",
		    text_address(&ends, TE_SERVER, address), doubt);
}

/* ", client holds TIME_WAIT until 60.120 s", if somebody does. */
static void add_time_wait(struct text *text, const struct te_connection *connection,
			  char *words, size_t size)
{
	const struct text_clock clock = { connection->first, connection->first };
	bool client = connection->end[TE_CLIENT].state == TE_TIME_WAIT;
	bool server = connection->end[TE_SERVER].state == TE_TIME_WAIT;
	bool relative =
	    text->run->time == OUT_TIME_RELATIVE || text->run->time == OUT_TIME_DELTA;
	char until[TEXT_TIME];
	size_t len = strlen(words);

	if (connection->time_wait_until == TE_TIME_NONE)
		return;
	(void)text_time(text, &clock, connection->time_wait_until, 3, until);
	(void)phrase_print(words + len, size - len, "; %s TIME_WAIT%s%s%s",
			   client && server ? "both ends hold"
			   : client         ? "client holds"
					    : "server holds",
			   until[0] != '\0' ? " until " : "", until,
			   relative ? " s" : "");
}

void text_verdict(struct text *text, const struct te_connection *connection,
		  char words[TEXT_SENTENCE])
{
	(void)describe_verdict(connection, words, TEXT_SENTENCE);
	add_time_wait(text, connection, words, TEXT_SENTENCE);
}

void text_head_put(struct text *text, const struct te_connection *connection)
{
	struct term *term = &text->term;
	char duration[TERM_NUMBER], tap[96], verdict[TEXT_SENTENCE];
	unsigned tail;

	put_who(text, connection);
	(void)describe_duration(connection->last - connection->first, duration,
				sizeof(duration));
	tap_words(connection, tap, sizeof(tap));
	tail = term_columns(term, duration) + term_columns(term, tap) + 6;
	if (term->width > 0 && term->column + tail > term->width)
		term_end(term);
	term_printf(term, TERM_PLAIN, "   %s", duration);
	if (tap[0] != '\0')
		term_printf(term, TERM_DIM, "   %s", tap);
	term_end(term);
	term_put(term, TERM_PLAIN, "   ");
	text_verdict(text, connection, verdict);
	term_wrap(term, TERM_PLAIN, verdict, 3);
	term_end(term);
}
