/* crowd.c - listeners and holders, and what each connection adds to them */
#include "crowd_parts.h"

#include <stdlib.h>

struct crowd *crowd_new(const struct te_config *config)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));

	if (!crowd)
		return NULL;
	crowd->seen = calloc(CROWD_SEEN, sizeof(*crowd->seen));
	if (!crowd->seen) {
		free(crowd);
		return NULL;
	}
	crowd->config = config;
	crowd_set_limits(crowd);
	crowd->start = TE_TIME_NONE;
	return crowd;
}

static void free_place(struct crowd *crowd, struct crowd_place *place)
{
	HASH_DEL(crowd->places, place);
	for (int i = 0; i < crowd_whats(place->holder); i++)
		series_release(&place->count[i].series);
	free(place->sources);
	free(place->stuck);
	free(place);
}

void crowd_free(struct crowd *crowd)
{
	struct crowd_place *place, *next;

	if (!crowd)
		return;
	HASH_ITER (hh, crowd->places, place, next)
		free_place(crowd, place);
	free(crowd->seen);
	free(crowd);
}

/* ---- places ---- */

/* All that have hardly more connections than the least; a flood's or a leak's stay. */
static void forget_small(struct crowd *crowd)
{
	struct crowd_place *place, *next;
	uint64_t bar = 1;

	memset(crowd->met, 0, sizeof(crowd->met));
	memset(crowd->seen, 0, CROWD_SEEN * sizeof(*crowd->seen));
	while (HASH_COUNT(crowd->places) > CROWD_PLACES / 2) {
		HASH_ITER (hh, crowd->places, place, next)
			if (place->weight <= bar && !place->told)
				free_place(crowd, place);
		bar *= 2;
	}
}

static inline void make_key(uint64_t key[CROWD_KEY], const struct te_addr *holder,
			    const struct te_addr *listener, uint16_t port,
			    uint8_t ip_version)
{
	key[0] = key[1] = 0;
	if (holder)
		table_put_addr(key, holder->bytes);
	table_put_addr(key + 2, listener->bytes);
	key[4] = (uint64_t)port << 16 | (uint64_t) !!holder << 8 | ip_version;
}

static struct crowd_place *add_place(struct crowd *crowd, const uint64_t key[CROWD_KEY])
{
	const uint64_t *seed = crowd->config->seed;
	bool holder = key[4] >> 8 & 1;
	struct crowd_place *place;

	if (HASH_COUNT(crowd->places) >= CROWD_PLACES)
		forget_small(crowd);
	place = calloc(1, sizeof(*place) +
			      (size_t)crowd_whats(holder) * sizeof(place->count[0]));
	if (!place)
		return NULL;
	memcpy(place->key, key, sizeof(place->key));
	place->holder = holder;
	HASH_ADD(hh, crowd->places, key, sizeof(place->key), place);
	if (!place->lost)
		return place;
	free(place);
	return NULL;
}

/* Good enough where nothing but time is lost by a collision, and the same in every run,
 * so that all of them find the same. */
static uint64_t mix(const uint64_t key[CROWD_KEY])
{
	static const uint64_t odd = 0x9e3779b97f4a7c15u;
	uint64_t mixed = 0;

	if (key[0] | key[1]) /* of a holder; two words of 0 would change nothing */
		mixed = ((key[0] * odd) ^ key[1]) * odd;
	return ((((mixed ^ key[2]) * odd ^ key[3]) * odd) ^ key[4]) * odd;
}

static bool is_same(const uint64_t a[CROWD_KEY], const uint64_t b[CROWD_KEY])
{
	return !((a[4] ^ b[4]) | (a[3] ^ b[3]) | (a[2] ^ b[2]) | (a[1] ^ b[1]) |
		 (a[0] ^ b[0]));
}

static inline struct crowd_place **met_at(struct crowd *crowd, uint64_t mixed)
{
	return &crowd->met[mixed >> 52];
}

static bool is_spared(struct crowd *crowd, uint64_t mixed, unsigned spare)
{
	uint16_t *seen = &crowd->seen[mixed >> 32 & (CROWD_SEEN - 1)];

	if (*seen >= spare)
		return false;
	(*seen)++;
	return true;
}

/* Apart, as most are spared. */
static __attribute__((noinline)) struct crowd_place *
find_or_add(struct crowd *crowd, const uint64_t key[CROWD_KEY], uint64_t mixed)
{
	const uint64_t *seed = crowd->config->seed;
	struct crowd_place *place;

	HASH_FIND(hh, crowd->places, key, CROWD_KEY * sizeof(*key), place);
	if (!place)
		place = add_place(crowd, key);
	if (place)
		*met_at(crowd, mixed) = place;
	return place;
}

/* It was not met lately. */
static __attribute__((noinline)) struct crowd_place *
find_further(struct crowd *crowd, const uint64_t key[CROWD_KEY], uint64_t mixed,
	     unsigned spare)
{
	return is_spared(crowd, mixed, spare) ? NULL : find_or_add(crowd, key, mixed);
}

static inline struct crowd_place *find(struct crowd *crowd, const uint64_t key[CROWD_KEY],
				       unsigned spare)
{
	uint64_t mixed = mix(key);
	struct crowd_place *met = *met_at(crowd, mixed);

	return met && is_same(met->key, key) ? met
					     : find_further(crowd, key, mixed, spare);
}

struct crowd_place *crowd_find(struct crowd *crowd, const struct conn *conn, bool holder,
			       unsigned spare)
{
	enum side client = (enum side)conn->client, server = side_other(client);
	uint64_t key[CROWD_KEY];

	make_key(key, holder ? &conn->addr[client] : NULL, &conn->addr[server],
		 conn->port[server], conn->ip_version);
	return find(crowd, key, spare);
}

struct crowd_place *crowd_find_listener(struct crowd *crowd, const struct te_addr *addr,
					uint16_t port, uint8_t ip_version, unsigned spare)
{
	uint64_t key[CROWD_KEY];

	make_key(key, NULL, addr, port, ip_version);
	return find(crowd, key, spare);
}

/* ---- as it stands now ---- */

/* It has had time to repeat its SYN or SYN+ACK, and has not; nor is its time over. */
static bool is_half_open_now(const struct crowd *crowd, const struct conn *conn,
			     te_time now)
{
	const struct end *client = &conn->end[conn->client];

	return crowd_never_completed(conn) && !client->rst_frame &&
	       now - client->syn_time >
		   crowd_seconds(crowd, TE_LIMIT_HALF_OPEN_GRACE) / 2 &&
	       now <= crowd_half_open_until(crowd, conn);
}

static bool is_stuck_now(const struct crowd *crowd, const struct conn *conn, te_time now)
{
	const struct end *server = &conn->end[side_other((enum side)conn->client)];
	te_time from =
	    server->last_useful > server->since ? server->last_useful : server->since;

	return server->state == TE_CLOSE_WAIT && !server->presumed &&
	       now - from > crowd_seconds(crowd, TE_LIMIT_CLOSE_WAIT_STUCK);
}

void crowd_look_at(struct crowd *crowd, const struct conn *conn, te_time now)
{
	bool half = is_half_open_now(crowd, conn, now);
	bool stuck = is_stuck_now(crowd, conn, now);
	struct crowd_place *place;

	if ((!half && !stuck) || !(place = crowd_find(crowd, conn, false, 0)))
		return;
	place->half_now += half;
	place->stuck_now += stuck;
	if (half && !place->told)
		crowd_add_source(place, &conn->addr[conn->client]);
}

void crowd_look(struct crowd *crowd, const struct conn *first, te_time now)
{
	struct crowd_place *place, *next;

	HASH_ITER (hh, crowd->places, place, next)
		place->half_now = place->stuck_now = 0;
	for (const struct conn *conn = first; conn; conn = conn->next)
		crowd_look_at(crowd, conn, now);
}

unsigned crowd_stuck(struct crowd *crowd, const struct conn *conn)
{
	const struct crowd_place *place = crowd_find(crowd, conn, false, 0);

	return place ? place->stuck_now : 0;
}
