/* pkt_want.c - what is asserted of a script's segments: states, outcomes, findings */
#include "config.h"
#include "pkt_want.h"
#include <stdlib.h>
#include <string.h>

enum { WANT_STEPS = 16, WANT_SENTENCE = 256 }; /* steps: as many as the notation has */

/* A connection that is spoken of, and how. */
struct want {
	struct pkt_writer *writer;
	const struct te_connection *c;
	enum te_end end[2]; /* of A and of B */
	char which[24];     /* "/2", "" if it is the only one on its addresses */
};

static uint32_t want_conn(const struct pkt *pkt, const struct te_connection *c)
{
	return pkt->lines[c->frame - 1].conn;
}

static bool want_is_end(const struct pkt_conn *conn, unsigned side,
			const struct te_end_view *end)
{
	return conn->port[side] == end->port &&
	       memcmp(&conn->addr[side], &end->addr, sizeof(end->addr)) == 0;
}

static struct want want_begin(struct pkt_writer *writer, const struct te_connection *c)
{
	struct want want = { .writer = writer, .c = c };
	uint32_t index = want_conn(writer->pkt, c);
	struct pkt_writer_conn *mine = &writer->conns[index];
	bool is_client =
	    want_is_end(&writer->pkt->conns[index], PKT_A, &c->end[TE_CLIENT]);

	want.end[PKT_A] = is_client ? TE_CLIENT : TE_SERVER;
	want.end[PKT_B] = is_client ? TE_SERVER : TE_CLIENT;
	if (mine->told > 1)
		snprintf(want.which, sizeof(want.which), "/%lu",
			 (unsigned long)++mine->said);
	pkt_speak_of(writer, index);
	return want;
}

/* ---- states ---- */

static void want_states(const struct want *want)
{
	struct out *out = want->writer->out;

	out_char(out, '=');
	for (unsigned side = 0; side < 2; side++) {
		const struct te_end_view *view = &want->c->end[want->end[side]];

		out_printf(out, " %c%s %s%s", "AB"[side], want -> which,
			   te_state_name(view->state), view -> presumed ? "?" : "");
	}
	pkt_end_line(want->writer);
}

static unsigned want_count_steps(const struct want *want, enum te_end end)
{
	unsigned count = 0;

	for (size_t i = 0; i < want->c->transition_count; i++)
		count += want->c->transitions[i].end == end;
	return count;
}

static void want_history(const struct want *want, unsigned side)
{
	struct out *out = want->writer->out;

	if (want_count_steps(want, want->end[side]) > WANT_STEPS)
		return;
	out_printf(out, ": %c%s", "AB"[side], want -> which);
	for (size_t i = 0; i < want->c->transition_count; i++) {
		const struct te_transition *step = &want->c->transitions[i];

		if (step->end == want->end[side])
			out_printf(out, " %s(%s%s)",
				   te_state_name((enum te_state)step->to),
				   te_basis_name((enum te_basis)step->basis),
				   step->certain ? "" : ",uncertain");
	}
	pkt_end_line(want->writer);
}

static void want_outcome(const struct want *want)
{
	const struct te_connection *c = want->c;
	struct out *out = want->writer->out;

	out_printf(out, "opened%s %s", want->which, te_opened_name(c->opened));
	pkt_end_line(want->writer);
	out_printf(out, "closed%s %s", want->which, te_closed_name(c->closed));
	pkt_end_line(want->writer);
	out_printf(out, "client%s %c%s", want->which, "AB"[want->end[PKT_A] != TE_CLIENT],
		   c -> roles_certain ? "" : "?");
	pkt_end_line(want->writer);
}

/* ---- findings ---- */

static void want_evidence(const struct pkt_writer *writer,
			  const struct te_finding *finding)
{
	struct out *out = writer->out;

	out_printf(out, " %s %s %s", te_severity_name(finding->severity),
		   finding->certain ? "certain" : "uncertain",
		   finding->still ? "still" : "over");
	for (unsigned i = 0; i < finding->frame_count; i++)
		out_printf(
		    out, " line %llu",
		    (unsigned long long)writer->pkt->lines[finding->frames[i] - 1].at);
	if (finding->also_count > 0)
		out_printf(out, " also %s", finding->also[0]->id);
}

static void want_finding(const struct want *want, const struct te_finding *finding)
{
	char whose = '-';

	if (finding->end != TE_NO_END)
		whose = "AB"[want->end[PKT_A] != finding->end];
	out_printf(want->writer->out, "! %s %c", finding->rule->id, whose);
	want_evidence(want->writer, finding);
	pkt_end_line(want->writer);
}

/* About a listener or holder: said of any connection that has the server's address. */
static void want_wide(struct pkt_writer *writer, const struct pkt_wide *wide)
{
	const struct te_finding *finding = &wide->finding;
	const struct pkt *pkt = writer->pkt;
	const char *end = te_end_name(finding->end);

	for (uint32_t i = 0; i < pkt->conn_count && wide->server.port != 0; i++)
		if (writer->conns[i].known &&
		    (want_is_end(&pkt->conns[i], PKT_A, &wide->server) ||
		     want_is_end(&pkt->conns[i], PKT_B, &wide->server))) {
			pkt_speak_of(writer, i);
			break;
		}
	out_printf(writer->out, "! %s %s", finding->rule->id, end != NULL ? end : "-");
	want_evidence(writer, finding);
	pkt_end_line(writer);
}

/* ---- all ---- */

/* What was said of the whole capture, if it was said of this one. Both lists are in the
 * order of the capture. */
static const struct te_connection *want_whole(const struct pkt *pkt,
					      const struct te_connection *c, size_t *at)
{
	uint64_t number =
	    pkt->flows[pkt->kept[pkt->lines[c->frame - 1].kept].flow].number;
	const struct te_connection *whole;

	while ((whole = hold_at(pkt->told, *at)) != NULL && whole->number < number)
		++*at;
	return whole != NULL && whole->number == number ? whole : NULL;
}

static void want_connection(struct pkt_writer *writer, const struct te_connection *c,
			    const struct te_connection *whole)
{
	struct want want = want_begin(writer, c);
	char verdict[WANT_SENTENCE];

	out_printf(writer->out, "# %s", describe_verdict(c, verdict, sizeof(verdict)));
	pkt_end_line(writer);
	if (whole != NULL && !pkt_replay_agrees(c, whole))
		pkt_say(writer, "# The whole capture says more than these segments, "
				"and was told otherwise.");
	want_states(&want);
	want_history(&want, PKT_A);
	want_history(&want, PKT_B);
	want_outcome(&want);
	for (size_t i = 0; i < c->finding_count; i++)
		want_finding(&want, &c->findings[i]);
}

/* Live, some things are told too early and taken back: nobody has seen that here. */
static void want_last(struct pkt_writer *writer, const struct pkt_replay *replay,
		      size_t findings)
{
	out_printf(writer->out, "count connections %llu",
		   (unsigned long long)replay->connections);
	pkt_end_line(writer);
	if (findings == 0)
		pkt_say(writer, "! nothing");
	pkt_say(writer, "! live any");
}

void pkt_want(struct pkt_writer *writer, const struct pkt_replay *replay)
{
	const struct te_connection *c;
	size_t findings = replay->wide_count, whole = 0;

	for (size_t i = 0; (c = hold_at(replay->told, i)) != NULL; i++)
		writer->conns[want_conn(writer->pkt, c)].told++;
	for (size_t i = 0; (c = hold_at(replay->told, i)) != NULL; i++) {
		want_connection(writer, c, want_whole(writer->pkt, c, &whole));
		findings += c->finding_count;
	}
	for (size_t i = 0; i < replay->wide_count; i++)
		want_wide(writer, &replay->wide[i]);
	want_last(writer, replay, findings);
}
