/* run.h - a whole run: inputs to reports to exit status */
#ifndef RUN_H
#define RUN_H

#include "options.h"

/* The exit status; what is wrong was said. */
int run(const struct options *);

#endif
