/* option_check.c - the values of the options that judge, and the policy behind them */
#include "config.h"
#include "option_values.h"
#include "say.h"
#include <string.h>
#include <unistd.h>

bool option_check(struct options *o, const char *value, char *err, size_t size)
{
	(void)value;
	(void)err;
	(void)size;
	o->check.enabled = true;
	o->separate = true;
	return true;
}

bool option_fail_on(struct options *o, const char *value, char *err, size_t size)
{
	return check_parse_fail_on(&o->check, value, err, size);
}

bool option_allow(struct options *o, const char *value, char *err, size_t size)
{
	return check_parse_allow(&o->check, value, err, size);
}

bool option_policy(struct options *o, const char *value, char *err, size_t size)
{
	if (o->policy_path != NULL)
		return option_wrong(err, size, "is given twice");
	o->policy_path = value;
	return option_check(o, value, err, size);
}

bool option_baseline(struct options *o, const char *value, char *err, size_t size)
{
	if (o->baseline_path != NULL)
		return option_wrong(err, size, "is given twice");
	o->baseline_path = value;
	return option_check(o, value, err, size);
}

bool option_write_baseline(struct options *o, const char *value, char *err, size_t size)
{
	o->write_baseline_path = value;
	return option_check(o, value, err, size);
}

/* --baseline FILE --write-baseline FILE, the first time */
static bool option_no_baseline_yet(const struct options *o)
{
	return o->write_baseline_path != NULL &&
	       strcmp(o->baseline_path, o->write_baseline_path) == 0 &&
	       access(o->baseline_path, F_OK) != 0;
}

/* What the command line says itself wins. */
static void option_inherit(struct options *o)
{
	check_inherit(&o->check, &o->policy.check);
	for (int i = 0; i < TE_LIMIT_COUNT; i++) {
		if ((o->policy.limits_given & ~o->limits_given) >> i & 1)
			o->config.limits[i] = o->policy.limits[i];
	}
}

bool option_read_policy(struct options *o)
{
	char err[1024];

	if (!policy_new(&o->policy, err, sizeof(err)) ||
	    (o->policy_path != NULL &&
	     !policy_read(&o->policy, o->policy_path, err, sizeof(err))) ||
	    (o->baseline_path != NULL && !option_no_baseline_yet(o) &&
	     !policy_read_baseline(&o->policy, o->baseline_path, err, sizeof(err)))) {
		say_error("%s", err);
		return false;
	}
	option_inherit(o);
	return true;
}
