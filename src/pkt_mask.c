/* pkt_mask.c - captured segments as lines of a script, without what names anybody
 *
 * Sequence numbers and timestamps are counted from each end's first, hop limits from 64,
 * IP IDs as the script's reader counts them; equal ones stay equal and differences stay
 * what they were, which is all that states are told from. Payload is not kept. Where
 * segments are left out, so are the numbers that they carried.
 */
#include "config.h"
#include "pkt.h"
#include "seq.h"
#include <stdlib.h>
#include <string.h>

enum {
	MASK_PAYLOAD = 65000, /* the longest that the notation has */
	MASK_TTL = 64,
	MASK_TS = 1000, /* an end's first TSval */
};

struct mask {
	struct pkt *pkt;
	uint16_t next_id[2];   /* as the script's reader counts */
	struct pkt_line *last; /* of each conn, by side */
	uint32_t *cut;         /* for each flow: left out since its last line */
};

/* The sender, and the other one. */
struct mask_ends {
	unsigned side[2];
	struct pkt_stream *stream[2];
	struct pkt_face *face[2];
};

static struct mask_ends mask_ends(struct pkt *pkt, const struct pkt_kept *kept)
{
	struct pkt_flow *flow = &pkt->flows[kept->flow];
	const struct pkt_conn *conn = &pkt->conns[flow->conn];
	struct mask_ends ends;

	for (unsigned i = 0; i < 2; i++) {
		ends.side[i] = conn->itself ? PKT_A : kept->side ^ i;
		ends.stream[i] = &flow->stream[ends.side[i]];
		ends.face[i] = &pkt->conns[conn->twin].face[ends.side[i]];
	}
	return ends;
}

/* ---- sequence numbers ---- */

static void stream_know(struct pkt_stream *stream, uint32_t seq)
{
	if (stream->known)
		return;
	stream->known = true;
	stream->top_seq = seq;
}

static int64_t stream_place(const struct pkt_stream *stream, uint32_t seq)
{
	return stream->top + seq_diff(seq, stream->top_seq);
}

/* How much of what was sent before `seq` is left out. */
static uint32_t stream_missing(const struct pkt_stream *stream, uint32_t seq)
{
	int64_t place = stream_place(stream, seq), missing = 0;

	for (size_t i = 0; i < stream->gap_count; i++) {
		const struct pkt_gap *gap = &stream->gaps[i];

		if (place > gap->left)
			missing += (place < gap->right ? place : gap->right) - gap->left;
	}
	return (uint32_t)missing;
}

static void stream_leave_out(struct pkt *pkt, struct pkt_stream *stream, int64_t left,
			     int64_t right)
{
	size_t size = stream->gap_size == 0 ? 4 : 2 * stream->gap_size;
	struct pkt_gap *gaps = stream->gaps;

	if (stream->gap_count > 0 && gaps[stream->gap_count - 1].right == left) {
		gaps[stream->gap_count - 1].right = right;
		return;
	}
	if (stream->gap_count == stream->gap_size) {
		gaps = realloc(gaps, size * sizeof(*gaps));
		if (gaps == NULL) {
			pkt->failed = true;
			return;
		}
		stream->gaps = gaps;
		stream->gap_size = size;
	}
	gaps[stream->gap_count++] = (struct pkt_gap){ left, right };
}

/* One past what a segment carries, SYN and FIN included. */
static uint32_t mask_end(const struct te_segment *s)
{
	return s->seq + s->len + !!(s->flags & TE_SYN) + !!(s->flags & TE_FIN);
}

static void stream_advance(struct pkt_stream *stream, uint32_t end)
{
	int32_t more = seq_diff(end, stream->top_seq);

	if (more <= 0)
		return;
	stream->top += more;
	stream->top_seq = end;
}

/* A number of the script; the first one of an end is at its ISN, as far as it can be
 * told. */
static uint32_t mask_number(struct pkt_face *face, unsigned side, uint32_t iss,
			    uint32_t number)
{
	if (!face->seq_known) {
		face->seq_known = true;
		face->seq = iss;
	}
	return number - face->seq + pkt_iss(side);
}

/* More than an IP packet holds (RFC 2675, or an offloading NIC's own size). */
static void mask_shorten(struct pkt *pkt, struct pkt_stream *stream,
			 const struct te_segment *s)
{
	int64_t right = stream_place(stream, s->seq + s->len);
	int64_t left = stream_place(stream, s->seq + MASK_PAYLOAD);

	if (s->len > MASK_PAYLOAD && left >= stream->top)
		stream_leave_out(pkt, stream, left, right);
}

/* A reset of what has no socket, SEQ 0 (RFC 9293 3.10.7.1), unless 0 is near what its
 * sender has sent. */
static bool mask_is_zero(const struct pkt_stream *stream, const struct te_segment *s)
{
	enum { NEAR = 1 << 20 };
	int32_t since = seq_diff(0, stream->top_seq);

	return s->flags & TE_RST && s->seq == 0 &&
	       (!stream->known || since < -NEAR || since > NEAR);
}

static void mask_own(struct pkt *pkt, struct mask_ends *ends, struct te_segment *s)
{
	struct pkt_stream *stream = ends->stream[0];
	uint32_t seq = s->seq, end = mask_end(s);

	stream_know(stream, seq);
	mask_shorten(pkt, stream, s);
	s->len -= stream_missing(stream, seq + s->len) - stream_missing(stream, seq);
	if (s->len > MASK_PAYLOAD)
		s->len = MASK_PAYLOAD;
	s->seq =
	    mask_number(ends->face[0], ends->side[0], s->flags & TE_SYN ? seq : seq - 1,
			seq - stream_missing(stream, seq));
	if (!(s->flags & TE_RST))
		stream_advance(stream, end);
}

/* A number of what the other end has sent. */
static uint32_t mask_others(struct mask_ends *ends, uint32_t number)
{
	struct pkt_stream *stream = ends->stream[1];

	stream_know(stream, number);
	return mask_number(ends->face[1], ends->side[1], number - 1,
			   number - stream_missing(stream, number));
}

static void mask_seq(struct pkt *pkt, struct mask_ends *ends, struct pkt_line *line)
{
	struct te_segment *s = &line->segment;

	line->absolute = mask_is_zero(ends->stream[0], s);
	if (!line->absolute)
		mask_own(pkt, ends, s);
	s->ack = s->flags & TE_ACK ? mask_others(ends, s->ack) : 0;
	if (s->has & TE_HAS_SACK)
		s->sack_right = mask_others(ends, s->sack_right);
}

/* ---- the other numbers ---- */

static uint32_t mask_time(struct pkt_face *face, uint32_t ts)
{
	if (ts == 0) /* no echo; also, it would tell what the others were */
		return 0;
	if (!face->ts_known) {
		face->ts_known = true;
		face->ts = ts;
	}
	return ts - face->ts + MASK_TS;
}

static uint8_t mask_ttl(struct pkt_face *face, uint8_t ttl)
{
	int masked;

	if (!face->ttl_known) {
		face->ttl_known = true;
		face->ttl = ttl;
	}
	masked = MASK_TTL + ttl - face->ttl;
	return (uint8_t)(masked < 1 ? 1 : masked > 255 ? 255 : masked);
}

/* Its name, if the end has used it lately. */
static bool mask_find_id(const struct pkt_face *face, uint16_t real, uint16_t *name)
{
	for (unsigned i = 0; i < face->id_count && i < PKT_IDS; i++)
		if (face->ids[i] == real) {
			*name = face->own_ids[i];
			return true;
		}
	return false;
}

/* The next one that the reader would count, unless it has none or had one before. */
static void mask_id(struct mask *mask, struct pkt_face *face, struct pkt_line *line,
		    bool known)
{
	uint16_t real = mask->pkt->kept[line->kept].segment.ip_id, next;

	if (line->segment.ip_version != 4)
		return;
	next = mask->next_id[line->side]++;
	line->named_id = known || real == 0;
	if (line->named_id)
		return;
	line->segment.ip_id = next;
	face->ids[face->id_count % PKT_IDS] = real;
	face->own_ids[face->id_count++ % PKT_IDS] = next;
}

/* ---- lines ---- */

static void mask_names(struct pkt *pkt, struct pkt_line *line)
{
	const struct pkt_conn *conn = &pkt->conns[line->conn];
	struct te_segment *s = &line->segment;

	s->src = conn->addr[line->side];
	s->dst = conn->addr[1 - line->side];
	s->src_port = conn->port[line->side];
	s->dst_port = conn->port[1 - line->side];
	if (s->has & TE_HAS_VLAN)
		s->vlan = pkt_cast_vlan(pkt, s->vlan);
}

static bool mask_is_same(const struct te_segment *a, const struct te_segment *b)
{
	return a->seq == b->seq && a->ack == b->ack && a->flags == b->flags &&
	       a->len == b->len && a->window == b->window && a->has == b->has &&
	       a->ip_id == b->ip_id && a->vlan == b->vlan && a->mss == b->mss &&
	       a->wscale == b->wscale && a->tsval == b->tsval && a->tsecr == b->tsecr &&
	       a->sack_right == b->sack_right;
}

static void mask_fields(struct mask *mask, struct mask_ends *ends, struct pkt_line *line)
{
	static const uint16_t said = TE_HAS_VLAN | TE_HAS_TS | TE_HAS_SACK | TE_HAS_MSS |
				     TE_HAS_WSCALE | TE_HAS_SACK_OK | TE_HAS_TFO |
				     TE_BAD_OPTION | TE_BAD_SUM;
	struct pkt *pkt = mask->pkt;
	struct te_segment *s = &line->segment;

	s->has = (uint16_t)((s->has & said) | TE_SUM_KNOWN);
	mask_names(pkt, line);
	mask_seq(pkt, ends, line);
	if (s->has & TE_HAS_TS) {
		s->tsval = mask_time(ends->face[0], s->tsval);
		s->tsecr = mask_time(ends->face[1], s->tsecr);
	}
	s->ttl = mask_ttl(ends->face[0], s->ttl);
}

static void mask_line(struct mask *mask, size_t i)
{
	struct pkt *pkt = mask->pkt;
	struct pkt_kept *kept = &pkt->kept[i];
	struct pkt_line *line = &pkt->lines[pkt->line_count++], *last;
	struct mask_ends ends = mask_ends(pkt, kept);
	bool known;

	*line = (struct pkt_line){ .segment = kept->segment,
				   .kept = (uint32_t)i,
				   .conn = pkt->flows[kept->flow].conn,
				   .side = kept->side };
	line->segment.file = 1;
	line->segment.frame = pkt->line_count;
	line->cut = mask->cut[kept->flow];
	mask->cut[kept->flow] = 0;
	mask_fields(mask, &ends, line);
	known = mask_find_id(ends.face[0], kept->segment.ip_id, &line->segment.ip_id);
	last = &mask->last[2 * line->conn + line->side];
	line->same =
	    last->segment.frame > 0 && mask_is_same(&last->segment, &line->segment);
	line->named_ttl =
	    line->segment.ttl != (line->same ? last->segment.ttl : MASK_TTL);
	if (!line->same)
		mask_id(mask, ends.face[0], line, known);
	*last = *line;
}

/* Its numbers close up behind it. */
static void mask_leave_out(struct mask *mask, const struct pkt_kept *kept)
{
	struct pkt *pkt = mask->pkt;
	struct pkt_stream *stream = &pkt->flows[kept->flow].stream[kept->side];
	int64_t before;

	stream_know(stream, kept->segment.seq);
	before = stream->top;
	stream_advance(stream, mask_end(&kept->segment));
	if (stream->top > before)
		stream_leave_out(pkt, stream, before, stream->top);
	mask->cut[kept->flow]++;
}

/* ---- time ---- */

/* Thirty years after its start nothing is in a script. */
static te_time mask_clock(const struct pkt *pkt, te_time time)
{
	te_time since;

	if (__builtin_sub_overflow(time, pkt->start, &since) || since > PKT_LONGEST)
		since = PKT_LONGEST;
	return PKT_START + since;
}

static void mask_clocks(struct pkt *pkt, te_time end)
{
	pkt->start = pkt->line_count > 0 ? pkt->lines[0].segment.time : 0;
	for (size_t i = 1; i < pkt->line_count; i++)
		if (pkt->lines[i].segment.time < pkt->start)
			pkt->start = pkt->lines[i].segment.time;
	for (size_t i = 0; i < pkt->line_count; i++)
		pkt->lines[i].segment.time = mask_clock(pkt, pkt->lines[i].segment.time);
	pkt->end = mask_clock(pkt, end > pkt->start ? end : pkt->start);
}

/* ---- all ---- */

static void mask_start(struct pkt *pkt)
{
	pkt->line_count = 0;
	for (size_t i = 0; i < pkt->conn_count; i++)
		memset(pkt->conns[i].face, 0, sizeof(pkt->conns[i].face));
	for (size_t i = 0; i < pkt->flow_count; i++)
		for (unsigned side = 0; side < 2; side++) {
			struct pkt_stream *stream = &pkt->flows[i].stream[side];

			*stream = (struct pkt_stream){ .gaps = stream->gaps,
						       .gap_size = stream->gap_size };
		}
}

void pkt_mask(struct pkt *pkt, const bool *keep, te_time end)
{
	struct mask mask = { .pkt = pkt, .next_id = { 0x1001, 0x8001 } };

	if (pkt->lines == NULL)
		pkt->lines = calloc(pkt->kept_count + 1, sizeof(*pkt->lines));
	mask.last = calloc(2 * pkt->conn_count + 1, sizeof(*mask.last));
	mask.cut = calloc(pkt->flow_count + 1, sizeof(*mask.cut));
	pkt->failed |= pkt->lines == NULL || mask.last == NULL || mask.cut == NULL;
	mask_start(pkt);
	for (size_t i = 0; i < pkt->kept_count && !pkt->failed; i++) {
		if (pkt->kept[i].flow == PKT_NONE)
			continue;
		if (keep[i])
			mask_line(&mask, i);
		else
			mask_leave_out(&mask, &pkt->kept[i]);
	}
	mask_clocks(pkt, end);
	free(mask.last);
	free(mask.cut);
}
