/* script-segment.c - the parser of packet scripts: one line, one segment
 *
 *	+10ms A > S. 0:0 ack 1 win 1000 <mss 1460,sackOK> ttl 63
 */
#include "script-line.h"

#include <string.h>

enum { PAYLOAD_MAX = 65000, ALPHABET = 26, OTHER_LETTERS = 13 };

/* ---- words --------------------------------------------------------------- */

/* Relative to `base`, or absolute after '='. */
static bool parse_sequence(struct script_parser *p, const char *word, uint32_t base,
			   uint32_t *to)
{
	int64_t number;
	bool absolute = word && word[0] == '=';

	if (!script_number(p, absolute ? word + 1 : word, -(int64_t)UINT32_MAX,
			   UINT32_MAX, &number))
		return false;
	*to = (uint32_t)number + (absolute ? 0 : base);
	return true;
}

static bool word_ack(struct script_parser *p, struct script_segment *s)
{
	uint32_t base = p->script->conns[p->conn].iss[!s->side];

	if (!(s->segment.flags & TE_ACK))
		return script_fail(p, "'ack' without the flag '.'");
	return parse_sequence(p, script_word(p), base, &s->segment.ack);
}

static bool word_win(struct script_parser *p, struct script_segment *s)
{
	int64_t window;

	if (!script_number(p, script_word(p), 0, UINT16_MAX, &window))
		return false;
	s->segment.window = (uint16_t)window;
	return true;
}

static bool word_ttl(struct script_parser *p, struct script_segment *s)
{
	int64_t ttl;

	if (!script_number(p, script_word(p), 0, UINT8_MAX, &ttl))
		return false;
	s->segment.ttl = (uint8_t)ttl;
	return true;
}

static bool word_id(struct script_parser *p, struct script_segment *s)
{
	int64_t id;

	if (!script_number(p, script_word(p), 0, UINT16_MAX, &id))
		return false;
	s->segment.ip_id = (uint16_t)id;
	return true;
}

static bool word_vlan(struct script_parser *p, struct script_segment *s)
{
	int64_t vlan;

	if (!script_number(p, script_word(p), 0, 4095, &vlan))
		return false;
	s->segment.vlan = (uint16_t)vlan;
	s->segment.has |= TE_HAS_VLAN;
	return true;
}

static bool word_snap(struct script_parser *p, struct script_segment *s)
{
	int64_t snap;

	if (!script_number(p, script_word(p), 1, UINT16_MAX, &snap))
		return false;
	s->snap = (uint32_t)snap;
	return true;
}

static bool word_header(struct script_parser *p, struct script_segment *s)
{
	int64_t header;

	if (!script_number(p, script_word(p), 4, 60, &header))
		return false;
	s->header = (uint8_t)header;
	return true;
}

static bool word_lost(struct script_parser *p, struct script_segment *s)
{
	(void)p;
	s->lost = true;
	return true;
}

static bool word_badsum(struct script_parser *p, struct script_segment *s)
{
	(void)p;
	s->segment.has |= TE_BAD_SUM;
	return true;
}

/* Other bytes than this sequence number's usual ones. */
static bool word_other(struct script_parser *p, struct script_segment *s)
{
	(void)p;
	if (s->segment.data)
		s->segment.data += OTHER_LETTERS;
	return true;
}

static bool parse_words(struct script_parser *p, struct script_segment *s)
{
	static const struct {
		const char *word;
		bool (*parse)(struct script_parser *, struct script_segment *);
	} words[] = {
		{ "ack", word_ack },       { "win", word_win },
		{ "ttl", word_ttl },       { "id", word_id },
		{ "vlan", word_vlan },     { "snap", word_snap },
		{ "header", word_header }, { "lost", word_lost },
		{ "badsum", word_badsum }, { "other", word_other },
	};
	char *word;

	while ((word = script_word(p)) != NULL) {
		size_t i, count = sizeof(words) / sizeof(words[0]);

		for (i = 0; i < count && strcmp(word, words[i].word) != 0; i++)
			continue;
		if (i == count && word[0] != '<')
			return script_fail(p, "unknown word: %s", word);
		if (i < count ? !words[i].parse(p, s) : !script_parse_options(p, s, word))
			return false;
	}
	return true;
}

/* ---- the line ------------------------------------------------------------ */

static bool parse_flags(struct script_parser *p, const char *word, uint8_t *flags)
{
	static const char letters[] = "FSRP.UEW"; /* bit by bit */
	const char *letter;

	*flags = 0;
	if (strcmp(word, "-") == 0)
		return true;
	for (; *word; word++) {
		letter = strchr(letters, *word);
		if (!letter)
			return script_fail(p, "unknown flag: %c", *word);
		*flags |= (uint8_t)(1u << (letter - letters));
	}
	return true;
}

/* START:END, or START alone when there is no payload */
static bool parse_range(struct script_parser *p, char *word, struct script_segment *s)
{
	uint32_t base = p->script->conns[p->conn].iss[s->side], end;
	char *colon = word ? strchr(word, ':') : NULL;

	if (colon)
		*colon = '\0';
	if (!parse_sequence(p, word, base, &s->segment.seq) ||
	    !parse_sequence(p, colon ? colon + 1 : word, base, &end))
		return false;
	s->segment.len = end - s->segment.seq;
	if (s->segment.len > PAYLOAD_MAX)
		return script_fail(p, "more payload than a segment can hold");
	s->segment.data_len = s->segment.len;
	s->segment.data = p->script->pattern + (s->segment.seq - base) % ALPHABET;
	return true;
}

static void address(struct script_parser *p, struct script_segment *s)
{
	const struct script_conn *conn = &p->script->conns[p->conn];

	s->segment.ip_version = conn->ip_version;
	s->segment.src = conn->addr[s->side];
	s->segment.dst = conn->addr[!s->side];
	s->segment.src_port = conn->port[s->side];
	s->segment.dst_port = conn->port[!s->side];
	s->segment.vlan = conn->vlan;
	s->segment.has = (uint16_t)(TE_SUM_KNOWN | (conn->has_vlan ? TE_HAS_VLAN : 0));
	s->segment.ttl = 64;
	s->segment.ip_id = conn->ip_version == 4 ? p->next_id[s->side]++ : 0;
}

static bool parse_new(struct script_parser *p, struct script_segment *s,
		      const char *flags)
{
	bool has_ack;

	address(p, s);
	if (!parse_flags(p, flags, &s->segment.flags) ||
	    !parse_range(p, script_word(p), s))
		return false;
	s->segment.window = s->segment.flags & TE_RST ? 0 : UINT16_MAX;
	has_ack = (s->segment.flags & TE_ACK) != 0;
	if (has_ack && strncmp(p->rest + strspn(p->rest, " \t"), "ack ", 4) != 0)
		return script_fail(p, "'.' is followed by 'ack N'");
	return parse_words(p, s);
}

/* The former segment of that side once more, byte by byte. */
static bool parse_same(struct script_parser *p, struct script_segment *s)
{
	size_t i = p->script->item_count - 1; /* the last one is this line's */

	while (i-- > 0) {
		const struct script_item *item = &p->script->items[i];

		if (item->kind == SCRIPT_SEGMENT && item->conn == p->conn &&
		    item->u.segment.side == s->side) {
			*s = item->u.segment;
			s->lost = false;
			return parse_words(p, s);
		}
	}
	return script_fail(p, "nothing was sent before");
}

/* What a snap length leaves, by the headers that mkpcap writes. */
static void cut(struct script_segment *s)
{
	uint32_t headers = 14 + (s->segment.has & TE_HAS_VLAN ? 4u : 0) +
			   (s->segment.ip_version == 6 ? 40u : 20u) + 20 + s->options_len;
	uint32_t room = s->snap > headers ? s->snap - headers : 0;

	if (s->snap == 0 || room >= s->segment.len)
		return;
	s->segment.data_len = room;
	s->segment.has |= TE_SNAPPED;
	s->segment.has &= (uint16_t)~TE_SUM_KNOWN;
}

static bool parse_time(struct script_parser *p, const char *word)
{
	te_time length;

	if (!script_time(p, word + 1, &length))
		return false;
	return script_pass(p, word[0] == '+' ? p->now : SCRIPT_START, length);
}

bool script_parse_segment(struct script_parser *p, const char *time)
{
	struct script_end end;
	struct script_item *item;
	char *word, *arrow;

	if (!parse_time(p, time) || !script_parse_end(p, script_word(p), &end))
		return false;
	arrow = script_word(p);
	word = script_word(p);
	if (!arrow || strcmp(arrow, ">") != 0 || !word)
		return script_fail(p, "'END > FLAGS' is wanted");
	item = script_add(p, SCRIPT_SEGMENT);
	if (!item)
		return false;
	item->u.segment.side = end.side;
	if (!(strcmp(word, "same") == 0 ? parse_same(p, &item->u.segment)
					: parse_new(p, &item->u.segment, word)))
		return false;
	cut(&item->u.segment);
	item->u.segment.segment.time = p->now;
	item->u.segment.segment.file = 1;
	item->u.segment.segment.frame = item->u.segment.lost ? 0 : ++p->script->segments;
	return true;
}
