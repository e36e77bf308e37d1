/* pcapng_clock.c - the time of a packet in a pcapng file, by its interface's options */
#include "config.h"

#include "pcapng_clock.h"

static int64_t clamp_add(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b > 0 ? INT64_MAX : TE_TIME_NONE + 1;
	return sum > TE_TIME_NONE ? sum : TE_TIME_NONE + 1;
}

static int64_t clamp_mul(int64_t a, int64_t b)
{
	int64_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return (a > 0) == (b > 0) ? INT64_MAX : TE_TIME_NONE + 1;
	return product;
}

static int64_t clamp_u64(uint64_t value)
{
	return value < INT64_MAX ? (int64_t)value : INT64_MAX;
}

static uint64_t power_of_10(unsigned exponent)
{
	uint64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

static te_time decimal_time(uint64_t ticks, unsigned exponent)
{
	if (exponent <= 9)
		return clamp_mul(clamp_u64(ticks), (int64_t)power_of_10(9 - exponent));
	if (exponent - 9 > 19) /* 10^20 does not fit, nor does any tick reach it */
		return 0;
	return clamp_u64(ticks / power_of_10(exponent - 9));
}

/* The fraction times 10^9 needs up to 94 bits: multiplied in two halves. What the lower
 * half loses is less than one tick, so the result is still rounded down exactly. */
static te_time binary_time(uint64_t ticks, unsigned exponent)
{
	uint64_t secs = exponent < 64 ? ticks >> exponent : 0;
	uint64_t rest = exponent < 64 ? ticks - (secs << exponent) : ticks;
	uint64_t low = (rest & UINT32_MAX) * (uint64_t)TE_SEC;
	uint64_t high = (rest >> 32) * (uint64_t)TE_SEC + (low >> 32);
	uint64_t ns;

	if (exponent < 32)
		ns = low >> exponent;
	else
		ns = exponent - 32 < 64 ? high >> (exponent - 32) : 0;
	return clamp_add(clamp_mul(clamp_u64(secs), TE_SEC), (int64_t)ns);
}

void pcapng_clock_set(struct pcapng_clock *clock)
{
	bool simple = !clock->binary && clock->exponent <= 9 && clock->offset == 0;

	clock->unit = simple ? power_of_10(9 - clock->exponent) : 0;
	clock->below = simple ? INT64_MAX / clock->unit : 0;
}

/* Apart, so that the usual clocks save no registers for it. */
__attribute__((noinline)) te_time pcapng_clock_any_time(const struct pcapng_clock *clock,
							uint64_t ticks)
{
	te_time t = clock->binary ? binary_time(ticks, clock->exponent)
				  : decimal_time(ticks, clock->exponent);

	return clamp_add(t, clamp_mul(clock->offset, TE_SEC));
}

unsigned pcapng_clock_digits(const struct pcapng_clock *clock)
{
	return clock->binary || clock->exponent > 9 ? 9 : clock->exponent;
}
