/* words.c - which words of the command line are inputs, and which are FILTER */
#include "config.h"
#include "words.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The words of pcap-filter(7) that an expression can begin with or contain. */
/* clang-format off */
static const char *const words_keywords[] = {
	"aarp", "action", "addr1", "addr2", "addr3", "addr4", "address1", "address2",
	"address3", "address4", "ah", "and", "arp", "atalk", "bcc", "broadcast", "byte",
	"carp", "clnp", "connectmsg", "csnp", "decnet", "dir", "direction", "dpc", "dst",
	"es-is", "esis", "esp", "ether", "fddi", "fisu", "gateway", "geneve", "greater",
	"hdpc", "hfisu", "hlssu", "hmsu", "hopc", "host", "hsio", "hsls", "icmp", "icmp6",
	"ifindex", "ifname", "igmp", "igrp", "iih", "ilmic", "inbound", "ip", "ip6", "ipx",
	"is-is", "isis", "iso", "l1", "l2", "lane", "lat", "len", "less", "link", "llc",
	"lsp", "lssu", "mask", "metac", "metaconnect", "mopdl", "moprc", "mpls", "msu",
	"multicast", "net", "netbeui", "not", "oam", "oamf4", "oamf4ec", "oamf4sc", "on",
	"opc", "or", "outbound", "pim", "port", "portrange", "pppoed", "pppoes", "proto",
	"protochain", "psnp", "ra", "radio", "rarp", "reason", "rnr", "rset", "rulenum",
	"ruleset", "sc", "sca", "sctp", "sio", "sls", "snp", "src", "srnr", "stp",
	"subrulenum", "subtype", "ta", "tcp", "tr", "type", "udp", "vci", "vlan", "vpi",
	"vrrp", "vxlan", "wlan",
};
static const char *const words_suffixes[] = { ".pcap", ".pcapng", ".cap" };
static const char *const words_codecs[] = { ".gz", ".zst", ".xz", ".lz4", ".bz2" };
/* clang-format on */

#define WORDS_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool words_keyword(const char *word, size_t len)
{
	for (size_t i = 0; i < WORDS_COUNT(words_keywords); i++) {
		if (strncmp(word, words_keywords[i], len) == 0 &&
		    words_keywords[i][len] == '\0')
			return true;
	}
	return false;
}

bool words_is_keyword(const char *word)
{
	return words_keyword(word, strlen(word));
}

/* FILTER may come as one quoted word, with '/' in it: 'net 10.0.0.0/8', '(tcp ...' */
static bool words_begins_expression(const char *word)
{
	size_t len = strcspn(word, " \t\n[()<>=!&|");

	if (word[0] == '(' || word[0] == '!')
		return true;
	return word[len] != '\0' && words_keyword(word, len);
}

/* The length of `word` without `suffix`; unchanged if it does not end so. */
static size_t words_strip(const char *word, size_t len, const char *suffix)
{
	size_t tail = strlen(suffix);

	if (len > tail && strncmp(word + len - tail, suffix, tail) == 0)
		return len - tail;
	return len;
}

bool words_is_capture(const char *word)
{
	size_t whole = strlen(word), len = whole;

	for (size_t i = 0; i < WORDS_COUNT(words_codecs) && len == whole; i++)
		len = words_strip(word, whole, words_codecs[i]);
	for (size_t i = 0; i < WORDS_COUNT(words_suffixes); i++) {
		if (words_strip(word, len, words_suffixes[i]) != len)
			return true;
	}
	return false;
}

static bool words_exists(const char *word)
{
	struct stat st;

	return stat(word, &st) == 0;
}

static bool words_is_input(const char *word)
{
	if (strcmp(word, "-") == 0)
		return true;
	if (words_is_keyword(word))
		return false;
	if (words_is_capture(word) || words_exists(word))
		return true;
	return strchr(word, '/') != NULL && !words_begins_expression(word);
}

bool words_input(struct words *words, const char *path)
{
	size_t count = words->input_count;
	const char **inputs = realloc(words->inputs, (count + 1) * sizeof(*inputs));

	if (inputs == NULL)
		return false;
	inputs[count] = path;
	words->inputs = inputs;
	words->input_count = count + 1;
	return true;
}

bool words_filter(struct words *words, const char *text)
{
	size_t used = words->filter == NULL ? 0 : strlen(words->filter);
	size_t len = strlen(text);
	char *filter = realloc(words->filter, used + len + 2);

	if (filter == NULL)
		return false;
	words->filter = filter;
	words->in_filter = true;
	if (used > 0)
		filter[used++] = ' ';
	memcpy(filter + used, text, len + 1);
	return true;
}

bool words_add(struct words *words, const char *word)
{
	if (!words->in_filter && words_is_input(word))
		return words_input(words, word);
	if (words->stray == NULL && words_is_input(word) && words_exists(word))
		words->stray = word;
	return words_filter(words, word);
}

bool words_own(struct words *words, char *text)
{
	char **own = realloc(words->own, (words->own_count + 1) * sizeof(*own));

	if (own == NULL)
		return false;
	own[words->own_count++] = text;
	words->own = own;
	return true;
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->own_count; i++)
		free(words->own[i]);
	free(words->own);
	free(words->inputs);
	free(words->filter);
	*words = (struct words){ 0 };
}
