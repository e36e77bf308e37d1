/* side.h - the two ends of a connection as slots
 *
 * SIDE_A is the end with the lower address and port, so that a segment finds its side
 * without a search.
 */
#ifndef SIDE_H
#define SIDE_H

enum side { SIDE_A, SIDE_B };
static inline enum side side_other(enum side side)
{
	return side == SIDE_A ? SIDE_B : SIDE_A;
}

#endif
