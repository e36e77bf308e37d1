/* captures.h - captures made in memory, for the tests of what reads them */
#ifndef CAPTURES_H
#define CAPTURES_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MADE_MAX = 4096, PACKET = 20 };

/* Bytes being written, in one byte order. */
struct made {
	bool big;
	size_t len;
	uint8_t bytes[MADE_MAX];
};

static inline void made_uint(struct made *m, uint64_t value, unsigned size)
{
	assert(m->len + size <= MADE_MAX);
	for (unsigned i = 0; i < size; i++) {
		unsigned shift = 8 * (m->big ? size - 1 - i : i);

		m->bytes[m->len++] = (uint8_t)(value >> shift);
	}
}

static inline void made_u16(struct made *m, unsigned value)
{
	made_uint(m, value, 2);
}

static inline void made_u32(struct made *m, uint32_t value)
{
	made_uint(m, value, 4);
}

static inline void made_fill(struct made *m, uint8_t value, size_t size)
{
	while (size-- > 0)
		made_uint(m, value, 1);
}

/* ---- pcap ---- */

static inline void made_pcap(struct made *m, uint32_t magic, unsigned minor,
			     uint32_t snaplen, uint32_t linktype)
{
	made_u32(m, magic);
	made_u16(m, 2);
	made_u16(m, minor);
	made_uint(m, 0, 8);
	made_u32(m, snaplen);
	made_u32(m, linktype);
}

/* A packet of `first` bytes, each of them `fill`. */
static inline void made_record(struct made *m, uint32_t secs, uint32_t fraction,
			       uint32_t first, uint32_t second, uint8_t fill)
{
	made_u32(m, secs);
	made_u32(m, fraction);
	made_u32(m, first);
	made_u32(m, second);
	made_fill(m, fill, first);
}

/* ---- pcapng ---- */

/* The place to hand to made_block_end(). */
static inline size_t made_block(struct made *m, uint32_t type)
{
	made_u32(m, type);
	made_u32(m, 0);
	return m->len - 8;
}

static inline void made_block_end(struct made *m, size_t begin)
{
	size_t end;

	made_fill(m, 0, (4 - (m->len - begin) % 4) % 4);
	made_u32(m, (uint32_t)(m->len - begin + 4));
	end = m->len;
	m->len = begin + 4;
	made_u32(m, (uint32_t)(end - begin));
	m->len = end;
}

static inline void made_option(struct made *m, unsigned code, uint64_t value,
			       unsigned size)
{
	made_u16(m, code);
	made_u16(m, size);
	made_uint(m, value, size);
	made_fill(m, 0, (4 - size % 4) % 4);
}

static inline void made_section(struct made *m)
{
	size_t b = made_block(m, 0x0a0d0d0a);

	made_u32(m, 0x1a2b3c4d);
	made_u16(m, 1);
	made_u16(m, 0);
	made_uint(m, UINT64_MAX, 8);
	made_block_end(m, b);
}

/* resolution and offset: the options, left out when 0. */
static inline void made_interface(struct made *m, unsigned linktype, uint32_t snaplen,
				  uint8_t resolution, uint64_t offset)
{
	size_t b = made_block(m, 1);

	made_u16(m, linktype);
	made_u16(m, 0);
	made_u32(m, snaplen);
	if (resolution != 0)
		made_option(m, 9, resolution, 1);
	if (offset != 0)
		made_option(m, 14, offset, 8);
	made_option(m, 0, 0, 0);
	made_block_end(m, b);
}

static inline void made_enhanced(struct made *m, uint32_t interface, uint64_t ticks,
				 uint32_t len, uint8_t fill)
{
	size_t b = made_block(m, 6);

	made_u32(m, interface);
	made_u32(m, (uint32_t)(ticks >> 32));
	made_u32(m, (uint32_t)ticks);
	made_u32(m, len);
	made_u32(m, len);
	made_fill(m, fill, len);
	made_block_end(m, b);
}

/* ---- files ---- */

struct temp_file {
	char path[64];
};

static inline void temp_write(struct temp_file *t, const void *bytes, size_t size)
{
	int fd;

	strcpy(t->path, "tcpends-test-XXXXXX");
	fd = mkstemp(t->path);
	assert(fd >= 0);
	assert(write(fd, bytes, size) == (ssize_t)size);
	close(fd);
}

static inline void temp_remove(struct temp_file *t)
{
	unlink(t->path);
}

#endif
