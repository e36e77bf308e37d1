/* progress.c - one line on a terminal for runs of more than a second */
#include "config.h"
#include "progress.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_SEC INT64_C(1000000000)

int64_t progress_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * PROGRESS_SEC + now.tv_nsec;
}

void progress_start(struct progress *progress, bool wanted)
{
	*progress = (struct progress){
		.wanted = wanted && isatty(STDERR_FILENO) == 1,
		.started = progress_now(),
	};
	progress->printed = progress->started;
}

void progress_show(struct progress *progress, double done, uint64_t packets)
{
	int64_t now;
	double seconds;

	if (!progress->wanted)
		return;
	now = progress_now();
	if (now - progress->started < PROGRESS_SEC ||
	    now - progress->printed < PROGRESS_SEC / 4)
		return;
	seconds = (double)(now - progress->started) / (double)PROGRESS_SEC;
	progress->printed = now;
	progress->shown = true;
	if (done > 0)
		fprintf(stderr, "\r%3.0f %%  %.0f packets/s  %.0f s left \033[K",
			done * 100, (double)packets / seconds,
			seconds * (1 - done) / done);
	else
		fprintf(stderr, "\r%.0f packets/s \033[K", (double)packets / seconds);
}

void progress_stop(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
