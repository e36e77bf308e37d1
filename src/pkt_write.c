/* pkt_write.c - a script in its notation: limits, segments, then what is said of them */
#include "config.h"
#include "pkt.h"
#include "pkt_want.h"

#include <stdlib.h>

/* ---- lines ---- */

void pkt_end_line(struct pkt_writer *writer)
{
	out_char(writer->out, '\n');
	writer->line++;
}

void pkt_say(struct pkt_writer *writer, const char *text)
{
	out_str(writer->out, text);
	pkt_end_line(writer);
}

static void write_time(struct out *out, te_time time)
{
	static const struct {
		te_time unit;
		unsigned digits;
		const char *name;
	} units[] = { { TE_SEC, 9, "s" }, { TE_MS, 6, "ms" }, { TE_US, 3, "us" } };
	te_time fraction, digit;
	unsigned i = 0;

	while (i < 2 && time < units[i].unit)
		i++;
	out_u64(out, (uint64_t)(time / units[i].unit));
	fraction = time % units[i].unit;
	if (fraction > 0)
		out_char(out, '.');
	for (digit = units[i].unit / 10; fraction > 0; digit /= 10) {
		out_char(out, (char)('0' + fraction / digit));
		fraction %= digit;
	}
	if (time > 0)
		out_str(out, units[i].name);
}

/* ---- limits ---- */

static void write_limit(struct pkt_writer *writer, const struct te_limit_row *row,
			double value)
{
	struct out *out = writer->out;

	out_printf(out, "set %s=", row->name);
	switch (row->unit) {
	case TE_UNIT_SECONDS:
		write_time(out, (te_time)(value * (double)TE_SEC + 0.5));
		break;
	case TE_UNIT_COUNT:
		out_printf(out, "%.9f", value);
		break;
	case TE_UNIT_PERCENT:
		out_printf(out, "%.9f%%", value);
		break;
	case TE_UNIT_PER_SECOND:
		out_printf(out, "%.9f/s", value);
		break;
	}
	pkt_end_line(writer);
}

/* As many as in the capture; they begin where pkt_cast.c makes up ephemeral ports. */
static void write_port_range(struct pkt_writer *writer, const struct te_config *config)
{
	unsigned size = (unsigned)(config->port_high - config->port_low);
	unsigned low = PKT_EPHEMERAL, most = UINT16_MAX - PKT_EPHEMERAL;

	out_printf(writer->out, "set port-low=%u", low);
	pkt_end_line(writer);
	out_printf(writer->out, "set port-high=%u", low + (size < most ? size : most));
	pkt_end_line(writer);
}

static void write_limits(struct pkt_writer *writer)
{
	static const char *const keys[] = {
		[TE_KEY_VLAN] = "set key=vlan", [TE_KEY_NOVLAN] = "set key=novlan"
	};
	const struct te_config *config = writer->out->run->config;
	struct te_config usual;

	te_config_init(&usual);
	for (unsigned i = 0; i < TE_LIMIT_COUNT; i++)
		if (config->limits[i] < usual.limits[i] ||
		    config->limits[i] > usual.limits[i])
			write_limit(writer, te_limit_row((enum te_limit)i),
				    config->limits[i]);
	if (config->port_low != usual.port_low || config->port_high != usual.port_high)
		write_port_range(writer, config);
	if (config->key != TE_KEY_AUTO)
		pkt_say(writer, keys[config->key]);
}

/* ---- connections ---- */

static void write_iss(struct pkt_writer *writer, unsigned side, uint32_t iss)
{
	writer->conns[writer->conn].iss[side] = iss;
	out_printf(writer->out, "iss %c %lu", "AB"[side], (unsigned long)iss);
	pkt_end_line(writer);
}

static const char *write_address(const struct pkt_conn *conn, unsigned side,
				 char text[OUT_SOCKET_ADDR])
{
	return out_socket_text(conn->ip_version, &conn->addr[side], conn->port[side],
			       text);
}

void pkt_speak_of(struct pkt_writer *writer, uint32_t index)
{
	const struct pkt_conn *conn = &writer->pkt->conns[index];
	struct pkt_writer_conn *mine = &writer->conns[index];
	char a[OUT_SOCKET_ADDR], b[OUT_SOCKET_ADDR];

	if (writer->conn == index)
		return;
	writer->conn = index;
	out_printf(writer->out, "conn c%llu", (unsigned long long)conn->number);
	if (!mine->known) {
		out_printf(writer->out, " %s > %s", write_address(conn, PKT_A, a),
			   write_address(conn, PKT_B, b));
		if (conn->has_vlan && !conn->mixed_vlan)
			out_printf(writer->out, " vlan %u",
				   pkt_cast_vlan(writer->pkt, conn->vlan));
		mine->known = true;
		mine->iss[PKT_A] = pkt_iss(PKT_A);
		mine->iss[PKT_B] = pkt_iss(PKT_B);
	}
	pkt_end_line(writer);
	if (conn->itself && mine->iss[PKT_B] != mine->iss[PKT_A])
		write_iss(writer, PKT_B, mine->iss[PKT_A]);
}

/* ---- segments ---- */

/* Numbers a little below the first are told as negative ones. */
static void write_number(struct out *out, uint32_t number, uint32_t iss)
{
	enum { LITTLE = 1 << 20 };
	uint32_t since = number - iss;

	if (0 - since <= LITTLE && since != 0) {
		out_char(out, '-');
		since = 0 - since;
	}
	out_u64(out, since);
}

static void write_flags(struct out *out, uint8_t flags)
{
	static const struct {
		uint8_t flag;
		char letter;
	} letters[] = { { TE_SYN, 'S' }, { TE_FIN, 'F' }, { TE_RST, 'R' },
			{ TE_PSH, 'P' }, { TE_ACK, '.' }, { TE_URG, 'U' },
			{ TE_ECE, 'E' }, { TE_CWR, 'W' } };

	if (flags == 0)
		out_char(out, '-');
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (flags & letters[i].flag)
			out_char(out, letters[i].letter);
}

/* Of a SACK only its rightmost edge is known here: a block of the byte before it. */
static void write_options(struct out *out, const struct te_segment *s, uint32_t peer_iss)
{
	const char *between = " <";

	if (s->has & TE_HAS_MSS) {
		out_printf(out, "%smss %u", between, s->mss);
		between = ",";
	}
	if (s->has & TE_HAS_SACK_OK) {
		out_printf(out, "%ssackOK", between);
		between = ",";
	}
	if (s->has & TE_HAS_TS) {
		out_printf(out, "%sTS val %lu ecr %lu", between, (unsigned long)s->tsval,
			   (unsigned long)s->tsecr);
		between = ",";
	}
	if (s->has & TE_HAS_WSCALE) {
		out_printf(out, "%swscale %u", between, s->wscale);
		between = ",";
	}
	if (s->has & TE_HAS_SACK) {
		out_printf(out, "%ssack ", between);
		write_number(out, s->sack_right - 1, peer_iss);
		out_char(out, ':');
		write_number(out, s->sack_right, peer_iss);
		between = ",";
	}
	if (s->has & TE_HAS_TFO) {
		out_printf(out, "%sFO", between);
		between = ",";
	}
	if (s->has & TE_BAD_OPTION) {
		out_printf(out, "%sbad", between);
		between = ",";
	}
	if (between[0] == ',')
		out_char(out, '>');
}

static void write_content(struct out *out, const struct pkt_line *line,
			  const uint32_t iss[2])
{
	const struct te_segment *s = &line->segment;
	unsigned side = line->side;

	write_flags(out, s->flags);
	out_char(out, ' ');
	if (line->absolute) {
		out_str(out, "=0");
	} else {
		write_number(out, s->seq, iss[side]);
		out_char(out, ':');
		write_number(out, s->seq + s->len, iss[side]);
	}
	if (s->flags & TE_ACK) {
		out_str(out, " ack ");
		write_number(out, s->ack, iss[1 - side]);
	}
	if (s->window != (s->flags & TE_RST ? 0 : UINT16_MAX))
		out_printf(out, " win %u", s->window);
	write_options(out, s, iss[1 - side]);
}

static void write_when(struct pkt_writer *writer, te_time time)
{
	bool back = time < writer->now;

	out_char(writer->out, back ? '@' : '+');
	write_time(writer->out, time - (back ? PKT_START : writer->now));
	writer->now = time;
}

static void write_segment(struct pkt_writer *writer, struct pkt_line *line)
{
	const struct te_segment *s = &line->segment;
	struct out *out = writer->out;

	write_when(writer, s->time);
	out_printf(out, " %c > ", "AB"[line->side]);
	if (line->same)
		out_str(out, "same");
	else
		write_content(out, line, writer->conns[line->conn].iss);
	if (line->named_ttl)
		out_printf(out, " ttl %u", s->ttl);
	if (line->named_id)
		out_printf(out, " id %u", s->ip_id);
	if (s->has & TE_HAS_VLAN && writer->pkt->conns[line->conn].mixed_vlan &&
	    !line->same)
		out_printf(out, " vlan %u", s->vlan);
	if (s->has & TE_BAD_SUM && !line->same)
		out_str(out, " badsum");
	line->at = writer->line;
	pkt_end_line(writer);
}

static void write_line(struct pkt_writer *writer, struct pkt_line *line)
{
	const uint32_t *iss = writer->conns[line->conn].iss;

	pkt_speak_of(writer, line->conn);
	if (line->cut > 0) {
		out_printf(writer->out, "# %lu segments are left out here",
			   (unsigned long)line->cut);
		pkt_end_line(writer);
	}
	if (line->segment.flags & TE_SYN && line->segment.seq != iss[line->side])
		write_iss(writer, line->side, line->segment.seq);
	if (writer->pkt->conns[line->conn].itself && iss[PKT_B] != iss[PKT_A])
		write_iss(writer, PKT_B, iss[PKT_A]);
	write_segment(writer, line);
}

static void write_silence(struct pkt_writer *writer)
{
	if (writer->pkt->end <= writer->now)
		return;
	out_str(writer->out, "tick ");
	write_time(writer->out, writer->pkt->end - writer->now);
	pkt_end_line(writer);
}

/* ---- all ---- */

static void write_head(struct pkt_writer *writer)
{
	pkt_say(writer, "# Written by tcpends -T script. Addresses, ports and IP IDs are "
			"made up, sequence");
	pkt_say(writer, "# numbers and timestamps begin anew, and there is no payload. "
			"What is asserted is");
	pkt_say(writer, "# what tcpends said: hold it against RFC 9293 before you rely "
			"on it.");
	if (writer->pkt->no_room > 0) {
		out_printf(writer->out,
			   "# There was no room for the last %llu segments: choose "
			   "connections by --conn.",
			   (unsigned long long)writer->pkt->no_room);
		pkt_end_line(writer);
	}
}

void pkt_write(struct pkt *pkt, const struct pkt_replay *replay)
{
	struct pkt_writer writer = {
		.pkt = pkt,
		.out = pkt->out,
		.line = 1,
		.conn = PKT_NONE,
		.now = PKT_START,
		.conns = calloc(pkt->conn_count + 1, sizeof(*writer.conns)),
	};

	if (writer.conns == NULL) {
		pkt->failed = true;
		return;
	}
	write_head(&writer);
	write_limits(&writer);
	for (size_t i = 0; i < pkt->line_count; i++)
		write_line(&writer, &pkt->lines[i]);
	write_silence(&writer);
	if (pkt->line_count > 0)
		pkt_want(&writer, replay);
	else
		pkt_say(&writer, "# No connection was asked for that is there.");
	free(writer.conns);
}
