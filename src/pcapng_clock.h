/* pcapng_clock.h - the time of a packet in a pcapng file, by its interface's options */
#ifndef PCAPNG_CLOCK_H
#define PCAPNG_CLOCK_H

#include "tcpends.h"

struct pcapng_clock {
	bool binary; /* it ticks 2^exponent times a second, else 10^exponent times */
	unsigned exponent;
	int64_t offset; /* seconds to add */
	uint64_t below; /* ticks before this are multiplied by ... */
	uint64_t unit;  /* ... this, and that is their time: pcapng_clock_set() */
};

/* All but `below` and `unit` is there. */
void pcapng_clock_set(struct pcapng_clock *);
te_time pcapng_clock_any_time(const struct pcapng_clock *, uint64_t ticks);

/* Rounded down to nanoseconds; what does not fit becomes the nearest time that does. */
static inline te_time pcapng_clock_time(const struct pcapng_clock *clock, uint64_t ticks)
{
	return ticks < clock->below ? (te_time)(ticks * clock->unit)
				    : pcapng_clock_any_time(clock, ticks);
}

/* Decimals that its times have, at most 9. */
unsigned pcapng_clock_digits(const struct pcapng_clock *);

#endif
