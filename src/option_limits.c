/* option_limits.c - the values of the options that set timers, limits and bounds */
#include "config.h"
#include "limit.h"
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

/* linux: TCP_TIMEWAIT_LEN (include/net/tcp.h) and net.ipv4.ip_local_port_range
 * (Documentation/networking/ip-sysctl.rst). windows: TcpTimedWaitDelay's default since
 * Server 2003, and the dynamic range since Vista (Microsoft KB 929851). rfc: twice an MSL
 * of two minutes (RFC 9293 3.4.2) and the dynamic ports of RFC 6335 6. The manual's table
 * is compared with this one. */
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
	o->limits_given |= 1u << TE_LIMIT_TIME_WAIT;
	return parse_limit_value(TE_UNIT_SECONDS, value,
				 &o->config.limits[TE_LIMIT_TIME_WAIT]) ||
	       option_wrong(err, size, "'%.60s' is no duration; one is 60 or 2min",
			    value);
}

bool option_port_range(struct options *o, const char *value, char *err, size_t size)
{
	o->ports_given = true;
	return parse_port_range(value, &o->config.port_low, &o->config.port_high) ||
	       option_wrong(err, size, "'%.60s' is no range; one is 32768-60999", value);
}

bool option_set(struct options *o, const char *value, char *err, size_t size)
{
	size_t len = strcspn(value, "=");
	enum te_limit limit;
	char name[48];

	snprintf(name, sizeof(name), "%.*s", len > 40 ? 40 : (int)len, value);
	if (!limit_find(name, &limit, err, size))
		return false;
	o->limits_given |= 1u << limit;
	if (value[len] == '\0')
		return option_wrong(err, size, "'%.40s' has no value; one is %s=%s",
				    value, name,
				    parse_limit_example(te_limit_row(limit)->unit));
	return limit_parse(limit, value + len + 1, &o->config.limits[limit], err, size);
}

bool option_profile(struct options *o, const char *value, char *err, size_t size)
{
	for (size_t i = 0; i < OPTION_LENGTH(option_profiles); i++) {
		if (strcmp(option_profiles[i].name, value) != 0)
			continue;
		o->config.limits[TE_LIMIT_TIME_WAIT] = option_profiles[i].time_wait;
		o->limits_given |= 1u << TE_LIMIT_TIME_WAIT;
		o->ports_given = true;
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
	return parse_size(value, &o->config.max_memory) ||
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
