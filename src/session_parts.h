/* session_parts.h - what the files session*.c share; nobody else needs it */
#ifndef SESSION_PARTS_H
#define SESSION_PARTS_H

#include "at.h"
#include "blind.h"
#include "capture.h"
#include "chosen.h"
#include "filter.h"
#include "hold.h"
#include "progress.h"
#include "session.h"

/* One timeline, from its opening to its end. */
struct session {
	const struct session_spec *spec;
	const struct options *options;
	struct capture *capture;
	struct filter *filter; /* NULL: live, where the kernel filters, or none given */
	struct blind blind;
	struct te_engine *engine;
	struct hold *hold; /* NULL: connections are told as they end */
	struct at *at;     /* --at; else NULL */
	struct chosen chosen;
	struct progress progress;
	struct out_file *files;
	struct out_run run;
	const struct te_frame
	    *frame; /* the one in the engine, or before it in its batch */
	uint64_t seen, passed;
	int64_t last_mono; /* when the last frame came */
	te_time last_time; /* what its own clock said */
	bool live;
	bool choosing; /* nothing is told, only `chosen` is found out */
	bool chose;    /* ... and was: these are followed */
	bool direct;   /* connections go to the reports alone, all and as they are */
	bool early;    /* --at asks for what was before the capture */
	bool begun, told, broken; /* out of memory on the way */
};

/* ---- session_tell.c: what the engine tells, on to the reports ---- */

/* The sink of the engine. */
struct te_sink session_sink(struct session *);
/* A selected connection, as one for hold_tell(). */
void session_show(void *session, const struct te_connection *);

/* ---- session_open.c ---- */

/* False: nothing can be analysed, which was said. Unreadable files are no reason for
 * that: they are reported as such. */
bool session_open(struct session *);
/* Does nobody look at connections that are not selected? */
bool session_is_selective(const struct session *);
/* A file that is merely cut is one; an unknown format, a missing file, a broken header
 * is none. */
bool session_is_capture(const struct capture_file *);
/* The first input that could be read at all, or NULL. */
const struct capture_file *session_first(const struct session *);
/* What is wrong with those that are no captures, before the report; or with those that
 * are damaged, after reading. */
void session_say_errors(const struct session *, bool captures);

/* ---- session_loop.c ---- */

/* All frames, to the end of the input or until somebody stops it. */
void session_loop(struct session *);

/* ---- session_end.c ---- */

bool session_is_stream(const char *path);
/* The last words of the reports; the exit status. */
int session_end(struct session *);

#endif
