/* nearest.c - "did you mean ...?"
 *
 * Optimal string alignment: insert, delete, replace or swap two neighbours, one each.
 */
#include "config.h"
#include "nearest.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NEAREST_LONGEST = 48 };

static size_t nearest_min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

static size_t nearest_distance(const char *a, const char *b)
{
	size_t rows[3][NEAREST_LONGEST + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > NEAREST_LONGEST || b_len > NEAREST_LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		now[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *spare = before;

		before = last;
		last = now;
		now = spare;
		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t differs = a[i - 1] != b[j - 1];

			now[j] = nearest_min3(last[j] + 1, now[j - 1] + 1,
					      last[j - 1] + differs);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
	}
	return now[b_len];
}

void nearest_start(struct nearest *nearest, const char *word)
{
	*nearest = (struct nearest){ .word = word, .distance = strlen(word) / 3 + 1 };
}

void nearest_try(struct nearest *nearest, const char *candidate)
{
	size_t distance = nearest_distance(nearest->word, candidate);
	size_t len = strlen(nearest->word);

	/* A word cut short is near whatever its length: "close-wait" */
	if (len >= 4 && strncmp(nearest->word, candidate, len) == 0)
		distance = 1;
	if (distance < nearest->distance ||
	    (distance == nearest->distance && nearest->best == NULL)) {
		nearest->best = candidate;
		nearest->distance = distance;
	}
}

const char *nearest_hint(const struct nearest *nearest, char *buf, size_t size)
{
	if (nearest->best == NULL)
		buf[0] = '\0';
	else
		snprintf(buf, size, "; did you mean %s?", nearest->best);
	return buf;
}
