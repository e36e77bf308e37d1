/* attempt.c - trails of connections that came to nothing
 *
 * What rules may decide otherwise is played (play.c).
 */
#include "attempt.h"

#include <stdlib.h>

/* Segments: a kernel repeats its SYN six times, and hardly any more often. */
enum { ATTEMPT_MOST = 12 };

struct attempts {
	struct stencil unanswered, refused;
	struct note notes[ATTEMPT_MOST];
};

/* RFC 9293 3.10.7.1. The RST passed; nothing shows that it arrived. */
static void refuse(struct conn *conn)
{
	struct end *client = &conn->end[SIDE_A], *server = &conn->end[SIDE_B];

	client->state = server->state = TE_CLOSED;
	client->visited |= 1u << TE_CLOSED;
	server->visited = 1u << TE_CLOSED;
	client->presumed = client->killed = true;
	server->packets = 1;
	server->rst_frame = 1; /* whichever */
}

struct attempts *attempts_new(bool evicted)
{
	struct attempts *attempts = calloc(1, sizeof(*attempts));

	if (!attempts)
		return NULL;
	stencil_begin(&attempts->unanswered);
	stencil_begin(&attempts->refused);
	refuse(&attempts->refused.conn);
	attempts->unanswered.conn.evicted = attempts->refused.conn.evicted = evicted;
	attempts->unanswered.conn.notes = attempts->refused.conn.notes = attempts->notes;
	stencil_judge(&attempts->unanswered);
	stencil_judge(&attempts->refused);
	return attempts;
}

/* ---- what came behind the SYN ---- */

struct rest {
	struct te_segment syn; /* the last one */
	te_time refused;       /* when a RST+ACK did that; TE_TIME_NONE: none did */
	uint32_t repeats;
	te_time gap; /* between the last two SYNs */
};

static void note(struct attempts *attempts, uint32_t at, const struct trail *trail,
		 const struct te_segment *seg, enum note_kind kind)
{
	attempts->notes[at] = (struct note){ .time = seg->time,
					     .frame = seg->frame,
					     .file = trail->file,
					     .kind = (uint8_t)kind };
}

static bool is_bare_syn(const struct te_segment *seg)
{
	return (seg->flags & (TE_SYN | TE_ACK | TE_FIN | TE_RST)) == TE_SYN && !seg->len;
}

/* The client's own, neither captured twice nor a copy that the network made: measure.c's
 * timestamps and IP IDs. */
static bool is_repeat(const struct te_segment *syn, const struct te_segment *seg)
{
	if (!is_bare_syn(seg) || seg->seq != syn->seq ||
	    (seg->has & TE_HAS_TS) != (syn->has & TE_HAS_TS))
		return false;
	if (seg->has & TE_HAS_TS)
		return seq_gt(seg->tsval, syn->tsval);
	return seg->ip_id && seg->ip_id != syn->ip_id;
}

/* RFC 9293 3.10.7.1 */
static bool is_refusal(const struct te_segment *syn, const struct te_segment *seg)
{
	return seg->flags == (TE_RST | TE_ACK) && !seg->len && seg->ack == syn->seq + 1;
}

/* False: it is more than an attempt. */
static bool read_rest(struct attempts *attempts, const struct trail *trail,
		      struct rest *rest)
{
	struct trail_reader reader;
	struct te_segment seg;
	int from;

	trail_read(&reader, trail);
	trail_next(&reader, &rest->syn);
	while ((from = trail_next(&reader, &seg)) >= 0) {
		if (rest->refused != TE_TIME_NONE)
			return false;
		if (from == 1 && is_refusal(&rest->syn, &seg)) {
			rest->refused = seg.time;
			note(attempts, rest->repeats, trail, &seg, NOTE_RST);
		} else if (from == 0 && is_repeat(&rest->syn, &seg)) {
			rest->gap = seg.time - rest->syn.time;
			rest->syn = seg;
			note(attempts, rest->repeats++, trail, &seg, NOTE_SYN_REPEAT);
		} else {
			return false;
		}
	}
	return true;
}

bool attempt_repeats(const struct trail *trail, const struct te_segment *syn)
{
	struct trail_reader reader;
	struct te_segment seg;
	int from;

	if (!is_bare_syn(syn) || trail->count >= ATTEMPT_MOST - 1)
		return false;
	trail_read(&reader, trail);
	while ((from = trail_next(&reader, &seg)) >= 0)
		if (from != 0 || !is_bare_syn(&seg) || seg.seq != syn->seq)
			return false;
	return true;
}

/* ---- one of them ---- */

static void set_syn(struct stencil *attempt, const struct trail *trail)
{
	struct end *end = attempt->conn.end;

	stencil_fill(attempt, trail);
	attempt->conn.note_count = 0;
	end[SIDE_A].packets = 1;
	end[SIDE_A].syn_repeats = 0;
	end[SIDE_A].retransmits = 0;
	end[SIDE_A].since = end[SIDE_B].since = trail->first;
}

static void set_rest(struct attempts *attempts, struct stencil *attempt,
		     const struct rest *rest)
{
	struct conn *conn = &attempt->conn;
	struct end *client = &conn->end[SIDE_A];

	conn->note_count = client->syn_repeats = rest->repeats;
	client->packets = rest->repeats + 1;
	client->retransmits = rest->repeats;
	client->syn_last = conn->last = rest->syn.time;
	client->syn_gap = rest->gap;
	if (rest->refused == TE_TIME_NONE)
		return;
	conn->note_count++;
	attempts->notes[rest->repeats].side = SIDE_B;
	attempts->notes[rest->repeats].value = RST_REFUSED;
	conn->last = rest->refused;
	client->since = conn->end[SIDE_B].since = rest->refused;
}

static struct stencil *read_longer(struct attempts *attempts, const struct trail *trail)
{
	struct rest rest = { .refused = TE_TIME_NONE };
	struct stencil *attempt;

	if (!read_rest(attempts, trail, &rest))
		return NULL;
	attempt =
	    rest.refused == TE_TIME_NONE ? &attempts->unanswered : &attempts->refused;
	set_syn(attempt, trail);
	set_rest(attempts, attempt, &rest);
	return attempt;
}

static struct stencil *read_lone(struct attempts *attempts, const struct trail *trail)
{
	set_syn(&attempts->unanswered, trail);
	return &attempts->unanswered;
}

const struct te_connection *attempt_of_lone(const struct attempts *attempts)
{
	return &attempts->unanswered.view;
}

struct stencil *attempt_read(struct attempts *attempts, const struct trail *trail)
{
	const uint8_t no_attempt = TRAIL_MARKED | TRAIL_FIN | TRAIL_FIN << 1;

	if (trail->count > ATTEMPT_MOST || trail->bits & no_attempt)
		return NULL;
	return trail_is_lone(trail) ? read_lone(attempts, trail)
				    : read_longer(attempts, trail);
}
