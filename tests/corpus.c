/* corpus.c - find and read the packet scripts */
#include "corpus.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static void path_of(char *path, size_t size, const char *name)
{
	const char *source = getenv("SRCDIR");

	snprintf(path, size, "%s/tests/scripts/%s.pkt", source ? source : ".", name);
}

bool corpus_each(void (*each)(void *ctx, const char *path, const struct script *),
		 void *ctx)
{
	struct script_error error;
	char pattern[PATH_MAX];
	bool right = true;
	glob_t found;

	path_of(pattern, sizeof(pattern), "*");
	if (glob(pattern, 0, NULL, &found) != 0) {
		printf("%s: no such scripts\n", pattern);
		return false;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct script *script = script_read(found.gl_pathv[i], &error);

		if (script)
			each(ctx, found.gl_pathv[i], script);
		else
			printf("%s:%u: %s\n", found.gl_pathv[i], error.line, error.text);
		right = right && script;
		script_free(script);
	}
	globfree(&found);
	return right;
}

struct script *corpus_read(const char *name)
{
	struct script_error error;
	char path[PATH_MAX];

	path_of(path, sizeof(path), name);
	return script_read(path, &error);
}
