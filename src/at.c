/* at.c - which sockets there were at one moment (--at)
 *
 * A socket is in the state that the last transition by that moment has left it in. Later
 * evidence may have dated a transition back, so this is known only once its connection
 * is told; what was in flight is known only when the moment passes (te_engine_mark()).
 *
 * A host has one socket on the same two addresses: the newest that had begun by then.
 */
#include "config.h"
#include "at.h"
#include "table.h"
#include <stdlib.h>

enum { AT_KEY = 5 }; /* words: two addresses, then ports, version and VLAN */

struct at_item {
	uint64_t key[AT_KEY];
	struct out_socket socket;
	bool open; /* else it only hides older ones */
	bool selected;
	te_time proof, refusal; /* of a listener: the last by the moment */
	bool lost;
	UT_hash_handle hh;
};

struct at {
	struct at_spec spec;
	te_time time;        /* TE_TIME_NONE as long as it is not known */
	te_time first, last; /* of the frames */
	bool marked, missed, host_seen;
	uint64_t seed[2];
	struct at_item *items;
	struct out_socket *sockets;
};

struct at *at_new(const struct at_spec *spec, const uint64_t seed[2])
{
	struct at *at = calloc(1, sizeof(*at));

	if (at == NULL)
		return NULL;
	at->spec = *spec;
	at->time = spec->moment.kind == MOMENT_TIME ? spec->moment.time : TE_TIME_NONE;
	at->last = TE_TIME_NONE;
	memcpy(at->seed, seed, sizeof(at->seed));
	return at;
}

void at_free(struct at *at)
{
	struct at_item *item, *next;

	if (at == NULL)
		return;
	HASH_ITER (hh, at->items, item, next) {
		HASH_DEL(at->items, item);
		free(item);
	}
	free(at->sockets);
	free(at);
}

/* ---- the moment ---- */

static bool at_is_past(const struct at *at, const struct te_frame *frame)
{
	if (at->time == TE_TIME_NONE)
		return false;
	return at->spec.moment.kind == MOMENT_FRAME || frame->time > at->time;
}

static void at_mark(struct at *at, struct te_engine *engine)
{
	if (!at->marked)
		te_engine_mark(engine);
	at->marked = true;
}

static void at_begin(struct at *at, const struct te_frame *first)
{
	const struct moment *moment = &at->spec.moment;

	if (moment->kind == MOMENT_SINCE &&
	    __builtin_add_overflow(first->time, moment->time, &at->time))
		at->time = INT64_MAX;
	at->first = at->last = first->time;
	at->missed = moment->kind == MOMENT_TIME && at->time < first->time;
}

static void at_frame(struct at *at, const struct te_frame *frame)
{
	const struct moment *moment = &at->spec.moment;

	if (moment->kind == MOMENT_FRAME && at->time == TE_TIME_NONE &&
	    frame->file == 1 && frame->number == moment->frame)
		at->time = frame->time;
	if (frame->time > at->last)
		at->last = frame->time;
}

bool at_frames(struct at *at, const struct te_frame *frames, size_t *count,
	       struct te_engine *engine)
{
	size_t taken = 0;

	if (at->last == TE_TIME_NONE)
		at_begin(at, frames);
	if (at_is_past(at, frames))
		at_mark(at, engine);
	do
		at_frame(at, &frames[taken++]);
	while (taken < *count && (at->marked || !at_is_past(at, &frames[taken])));
	*count = taken;
	return !at->missed;
}

bool at_end(struct at *at, struct te_engine *engine)
{
	at->missed |=
	    at->time == TE_TIME_NONE || at->last == TE_TIME_NONE || at->time > at->last;
	if (!at->missed)
		at_mark(at, engine);
	return !at->missed;
}

const char *at_miss(const struct at *at, char *buf, size_t size)
{
	char duration[32];

	if (at->last == TE_TIME_NONE)
		snprintf(buf, size, "the capture is empty");
	else if (at->spec.moment.kind == MOMENT_FRAME)
		snprintf(buf, size, "there is no frame #%llu",
			 (unsigned long long)at->spec.moment.frame);
	else if (at->time < at->first)
		snprintf(
		    buf, size, "that is %s before the first frame",
		    describe_duration(at->first - at->time, duration, sizeof(duration)));
	else
		snprintf(
		    buf, size, "that is %s after the last frame",
		    describe_duration(at->time - at->last, duration, sizeof(duration)));
	return buf;
}

static bool at_happened(const struct at *at, const struct te_transition *step)
{
	const struct moment *moment = &at->spec.moment;

	/* Told before the moment passes: all of it */
	if (!at->marked)
		return true;
	if (moment->kind != MOMENT_FRAME || step->frame == 0)
		return step->time <= at->time;
	/* Of equal times, the first file's frames come first. */
	return step->file == 1 ? step->frame <= moment->frame : step->time < at->time;
}

/* ---- what a connection says ---- */

struct at_socket {
	const struct te_transition *last; /* by the moment; NULL: none */
	bool begun;                       /* it was a connection's socket */
};

static struct at_socket at_look(const struct at *at, const struct te_connection *c,
				enum te_end end)
{
	struct at_socket socket = { .last = NULL };

	for (size_t i = 0; i < c->transition_count; i++) {
		const struct te_transition *step = &c->transitions[i];

		if (step->end != end || !at_happened(at, step))
			continue;
		socket.last = step;
		socket.begun |= out_is_held((enum te_state)step->to);
	}
	return socket;
}

static bool at_is_open(const struct at *at, const struct te_connection *c,
		       enum te_end end, enum te_state state)
{
	return at->marked && out_is_held(state) &&
	       (c->gone[end] == TE_TIME_NONE || c->gone[end] > at->time);
}

static struct at_item *at_find(struct at *at, const uint64_t key[AT_KEY])
{
	const uint64_t *seed = at->seed;
	struct at_item *item;

	HASH_FIND(hh, at->items, key, AT_KEY * sizeof(*key), item);
	return item;
}

/* NULL: out of memory. */
static struct at_item *at_add(struct at *at, const uint64_t key[AT_KEY])
{
	const uint64_t *seed = at->seed;
	struct at_item *item = calloc(1, sizeof(*item));

	if (item == NULL)
		return NULL;
	memcpy(item->key, key, sizeof(item->key));
	item->proof = item->refusal = TE_TIME_NONE;
	HASH_ADD(hh, at->items, key, sizeof(item->key), item);
	if (item->lost) {
		free(item);
		return NULL;
	}
	return item;
}

static void at_key(const struct te_connection *c, enum te_end end, uint64_t key[AT_KEY])
{
	enum te_end other = end == TE_CLIENT ? TE_SERVER : TE_CLIENT;

	table_put_addr(key, c->end[end].addr.bytes);
	table_put_addr(key + 2, c->end[other].addr.bytes);
	key[4] = (uint64_t)c->end[end].port << 48 | (uint64_t)c->end[other].port << 32 |
		 (uint64_t)c->ip_version << 16 | (c->has_vlan ? c->vlan | 0x8000u : 0);
}

static void at_fill(const struct te_connection *c, enum te_end end,
		    const struct te_transition *last, struct out_socket *socket)
{
	enum te_end other = end == TE_CLIENT ? TE_SERVER : TE_CLIENT;

	*socket = (struct out_socket){
		.state = (enum te_state)last->to,
		.certain = last->certain,
		.presumed = last->basis == TE_PRESUMED,
		.ip_version = c->ip_version,
		.local = c->end[end].addr,
		.local_port = c->end[end].port,
		.peer = c->end[other].addr,
		.peer_port = c->end[other].port,
		.send_q = c->marked ? c->send_q[end] : TE_SEND_Q_UNKNOWN,
		.connection = c->number,
		.id = c->id,
	};
}

/* The newest that had begun counts, open or not; so does the first told of the two ends
 * of a socket that is connected to itself. */
static bool at_add_socket(struct at *at, const struct te_connection *c, enum te_end end,
			  const struct at_socket *socket, bool selected)
{
	bool open = at_is_open(at, c, end, (enum te_state)socket->last->to);
	struct at_item *item;
	uint64_t key[AT_KEY];

	at_key(c, end, key);
	item = at_find(at, key);
	if (item == NULL && !open && c->incarnation == 1)
		return true;
	if (item == NULL)
		item = at_add(at, key);
	if (item == NULL)
		return false;
	if (item->socket.connection < c->number) {
		at_fill(c, end, socket->last, &item->socket);
		item->open = open;
		item->selected = selected;
	}
	return true;
}

/* ---- listeners ---- */

static const struct te_transition *at_step_to(const struct at *at,
					      const struct te_connection *c,
					      enum te_end end, enum te_state to)
{
	for (size_t i = 0; i < c->transition_count; i++) {
		const struct te_transition *step = &c->transitions[i];

		if (step->end == end && step->to == to && at_happened(at, step))
			return step;
	}
	return NULL;
}

static void at_later(te_time *kept, const struct te_transition *step)
{
	if (step != NULL && (*kept == TE_TIME_NONE || step->time > *kept))
		*kept = step->time;
}

/* Whoever answers a SYN was in LISTEN when it came, and whoever refuses one was not. */
static bool at_add_listener(struct at *at, const struct te_connection *c, enum te_end end,
			    bool selected)
{
	const struct te_transition *listen = at_step_to(at, c, end, TE_LISTEN);
	const struct te_transition *refusal =
	    c->opened == TE_OPENED_REFUSED && end == TE_SERVER
		? at_step_to(at, c, end, TE_CLOSED)
		: NULL;
	uint64_t key[AT_KEY] = { 0 };
	struct at_item *item;

	if (listen == NULL && refusal == NULL)
		return true;
	table_put_addr(key, c->end[end].addr.bytes);
	key[4] = (uint64_t)c->end[end].port << 48 | c->ip_version;
	item = at_find(at, key);
	if (item == NULL)
		item = at_add(at, key);
	if (item == NULL)
		return false;
	if (listen != NULL && (item->socket.state != TE_LISTEN || listen->certain)) {
		at_fill(c, end, listen, &item->socket);
		item->socket.send_q = TE_SEND_Q_UNKNOWN;
		item->socket.connection = item->socket.id = 0;
	}
	item->selected |= listen != NULL && selected;
	at_later(&item->proof, listen);
	at_later(&item->refusal, refusal);
	item->open = item->proof != TE_TIME_NONE && item->proof >= item->refusal;
	return true;
}

/* ---- told ---- */

static bool at_is_host(const struct at *at, uint8_t version, const struct te_addr *addr)
{
	return at->spec.host_version == 0 ||
	       (at->spec.host_version == version &&
		memcmp(&at->spec.host, addr, sizeof(*addr)) == 0);
}

bool at_connection(struct at *at, const struct te_connection *c, bool selected)
{
	for (int i = TE_CLIENT; i <= TE_SERVER; i++) {
		enum te_end end = (enum te_end)i;
		struct at_socket socket;

		if (!at_is_host(at, c->ip_version, &c->end[end].addr))
			continue;
		at->host_seen = true;
		socket = at_look(at, c, end);
		if (!at_add_listener(at, c, end, selected) ||
		    (socket.begun && !at_add_socket(at, c, end, &socket, selected)))
			return false;
	}
	return true;
}

bool at_host_seen(const struct at *at)
{
	return at->host_seen;
}

static int at_compare(const void *left, const void *right)
{
	const struct out_socket *a = left, *b = right;
	int order;

	if ((a->state == TE_LISTEN) != (b->state == TE_LISTEN))
		return a->state == TE_LISTEN ? -1 : 1;
	if (a->ip_version != b->ip_version)
		return a->ip_version < b->ip_version ? -1 : 1;
	if ((order = memcmp(&a->local, &b->local, sizeof(a->local))) != 0)
		return order;
	if (a->local_port != b->local_port)
		return a->local_port < b->local_port ? -1 : 1;
	if ((order = memcmp(&a->peer, &b->peer, sizeof(a->peer))) != 0)
		return order;
	if (a->peer_port != b->peer_port)
		return a->peer_port < b->peer_port ? -1 : 1;
	return a->connection < b->connection ? -1 : a->connection > b->connection;
}

bool at_sockets(struct at *at, const struct out_socket **sockets, size_t *count)
{
	struct at_item *item, *next;

	*count = 0;
	at->sockets = calloc(HASH_COUNT(at->items) + 1, sizeof(*at->sockets));
	if (at->sockets == NULL)
		return false;
	HASH_ITER (hh, at->items, item, next) {
		if (at->missed || !item->open || !item->selected)
			continue;
		at->sockets[*count] = item->socket;
		at->sockets[(*count)++].at = at->time;
	}
	qsort(at->sockets, *count, sizeof(*at->sockets), at_compare);
	*sockets = at->sockets;
	return true;
}
