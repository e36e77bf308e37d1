/* text_overview.c - what the capture is, how good it is, what became of it
 *
 * Many connections are told by the tables of text_tables.c, a single one in words.
 */
#include "config.h"

#include "quality.h"
#include "text.h"

#include <string.h>
#include <time.h>

/* ---- taking notes ---- */

void text_overview_connection(struct text *text, const struct te_connection *connection)
{
	struct text_overview *overview = &text->overview;
	struct text_tally *told = &overview->told;

	if (told->connections++ == 0) {
		overview->first = *connection;
		overview->first.zeek_state = overview->first.zeek_history = NULL;
		overview->first.transitions = NULL;
		overview->first.findings = NULL;
		text_verdict(text, connection, overview->verdict);
	}
	told->opened[connection->opened]++;
	told->closed[connection->closed]++;
	told->states[TE_CLIENT][connection->end[TE_CLIENT].state]++;
	told->states[TE_SERVER][connection->end[TE_SERVER].state]++;
}

void text_overview_count(struct text *text, const struct te_totals *totals)
{
	struct text_overview *overview = &text->overview;

	overview->connections =
	    text->run->selecting ? overview->told.connections : totals->connections;
}

/* With a selection, what was told; else what the engine counted. */
static struct text_tally tally_of(const struct text *text, const struct te_totals *totals)
{
	struct text_tally tally = text->overview.told;

	if (text->run->selecting)
		return tally;
	memcpy(tally.opened, totals->opened, sizeof(tally.opened));
	memcpy(tally.closed, totals->closed, sizeof(tally.closed));
	memcpy(tally.states, totals->states, sizeof(tally.states));
	return tally;
}

/* ---- the file, its time, its packets ---- */

/* The whole path if it fits, else the file's own name. */
static const char *path_that_fits(const struct term *term, const char *path)
{
	const char *slash = strrchr(path, '/');
	unsigned room = term->width > 40 ? term->width - 40 : 20;

	if (term->width == 0 || term_safe_columns(term, path) <= room || slash == NULL ||
	    slash[1] == '\0')
		return path;
	return slash + 1;
}

/* The first of a known format, if there is one. */
static const struct out_file *known_file(const struct out_run *run)
{
	for (size_t i = 0; i < run->file_count; i++)
		if (run->files[i].linktype != NULL &&
		    strcmp(run->files[i].linktype, "unknown") != 0)
			return &run->files[i];
	return run->files;
}

static void put_file(struct text *text)
{
	const struct out_run *run = text->run;
	const struct out_file *file = run->files;
	const struct out_file *known = known_file(run);

	text_put_label(text, run->file_count == 1 ? "file" : "files");
	if (run->file_count == 0) {
		term_put(&text->term, TERM_PLAIN, "none");
		term_end(&text->term);
		return;
	}
	term_safe(&text->term, TERM_STATE, path_that_fits(&text->term, file->path));
	if (run->file_count > 1)
		term_printf(&text->term, TERM_PLAIN, " and %zu more, merged by time",
			    run->file_count - 1);
	term_put(&text->term, TERM_PLAIN, "  ");
	term_safe(&text->term, TERM_PLAIN, known->format != NULL ? known->format : "?");
	if (known->codec != NULL)
		term_printf(&text->term, TERM_PLAIN, " (%s)", known->codec);
	if (known->linktype != NULL)
		term_printf(&text->term, TERM_PLAIN, ", %s", known->linktype);
	if (known->snaplen > 0 && known->snaplen < 65535)
		term_printf(&text->term, TERM_PLAIN, ", snap length %u", known->snaplen);
	term_end(&text->term);
}

static void put_time(struct text *text, const struct te_totals *totals)
{
	time_t seconds = (time_t)(totals->start / TE_SEC);
	struct tm tm;
	char date[32] = "", duration[TERM_NUMBER];

	if (totals->start == TE_TIME_NONE || gmtime_r(&seconds, &tm) == NULL)
		return;
	(void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &tm);
	text_put_label(text, "time");
	term_printf(
	    &text->term, TERM_PLAIN, "%s, %s", date,
	    describe_duration(totals->end - totals->start, duration, sizeof(duration)));
	term_end(&text->term);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void put_packets(struct text *text, const struct te_totals *totals)
{
	char packets[TERM_NUMBER], tcp[TERM_NUMBER], count[TERM_NUMBER];

	text_put_label(text, "packets");
	term_put(&text->term, TERM_PLAIN, term_count(totals->packets, packets));
	if (totals->packets > 0 && totals->tcp_packets == totals->packets)
		term_put(&text->term, TERM_PLAIN, ", all TCP");
	else if (totals->packets > 0)
		term_printf(&text->term, TERM_PLAIN, ", %s of them TCP",
			    term_count(totals->tcp_packets, tcp));
	term_printf(&text->term, TERM_PLAIN, ", %s connection%s",
		    term_count(totals->connections, count), plural(totals->connections));
	if (text->run->selecting)
		term_printf(&text->term, TERM_PLAIN, ", %s selected",
			    term_count(text->run->selected, count));
	term_end(&text->term);
}

/* ---- what is missing ---- */

/* Add ", N what" to a list; with one of it, the singular. */
static void add_lack(char *list, size_t size, uint64_t n, const char *one,
		     const char *many)
{
	size_t used = strlen(list);
	char number[TERM_NUMBER];

	if (n > 0)
		(void)snprintf(list + used, size - used, "%s%s %s", used > 0 ? ", " : "",
			       term_count(n, number), n == 1 ? one : many);
}

static void put_quality(struct text *text, const struct te_totals *totals)
{
	char words[QUALITY_WORDS];
	bool good = quality_verdict(text->run, totals, words);

	text_put_label(text, "quality");
	term_wrap(&text->term, good ? TERM_PLAIN : TERM_WARNING, words,
		  text->run->verbose > 0 ? 20 : 2);
	term_end(&text->term);
}

/* ---- a single connection ---- */

static void put_end(struct text *text, enum te_end end, te_time now)
{
	const struct te_end_view *view = &text->overview.first.end[end];
	char buf[TERM_NUMBER];

	term_put(&text->term, TERM_PLAIN, "  ");
	term_put(&text->term, TERM_PLAIN, te_end_name(end));
	term_to(&text->term, TEXT_LABEL, 1);
	term_printf(&text->term, TERM_STATE, "%s%s", te_state_name(view->state),
		    view->presumed ? "?" : "");
	if (out_is_held(view->state) && view->since != TE_TIME_NONE && now > view->since)
		term_printf(&text->term, TERM_PLAIN, " for %s",
			    describe_duration(now - view->since, buf, sizeof(buf)));
	term_to(&text->term, 36, 2);
	term_printf(&text->term, TERM_PLAIN, "sent %s in ", term_bytes(view->bytes, buf));
	term_printf(&text->term, TERM_PLAIN, "%s packet%s",
		    term_count(view->packets, buf), plural(view->packets));
	if (view->retransmits > 0)
		term_printf(&text->term, TERM_PLAIN, ", %s again",
			    term_count(view->retransmits, buf));
	term_end(&text->term);
}

static void put_single(struct text *text, const struct te_totals *totals)
{
	const struct te_connection *connection = &text->overview.first;
	struct text_ends ends;
	char buf[TERM_NUMBER];

	text_separate(text);
	text_ends_of(&ends, connection);
	text_put_ends(text, connection->number, &ends);
	if (!connection->roles_certain)
		term_put(&text->term, TERM_DIM, " (roles guessed)");
	term_printf(
	    &text->term, TERM_PLAIN, "  %s",
	    describe_duration(connection->last - connection->first, buf, sizeof(buf)));
	term_end(&text->term);
	term_put(&text->term, TERM_PLAIN, "  ");
	term_wrap(&text->term, TERM_PLAIN, text->overview.verdict, 2);
	term_end(&text->term);
	put_end(text, TE_CLIENT, totals->end);
	put_end(text, TE_SERVER, totals->end);
}

/* ---- no connection at all ---- */

static const char *what_is_missing(const struct out_run *run,
				   const struct te_totals *totals)
{
	if (run->selecting && totals->connections > 0)
		return "no connection matches the selection";
	if (totals->packets == 0)
		return run->filter != NULL ? "no packet passed the filter"
					   : "the capture is empty";
	return totals->tcp_packets == 0 ? "no TCP here" : "no TCP connection";
}

/* What there was instead of TCP. */
static void list_others(const struct te_totals *totals, char *list, size_t size)
{
	add_lack(list, size, totals->not_tcp,
		 "packet of other protocols (UDP, ICMP, ARP, ...)",
		 "packets of other protocols (UDP, ICMP, ARP, ...)");
	add_lack(list, size, totals->fragments, "later fragment", "later fragments");
	add_lack(list, size, totals->truncated, "packet cut before its TCP header ends",
		 "packets cut before their TCP header ends");
	add_lack(list, size, totals->tunnelled, "VLAN or tunnel frame",
		 "VLAN or tunnel frames");
}

void text_overview_nothing(struct text *text, const struct te_totals *totals)
{
	char others[384] = "", words[512];

	if (totals->tcp_packets == 0)
		list_others(totals, others, sizeof(others));
	(void)snprintf(words, sizeof(words), "%s%s%s", what_is_missing(text->run, totals),
		       others[0] != '\0' ? ": " : "", others);
	text_separate(text);
	term_wrap(&text->term, TERM_STATE, words, 3);
	term_end(&text->term);
}

void text_overview_end(struct text *text, const struct te_totals *totals)
{
	struct text_tally tally = tally_of(text, totals);

	text_separate(text);
	put_file(text);
	put_time(text, totals);
	put_packets(text, totals);
	put_quality(text, totals);
	if (text->overview.connections == 0)
		text_overview_nothing(text, totals);
	else if (text->overview.connections == 1 && tally.connections == 1)
		put_single(text, totals);
	else
		text_tables_put(text, &tally);
}
