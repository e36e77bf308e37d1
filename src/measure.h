/* measure.h - the numbers of a connection: sequence, ACK, window, round trip
 *
 * Numbers, not states: what they prove is for others to say.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "conn.h"

bool measure_captured_twice(const struct end *, const struct te_segment *, te_time limit);
/* Speaks of an earlier moment than what its sender has sent before. */
bool measure_is_stale(const struct end *, const struct te_segment *);
/* Copies that the network made, not their sender: of its last segment, whatever that was;
 * of its last SYN or FIN. */
bool measure_is_copy_of_last(const struct end *, const struct te_segment *);
bool measure_is_copy(const struct end *, const struct te_segment *);
/* ACK numbers above all that the peer was seen to send: a gap of the capture, or a lie?
 * Called with each segment before its numbers are taken over. */
void measure_gaps(struct conn *, enum side self, const struct te_segment *);
void measure_probe(struct conn *, enum side self, const struct te_segment *);
/* Its ACK covers what the probe waits for. */
void measure_sample(struct end *self, const struct te_segment *);
/* It is the sender's last segment now. */
static inline void measure_remember(struct end *self, const struct te_segment *seg)
{
	self->last = seg->time;
	self->ttl = seg->ttl;
	self->dup_seq = seg->seq;
	self->dup_ack = seg->ack;
	self->dup_flags = seg->flags;
	self->dup_len = (uint16_t)seg->len;
	self->dup_id = seg->ip_id;
	self->dup_tsval = seg->tsval;
}
/* Count it, believed or not. `fresh`: it is no repeat although its numbers are known, as
 * the SYN+ACK of an end that has sent its SYN. */
void measure_count(struct end *self, const struct te_segment *, bool fresh);
/* Its numbers are its sender's own. */
void measure_sent(struct end *self, const struct te_segment *);
/* One past its last sequence number. */
static inline uint32_t measure_end(const struct te_segment *seg)
{
	return seg->seq + seg->len + !!(seg->flags & TE_SYN) + !!(seg->flags & TE_FIN);
}
/* Where the window it offers ends; right if the scale is known. RFC 7323 2.3 */
static inline uint32_t measure_edge(const struct end *self, const struct te_segment *seg)
{
	return seg->ack + ((uint32_t)seg->window << self->scale);
}
/* Learn the scale from a SYN. RFC 7323 2.2: it counts only if both ends offer it. */
void measure_scale(struct end *self, struct end *peer, const struct te_segment *);

#endif
