/* decode.c - walks the layers of a frame down to TCP; see layer.h for how */
#include "decode.h"
#include "checksum.h"
#include "decode_plain.h"
#include "ip.h"
#include "link.h"
#include "tcpopt.h"
#include "tunnel.h"

enum {
	PROTOCOL_TCP = 6,
	TCP_HEADER = 20,
	MAX_LAYERS = 32, /* more than any network stacks; fewer than loops could */
};

static void verify(const struct packet *pk, struct cursor segment)
{
	uint32_t n = (uint32_t)cur_left(&segment);

	if (!pk->checksum || pk->doubtful || pk->missing)
		return;
	switch (checksum_tcp(pk->out, segment.at, n)) {
	case CHECKSUM_GOOD:
		pk->out->has |= TE_SUM_KNOWN;
		break;
	case CHECKSUM_BAD:
		pk->out->has |= TE_SUM_KNOWN | TE_BAD_SUM;
		break;
	case CHECKSUM_PARTIAL:
		pk->out->has |= TE_PART_SUM;
		break;
	}
}

/* Reads the 20 fixed bytes and returns how long the header says it is. */
static uint32_t read_fixed(struct cursor *cur, struct te_segment *out)
{
	out->src_port = cur_u16(cur);
	out->dst_port = cur_u16(cur);
	out->seq = cur_u32(cur);
	out->ack = cur_u32(cur);
	out->offset = cur_u8(cur);
	out->flags = cur_u8(cur);
	out->window = cur_u16(cur);
	cur_skip(cur, 4); /* checksum, urgent pointer */
	return (out->offset >> 4) * 4u;
}

static void read_options_and_data(struct packet *pk, uint32_t options)
{
	struct te_segment *out = pk->out;
	uint32_t sent = packet_sent(pk);
	uint32_t inside = options < sent ? options : sent; /* of this fragment */
	size_t left = cur_left(&pk->cur);
	size_t captured = inside < left ? inside : left;

	tcpopt_parse(cur_bytes(&pk->cur, captured), captured, captured < options, out);
	out->len = sent - inside;
	out->data = pk->cur.at;
	out->data_len = (uint32_t)cur_left(&pk->cur);
	if (pk->missing || pk->clamped)
		out->has |= TE_SNAPPED;
}

/* RFC 9293 3.1 */
static enum te_status read_tcp(struct packet *pk)
{
	struct cursor segment = pk->cur;
	bool whole = pk->fragment == LAYER_WHOLE && !pk->clamped;
	uint32_t header;

	if (packet_sent(pk) < TCP_HEADER && pk->fragment == LAYER_FIRST)
		return TE_FRAGMENT;
	header = read_fixed(&pk->cur, pk->out);
	if (cur_failed(&pk->cur)) /* the walk knows what that means */
		return TE_OK;
	if (header < TCP_HEADER || (whole && header - TCP_HEADER > packet_sent(pk)))
		return TE_MALFORMED;
	read_options_and_data(pk, header - TCP_HEADER);
	verify(pk, segment);
	return packet_next(pk, LAYER_NONE, 0);
}

/* clang-format off */
static const struct layer tcp[] = {
	{ .number = PROTOCOL_TCP, .name = "TCP", .read = read_tcp },
	{ 0 },
};

static const struct layer *const tables[LAYER_SPACES][4] = {
	[LAYER_LINK] = { link_types },
	[LAYER_ETHERTYPE] = { ip_versions, link_ethertypes },
	[LAYER_PROTOCOL] = { tcp, ip_extensions, tunnel_protocols },
	[LAYER_UDP] = { tunnel_ports },
};
/* clang-format on */

static const struct layer *next_layer(const struct packet *pk)
{
	const struct layer *row = NULL;

	for (size_t i = 0; !row && tables[pk->space][i]; i++)
		row = layer_find(tables[pk->space][i], pk->number);
	return row;
}

/* What to say of a fragment instead of reading `row` in it; TE_OK: do read it. */
static enum te_status refuse_fragment(const struct packet *pk, const struct layer *row)
{
	bool later = pk->fragment == LAYER_LATER;

	if (pk->fragment == LAYER_WHOLE)
		return TE_OK;
	if (row->tunnel || (later && row == tcp))
		return TE_FRAGMENT;
	return later ? TE_IGNORED : TE_OK;
}

static enum te_status read_layer(struct packet *pk)
{
	const struct layer *row = next_layer(pk);
	enum te_status status;

	if (!row)
		return pk->space == LAYER_LINK ? TE_UNSUPPORTED : TE_IGNORED;
	status = refuse_fragment(pk, row);
	if (status == TE_OK)
		status = row->read(pk);
	if (cur_failed(&pk->cur))
		return pk->missing || pk->clamped ? TE_TRUNCATED : TE_MALFORMED;
	if (status == TE_OK && row->tunnel)
		pk->out->has |= TE_TUNNELLED;
	return status;
}

static enum te_status walk(struct packet *pk)
{
	for (int depth = 0; depth < MAX_LAYERS; depth++) {
		enum te_status status = read_layer(pk);

		if (status == TE_MALFORMED && pk->guess)
			return TE_IGNORED;
		if (status != TE_OK || pk->space == LAYER_NONE)
			return status;
	}
	return TE_IGNORED;
}

enum te_status decode_layers(const struct te_frame *frame, bool checksum,
			     struct te_segment *out)
{
	struct packet pk = {
		.cur = cur_make(frame->bytes, frame->caplen),
		.missing = frame->len > frame->caplen ? frame->len - frame->caplen : 0,
		.space = LAYER_LINK,
		.number = frame->linktype,
		.checksum = checksum,
		.out = out,
	};

	*out = (struct te_segment){
		.time = frame->time,
		.frame = frame->number,
		.file = frame->file,
	};
	return walk(&pk);
}

enum te_status decode_frame(const struct te_frame *frame, bool checksum,
			    struct te_segment *out)
{
	return decode_plain(frame, checksum, out) ||
		       decode_plain_link(frame, checksum, out)
		   ? TE_OK
		   : decode_layers(frame, checksum, out);
}

enum te_status te_decode(const struct te_frame *frame, struct te_segment *out)
{
	return decode_frame(frame, true, out);
}
