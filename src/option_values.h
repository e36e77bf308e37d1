/* option_values.h - what each option does with its value; for option_*.c only
 *
 * Every function returns false with err filled when the value is wrong.
 */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include "options.h"

#define OPTION_VALUES(X)  \
	X(input)          \
	X(count)          \
	X(snaplen)        \
	X(buffer)         \
	X(time)           \
	X(format)         \
	X(json)           \
	X(out)            \
	X(show)           \
	X(at)             \
	X(host)           \
	X(conn)           \
	X(state)          \
	X(finding)        \
	X(severity)       \
	X(min_duration)   \
	X(sort)           \
	X(top)            \
	X(check)          \
	X(fail_on)        \
	X(allow)          \
	X(policy)         \
	X(baseline)       \
	X(write_baseline) \
	X(time_wait)      \
	X(port_range)     \
	X(set)            \
	X(profile)        \
	X(key)            \
	X(checksum)       \
	X(max_memory)     \
	X(threads)        \
	X(color)          \
	X(progress)       \
	X(sandbox)        \
	X(explain)
#define X(name) \
	bool option_##name(struct options *, const char *value, char *err, size_t size);
OPTION_VALUES(X)
#undef X

/* All reports, standard output's first, with what each shows. False: one line was said.
 */
bool option_finish_reports(struct options *);
/* --policy and --baseline, when all options are known. False: one line was said. */
bool option_read_policy(struct options *);

/* ---- what the files of values share ---- */

#define OPTION_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct option_word {
	const char *word; /* NULL behind the last */
	int value;
};

/* Fills err; always false. */
bool option_wrong(char *err, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The value of one of the words; "'x' is none of a, b, c". */
bool option_word(const struct option_word *words, const char *value, int *result,
		 char *err, size_t size);
bool option_number(const char *value, uint64_t min, uint64_t max, uint64_t *result,
		   char *err, size_t size);

#endif
