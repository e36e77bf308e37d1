/* text_transitions.c - one line per transition of either end */
#include "config.h"

#include "text.h"

#include <string.h>

/* Columns of the list; states take 12, with their '?'. */
enum {
	TRANSITION_CONN = 4,
	TRANSITION_FRAME = TRANSITION_CONN + 7,
	TRANSITION_TIME = TRANSITION_FRAME + 11,
	TRANSITION_END = TRANSITION_TIME + 1,
	TRANSITION_FROM = TRANSITION_END + 7,
	TRANSITION_TO = TRANSITION_FROM + 14,
	TRANSITION_BASIS = TRANSITION_TO + 13,
	TRANSITION_PROOF = TRANSITION_BASIS + 14,
	TRANSITION_RFC = TRANSITION_PROOF + 1,
};

static void right_to(struct term *term, unsigned column, const char *word)
{
	term_right(term, TERM_PLAIN, column > term->column ? column - term->column : 0,
		   word);
}

/* Columns behind the time, which is not always this wide. */
static unsigned column(const struct text *text, unsigned usual)
{
	return usual + text_time_columns(text) - (TRANSITION_TIME - TRANSITION_FRAME - 1);
}

static void head_transitions(struct text *text)
{
	struct term *term = &text->term;

	text_separate(text);
	term_right(term, TERM_DIM, TRANSITION_CONN, "conn");
	term_right(term, TERM_DIM, TRANSITION_FRAME - TRANSITION_CONN, "frame");
	if (text_time_columns(text) > 0)
		term_right(term, TERM_DIM, text_time_columns(text) + 1, "t");
	term_to(term, column(text, TRANSITION_END), 1);
	term_put(term, TERM_DIM, "end");
	term_to(term, column(text, TRANSITION_FROM), 1);
	term_put(term, TERM_DIM, "from");
	term_to(term, column(text, TRANSITION_TO), 1);
	term_put(term, TERM_DIM, "to");
	term_to(term, column(text, TRANSITION_BASIS), 1);
	term_put(term, TERM_DIM, "basis");
	term_right(term, TERM_DIM, column(text, TRANSITION_PROOF) - term->column,
		   "proof");
	term_to(term, column(text, TRANSITION_RFC), 1);
	term_put(term, TERM_DIM, "RFC 9293");
	term_end(term);
	text->transitions_headed = true;
	text->transitions_clock.start =
	    text->run->start != TE_TIME_NONE ? text->run->start : 0;
	text->transitions_clock.before = text->transitions_clock.start;
}

static void put_transition(struct text *text, uint64_t connection,
			   const struct te_transition *transition)
{
	struct term *term = &text->term;
	struct text_clock *clock = &text->transitions_clock;
	const char *rfc = transition->rfc != NULL ? transition->rfc : "-";
	enum te_end end = (enum te_end)transition->end;
	char word[TERM_NUMBER + TEXT_FRAME];

	(void)snprintf(word, sizeof(word), "%llu", (unsigned long long)connection);
	term_right(term, TERM_HEAD, TRANSITION_CONN, word);
	term_put(term, TERM_PLAIN, " ");
	right_to(term, TRANSITION_FRAME,
		 transition->frame > 0
		     ? text_frame(text, transition->file, transition->frame, word)
		     : "-");
	term_put(term, TERM_PLAIN, " ");
	right_to(term, column(text, TRANSITION_TIME),
		 text_time(text, clock, transition->time,
			   text_digits(text, transition->file), word));
	clock->before = transition->time;
	term_to(term, column(text, TRANSITION_END), 1);
	term_put(term, TERM_PLAIN, end != TE_NO_END ? te_end_name(end) : "-");
	term_to(term, column(text, TRANSITION_FROM), 1);
	term_put(term, TERM_PLAIN, te_state_name((enum te_state)transition->from));
	term_to(term, column(text, TRANSITION_TO - 2), 1);
	term_put(term, TERM_PLAIN, term->utf8 ? "→ " : ">");
	term_to(term, column(text, TRANSITION_TO), 0);
	term_printf(term, TERM_STATE, "%s%s",
		    te_state_name((enum te_state)transition->to),
		    transition->basis == TE_PRESUMED ? "?" : "");
	term_to(term, column(text, TRANSITION_BASIS), 1);
	term_put(term, TERM_PLAIN, te_basis_name((enum te_basis)transition->basis));
	term_put(term, TERM_PLAIN, " ");
	right_to(term, column(text, TRANSITION_PROOF),
		 transition->proof > 0
		     ? text_frame(text, transition->file, transition->proof, word)
		     : "-");
	term_to(term, column(text, TRANSITION_RFC), 1);
	/* the RFC that the column is named after goes without saying */
	term_put(term, TERM_PLAIN, strncmp(rfc, "9293:", 5) == 0 ? rfc + 5 : rfc);
	term_end(term);
}

/* Live: told before, and void. */
static void put_revision(struct text *text, const struct te_connection *connection)
{
	const struct te_revision *revision = connection->revision;

	term_printf(&text->term, TERM_WARNING,
		    "%4llu  the last %zu told of an end %s void (%s)",
		    (unsigned long long)connection->number, revision->count,
		    revision->count == 1 ? "is" : "are", revision->why);
	term_end(&text->term);
}

void text_transitions_connection(struct text *text,
				 const struct te_connection *connection)
{
	if (!text->transitions_headed)
		head_transitions(text);
	if (connection->revision != NULL)
		put_revision(text, connection);
	for (size_t i = 0; i < connection->transition_count; i++)
		put_transition(text, connection->number, &connection->transitions[i]);
}
