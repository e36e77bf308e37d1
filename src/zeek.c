/* zeek.c - a connection as Zeek sees it: two ends and a word for both
 *
 * An end moves by what it sends itself, with a glance at its peer. Three differences
 * from Zeek are on purpose: the originator is tcpends' client, not what a list of ports
 * says; of the timers that make Zeek begin a new record only the one after the end is
 * kept, and what follows is left out; and a segment with a wrong checksum gets its
 * letter, but is read like any other.
 */
#include "zeek.h"
#include "seq.h"

/* ---- sequence numbers ---- */

static uint32_t segment_start(const struct te_segment *seg)
{
	return seg->seq + (seg->flags & TE_SYN ? 1 : 0); /* of its data */
}

static uint32_t segment_end(const struct te_segment *seg)
{
	/* RFC 9293 3.10.7.4: what a RST carries is not of the stream */
	return segment_start(seg) + (seg->flags & TE_RST ? 0 : seg->len) +
	       (seg->flags & TE_FIN ? 1 : 0);
}

static void begin_at(struct peers_end *end, uint32_t start, uint32_t next)
{
	end->start = start;
	end->next = next;
	end->filled = start + 1;
}

/* A SYN of another number starts anew, unless all is over. */
static bool begins_again(const struct peers_end *end, const struct te_segment *seg)
{
	if (!(seg->flags & TE_SYN) || end->start == seg->seq || end->state == ZEEK_CLOSED)
		return false;
	return end->state != ZEEK_RESET || end->before == ZEEK_INACTIVE;
}

/* Without a SYN the numbering starts as if there had been one. */
static void begin(struct peers_end *end, const struct te_segment *seg)
{
	if (end->state == ZEEK_INACTIVE && !(seg->flags & TE_SYN))
		begin_at(end, seg->seq - 1, seg->seq);
	else if (end->state == ZEEK_INACTIVE || begins_again(end, seg))
		begin_at(end, seg->seq, segment_end(seg));
}

/* Too far for a SYN or RST to be believed */
static bool is_far(int32_t step)
{
	return step > 1 << 20 || step < -(1 << 20);
}

/* To Zeek the data of a first SYN, which begin() has counted, is a repeat. */
static inline void advance(struct peers *peers, unsigned side,
			   const struct te_segment *seg)
{
	struct peers_end *end = &peers->end[side];
	uint32_t next = segment_end(seg);
	int32_t step = seq_diff(next, end->next);

	if (seg->flags & (TE_SYN | TE_RST) && is_far(step))
		return;
	if (seg->flags & TE_FIN && end->next == end->start + 1)
		end->next = next; /* however much was not captured between */
	else if (end->state != ZEEK_RESET && step > 0)
		end->next = next;
	else if (end->state != ZEEK_RESET && seg->len)
		zeek_spell_scaled(peers, side, ZEEK_REPEAT);
}

/* ---- holes ---- */

static bool has_ahead(const struct zeek_end_detail *detail)
{
	return detail->ahead != detail->ahead_end;
}

static void absorb_ahead(struct peers_end *end, struct zeek_end_detail *detail)
{
	if (!has_ahead(detail) || seq_gt(detail->ahead, end->filled))
		return;
	end->filled = seq_max(end->filled, detail->ahead_end);
	detail->ahead = detail->ahead_end = 0;
}

static inline void fill(struct peers *peers, unsigned side, const struct te_segment *seg)
{
	struct peers_end *end = &peers->end[side];
	uint32_t from = segment_start(seg), to = from + seg->len;
	struct zeek_end_detail *detail;

	/* what the snap length cut off is a gap to Zeek */
	if (!seg->len || seg->flags & TE_RST || seg->has & TE_SNAPPED ||
	    !zeek_need_detail(peers))
		return;
	detail = &peers->detail->end[side];
	if (seq_le(from, end->filled)) {
		end->filled = seq_max(end->filled, to);
		absorb_ahead(end, detail);
	} else if (has_ahead(detail)) {
		/* a second hole is taken for filled: rather too few gaps than too many */
		detail->ahead = seq_lt(from, detail->ahead) ? from : detail->ahead;
		detail->ahead_end = seq_max(detail->ahead_end, to);
	} else {
		detail->ahead = from;
		detail->ahead_end = to;
	}
}

static bool is_clean(const struct peers_end *end)
{
	return end->state == ZEEK_ESTABLISHED ||
	       (end->state == ZEEK_CLOSED && end->before == ZEEK_ESTABLISHED);
}

/* One gap, up to `ack` or to what was seen before that. */
static void skip_hole(struct peers *peers, unsigned side, uint32_t ack)
{
	struct peers_end *end = &peers->end[side];
	struct zeek_end_detail *detail = &peers->detail->end[side];

	if (is_clean(&peers->end[0]) && is_clean(&peers->end[1]))
		zeek_spell_scaled(peers, side, ZEEK_GAP);
	if (has_ahead(detail) && seq_lt(detail->ahead, ack))
		ack = detail->ahead;
	end->filled = ack;
	absorb_ahead(end, detail);
}

/* `side` is sent an ACK: what did not pass the tap by now never will. */
static inline void acknowledge(struct peers *peers, unsigned side, uint32_t ack)
{
	struct peers_end *end = &peers->end[side];

	if (end->state == ZEEK_INACTIVE || !zeek_need_detail(peers))
		return;
	if (end->fin && seq_gt(ack, end->start + peers->detail->end[side].fin))
		ack = end->start + peers->detail->end[side].fin;
	while (seq_lt(end->filled, ack))
		skip_hole(peers, side, ack);
}

/* ---- states ---- */

#define IN(state) (1u << (state)) /* a set of states, by | */

static void become(struct peers_end *end, enum zeek_state state)
{
	if (end->state == state)
		return;
	end->before = end->state;
	end->state = (uint8_t)state;
}

/* A SYN alone is an attempt; with that of the peer, in any order, it is a connection. */
static void open_end(struct peers_end *self, struct peers_end *peer, uint8_t flags)
{
	bool answers = flags & TE_ACK || peer->state == ZEEK_SYN_SENT ||
		       peer->state == ZEEK_ESTABLISHED;

	if (peer->state == ZEEK_SYN_SENT)
		become(peer, ZEEK_ESTABLISHED);
	become(self, answers ? ZEEK_ESTABLISHED : ZEEK_SYN_SENT);
}

static void end_it(struct peers_end *self, uint8_t flags)
{
	if (flags & TE_FIN)
		become(self, ZEEK_CLOSED);
	if (flags & TE_RST)
		become(self, ZEEK_RESET);
}

static void from_inactive(struct peers_end *self, struct peers_end *peer,
			  const struct te_segment *seg)
{
	bool established = seg->flags & TE_ACK && peer->state == ZEEK_ESTABLISHED;

	if (seg->flags & TE_SYN)
		open_end(self, peer, seg->flags);
	end_it(self, seg->flags);
	if (self->state != ZEEK_INACTIVE)
		return;
	if (seg->len == 0 && peer->state == ZEEK_SYN_SENT)
		return; /* some acknowledge a SYN before they answer it */
	become(self, established ? ZEEK_ESTABLISHED : ZEEK_PARTIAL);
}

static void from_syn_sent(struct peers_end *self, struct peers_end *peer,
			  const struct te_segment *seg)
{
	(void)peer; /* only its SYN+ACK makes it ESTABLISHED */
	end_it(self, seg->flags);
}

static void from_established(struct peers_end *self, struct peers_end *peer,
			     const struct te_segment *seg)
{
	uint8_t flags = seg->flags;

	if (flags & TE_SYN && !(flags & TE_ACK) && self->state == ZEEK_PARTIAL &&
	    peer->state == ZEEK_INACTIVE)
		become(self, ZEEK_SYN_SENT);
	if (flags & TE_RST) {
		become(self, ZEEK_RESET);
	} else if (flags & TE_FIN) {
		become(self, ZEEK_CLOSED);
		if (peer->state == ZEEK_RESET && peer->before == ZEEK_CLOSED)
			become(peer, ZEEK_CLOSED); /* FIN, then RST: a normal end */
	}
}

static void from_closed(struct peers_end *self, struct peers_end *peer,
			const struct te_segment *seg)
{
	if (seg->flags & TE_RST && peer->state != ZEEK_CLOSED)
		become(self, ZEEK_RESET);
}

/* clang-format off */
static void (*const moves[])(struct peers_end *self, struct peers_end *peer,
			     const struct te_segment *) = {
	[ZEEK_INACTIVE] = from_inactive,
	[ZEEK_SYN_SENT] = from_syn_sent,
	[ZEEK_PARTIAL] = from_established,
	[ZEEK_ESTABLISHED] = from_established,
	[ZEEK_CLOSED] = from_closed,
	[ZEEK_RESET] = NULL, /* for good */
};
/* clang-format on */

/* Zeek's tcp_close_delay */
static const uint64_t linger = 5 * TE_SEC;

/* After a RST, or the FIN of all who were seen, Zeek soon forgets the connection and
 * makes a new record of what may follow. */
static void check_over(struct peers *peers, te_time now)
{
	const unsigned done = IN(ZEEK_CLOSED) | IN(ZEEK_INACTIVE);
	unsigned a = IN(peers->end[0].state), b = IN(peers->end[1].state);
	bool over = (a | b) & IN(ZEEK_RESET) || (a & done && b & done);

	if (over && zeek_need_detail(peers) && !peers->detail->is_over) {
		peers->detail->is_over = true;
		peers->detail->over = now;
	}
}

static bool is_forgotten(const struct peers *peers, te_time now)
{
	const struct zeek_detail *detail = peers->detail;

	return detail && detail->is_over && now > detail->over &&
	       (uint64_t)now - (uint64_t)detail->over > linger;
}

/* Between two ends in ESTABLISHED it moves neither, and nothing is over. */
static bool is_plain(const struct peers_end *self, const struct peers_end *peer,
		     const struct te_segment *seg)
{
	return self->state == ZEEK_ESTABLISHED && peer->state == ZEEK_ESTABLISHED &&
	       (seg->flags & (TE_SYN | TE_FIN | TE_RST | TE_ACK)) == TE_ACK &&
	       seg->window && !(seg->has & TE_BAD_SUM);
}

void zeek_segment(struct peers *peers, unsigned side, const struct te_segment *seg)
{
	struct peers_end *self = &peers->end[side], *peer = &peers->end[!side];

	if (is_plain(self, peer, seg)) {
		zeek_spell(peers, side, seg);
		advance(peers, side, seg);
		acknowledge(peers, !side, seg->ack);
		fill(peers, side, seg);
		return;
	}
	if (is_forgotten(peers, seg->time))
		return;
	begin(self, seg);
	if (seg->has & TE_BAD_SUM)
		zeek_spell_scaled(peers, side, ZEEK_BAD_SUM);
	zeek_spell(peers, side, seg);
	self->fin |= (seg->flags & TE_FIN) != 0;
	/* a closed window is no news once there is nothing left to send into it */
	if (seg->window == 0 && !(seg->flags & TE_RST) && peer->state != ZEEK_CLOSED &&
	    self->state != ZEEK_RESET)
		zeek_spell_scaled(peers, side, ZEEK_ZERO_WINDOW);
	advance(peers, side, seg);
	if (moves[self->state])
		moves[self->state](self, peer, seg);
	if ((seg->flags & (TE_ACK | TE_RST)) == TE_ACK)
		acknowledge(peers, !side, seg->ack);
	fill(peers, side, seg);
	check_over(peers, seg->time);
}

/* ---- one word for both ---- */

enum {
	ANY = 0xff,
	HALF = IN(ZEEK_INACTIVE) | IN(ZEEK_PARTIAL), /* was not seen to open */
};

static bool is_empty(const struct peers_end *end)
{
	uint32_t last = seq_max(end->next, end->filled);

	return last - end->start <= 1 + (uint32_t)end->fin;
}

static bool both_empty(const struct peers *peers, unsigned originator)
{
	(void)originator;
	return is_empty(&peers->end[0]) && is_empty(&peers->end[1]);
}

/* The first row that fits counts. */
/* clang-format off */
static const struct {
	unsigned originator, responder; /* states, as bits */
	bool (*also)(const struct peers *, unsigned originator);
	const char *word;
} words[] = {
	{ IN(ZEEK_SYN_SENT), IN(ZEEK_RESET), NULL, "REJ" },
	{ IN(ZEEK_RESET), IN(ZEEK_RESET), both_empty, "REJ" },
	{ HALF, IN(ZEEK_RESET), NULL, "RSTRH" },
	{ ANY, IN(ZEEK_RESET), NULL, "RSTR" },
	{ IN(ZEEK_RESET), HALF, zeek_history_withdrawn, "RSTOS0" },
	{ IN(ZEEK_RESET), HALF, NULL, "OTH" },
	{ IN(ZEEK_RESET), ANY, NULL, "RSTO" },
	{ IN(ZEEK_CLOSED), IN(ZEEK_CLOSED), NULL, "SF" },
	{ IN(ZEEK_CLOSED), HALF, NULL, "SH" },
	{ IN(ZEEK_CLOSED), ANY, NULL, "S2" },
	{ HALF, IN(ZEEK_CLOSED), NULL, "SHR" },
	{ ANY, IN(ZEEK_CLOSED), NULL, "S3" },
	{ IN(ZEEK_SYN_SENT), IN(ZEEK_INACTIVE), NULL, "S0" },
	{ IN(ZEEK_ESTABLISHED), IN(ZEEK_ESTABLISHED), NULL, "S1" },
};
/* clang-format on */

const char *peers_zeek_state(const struct peers *peers, unsigned client_side)
{
	unsigned originator = IN(peers->end[client_side].state);
	unsigned responder = IN(peers->end[!client_side].state);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].originator & originator && words[i].responder & responder &&
		    (!words[i].also || words[i].also(peers, client_side)))
			return words[i].word;
	return "OTH";
}
