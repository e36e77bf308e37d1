/* diff_json.c - the members of a report's objects, by jansson */
#include "config.h"
#include "diff_json.h"
#include "parse.h"
#include <arpa/inet.h>
#include <string.h>

/* ---- plain members ---- */

bool diff_json_u64(const json_t *object, const char *key, uint64_t *value)
{
	const json_t *member = json_object_get(object, key);

	if (!json_is_integer(member) || json_integer_value(member) < 0)
		return false;
	*value = (uint64_t)json_integer_value(member);
	return true;
}

bool diff_json_count(const json_t *object, const char *key, uint64_t *value, bool *known)
{
	*known = !json_is_null(json_object_get(object, key));
	*value = 0;
	return !*known || diff_json_u64(object, key, value);
}

bool diff_json_bool(const json_t *object, const char *key, bool *value)
{
	const json_t *member = json_object_get(object, key);

	*value = json_is_true(member);
	return json_is_boolean(member);
}

static const char *diff_json_word(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* ---- words of the contract ---- */

static bool diff_json_opened(const json_t *object, enum te_opened *opened)
{
	const char *word = diff_json_word(object, "opened");

	for (int i = 0; word != NULL && i < TE_OPENED_COUNT; i++) {
		*opened = (enum te_opened)i;
		if (strcmp(te_opened_name(*opened), word) == 0)
			return true;
	}
	return false;
}

static bool diff_json_closed(const json_t *object, enum te_closed *closed)
{
	const char *word = diff_json_word(object, "closed");

	for (int i = 0; word != NULL && i < TE_CLOSED_COUNT; i++) {
		*closed = (enum te_closed)i;
		if (strcmp(te_closed_name(*closed), word) == 0)
			return true;
	}
	return false;
}

/* null is no end; a key that is not there is wrong */
static bool diff_json_end(const json_t *object, const char *key, enum te_end *end)
{
	const json_t *member = json_object_get(object, key);
	const char *word = json_string_value(member);

	*end = TE_NO_END;
	if (word == NULL)
		return json_is_null(member);
	for (int i = TE_CLIENT; i <= TE_SERVER; i++) {
		if (strcmp(te_end_name((enum te_end)i), word) == 0)
			*end = (enum te_end)i;
	}
	return *end != TE_NO_END;
}

static bool diff_json_state(const json_t *end, enum te_state *state)
{
	const char *word = diff_json_word(end, "state");

	return word != NULL && parse_state(word, state);
}

/* ---- ends ---- */

static bool diff_json_addr(const json_t *end, uint8_t *ip_version, struct te_addr *addr)
{
	const char *word = diff_json_word(end, "addr");

	memset(addr, 0, sizeof(*addr));
	if (word == NULL)
		return false;
	*ip_version = strchr(word, ':') != NULL ? 6 : 4;
	return inet_pton(*ip_version == 6 ? AF_INET6 : AF_INET, word, addr->bytes) == 1;
}

static bool diff_json_port(const json_t *end, uint16_t *port)
{
	uint64_t value;

	if (!diff_json_u64(end, "port", &value) || value > UINT16_MAX)
		return false;
	*port = (uint16_t)value;
	return true;
}

static bool diff_json_view(const json_t *object, enum te_end which,
			   struct te_connection *connection)
{
	const json_t *end = json_object_get(object, te_end_name(which));
	struct te_end_view *view = &connection->end[which];

	return diff_json_addr(end, &connection->ip_version, &view->addr) &&
	       diff_json_port(end, &view->port) && diff_json_state(end, &view->state);
}

const char *diff_json_connection(const json_t *object, struct te_connection *connection)
{
	*connection = (struct te_connection){ 0 };
	if (!diff_json_view(object, TE_CLIENT, connection))
		return "client";
	if (!diff_json_view(object, TE_SERVER, connection))
		return "server";
	if (!diff_json_opened(object, &connection->opened))
		return "opened";
	if (!diff_json_closed(object, &connection->closed))
		return "closed";
	if (!diff_json_end(object, "first_closer", &connection->first_closer))
		return "first_closer";
	return NULL;
}

/* ---- findings ---- */

/* Of these letters only, and so many; it fits. */
static bool diff_json_letters(const json_t *object, const char *key, const char *letters,
			      char *text, size_t size)
{
	const char *word = diff_json_word(object, key);
	size_t len = word == NULL ? 0 : strlen(word);

	if (len == 0 || len >= size || strspn(word, letters) != len)
		return false;
	memcpy(text, word, len + 1);
	return true;
}

/* The listener, or null where the finding is about none. */
static bool diff_json_server(const json_t *object, struct diff_row *row)
{
	const json_t *end = json_object_get(object, "server");
	struct te_addr addr;
	uint8_t ip_version;
	uint16_t port;

	if (json_is_null(end))
		return true;
	if (!diff_json_addr(end, &ip_version, &addr) || !diff_json_port(end, &port))
		return false;
	diff_set_server(row, ip_version, &addr, port);
	return true;
}

const char *diff_json_finding(const json_t *object, struct diff_row *row)
{
	const char *severity = diff_json_word(object, "severity");

	*row = (struct diff_row){ .of = DIFF_FINDING };
	if (!diff_json_letters(object, "finding", "abcdefghijklmnopqrstuvwxyz0123456789-",
			       row->finding, sizeof(row->finding)))
		return "finding";
	if (severity == NULL || !parse_severity(severity, &row->severity))
		return "severity";
	if (!diff_json_server(object, row))
		return "server";
	if (!diff_json_end(object, "end", &row->end))
		return "end";
	if (!diff_json_letters(object, "fingerprint", "0123456789abcdef",
			       row->fingerprint, sizeof(row->fingerprint)) ||
	    strlen(row->fingerprint) != sizeof(row->fingerprint) - 1)
		return "fingerprint";
	return NULL;
}

/* ---- summary ---- */

static bool diff_json_add(const json_t *object, const char *key, uint64_t *sum)
{
	uint64_t value;

	if (!diff_json_u64(object, key, &value))
		return false;
	*sum += value;
	return true;
}

const char *diff_json_summary(const json_t *object, struct te_totals *totals)
{
	const json_t *quality = json_object_get(object, "capture_quality");
	const struct {
		const json_t *in;
		const char *key;
		uint64_t *sum;
	} members[] = {
		{ object, "packets", &totals->packets },
		{ object, "tcp_packets", &totals->tcp_packets },
		{ object, "connections", &totals->connections },
		{ quality, "implied_gaps", &totals->quality.implied_gaps },
		{ quality, "duplicates", &totals->quality.duplicates },
		{ quality, "backward_time", &totals->quality.backward_time },
		{ quality, "bad_checksums", &totals->quality.bad_checksums },
		{ quality, "one_way", &totals->quality.one_way },
		{ quality, "midstream", &totals->quality.midstream },
		{ quality, "snaplen_cut", &totals->quality.snaplen_cut },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (!diff_json_add(members[i].in, members[i].key, members[i].sum))
			return members[i].key;
	}
	return NULL;
}
