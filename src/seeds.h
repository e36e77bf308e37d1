/* seeds.h - connections of which nothing but one SYN was seen yet
 *
 * A scan or a flood is millions of them, and a whole connection each would take
 * gigabytes. A seed is that SYN in 96 bytes; whatever else happens on its addresses, or
 * the end of the input, makes a connection of it by playing the SYN.
 */
#ifndef SEEDS_H
#define SEEDS_H

#include "tcpends.h"

struct seeds;

struct seeds *seeds_new(void); /* NULL: out of memory */
/* Remember a SYN on addresses that are not there yet, with the number of its connection.
 * False: out of memory. */
bool seeds_add(struct seeds *, const struct te_segment *, uint64_t hash, uint64_t number);
/* What a seed grows from. */
struct seeds_syn {
	struct te_segment segment;
	uint64_t number;
	bool marked; /* seeds_mark() came since */
};
/* Take out the seed on the addresses of a segment, in either direction. */
bool seeds_take(struct seeds *, const struct te_segment *, uint64_t hash,
		struct seeds_syn *);
/* The number of the oldest that is left, or 0; and take it out. */
uint64_t seeds_oldest(struct seeds *);
void seeds_take_oldest(struct seeds *, struct seeds_syn *);
void seeds_mark(struct seeds *);
void seeds_free(struct seeds *); /* NULL is fine */

#endif
