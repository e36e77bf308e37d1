/* gate_place.c - the listeners and holders whose connections a rule matches
 *
 * A finding of a listener has no client, and one of a holder no client's port, so that a
 * match could not be tried on it: the rule is about it if it is about one of their
 * connections.
 */
#include "config.h"
#include "gate.h"
#include <stdlib.h>

struct gate_place {
	uint64_t
	    key[5]; /* the client's address, 0 for a listener; the server's; its port */
	UT_hash_handle hh;
	bool lost;
};

static void gate_place_key(const struct te_connection *c, enum te_scope scope,
			   uint64_t key[5])
{
	memset(key, 0, 5 * sizeof(*key));
	if (scope == TE_SCOPE_HOLDER)
		table_put_addr(key, c->end[TE_CLIENT].addr.bytes);
	table_put_addr(key + 2, c->end[TE_SERVER].addr.bytes);
	key[4] = (uint64_t)c->end[TE_SERVER].port << 8 | c->ip_version;
}

static struct gate_place *gate_place_find(const struct gate *gate,
					  const struct gate_case *of,
					  const uint64_t key[5])
{
	const uint64_t *seed = gate->seed;
	struct gate_place *place;

	HASH_FIND(hh, of->places, key, 5 * sizeof(*key), place);
	return place;
}

bool gate_place_has(const struct gate *gate, const struct gate_case *of,
		    const struct te_finding *finding)
{
	uint64_t key[5];

	if (finding->connection == NULL || finding->scope == TE_SCOPE_CAPTURE)
		return false;
	gate_place_key(finding->connection, finding->scope, key);
	return gate_place_find(gate, of, key) != NULL;
}

static bool gate_place_put(const struct gate *gate, struct gate_case *of,
			   const struct te_connection *c, enum te_scope scope)
{
	const uint64_t *seed = gate->seed;
	struct gate_place *place;
	uint64_t key[5];

	gate_place_key(c, scope, key);
	if (gate_place_find(gate, of, key) != NULL)
		return true;
	place = calloc(1, sizeof(*place));
	if (place == NULL)
		return false;
	memcpy(place->key, key, sizeof(key));
	HASH_ADD(hh, of->places, key, sizeof(place->key), place);
	if (!place->lost)
		return true;
	free(place);
	return false;
}

static bool gate_names_wide(const struct policy_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (te_rule_scope(findings->list[i]) == TE_SCOPE_LISTENER)
			return true;
	}
	return false;
}

bool gate_place_add(const struct gate *gate, struct gate_case *of,
		    const struct te_connection *c)
{
	const struct policy_rule *rule = of->rule;

	if (rule->match == NULL || rule->forbid.count + rule->allow.count == 0)
		return true;
	/* Listeners are few, and a flood of theirs is also half-open-syn-rcvd; holders
	 * may be as many as connections */
	return gate_place_put(gate, of, c, TE_SCOPE_LISTENER) &&
	       (!(gate_names_wide(&rule->forbid) || gate_names_wide(&rule->allow)) ||
		gate_place_put(gate, of, c, TE_SCOPE_HOLDER));
}

void gate_places_free(struct gate_case *of)
{
	struct gate_place *place, *next;

	HASH_ITER (hh, of->places, place, next) {
		HASH_DEL(of->places, place);
		free(place);
	}
}
