/* limit.c - limits by name, as --set and a policy's [limits] give them */
#include "config.h"
#include "limit.h"
#include "nearest.h"
#include "parse.h"
#include <stdio.h>
#include <string.h>

bool limit_find(const char *name, enum te_limit *limit, char *err, size_t size)
{
	struct nearest near;
	char hint[64];

	nearest_start(&near, name);
	for (int i = 0; i < TE_LIMIT_COUNT; i++) {
		const char *row = te_limit_row((enum te_limit)i)->name;

		if (strcmp(row, name) == 0) {
			*limit = (enum te_limit)i;
			return true;
		}
		nearest_try(&near, row);
	}
	snprintf(err, size, "no limit is called '%.40s'%s", name,
		 nearest_hint(&near, hint, sizeof(hint)));
	return false;
}

bool limit_parse(enum te_limit limit, const char *text, double *value, char *err,
		 size_t size)
{
	const struct te_limit_row *row = te_limit_row(limit);

	if (parse_limit_value(row->unit, text, value))
		return true;
	snprintf(err, size, "'%.40s' is not like %s=%s", text, row->name,
		 parse_limit_example(row->unit));
	return false;
}
