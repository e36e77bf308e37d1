/* peers.c - the same connection in the words of other tools: Wireshark's; Zeek's begin
 * here and go on in zeek.c */
#include "peers.h"
#include "zeek.h"

#include <stdlib.h>

/* Wireshark's User's Guide, "TCP Conversation Completeness" */
enum {
	COMPLETE_SYN = 1,
	COMPLETE_SYNACK = 2,
	COMPLETE_ACK = 4,
	COMPLETE_DATA = 8,
	COMPLETE_FIN = 16,
	COMPLETE_RST = 32,
};

/* Wireshark looks at the first segment only for a SYN, and at the others for all else. */
static unsigned first_completeness(const struct te_segment *seg)
{
	if ((seg->flags & (TE_SYN | TE_ACK)) != TE_SYN)
		return 0;
	return COMPLETE_SYN | (seg->len ? COMPLETE_DATA : 0);
}

static unsigned later_completeness(const struct te_segment *seg)
{
	unsigned bits = seg->flags & TE_RST ? COMPLETE_RST : 0;

	if (!(seg->flags & TE_ACK))
		return bits;
	if (seg->flags & TE_FIN)
		bits |= COMPLETE_FIN;
	if (seg->flags & TE_SYN)
		return bits | COMPLETE_SYNACK;
	return bits | (seg->len ? COMPLETE_DATA : COMPLETE_ACK);
}

void peers_segment(struct peers *peers, unsigned side, const struct te_segment *seg)
{
	unsigned bits = peers->begun ? later_completeness(seg) : first_completeness(seg);

	if (!peers->begun)
		peers->first = (uint8_t)side;
	peers->begun = true;
	peers->completeness |= (uint8_t)bits;
	zeek_segment(peers, side, seg);
}

unsigned peers_completeness(const struct peers *peers)
{
	return peers->completeness;
}

void peers_release(struct peers *peers)
{
	free(peers->detail);
	peers->detail = NULL;
}
