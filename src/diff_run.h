/* diff_run.h - a whole run of --diff: two inputs to reports to exit status */
#ifndef DIFF_RUN_H
#define DIFF_RUN_H

#include "options.h"

/* `config` is the options', with its seed. The exit status; what is wrong was said. */
int diff_run(const struct options *, const struct te_config *config);

#endif
