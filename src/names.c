/* names.c - the words of tcpends.h as people and programs read them */
#include "tcpends.h"

const char *te_state_name(enum te_state state)
{
	static const char *const names[] = {
#define X(name) [TE_##name] = #name,
		TE_STATES(X)
#undef X
	};

	return names[state];
}

const char *te_basis_name(enum te_basis basis)
{
	static const char *const names[] = {
		[TE_SENT] = "sent",         [TE_ACKED] = "acked",
		[TE_PRESUMED] = "presumed", [TE_TIMER] = "timer",
		[TE_IMPLIED] = "implied",   [TE_ASSUMED] = "assumed",
	};

	return names[basis];
}

const char *te_end_name(enum te_end end)
{
	static const char *const names[] = { "client", "server", NULL };

	return names[end];
}

const char *te_opened_name(enum te_opened opened)
{
	static const char *const names[] = {
#define X(name, word) [TE_OPENED_##name] = word,
		TE_OPENED(X)
#undef X
	};

	return names[opened];
}

const char *te_closed_name(enum te_closed closed)
{
	static const char *const names[] = {
#define X(name, word) [TE_CLOSED_##name] = word,
		TE_CLOSED_BY(X)
#undef X
	};

	return names[closed];
}

const char *te_severity_name(enum te_severity severity)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[severity];
}

const char *te_scope_name(enum te_scope scope)
{
	static const char *const names[] = { "connection", "listener", "holder",
					     "capture" };

	return names[scope];
}

const struct te_limit_row *te_limit_row(enum te_limit limit)
{
	static const struct te_limit_row rows[] = {
#define X(name, word, unit, value) [TE_LIMIT_##name] = { word, unit, value },
		TE_LIMITS(X)
#undef X
	};

	return &rows[limit];
}

void te_config_init(struct te_config *config)
{
	*config = (struct te_config){ .key = TE_KEY_AUTO,
				      .checksum = TE_SUM_COUNT,
				      .port_low = 32768, /* Linux */
				      .port_high = 60999,
				      .tell_first = UINT64_MAX,
				      .keep_transitions = true,
				      .keep_peers = true,
				      .keep_ids = true };
	for (int i = 0; i < TE_LIMIT_COUNT; i++)
		config->limits[i] = te_limit_row((enum te_limit)i)->value;
}
