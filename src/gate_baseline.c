/* gate_baseline.c - --write-baseline: what stood against the cases of all captures */
#include "config.h"
#include "gate.h"
#include <errno.h>
#include <stdlib.h>

static size_t gate_item_count(const struct gate *gate)
{
	size_t count = 0;

	for (size_t f = 0; f < gate->file_count; f++) {
		for (size_t i = 0; i < gate->files[f].case_count; i++)
			count += HASH_COUNT(gate->files[f].cases[i].items);
	}
	return count;
}

/* What a rule's max-count tolerates is not to be known as well: it would be tolerated
 * once more. */
static uint64_t gate_row_count(const struct gate_case *of, const struct gate_item *item)
{
	return of->status == GATE_FAILED ? item->count : item->known;
}

static size_t gate_rows(const struct gate_file *file, struct baseline_row *rows)
{
	size_t count = 0;

	for (size_t i = 0; i < file->case_count; i++) {
		const struct gate_item *item = file->cases[i].items;

		for (; item != NULL; item = item->hh.next) {
			rows[count] = (struct baseline_row){
				.fingerprint = item->fingerprint,
				.count = gate_row_count(&file->cases[i], item),
				.label = item->label,
			};
			count += rows[count].count > 0;
		}
	}
	return count;
}

static int gate_compare_rows(const void *left, const void *right)
{
	const struct baseline_row *a = left, *b = right;

	return a->fingerprint < b->fingerprint ? -1 : a->fingerprint > b->fingerprint;
}

/* One row for each fingerprint, with the largest number. */
static size_t gate_merge(struct baseline_row *rows, size_t count)
{
	size_t merged = 0;

	if (count > 1)
		qsort(rows, count, sizeof(*rows), gate_compare_rows);
	for (size_t i = 0; i < count; i++) {
		struct baseline_row *last = &rows[merged == 0 ? 0 : merged - 1];

		if (merged == 0 || last->fingerprint != rows[i].fingerprint)
			rows[merged++] = rows[i];
		else if (last->count < rows[i].count)
			last->count = rows[i].count;
	}
	return merged;
}

bool gate_write_baseline(const struct gate *gate, const char *path)
{
	struct baseline_row *rows = calloc(gate_item_count(gate) + 1, sizeof(*rows));
	size_t count = 0;
	bool ok;
	int why;

	if (rows == NULL)
		return false;
	for (size_t f = 0; f < gate->file_count; f++)
		count += gate_rows(&gate->files[f], rows + count);
	ok = baseline_write(gate->policy->baseline, path, rows, gate_merge(rows, count));
	why = errno;
	free(rows);
	errno = why;
	return ok;
}
