/* spoilt.h - frames of TCP that no connection can be told from: counted, the first kept
 */
#ifndef SPOILT_H
#define SPOILT_H

#include "tcpends.h"

struct spoilt {
	uint64_t count;
	uint64_t frames[TE_MAX_FRAMES];
	te_time time; /* of the first */
	uint32_t file;
};

enum spoilt_kind {
	SPOILT_HEADER,    /* its lengths contradict each other */
	SPOILT_TRUNCATED, /* cut before its TCP header ends */
	SPOILT_CHECKSUM,  /* a wrong sum, when those are dropped */
	SPOILT_KINDS
};

struct te_engine;

/* A frame was decoded so; nothing happens if it is whole, or no TCP. */
void spoilt_frame(struct spoilt kinds[SPOILT_KINDS], enum te_status,
		  const struct te_frame *);
/* A segment is dropped for its checksum. */
void spoilt_sum(struct spoilt kinds[SPOILT_KINDS], const struct te_segment *);
/* The input ends: tell a finding of each kind there was. */
void spoilt_tell(struct te_engine *);

#endif
