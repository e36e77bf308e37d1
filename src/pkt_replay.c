/* pkt_replay.c - what the segments of a script say for themselves
 *
 * They pass an engine with the run's own limits, as the script's reader will let them
 * pass: so what is asserted holds.
 */
#include "config.h"
#include "pkt.h"
#include <stdlib.h>
#include <string.h>

static void replay_connection(void *ctx, const struct te_connection *connection)
{
	struct pkt_replay *replay = ctx;

	replay->failed |= !hold_add(replay->told, connection);
}

/* Listeners and holders are told by a connection that may be made up for it, so what is
 * needed of it is copied. */
static void replay_finding(void *ctx, const struct te_finding *finding)
{
	struct pkt_replay *replay = ctx;
	struct pkt_wide *wide =
	    realloc(replay->wide, (replay->wide_count + 1) * sizeof(*wide));

	if (wide == NULL) {
		replay->failed = true;
		return;
	}
	replay->wide = wide;
	wide += replay->wide_count++;
	wide->finding = *finding;
	if (finding->connection != NULL)
		wide->server = finding->connection->end[TE_SERVER];
}

void pkt_replay_run(const struct pkt *pkt, struct pkt_replay *replay)
{
	const struct te_sink sink = { .ctx = replay,
				      .connection = replay_connection,
				      .finding = replay_finding };
	struct te_config config = *pkt->out->run->config;
	struct te_engine *engine;

	*replay = (struct pkt_replay){ .told = hold_new(hold_key_find("conn"), 0) };
	config.live = config.keep_peers = false;
	config.keep_transitions = true;
	engine = te_engine_new(&config, &sink);
	if (engine == NULL || replay->told == NULL) {
		te_engine_free(engine);
		replay->failed = true;
		return;
	}
	for (size_t i = 0; i < pkt->line_count; i++)
		replay->failed |=
		    te_engine_segment(engine, &pkt->lines[i].segment) == TE_NO_MEMORY;
	te_engine_tick(engine, pkt->end);
	te_engine_finish(engine);
	replay->connections = te_engine_totals(engine)->connections;
	te_engine_free(engine);
	hold_sort(replay->told);
}

void pkt_replay_free(struct pkt_replay *replay)
{
	hold_free(replay->told);
	free(replay->wide);
	*replay = (struct pkt_replay){ 0 };
}

/* ---- do two runs say the same? ---- */

/* The captured segment that was the script's frame; 0 is none. */
static uint64_t replay_segment(const uint32_t *frames, uint64_t frame)
{
	return frame == 0 ? 0 : frames[frame - 1] + UINT64_C(1);
}

static bool replay_same_step(const struct te_transition *a, const uint32_t *frames,
			     const struct te_transition *b, const uint32_t *b_frames)
{
	return a->end == b->end && a->from == b->from && a->to == b->to &&
	       a->basis == b->basis && a->certain == b->certain &&
	       replay_segment(frames, a->frame) == replay_segment(b_frames, b->frame);
}

static bool replay_same_finding(const struct te_finding *a, const uint32_t *frames,
				const struct te_finding *b, const uint32_t *b_frames)
{
	if (a->rule != b->rule || a->end != b->end || a->severity != b->severity ||
	    a->certain != b->certain || a->still != b->still ||
	    a->frame_count != b->frame_count)
		return false;
	for (unsigned i = 0; i < a->frame_count; i++)
		if (replay_segment(frames, a->frames[i]) !=
		    replay_segment(b_frames, b->frames[i]))
			return false;
	return true;
}

static bool replay_same_end(const struct te_end_view *a, const struct te_end_view *b)
{
	return a->state == b->state && a->presumed == b->presumed &&
	       a->certain == b->certain && a->port == b->port;
}

bool pkt_replay_same(const struct te_connection *a, const uint32_t *frames,
		     const struct te_connection *b, const uint32_t *b_frames)
{
	bool same = a->opened == b->opened && a->closed == b->closed &&
		    a->roles_certain == b->roles_certain &&
		    replay_same_end(&a->end[TE_CLIENT], &b->end[TE_CLIENT]) &&
		    replay_same_end(&a->end[TE_SERVER], &b->end[TE_SERVER]) &&
		    a->transition_count == b->transition_count &&
		    a->finding_count == b->finding_count;

	for (size_t i = 0; same && i < a->transition_count; i++)
		same = replay_same_step(&a->transitions[i], frames, &b->transitions[i],
					b_frames);
	for (size_t i = 0; same && i < a->finding_count; i++)
		same = replay_same_finding(&a->findings[i], frames, &b->findings[i],
					   b_frames);
	return same;
}

bool pkt_replay_agrees(const struct te_connection *a, const struct te_connection *whole)
{
	bool same = a->opened == whole->opened && a->closed == whole->closed &&
		    a->transition_count == whole->transition_count;

	for (unsigned end = TE_CLIENT; end <= TE_SERVER; end++)
		same &= a->end[end].state == whole->end[end].state &&
			a->end[end].presumed == whole->end[end].presumed;
	for (size_t i = 0; same && i < a->transition_count; i++)
		same = a->transitions[i].end == whole->transitions[i].end &&
		       a->transitions[i].to == whole->transitions[i].to &&
		       a->transitions[i].basis == whole->transitions[i].basis;
	return same;
}
