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

struct community_end {
	uint8_t bytes[16 + 2]; /* address and port, in network order */
};

static size_t community_end(const struct te_connection *connection, enum te_end end,
			    struct community_end *key)
{
	size_t length = connection->ip_version == 6 ? 16 : 4;
	uint16_t port = connection->end[end].port;

	memcpy(key->bytes, connection->end[end].addr.bytes, length);
	key->bytes[length] = (uint8_t)(port >> 8);
	key->bytes[length + 1] = (uint8_t)port;
	return length;
}

/* seed (0), lower address, higher address, protocol, a zero, lower's port, higher's */
static size_t community_bytes(const struct te_connection *connection,
			      uint8_t bytes[COMMUNITY_MAX])
{
	struct community_end a, b, *low = &a, *high = &b;
	size_t length = community_end(connection, TE_CLIENT, &a);
	uint8_t *p = bytes + 2;

	community_end(connection, TE_SERVER, &b);
	if (memcmp(a.bytes, b.bytes, length + 2) > 0) {
		low = &b;
		high = &a;
	}
	memset(bytes, 0, COMMUNITY_MAX);
	memcpy(p, low->bytes, length);
	memcpy(p + length, high->bytes, length);
	p += 2 * length;
	*p = IPPROTO_TCP;
	memcpy(p + 2, low->bytes + length, 2);
	memcpy(p + 4, high->bytes + length, 2);
	return 2 + 2 * length + 6;
}

/* Of what fits into one block, with the padding of FIPS 180-4 5.1.1: a byte 0x80, zeros,
 * and the length in bits. SHA1Final() would pad it byte by byte. */
static void sha1_short(const uint8_t *bytes, size_t length,
		       uint8_t digest[SHA1_DIGEST_LENGTH])
{
	uint8_t block[SHA1_BLOCK_LENGTH] = { 0 };
	SHA1_CTX sha1;

	memcpy(block, bytes, length);
	block[length] = 0x80;
	block[SHA1_LENGTH_AT + 6] = (uint8_t)(length >> 5);
	block[SHA1_LENGTH_AT + 7] = (uint8_t)(length << 3);
	SHA1Init(&sha1);
	SHA1Transform(sha1.state, block);
	for (size_t i = 0; i < SHA1_DIGEST_LENGTH; i++)
		digest[i] = (uint8_t)(sha1.state[i / 4] >> (24 - i % 4 * 8));
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
	uint8_t bytes[COMMUNITY_MAX], digest[SHA1_DIGEST_LENGTH];
	size_t length = community_bytes(connection, bytes);

	sha1_short(bytes, length, digest);
	memcpy(buf, "1:", 2);
	base64(digest, buf + 2);
}
