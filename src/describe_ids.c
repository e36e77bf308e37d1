/* describe_ids.c - names by which other tools and later runs find the same thing again
 *
 * A display filter for Wireshark, the fingerprint for baselines, the Community ID.
 */
#include "config.h"
#include "out.h"
#include "phrase.h"
#include <inttypes.h>
#include <netinet/in.h>
#include <sha1.h>
#include <sha2.h>
#include <string.h>

static const char *address(const struct te_connection *connection, enum te_end end,
			   char text[OUT_ADDR])
{
	return out_addr_text(connection->ip_version, &connection->end[end].addr, text);
}

/* ---- Wireshark display filter ---- */

static void filter_address(struct phrase *phrase, const struct te_connection *connection,
			   enum te_end end)
{
	char text[OUT_ADDR];

	phrase_word(phrase, phrase->used ? " && " : "");
	phrase_word(phrase, connection->ip_version == 6 ? "ipv6.addr==" : "ip.addr==");
	phrase_word(phrase, address(connection, end, text));
}

static void filter_port(struct phrase *phrase, const struct te_connection *connection,
			enum te_end end)
{
	phrase_word(phrase, " && tcp.port==");
	phrase_u64(phrase, connection->end[end].port);
}

static void filter_frames(struct phrase *phrase, const struct te_finding *finding)
{
	if (finding->frame_count == 0) {
		phrase_add(phrase, "tcp");
		return;
	}
	for (unsigned i = 0; i < finding->frame_count; i++)
		phrase_add(phrase, "%s%" PRIu64, i ? "," : "frame.number in {",
			   finding->frames[i]);
	phrase_add(phrase, "}");
}

const char *describe_filter(const struct te_finding *finding, char *buf, size_t size)
{
	const struct te_connection *connection = finding->connection;
	struct phrase phrase = phrase_new(buf, size);

	if (!connection || finding->scope == TE_SCOPE_CAPTURE) {
		filter_frames(&phrase, finding);
		return buf;
	}
	if (finding->scope != TE_SCOPE_LISTENER)
		filter_address(&phrase, connection, TE_CLIENT);
	if (finding->scope == TE_SCOPE_CONNECTION)
		filter_port(&phrase, connection, TE_CLIENT);
	filter_address(&phrase, connection, TE_SERVER);
	filter_port(&phrase, connection, TE_SERVER);
	return buf;
}

/* ---- fingerprint ---- */

/* Where ephemeral ports begin, unless the range is given: Linux 32768, IANA and Windows
 * 49152. A server found there was given its port by the system and has another one in
 * the next capture. */
enum { EPHEMERAL = 32768 };

bool describe_is_ephemeral(const struct out_naming *naming, uint16_t port)
{
	if (!naming || naming->port_high == 0)
		return port >= EPHEMERAL;
	return port >= naming->port_low && port <= naming->port_high;
}

static void phrase_server(struct phrase *phrase, const struct te_connection *connection,
			  const struct out_naming *naming)
{
	char text[OUT_ADDR];
	uint16_t port = connection->end[TE_SERVER].port;
	bool port_only = naming && naming->port_only;

	phrase_add(phrase, "%s|", port_only ? "" : address(connection, TE_SERVER, text));
	if (describe_is_ephemeral(naming, port))
		phrase_add(phrase, "*");
	else
		phrase_add(phrase, "%u", port);
}

uint64_t describe_print(const char *what, enum te_end end,
			const struct te_connection *connection,
			const struct out_naming *naming)
{
	char text[512];
	struct phrase phrase = phrase_new(text, sizeof text);
	uint8_t digest[SHA256_DIGEST_LENGTH];
	uint64_t print = 0;
	SHA2_CTX sha;

	phrase_add(&phrase, "%s|%s|", what, te_end_name(end) ? te_end_name(end) : "");
	if (connection)
		phrase_server(&phrase, connection, naming);
	else
		phrase_add(&phrase, "|");
	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)text, phrase.used);
	SHA256Final(digest, &sha);
	for (size_t i = 0; i < sizeof print; i++)
		print = print << 8 | digest[i];
	return print;
}

uint64_t describe_fingerprint(const struct te_finding *finding,
			      const struct out_naming *naming)
{
	bool wide = finding->scope == TE_SCOPE_CAPTURE;

	return describe_print(finding->rule->id, finding->end,
			      wide ? NULL : finding->connection, naming);
}

/* ---- Community ID ---- */

enum { COMMUNITY_MAX = 2 + 16 + 16 + 1 + 1 + 2 + 2, SHA1_LENGTH_AT = 56 };

static bool is_lower(const struct te_end_view *a, const struct te_end_view *b)
{
	int order = memcmp(a->addr.bytes, b->addr.bytes, sizeof a->addr.bytes);

	return order ? order < 0 : a->port < b->port;
}

static uint8_t *put_addresses(uint8_t *at, uint8_t ip_version, const struct te_addr *low,
			      const struct te_addr *high)
{
	if (ip_version == 6) {
		memcpy(at, low->bytes, 16);
		memcpy(at + 16, high->bytes, 16);
		return at + 32;
	}
	memcpy(at, low->bytes, 4);
	memcpy(at + 4, high->bytes, 4);
	return at + 8;
}

static uint8_t *put_port(uint8_t *at, uint16_t port)
{
	*at++ = (uint8_t)(port >> 8);
	*at++ = (uint8_t)port;
	return at;
}

/* seed (0), lower address, higher address, protocol, a zero, lower's port, higher's */
static size_t community_bytes(const struct te_connection *connection,
			      uint8_t bytes[COMMUNITY_MAX])
{
	const struct te_end_view *low = &connection->end[TE_CLIENT];
	const struct te_end_view *high = &connection->end[TE_SERVER];
	uint8_t *at = bytes;

	if (is_lower(high, low)) {
		low = high;
		high = &connection->end[TE_CLIENT];
	}
	*at++ = 0;
	*at++ = 0;
	at = put_addresses(at, connection->ip_version, &low->addr, &high->addr);
	*at++ = IPPROTO_TCP;
	*at++ = 0;
	at = put_port(at, low->port);
	at = put_port(at, high->port);
	return (size_t)(at - bytes);
}

/* Of what fits into one block, with the padding of FIPS 180-4 5.1.1: a byte 0x80, zeros,
 * and the length in bits. SHA1Final() would pad it byte by byte. */
static void sha1_short(uint8_t block[SHA1_BLOCK_LENGTH], size_t length,
		       uint8_t digest[SHA1_DIGEST_LENGTH])
{
	SHA1_CTX sha1;

	block[length] = 0x80;
	block[SHA1_LENGTH_AT + 6] = (uint8_t)(length >> 5);
	block[SHA1_LENGTH_AT + 7] = (uint8_t)(length << 3);
	SHA1Init(&sha1);
	SHA1Transform(sha1.state, block);
	for (size_t i = 0; i < SHA1_DIGEST_LENGTH / 4; i++)
		for (size_t byte = 0; byte < 4; byte++)
			digest[4 * i + byte] =
			    (uint8_t)(sha1.state[i] >> (24 - byte * 8));
}

/* RFC 4648 section 4. 20 bytes: six times three, and two. */
static void base64(const uint8_t digest[SHA1_DIGEST_LENGTH], char text[28 + 1])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (const uint8_t *b = digest; b < digest + SHA1_DIGEST_LENGTH; b += 3) {
		bool last = b + 2 == digest + SHA1_DIGEST_LENGTH;
		unsigned group = (unsigned)b[0] << 16 | (unsigned)b[1] << 8;

		if (!last)
			group |= b[2];
		text[0] = letters[group >> 18];
		text[1] = letters[group >> 12 & 63];
		text[2] = letters[group >> 6 & 63];
		text[3] = last ? '=' : letters[group & 63];
		text += 4;
	}
	*text = '\0';
}

void describe_community_id(const struct te_connection *connection,
			   char buf[OUT_COMMUNITY_ID])
{
	uint8_t block[SHA1_BLOCK_LENGTH] = { 0 }, digest[SHA1_DIGEST_LENGTH];

	sha1_short(block, community_bytes(connection, block), digest);
	memcpy(buf, "1:", 2);
	base64(digest, buf + 2);
}
