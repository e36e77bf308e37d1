/* pkt_cast.c - who is who in a script: its connections, and the names of their ends
 *
 * Addresses, ports and VLANs are counted in the order in which they appear: the same one
 * always gets the same number. A port stays well known, registered or ephemeral, since
 * that is how roles are guessed where a capture does not show them.
 */
#include "config.h"
#include "pkt.h"
#include "table.h"
#include <stdlib.h>

enum { CAST_KEY = 6, CAST_PORTS = 65536, CAST_CLASSES = 3, CAST_VLANS = 4096 };

/* What is found by a number or an address; which it is, is part of the key. */
enum cast_kind { CAST_FLOW, CAST_CONN, CAST_TWIN, CAST_ADDR };

struct cast_node {
	uint64_t key[CAST_KEY];
	uint32_t index;
	bool lost; /* not in the table: out of memory */
	UT_hash_handle hh;
};

struct pkt_cast {
	uint64_t seed[2];
	struct cast_node *nodes;
	uint32_t addresses;
	uint16_t ports[CAST_PORTS]; /* the how manieth of its class; 0: none yet */
	uint16_t port_count[CAST_CLASSES];
	uint16_t vlans[CAST_VLANS], vlan_count;
};

bool pkt_cast_new(struct pkt *pkt, const uint64_t seed[2])
{
	pkt->cast = calloc(1, sizeof(*pkt->cast));
	if (pkt->cast != NULL)
		memcpy(pkt->cast->seed, seed, sizeof(pkt->cast->seed));
	return pkt->cast != NULL;
}

void pkt_cast_free(struct pkt *pkt)
{
	struct cast_node *node, *next;

	if (pkt->cast == NULL)
		return;
	HASH_ITER (hh, pkt->cast->nodes, node, next) {
		HASH_DEL(pkt->cast->nodes, node);
		free(node);
	}
	free(pkt->cast);
	for (size_t i = 0; i < pkt->flow_count; i++) {
		free(pkt->flows[i].stream[PKT_A].gaps);
		free(pkt->flows[i].stream[PKT_B].gaps);
	}
	free(pkt->flows);
	free(pkt->conns);
}

/* ---- tables ---- */

static struct cast_node *cast_find(const struct pkt_cast *cast,
				   const uint64_t key[CAST_KEY])
{
	const uint64_t *seed = cast->seed;
	struct cast_node *node;

	HASH_FIND(hh, cast->nodes, key, CAST_KEY * sizeof(*key), node);
	return node;
}

/* False: out of memory. */
static bool cast_add(struct pkt_cast *cast, const uint64_t key[CAST_KEY], size_t index)
{
	const uint64_t *seed = cast->seed;
	struct cast_node *node = calloc(1, sizeof(*node));

	if (node == NULL)
		return false;
	memcpy(node->key, key, sizeof(node->key));
	node->index = (uint32_t)index;
	HASH_ADD(hh, cast->nodes, key, sizeof(node->key), node);
	if (!node->lost)
		return true;
	free(node);
	return false;
}

/* Room for one more row of zeros at the end; NULL: out of memory, noted. */
static void *cast_row(struct pkt *pkt, void **rows, size_t *count, size_t *size,
		      size_t row)
{
	size_t more = *size == 0 ? 64 : *size * 2;
	void *grown = *rows;

	if (*count == *size) {
		grown = realloc(*rows, more * row);
		if (grown == NULL) {
			pkt->failed = true;
			return NULL;
		}
		*rows = grown;
		*size = more;
	}
	return memset((char *)grown + (*count)++ * row, 0, row);
}

/* ---- made-up names ---- */

static uint32_t cast_address_index(struct pkt *pkt, uint8_t version,
				   const struct te_addr *real)
{
	uint64_t key[CAST_KEY] = { CAST_ADDR, version };
	struct cast_node *node;

	table_put_addr(key + 2, real->bytes);
	node = cast_find(pkt->cast, key);
	if (node != NULL)
		return node->index;
	pkt->failed |= !cast_add(pkt->cast, key, ++pkt->cast->addresses);
	return pkt->cast->addresses;
}

/* 10.0.0.N, fd00::N */
static struct te_addr cast_address(struct pkt *pkt, uint8_t version,
				   const struct te_addr *real)
{
	uint32_t index = cast_address_index(pkt, version, real);
	struct te_addr addr = { { version == 6 ? 0xfd : 10 } };
	uint8_t *last = &addr.bytes[version == 6 ? 15 : 3];

	for (unsigned i = 0; i < 3; i++, index >>= 8)
		*(last - i) = (uint8_t)index;
	return addr;
}

struct cast_ports {
	uint16_t from, to, first; /* both included; the first name */
};

static const struct cast_ports cast_ports[CAST_CLASSES] = {
	{ 0, 1023, 80 },
	{ 1024, 32767, 8080 },
	{ 32768, 65535, PKT_EPHEMERAL },
};

/* The next name of its class, beginning anew at its end. */
static uint16_t cast_port(struct pkt_cast *cast, uint16_t real)
{
	unsigned class = 0, room, nth;

	while (real > cast_ports[class].to)
		class ++;
	if (cast->ports[real] == 0)
		cast->ports[real] = ++cast->port_count[class];
	room = cast_ports[class].to - cast_ports[class].from + 1u;
	nth = cast->ports[real] - 1u;
	nth += (unsigned)(cast_ports[class].first - cast_ports[class].from);
	return (uint16_t)(cast_ports[class].from + nth % room);
}

uint16_t pkt_cast_vlan(struct pkt *pkt, uint16_t real)
{
	uint16_t *name = &pkt->cast->vlans[real % CAST_VLANS];

	if (*name == 0)
		*name = ++pkt->cast->vlan_count;
	return *name % CAST_VLANS;
}

/* ---- connections ---- */

static void cast_ends_key(uint64_t key[CAST_KEY], enum cast_kind kind, uint8_t version,
			  uint32_t vlan, const struct te_addr addr[2],
			  const uint16_t port[2])
{
	int order = memcmp(&addr[0], &addr[1], sizeof(addr[0]));
	unsigned low = order != 0 ? order > 0 : port[0] > port[1];

	key[0] = (uint64_t)kind | (uint64_t)version << 8 | (uint64_t)vlan << 16 |
		 (uint64_t)port[low] << 48;
	table_put_addr(key + 1, addr[low].bytes);
	table_put_addr(key + 3, addr[1 - low].bytes);
	key[5] = port[1 - low];
}

static uint32_t cast_vlan_word(bool has, uint16_t vlan)
{
	return has ? vlan | 0x8000u : 0;
}

/* Whoever has these addresses, in whatever VLAN: numbers are compared across VLANs, so
 * all have to be changed alike. The first one is its own. */
static uint32_t cast_twin(struct pkt *pkt, uint32_t index, const struct te_connection *c)
{
	const struct te_addr addr[2] = { c->end[0].addr, c->end[1].addr };
	const uint16_t port[2] = { c->end[0].port, c->end[1].port };
	const struct cast_node *node;
	uint64_t key[CAST_KEY];

	cast_ends_key(key, CAST_TWIN, c->ip_version, 0, addr, port);
	node = cast_find(pkt->cast, key);
	if (node != NULL)
		return node->index;
	pkt->failed |= !cast_add(pkt->cast, key, index);
	return index;
}

/* A is the client of the first connection on these addresses. */
static void cast_name_ends(struct pkt *pkt, struct pkt_conn *conn,
			   const struct te_connection *c)
{
	for (unsigned i = 0; i < 2; i++) {
		conn->real[i] = c->end[i].addr;
		conn->real_port[i] = c->end[i].port;
		conn->addr[i] = cast_address(pkt, c->ip_version, &c->end[i].addr);
		conn->port[i] = cast_port(pkt->cast, c->end[i].port);
	}
	conn->itself =
	    c->end[0].port == c->end[1].port &&
	    memcmp(&c->end[0].addr, &c->end[1].addr, sizeof(c->end[0].addr)) == 0;
}

static void cast_conn_new(struct pkt *pkt, const uint64_t key[CAST_KEY],
			  const struct te_connection *c)
{
	struct pkt_conn *conn = cast_row(pkt, (void **)&pkt->conns, &pkt->conn_count,
					 &pkt->conn_size, sizeof(*conn));
	uint32_t index = (uint32_t)pkt->conn_count - 1, twin;

	if (conn == NULL)
		return;
	twin = cast_twin(pkt, index, c);
	if (twin == index)
		cast_name_ends(pkt, conn, c);
	else
		*conn = pkt->conns[twin];
	conn->ip_version = c->ip_version;
	conn->number = c->number;
	conn->twin = twin;
	conn->seen = conn->mixed_vlan = false;
	pkt->failed |= !cast_add(pkt->cast, key, index);
}

static struct pkt_flow *cast_flow_new(struct pkt *pkt, uint64_t number, uint32_t conn)
{
	uint64_t key[CAST_KEY] = { CAST_FLOW, number };
	struct pkt_flow *flow = cast_row(pkt, (void **)&pkt->flows, &pkt->flow_count,
					 &pkt->flow_size, sizeof(*flow));

	if (flow == NULL)
		return NULL;
	flow->number = number;
	flow->conn = conn;
	pkt->failed |= !cast_add(pkt->cast, key, pkt->flow_count - 1);
	return flow;
}

void pkt_cast_connection(struct pkt *pkt, const struct te_connection *c)
{
	const struct te_addr addr[2] = { c->end[0].addr, c->end[1].addr };
	const uint16_t port[2] = { c->end[0].port, c->end[1].port };
	const struct cast_node *node;
	uint64_t key[CAST_KEY];

	cast_ends_key(key, CAST_CONN, c->ip_version, cast_vlan_word(c->has_vlan, c->vlan),
		      addr, port);
	node = cast_find(pkt->cast, key);
	if (node == NULL) {
		cast_conn_new(pkt, key, c);
		node = cast_find(pkt->cast, key);
	}
	if (node == NULL)
		return;
	if (c->number < pkt->conns[node->index].number)
		pkt->conns[node->index].number = c->number;
	cast_flow_new(pkt, c->number, node->index);
}

/* ---- segments ---- */

/* A connection that was not told to us, on addresses that are asked for, belongs to the
 * case: its SYN may have been refused, or somebody else's. */
static uint32_t cast_unasked(struct pkt *pkt, const struct te_segment *s)
{
	const struct te_addr addr[2] = { s->src, s->dst };
	const uint16_t port[2] = { s->src_port, s->dst_port };
	const struct cast_node *node;
	uint64_t key[CAST_KEY];

	cast_ends_key(key, CAST_CONN, s->ip_version,
		      cast_vlan_word((s->has & TE_HAS_VLAN) != 0, s->vlan), addr, port);
	node = cast_find(pkt->cast, key);
	return node != NULL ? node->index : PKT_NONE;
}

static uint32_t cast_flow_of(struct pkt *pkt, const struct pkt_kept *kept)
{
	uint64_t key[CAST_KEY] = { CAST_FLOW, kept->connection };
	const struct cast_node *node = cast_find(pkt->cast, key);

	if (node != NULL)
		return node->index;
	if (cast_flow_new(pkt, kept->connection, cast_unasked(pkt, &kept->segment)) ==
	    NULL)
		return PKT_NONE;
	return (uint32_t)(pkt->flow_count - 1);
}

/* Roles may have been turned round since it passed, so its sender is told by address. */
static uint8_t cast_side(const struct pkt_conn *conn, const struct te_segment *s)
{
	return conn->itself || (s->src_port == conn->real_port[PKT_A] &&
				memcmp(&s->src, &conn->real[PKT_A], sizeof(s->src)) == 0)
		   ? PKT_A
		   : PKT_B;
}

/* The script says the VLAN of a connection once, if all its segments have it. */
static void cast_note_vlan(struct pkt_conn *conn, const struct te_segment *s)
{
	bool has = (s->has & TE_HAS_VLAN) != 0;

	if (conn->seen && (has != conn->has_vlan || (has && s->vlan != conn->vlan)))
		conn->mixed_vlan = true;
	conn->seen = true;
	conn->has_vlan = has;
	conn->vlan = s->vlan;
}

void pkt_cast_segments(struct pkt *pkt)
{
	for (size_t i = 0; i < pkt->kept_count; i++) {
		struct pkt_kept *kept = &pkt->kept[i];
		uint32_t flow = cast_flow_of(pkt, kept), conn;

		conn = flow == PKT_NONE ? PKT_NONE : pkt->flows[flow].conn;
		kept->flow = conn == PKT_NONE ? PKT_NONE : flow;
		if (conn == PKT_NONE)
			continue;
		kept->side = cast_side(&pkt->conns[conn], &kept->segment);
		cast_note_vlan(&pkt->conns[conn], &kept->segment);
	}
}
