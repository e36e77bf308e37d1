/* record_again.c - what stands in many lines is made once
 *
 * A connection's number and ends stand in all its lines, the same few steps in those of
 * all connections; and a finding at one server has the same fingerprint each time.
 */
#include "config.h"
#include "record_parts.h"
#include <string.h>

/* ---- members ---- */

size_t record_keep(struct record *record)
{
	return (size_t)(out_hold(record->out) - record->out->buf);
}

size_t record_kept_long(struct record *record, size_t from, char *text, size_t size)
{
	const struct out *out = record->out;
	size_t length = (size_t)(out->at - out->buf) - from;

	if (length > size)
		return 0;
	memcpy(text, out->buf + from, length);
	return length;
}

void record_kept(struct record *record, size_t from, struct record_piece *piece)
{
	piece->length = record_kept_long(record, from, piece->text, sizeof piece->text);
}

const struct record_piece *record_made(struct record *record, size_t from,
				       struct record_piece *piece)
{
	record_kept(record, from, piece);
	out_end(record->out, record->out->buf + from);
	return piece;
}

/* One of `places`, a power of two; what stood there must make room. What tells IPv6
 * servers apart is often in the upper half alone, of which a product shows little. */
static size_t place_of(uint64_t key, size_t places)
{
	key ^= key >> 32;
	return (size_t)(key * 0x9e3779b97f4a7c15u >> 48) & (places - 1);
}

struct record_step *record_step(struct record *record, const struct te_transition *step)
{
	uint32_t key = (uint32_t)step->end | (uint32_t)step->certain << 7 |
		       (uint32_t)step->from << 8 | (uint32_t)step->to << 16 |
		       (uint32_t)step->basis << 24;
	struct record_step *place = &record->steps[place_of(key, RECORD_STEPS)];

	if (place->key != key || place->rfc != step->rfc) {
		place->key = key;
		place->rfc = step->rfc;
		place->what.length = place->end.length = 0;
	}
	return place;
}

/* All that describe_verdict() looks at, and how many segments it took. */
struct record_piece *record_outcome(struct record *record,
				    const struct te_connection *connection)
{
	const struct te_end_view *client = &connection->end[TE_CLIENT];
	const struct te_end_view *server = &connection->end[TE_SERVER];
	uint64_t key = (uint64_t)connection->opened | (uint64_t)connection->closed << 8 |
		       (uint64_t)connection->first_closer << 16 |
		       (uint64_t)client->state << 24 | (uint64_t)server->state << 32 |
		       (uint64_t)client->presumed << 40 |
		       (uint64_t)server->presumed << 41 |
		       (uint64_t)connection->segments_to_close << 48;
	struct record_outcome *place = &record->outcomes[place_of(key, RECORD_OUTCOMES)];

	if (client->fin_repeats > 1 || server->fin_repeats > 1 ||
	    connection->segments_to_close > UINT16_MAX)
		return NULL;
	if (place->key != key) {
		place->key = key;
		place->piece.length = 0;
	}
	return &place->piece;
}

struct record_case *record_case(struct record *record, const struct te_finding *finding)
{
	struct record_case *place =
	    &record->cases[place_of((uintptr_t)finding->rule, RECORD_CASES)];

	if (place->rule != finding->rule || place->severity != finding->severity ||
	    place->scope != finding->scope || place->causes != finding->causes) {
		place->rule = finding->rule;
		place->severity = (uint8_t)finding->severity;
		place->scope = (uint8_t)finding->scope;
		place->causes = finding->causes;
		place->what.length = place->length = 0;
	}
	return place;
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

/* Two servers that fall together have a place each. */
static struct record_print *find_print(struct record *record,
				       const struct te_finding *finding)
{
	uint64_t key = server_key(&finding->connection->end[TE_SERVER]);
	struct record_print *pair =
	    &record->prints[2 *
			    place_of(key + (uintptr_t)finding->rule, RECORD_PRINTS / 2)];

	if (is_print_of(&pair[0], finding))
		return &pair[0];
	if (is_print_of(&pair[1], finding))
		return &pair[1];
	pair[1] = pair[0];
	pair[0].rule = NULL;
	return &pair[0];
}

uint64_t record_fingerprint(struct record *record, const struct te_finding *finding)
{
	const struct out_naming *naming = &record->out->run->naming;
	const struct te_connection *connection = finding->connection;
	struct record_print *print;

	if (!connection || finding->scope == TE_SCOPE_CAPTURE)
		return describe_fingerprint(finding, naming);
	print = find_print(record, finding);
	if (!print->rule)
		*print = (struct record_print){
			.rule = finding->rule,
			.end = (uint8_t)finding->end,
			.addr = connection->end[TE_SERVER].addr,
			.port = connection->end[TE_SERVER].port,
			.ip_version = connection->ip_version,
			.value = describe_fingerprint(finding, naming),
		};
	return print->value;
}
