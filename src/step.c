/* step.c - one event at one end: the table, the log of transitions, the notes, undo */
#include "conn_parts.h"

#include <stdlib.h>

te_time end_rtt(const struct end *end)
{
	/* states.md: an end that was never measured counts as a quarter of a second away
	 */
	return end->rtt == TE_TIME_NONE ? 250 * TE_MS : end->rtt;
}

bool end_is_final(const struct end *end)
{
	return end->state == TE_CLOSED || end->state == TE_TIME_WAIT;
}

bool conn_is_passive(const struct conn *conn, enum side side)
{
	return !conn->end[side].opener;
}

/* Room for one more of `item_size` bytes; the list doubles. NULL: out of memory. */
static void *grow(void *list, uint32_t count, uint32_t *size, size_t item_size)
{
	uint32_t want = *size ? *size * 2 : 8;
	void *grown;

	if (count < *size)
		return list;
	grown = realloc(list, want * item_size);
	if (grown)
		*size = want;
	return grown;
}

/* NULL: nobody wants it, or there is no memory. */
static struct log_entry *log_room(struct conn *conn)
{
	struct log_entry *log = conn->log;

	if (conn->trial == CONN_TRIAL)
		return NULL;
	if (conn->log_count == conn->log_size) {
		log = grow(log, conn->log_count, &conn->log_size, sizeof(*log));
		if (!log) {
			conn->out_of_memory = true;
			return NULL;
		}
		conn->log = log;
	}
	return &log[conn->log_count++];
}

void conn_log(struct conn *conn, enum side side, te_time time,
	      const struct state_step *step, const struct origin *origin)
{
	const struct end *end = &conn->end[side];
	struct log_entry *entry = log_room(conn);

	if (!entry)
		return;
	*entry = (struct log_entry){
		.time = time,
		.frame = origin->frame,
		.proof = origin->proof,
		.file = origin->file,
		.rfc = step->rfc,
		.side = (uint8_t)side,
		.from = end->state,
		.to = step->to,
		.basis = (uint8_t)(step->assumed ? TE_ASSUMED : origin->basis),
		.certain = !end->assumed && !step->assumed && !origin->doubtful &&
			   origin->basis != TE_PRESUMED && origin->basis != TE_TIMER,
	};
}

/* Only what an end does can be impossible; what it is sent may be anything. */
static bool is_impossible(enum state_event event)
{
	return event == STATE_SND_SYN || event == STATE_SND_SYNACK ||
	       event == STATE_SND_FIN || event == STATE_SND_RST;
}

static __attribute__((noinline)) void note_impossible(struct conn *conn, enum side side,
						      enum state_event event,
						      const struct origin *origin)
{
	struct te_segment at = { .time = origin->time,
				 .frame = origin->frame,
				 .file = origin->file };

	if (!is_impossible(event) || conn->end[side].impossible)
		return;
	conn->end[side].impossible = true;
	conn_note(conn, side, NOTE_IMPOSSIBLE, &at, event);
}

static bool is_reset(enum state_event event)
{
	const unsigned resets =
	    1u << STATE_SND_RST | 1u << STATE_SND_RST_REPLY | 1u << STATE_RCV_RST;

	return resets >> event & 1;
}

/* How long an end had been silent in CLOSE_WAIT when it left it. */
static void measure_silence(struct end *end, te_time now)
{
	te_time from = end->last_useful > end->since ? end->last_useful : end->since;

	if (now - from > end->close_wait_silence)
		end->close_wait_silence = now - from;
}

bool conn_move(struct conn *conn, enum side side, enum state_event event,
	       const struct origin *origin)
{
	struct end *end = &conn->end[side];
	const struct state_step *step = state_step(end->state, event);
	te_time time = origin->time;

	/* A receipt that waited was complete only after the end's last own step. */
	if (end->visited && time < end->since)
		time = end->since;
	if (!step->known) {
		note_impossible(conn, side, event, origin);
		return false;
	}
	if (step->to == end->state)
		return true;
	if (end->state == TE_CLOSE_WAIT)
		measure_silence(end, time);
	if (conn->keep_log)
		conn_log(conn, side, time, step, origin);
	if (end->state == TE_SYN_RCVD)
		conn->left_syn_rcvd = time;
	if (is_reset(event))
		end->killed |= end->state != TE_TIME_WAIT;
	end->state = step->to;
	end->visited |= (uint16_t)(1u << step->to);
	end->since = time;
	end->assumed |= step->assumed;
	end->presumed = !step->assumed && origin->basis == TE_PRESUMED;
	end->doubted = origin->doubtful;
	return true;
}

void conn_arm_undo(struct conn *conn, enum side side)
{
	struct end *end = &conn->end[side];

	end->undo = (struct undo){ .state = end->state,
				   .presumed = end->presumed,
				   .doubted = end->doubted,
				   .visited = end->visited,
				   .killed = end->killed,
				   .armed = true,
				   .log_mark = conn->log_count };
}

bool conn_undo(struct conn *conn, enum side side)
{
	struct end *end = &conn->end[side], *peer = &conn->end[side_other(side)];
	uint32_t kept = end->undo.log_mark, peer_mark = peer->undo.log_mark;

	if (!end->undo.armed)
		return false;
	for (uint32_t i = kept; i < conn->log_count; i++) {
		if (i == peer->undo.log_mark)
			peer_mark = kept; /* it moves with what it marks */
		if (conn->log[i].side != side)
			conn->log[kept++] = conn->log[i];
	}
	if (peer->undo.log_mark >= conn->log_count)
		peer_mark = kept;
	conn->log_count = kept;
	peer->undo.log_mark = peer_mark;
	end->state = end->undo.state;
	end->presumed = end->undo.presumed;
	end->doubted = end->undo.doubted;
	end->visited = end->undo.visited;
	end->killed = end->undo.killed;
	end->undo.armed = false;
	return true;
}

void conn_note(struct conn *conn, enum side side, enum note_kind kind,
	       const struct te_segment *seg, uint32_t value)
{
	struct note *notes;

	if (conn->trial != CONN_REAL || conn->note_count == CONN_NOTES)
		return;
	notes = grow(conn->notes, conn->note_count, &conn->note_size, sizeof(*notes));
	if (!notes) {
		conn->out_of_memory = true;
		return;
	}
	conn->notes = notes;
	notes[conn->note_count++] = (struct note){ .time = seg->time,
						   .frame = seg->frame,
						   .file = seg->file,
						   .kind = (uint8_t)kind,
						   .side = (uint8_t)side,
						   .state = conn->end[side].state,
						   .value = value };
}
