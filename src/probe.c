/* probe.c - does a filter see both directions of a connection?
 *
 * "src port 80" passes what a server says and nothing that it is asked. Which address
 * and port would pass is known only to the expression, so its own words are tried in
 * all places; equal addresses or ports at both ends would hide the direction.
 */
#include "config.h"
#include "probe.h"
#include "syn.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

enum { PROBE_MAX = 5 };

struct probe_addr {
	int family;
	uint8_t bytes[16];
};

struct probe_words {
	struct probe_addr addrs[PROBE_MAX + 4];
	size_t addr_count;
	uint16_t ports[PROBE_MAX + 2];
	size_t port_count;
};

struct probe_pair {
	struct syn_end client, server;
};

/* "10.1/16" and "10" mean 10.1.0.0 and 10.0.0.0 after `net`. */
static bool probe_short_ipv4(const char *text, uint8_t bytes[4])
{
	memset(bytes, 0, 4);
	for (int i = 0; i < 4 && isdigit((unsigned char)*text); i++) {
		char *end;
		unsigned long octet = strtoul(text, &end, 10);

		if (octet > 255)
			return false;
		bytes[i] = (uint8_t)octet;
		if (*end == '\0')
			return true;
		if (*end != '.')
			return false;
		text = end + 1;
	}
	return false;
}

static void probe_addr(struct probe_words *words, char *text, const char *before)
{
	struct probe_addr addr = { .family = AF_INET };
	bool net = strcmp(before, "net") == 0;

	text[strcspn(text, "/")] = '\0';
	if (words->addr_count >= PROBE_MAX)
		return;
	if (inet_pton(AF_INET6, text, addr.bytes) == 1)
		addr.family = AF_INET6;
	else if (inet_pton(AF_INET, text, addr.bytes) != 1 &&
		 !(net && probe_short_ipv4(text, addr.bytes)))
		return;
	words->addrs[words->addr_count++] = addr;
}

static void probe_port(struct probe_words *words, const char *text)
{
	const struct servent *service = getservbyname(text, "tcp");
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	if (service != NULL)
		port = ntohs((uint16_t)service->s_port);
	else if (end == text)
		return;
	if (words->port_count < PROBE_MAX && port > 0 && port <= 65535)
		words->ports[words->port_count++] = (uint16_t)port;
}

static void probe_word(struct probe_words *words, char *word, const char *before)
{
	if (strcmp(before, "port") == 0 || strcmp(before, "portrange") == 0)
		probe_port(words, word);
	else
		probe_addr(words, word, before);
}

/* Documentation addresses and ports stand in where the expression names none. */
static void probe_defaults(struct probe_words *words)
{
	static const struct probe_addr addrs[] = {
		{ AF_INET, { 192, 0, 2, 1 } },
		{ AF_INET, { 198, 51, 100, 1 } },
		{ AF_INET6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } },
		{ AF_INET6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 } },
	};

	memcpy(&words->addrs[words->addr_count], addrs, sizeof(addrs));
	words->addr_count += 4;
	words->ports[words->port_count++] = 51234;
	words->ports[words->port_count++] = 8888;
}

static bool probe_words(const char *expression, struct probe_words *words)
{
	char *copy = strdup(expression), *rest = copy, *word;
	const char *before = "";

	if (copy == NULL)
		return false;
	while ((word = strtok_r(rest, " \t\n()", &rest)) != NULL) {
		probe_word(words, word, before);
		if (strcmp(word, "or") != 0) /* port 80 or 443 */
			before = word[0] != '\0' && !isdigit((unsigned char)word[0])
				     ? word
				     : before;
	}
	free(copy);
	probe_defaults(words);
	return true;
}

/* How many of the two pass. */
static int probe_pair(const struct probe_pair *pair,
		      bool (*passes)(void *ctx, const struct te_frame *), void *ctx)
{
	uint8_t bytes[SYN_FRAME];
	int passed = 0;

	for (int answer = 0; answer < 2; answer++) {
		struct te_frame frame =
		    syn_frame(bytes, &pair->client, &pair->server, answer != 0);

		passed += passes(ctx, &frame);
	}
	return passed;
}

static struct syn_end probe_end(const struct probe_addr *addr, uint16_t port)
{
	struct syn_end end = { .ip_version = addr->family == AF_INET ? 4 : 6,
			       .port = port };

	memcpy(end.addr.bytes, addr->bytes, sizeof(addr->bytes));
	return end;
}

/* Arrangement number n of the words; false if it is none that can be. */
static bool probe_arrange(const struct probe_words *w, size_t n, struct probe_pair *pair)
{
	const struct probe_addr *client, *server;

	client = &w->addrs[n % w->addr_count];
	n /= w->addr_count;
	server = &w->addrs[n % w->addr_count];
	n /= w->addr_count;
	pair->client = probe_end(client, w->ports[n % w->port_count]);
	pair->server = probe_end(server, w->ports[n / w->port_count]);
	return client->family == server->family &&
	       memcmp(client->bytes, server->bytes, 16) != 0 &&
	       pair->client.port != pair->server.port;
}

bool probe_one_way(const char *expression,
		   bool (*passes)(void *ctx, const struct te_frame *), void *ctx)
{
	struct probe_words words = { 0 };
	struct probe_pair pair;
	bool one = false;
	size_t count;

	if (!probe_words(expression, &words))
		return false;
	count = words.addr_count * words.addr_count * words.port_count * words.port_count;
	for (size_t n = 0; n < count; n++) {
		int passed = 0;

		if (probe_arrange(&words, n, &pair))
			passed = probe_pair(&pair, passes, ctx);
		if (passed == 2)
			return false;
		one |= passed == 1;
	}
	return one;
}
