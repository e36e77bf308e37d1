/* signals.c - SIGINT and SIGTERM end a run in order, a second one at once
 *
 * A handler is given nothing but its number, so what it needs stands in this file.
 */
#include "config.h"
#include "signals.h"
#include <signal.h>
#include <stdatomic.h>

static volatile sig_atomic_t signals_count;
static _Atomic(struct capture *) signals_capture;

static void signals_handle(int number)
{
	struct capture *capture = atomic_load(&signals_capture);

	if (signals_count > 0) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	signals_count = 1;
	if (capture != NULL)
		capture_break(capture);
}

void signals_catch(void)
{
	struct sigaction action = { .sa_handler = signals_handle };

	sigemptyset(&action.sa_mask);
	/* No SA_RESTART: a read from a pipe must end */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

void signals_watch(struct capture *capture)
{
	atomic_store(&signals_capture, capture);
}

bool signals_stopped(void)
{
	return signals_count > 0;
}
