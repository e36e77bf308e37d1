/* describe.c - verdicts, findings and durations in words; names that others can use
 *
 * Words are ASCII, so that they may be cut anywhere and shown everywhere.
 */
#include "config.h"
#include "out.h"
#include "phrase.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- durations ---- */

struct duration_unit {
	te_time from;      /* the least duration told so */
	te_time unit, sub; /* sub: how finely; the last row's is 1 */
	const char *name, *sub_name;
	bool decimal; /* sub is a tenth, not a smaller unit */
};

/* clang-format off */
static const struct duration_unit duration_units[] = {
	{ 24 * 3600 * TE_SEC, 24 * 3600 * TE_SEC, 3600 * TE_SEC, "d",   "h",   false },
	{ 3600 * TE_SEC,      3600 * TE_SEC,      60 * TE_SEC,   "h",   "min", false },
	{ 60 * TE_SEC,        60 * TE_SEC,        TE_SEC,        "min", "s",   false },
	{ TE_SEC,             TE_SEC,             TE_SEC / 10,   "s",   NULL,  true },
	{ 10 * TE_MS,         TE_MS,              TE_MS,         "ms",  NULL,  false },
	{ TE_MS,              TE_MS,              TE_MS / 10,    "ms",  NULL,  true },
	{ TE_US,              TE_US,              TE_US,         "us",  NULL,  false },
	{ 1,                  1,                  1,             "ns",  NULL,  false },
};
/* clang-format on */

static void phrase_duration(struct phrase *phrase, te_time time)
{
	const struct duration_unit *row = duration_units;
	uint64_t size = time < 0 ? 0 - (uint64_t)time : (uint64_t)time;
	uint64_t sub, per;

	if (time == 0 || time == TE_TIME_NONE) {
		phrase_add(phrase, time == 0 ? "0 s" : "-");
		return;
	}
	/* 59.96 s as the finer row would round it is 60.0 s, so it is 1 min */
	while (row->unit > 1 && size + (uint64_t)row[1].sub / 2 < (uint64_t)row->from)
		row++;
	sub = (size + (uint64_t)row->sub / 2) / (uint64_t)row->sub;
	per = (uint64_t)(row->unit / row->sub);
	phrase_word(phrase, time < 0 ? "-" : "");
	phrase_u64(phrase, sub / per);
	if (row->decimal)
		phrase_add(phrase, ".%" PRIu64, sub % per);
	phrase_word(phrase, " ");
	phrase_word(phrase, row->name);
	if (row->sub_name)
		phrase_add(phrase, " %" PRIu64 " %s", sub % per, row->sub_name);
}

const char *describe_duration(te_time time, char *buf, size_t size)
{
	struct phrase phrase = phrase_new(buf, size);

	phrase_duration(&phrase, time);
	return buf;
}

/* ---- verdicts ---- */

/* A connection that never came to be: how it was opened says it all. */
static const char *const never_opened[TE_OPENED_COUNT] = {
	[TE_OPENED_REFUSED] = "refused",
	[TE_OPENED_UNANSWERED] = "no answer to SYN",
	[TE_OPENED_HALF_OPEN] = "half-open",
	[TE_OPENED_ABORTED] = "given up before it was established",
};

static const char *const closed_words[TE_CLOSED_COUNT] = {
	[TE_CLOSED_FIN] = "closed normally",
	[TE_CLOSED_FIN_SIMULTANEOUS] = "closed by both at once",
	[TE_CLOSED_RST_CLIENT] = "reset by client",
	[TE_CLOSED_RST_SERVER] = "reset by server",
	[TE_CLOSED_OPEN] = "still open",
	[TE_CLOSED_TIMEOUT] = "timed out",
	[TE_CLOSED_REPLACED] = "replaced by a new connection on the same addresses",
	[TE_CLOSED_EVICTED] = "forgotten to save memory while still open",
	[TE_CLOSED_NONE] = "never seen to close",
};

/* States in which a connection lingers, the one that says most about why comes first. */
static const enum te_state telling[] = {
	TE_CLOSE_WAIT, TE_SYN_RCVD,   TE_SYN_SENT,   TE_LAST_ACK,
	TE_CLOSING,    TE_FIN_WAIT_1, TE_FIN_WAIT_2,
};

static enum te_end end_in(const struct te_connection *connection, enum te_state state)
{
	if (connection->end[TE_SERVER].state == state)
		return TE_SERVER;
	return connection->end[TE_CLIENT].state == state ? TE_CLIENT : TE_NO_END;
}

static void phrase_end_state(struct phrase *phrase, const char *before,
			     const struct te_connection *connection, enum te_end end)
{
	const struct te_end_view *view = &connection->end[end];

	phrase_add(phrase, "%s%s in %s%s", before, te_end_name(end),
		   te_state_name(view->state), view->presumed ? "?" : "");
}

static enum te_end telling_end(const struct te_connection *connection)
{
	for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
		enum te_end end = end_in(connection, telling[i]);

		if (end != TE_NO_END)
			return end;
	}
	return TE_NO_END;
}

static void phrase_never_opened(struct phrase *phrase,
				const struct te_connection *connection)
{
	enum te_end end = end_in(connection, TE_SYN_RCVD);

	phrase_word(phrase, never_opened[connection->opened]);
	if (connection->opened != TE_OPENED_HALF_OPEN)
		return;
	if (end == TE_NO_END)
		phrase_word(phrase, ": the handshake was never completed");
	else
		phrase_add(phrase, ": %s left in %s%s", te_end_name(end),
			   te_state_name(TE_SYN_RCVD),
			   connection->end[end].presumed ? "?" : "");
}

/* What a closing by RST leaves to tell: the other end had already said FIN. */
static bool reset_after_fin(const struct te_connection *connection)
{
	return (connection->closed == TE_CLOSED_RST_CLIENT &&
		connection->first_closer == TE_SERVER) ||
	       (connection->closed == TE_CLOSED_RST_SERVER &&
		connection->first_closer == TE_CLIENT);
}

/* Both have said FIN. An end that still waits for the ACK of its own, then, and a FIN
 * that took more than one repeat, are not what "normally" means. */
static void phrase_finished(struct phrase *phrase, const struct te_connection *connection)
{
	enum te_end waits = telling_end(connection);
	enum te_end first = connection->first_closer;
	const struct te_end_view *end = connection->end;
	enum te_end again = end[TE_CLIENT].fin_repeats >= end[TE_SERVER].fin_repeats
				? TE_CLIENT
				: TE_SERVER;

	phrase_word(phrase, waits == TE_NO_END ? closed_words[connection->closed]
					       : "both finished");
	if (first != TE_NO_END && connection->closed == TE_CLOSED_FIN)
		phrase_add(phrase, ", %s first", te_end_name(first));
	if (waits != TE_NO_END)
		phrase_end_state(phrase, ", the last ACK is missing: ", connection,
				 waits);
	else if (end[again].fin_repeats > 1)
		phrase_add(phrase, ", FIN of the %s sent %" PRIu32 " times",
			   te_end_name(again), end[again].fin_repeats + 1);
}

static void phrase_closed(struct phrase *phrase, const struct te_connection *connection)
{
	enum te_end lingers = telling_end(connection);
	bool open = connection->closed == TE_CLOSED_OPEN ||
		    connection->closed == TE_CLOSED_TIMEOUT ||
		    connection->closed == TE_CLOSED_NONE;

	if (connection->closed == TE_CLOSED_FIN ||
	    connection->closed == TE_CLOSED_FIN_SIMULTANEOUS)
		phrase_finished(phrase, connection);
	else if (connection->closed == TE_CLOSED_OPEN && lingers != TE_NO_END)
		phrase_word(phrase, connection->first_closer == TE_NO_END
					? "opening not finished"
					: "closing not finished");
	else
		phrase_word(phrase, closed_words[connection->closed]);
	if (open && lingers != TE_NO_END)
		phrase_end_state(phrase, ": ", connection, lingers);
	if (reset_after_fin(connection))
		phrase_add(phrase, " after the FIN of the %s",
			   te_end_name(connection->first_closer));
}

/* How it was opened, where that was not the usual way */
static const char *const unusual_opening[TE_OPENED_COUNT] = {
	[TE_OPENED_SIMULTANEOUS] = "; opened by both at once",
	[TE_OPENED_FAST_OPEN] = "; opened with data (Fast Open)",
	[TE_OPENED_MIDSTREAM] = "; its opening is not in the capture",
};

const char *describe_verdict(const struct te_connection *connection, char *buf,
			     size_t size)
{
	struct phrase phrase = phrase_new(buf, size);

	if (never_opened[connection->opened] && connection->closed != TE_CLOSED_EVICTED)
		phrase_never_opened(&phrase, connection);
	else
		phrase_closed(&phrase, connection);
	if (unusual_opening[connection->opened])
		phrase_word(&phrase, unusual_opening[connection->opened]);
	return buf;
}

/* ---- findings ---- */

/* "1 segment", but "1 /s" */
static size_t unit_length(double value, const char *unit)
{
	size_t len = strlen(unit);

	return value == 1.0 && len > 2 && !strchr(unit, '/') ? len - 1 : len;
}

static void phrase_quantity(struct phrase *phrase, double value, const char *unit)
{
	if (unit && unit[0] == 's' && !unit[1] && fabs(value) < 9e9) {
		phrase_duration(phrase, (te_time)llround(value * 1e9));
		return;
	}
	if (value >= 0 && value < 9e15 && value == floor(value))
		phrase_u64(phrase, (uint64_t)value);
	else
		phrase_add(phrase, "%.*f", value == floor(value) ? 0 : 1, value);
	if (!unit)
		return;
	phrase_word(phrase, " ");
	phrase_bytes(phrase, unit, unit_length(value, unit));
}

/* "TITLE (server, 7.0 s, limit 3.5 s): DETAIL", whatever of it there is */
static void phrase_case(struct phrase *phrase, const struct te_finding *finding)
{
	const char *before = "";

	if (finding->end != TE_NO_END) {
		phrase_word(phrase, te_end_name(finding->end));
		before = ", ";
	}
	if (finding->has_value) {
		phrase_word(phrase, before);
		phrase_quantity(phrase, finding->value, finding->unit);
		before = ", ";
	}
	if (finding->bytes) {
		phrase_word(phrase, before);
		phrase_quantity(phrase, (double)finding->bytes, "bytes");
		before = ", ";
	}
	if (finding->has_value && finding->has_limit) {
		phrase_word(phrase, " (limit ");
		phrase_quantity(phrase, finding->limit, finding->unit);
		phrase_word(phrase, ")");
	}
	if (!finding->detail)
		return;
	phrase_word(phrase, before[0] ? ": " : "");
	phrase_word(phrase, finding->detail);
}

const char *describe_case(const struct te_finding *finding, char *buf, size_t size)
{
	struct phrase phrase = phrase_new(buf, size);

	phrase_case(&phrase, finding);
	return buf;
}

const char *describe_finding(const struct te_finding *finding, char *buf, size_t size)
{
	struct phrase phrase = phrase_new(buf, size);

	phrase_word(&phrase, finding->rule->title);
	if (finding->end != TE_NO_END || finding->has_value || finding->detail)
		phrase_word(&phrase, "; ");
	phrase_case(&phrase, finding);
	return buf;
}
