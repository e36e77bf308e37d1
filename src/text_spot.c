/* text_spot.c - where on a timeline transitions and findings are drawn */
#include "config.h"

#include "text.h"

#include <stdlib.h>

static bool holds(const struct text_step *step, uint32_t file, uint64_t frame)
{
	return step->file == file && step->first <= frame && frame <= step->last;
}

/* The step with this frame; else the last one before this time. */
static struct text_spot find_spot(const struct text_track *track, uint32_t file,
				  uint64_t frame, te_time time)
{
	struct text_spot spot = { .step = 0 };

	for (size_t i = 0; i < track->count; i++) {
		const struct text_step *step = &track->steps[i];

		if (frame > 0 && holds(step, file, frame))
			return (struct text_spot){ .step = i, .inside = true };
		if (step->time <= time)
			spot.step = i;
	}
	return spot;
}

static struct text_spot finding_spot(const struct text_track *track,
				     const struct te_finding *finding)
{
	struct text_spot end = { .step = track->count };
	struct text_spot spot;

	if (finding->frame_count == 0 || finding->still)
		return end;
	spot = find_spot(track, finding->file, finding->frames[0], finding->time);
	return spot.inside ? spot : end;
}

/* Transitions keep their order: one that is dated before the end's previous one, as what
 * was on its way may be, stands below that. */
static void transition_spots(struct text_spot *spots, const struct text_track *track,
			     const struct te_connection *connection)
{
	size_t least[2] = { 0, 0 };

	for (size_t i = 0; i < connection->transition_count; i++) {
		const struct te_transition *transition = &connection->transitions[i];
		size_t *before = &least[transition->end == TE_SERVER];

		spots[i] = find_spot(track, transition->file, transition->frame,
				     transition->time);
		if (spots[i].step < *before)
			spots[i] = (struct text_spot){ .step = *before };
		*before = spots[i].step;
	}
}

bool text_spots_find(struct text_spots *spots, const struct text_track *track,
		     const struct te_connection *connection)
{
	/* one more, so that none is no failure */
	spots->transitions =
	    calloc(connection->transition_count + 1, sizeof(*spots->transitions));
	spots->findings = calloc(connection->finding_count + 1, sizeof(*spots->findings));
	if (spots->transitions == NULL || spots->findings == NULL)
		return false;
	transition_spots(spots->transitions, track, connection);
	for (size_t i = 0; i < connection->finding_count; i++)
		spots->findings[i] = finding_spot(track, &connection->findings[i]);
	return true;
}

void text_spots_free(struct text_spots *spots)
{
	free(spots->transitions);
	free(spots->findings);
}
