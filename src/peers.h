/* peers.h - the same connection in the words of other tools
 *
 * Zeek's conn_state and history and Wireshark's tcp.completeness, as those two define
 * them, for people who know these words. Nothing in tcpends is decided by them: Zeek
 * has coarse states and believes every RST and FIN.
 *
 * Sides are slots, 0 or 1, as in conn.h. An all-zero structure is one that has seen
 * nothing. When there is no memory letters are missing, and all else goes on.
 */
#ifndef PEERS_H
#define PEERS_H

#include "tcpends.h"

struct zeek_detail;

/* The sequence numbers mean nothing before the end has sent something. */
struct peers_end {
	uint32_t start;        /* of its SYN, or one before its first byte */
	uint32_t next;         /* one past the last that it sent */
	uint32_t filled;       /* what is before this passed the tap, or never will */
	uint8_t state, before; /* enum zeek_state, now and previously */
	uint8_t letters;       /* those that come once and are in the history */
	bool fin;
};

struct peers {
	struct peers_end end[2];
	struct zeek_detail *detail; /* NULL while one letter tells all */
	char brief[3];              /* '^', the first letter, 0 */
	uint8_t completeness;
	uint8_t first; /* the side that sent the first segment */
	uint8_t upper; /* the side whose letters are in upper case */
	bool begun;
};

/* A segment that `side` sent, in order of passing. */
void peers_segment(struct peers *, unsigned side, const struct te_segment *);

/* Zeek: "S0", "SF", "RSTO", ..., with `client_side` as the originator. Static. */
const char *peers_zeek_state(const struct peers *, unsigned client_side);
/* Zeek: "ShADadFf", upper case for `client_side`, with '^' in front when the other side
 * was seen first. At most 60 letters. Borrowed until the next call. */
const char *peers_zeek_history(struct peers *, unsigned client_side);
/* Wireshark: SYN 1, SYN+ACK 2, ACK 4, data 8, FIN 16, RST 32. */
unsigned peers_completeness(const struct peers *);

void peers_release(struct peers *); /* what hangs on it, not itself */

#endif
