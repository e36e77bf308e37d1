/* settle.c - no more will come: what is pending is presumed, or left as it was proven */
#include "conn_parts.h"

static bool reset_meanwhile(const struct conn *conn, const struct receipt *fin)
{
	for (unsigned i = 0; i < conn->receipt_count; i++) {
		const struct receipt *r = &conn->receipts[i];

		if (r->to == fin->to && r->kind == RECEIPT_RST && !r->contradicted)
			return true;
	}
	return false;
}

static const struct receipt *first_copy(const struct conn *conn, const struct receipt *of)
{
	for (unsigned i = 0; i < conn->receipt_count; i++) {
		const struct receipt *r = &conn->receipts[i];

		if (r->to == of->to && r->kind == of->kind && !r->contradicted)
			return r;
	}
	return of;
}

static const struct receipt *fin_of_same_segment(const struct conn *conn,
						 const struct receipt *ack)
{
	for (unsigned i = 0; i < conn->receipt_count; i++) {
		const struct receipt *r = &conn->receipts[i];

		if (r->kind == RECEIPT_FIN && r->to == ack->to && r->frame == ack->frame)
			return r;
	}
	return NULL;
}

/* The handshake's ACK passed, then data, again and again, and this end acknowledges none
 * of it: a request socket that a full accept queue keeps, or nobody (linux.md 2). */
bool settle_data_unanswered(const struct conn *conn, enum side side)
{
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	return self->state == TE_SYN_RCVD && peer->snd_known &&
	       seq_gt(peer->snd_nxt, peer->iss + 1 + peer->syn_len) &&
	       peer->retransmits > peer->syn_repeats;
}

/* RFC 1122 4.2.3.2: an ACK comes within half a second. A FIN or SYN+ACK that was
 * repeated, or is old enough and unanswered, is not presumed received. */
static bool is_unanswered(const struct conn *conn, const struct receipt *r, te_time now)
{
	const struct end *target = &conn->end[r->to],
			 *sender = &conn->end[side_other(r->to)];
	const struct receipt *fin;
	te_time patience;

	if (r->kind == RECEIPT_ACK_OF_FIN && (fin = fin_of_same_segment(conn, r)))
		r = fin;
	if (r->kind == RECEIPT_ACK_OF_FIN)
		return false;
	patience = TE_SEC / 2 + 2 * end_rtt(target);
	if (r->kind == RECEIPT_FIN)
		return (sender->fin_repeats || now - r->time > patience) &&
		       !reset_meanwhile(conn, r);
	if (r->kind == RECEIPT_ACK_OF_SYN)
		return settle_data_unanswered(conn, r->to) && now - r->time > patience;
	if (r->kind == RECEIPT_SYNACK)
		return now - first_copy(conn, r)->time > patience;
	return false;
}

static struct receipt *next_to_presume(struct conn *conn, te_time now)
{
	struct receipt *best = NULL;

	for (unsigned i = 0; i < conn->receipt_count; i++) {
		struct receipt *r = &conn->receipts[i];

		if (!r->contradicted && !is_unanswered(conn, r, now) &&
		    (!best || receipt_before(r, best)))
			best = r;
	}
	return best;
}

void conn_settle(struct conn *conn, te_time now)
{
	struct receipt *r;

	while (conn->receipt_count && (r = next_to_presume(conn, now)))
		receipt_apply(conn, r, NULL, TE_PRESUMED);
	conn->settled = true;
}

bool conn_is_over(const struct conn *conn, te_time now)
{
	struct conn trial = *conn;

	trial.trial = CONN_TRIAL;
	conn_settle(&trial, now);
	return end_is_final(&trial.end[SIDE_A]) && end_is_final(&trial.end[SIDE_B]);
}

/* The first, in order of passing, that closes something. */
static struct receipt *next_of_close(struct conn *conn, enum side self, te_time before)
{
	struct receipt *best = NULL;

	for (unsigned i = 0; i < conn->receipt_count; i++) {
		struct receipt *r = &conn->receipts[i];

		if (r->to == self && r->time <= before &&
		    (!best || receipt_before(r, best)) &&
		    (r->kind == RECEIPT_FIN || r->kind == RECEIPT_ACK_OF_FIN))
			best = r;
	}
	return best;
}

void conn_prove_over(struct conn *conn, enum side self, uint64_t frame, te_time time)
{
	struct te_segment proof = { .frame = frame };
	struct receipt *r;

	while (conn->end[self].fin_sent && (r = next_of_close(conn, self, time)))
		receipt_apply(conn, r, &proof, TE_ACKED);
}

void conn_expire(struct conn *conn, te_time time_wait)
{
	struct origin origin = { .time = conn->last + time_wait,
				 .file = conn->last_file,
				 .basis = TE_TIMER };

	for (int i = 0; i < 2; i++)
		if (conn->end[i].state == TE_TIME_WAIT)
			conn_move(conn, (enum side)i, STATE_TIMER_2MSL, &origin);
}
