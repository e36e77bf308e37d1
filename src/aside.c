/* aside.c - files that are written aside and take their name when they are whole */
#include "config.h"
#include "aside.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What an existing file has, or what open(2) would give a new one. */
static mode_t aside_mode(const struct stat *st)
{
	mode_t mask;

	if (st != NULL)
		return st->st_mode & 07777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static int aside_create(struct aside *aside, const struct stat *st)
{
	int fd;

	if (asprintf(&aside->temporary, "%s.XXXXXX", aside->path) < 0) {
		aside->temporary = NULL;
		return -1;
	}
	fd = mkostemp(aside->temporary, O_CLOEXEC);
	if (fd < 0) {
		free(aside->temporary);
		aside->temporary = NULL;
		return -1;
	}
	/* Not decisive: some file systems know no modes */
	(void)!fchmod(fd, aside_mode(st));
	return fd;
}

bool aside_open(struct aside *aside, const char *path)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;
	int fd;

	*aside = (struct aside){ 0 };
	/* A symbolic link stays one: what it points to is replaced */
	aside->path = exists ? realpath(path, NULL) : strdup(path);
	if (aside->path == NULL)
		return false;
	if (exists && !S_ISREG(st.st_mode))
		fd = open(path, O_WRONLY | O_CLOEXEC);
	else
		fd = aside_create(aside, exists ? &st : NULL);
	if (fd >= 0)
		aside->file = fdopen(fd, "w");
	if (aside->file == NULL) {
		int why = errno;

		if (fd >= 0)
			close(fd);
		aside_abandon(aside);
		errno = why;
		return false;
	}
	return true;
}

bool aside_commit(struct aside *aside)
{
	bool ok = ferror(aside->file) == 0;
	int why = errno;

	if (fclose(aside->file) != 0) {
		ok = false;
		why = errno;
	}
	aside->file = NULL;
	if (ok && aside->temporary != NULL) {
		ok = rename(aside->temporary, aside->path) == 0;
		why = errno;
		if (ok) {
			free(aside->temporary);
			aside->temporary = NULL;
		}
	}
	aside_abandon(aside);
	errno = why;
	return ok;
}

void aside_abandon(struct aside *aside)
{
	if (aside->file != NULL)
		fclose(aside->file);
	if (aside->temporary != NULL)
		unlink(aside->temporary);
	free(aside->temporary);
	free(aside->path);
	*aside = (struct aside){ 0 };
}
