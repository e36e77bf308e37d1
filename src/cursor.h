/* cursor.h - a bounds-checked reader of big-endian fields
 *
 * Read all fields of a header, then ask once whether they were there: a read past the
 * end gives 0, moves nothing more and makes the cursor fail for good.  The bytes are
 * borrowed.
 */
#ifndef CURSOR_H
#define CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Fields of a header whose length was checked. */
static inline uint16_t cur_be16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t cur_be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t cur_be64(const uint8_t *b)
{
	return (uint64_t)cur_be32(b) << 32 | cur_be32(b + 4);
}

struct cursor {
	const uint8_t *at, *end;
	bool failed;
};

static inline struct cursor cur_make(const uint8_t *bytes, size_t n)
{
	return (struct cursor){ .at = bytes, .end = n ? bytes + n : bytes };
}

/* Bytes not read yet; 0 after a failure. */
static inline size_t cur_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static inline bool cur_failed(const struct cursor *c)
{
	return c->failed;
}

/* The next n bytes, taken; NULL if there are fewer. */
static inline const uint8_t *cur_bytes(struct cursor *c, size_t n)
{
	const uint8_t *bytes = c->at;

	if (n > cur_left(c)) {
		c->failed = true;
		c->at = c->end;
	}
	if (c->failed)
		return NULL;
	if (n)
		c->at += n;
	return bytes;
}

static inline void cur_skip(struct cursor *c, size_t n)
{
	(void)cur_bytes(c, n);
}

static inline uint8_t cur_u8(struct cursor *c)
{
	const uint8_t *b = cur_bytes(c, 1);

	return b ? b[0] : 0;
}

/* The next byte, left where it is; 0 if there is none, which is no failure. */
static inline uint8_t cur_peek(const struct cursor *c)
{
	return cur_left(c) ? c->at[0] : 0;
}

static inline uint16_t cur_u16(struct cursor *c)
{
	const uint8_t *b = cur_bytes(c, 2);

	return b ? cur_be16(b) : 0;
}

static inline uint32_t cur_u32(struct cursor *c)
{
	const uint8_t *b = cur_bytes(c, 4);

	return b ? cur_be32(b) : 0;
}

/* Copies n bytes, or leaves `to` alone. */
static inline void cur_copy(struct cursor *c, uint8_t *to, size_t n)
{
	const uint8_t *b = cur_bytes(c, n);

	if (b && n)
		memcpy(to, b, n);
}

/* A cursor over the next n bytes, which are taken; a failed one if there are fewer. */
static inline struct cursor cur_take(struct cursor *c, size_t n)
{
	const uint8_t *b = cur_bytes(c, n);

	if (!b)
		return (
		    struct cursor){ .at = c->end, .end = c->end, .failed = c->failed };
	return cur_make(b, n);
}

#endif
