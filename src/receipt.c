/* receipt.c - segments on their way to an end
 *
 * A segment that passes the tap toward an end proves nothing about that end yet: it can
 * be lost behind the tap, wait behind a hole, or cross with what the end sends. It waits
 * here until the end proves it, contradicts it, or the input ends.
 */
#include "order.h"

static bool is_one(const struct receipt *r, enum side to, enum receipt_kind kind)
{
	return r->to == to && r->kind == kind;
}

static struct receipt *find(struct conn *conn, enum side to, enum receipt_kind kind,
			    bool contradicted)
{
	for (unsigned i = 0; i < conn->receipt_count; i++) {
		struct receipt *r = &conn->receipts[i];

		if (is_one(r, to, kind) && r->contradicted == contradicted)
			return r;
	}
	return NULL;
}

struct receipt *receipt_find(struct conn *conn, enum side to, enum receipt_kind kind)
{
	return find(conn, to, kind, false);
}

struct receipt *receipt_find_any(struct conn *conn, enum side to, enum receipt_kind kind)
{
	struct receipt *contradicted = NULL;

	for (unsigned i = 0; i < conn->receipt_count; i++) {
		struct receipt *r = &conn->receipts[i];

		if (!is_one(r, to, kind))
			continue;
		if (!r->contradicted)
			return r;
		if (!contradicted)
			contradicted = r;
	}
	return contradicted;
}

void receipt_drop(struct conn *conn, struct receipt *receipt)
{
	struct receipt *last = &conn->receipts[--conn->receipt_count];

	for (struct receipt *r = receipt; r < last; r++)
		r[0] = r[1];
}

void receipt_drop_kind(struct conn *conn, enum side to, enum receipt_kind kind)
{
	uint8_t kept = 0;

	for (unsigned i = 0; i < conn->receipt_count; i++) {
		if (is_one(&conn->receipts[i], to, kind))
			continue;
		if (kept != i)
			conn->receipts[kept] = conn->receipts[i];
		kept++;
	}
	conn->receipt_count = kept;
}

/* A place: a contradicted one of the same kind first, then the second of a pair of
 * copies, since the first and the last copy are the ones that matter. */
static void make_room(struct conn *conn, enum side to, enum receipt_kind kind)
{
	struct receipt *r = find(conn, to, kind, true);

	if (!r && conn->receipt_count == CONN_RECEIPTS)
		for (r = &conn->receipts[CONN_RECEIPTS - 1]; r > conn->receipts; r--)
			if (r->kind == RECEIPT_FIN || r->kind == RECEIPT_SYNACK)
				break;
	if (r)
		receipt_drop(conn, r);
}

struct receipt *receipt_add(struct conn *conn, enum side to, enum receipt_kind kind,
			    const struct te_segment *seg)
{
	if (conn->receipt_count)
		make_room(conn, to, kind);
	return order_bring(conn, to, kind, seg);
}

struct receipt *receipt_add_copy(struct conn *conn, enum side to, enum receipt_kind kind,
				 const struct te_segment *seg)
{
	struct receipt *first = find(conn, to, kind, false);

	for (unsigned i = conn->receipt_count; first && i-- > 0;) {
		struct receipt *r = &conn->receipts[i];

		if (r != first && r->to == to && r->kind == kind && !r->contradicted) {
			receipt_drop(conn, r);
			break;
		}
	}
	return receipt_add(conn, to, kind, seg);
}

bool receipt_before(const struct receipt *r, const struct receipt *than)
{
	if (r->frame == than->frame && r->file == than->file)
		return r->kind == RECEIPT_FIN && than->kind == RECEIPT_ACK_OF_FIN;
	return r->time < than->time;
}

/* What the receipt means to the end depends on the state it is in by then. */
static enum state_event event_of(const struct conn *conn, const struct receipt *r)
{
	const struct end *end = &conn->end[r->to];

	switch ((enum receipt_kind)r->kind) {
	case RECEIPT_SYN:
		return STATE_RCV_SYN;
	case RECEIPT_SYNACK:
		return end->state == TE_SYN_RCVD ? STATE_RCV_ACK_OF_SYN
						 : STATE_RCV_SYNACK;
	case RECEIPT_ACK_OF_SYN:
		return STATE_RCV_ACK_OF_SYN;
	case RECEIPT_ACK_OF_FIN:
		return STATE_RCV_ACK_OF_FIN;
	case RECEIPT_FIN:
		return end->fin_sent && seq_ge(r->ack, end->fin_end) ? STATE_RCV_FIN_ACK
								     : STATE_RCV_FIN;
	case RECEIPT_RST:
		return STATE_RCV_RST;
	}
	return STATE_RCV_RST;
}

void receipt_apply(struct conn *conn, struct receipt *receipt,
		   const struct te_segment *proof, enum te_basis basis)
{
	struct origin origin = origin_receipt(receipt, proof, basis);
	enum receipt_kind kind = (enum receipt_kind)receipt->kind;
	enum side to = (enum side)receipt->to;

	conn_move(conn, to, event_of(conn, receipt), &origin);
	receipt_drop_kind(conn, to, kind);
}

/* After an undo: the peer's FIN may have gone with what is void now. */
void receipt_restore_fin(struct conn *conn, enum side to, const struct te_segment *seg)
{
	const struct end *peer = &conn->end[side_other(to)];
	struct receipt *r;

	if (!peer->fin_sent || receipt_find_any(conn, to, RECEIPT_FIN))
		return;
	r = receipt_add(conn, to, RECEIPT_FIN, seg);
	r->time = peer->fin_time;
	r->frame = peer->fin_frame;
	r->end = peer->fin_end;
	r->has_ts = false;
}
