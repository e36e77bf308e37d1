/* chosen.h - a set of connection numbers */
#ifndef CHOSEN_H
#define CHOSEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chosen {
	uint64_t *words; /* bit n % 64 of word n / 64 is number n */
	size_t count;
};

bool chosen_add(struct chosen *, uint64_t number); /* false: out of memory */
bool chosen_has(const struct chosen *, uint64_t number);
void chosen_free(struct chosen *);

#endif
