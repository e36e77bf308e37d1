/* run-live-check.c - a live capture held against the same segments in a file
 *
 * What was told and not taken back is, in the end, what the file says.
 */
#include "run-live.h"

#include <stdio.h>
#include <string.h>

/* The next of one end that is not void. */
static const struct te_transition *next_live(const struct live_conn *conn,
					     enum te_end end, size_t *i)
{
	while (*i < conn->step_count) {
		const struct live_step *step = &conn->steps[(*i)++];

		if (!step->is_void && step->step.end == end)
			return &step->step;
	}
	return NULL;
}

static const struct te_transition *next_in_file(const struct told *told, enum te_end end,
						size_t *i)
{
	while (*i < told->connection.transition_count) {
		const struct te_transition *step = &told->steps[(*i)++];

		if (step->end == end)
			return step;
	}
	return NULL;
}

/* Told early it may be presumed where the file has the proof. */
static bool is_same(const struct te_transition *live, const struct te_transition *file)
{
	return live->from == file->from && live->to == file->to &&
	       live->frame == file->frame &&
	       (live->basis == file->basis ||
		(live->basis == TE_PRESUMED && file->basis == TE_ACKED));
}

static void print_step(const struct te_transition *step)
{
	if (!step)
		printf("nothing");
	else
		printf("%s > %s (%s), frame %llu",
		       te_state_name((enum te_state)step->from),
		       te_state_name((enum te_state)step->to),
		       te_basis_name((enum te_basis)step->basis),
		       (unsigned long long)step->frame);
}

static void compare_end(struct live_run *live, const struct live_conn *conn,
			const struct told *told, enum te_end end)
{
	size_t at = 0, in_file = 0;
	const struct te_transition *got, *want;

	do {
		got = next_live(conn, end, &at);
		want = next_in_file(told, end, &in_file);
		if (!got && !want)
			return;
	} while (got && want && is_same(got, want));
	live_complain(live, &told->connection);
	printf("%s: ", te_end_name(end));
	print_step(got);
	printf("; in a file ");
	print_step(want);
	putchar('\n');
}

static void compare_conn(struct live_run *live, const struct told *told)
{
	const struct live_conn *conn = live_find(live, told->connection.number);

	if (!conn || !conn->over) {
		live_complain(live, &told->connection);
		puts("its end was not told");
		return;
	}
	compare_end(live, conn, told, TE_CLIENT);
	compare_end(live, conn, told, TE_SERVER);
}

/* All that the file finds. */
static void compare_findings(struct live_run *live)
{
	const struct run *file = live->file;

	for (size_t i = 0; i < file->heard_count; i++) {
		const struct heard *heard = &file->heard[i];
		const struct te_connection *c;
		struct live_finding *found = NULL;
		struct live_conn *conn;

		if (heard->told >= file->told_count)
			continue;
		c = &file->told[heard->told].connection;
		conn = live_find(live, c->number);
		if (conn)
			found = live_find_finding(conn, &heard->finding);
		if (found) {
			found->wanted = true;
			continue;
		}
		live_complain(live, c);
		printf("%s is not told\n", heard->finding.rule->id);
	}
}

/* "any" leaves them all open. */
static bool is_any(const char *id)
{
	return strcmp(id, "any") == 0;
}

static bool is_listed(const struct script *script, const char *id)
{
	for (size_t i = 0; i < script->item_count; i++)
		if (script->items[i].kind == SCRIPT_LIVE &&
		    (is_any(script->items[i].u.id) ||
		     strcmp(script->items[i].u.id, id) == 0))
			return true;
	return false;
}

static bool was_overturned(const struct live_run *live, const char *id)
{
	for (size_t i = 0; i < live->conn_count; i++)
		for (size_t k = 0; k < live->conns[i].finding_count; k++) {
			const struct live_finding *f = &live->conns[i].findings[k];

			if (f->early && !f->wanted &&
			    strcmp(f->finding.rule->id, id) == 0)
				return true;
		}
	return false;
}

/* What was told too early is listed, and what is listed was told. */
static void check_overturned(struct live_run *live)
{
	const struct script *script = live->file->script;

	for (size_t i = 0; i < live->conn_count; i++)
		for (size_t k = 0; k < live->conns[i].finding_count; k++) {
			const struct live_finding *f = &live->conns[i].findings[k];

			if (f->wanted ||
			    (f->early && is_listed(script, f->finding.rule->id)))
				continue;
			live_complain(live, &live->conns[i].last);
			printf("%s is told%s, but not from a file\n", f->finding.rule->id,
			       f->early ? " while it goes on" : "");
		}
	for (size_t i = 0; i < script->item_count; i++)
		if (script->items[i].kind == SCRIPT_LIVE &&
		    !is_any(script->items[i].u.id) &&
		    !was_overturned(live, script->items[i].u.id)) {
			run_complain(live->file, script->items[i].line);
			printf("%s is not told too early\n", script->items[i].u.id);
		}
}

static size_t count_voids(struct live_run *live, const struct script_item *item)
{
	size_t count = 0;

	for (size_t i = 0; i < live->revision_count; i++) {
		const struct live_revision *revision = &live->revisions[i];

		if (strcmp(revision->why, item->u.named.name) == 0 &&
		    run_is_conn(&live->file->script->conns[item->conn],
				&live_find(live, revision->number)->last))
			count += revision->voids;
	}
	return count;
}

/* The list is complete as soon as there is one. */
static void check_revisions(struct live_run *live)
{
	const struct script *script = live->file->script;
	size_t wanted = 0, got = 0;
	unsigned line = 0;

	for (size_t i = 0; i < script->item_count; i++) {
		const struct script_item *item = &script->items[i];
		size_t count;

		if (item->kind != SCRIPT_REVISION)
			continue;
		line = item->line;
		wanted += (size_t)item->u.named.value;
		count = count_voids(live, item);
		if (count == (size_t)item->u.named.value)
			continue;
		run_complain(live->file, line);
		printf("%zu transitions are void by %s\n", count, item->u.named.name);
	}
	for (size_t i = 0; i < live->revision_count; i++)
		got += live->revisions[i].voids;
	if (line && got != wanted) {
		run_complain(live->file, line);
		printf("%zu transitions are void in all, not %zu\n", got, wanted);
	}
}

static bool is_in_file(const struct run *file, uint64_t number)
{
	for (size_t i = 0; i < file->told_count; i++)
		if (file->told[i].connection.number == number)
			return true;
	return false;
}

static bool is_all_void(const struct live_conn *conn)
{
	for (size_t i = 0; i < conn->step_count; i++)
		if (!conn->steps[i].is_void)
			return false;
	return true;
}

/* What the file does not know is a SYN that was somebody else's: all of it is taken back.
 */
static void check_ends(struct live_run *live)
{
	for (size_t i = 0; i < live->conn_count; i++) {
		struct live_conn *conn = &live->conns[i];

		if (conn->over ||
		    (!is_in_file(live->file, conn->last.number) && is_all_void(conn)))
			continue;
		live_complain(live, &conn->last);
		puts("its last telling says that it goes on");
	}
}

bool check_live(const char *path, const struct script *script, bool verbose)
{
	struct run file;
	struct live_run live = { .file = &file, .verbose = verbose };
	bool right;

	run_start(&file, RUN_SEGMENTS, path, script, UINT32_MAX);
	file.way = RUN_LIVE;
	live_run(&live);
	check_ends(&live);
	for (size_t i = 0; i < file.told_count; i++)
		compare_conn(&live, &file.told[i]);
	compare_findings(&live);
	check_overturned(&live);
	check_revisions(&live);
	right = !file.failed;
	live_release(&live);
	run_stop(&file);
	return right;
}
