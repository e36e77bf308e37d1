/* out_text.c - the format "text": what people read
 *
 * The default is one screen: what the capture is, what became of its connections, what
 * is wrong, what to type next. Parts that list things print them as they are told; the
 * overview waits for the end. Live, everything told is one line.
 */
#include "config.h"

#include "phrase.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- words that several parts use ---- */

const char *text_address(const struct text_ends *ends, enum te_end end,
			 char buf[TEXT_ADDRESS])
{
	return out_socket_text(ends->ip_version, &ends->addr[end], ends->port[end], buf);
}

void text_ends_of(struct text_ends *ends, const struct te_connection *connection)
{
	ends->ip_version = connection->ip_version;
	for (int end = TE_CLIENT; end <= TE_SERVER; end++) {
		ends->addr[end] = connection->end[end].addr;
		ends->port[end] = connection->end[end].port;
	}
}

const char *text_frame(const struct text *text, uint32_t file, uint64_t frame,
		       char buf[TEXT_FRAME])
{
	if (text->run->file_count > 1)
		return phrase_print(buf, TEXT_FRAME, "%u:%llu", file,
				    (unsigned long long)frame);
	*out_decimal(buf, frame) = '\0';
	return buf;
}

unsigned text_digits(const struct text *text, uint32_t file)
{
	const struct out_run *run = text->run;

	if (file < 1 || file > run->file_count || run->files[file - 1].digits > 6)
		return 6;
	return run->files[file - 1].digits;
}

void text_put_state(struct term *term, enum te_state state, bool presumed)
{
	term_put(term, TERM_STATE, te_state_name(state));
	if (presumed)
		term_put(term, TERM_STATE, "?");
}

void text_separate(struct text *text)
{
	if (text->separate)
		term_end(&text->term);
	text->separate = true;
}

void text_put_label(struct text *text, const char *label)
{
	term_put(&text->term, TERM_DIM, label);
	term_to(&text->term, TEXT_LABEL, 1);
}

void text_put_place(struct text *text, enum te_scope scope, const struct text_ends *ends)
{
	char client[TEXT_ADDRESS], server[TEXT_ADDRESS];

	if (scope == TE_SCOPE_CONNECTION)
		text_address(ends, TE_CLIENT, client);
	else
		out_addr_text(ends->ip_version, &ends->addr[TE_CLIENT], client);
	term_printf(&text->term, TERM_PLAIN, "%s%s%s",
		    scope == TE_SCOPE_LISTENER ? "" : client,
		    scope == TE_SCOPE_LISTENER ? "" : " → ",
		    text_address(ends, TE_SERVER, server));
}

void text_put_ends(struct text *text, uint64_t connection, const struct text_ends *ends)
{
	term_printf(&text->term, TERM_HEAD, "#%llu ", (unsigned long long)connection);
	text_put_place(text, TE_SCOPE_CONNECTION, ends);
}

/* ---- live: a line for each thing told ---- */

static void put_time_of_day(struct text *text, te_time time)
{
	time_t seconds = (time_t)(time / TE_SEC);
	struct tm tm;
	char buf[16] = "--:--:--";

	if (time != TE_TIME_NONE && gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(buf, sizeof(buf), "%H:%M:%SZ", &tm);
	term_printf(&text->term, TERM_DIM, "%s ", buf);
}

static void live_finding(struct text *text, const struct te_finding *finding)
{
	struct text_ends ends;
	char sentence[TEXT_SENTENCE];

	put_time_of_day(text, finding->time);
	term_put(&text->term, term_severity(finding->severity),
		 te_severity_name(finding->severity));
	term_printf(&text->term, TERM_STATE, " %s ", finding->rule->id);
	if (finding->connection != NULL) {
		text_ends_of(&ends, finding->connection);
		if (finding->scope == TE_SCOPE_CONNECTION)
			text_put_ends(text, finding->connection->number, &ends);
		else
			text_put_place(text, finding->scope, &ends);
		term_put(&text->term, TERM_PLAIN, "  ");
	}
	term_safe(&text->term, TERM_PLAIN,
		  describe_finding(finding, sentence, sizeof(sentence)));
	term_end(&text->term);
}

static void live_connection(struct text *text, const struct te_connection *connection)
{
	struct text_ends ends;
	char verdict[TEXT_SENTENCE];

	for (size_t i = 0; i < connection->finding_count; i++)
		if (!connection->findings[i].told &&
		    !text_is_quiet(text, &connection->findings[i]))
			live_finding(text, &connection->findings[i]);
	if (connection->ongoing)
		return;
	put_time_of_day(text, connection->last);
	text_ends_of(&ends, connection);
	text_put_ends(text, connection->number, &ends);
	term_put(&text->term, TERM_PLAIN, "  ");
	term_safe(&text->term, TERM_PLAIN,
		  describe_verdict(connection, verdict, sizeof(verdict)));
	term_end(&text->term);
}

/* ---- the format ---- */

static bool text_open(struct out *out)
{
	struct text *text = calloc(1, sizeof(*text));

	if (text == NULL)
		return false;
	text->run = out->run;
	term_init(&text->term, out);
	if (out->run->live)
		text->term.width = 0; /* a line for each thing, whole: terminals wrap */
	if (((out->run->show & OUT_TIMELINE) != 0 && !text_tracks_new(text)) ||
	    ((out->run->show & OUT_HOSTS) != 0 && !text_hosts_new(text))) {
		text_tracks_free(text);
		free(text);
		return false;
	}
	out->state = text;
	return true;
}

static void text_passing(struct out *out, const struct te_passing *passing)
{
	struct text *text = out->state;

	if (text->tracks != NULL)
		text_tracks_passing(text, passing);
}

static void text_forget(struct out *out, uint64_t connection)
{
	text_track_drop(out->state, connection);
}

static void report_connection(struct text *text, const struct te_connection *connection)
{
	text_overview_connection(text, connection);
	for (size_t i = 0; i < connection->finding_count; i++)
		text_findings_finding(text, &connection->findings[i]);
	if ((text->run->show & OUT_CONNECTIONS) != 0)
		text_connections_connection(text, connection);
}

static void text_connection(struct out *out, const struct te_connection *connection)
{
	struct text *text = out->state;

	if (text->run->live)
		live_connection(text, connection);
	else
		report_connection(text, connection);
	if ((text->run->show & OUT_HOSTS) != 0)
		text_hosts_connection(text, connection);
	if ((text->run->show & OUT_TRANSITIONS) != 0)
		text_transitions_connection(text, connection);
	if ((text->run->show & OUT_TIMELINE) != 0 && !connection->ongoing)
		text_timeline_connection(text, connection);
}

static void text_finding(struct out *out, const struct te_finding *finding)
{
	struct text *text = out->state;

	/* those of one connection came with it */
	if (finding->scope == TE_SCOPE_CONNECTION)
		return;
	if (text->run->live)
		live_finding(text, finding);
	else
		text_findings_finding(text, finding);
}

static void text_sockets(struct out *out, const struct out_socket *sockets, size_t count)
{
	text_sockets_put(out->state, sockets, count);
}

/* Lines left on the screen for findings, the next commands' two kept free. */
static unsigned lines_left(const struct text *text)
{
	unsigned used = text->term.lines + 2;

	if (text->run->verbose > 0)
		return 0;
	return used + 5 < TEXT_SCREEN ? TEXT_SCREEN - used : 5;
}

static void text_end(struct out *out, const struct te_totals *totals)
{
	struct text *text = out->state;
	unsigned show = text->run->show;

	if ((show & OUT_SOCKETS) != 0)
		return;
	if ((show & OUT_DIFF) != 0) {
		text_diff_put(text, text->run->diff);
		return;
	}
	if (text->run->live) {
		if ((show & OUT_HOSTS) != 0)
			text_hosts_end(text, totals->end, TEXT_SCREEN);
		return;
	}
	text->term.lines = 0;
	text_overview_count(text, totals);
	if ((show & OUT_OVERVIEW) != 0)
		text_overview_end(text, totals);
	if ((show & OUT_FINDINGS) != 0)
		text_findings_end(text, lines_left(text));
	if ((show & OUT_CONNECTIONS) != 0)
		text_connections_end(text);
	if ((show & OUT_HOSTS) != 0)
		text_hosts_end(text, totals->end, lines_left(text));
	if ((show & OUT_OVERVIEW) != 0)
		text_next_end(text, totals);
	/* asked for timelines or transitions, and there were none */
	if (!text->separate && text->overview.connections == 0)
		text_overview_nothing(text, totals);
}

static void text_close(struct out *out)
{
	struct text *text = out->state;

	if (text == NULL)
		return;
	text_findings_free(text);
	text_connections_free(text);
	text_tracks_free(text);
	hosts_free(text->hosts);
	free(text);
	out->state = NULL;
}

const struct out_format out_text = {
	.name = "text",
	.from_totals = OUT_OVERVIEW | OUT_FINDINGS,
	.open = text_open,
	.passing = text_passing,
	.forget = text_forget,
	.connection = text_connection,
	.finding = text_finding,
	.sockets = text_sockets,
	.end = text_end,
	.judged = text_gate_judged,
	.gate = text_gate_end,
	.close = text_close,
};
