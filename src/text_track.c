/* text_track.c - the segments of each connection, until it is told
 *
 * What a timeline draws is known only when its connection is told: the states may be
 * settled long after the segments passed. Kept are the segments that can change a
 * state (SYN, FIN, RST, each end's first, the first to cover a SYN or FIN); between
 * them a run of ordinary ones is one step. With -v every segment is a step, as long as
 * there is room.
 */
#include "config.h"

#define HASH_NONFATAL_OOM 1
/* Numbers of connections come in sequence: one multiplication spreads them. */
#define HASH_FUNCTION(key, len, hash) (hash) = track_hash(key, len)
#define uthash_nonfatal_oom(element) (element)->homeless = true

#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum {
	MAX_STEPS = 100000,      /* of one connection */
	MAX_ALL_STEPS = 4000000, /* of all that are kept at once */
};

struct track {
	uint64_t number;
	struct text_step *steps;
	size_t count, size;
	uint64_t left_out;
	struct te_addr addr; /* of the end that was seen first */
	uint16_t port;
	bool spoke[2];
	bool waits[2]; /* a SYN or FIN of this end is not covered yet */
	uint32_t need[2];
	bool homeless; /* not in the table: out of memory */
	UT_hash_handle hh;
};

struct text_tracks {
	struct track *table;
	size_t all_steps;
};

static unsigned track_hash(const void *key, size_t len)
{
	uint64_t number = 0;

	memcpy(&number, key, len < sizeof(number) ? len : sizeof(number));
	return (unsigned)(number * 0x9e3779b97f4a7c15u >> 32);
}

bool text_tracks_new(struct text *text)
{
	text->tracks = calloc(1, sizeof(*text->tracks));
	return text->tracks != NULL;
}

static struct track *find(const struct text_tracks *tracks, uint64_t number)
{
	struct track *track = NULL;

	HASH_FIND(hh, tracks->table, &number, sizeof(number), track);
	return track;
}

static struct track *add(struct text_tracks *tracks, const struct te_passing *passing)
{
	struct track *track = calloc(1, sizeof(*track));

	if (track == NULL)
		return NULL;
	track->number = passing->connection;
	track->addr = passing->segment->src;
	track->port = passing->segment->src_port;
	HASH_ADD(hh, tracks->table, number, sizeof(track->number), track);
	if (track->homeless) {
		free(track);
		return NULL;
	}
	return track;
}

static bool same_end(const struct te_segment *segment, const struct track *track)
{
	return segment->src_port == track->port &&
	       memcmp(&segment->src, &track->addr, sizeof(track->addr)) == 0;
}

/* Roles may be turned round later, so senders are told apart by address; only who talks
 * to itself needs the role. */
static unsigned sender_of(const struct te_passing *passing, const struct track *track)
{
	const struct te_segment *segment = passing->segment;

	if (segment->src_port == segment->dst_port &&
	    memcmp(&segment->src, &segment->dst, sizeof(segment->src)) == 0)
		return passing->from == TE_SERVER;
	return same_end(segment, track) ? 0 : 1;
}

/* Whether it can be part of a run; notes what later ones may cover. */
static bool take_note(struct track *track, const struct te_passing *passing,
		      unsigned sender)
{
	const struct te_segment *segment = passing->segment;
	unsigned peer = 1 - sender;
	bool first = !track->spoke[sender];
	bool marked = (segment->flags & (TE_SYN | TE_FIN | TE_RST)) != 0;
	bool covers = (segment->flags & TE_ACK) != 0 && track->waits[peer] &&
		      (int32_t)(passing->rel_ack - track->need[peer]) >= 0;

	track->spoke[sender] = true;
	if (covers)
		track->waits[peer] = false;
	if ((segment->flags & (TE_SYN | TE_FIN)) != 0) {
		track->waits[sender] = true;
		track->need[sender] = passing->rel_seq + segment->len + 1;
	}
	return !first && !marked && !covers;
}

static struct text_step *new_step(struct text_tracks *tracks, struct track *track)
{
	if (track->count >= MAX_STEPS || tracks->all_steps >= MAX_ALL_STEPS)
		return NULL;
	if (track->count == track->size) {
		size_t size = track->size > 0 ? 2 * track->size : 8;
		struct text_step *steps = realloc(track->steps, size * sizeof(*steps));

		if (steps == NULL)
			return NULL;
		track->steps = steps;
		track->size = size;
	}
	tracks->all_steps++;
	return &track->steps[track->count++];
}

static void fill_step(struct text_step *step, const struct te_passing *passing,
		      unsigned sender)
{
	const struct te_segment *segment = passing->segment;

	*step = (struct text_step){
		.time = segment->time,
		.first = segment->frame,
		.file = segment->file,
		.seq = passing->rel_seq,
		.ack = passing->rel_ack,
		.len = segment->len,
		.flags = segment->flags,
		.sender = (uint8_t)sender,
	};
}

static void count_in(struct text_step *step, const struct te_passing *passing,
		     unsigned sender)
{
	step->last = passing->segment->frame;
	step->bytes[sender] += passing->segment->len;
	step->segments++;
	step->repeats += passing->repeat;
	step->duplicates += passing->duplicate;
}

static void take_segment(struct text *text, struct track *track,
			 const struct te_passing *passing)
{
	unsigned sender = sender_of(passing, track);
	bool ordinary = take_note(track, passing, sender);
	bool full = track->count >= MAX_STEPS;
	struct text_step *last =
	    track->count > 0 ? &track->steps[track->count - 1] : NULL;
	struct text_step *step;

	if (ordinary && last != NULL && last->run &&
	    last->file == passing->segment->file) {
		count_in(last, passing, sender);
		return;
	}
	step = full ? NULL : new_step(text->tracks, track);
	if (step == NULL) {
		track->left_out++;
		return;
	}
	fill_step(step, passing, sender);
	/* the last step of a full track takes in whatever is ordinary from there on */
	step->run = ordinary && (text->run->verbose == 0 || track->count == MAX_STEPS);
	count_in(step, passing, sender);
}

void text_tracks_passing(struct text *text, const struct te_passing *passing)
{
	struct track *track = find(text->tracks, passing->connection);

	if (passing->duplicate && text->run->verbose == 0)
		return;
	if (track == NULL)
		track = add(text->tracks, passing);
	if (track != NULL)
		take_segment(text, track, passing);
}

struct text_track text_track_find(const struct text *text, uint64_t connection)
{
	const struct track *track =
	    text->tracks != NULL ? find(text->tracks, connection) : NULL;

	if (track == NULL)
		return (struct text_track){ .steps = NULL };
	return (struct text_track){
		.steps = track->steps,
		.count = track->count,
		.left_out = track->left_out,
		.addr = track->addr,
		.port = track->port,
	};
}

static void drop(struct text_tracks *tracks, struct track *track)
{
	HASH_DEL(tracks->table, track);
	tracks->all_steps -= track->count;
	free(track->steps);
	free(track);
}

void text_track_drop(struct text *text, uint64_t connection)
{
	struct track *track =
	    text->tracks != NULL ? find(text->tracks, connection) : NULL;

	if (track != NULL)
		drop(text->tracks, track);
}

void text_tracks_free(struct text *text)
{
	struct track *track, *next;

	if (text->tracks == NULL)
		return;
	HASH_ITER (hh, text->tracks->table, track, next)
		drop(text->tracks, track);
	free(text->tracks);
	text->tracks = NULL;
}
