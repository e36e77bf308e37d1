/* stream.h - the bytes of a file, unpacked if it is compressed
 *
 * The codec is recognised by the first bytes, never by the name.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct stream;

/* "-" is standard input. NULL only when out of memory: what else goes wrong is told by
 * stream_error(), and every read fails. */
struct stream *stream_open(const char *path);
/* As read(2): the bytes that are there now, at most `size`; 0 at the end; -1 when there
 * is an error, which stays, or when a signal came first: then stream_error() is NULL
 * and the call may be repeated. All that could be unpacked comes before the error. */
ssize_t stream_read(struct stream *, void *, size_t size);
/* One line without the path, or NULL. Damage is told "at byte N of the compressed
 * file". */
const char *stream_error(const struct stream *);
/* The error is that the compressed data end too early. */
bool stream_cut(const struct stream *);
/* "gzip" and so on; NULL if not compressed, or nothing was read yet. */
const char *stream_codec(const struct stream *);
/* Bytes of the file, and how many of them were used; false for a pipe. */
bool stream_position(const struct stream *, double *used, double *size);
void stream_close(struct stream *); /* NULL is fine */

#endif
