/* layer.h - one header after the other: what link.c, ip.c, tunnel.c and decode.c share
 *
 * A layer is a row {number, function}.  Its function reads one header from
 * packet->cur and names the next one by space and number, e.g. (LAYER_ETHERTYPE,
 * 0x0800); decode.c looks that up and goes on.  So no layer knows another, there is no
 * recursion, and a protocol is added with one row.
 *
 * A layer's function need not ask whether the cursor failed: the walk does, and before
 * it believes the function's own status.
 */
#ifndef LAYER_H
#define LAYER_H

#include "cursor.h"
#include "tcpends.h"

enum layer_space {
	LAYER_LINK,      /* LINKTYPE_ numbers */
	LAYER_ETHERTYPE, /* and some names of our own below 0x0600, see below */
	LAYER_PROTOCOL,  /* IANA's protocol numbers */
	LAYER_UDP,       /* UDP ports */
	LAYER_SPACES,
	LAYER_NONE = LAYER_SPACES /* the last header was read */
};

/* The ethertypes that layers name to each other. */
enum {
	LAYER_LLC = 0x0004, /* no ethertype; what Linux calls ETH_P_802_2 */
	LAYER_IPV4 = 0x0800,
	LAYER_ETHERNET = 0x6558, /* transparent Ethernet bridging, RFC 1701 */
	LAYER_MPLS = 0x8847,
	LAYER_IPV6 = 0x86dd,
	LAYER_PPP = 0x880b,
};

enum layer_fragment { LAYER_WHOLE, LAYER_FIRST, LAYER_LATER };

/* A frame on its way through the layers. `has`, addresses, ttl and the like go right
 * into `out`; inner headers overwrite what outer ones said. */
struct packet {
	struct cursor cur; /* captured and not read yet */
	uint32_t missing;  /* bytes sent beyond the end of cur, but not captured */
	enum layer_space space;
	uint16_t number; /* space and number: who reads on */
	enum layer_fragment fragment;
	bool clamped;  /* an IP length promises more than the frame had */
	bool checksum; /* verify it, if all that it covers is there ... */
	bool doubtful; /* ... but this IP header does not tell what it covers */
	bool guess;    /* only a port number said that there is a tunnel here */
	struct te_segment *out;
};

struct layer {
	uint16_t number;
	bool tunnel; /* capture filters do not look behind it: sets TE_TUNNELLED */
	const char *name;
	enum te_status (*read)(struct packet *);
	/* Of a link type: the ethertype of what stands behind its header, which always
	 * has so many bytes. */
	uint16_t (*type)(const uint8_t *header);
	uint8_t header;
};

/* The row with that number, or NULL. Tables end with a row without a function. */
static inline const struct layer *layer_find(const struct layer *rows, uint16_t number)
{
	for (; rows->read; rows++)
		if (rows->number == number)
			return rows;
	return NULL;
}

/* Names the next header. */
static inline enum te_status packet_next(struct packet *pk, enum layer_space space,
					 uint16_t number)
{
	pk->space = space;
	pk->number = number;
	return TE_OK;
}

/* The next header is IPv4 or IPv6, as its first four bits say; else TE_IGNORED. */
static inline enum te_status packet_next_ip(struct packet *pk)
{
	if (cur_left(&pk->cur) == 0)
		cur_skip(&pk->cur, 1);
	switch (cur_peek(&pk->cur) >> 4) {
	case 4:
		return packet_next(pk, LAYER_ETHERTYPE, LAYER_IPV4);
	case 6:
		return packet_next(pk, LAYER_ETHERTYPE, LAYER_IPV6);
	default:
		return TE_IGNORED;
	}
}

/* Bytes that were sent from here on, captured or not. */
static inline uint32_t packet_sent(const struct packet *pk)
{
	return (uint32_t)cur_left(&pk->cur) + pk->missing;
}

/* Says that only n bytes from here on belong to the packet, what follows is padding.
 * False, and nothing changes, if fewer were sent. A length that was not there to be
 * read limits nothing. */
static inline bool packet_limit(struct packet *pk, uint32_t n)
{
	uint32_t captured = (uint32_t)cur_left(&pk->cur);

	if (cur_failed(&pk->cur))
		return true;
	if (n > packet_sent(pk))
		return false;
	if (n <= captured) {
		pk->cur.end = n ? pk->cur.at + n : pk->cur.at;
		pk->missing = 0;
	} else {
		pk->missing = n - captured;
	}
	return true;
}

#endif
