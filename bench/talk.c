/* talk.c - one connection, played segment by segment from a script */
#include "talk.h"

#include <string.h>

enum how {
	ACKS,    /* acknowledges, takes no sequence space but that of its flags */
	CARRIES, /* ... and data */
	CROSSES, /* does not know of the peer's latest */
	HOLDS,   /* takes sequence space, is not captured */
	RELEASES,
	REPEATS,
	ANSWERS, /* its number is what the peer acknowledged; no ACK, no options */
	REFUSES, /* number 0, no options */
};

struct move {
	uint8_t flags;
	enum how how;
};

/* clang-format off */
static const struct move moves[26] = {
	['A' - 'A'] = { WIRE_ACK, ACKS },
	['D' - 'A'] = { WIRE_ACK | WIRE_PSH, CARRIES },
	['F' - 'A'] = { WIRE_ACK | WIRE_FIN, ACKS },
	['H' - 'A'] = { WIRE_ACK | WIRE_PSH, HOLDS },
	['K' - 'A'] = { WIRE_ACK | WIRE_RST, REFUSES },
	['L' - 'A'] = { WIRE_ACK | WIRE_PSH, RELEASES },
	['N' - 'A'] = { WIRE_RST, ANSWERS },
	['Q' - 'A'] = { WIRE_ACK, REPEATS },
	['R' - 'A'] = { WIRE_ACK | WIRE_RST, ACKS },
	['S' - 'A'] = { WIRE_SYN, ACKS },
	['X' - 'A'] = { WIRE_ACK | WIRE_FIN, CROSSES },
};
/* clang-format on */

void talk_begin(struct talk *talk, uint32_t index, const struct talk_plan *plan)
{
	*talk = (struct talk){ .at = plan->script,
			       .rounds = plan->rounds,
			       .index = index,
			       .timestamps = plan->timestamps };
	for (unsigned i = 0; i < 2; i++) {
		talk->end[i].next = plan->isn[i];
		talk->end[i].len = plan->len[i];
	}
}

/* ---- options --------------------------------------------------------------- */

static uint8_t *put_timestamps(uint8_t *at, uint32_t value, uint32_t echo)
{
	at = wire_u32(at, 0x0101080a);
	return wire_u32(wire_u32(at, value), echo);
}

static uint8_t *put_sack(uint8_t *at, uint32_t left, uint32_t right)
{
	at = wire_u32(at, 0x0101050a);
	return wire_u32(wire_u32(at, left), right);
}

/* MSS 1460, SACK permitted, timestamps, window scale 7: as Linux; without: as Windows. */
static uint8_t *put_syn_options(uint8_t *at, bool timestamps, uint32_t value,
				uint32_t echo)
{
	at = wire_u32(at, 0x020405b4);
	if (!timestamps)
		return wire_u32(wire_u32(at, 0x01030307), 0x01010402);
	at = wire_u32(at, 0x0402080a);
	at = wire_u32(wire_u32(at, value), echo);
	return wire_u32(at, 0x01030307);
}

static void add_options(const struct talk *talk, struct wire_segment *seg)
{
	const struct talk_end *self = &talk->end[seg->from],
			      *peer = &talk->end[!seg->from];
	const uint32_t hole_end = peer->held_seq + peer->held_len;
	uint8_t *at = seg->options;

	if (seg->flags & WIRE_SYN) {
		at = put_syn_options(at, talk->timestamps, self->stamp, peer->stamp);
	} else {
		if (talk->timestamps)
			at = put_timestamps(at, self->stamp, peer->stamp);
		if (peer->holds && peer->next != hole_end && seg->len == 0)
			at = put_sack(at, hole_end, peer->next);
	}
	seg->options_len = (uint8_t)(at - seg->options);
}

/* ---- segments -------------------------------------------------------------- */

/* All that came in order: up to the hole, if there is one. */
static uint32_t arrived(const struct talk_end *peer)
{
	return peer->holds ? peer->held_seq : peer->next;
}

static void take_fresh(struct talk_end *self, struct wire_segment *seg)
{
	seg->seq = self->next;
	self->last_seq = seg->seq;
	self->last_len = seg->len;
	self->last_flags = seg->flags;
	self->next += seg->len + ((seg->flags & (WIRE_SYN | WIRE_FIN)) ? 1u : 0u);
}

static void hold(struct talk_end *self)
{
	self->holds = true;
	self->held_seq = self->next;
	self->held_len = self->len;
	self->next += self->len;
}

static void take_again(struct wire_segment *seg, uint32_t seq, uint16_t len)
{
	seg->seq = seq;
	seg->len = len;
}

static void number(struct talk_end *self, const struct talk_end *peer, enum how how,
		   struct wire_segment *seg)
{
	if (how != CROSSES)
		self->ack = arrived(peer);
	switch (how) {
	case CARRIES:
		seg->len = self->len;
		take_fresh(self, seg);
		break;
	case RELEASES:
		self->holds = false;
		take_again(seg, self->held_seq, self->held_len);
		break;
	case REPEATS:
		seg->flags = self->last_flags;
		take_again(seg, self->last_seq, self->last_len);
		break;
	case ANSWERS:
		seg->seq = peer->ack;
		break;
	case REFUSES:
		break;
	case ACKS:
	case CROSSES:
	case HOLDS:
		take_fresh(self, seg);
		break;
	}
	seg->ack = seg->flags & WIRE_ACK ? self->ack : 0;
}

static void play(struct talk *talk, unsigned from, const struct move *move, uint32_t ms,
		 struct wire_segment *seg)
{
	struct talk_end *const self = &talk->end[from];
	const bool syn_ack = from == 1 && (move->flags & WIRE_SYN);

	seg->from = from;
	seg->flags = (uint8_t)(move->flags | (syn_ack ? WIRE_ACK : 0));
	seg->window = move->flags & WIRE_SYN ? 64240 : 502;
	seg->len = 0;
	seg->options_len = 0;
	number(self, &talk->end[!from], move->how, seg);
	if (move->how == ANSWERS || move->how == REFUSES) {
		seg->window = 0;
		return;
	}
	self->stamp = ms + talk->index; /* each connection has a clock of its own */
	add_options(talk, seg);
}

/* The letter that is due, parentheses followed; 0 at the end. */
static char next_letter(struct talk *talk)
{
	for (;; talk->at++) {
		if (*talk->at == ')' && talk->rounds > 1) {
			talk->rounds--;
			while (*talk->at != '(')
				talk->at--;
		}
		if (*talk->at == '\0')
			return '\0';
		if (*talk->at != '(' && *talk->at != ')')
			return *talk->at++;
	}
}

bool talk_next(struct talk *talk, uint32_t ms, struct wire_segment *seg)
{
	char letter;

	while ((letter = next_letter(talk)) != '\0') {
		const bool server = letter >= 'a';
		const struct move *move = &moves[letter - (server ? 'a' : 'A')];

		if (move->how != HOLDS) {
			play(talk, server, move, ms, seg);
			return true;
		}
		hold(&talk->end[server]);
	}
	return false;
}
