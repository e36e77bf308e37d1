/* chosen.c - a set of connection numbers */
#include "config.h"
#include "chosen.h"
#include <stdlib.h>
#include <string.h>

static bool chosen_grow(struct chosen *chosen, size_t word)
{
	size_t count = word + word / 2 + 16;
	uint64_t *words = realloc(chosen->words, count * sizeof(*words));

	if (words == NULL)
		return false;
	memset(words + chosen->count, 0, (count - chosen->count) * sizeof(*words));
	chosen->words = words;
	chosen->count = count;
	return true;
}

bool chosen_add(struct chosen *chosen, uint64_t number)
{
	size_t word = (size_t)(number / 64);

	if (word >= chosen->count && !chosen_grow(chosen, word))
		return false;
	chosen->words[word] |= UINT64_C(1) << number % 64;
	return true;
}

bool chosen_has(const struct chosen *chosen, uint64_t number)
{
	size_t word = (size_t)(number / 64);

	return word < chosen->count && (chosen->words[word] >> number % 64 & 1) != 0;
}

void chosen_free(struct chosen *chosen)
{
	free(chosen->words);
	*chosen = (struct chosen){ 0 };
}
