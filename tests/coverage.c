/* coverage.c - is every row of the transition table that changes a state reached?
 *
 * Runs every packet script and listens to state_step(), for which it is linked with
 * --wrap. Rows that stay need not be. Rows that no input can reach are listed below with
 * the reason; if one is reached all the same, that is an error too.
 */
#include "corpus.h"
#include "run.h"
#include "state.h"

#include <stdio.h>

const struct state_step *__real_state_step(enum te_state from, enum state_event event);
const struct state_step *__wrap_state_step(enum te_state from, enum state_event event);

static bool asked[TE_STATE_COUNT][STATE_EVENT_COUNT];

const struct state_step *__wrap_state_step(enum te_state from, enum state_event event)
{
	asked[from][event] = true;
	return __real_state_step(from, event);
}

struct unreachable {
	enum te_state from;
	enum state_event event;
	const char *why;
};

/* RFC 9293 has these rows, so the table has them. */
static const struct unreachable unreachable[] = {
	{ TE_CLOSED, STATE_SND_SYN,
	  "a SYN of an end that is CLOSED begins a connection of its own (route.c)" },
	{ TE_CLOSING, STATE_RCV_FIN_ACK,
	  "the end has acknowledged the FIN, so a copy of it is only an ACK (bring.c)" },
	{ TE_LAST_ACK, STATE_RCV_FIN_ACK,
	  "the end has acknowledged the FIN, so a copy of it is only an ACK (bring.c)" },
};

static const char *why_unreachable(enum te_state from, enum state_event event)
{
	for (size_t i = 0; i < sizeof(unreachable) / sizeof(unreachable[0]); i++)
		if (unreachable[i].from == from && unreachable[i].event == event)
			return unreachable[i].why;
	return NULL;
}

static void run_script(void *ctx, const char *path, const struct script *script)
{
	struct run run;

	(void)ctx;
	run_start(&run, RUN_SEGMENTS, path, script, UINT32_MAX);
	run_stop(&run);
}

/* False, said on stdout, if a row is not as expected. */
static bool check_row(enum te_state from, enum state_event event)
{
	const struct state_step *step = __real_state_step(from, event);
	bool reached = asked[from][event];
	const char *why;

	if (!step->known || step->to == from)
		return true;
	why = why_unreachable(from, event);
	if (reached != !why)
		printf("%s %s -> %s (%s): %s\n", te_state_name(from),
		       state_event_name(event), te_state_name((enum te_state)step->to),
		       step->rfc ? step->rfc : "assumed",
		       why ? "reached, though listed as out of reach"
			   : "no script reaches it");
	return reached == !why;
}

int main(void)
{
	unsigned rows = 0, wrong = 0;

	if (!corpus_each(run_script, NULL))
		return 1;
	for (unsigned from = 0; from < TE_STATE_COUNT; from++)
		for (unsigned event = 0; event < STATE_EVENT_COUNT; event++) {
			const struct state_step *step = __real_state_step(
			    (enum te_state)from, (enum state_event)event);

			rows += step->known && step->to != from;
			wrong += !check_row((enum te_state)from, (enum state_event)event);
		}
	printf("%u rows change a state; %u are not as they should be\n", rows, wrong);
	return rows == 0 || wrong != 0;
}
