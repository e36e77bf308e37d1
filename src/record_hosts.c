/* record_hosts.c - what a socket (--at) and a host (--show hosts) say of themselves */
#include "config.h"
#include "record.h"

static void emit_half(struct emit *emit, const char *key, uint8_t ip_version,
		      const struct te_addr *addr, uint16_t port)
{
	char text[OUT_ADDR];

	emit_object(emit, key);
	emit_word(emit, "addr", out_addr_text(ip_version, addr, text));
	emit_u64(emit, "port", port);
	emit_object_end(emit);
}

/* The capture's digits, unless the moment that was asked for has more. */
static unsigned moment_digits(const struct out_run *run, te_time time)
{
	unsigned digits = record_digits(run);
	te_time unit = 1;

	for (unsigned i = digits; i < 9; i++)
		unit *= 10;
	return time % unit == 0 ? digits : 9;
}

void record_socket(struct out *out, const struct out_socket *socket)
{
	bool listener = socket->connection == 0;
	char text[OUT_ADDR], id[17];
	struct emit emit;

	emit_begin(&emit, out, EMIT_JSON);
	emit_word(&emit, "type", "socket");
	emit_time(&emit, "at", socket->at, moment_digits(out->run, socket->at));
	emit_word(&emit, "host", out_addr_text(socket->ip_version, &socket->local, text));
	emit_word(&emit, "state", out_socket_state(socket->state));
	emit_bool(&emit, "certain", socket->certain);
	if (socket->send_q == TE_SEND_Q_UNKNOWN)
		emit_null(&emit, "send_q");
	else
		emit_u64(&emit, "send_q", socket->send_q);
	emit_half(&emit, "local", socket->ip_version, &socket->local, socket->local_port);
	if (listener)
		emit_null(&emit, "peer");
	else
		emit_half(&emit, "peer", socket->ip_version, &socket->peer,
			  socket->peer_port);
	emit_count(&emit, "conn", socket->connection);
	record_hex_id(socket->id, id);
	emit_word(&emit, "id", listener ? NULL : id);
	emit_end(&emit);
}

static void emit_counts(struct emit *emit, const char *key,
			const uint64_t counts[TE_STATE_COUNT])
{
	emit_object(emit, key);
	for (int state = TE_UNKNOWN + 1; state < TE_STATE_COUNT; state++)
		if (counts[state] > 0)
			emit_u64(emit, te_state_name((enum te_state)state),
				 counts[state]);
	emit_object_end(emit);
}

void record_host(struct out *out, const struct hosts_row *row)
{
	char text[OUT_ADDR];
	struct emit emit;

	emit_begin(&emit, out, EMIT_JSON);
	emit_word(&emit, "type", "host");
	emit_word(&emit, "host", out_addr_text(row->ip_version, &row->addr, text));
	if (row->listener)
		emit_u64(&emit, "port", row->port);
	else
		emit_null(&emit, "port");
	emit_word(&emit, "role", row->listener ? "listener" : "client");
	emit_counts(&emit, "now", row->now);
	emit_counts(&emit, "peak", row->peak);
	emit_object(&emit, "peak_t");
	for (int state = TE_UNKNOWN + 1; state < TE_STATE_COUNT; state++)
		if (row->peak[state] > 0)
			emit_time(&emit, te_state_name((enum te_state)state),
				  row->peak_time[state] - out->run->start,
				  record_digits(out->run));
	emit_object_end(&emit);
	emit_end(&emit);
}
