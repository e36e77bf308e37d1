/* live.c - what is settled by now, what of it is news, what was told and is void */
#include "live.h"
#include "conn_parts.h"
#include "engine.h"

#include <stdlib.h>
#include <string.h>

/* ---- settling ---- */

/* How long evidence against a receipt can take: states.md 1, "Settling". Linux repeats a
 * SYN+ACK 1.00 to 1.02 s after it, so the handshake's ACK waits longer. */
static te_time delay(const struct conn *conn, const struct receipt *r)
{
	const struct end *end = &conn->end[r->to];
	te_time trip = end_rtt(&conn->end[SIDE_A]) + end_rtt(&conn->end[SIDE_B]);
	te_time wait = end->state == TE_SYN_RCVD ? end->syn_gap : end->refused_wait;
	te_time least = r->kind == RECEIPT_ACK_OF_SYN ? 3500 * TE_MS : 1500 * TE_MS;

	if (wait * 5 / 2 > least)
		least = wait * 5 / 2;
	return 4 * trip > least ? 4 * trip : least;
}

/* These demand an answer (RFC 1122 4.2.3.2): time alone never settles them. */
static bool wants_answer(const struct receipt *r)
{
	return r->kind == RECEIPT_SYN || r->kind == RECEIPT_SYNACK ||
	       r->kind == RECEIPT_FIN;
}

/* The next of one end, in order of passing, if it is due. */
static struct receipt *next_due(struct conn *conn, enum side to, te_time now)
{
	struct receipt *best = NULL;

	for (unsigned i = 0; i < conn->receipt_count; i++) {
		struct receipt *r = &conn->receipts[i];

		if (r->to == to && !r->contradicted && !wants_answer(r) &&
		    (!best || r->time < best->time))
			best = r;
	}
	return best && best->time + delay(conn, best) <= now ? best : NULL;
}

const struct conn *live_trial(struct live *live, const struct conn *conn, te_time now)
{
	struct conn *trial = &live->trial;
	struct receipt *r;

	if (live->log_size < conn->log_count + 8) {
		uint32_t size = conn->log_count + 32;
		void *grown = realloc(live->log, size * sizeof(*live->log));

		if (!grown)
			return NULL;
		live->log = grown;
		live->log_size = size;
	}
	if (conn->log_count)
		memcpy(live->log, conn->log, conn->log_count * sizeof(*live->log));
	*trial = *conn;
	trial->trial = CONN_TRIAL_LOGGED;
	trial->log = live->log;
	trial->log_size = live->log_size;
	for (int side = SIDE_A; side <= SIDE_B; side++)
		while ((r = next_due(trial, (enum side)side, now)))
			receipt_apply(trial, r, NULL, TE_PRESUMED);
	live->log = trial->log; /* it may have grown */
	live->log_size = trial->log_size;
	return trial;
}

bool live_is_settled(const struct conn *trial)
{
	for (unsigned i = 0; i < trial->receipt_count; i++)
		if (!trial->receipts[i].contradicted &&
		    !wants_answer(&trial->receipts[i]))
			return false;
	return true;
}

/* ---- news ---- */

static bool is_told(const struct told *told, const struct log_entry *entry)
{
	return told->side == entry->side && told->to == entry->to &&
	       told->frame == entry->frame;
}

static uint32_t next_told(const struct conn *conn, enum side side, uint32_t i)
{
	while (i < conn->told_count && conn->told[i].side != side)
		i++;
	return i;
}

/* How many of one end's transitions were told as they are now. */
static uint32_t told_right(const struct conn *conn, const struct conn *settled,
			   enum side side, uint32_t *first_wrong)
{
	uint32_t right = 0, t = next_told(conn, side, 0);

	for (uint32_t i = 0; i < settled->log_count && t < conn->told_count; i++) {
		if (settled->log[i].side != side)
			continue;
		if (!is_told(&conn->told[t], &settled->log[i]))
			break;
		right++;
		t = next_told(conn, side, t + 1);
	}
	*first_wrong = t;
	return right;
}

static bool room(void **list, size_t *size, size_t want, size_t item)
{
	void *grown;

	if (want <= *size)
		return true;
	grown = realloc(*list, (want + 16) * item);
	if (!grown)
		return false;
	*list = grown;
	*size = want + 16;
	return true;
}

/* Take back what one end was told to have done from `first` on. */
static size_t void_from(struct live *live, struct conn *conn, enum side side,
			uint32_t first, size_t count)
{
	uint32_t kept = first;

	for (uint32_t i = first; i < conn->told_count; i++) {
		if (conn->told[i].side == side)
			live->voids[count++] = conn->told[i].n;
		else
			conn->told[kept++] = conn->told[i];
	}
	conn->told_count = kept;
	return count;
}

static const char *why(const struct conn *conn)
{
	static const char *const words[] = {
		[NOTE_SYN_REPEAT] = "syn-repeated",
		[NOTE_SYNACK_REPEAT] = "synack-repeated",
		[NOTE_HANDSHAKE_ACK_IGNORED] = "handshake-ack-ignored",
		[NOTE_FIN_REPEAT] = "fin-repeated",
		[NOTE_ACK_OF_FIN_LOST] = "final-ack-lost",
		[NOTE_FIN_LOST] = "fin-lost",
		[NOTE_RST] = "rst",
		[NOTE_RST_LOST] = "rst-lost",
		[NOTE_BAD_SYNACK] = "synack-bad-ack",
		[NOTE_SYNACK_CHANGED] = "synack-changed",
		[NOTE_SYN_INSIDE] = "syn-on-established",
		[NOTE_IMPOSSIBLE] = "impossible-event",
		[NOTE_FIN_MOVED] = "fin-moved",
		[NOTE_ACK_OF_UNSENT] = "ack-of-unsent",
	};
	const char *word = NULL;
	uint32_t i = conn->note_count;

	if (conn->disowned)
		return "forged";
	/* Of several that one segment shows, the first says what it means. */
	while (i-- > 0 && conn->notes[i].frame == conn->notes[conn->note_count - 1].frame)
		if (conn->notes[i].kind < sizeof(words) / sizeof(words[0]) &&
		    words[conn->notes[i].kind])
			word = words[conn->notes[i].kind];
	return word ? word : "order";
}

static bool remember(struct conn *conn, const struct log_entry *entry)
{
	size_t size = conn->told_size;

	if (!room((void **)&conn->told, &size, conn->told_count + 1, sizeof(*conn->told)))
		return false;
	conn->told_size = (uint32_t)size;
	conn->told[conn->told_count++] = (struct told){ .frame = entry->frame,
							.n = ++conn->told_n,
							.side = entry->side,
							.to = entry->to };
	return true;
}

/* The settled transitions behind the first `right` of each end, in the order of the log.
 */
static size_t tell_rest(struct live *live, struct conn *conn, const struct conn *settled,
			const uint32_t right[2])
{
	uint32_t seen[2] = { 0, 0 };
	size_t count = 0;

	for (uint32_t i = 0; i < settled->log_count; i++) {
		const struct log_entry *entry = &settled->log[i];

		if (seen[entry->side]++ < right[entry->side])
			continue;
		if (!room((void **)&live->fresh, &live->fresh_size, count + 1,
			  sizeof(*live->fresh)) ||
		    !remember(conn, entry))
			break;
		live->fresh[count++] = verdict_transition(conn, entry);
	}
	return count;
}

bool live_news(struct live *live, struct conn *conn, const struct conn *settled,
	       te_time now, struct te_connection *view)
{
	uint32_t right[2], wrong;
	size_t voided = 0;

	if (!room((void **)&live->voids, &live->void_size, conn->told_count,
		  sizeof(*live->voids)))
		return false;
	for (int side = SIDE_A; side <= SIDE_B; side++) {
		right[side] = told_right(conn, settled, (enum side)side, &wrong);
		voided = void_from(live, conn, (enum side)side, wrong, voided);
	}
	view->told = conn->told_n;
	view->transition_count = tell_rest(live, conn, settled, right);
	view->transitions = live->fresh;
	if (voided) {
		live->revision = (struct te_revision){ .voids = live->voids,
						       .count = voided,
						       .time = now,
						       .frame = conn->last_frame,
						       .why = why(conn) };
		view->revision = &live->revision;
	}
	return voided || view->transition_count;
}

void live_free(struct live *live)
{
	free(live->log);
	free(live->fresh);
	free(live->voids);
}
