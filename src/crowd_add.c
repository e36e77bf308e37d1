/* crowd_add.c - what a connection adds to its listener, and to its client toward it */
#include "crowd_parts.h"

#include <stdlib.h>

/* ---- sources ---- */

/* The key is no secret, so that every run counts alike: who aims at it only hides. Word
 * by word: siphash_words() of both would wait for them to be written (0.06 of D's time).
 */
static inline uint64_t hash_of(const struct te_addr *source)
{
	static const uint64_t key[2] = { 0x736f757263650001u, 0x61646472657373u };
	struct siphash hash = siphash_begin(key);
	uint64_t first, second;

	memcpy(&first, source->bytes, 8);
	memcpy(&second, source->bytes + 8, 8);
	siphash_add(&hash, first);
	siphash_add(&hash, second);
	return siphash_end(&hash, 2);
}

void crowd_add_source(struct crowd_place *place, const struct te_addr *source)
{
	unsigned bit;

	if (!place->sources)
		place->sources = calloc(CROWD_SOURCES, sizeof(*place->sources));
	if (!place->sources || place->source_count == CROWD_SOURCES * 64)
		return;
	bit = hash_of(source) % (CROWD_SOURCES * 64);
	place->source_count += !(place->sources[bit / 64] >> bit % 64 & 1);
	place->sources[bit / 64] |= (uint64_t)1 << bit % 64;
}

/* An eighth of the limit: few addresses that open much are a busy client, or a test. */
unsigned crowd_many_sources(const struct crowd *crowd)
{
	double eighth = crowd->config->limits[TE_LIMIT_SYN_FLOOD_COUNT] / 8;

	return eighth > 64 ? 64 : eighth < 4 ? 4 : (unsigned)eighth;
}

/* ---- what a connection adds ---- */

/* Of a connection. */
struct beginning {
	te_time time;
	uint64_t frame;
	uint32_t file;
	struct te_addr source;
};

static inline struct beginning beginning_of(const struct conn *conn)
{
	return (struct beginning){ conn->first, conn->frame, conn->file,
				   conn->addr[conn->client] };
}

/* That it began there is counted. */
static inline void remember(struct crowd_count *count, te_time time, uint64_t frame,
			    uint32_t file)
{
	if (!count->first || time < count->first_time) {
		count->first_time = time;
		count->first = frame;
		count->file = file;
	}
	count->last = file == count->file && frame > count->first ? frame : count->last;
}

static void add(struct crowd *crowd, struct crowd_place *place, enum crowd_what what,
		const struct conn *conn, te_time from, te_time to)
{
	struct crowd_count *count = &place->count[what];

	if (to > from && series_add(&count->series, crowd->start, from, to))
		remember(count, conn->first, conn->frame, conn->file);
}

te_time crowd_seconds(const struct crowd *crowd, enum te_limit limit)
{
	return (te_time)(crowd->config->limits[limit] * (double)TE_SEC);
}

/* Between two repeats: no kernel waits longer (RFC 6298 2.4, with room to spare). */
static const te_time MOST_GAP = 240 * TE_SEC;

static te_time earlier(te_time a, te_time b)
{
	return a < b ? a : b;
}

/* No tap sees when a server gives up: not before it would have repeated its SYN+ACK the
 * next time, RFC 6298 5.5. Without an answer, when the client would have its SYN. */
te_time crowd_half_open_until(const struct crowd *crowd, const struct conn *conn)
{
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other((enum side)conn->client)];
	const struct end *last = server->synack_sent ? server : client;
	te_time wait =
	    last->syn_repeats ? 2 * earlier(last->syn_gap, MOST_GAP) : crowd->grace;

	if (client->rst_frame)
		return client->rst_time;
	if (server->synack_sent && conn->left_syn_rcvd && server->state != TE_SYN_RCVD)
		return conn->left_syn_rcvd;
	return last->syn_last + wait;
}

static void add_syn_rcvd(struct crowd *crowd, struct crowd_place *place,
			 const struct rule_view *view)
{
	const struct conn *conn = view->conn;
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other((enum side)conn->client)];
	te_time to = conn->left_syn_rcvd;

	if (!server->synack_sent || server->opener)
		return;
	if (server->state == TE_SYN_RCVD)
		to = earlier(crowd_half_open_until(crowd, conn), view->end);
	else if (!to)
		to = server->syn_time + (client->rtt == TE_TIME_NONE ? 0 : client->rtt);
	add(crowd, place, CROWD_SYN_RCVD, conn, server->syn_time, to);
}

/* All that the client sent is its SYN, once, as no client does that has lost the answer;
 * or a RST followed, as from a host that never asked. */
bool crowd_never_completed(const struct conn *conn)
{
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other((enum side)conn->client)];

	return (client->packets == 1 || client->rst_frame) &&
	       !end_was_synchronised(server) && client->syn_frame &&
	       !client->syn_repeats && !server->opener &&
	       (server->state == TE_UNKNOWN || server->synack_sent);
}

/* Younger than this, a handshake has not had the time to complete. */
static const te_time YOUNG = TE_SEC / 2;

/* One more that came no further than this, its SYN sent at that time. */
static void add_handshake(struct crowd *crowd, struct crowd_place *place,
			  const struct beginning *first, te_time sent, bool old,
			  bool answered)
{
	crowd_add_source(place, &first->source);
	place->old += old;
	place->young += !old;
	place->unanswered += !answered;
	if (series_add(&place->count[CROWD_RATE].series, crowd->start, sent,
		       sent + TE_SEC))
		remember(&place->count[CROWD_RATE], first->time, first->frame,
			 first->file);
}

static void add_half_open(struct crowd *crowd, struct crowd_place *place,
			  const struct conn *conn, te_time end)
{
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other((enum side)conn->client)];
	const struct beginning first = beginning_of(conn);
	te_time sent = client->syn_time, age = end - sent;
	/* A server that repeats its SYN+ACK has waited a second: RFC 6298 2.1. */
	bool old = client->rst_frame || server->syn_repeats || age > crowd->grace;

	if (!old && age < YOUNG)
		return;
	add_handshake(crowd, place, &first, sent, old, server->packets);
	if (old)
		add(crowd, place, CROWD_HALF_OPEN, conn, sent,
		    earlier(crowd_half_open_until(crowd, conn), end));
}

/* SYN cookies: see the row of syn-cookie-likely. */
static void add_cookie_signs(struct crowd *crowd, struct crowd_place *place,
			     const struct rule_view *view)
{
	enum { BOTH = TE_HAS_WSCALE | TE_HAS_SACK_OK };
	const struct conn *conn = view->conn;
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other((enum side)conn->client)];
	te_time age = view->end - server->syn_time;

	if ((client->syn_has & TE_HAS_TS && client->packets > 1 &&
	     !server->syn_repeats) ||
	    !client->syn_frame || !server->synack_sent || server->opener)
		return;
	place->repeated += server->syn_repeats > 0;
	place->unrepeated +=
	    !server->syn_repeats && client->packets == 1 && age > crowd->grace;
	if ((client->syn_has & (BOTH | TE_HAS_TS)) != BOTH)
		return;
	place->granted += (server->syn_has & BOTH) == BOTH;
	place->stripped += !(server->syn_has & (BOTH | TE_HAS_TS));
}

static bool came_to_time_wait(const struct end *end)
{
	return end->visited >> TE_TIME_WAIT & 1;
}

/* The states of an end were gone through long ago: it came to TIME_WAIT with the later
 * of the two FINs, and left it when its state began that it has now. */
static void add_time_wait(struct crowd *crowd, struct crowd_place *place,
			  const struct rule_view *view, enum te_end which)
{
	const struct conn *conn = view->conn;
	enum side client = (enum side)conn->client;
	enum side side = which == TE_CLIENT ? client : side_other(client);
	const struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];
	te_time from = self->fin_time > peer->fin_time ? self->fin_time : peer->fin_time;
	te_time to =
	    self->state == TE_TIME_WAIT ? view->verdict->gone[which] : self->since;

	place->guessed |= !conn->roles_certain;
	if (to > view->end)
		to = view->end;
	add(crowd, place, CROWD_TIME_WAIT, conn, from, to);
}

static void add_stuck(struct crowd_place *place, const struct conn *conn)
{
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other((enum side)conn->client)];
	uint32_t size = place->stuck_size ? 2 * place->stuck_size : 16;
	struct crowd_stuck *grown;

	if (place->stuck_count == place->stuck_size) {
		grown = size > CROWD_STUCK ? NULL
					   : realloc(place->stuck, size * sizeof(*grown));
		if (!grown)
			return;
		place->stuck = grown;
		place->stuck_size = size;
	}
	place->stuck[place->stuck_count++] = (struct crowd_stuck){
		.from = client->fin_time,
		.to = server->state == TE_CLOSE_WAIT ? TE_TIME_NONE
		      : server->fin_sent             ? server->fin_time
						     : server->since,
		.frame = client->fin_frame,
		.file = conn->file,
	};
}

/* A sixty-fourth of what is too many is not missed; nor that of the SYNs of a flood,
 * where nothing else came of a connection. */
void crowd_set_limits(struct crowd *crowd)
{
	const struct te_config *config = crowd->config;
	unsigned ports = config->port_high - config->port_low + 1u;
	double pressure = config->limits[TE_LIMIT_TIME_WAIT_PRESSURE]; /* percent */
	double flood = config->limits[TE_LIMIT_SYN_FLOOD_COUNT] / 64;

	crowd->grace = crowd_seconds(crowd, TE_LIMIT_HALF_OPEN_GRACE);
	crowd->spared_time_waits = (unsigned)(ports * pressure / 6400);
	crowd->spared_syns = flood < UINT16_MAX ? (unsigned)flood : UINT16_MAX;
}

static void add_holder(struct crowd *crowd, const struct rule_view *view)
{
	const struct conn *conn = view->conn;
	uint16_t port = conn->port[conn->client];
	struct crowd_place *place;

	if (port < crowd->config->port_low || port > crowd->config->port_high)
		return;
	place = crowd_find(crowd, conn, true, crowd->spared_time_waits);
	if (!place)
		return;
	place->weight++;
	add_time_wait(crowd, place, view, TE_CLIENT);
}

/* Its server is known to have been there. */
static void add_answered(struct crowd *crowd, struct crowd_place *place,
			 const struct rule_view *view)
{
	const struct conn *conn = view->conn;

	place->completed +=
	    end_was_synchronised(&conn->end[side_other((enum side)conn->client)]);
	add_syn_rcvd(crowd, place, view);
	add_cookie_signs(crowd, place, view);
}

/* Did any server answer, and was there ever more than SYNs? */
static void see_exchange(struct crowd *crowd, const struct end *client,
			 const struct end *server)
{
	crowd->answered |= server->packets > 0;
	crowd->beyond_syns |= client->packets > client->syn_repeats + 1 ||
			      server->packets > server->syn_repeats + 1;
}

void crowd_connection(struct crowd *crowd, const struct rule_view *view, bool stuck)
{
	const struct conn *conn = view->conn;
	const struct end *client = &conn->end[conn->client];
	const struct end *server = &conn->end[side_other((enum side)conn->client)];
	struct crowd_place *place;

	crowd->start = view->start;
	if (!(crowd->answered & crowd->beyond_syns))
		see_exchange(crowd, client, server);
	if (conn->self_connect)
		return;
	place = crowd_find(crowd, conn, false, server->packets ? 0 : crowd->spared_syns);
	if (!place)
		return;
	place->weight++;
	if (server->visited || server->synack_sent)
		add_answered(crowd, place, view);
	if (stuck)
		add_stuck(place, conn);
	if (crowd_never_completed(conn))
		add_half_open(crowd, place, conn, view->end);
	if (came_to_time_wait(server))
		add_time_wait(crowd, place, view, TE_SERVER);
	if (came_to_time_wait(client))
		add_holder(crowd, view);
}

static __attribute__((noinline)) void
add_syn(struct crowd *crowd, struct crowd_place *place, const struct trail *lone)
{
	struct beginning first = { .time = lone->first,
				   .frame = lone->frame,
				   .file = lone->file };

	trail_get_address(lone, 0, &first.source);
	add_handshake(crowd, place, &first, first.time, false, false);
}

bool crowd_young_syn(struct crowd *crowd, const struct trail *lone, te_time start,
		     te_time end)
{
	struct crowd_place *place;
	struct te_addr listener;

	if (end - lone->first > crowd->grace)
		return false;
	crowd->start = start;
	trail_get_address(lone, 1, &listener);
	place = crowd_find_listener(crowd, &listener, lone->port[1],
				    lone->bits & TRAIL_IPV6 ? 6 : 4, crowd->spared_syns);
	if (place)
		place->weight++;
	if (place && end - lone->first >= YOUNG)
		add_syn(crowd, place, lone);
	return true;
}
