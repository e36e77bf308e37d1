/* signals.h - SIGINT and SIGTERM end a run in order, a second one at once */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "capture.h"
#include <stdbool.h>

/* Install the handlers; before any input is opened, as that may wait too. */
void signals_catch(void);
/* From now on a signal breaks `capture`; NULL: no more. */
void signals_watch(struct capture *);
/* Did one come? */
bool signals_stopped(void);

#endif
