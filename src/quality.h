/* quality.h - how good the capture is, and what that means for what is found in it */
#ifndef QUALITY_H
#define QUALITY_H

#include "out.h"

#include <stdbool.h>

enum { QUALITY_WORDS = 1024 };

/* "good: no loss seen"; or "fair: ..." and "poor: ..." with what is lacking, and what
 * that puts in doubt. True: good. */
bool quality_verdict(const struct out_run *, const struct te_totals *,
		     char words[QUALITY_WORDS]);

#endif
