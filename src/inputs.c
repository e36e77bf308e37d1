/* inputs.c - directories among the inputs: the captures in them */
#include "config.h"
#include "inputs.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool inputs_is_directory(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int inputs_is_capture(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && words_is_capture(entry->d_name);
}

/* By bytes: the same order in every locale. */
static int inputs_compare(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool inputs_add(struct words *words, const char *directory, const char *name)
{
	size_t len = strlen(directory);
	char *path;

	while (len > 1 && directory[len - 1] == '/')
		len--;
	if (asprintf(&path, "%.*s/%s", (int)len, directory, name) < 0)
		return false;
	if (words_own(words, path))
		return words_input(words, path);
	free(path);
	return false;
}

static bool inputs_add_directory(struct words *words, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, inputs_is_capture, inputs_compare);
	bool ok = true;

	if (count < 0)
		return words_input(words, path); /* whoever reads it says why not */
	for (int i = 0; i < count; i++) {
		ok = ok && inputs_add(words, path, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return ok && (count > 0 || words_input(words, path));
}

bool inputs_expand(struct words *words)
{
	const char **given = words->inputs;
	size_t count = words->input_count;
	bool ok = true;

	words->inputs = NULL;
	words->input_count = 0;
	for (size_t i = 0; i < count && ok; i++)
		ok = inputs_is_directory(given[i]) ? inputs_add_directory(words, given[i])
						   : words_input(words, given[i]);
	free(given);
	return ok;
}
