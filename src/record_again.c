/* record_again.c - what stands in many lines is made once
 *
 * A connection's number and ends stand in all its lines, the same few steps in those of
 * all connections; and a finding at one server has the same fingerprint each time.
 */
#include "config.h"
#include "record.h"
#include <string.h>

/* ---- members ---- */

bool record_again(struct record *record, const struct record_piece *piece)
{
	if (!piece->length)
		return false;
	emit_again(&record->emit, piece->text, piece->length);
	return true;
}

size_t record_keep(struct record *record)
{
	/* so that nothing is written out before all of it stands there */
	(void)out_room(record->out, 2 * RECORD_PIECE);
	return (size_t)(record->out->at - record->out->buf) +
	       !record->emit.first; /* the comma is not of it */
}

void record_kept(struct record *record, size_t from, struct record_piece *piece)
{
	const struct out *out = record->out;
	size_t length = (size_t)(out->at - out->buf) - from;

	if (length > sizeof piece->text)
		return;
	memcpy(piece->text, out->buf + from, length);
	piece->length = length;
}

/* One of `places`, a power of two; what stood there must make room. */
static size_t place_of(uint64_t key, size_t places)
{
	return (size_t)(key * 0x9e3779b97f4a7c15u >> 48) & (places - 1);
}

struct record_piece *record_step_piece(struct record *record,
				       const struct te_transition *step)
{
	uint32_t key = (uint32_t)step->end | (uint32_t)step->certain << 7 |
		       (uint32_t)step->from << 8 | (uint32_t)step->to << 16 |
		       (uint32_t)step->basis << 24;
	struct record_step *place = &record->steps[place_of(key, RECORD_STEPS)];

	if (place->key != key)
		place->piece.length = 0;
	place->key = key;
	return &place->piece;
}

/* ---- fingerprints ---- */

static uint64_t server_key(const struct te_end_view *server)
{
	uint64_t halves[2];

	memcpy(halves, server->addr.bytes, sizeof halves);
	return (halves[0] ^ halves[1]) + server->port;
}

static bool is_print_of(const struct record_print *print,
			const struct te_finding *finding)
{
	const struct te_end_view *server = &finding->connection->end[TE_SERVER];

	return print->rule == finding->rule && print->end == finding->end &&
	       print->port == server->port &&
	       print->ip_version == finding->connection->ip_version &&
	       !memcmp(&print->addr, &server->addr, sizeof print->addr);
}

uint64_t record_fingerprint(struct record *record, const struct te_finding *finding)
{
	const struct out_naming *naming = &record->out->run->naming;
	const struct te_connection *connection = finding->connection;
	const struct te_end_view *server;
	struct record_print *print;

	if (!connection || finding->scope == TE_SCOPE_CAPTURE)
		return describe_fingerprint(finding, naming);
	server = &connection->end[TE_SERVER];
	print = &record->prints[place_of(server_key(server) + (uintptr_t)finding->rule,
					 RECORD_PRINTS)];
	if (!is_print_of(print, finding))
		*print = (struct record_print){
			.rule = finding->rule,
			.end = (uint8_t)finding->end,
			.addr = server->addr,
			.port = server->port,
			.ip_version = connection->ip_version,
			.value = describe_fingerprint(finding, naming),
		};
	return print->value;
}
