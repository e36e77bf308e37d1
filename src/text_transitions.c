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

/* Behind a blank at least. */
static void right_to(struct term *term, unsigned column, const char *word)
{
	term_to(term, 0, 1);
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
	text->transitions.headed = true;
	text->transitions.clock.start =
	    text->run->start != TE_TIME_NONE ? text->run->start : 0;
	text->transitions.clock.before = text->transitions.clock.start;
}

/* 0 is none. */
static void put_frame(struct text *text, unsigned column, uint32_t file, uint64_t frame)
{
	char word[TEXT_FRAME];

	right_to(&text->term, column,
		 frame > 0 ? text_frame(text, file, frame, word) : "-");
}

static void print_moment(struct text *text, uint64_t connection,
			 const struct te_transition *transition)
{
	struct text_clock *clock = &text->transitions.clock;
	struct term *term = &text->term;
	char word[TEXT_TIME];

	term_number(term, TERM_HEAD, TRANSITION_CONN, connection);
	put_frame(text, TRANSITION_FRAME, transition->file, transition->frame);
	right_to(term, column(text, TRANSITION_TIME),
		 text_time(text, clock, transition->time,
			   text_digits(text, transition->file), word));
	clock->before = transition->time;
}

static bool is_same_moment(const struct te_transition *a, const struct te_transition *b)
{
	return a->time == b->time && a->frame == b->frame && a->file == b->file;
}

/* Transition i begins its line with the connection and the segment, as several do. */
static void put_moment(struct text *text, const struct te_connection *connection,
		       size_t i)
{
	const struct te_transition *transition = &connection->transitions[i];
	struct term_piece *moment = &text->transitions.moment;
	size_t from;

	if (i > 0 && is_same_moment(transition, transition - 1) &&
	    text->run->time != OUT_TIME_DELTA && term_again(&text->term, moment))
		return;
	from = term_keep(&text->term, moment);
	print_moment(text, connection->number, transition);
	term_kept(&text->term, from, moment);
}

static void print_move(struct text *text, const struct te_transition *transition)
{
	enum te_end end = (enum te_end)transition->end;
	struct term *term = &text->term;

	term_to(term, column(text, TRANSITION_END), 1);
	term_put(term, TERM_PLAIN, end != TE_NO_END ? te_end_name(end) : "-");
	term_to(term, column(text, TRANSITION_FROM), 1);
	term_put(term, TERM_PLAIN, te_state_name((enum te_state)transition->from));
	term_to(term, column(text, TRANSITION_TO - 2), 1);
	term_put(term, TERM_PLAIN, term->utf8 ? "→ " : ">");
	term_to(term, column(text, TRANSITION_TO), 0);
	text_put_state(term, (enum te_state)transition->to,
		       transition->basis == TE_PRESUMED);
	term_to(term, column(text, TRANSITION_BASIS), 1);
	term_put(term, TERM_PLAIN, te_basis_name((enum te_basis)transition->basis));
}

static void print_rfc(struct text *text, const struct te_transition *transition)
{
	const char *rfc = transition->rfc != NULL ? transition->rfc : "-";

	term_to(&text->term, column(text, TRANSITION_RFC), 1);
	/* the RFC that the column is named after goes without saying */
	term_put(&text->term, TERM_PLAIN, strncmp(rfc, "9293:", 5) == 0 ? rfc + 5 : rfc);
}

/* Its place; what stood there must make room. */
static struct text_move *find_move(struct text *text,
				   const struct te_transition *transition)
{
	uint32_t key = (uint32_t)transition->end | (uint32_t)transition->from << 8 |
		       (uint32_t)transition->to << 16 | (uint32_t)transition->basis << 24;
	struct text_move *move = &text->transitions.moves[key * 0x9e3779b1u >> 24];

	_Static_assert(TEXT_MOVES == 1 << 8, "as many as eight bits tell apart");
	if (move->key != key || move->rfc != transition->rfc) {
		move->key = key;
		move->rfc = transition->rfc;
		move->what.length = move->end.length = 0;
	}
	return move;
}

static void put_piece(struct text *text, const struct te_transition *transition,
		      struct term_piece *piece,
		      void (*print)(struct text *, const struct te_transition *))
{
	size_t from;

	if (term_again(&text->term, piece))
		return;
	from = term_keep(&text->term, piece);
	print(text, transition);
	term_kept(&text->term, from, piece);
}

static void put_transition(struct text *text, const struct te_connection *connection,
			   size_t i)
{
	const struct te_transition *transition = &connection->transitions[i];
	struct text_move *move = find_move(text, transition);

	put_moment(text, connection, i);
	put_piece(text, transition, &move->what, print_move);
	put_frame(text, column(text, TRANSITION_PROOF), transition->file,
		  transition->proof);
	put_piece(text, transition, &move->end, print_rfc);
	term_end(&text->term);
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
	if (!text->transitions.headed)
		head_transitions(text);
	if (connection->revision != NULL)
		put_revision(text, connection);
	for (size_t i = 0; i < connection->transition_count; i++)
		put_transition(text, connection, i);
}
