/* overlap.h - does a repeat carry the bytes that its sequence numbers carried before?
 *
 * Remembered are the first bytes of the latest segments with data, of all connections
 * together, in a table of fixed size where a newer one takes the place of an older: 4096
 * of them, a quarter of a megabyte. Compared is what begins at the same number, as far as
 * both have it. So there is no false conflict; one is missed when the first copy is
 * forgotten, not captured, cut differently, or alike in its first bytes, and where the
 * capture lost something of the connection.
 */
#ifndef OVERLAP_H
#define OVERLAP_H

#include "conn.h"

struct overlap;

/* What a segment contradicts. */
struct overlap_first {
	te_time time;
	uint64_t frame;
	uint32_t file;
};

struct overlap *overlap_new(void); /* NULL: out of memory */
/* Where what a segment repeats is remembered; bring it near. */
struct overlap_place {
	struct overlap_slot *slot; /* NULL: it has no data, or none to be believed */
	uint64_t flow;
};
void overlap_seek(struct overlap *, const struct te_segment *, struct overlap_place *);
/* If there is a slot. True: the same addresses sent other bytes at this number not long
 * ago. It is remembered either way. */
bool overlap_see(const struct overlap_place *, const struct te_segment *,
		 struct overlap_first *);
/* Count it, unless the first was of an older connection, or a keep-alive's byte. Before
 * the segment's numbers are taken over. */
void overlap_note(struct conn *, enum side from, const struct overlap_first *,
		  const struct te_segment *);
void overlap_free(struct overlap *);

#endif
