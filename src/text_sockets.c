/* text_sockets.c - the sockets of one moment, as ss -tan lists them (--at) */
#include "config.h"

#include "phrase.h"
#include "text.h"

#include <string.h>

enum { SOCKETS_CELL = 64 };

/* A column per word of ss's; the addresses of both ends are two, joined at the colon. */
enum column { STATE, RECV_Q, SEND_Q, LOCAL, LOCAL_PORT, PEER, PEER_PORT, COLUMNS };

/* clang-format off */
static const struct {
	const char *head;
	bool right;
} columns[COLUMNS] = {
	[STATE]      = { "State", false },
	[RECV_Q]     = { "Recv-Q", false },
	[SEND_Q]     = { "Send-Q", false },
	[LOCAL]      = { "Local Address:", true },
	[LOCAL_PORT] = { "Port", false },
	[PEER]       = { "Peer Address:", true },
	[PEER_PORT]  = { "Port", false },
};
/* clang-format on */

static const char *address_cell(uint8_t ip_version, const struct te_addr *addr,
				char cell[SOCKETS_CELL])
{
	struct phrase phrase = phrase_new(cell, SOCKETS_CELL);
	char text[OUT_ADDR];

	phrase_word(&phrase, ip_version == 6 ? "[" : "");
	phrase_word(&phrase, out_addr_text(ip_version, addr, text));
	phrase_word(&phrase, ip_version == 6 ? "]:" : ":");
	return cell;
}

static const char *number_cell(uint64_t number, char cell[SOCKETS_CELL])
{
	*out_decimal(cell, number) = '\0';
	return cell;
}

/* Of a listener: who may connect. */
static const char *peer_cell(const struct out_socket *socket, char cell[SOCKETS_CELL])
{
	if (socket->state == TE_LISTEN)
		return socket->ip_version == 6 ? "[::]:" : "0.0.0.0:";
	return address_cell(socket->ip_version, &socket->peer, cell);
}

static const char *cell_of(const struct out_socket *socket, enum column column,
			   char cell[SOCKETS_CELL])
{
	const char *state = out_socket_state(socket->state);

	switch (column) {
	case STATE:
		return socket->presumed ? phrase_print(cell, SOCKETS_CELL, "%s?", state)
					: state;
	case SEND_Q:
		if (socket->send_q != TE_SEND_Q_UNKNOWN)
			return number_cell(socket->send_q, cell);
		break;
	case LOCAL:
		return address_cell(socket->ip_version, &socket->local, cell);
	case LOCAL_PORT:
		return number_cell(socket->local_port, cell);
	case PEER:
		return peer_cell(socket, cell);
	case PEER_PORT:
		return socket->state == TE_LISTEN ? "*"
						  : number_cell(socket->peer_port, cell);
	case RECV_Q: /* what the program has not read yet passes no wire */
	case COLUMNS:
		break;
	}
	return "-";
}

static void measure(const struct out_socket *sockets, size_t count,
		    unsigned widths[COLUMNS])
{
	char cell[SOCKETS_CELL];

	for (unsigned c = 0; c < COLUMNS; c++) {
		widths[c] = (unsigned)strlen(columns[c].head);
		for (size_t i = 0; i < count; i++) {
			size_t len = strlen(cell_of(&sockets[i], (enum column)c, cell));

			if (len > widths[c])
				widths[c] = (unsigned)len;
		}
	}
}

/* NULL: the head */
static void put_line(struct term *term, const struct out_socket *socket,
		     const unsigned widths[COLUMNS])
{
	char cell[SOCKETS_CELL];
	unsigned at = 0;

	for (unsigned c = 0; c < COLUMNS; c++) {
		bool joined = c == LOCAL_PORT || c == PEER_PORT;
		enum term_style style = socket == NULL ? TERM_DIM
					: c == STATE   ? TERM_STATE
						       : TERM_PLAIN;

		term_to(term, at, joined || c == 0 ? 0 : 1);
		term_right(term, style, columns[c].right ? widths[c] : 0,
			   socket == NULL ? columns[c].head
					  : cell_of(socket, (enum column)c, cell));
		at += widths[c];
		if (c != LOCAL && c != PEER)
			at += 2;
	}
	term_end(term);
}

void text_sockets_put(struct text *text, const struct out_socket *sockets, size_t count)
{
	unsigned widths[COLUMNS];

	measure(sockets, count, widths);
	put_line(&text->term, NULL, widths);
	for (size_t i = 0; i < count; i++)
		put_line(&text->term, &sockets[i], widths);
}
