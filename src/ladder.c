/* ladder.c - the columns of a timeline: frame, time, client, arrow, server, margin */
#include "config.h"

#include "ladder.h"

#include <string.h>

enum {
	LEAST_FRAME = 6,
	STATE_COLUMNS = 14,
	GAP = 3, /* before the server's column */
	LEAST_ARROW = 16,
	ARROW = 31,
	VERBOSE_ARROW = 44,
	SERVER_ROOM = 20, /* "ESTABLISHED? 41.2 s" */
};

unsigned ladder_client_at(const struct ladder *ladder)
{
	return ladder->frame_columns + ladder->time_columns + 2;
}

unsigned ladder_arrow_at(const struct ladder *ladder)
{
	return ladder_client_at(ladder) + STATE_COLUMNS;
}

unsigned ladder_server_at(const struct ladder *ladder)
{
	return ladder_arrow_at(ladder) + ladder->arrow_columns + GAP;
}

const char *ladder_frames(const struct ladder *ladder, const struct text_step *step,
			  char cell[2 * TEXT_FRAME])
{
	char last[TEXT_FRAME];

	(void)text_frame(ladder->text, step->file, step->first, cell);
	if (step->last != step->first) {
		(void)snprintf(last, sizeof(last), "–%llu",
			       (unsigned long long)step->last);
		memcpy(cell + strlen(cell), last, strlen(last) + 1);
	}
	return cell;
}

void ladder_measure(struct ladder *ladder)
{
	const struct term *term = &ladder->text->term;
	unsigned most = ladder->text->run->verbose > 0 ? VERBOSE_ARROW : ARROW;
	unsigned fixed;
	char cell[2 * TEXT_FRAME];

	ladder->frame_columns = LEAST_FRAME;
	ladder->time_columns = text_time_columns(ladder->text);
	ladder->time_columns += ladder->time_columns > 0 ? 1 : 0; /* the blank before */
	ladder->clock.start = ladder->clock.before = ladder->connection->first;
	for (size_t i = 0; i < ladder->track.count; i++) {
		unsigned own = term_columns(
		    term, ladder_frames(ladder, &ladder->track.steps[i], cell));
		if (own > ladder->frame_columns)
			ladder->frame_columns = own;
	}
	fixed = ladder_arrow_at(ladder) + GAP + SERVER_ROOM;
	ladder->arrow_columns = most;
	if (term->width > 0 && term->width < fixed + most)
		ladder->arrow_columns =
		    term->width > fixed + LEAST_ARROW ? term->width - fixed : LEAST_ARROW;
}

void ladder_put_heads(const struct ladder *ladder)
{
	struct term *term = &ladder->text->term;

	term_right(term, TERM_DIM, ladder->frame_columns, "frame");
	if (ladder->time_columns > 0)
		term_right(term, TERM_DIM, ladder->time_columns, "time");
	term_to(term, ladder_client_at(ladder), 2);
	term_put(term, TERM_DIM, "client");
	term_to(term, ladder_server_at(ladder), 2);
	term_put(term, TERM_DIM, "server");
	term_end(term);
}

void ladder_put_when(struct ladder *ladder, const char *frames, te_time time,
		     uint32_t file)
{
	struct term *term = &ladder->text->term;
	char cell[TEXT_TIME];

	term_right(term, TERM_DIM, ladder->frame_columns, frames);
	if (time == TE_TIME_NONE)
		return;
	term_right(term, TERM_PLAIN, ladder->time_columns,
		   text_time(ladder->text, &ladder->clock, time,
			     text_digits(ladder->text, file), cell));
	ladder->clock.before = time;
}

void ladder_put_remark(const struct ladder *ladder, enum term_style style,
		       const char *remark)
{
	struct term *term = &ladder->text->term;
	unsigned columns = term_columns(term, remark);
	unsigned margin = ladder_server_at(ladder) + STATE_COLUMNS;
	unsigned at = term->column + 3 > margin ? term->column + 3 : margin;

	if (term->width > 0 && at + columns > term->width) {
		at = ladder_server_at(ladder);
		if (term->column > at || at + columns > term->width) {
			term_end(term);
			at = ladder_client_at(ladder);
		}
	}
	term_to(term, at, 0);
	term_put(term, style, remark);
}
