/* progress.h - one line on a terminal for runs of more than a second */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool wanted, shown;
	int64_t started, printed; /* monotonic nanoseconds */
};

void progress_start(struct progress *, bool wanted);
/* `done` as capture_progress() tells it. */
void progress_show(struct progress *, double done, uint64_t packets);
/* Take the line away. */
void progress_stop(struct progress *);
/* CLOCK_MONOTONIC, nanoseconds: never a time of the capture. */
int64_t progress_now(void);

#endif
