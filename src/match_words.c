/* match_words.c - what a pcap-filter can ask of the SYN that stands for a connection
 *
 * libpcap would take `vlan`, `len > 100` or `tcp[13] & 4 != 0` and they would be false
 * for every connection. The words that have a meaning are few, so these are listed, and
 * all else is refused with the reason, where there is one to give.
 */
#include "config.h"
#include "match.h"
#include "words.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a name or a number is, by the word before it. */
enum match_kind { MATCH_HOST, MATCH_PORT, MATCH_PROTO };

struct match_scan {
	enum match_kind kind;
	const char *word; /* the last one, for its index in brackets */
	size_t len;
	char *err;
	size_t size;
};

struct match_row {
	const char *word;
	enum match_kind kind;
};

struct match_reason {
	const char *words, *reason;
};

/* Bytes of a header that a connection has: from first to last. */
struct match_field {
	const char *header;
	unsigned first, last;
};

/* clang-format off */
static const struct match_row match_rows[] = {
	{ "and", MATCH_HOST },   { "or", MATCH_HOST },        { "not", MATCH_HOST },
	{ "tcp", MATCH_HOST },   { "ip", MATCH_HOST },        { "ip6", MATCH_HOST },
	{ "src", MATCH_HOST },   { "dst", MATCH_HOST },       { "host", MATCH_HOST },
	{ "net", MATCH_HOST },   { "mask", MATCH_HOST },      { "port", MATCH_PORT },
	{ "portrange", MATCH_PORT }, { "proto", MATCH_PROTO },
};

static const struct match_reason match_reasons[] = {
	{ " len less greater ", "a connection has no length of a packet" },
	{ " inbound outbound ifname ifindex on ",
	  "a connection is at no interface; src is the client, dst the server" },
	{ " vlan mpls pppoed pppoes geneve vxlan gtp ", "tags and tunnels are not looked at" },
	{ " ether link fddi tr wlan llc lane broadcast multicast gateway ",
	  "a connection has no link layer" },
	{ " udp icmp icmp6 igmp igrp arp rarp sctp pim vrrp carp ah esp ipx stp atalk aarp "
	  "iso decnet ", "a connection is TCP" },
};

static const struct match_field match_fields[] = {
	{ "ip", 0, 0 },  { "ip", 9, 9 },   { "ip", 12, 19 },   /* version, protocol, addresses */
	{ "ip6", 0, 0 }, { "ip6", 6, 6 },  { "ip6", 8, 39 },
	{ "tcp", 0, 3 },                                       /* ports */
};

static const struct match_field match_headers[] = {
	{ "ip", 0, 19 }, { "ip6", 0, 39 }, { "tcp", 0, 19 },
};
/* clang-format on */

#define MATCH_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char match_syn[] = "a match is tried on a SYN from client to server";

static bool match_is(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && strncmp(word, name, len) == 0;
}

/* ---- words ---- */

static const char *match_refuse_word(const struct match_scan *scan, const char *text)
{
	const char *reason = match_syn;
	char padded[24];

	snprintf(padded, sizeof(padded), " %.*s ", (int)scan->len, scan->word);
	for (size_t i = 0; i < MATCH_LENGTH(match_reasons); i++) {
		if (strstr(match_reasons[i].words, padded) != NULL)
			reason = match_reasons[i].reason;
	}
	snprintf(scan->err, scan->size, "'%.*s' can mean nothing here: %s",
		 (int)scan->len, scan->word, reason);
	return text;
}

static bool match_is_keyword(const struct match_scan *scan)
{
	char word[24];

	snprintf(word, sizeof(word), "%.*s", (int)scan->len, scan->word);
	return scan->len < sizeof(word) && words_is_keyword(word);
}

/* "10.2.0.0/16", "10.2", "2001:db8::/32" */
static bool match_is_address(const char *word, size_t len)
{
	size_t digits = strspn(word, "0123456789.");
	struct in6_addr addr;
	char text[64];

	snprintf(text, sizeof(text), "%.*s", (int)(len < 60 ? len : 60), word);
	text[strcspn(text, "/")] = '\0';
	return digits >= strlen(text) || inet_pton(AF_INET6, text, &addr) == 1;
}

static bool match_is_tcp(const char *word, size_t len)
{
	return match_is(word, len, "6") || match_is(word, len, "tcp") ||
	       match_is(word, len, "\\tcp");
}

/* An address, a port, a protocol. */
static const char *match_value(const struct match_scan *scan, const char *text)
{
	const char *word = scan->word;
	size_t len = scan->len;

	switch (scan->kind) {
	case MATCH_PORT:
		return NULL; /* number or name: libpcap knows */
	case MATCH_PROTO:
		if (match_is_tcp(word, len))
			return NULL;
		snprintf(scan->err, scan->size,
			 "'proto %.*s' can mean nothing here: a connection is TCP",
			 (int)(len < 60 ? len : 60), word);
		return text;
	case MATCH_HOST:
		break;
	}
	if (match_is_address(word, len) || strncmp(word, "0x", 2) == 0)
		return NULL;
	snprintf(scan->err, scan->size,
		 isdigit((unsigned char)word[0]) || memchr(word, ':', len) != NULL
		     ? "'%.*s' is no IPv4 or IPv6 address"
		     : "'%.*s' would be the name of a host, which is not resolved: give "
		       "its address",
		 (int)(len < 60 ? len : 60), word);
	return text;
}

static const char *match_word(struct match_scan *scan, const char *text)
{
	if (scan->kind == MATCH_PROTO && match_is_tcp(scan->word, scan->len))
		return NULL;
	for (size_t i = 0; i < MATCH_LENGTH(match_rows); i++) {
		if (match_is(scan->word, scan->len, match_rows[i].word)) {
			/* "port 80 or 443": what follows is still a port */
			if (i > 2)
				scan->kind = match_rows[i].kind;
			return NULL;
		}
	}
	if (match_is_keyword(scan))
		return match_refuse_word(scan, text);
	return match_value(scan, text);
}

/* ---- tcp[OFFSET:SIZE] ---- */

static bool match_within(const struct match_field *rows, size_t count,
			 const struct match_scan *scan, unsigned long first,
			 unsigned long last)
{
	for (size_t i = 0; i < count; i++) {
		if (match_is(scan->word, scan->len, rows[i].header) &&
		    first >= rows[i].first && last <= rows[i].last)
			return true;
	}
	return false;
}

static bool match_number(const char **text, unsigned long *number)
{
	char *end;

	*text += strspn(*text, " \t");
	if (!isdigit((unsigned char)**text))
		return false;
	*number = strtoul(*text, &end, 0);
	*text = end + strspn(end, " \t");
	return *number < 65536;
}

/* Fills err. */
static void match_refuse_index(const struct match_scan *scan, unsigned long first,
			       unsigned long last)
{
	bool inside =
	    match_within(match_headers, MATCH_LENGTH(match_headers), scan, first, last);
	char header[8];

	snprintf(header, sizeof(header), "%.*s", (int)scan->len, scan->word);
	if (inside)
		snprintf(scan->err, scan->size,
			 "byte %lu of the %s header says nothing of a connection; its "
			 "addresses and ports do",
			 first, header);
	else
		snprintf(scan->err, scan->size,
			 "byte %lu lies past the %s header, and a SYN has no more", last,
			 header);
}

/* `open` is the bracket. *next is behind the closing one. */
static const char *match_index(struct match_scan *scan, const char *open,
			       const char **next)
{
	const char *text = open + 1;
	unsigned long first, bytes = 1;
	bool ok = match_number(&text, &first);

	if (ok && *text == ':') {
		text++;
		ok = match_number(&text, &bytes) && bytes > 0;
	}
	if (!ok || *text != ']') {
		snprintf(scan->err, scan->size,
			 "in brackets only numbers can mean something here: %s",
			 match_syn);
		return open + 1;
	}
	*next = text + 1;
	if (scan->word != NULL && match_within(match_fields, MATCH_LENGTH(match_fields),
					       scan, first, first + bytes - 1))
		return NULL;
	if (scan->word == NULL)
		snprintf(scan->err, scan->size, "brackets belong behind ip, ip6 or tcp");
	else
		match_refuse_index(scan, first, first + bytes - 1);
	return open + 1;
}

/* ---- the expression ---- */

static size_t match_word_length(const char *text)
{
	size_t len = text[0] == '\\' ? 1 : 0;

	return len + strspn(text + len, "abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789_.:/-");
}

const char *match_check(const char *expression, char *err, size_t size)
{
	struct match_scan scan = { .kind = MATCH_HOST, .err = err, .size = size };
	const char *wrong = NULL, *text = expression;

	if (expression[strspn(expression, " \t")] == '\0') {
		snprintf(err, size, "an expression is missing");
		return expression;
	}
	while (*text != '\0' && wrong == NULL) {
		size_t len = match_word_length(text);

		if (len > 0 && (isalnum((unsigned char)*text) || strchr(":\\", *text))) {
			scan.word = text;
			scan.len = len;
			wrong = match_word(&scan, text);
			text += len;
		} else if (*text == '[') {
			wrong = match_index(&scan, text, &text);
		} else {
			text++;
		}
	}
	return wrong;
}
