/* ladder.h - the columns of a timeline; for text_timeline.c only */
#ifndef LADDER_H
#define LADDER_H

#include "text.h"

struct ladder {
	struct text *text;
	const struct te_connection *connection;
	struct text_track track;
	unsigned client; /* the sender's number in the track */
	unsigned frame_columns, time_columns, arrow_columns;
	struct text_clock clock;
	struct text_spots spots;
};

/* Fixes the widths, by the track's frame numbers and the terminal. */
void ladder_measure(struct ladder *);

/* Where the columns begin. */
unsigned ladder_client_at(const struct ladder *);
unsigned ladder_arrow_at(const struct ladder *);
unsigned ladder_server_at(const struct ladder *);

/* The line of heads. */
void ladder_put_heads(const struct ladder *);
/* "12", "14-18"; returns cell. */
const char *ladder_frames(const struct ladder *, const struct text_step *,
			  char cell[2 * TEXT_FRAME]);
/* The cells of frame and time; TE_TIME_NONE leaves the time out. */
void ladder_put_when(struct ladder *, const char *frames, te_time, uint32_t file);
/* In the margin if there is room; else where the server's state is not; else below. */
void ladder_put_remark(const struct ladder *, enum term_style, const char *remark);

#endif
