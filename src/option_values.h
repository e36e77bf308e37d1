/* option_values.h - what each option does with its value; for option_table.c only
 *
 * Every function returns false with err filled when the value is wrong.
 */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include "options.h"

#define OPTION_VALUES(X) \
	X(input)         \
	X(count)         \
	X(snaplen)       \
	X(buffer)        \
	X(time)          \
	X(format)        \
	X(json)          \
	X(out)           \
	X(show)          \
	X(at)            \
	X(host)          \
	X(conn)          \
	X(state)         \
	X(finding)       \
	X(severity)      \
	X(min_duration)  \
	X(sort)          \
	X(top)           \
	X(check)         \
	X(fail_on)       \
	X(allow)         \
	X(time_wait)     \
	X(port_range)    \
	X(set)           \
	X(profile)       \
	X(key)           \
	X(checksum)      \
	X(max_memory)    \
	X(threads)       \
	X(color)         \
	X(progress)      \
	X(sandbox)       \
	X(explain)
#define X(name) \
	bool option_##name(struct options *, const char *value, char *err, size_t size);
OPTION_VALUES(X)
#undef X

#endif
