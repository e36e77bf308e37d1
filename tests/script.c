/* script.c - the parser of packet scripts: lines, and what is not a segment */
#define _POSIX_C_SOURCE 200809L /* inet_pton */
#include "script-line.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1024, FILE_MAX_BYTES = 16 << 20, PATTERN_BYTES = 65536 + 52 };

/* ---- connections -------------------------------------------------------- */

static struct script_conn *add_conn(struct script_parser *p, const char *name)
{
	struct script *script = p->script;
	struct script_conn *conns = script->conns, *conn;

	conns = script_grow(conns, script->conn_count, sizeof(*conns));
	if (!conns) {
		script_fail(p, "out of memory");
		return NULL;
	}
	script->conns = conns;
	conn = &conns[script->conn_count];
	memset(conn, 0, sizeof(*conn));
	if (!script_copy(p, conn->name, name))
		return NULL;
	conn->iss[SCRIPT_A] = 1000000000;
	conn->iss[SCRIPT_B] = 3000000000;
	p->conn = script->conn_count++;
	return conn;
}

/* "10.0.0.1:80" or "[fd00::1]:80" */
static bool parse_address(struct script_parser *p, char *word, struct script_conn *conn,
			  unsigned side)
{
	char *colon = word ? strrchr(word, ':') : NULL;
	int64_t port;
	uint8_t version = word && word[0] == '[' ? 6 : 4;
	int family = version == 6 ? AF_INET6 : AF_INET;

	if (!colon || (version == 6 && (colon == word || colon[-1] != ']')))
		return script_fail(p, "ADDRESS:PORT is wanted");
	colon[version == 6 ? -1 : 0] = '\0';
	if (!script_number(p, colon + 1, 0, UINT16_MAX, &port))
		return false;
	if (inet_pton(family, word + (version == 6), conn->addr[side].bytes) != 1)
		return script_fail(p, "not an address: %s", word);
	if (side == SCRIPT_B && conn->ip_version != version)
		return script_fail(p, "one address is IPv4, the other IPv6");
	conn->ip_version = version;
	conn->port[side] = (uint16_t)port;
	return true;
}

static bool default_conn(struct script_parser *p)
{
	char v4[2][32] = { "192.0.2.1:40000", "198.51.100.2:80" };
	char v6[2][32] = { "[2001:db8::1]:40000", "[2001:db8::2]:80" };
	struct script_conn *conn;

	if (p->script->conn_count != 0)
		return true;
	conn = add_conn(p, "-");
	return conn && parse_address(p, p->ipv6 ? v6[0] : v4[0], conn, SCRIPT_A) &&
	       parse_address(p, p->ipv6 ? v6[1] : v4[1], conn, SCRIPT_B);
}

static bool find_conn(struct script_parser *p, const char *name)
{
	for (size_t i = 0; i < p->script->conn_count; i++)
		if (strcmp(p->script->conns[i].name, name) == 0) {
			p->conn = i;
			return true;
		}
	return false;
}

/* conn NAME [ADDR:PORT > ADDR:PORT [vlan N]] */
static bool parse_conn(struct script_parser *p)
{
	char *name = script_word(p), *from = script_word(p), *arrow, *word;
	struct script_conn *conn;
	int64_t vlan;

	if (!name || !from)
		return (name && find_conn(p, name)) ||
		       script_fail(p, "no such connection: %s", name ? name : "");
	if (find_conn(p, name))
		return script_fail(p, "named before: %s", name);
	conn = add_conn(p, name);
	arrow = script_word(p);
	if (!conn || !arrow || strcmp(arrow, ">") != 0)
		return conn && script_fail(p, "'>' is wanted between the addresses");
	if (!parse_address(p, from, conn, SCRIPT_A) ||
	    !parse_address(p, script_word(p), conn, SCRIPT_B))
		return false;
	word = script_word(p);
	if (word && strcmp(word, "vlan") == 0) {
		if (!script_number(p, script_word(p), 0, 4095, &vlan))
			return false;
		conn->has_vlan = true;
		conn->vlan = (uint16_t)vlan;
	}
	return true;
}

/* iss A 4294967000 */
static bool parse_iss(struct script_parser *p)
{
	struct script_end end;
	int64_t iss;

	if (!default_conn(p) || !script_parse_end(p, script_word(p), &end) ||
	    !script_number(p, script_word(p), 0, UINT32_MAX, &iss))
		return false;
	p->script->conns[p->conn].iss[end.side] = (uint32_t)iss;
	return true;
}

/* ---- other statements --------------------------------------------------- */

static bool parse_ipv6(struct script_parser *p)
{
	if (p->script->conn_count != 0)
		return script_fail(p, "'ipv6' comes before the first segment");
	p->ipv6 = true;
	return true;
}

/* Says only to the reader that the capture begins inside a connection. */
static bool parse_midstream(struct script_parser *p)
{
	return p->script->segments == 0 ||
	       script_fail(p, "'midstream' comes before the first segment");
}

static bool parse_tick(struct script_parser *p)
{
	const char *word = script_word(p);
	te_time length;

	return script_time(p, word ? word : "", &length) &&
	       script_pass(p, p->now, length) && script_add(p, SCRIPT_TICK) != NULL;
}

/* "30s", "0.5ms", "70%", "1000/s", "auto" */
static bool parse_value(struct script_parser *p, const char *word, double *value)
{
	te_time length;

	*value = 0;
	if (*word < '0' || *word > '9')
		return true;
	if (strpbrk(word, "%/")) {
		*value = strtod(word, NULL);
		return true;
	}
	if (!script_time(p, word, &length))
		return false;
	*value = (double)length / (double)TE_SEC;
	return true;
}

/* set NAME=VALUE; a value with a unit of time is in seconds */
static bool parse_set(struct script_parser *p)
{
	char *word = script_word(p), *equals = word ? strchr(word, '=') : NULL;
	struct script_item *item;

	if (!equals)
		return script_fail(p, "NAME=VALUE is wanted");
	*equals++ = '\0';
	item = script_add(p, SCRIPT_SET);
	return item && script_copy(p, item->u.named.name, word) &&
	       script_copy(p, item->u.named.word, equals) &&
	       parse_value(p, equals, &item->u.named.value);
}

static bool parse_finish(struct script_parser *p)
{
	p->ended = true;
	return true;
}

static bool parse_statement(struct script_parser *p, char *word)
{
	static const struct {
		const char *word;
		bool (*parse)(struct script_parser *);
	} statements[] = {
		{ "conn", parse_conn },  { "iss", parse_iss },
		{ "ipv6", parse_ipv6 },  { "midstream", parse_midstream },
		{ "tick", parse_tick },  { "set", parse_set },
		{ "end", parse_finish },
	};
	bool known = false, ok;

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (strcmp(word, statements[i].word) == 0)
			return statements[i].parse(p);
	ok = script_parse_want(p, word, &known);
	return known ? ok : script_fail(p, "unknown word: %s", word);
}

static bool parse_line(struct script_parser *p)
{
	char *word = script_word(p);

	if (!word)
		return true;
	if (word[0] == '+' || word[0] == '@') {
		if (p->ended)
			return script_fail(p, "a segment after 'end'");
		if (!default_conn(p) || !script_parse_segment(p, word))
			return false;
	} else if (!parse_statement(p, word)) {
		return false;
	}
	word = script_word(p);
	return !word || script_fail(p, "not understood: %s", word);
}

static bool parse_text(struct script_parser *p, const char *text, size_t len)
{
	char line[LINE_MAX_BYTES];
	const char *end = text + len, *stop;
	size_t size;

	for (; text < end; text = stop + 1) {
		p->line++;
		stop = memchr(text, '\n', (size_t)(end - text));
		if (!stop)
			stop = end;
		size = (size_t)(stop - text);
		if (size >= sizeof(line) || memchr(text, '\0', size))
			return script_fail(p, "a line too long, or not text");
		memcpy(line, text, size);
		line[size] = '\0';
		line[strcspn(line, "#\r")] = '\0';
		p->rest = line;
		if (!parse_line(p))
			return false;
		if (stop == end)
			break;
	}
	return true;
}

static bool has_segment(const struct script *script, unsigned line)
{
	for (size_t i = 0; i < script->item_count; i++)
		if (script->items[i].line == line &&
		    script->items[i].kind == SCRIPT_SEGMENT &&
		    !script->items[i].u.segment.lost)
			return true;
	return false;
}

/* Lines named as evidence must be those of captured segments. */
static bool check_lines(struct script_parser *p)
{
	const struct script *script = p->script;

	for (size_t i = 0; i < script->item_count; i++) {
		const struct script_item *item = &script->items[i];
		const struct script_finding *finding = &item->u.finding;

		if (item->kind != SCRIPT_FINDING)
			continue;
		p->line = item->line;
		for (unsigned k = 0; k < finding->line_count; k++)
			if (!has_segment(script, finding->lines[k]))
				return script_fail(p, "no captured segment on line %u",
						   finding->lines[k]);
	}
	return true;
}

/* Payloads repeat the alphabet by sequence number, so that repeats carry the same. */
static bool make_pattern(struct script *script)
{
	script->pattern = malloc(PATTERN_BYTES);
	for (unsigned i = 0; script->pattern && i < PATTERN_BYTES; i++)
		script->pattern[i] = (uint8_t)('a' + i % 26);
	return script->pattern != NULL;
}

struct script *script_parse(const char *text, size_t len, struct script_error *error)
{
	struct script *script = calloc(1, sizeof(*script));
	struct script_parser parser = { .script = script,
					.error = error,
					.now = SCRIPT_START,
					.next_id = { 0x1001, 0x8001 } };

	memset(error, 0, sizeof(*error));
	if (!script || !make_pattern(script)) {
		script_fail(&parser, "out of memory");
	} else if (parse_text(&parser, text, len) && check_lines(&parser)) {
		return script;
	}
	script_free(script);
	return NULL;
}

struct script *script_read(const char *path, struct script_error *error)
{
	struct script_parser nowhere = { .error = error };
	FILE *file = fopen(path, "rb");
	struct script *script = NULL;
	char *text = malloc(FILE_MAX_BYTES);
	size_t len = 0;

	if (file && text)
		len = fread(text, 1, FILE_MAX_BYTES, file);
	if (!file || !text || ferror(file) || len == FILE_MAX_BYTES)
		script_fail(&nowhere, "cannot be read");
	else
		script = script_parse(text, len, error);
	free(text);
	if (file)
		fclose(file);
	return script;
}

void script_free(struct script *script)
{
	if (!script)
		return;
	free(script->conns);
	free(script->items);
	free(script->pattern);
	free(script);
}

unsigned script_line_of(const struct script *script, uint64_t number)
{
	for (size_t i = 0; i < script->item_count; i++)
		if (script->items[i].kind == SCRIPT_SEGMENT &&
		    script->items[i].u.segment.segment.frame == number)
			return number ? script->items[i].line : 0;
	return 0;
}
