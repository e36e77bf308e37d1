/* say.h - the one-line messages on standard error */
#ifndef SAY_H
#define SAY_H

/* "tcpends: ..." and a line end; control characters become \xHH, so that a message
 * is one line whatever a file is called. */
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "tcpends: warning: ..." */
void say_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
