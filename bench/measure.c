/* measure.c - run a command, tell what it took
 *
 * usage: measure SECONDS MEBIBYTES COMMAND...	(0: no bound)
 *
 * Prints "user system maxrss status" to standard error, in seconds and KiB, as the last
 * line. It exists because a child's ru_maxrss begins with the memory of the process that
 * started it: this one is small, an interpreter is not. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(char **command, rlim_t seconds, rlim_t mebibytes)
{
	const struct rlimit cpu = { seconds, seconds };
	const struct rlimit memory = { mebibytes << 20, mebibytes << 20 };

	if (seconds)
		setrlimit(RLIMIT_CPU, &cpu);
	if (mebibytes)
		setrlimit(RLIMIT_AS, &memory);
	alarm((unsigned)seconds * 2); /* of wall time: pending alarms outlive exec */
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t child;

	if (argc < 4) {
		fputs("usage: measure SECONDS MEBIBYTES COMMAND...\n", stderr);
		return 2;
	}
	child = fork();
	if (child == 0)
		become(argv + 3, strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10));
	if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
		perror("measure");
		return 2;
	}
	fprintf(stderr, "%.6f %.6f %ld %d\n", seconds_of(usage.ru_utime),
		seconds_of(usage.ru_stime), usage.ru_maxrss,
		WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	return 0;
}
