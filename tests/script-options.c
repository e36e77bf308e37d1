/* script-options.c - the parser of packet scripts: <mss 1460,sackOK>, as on the wire */
#include "script-line.h"

#include <stdio.h>
#include <string.h>

static bool put(struct script_parser *p, struct script_segment *s, unsigned size,
		uint32_t value)
{
	if (s->options_len + size > sizeof(s->options))
		return script_fail(p, "options take more than 40 bytes");
	while (size-- > 0)
		s->options[s->options_len++] = (uint8_t)(value >> (8 * size));
	return true;
}

static bool put_mss(struct script_parser *p, struct script_segment *s, char *words)
{
	int64_t mss;

	if (!script_number(p, words, 0, UINT16_MAX, &mss))
		return false;
	s->segment.mss = (uint16_t)mss;
	s->segment.has |= TE_HAS_MSS;
	return put(p, s, 2, 0x0204) && put(p, s, 2, (uint32_t)mss);
}

static bool put_wscale(struct script_parser *p, struct script_segment *s, char *words)
{
	int64_t shift;

	if (!script_number(p, words, 0, 255, &shift))
		return false;
	s->segment.wscale = (uint8_t)shift;
	s->segment.has |= TE_HAS_WSCALE;
	return put(p, s, 2, 0x0303) && put(p, s, 1, (uint32_t)shift);
}

static bool put_sack_ok(struct script_parser *p, struct script_segment *s, char *words)
{
	if (*words)
		return script_fail(p, "sackOK takes no value");
	s->segment.has |= TE_HAS_SACK_OK;
	return put(p, s, 2, 0x0402);
}

/* val V ecr E */
static bool put_timestamps(struct script_parser *p, struct script_segment *s, char *words)
{
	unsigned long long val, ecr;
	int used = 0;

	if (sscanf(words, "val %llu ecr %llu%n", &val, &ecr, &used) != 2 ||
	    words[used] != '\0' || val > UINT32_MAX || ecr > UINT32_MAX)
		return script_fail(p, "'TS val N ecr N' is wanted");
	s->segment.tsval = (uint32_t)val;
	s->segment.tsecr = (uint32_t)ecr;
	s->segment.has |= TE_HAS_TS;
	return put(p, s, 2, 0x080a) && put(p, s, 4, (uint32_t)val) &&
	       put(p, s, 4, (uint32_t)ecr);
}

/* LEFT:RIGHT..., relative to what the other end sends */
static bool put_sack(struct script_parser *p, struct script_segment *s, char *words)
{
	uint32_t base = p->script->conns[p->conn].iss[!s->side];
	uint8_t length_at = (uint8_t)(s->options_len + 1);
	long left, right;
	int used;

	if (!put(p, s, 2, 0x0502))
		return false;
	for (; sscanf(words, "%ld:%ld%n", &left, &right, &used) == 2; words += used) {
		uint32_t edge = base + (uint32_t)right;
		bool first = !(s->segment.has & TE_HAS_SACK);

		if (!put(p, s, 4, base + (uint32_t)left) || !put(p, s, 4, edge))
			return false;
		if (first || (int32_t)(edge - s->segment.sack_right) > 0)
			s->segment.sack_right = edge;
		s->segment.has |= TE_HAS_SACK;
		s->options[length_at] = (uint8_t)(s->options[length_at] + 8);
	}
	if (*words != '\0' || !(s->segment.has & TE_HAS_SACK))
		return script_fail(p, "'sack LEFT:RIGHT' is wanted");
	return true;
}

/* A Fast Open cookie in hex, or nothing to ask for one (RFC 7413 2). */
static bool put_fast_open(struct script_parser *p, struct script_segment *s, char *words)
{
	size_t digits = strlen(words);
	unsigned byte;

	if (digits % 2 != 0 || strspn(words, "0123456789abcdef") != digits)
		return script_fail(p, "a cookie in hex is wanted, not %s", words);
	s->segment.has |= TE_HAS_TFO;
	if (!put(p, s, 1, 34) || !put(p, s, 1, (uint32_t)(2 + digits / 2)))
		return false;
	for (; sscanf(words, "%2x", &byte) == 1; words += 2)
		if (!put(p, s, 1, byte))
			return false;
	return true;
}

static bool put_nop(struct script_parser *p, struct script_segment *s, char *words)
{
	(void)words;
	return put(p, s, 1, 1);
}

/* Kind 2 has four bytes (RFC 9293 3.2), not five. */
static bool put_bad(struct script_parser *p, struct script_segment *s, char *words)
{
	(void)words;
	s->segment.has |= TE_BAD_OPTION;
	return put(p, s, 2, 0x0205) && put(p, s, 3, 0);
}

static bool parse_option(struct script_parser *p, struct script_segment *s, char *option)
{
	static const struct {
		const char *word;
		bool (*put)(struct script_parser *, struct script_segment *, char *);
	} options[] = {
		{ "mss", put_mss },        { "wscale", put_wscale },
		{ "sackOK", put_sack_ok }, { "TS", put_timestamps },
		{ "sack", put_sack },      { "FO", put_fast_open },
		{ "nop", put_nop },        { "bad", put_bad },
	};
	size_t len;

	option += strspn(option, " ");
	len = strcspn(option, " ");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strlen(options[i].word) == len &&
		    strncmp(option, options[i].word, len) == 0) {
			option += len;
			return options[i].put(p, s, option + strspn(option, " "));
		}
	return script_fail(p, "unknown option: %s", option);
}

bool script_parse_options(struct script_parser *p, struct script_segment *s, char *word)
{
	size_t len = strlen(word);
	char *comma;

	if (word[len - 1] != '>')
		return script_fail(p, "'>' is wanted after the options");
	word[len - 1] = '\0';
	for (word++; word; word = comma) {
		comma = strchr(word, ',');
		if (comma)
			*comma++ = '\0';
		if (!parse_option(p, s, word))
			return false;
	}
	while (s->options_len % 4 != 0)
		if (!put(p, s, 1, 1))
			return false;
	return true;
}
