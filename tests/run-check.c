/* run-check.c - hold what a script asserts against what the engine told */
#include "run.h"

#include <stdio.h>
#include <string.h>

static const char *end_name(unsigned side)
{
	return side == SCRIPT_A ? "A" : "B";
}

static void check_state(struct run *run, const struct script_item *item)
{
	const struct script_state *want = &item->u.state;
	const struct told *told = run_find(run, item, want->end.incarnation);
	const struct te_end_view *got;
	bool right;

	if (!told)
		return;
	got = &told->connection.end[run_end_of(&run->script->conns[item->conn],
					       &told->connection, want->end.side)];
	right = want->sureness == SCRIPT_EITHER ||
		got->presumed == (want->sureness == SCRIPT_PRESUMED);
	if (got->state == want->state && right)
		return;
	run_complain(run, item->line);
	printf("want %s %s%s, got %s%s\n", end_name(want->end.side),
	       te_state_name(want->state), want->sureness == SCRIPT_PRESUMED ? "?" : "",
	       te_state_name(got->state), got->presumed ? "?" : "");
}

static void print_history(const struct told *told, enum te_end end)
{
	for (size_t i = 0; i < told->connection.transition_count; i++)
		if (told->steps[i].end == end)
			printf(" %s(%s%s)",
			       te_state_name((enum te_state)told->steps[i].to),
			       te_basis_name((enum te_basis)told->steps[i].basis),
			       told->steps[i].certain ? "" : ",uncertain");
	putchar('\n');
}

static bool is_step(const struct script_step *want, const struct te_transition *got)
{
	return want->state == (enum te_state)got->to &&
	       (!want->certain || got->certain == (want->certain == SCRIPT_YES)) &&
	       (!want->basis[0] ||
		strcmp(want->basis, te_basis_name((enum te_basis)got->basis)) == 0);
}

static void check_history(struct run *run, const struct script_item *item)
{
	const struct script_history *want = &item->u.history;
	const struct told *told = run_find(run, item, want->end.incarnation);
	unsigned at = 0;
	bool right = true;
	enum te_end end;

	if (!told)
		return;
	end = run_end_of(&run->script->conns[item->conn], &told->connection,
			 want->end.side);
	for (size_t i = 0; i < told->connection.transition_count; i++)
		if (told->steps[i].end == end) {
			right = right && at < want->count &&
				is_step(&want->steps[at], &told->steps[i]);
			at++;
		}
	if (right && at == want->count)
		return;
	run_complain(run, item->line);
	printf("%s went another way:", end_name(want->end.side));
	print_history(told, end);
}

static void check_verdict(struct run *run, const struct script_item *item)
{
	const struct script_named *want = &item->u.named;
	const struct told *told = run_find(run, item, want->incarnation);
	char client[] = "A?";
	const char *got;

	if (!told)
		return;
	client[0] = run_end_of(&run->script->conns[item->conn], &told->connection,
			       SCRIPT_A) == TE_CLIENT
			? 'A'
			: 'B';
	if (told->connection.roles_certain)
		client[1] = '\0';
	if (want->name[0] == 'o')
		got = te_opened_name(told->connection.opened);
	else if (strcmp(want->name, "closed") == 0)
		got = te_closed_name(told->connection.closed);
	else
		got = client;
	if (strcmp(got, want->word) == 0)
		return;
	run_complain(run, item->line);
	printf("want %s %s, got %s\n", want->name, want->word, got);
}

static void check_count(struct run *run, const struct script_item *item)
{
	const struct te_quality *quality = &run->totals.quality;
	const struct {
		const char *name;
		uint64_t value;
	} counts[] = {
		{ "connections", run->totals.connections },
		{ "told", run->told_count },
		{ "tcp-packets", run->totals.tcp_packets },
		{ "duplicates", quality->duplicates },
		{ "implied-gaps", quality->implied_gaps },
		{ "backward-time", quality->backward_time },
		{ "bad-checksums", quality->bad_checksums },
		{ "one-way", quality->one_way },
		{ "midstream", quality->midstream },
	};
	const struct script_named *want = &item->u.named;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (strcmp(counts[i].name, want->name) == 0) {
			if (counts[i].value == (uint64_t)want->value)
				return;
			run_complain(run, item->line);
			printf("want %s %.0f, got %llu\n", want->name, want->value,
			       (unsigned long long)counts[i].value);
			return;
		}
	run_complain(run, item->line);
	printf("nothing of that name is counted: %s\n", want->name);
}

/* ---- findings ------------------------------------------------------------ */

/* The side that is the server of a finding about a listener or a holder; SCRIPT_A + 2 if
 * it is not about the ends of this connection. */
static unsigned server_side(const struct script_conn *conn, const struct heard *heard)
{
	const struct te_end_view *client = &heard->wide.end[TE_CLIENT];
	const struct te_end_view *server = &heard->wide.end[TE_SERVER];
	unsigned side = SCRIPT_A;

	for (; side <= SCRIPT_B; side++)
		if (conn->port[side] == server->port &&
		    memcmp(&conn->addr[side], &server->addr, sizeof(server->addr)) == 0 &&
		    (heard->finding.scope == TE_SCOPE_LISTENER ||
		     memcmp(&conn->addr[!side], &client->addr, sizeof(client->addr)) ==
			 0))
			break;
	return side;
}

static bool is_whose(struct run *run, const struct script_item *item,
		     const struct heard *heard)
{
	const enum script_whose whose = item->u.finding.whose;
	const enum te_end end = heard->finding.end;
	unsigned side = whose == SCRIPT_END_A ? SCRIPT_A : SCRIPT_B;

	if (whose == SCRIPT_ANY_END)
		return true;
	if (whose == SCRIPT_NO_END)
		return end == TE_NO_END;
	if (whose == SCRIPT_CLIENT || whose == SCRIPT_SERVER)
		return end == (whose == SCRIPT_CLIENT ? TE_CLIENT : TE_SERVER);
	if (heard->finding.scope != TE_SCOPE_CONNECTION)
		return end == (server_side(&run->script->conns[item->conn], heard) == side
				   ? TE_SERVER
				   : TE_CLIENT);
	return heard->finding.connection && heard->told < run->told_count &&
	       end == run_end_of(&run->script->conns[item->conn],
				 &run->told[heard->told].connection, side);
}

static bool has_lines(struct run *run, const struct script_finding *want,
		      const struct te_finding *got)
{
	for (unsigned i = 0; i < want->line_count; i++) {
		unsigned k = 0;

		while (k < got->frame_count &&
		       script_line_of(run->script, got->frames[k]) != want->lines[i])
			k++;
		if (k == got->frame_count)
			return false;
	}
	return true;
}

static bool has_also(const struct te_finding *got, const char *id)
{
	for (unsigned i = 0; i < got->also_count; i++)
		if (strcmp(got->also[i]->id, id) == 0)
			return true;
	return id[0] == '\0';
}

static bool is_about(struct run *run, const struct script_conn *conn,
		     const struct heard *heard)
{
	if (!heard->finding.connection)
		return true;
	if (heard->finding.scope != TE_SCOPE_CONNECTION)
		return server_side(conn, heard) <= SCRIPT_B;
	return heard->told < run->told_count &&
	       run_is_conn(conn, &run->told[heard->told].connection);
}

static bool is_finding(struct run *run, const struct script_item *item,
		       const struct heard *heard)
{
	const struct script_finding *want = &item->u.finding;
	const struct te_finding *got = &heard->finding;
	const char *severity = te_severity_name(got->severity);

	if (strcmp(want->id, got->rule->id) != 0 || !is_whose(run, item, heard))
		return false;
	if (!is_about(run, &run->script->conns[item->conn], heard))
		return false;
	return (!want->severity[0] || strcmp(want->severity, severity) == 0) &&
	       (!want->certain || got->certain == (want->certain == SCRIPT_YES)) &&
	       (!want->still || got->still == (want->still == SCRIPT_YES)) &&
	       has_also(got, want->also) && has_lines(run, want, got);
}

static bool is_allowed(const struct script *script, const struct heard *heard)
{
	for (size_t i = 0; i < script->item_count; i++)
		if (script->items[i].kind == SCRIPT_MAY &&
		    strcmp(script->items[i].u.id, heard->finding.rule->id) == 0)
			return true;
	return false;
}

static void check_finding(struct run *run, const struct script_item *item)
{
	for (size_t i = 0; i < run->heard_count; i++)
		if (!run->heard[i].wanted && is_finding(run, item, &run->heard[i])) {
			run->heard[i].wanted = true;
			return;
		}
	run_complain(run, item->line);
	printf("want %s as said here, got no such finding\n", item->u.finding.id);
}

/* The list is exact if there is one at all. */
void check_findings(struct run *run)
{
	const struct script *script = run->script;
	unsigned line = 0;

	for (size_t i = 0; i < script->item_count; i++) {
		const struct script_item *item = &script->items[i];

		if (item->kind == SCRIPT_FINDING)
			check_finding(run, item);
		if (item->kind == SCRIPT_FINDING || item->kind == SCRIPT_NOTHING)
			line = item->line;
	}
	for (size_t i = 0; line && i < run->heard_count; i++)
		if (!run->heard[i].wanted && !is_allowed(script, &run->heard[i])) {
			run_complain(run, line);
			printf("not wanted: ");
			run_print_finding(run, &run->heard[i]);
		}
}

void check_item(struct run *run, const struct script_item *item)
{
	static void (*const checks[])(struct run *, const struct script_item *) = {
		[SCRIPT_STATE] = check_state,
		[SCRIPT_HISTORY] = check_history,
		[SCRIPT_VERDICT] = check_verdict,
		[SCRIPT_COUNT] = check_count,
	};

	if (item->kind < sizeof(checks) / sizeof(checks[0]) && checks[item->kind])
		checks[item->kind](run, item);
}
