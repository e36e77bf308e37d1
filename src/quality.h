/* quality.h - how good the capture is, and what that means for what is found in it */
#ifndef QUALITY_H
#define QUALITY_H

#include "out.h"

#include <stdbool.h>

enum { QUALITY_WORDS = 1024 };

/* "good: nothing lost", or what is lacking and which findings that puts in doubt. True:
 * nothing lacks that findings rest on. `separator` groups digits; NULL: it does not. */
bool quality_verdict(const struct out_run *, const struct te_totals *, bool grouped,
		     char words[QUALITY_WORDS]);

#endif
