/* pkt_cut.c - a long connection made short, where that changes nothing that is said
 *
 * What may go are ordinary segments of data and ACKs in the midst of a long connection:
 * none that begins or proves a transition, none that is evidence, and none beside those.
 * The numbers that they carried go with them, so the stream has no hole. Then an engine
 * is asked about both, the whole and the short script; a connection of which it does not
 * say the same stays whole.
 */
#include "config.h"
#include "pkt.h"
#include <stdlib.h>
#include <string.h>

enum {
	CUT_LONG = 40, /* segments; a connection with fewer stays whole */
	CUT_HEAD = 6,  /* of these the first ones stay, */
	CUT_TAIL = 4,  /* and the last ones, */
	CUT_NEAR = 2,  /* and so many around each that matters */
	CUT_TRIES = 3,
};

struct cut_flow {
	uint32_t count, seen;
	uint32_t before[CUT_NEAR]; /* the last ones, by place modulo CUT_NEAR */
	uint32_t after;            /* so many more stay */
};

struct cut {
	struct pkt *pkt;
	bool *matters, *keep; /* by kept segment */
	struct cut_flow *flows;
	uint32_t *frames; /* of the whole script: the kept segment of each frame */
	te_time end;
};

static bool cut_new(struct cut *cut, struct pkt *pkt, te_time end)
{
	*cut = (struct cut){ .pkt = pkt, .end = end };
	cut->matters = calloc(pkt->kept_count + 1, sizeof(*cut->matters));
	cut->keep = calloc(pkt->kept_count + 1, sizeof(*cut->keep));
	cut->flows = calloc(pkt->flow_count + 1, sizeof(*cut->flows));
	cut->frames = calloc(pkt->kept_count + 1, sizeof(*cut->frames));
	return cut->matters && cut->keep && cut->flows && cut->frames;
}

static void cut_free(struct cut *cut)
{
	free(cut->matters);
	free(cut->keep);
	free(cut->flows);
	free(cut->frames);
}

/* ---- what matters ---- */

static void cut_mark(struct cut *cut, uint64_t frame)
{
	if (frame > 0)
		cut->matters[cut->frames[frame - 1]] = true;
}

static void cut_mark_evidence(struct cut *cut, const struct te_finding *finding)
{
	for (unsigned i = 0; i < finding->frame_count; i++)
		cut_mark(cut, finding->frames[i]);
}

static void cut_mark_told(struct cut *cut, const struct pkt_replay *whole)
{
	const struct te_connection *c;

	for (size_t i = 0; (c = hold_at(whole->told, i)) != NULL; i++) {
		for (size_t k = 0; k < c->transition_count; k++) {
			cut_mark(cut, c->transitions[k].frame);
			cut_mark(cut, c->transitions[k].proof);
		}
		for (size_t k = 0; k < c->finding_count; k++)
			cut_mark_evidence(cut, &c->findings[k]);
	}
	for (size_t i = 0; i < whole->wide_count; i++)
		cut_mark_evidence(cut, &whole->wide[i].finding);
}

static void cut_count(struct cut *cut)
{
	const struct pkt *pkt = cut->pkt;

	for (size_t i = 0; i < pkt->kept_count; i++)
		if (pkt->kept[i].flow != PKT_NONE)
			cut->flows[pkt->kept[i].flow].count++;
}

static bool cut_matters(const struct cut *cut, size_t i)
{
	const struct pkt_kept *kept = &cut->pkt->kept[i];
	const struct cut_flow *flow = &cut->flows[kept->flow];

	return cut->matters[i] || flow->count < CUT_LONG || flow->seen < CUT_HEAD ||
	       flow->count - flow->seen <= CUT_TAIL ||
	       (kept->segment.flags & (TE_SYN | TE_FIN | TE_RST)) != 0;
}

/* Those that matter stay, and their neighbours in the same connection. */
static void cut_choose(struct cut *cut)
{
	const struct pkt *pkt = cut->pkt;

	for (size_t i = 0; i < pkt->kept_count; i++) {
		struct cut_flow *flow;

		if (pkt->kept[i].flow == PKT_NONE)
			continue;
		flow = &cut->flows[pkt->kept[i].flow];
		if (cut_matters(cut, i)) {
			for (unsigned k = 0; k < CUT_NEAR && k < flow->seen; k++)
				cut->keep[flow->before[k]] = true;
			flow->after = CUT_NEAR + 1;
		}
		cut->keep[i] = flow->after > 0;
		flow->after -= flow->after > 0;
		flow->before[flow->seen++ % CUT_NEAR] = (uint32_t)i;
	}
}

/* ---- is it still the same? ---- */

static void cut_lines(const struct pkt *pkt, uint32_t *frames)
{
	for (size_t i = 0; i < pkt->line_count; i++)
		frames[i] = pkt->lines[i].kept;
}

static bool cut_same_wide(const struct pkt_replay *a, const struct pkt_replay *b)
{
	bool same = a->wide_count == b->wide_count;

	for (size_t i = 0; same && i < a->wide_count; i++)
		same = a->wide[i].finding.rule == b->wide[i].finding.rule &&
		       a->wide[i].finding.severity == b->wide[i].finding.severity;
	return same;
}

/* Which connections must stay whole? False: it is not to be told. */
static bool cut_compare(struct cut *cut, const struct pkt_replay *whole,
			const struct pkt_replay *cropped, const uint32_t *frames,
			bool *same)
{
	const struct te_connection *a, *b;
	size_t i;

	*same = true;
	if (whole->connections != cropped->connections || !cut_same_wide(whole, cropped))
		return false;
	for (i = 0; (a = hold_at(whole->told, i)) != NULL; i++) {
		b = hold_at(cropped->told, i);
		if (b == NULL || a->number != b->number)
			return false;
		if (pkt_replay_same(a, cut->frames, b, frames))
			continue;
		*same = false;
		cut->pkt->flows[cut->pkt->kept[cut->frames[a->frame - 1]].flow].whole =
		    true;
	}
	return hold_at(cropped->told, i) == NULL;
}

static void cut_keep_whole(struct cut *cut, bool all)
{
	const struct pkt *pkt = cut->pkt;

	for (size_t i = 0; i < pkt->kept_count; i++)
		if (all || (pkt->kept[i].flow != PKT_NONE &&
			    pkt->flows[pkt->kept[i].flow].whole))
			cut->keep[i] = true;
}

static void cut_run(struct cut *cut, struct pkt_replay *replay)
{
	pkt_mask(cut->pkt, cut->keep, cut->end);
	if (!cut->pkt->failed)
		pkt_replay_run(cut->pkt, replay);
	cut->pkt->failed |= replay->failed;
}

/* The shortest that says the same, or false: it is not found. */
static bool cut_shorten(struct cut *cut, const struct pkt_replay *whole,
			struct pkt_replay *replay, uint32_t *frames)
{
	bool same = false;

	for (unsigned i = 0; i < CUT_TRIES && !cut->pkt->failed; i++) {
		cut_run(cut, replay);
		if (cut->pkt->failed)
			break;
		cut_lines(cut->pkt, frames);
		if (!cut_compare(cut, whole, replay, frames, &same))
			break;
		if (same)
			return true;
		pkt_replay_free(replay);
		cut_keep_whole(cut, false);
	}
	pkt_replay_free(replay);
	return false;
}

static void cut_all(struct cut *cut, struct pkt_replay *replay)
{
	struct pkt_replay whole = { 0 };
	uint32_t *frames = calloc(cut->pkt->kept_count + 1, sizeof(*frames));

	cut->pkt->failed |= frames == NULL;
	cut_keep_whole(cut, true);
	cut_run(cut, &whole);
	cut_lines(cut->pkt, cut->frames);
	if (!cut->pkt->failed) {
		memset(cut->keep, 0, cut->pkt->kept_count * sizeof(*cut->keep));
		cut_mark_told(cut, &whole);
		cut_count(cut);
		cut_choose(cut);
	}
	if (!cut->pkt->failed && !cut_shorten(cut, &whole, replay, frames)) {
		cut_keep_whole(cut, true);
		cut_run(cut, replay);
	}
	free(frames);
	pkt_replay_free(&whole);
}

void pkt_cut(struct pkt *pkt, struct pkt_replay *replay, te_time end)
{
	struct cut cut;

	if (cut_new(&cut, pkt, end))
		cut_all(&cut, replay);
	else
		pkt->failed = true;
	cut_free(&cut);
}
