/* option_limits.c - the values of the options that set timers, limits and bounds */
#include "config.h"
#include "nearest.h"
#include "option_values.h"
#include "parse.h"
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct option_word option_keys[] = {
	{ "auto", TE_KEY_AUTO }, { "vlan", TE_KEY_VLAN }, { "novlan", TE_KEY_NOVLAN },
	{ NULL, 0 },
};
static const struct option_word option_checksums[] = {
	{ "ignore", TE_SUM_IGNORE }, { "count", TE_SUM_COUNT }, { "strict", TE_SUM_STRICT },
	{ NULL, 0 },
};

/* linux: TCP_TIMEWAIT_LEN and net.ipv4.ip_local_port_range. windows: the default of
 * TcpTimedWaitDelay in current versions, and the dynamic range since Vista. rfc: 2 MSL
 * of two minutes (RFC 9293 4, "MSL") and the dynamic ports of RFC 6335 6. */
static const struct {
	const char *name;
	double time_wait; /* seconds */
	uint16_t port_low, port_high;
} option_profiles[] = {
	{ "linux",   60,  32768, 60999 },
	{ "windows", 120, 49152, 65535 },
	{ "rfc",     240, 49152, 65535 },
};
/* clang-format on */

bool option_time_wait(struct options *o, const char *value, char *err, size_t size)
{
	return parse_limit_value(TE_UNIT_SECONDS, value,
				 &o->config.limits[TE_LIMIT_TIME_WAIT]) ||
	       option_wrong(err, size, "'%.60s' is no duration; one is 60 or 2min",
			    value);
}

bool option_port_range(struct options *o, const char *value, char *err, size_t size)
{
	return parse_port_range(value, &o->config.port_low, &o->config.port_high) ||
	       option_wrong(err, size, "'%.60s' is no range; one is 32768-60999", value);
}

static bool option_limit(const char *name, size_t len, enum te_limit *limit)
{
	for (int i = 0; i < TE_LIMIT_COUNT; i++) {
		const char *row = te_limit_row((enum te_limit)i)->name;

		if (strlen(row) == len && strncmp(row, name, len) == 0) {
			*limit = (enum te_limit)i;
			return true;
		}
	}
	return false;
}

static bool option_no_limit(const char *name, char *err, size_t size)
{
	struct nearest near;
	char hint[64];

	nearest_start(&near, name);
	for (int i = 0; i < TE_LIMIT_COUNT; i++)
		nearest_try(&near, te_limit_row((enum te_limit)i)->name);
	return option_wrong(err, size, "no limit is called '%s'%s", name,
			    nearest_hint(&near, hint, sizeof(hint)));
}

bool option_set(struct options *o, const char *value, char *err, size_t size)
{
	size_t len = strcspn(value, "=");
	const struct te_limit_row *row;
	enum te_limit limit;
	char name[48];

	snprintf(name, sizeof(name), "%.*s", len > 40 ? 40 : (int)len, value);
	if (!option_limit(value, len, &limit))
		return option_no_limit(name, err, size);
	row = te_limit_row(limit);
	if (value[len] == '\0' ||
	    !parse_limit_value(row->unit, value + len + 1, &o->config.limits[limit]))
		return option_wrong(err, size, "'%.60s' is not like %s=%s", value,
				    row->name, parse_limit_example(row->unit));
	return true;
}

bool option_profile(struct options *o, const char *value, char *err, size_t size)
{
	for (size_t i = 0; i < OPTION_LENGTH(option_profiles); i++) {
		if (strcmp(option_profiles[i].name, value) != 0)
			continue;
		o->config.limits[TE_LIMIT_TIME_WAIT] = option_profiles[i].time_wait;
		o->config.port_low = option_profiles[i].port_low;
		o->config.port_high = option_profiles[i].port_high;
		return true;
	}
	return option_wrong(err, size, "'%.60s' is none of linux, windows, rfc", value);
}

bool option_key(struct options *o, const char *value, char *err, size_t size)
{
	int key;

	if (!option_word(option_keys, value, &key, err, size))
		return false;
	o->config.key = (enum te_key)key;
	return true;
}

bool option_checksum(struct options *o, const char *value, char *err, size_t size)
{
	int checksum;

	if (!option_word(option_checksums, value, &checksum, err, size))
		return false;
	o->config.checksum = (enum te_checksum)checksum;
	return true;
}

bool option_max_memory(struct options *o, const char *value, char *err, size_t size)
{
	return parse_size(value, &o->max_memory) ||
	       option_wrong(err, size, "'%.60s' is no size; one is 512M", value);
}

bool option_threads(struct options *o, const char *value, char *err, size_t size)
{
	return option_number(value, 1, 1024, &o->threads, err, size);
}

bool option_sandbox(struct options *o, const char *value, char *err, size_t size)
{
	(void)o;
	if (strcmp(value, "auto") == 0 || strcmp(value, "off") == 0)
		return true;
	if (strcmp(value, "strict") == 0)
		return option_wrong(err, size, "strict is not available yet");
	return option_wrong(err, size, "'%.60s' is none of auto, strict, off", value);
}
