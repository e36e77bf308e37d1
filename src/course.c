/* course.c - trails of connections that went as they should
 *
 * Each segment behind the handshake is only glanced at: is it just where start.c and
 * closing.c want it? Nothing of it is kept but its time. What it carries as a timestamp
 * echo or IP identification decides nothing in them. Where watch.h has seen that all are,
 * only the times are read that are asked for.
 */
#include "course.h"
#include "trail_parts.h"
#include "watch.h"

#include <stdlib.h>

struct glance {
	unsigned from;
	bool fin; /* else an ACK */
	uint32_t ack, len, window;
};

/* What both ends have come to. */
struct life {
	struct trail_reader
	    reader; /* its state has the time, and what is expected next */
	struct glance seg;
	uint32_t ack[2], edge[2];
	bool edge_known[2];
	uint8_t scale[2];
};

static bool is_at_end(const struct life *life)
{
	return life->reader.at == life->reader.end;
}

/* Of timestamps that go back none is plain. Without one, its width is 0. */
static inline const uint8_t *pass_stamp(const uint8_t *at, unsigned head,
					struct trail_side *self, bool *backward)
{
	uint32_t newer = trail_get_newer(&at, head);

	*backward = newer >> 31;
	self->tsval += newer;
	return at + (head & HAS_ECHO ? 4 : 0);
}

/* As trail_next(), of an ACK or FIN with the expected number; false: it is none. */
static inline bool glance(struct life *life)
{
	struct trail_reader *r = &life->reader;
	struct glance *seg = &life->seg;
	const uint8_t *at = r->at;
	unsigned head = trail_get_head(r, &at), from = head & FROM_OTHER;
	struct trail_side *self = &r->state.side[from];
	unsigned bits = head & HAS_RARE ? *at++ : 0;
	bool backward;

	if (!trail_is_in_order(head, bits))
		return false;
	at = trail_get_step(at, head, &r->state);
	seg->from = from;
	seg->fin = head & FLAGS_FIN;
	seg->ack = head & ODD_ACK ? trail_get(&at, 4) : r->state.side[!from].next;
	seg->len = trail_get_if(&at, head & HAS_LENGTH, 0);
	seg->window = self->window = trail_get_if(&at, head & HAS_WINDOW, self->window);
	at += head & HAS_ID ? 2 : 0;
	at = pass_stamp(at, head, self, &backward);
	if (bits)
		r->state.time += trail_get(&at, 2);
	r->at = at;
	return !backward;
}

/* order_is_plain(), without a branch: which of them is not so nobody can foresee. */
static inline bool is_plain(const struct life *life)
{
	const struct glance *seg = &life->seg;
	unsigned from = seg->from, odd = seg->window == 0;
	const struct trail_side *side = life->reader.state.side;
	uint32_t scale = life->scale[from], edge = seg->ack + (seg->window << scale);
	unsigned known = life->edge_known[from], other_known = life->edge_known[!from];

	odd |= seq_gt(seg->ack, side[!from].next);
	odd |= seq_lt(seg->ack, life->ack[from]);
	odd |= known & seq_lt(edge + (1u << scale), life->edge[from]);
	odd |= other_known & (unsigned)(seg->len > 1) &
	       seq_ge(side[from].next, life->edge[!from]);
	return !odd;
}

static inline void take(struct life *life)
{
	const struct glance *seg = &life->seg;
	unsigned from = seg->from;
	uint32_t edge = seg->ack + (seg->window << life->scale[from]);

	life->reader.state.side[from].next += seg->len + seg->fin;
	life->ack[from] = seg->ack;
	life->edge[from] =
	    life->edge_known[from] ? seq_max(edge, life->edge[from]) : edge;
	life->edge_known[from] = true;
}

/* The next one is an ACK or FIN of `from` that acknowledges all and carries nothing. */
static bool answers(struct life *life, unsigned from)
{
	const struct trail_side *side = life->reader.state.side;

	return !is_at_end(life) && glance(life) && life->seg.from == from &&
	       !life->seg.len && life->seg.ack == side[!from].next && is_plain(life);
}

/* ---- from the SYN to the end ---- */

/* RFC 7323 2.2 */
static void set_scales(struct life *life, const struct te_segment *syn,
		       const struct te_segment *synack)
{
	bool both = syn->has & synack->has & TE_HAS_WSCALE;

	life->scale[0] = both ? syn->wscale : 0;
	life->scale[1] = both ? synack->wscale : 0;
}

static bool open_up(struct life *life, struct course *course)
{
	struct trail_reader *r = &life->reader;
	struct te_segment syn, synack;

	trail_next(r, &syn);
	if (trail_next(r, &synack) != 1 ||
	    (synack.flags & (TE_SYN | TE_FIN | TE_RST | TE_ACK)) != (TE_SYN | TE_ACK) ||
	    synack.len || synack.ack != syn.seq + 1 || synack.has & TE_HAS_SACK)
		return false;
	set_scales(life, &syn, &synack);
	life->edge_known[0] = life->edge_known[1] = false;
	life->ack[0] = synack.seq;
	life->ack[1] = synack.ack;
	course->syn_has[0] = (uint8_t)syn.has;
	course->syn_has[1] = (uint8_t)synack.has;
	course->answered = synack.time;
	if (is_at_end(life) || !glance(life) || life->seg.from || life->seg.fin ||
	    life->seg.ack != synack.seq + 1 || !is_plain(life))
		return false;
	course->completed = r->state.time;
	take(life);
	return true;
}

/* To the first FIN, or to the end if the server is known to have had the handshake's ACK:
 * it went on. */
static bool exchange(struct life *life, struct course *course)
{
	bool server_spoke = false;

	while (!is_at_end(life)) {
		if (!glance(life) || !is_plain(life))
			return false;
		server_spoke |= life->seg.from;
		course->closed = life->seg.fin;
		if (course->closed)
			return true;
		if (!life->seg.len && life->seg.ack == life->ack[life->seg.from])
			return false;
		take(life);
	}
	return server_spoke;
}

/* FIN, ACK, FIN, ACK; or the second and the third in one. */
static bool close_down(struct life *life, struct course *course)
{
	const struct trail_reader *r = &life->reader;
	unsigned first = life->seg.from;

	course->closer = first;
	course->fin[first] = r->state.time;
	take(life);
	if (!answers(life, !first))
		return false;
	if (!life->seg.fin) {
		take(life);
		if (!answers(life, !first) || !life->seg.fin)
			return false;
	}
	course->fin[!first] = r->state.time;
	take(life);
	return answers(life, first) && !life->seg.fin && is_at_end(life);
}

static bool read_all(const struct trail *trail, struct course *course)
{
	struct life life;

	trail_read(&life.reader, trail);
	course->closed = false;
	if (!open_up(&life, course) || !exchange(&life, course) ||
	    (course->closed && !close_down(&life, course)))
		return false;
	course->last = life.reader.state.time;
	return true;
}

/* ---- what was watched ---- */

/* `time` becomes that of the next segment. */
static inline const uint8_t *pass_time(const uint8_t *at, unsigned wide, te_time *time)
{
	*time += (te_time)trail_get(&at, wide) * TE_US;
	return at + wide;
}

/* Behind a plain one. */
static inline __attribute__((always_inline)) const uint8_t *
pass(const struct trail_reader *r, const uint8_t *at, te_time *time)
{
	unsigned head = trail_get_head(r, &at);

	return pass_time(at, trail_step_width(head), time) + (head & HAS_LENGTH ? 2 : 0) +
	       (head & HAS_WINDOW ? 2 : 0) + trail_stamp_width[head >> STAMP_SHIFT];
}

/* The SYN+ACK has a byte of RARE_* in front of its time. */
static void time_opening(const struct trail_reader *r, const struct trail_watch *watch,
			 struct course *course)
{
	course->answered = r->trail->first;
	pass_time(r->bytes + 2 + 1, trail_step_width(trail_two(r->bytes)),
		  &course->answered);
	course->completed = course->answered;
	pass(r, r->bytes + watch->begun, &course->completed);
}

/* When the FINs were sent, from the end: the second one is the last but one. */
static void time_fins(const struct trail_reader *r, const struct trail_watch *watch,
		      struct course *course)
{
	const uint8_t *at = r->bytes + watch->used[0];
	te_time first = 0, before = 0;

	while (at != r->end) {
		before = first;
		at = pass(r, at, &first);
	}
	course->closer = watch->phase - WATCH_CLOSED;
	course->fin[course->closer] = course->last - first;
	course->fin[!course->closer] = course->last - (first - before);
}

static void read_watched(const struct trail *trail, const struct trail_watch *watch,
			 struct course *course)
{
	struct trail_reader r;

	trail_gather(&r, trail);
	course->closed = watch->phase >= WATCH_CLOSED;
	course->syn_has[0] = trail_syn_has(trail);
	course->syn_has[1] = watch->has;
	time_opening(&r, watch, course);
	course->last = trail_state(trail)->time;
	if (course->closed)
		time_fins(&r, watch, course);
}

/* It ended where it may end. */
static bool has_ended(unsigned phase)
{
	return phase >= WATCH_CLOSED || (phase >= WATCH_OPEN && phase < WATCH_FIN &&
					 (phase - WATCH_OPEN) & WATCH_SPOKE);
}

bool course_read(const struct trail *trail, struct course *course)
{
	const struct trail_watch *watch;

	if (trail->bits & (TRAIL_MARKED | TRAIL_RST) || trail->count < 3)
		return false;
	watch = trail_watch(trail_state(trail));
	if (watch->phase == WATCH_UNSURE)
		return read_all(trail, course);
	if (!has_ended(watch->phase))
		return false;
	read_watched(trail, watch, course);
	return true;
}

/* ---- what is told of it ---- */

struct courses {
	struct stencil open, closed[2]; /* by who closed */
};

static const uint16_t established = 1u << TE_ESTABLISHED;

static void begin(struct stencil *stencil, bool evicted)
{
	struct end *client = &stencil->conn.end[SIDE_A];
	struct end *server = &stencil->conn.end[SIDE_B];

	stencil_begin(stencil);
	stencil->conn.evicted = evicted;
	server->iss_known = server->synack_sent = true;
	client->packets = server->packets = 2; /* at least */
	client->state = server->state = TE_ESTABLISHED;
	client->visited |= established;
	server->visited = 1u << TE_LISTEN | 1u << TE_SYN_RCVD | established;
}

static void close_by(struct conn *conn, enum side side)
{
	struct end *self = &conn->end[side], *peer = &conn->end[side_other(side)];

	self->fin_sent = peer->fin_sent = true;
	self->state = TE_TIME_WAIT;
	self->visited |= 1u << TE_FIN_WAIT_1 | 1u << TE_TIME_WAIT;
	peer->state = TE_CLOSED;
	peer->visited |= 1u << TE_CLOSE_WAIT | 1u << TE_LAST_ACK | 1u << TE_CLOSED;
}

struct courses *courses_new(bool evicted)
{
	struct courses *courses = calloc(1, sizeof(*courses));

	if (!courses)
		return NULL;
	begin(&courses->open, evicted);
	stencil_judge(&courses->open);
	for (int closer = 0; closer < 2; closer++) {
		begin(&courses->closed[closer], evicted);
		close_by(&courses->closed[closer].conn, (enum side)closer);
		stencil_judge(&courses->closed[closer]);
	}
	return courses;
}

static void fill_close(struct stencil *stencil, const struct course *course,
		       te_time time_wait, bool ongoing)
{
	struct end *end = stencil->conn.end, *self = &end[course->closer];
	struct te_connection *view = &stencil->view;
	te_time gone = course->last + time_wait;

	end[SIDE_A].fin_time = course->fin[0];
	end[SIDE_B].fin_time = course->fin[1];
	end[!course->closer].close_wait_silence =
	    course->fin[!course->closer] - course->fin[course->closer];
	self->since = ongoing ? course->fin[!course->closer] : gone;
	self->state = ongoing ? TE_TIME_WAIT : TE_CLOSED;
	view->end[course->closer].state = (enum te_state)self->state;
	view->gone[course->closer] = ongoing ? gone : TE_TIME_NONE;
}

struct stencil *course_fill(struct courses *courses, const struct trail *trail,
			    const struct course *course, te_time time_wait, bool ongoing)
{
	struct stencil *stencil =
	    course->closed ? &courses->closed[course->closer] : &courses->open;
	struct end *end = stencil->conn.end;

	stencil_fill(stencil, trail);
	stencil->conn.left_syn_rcvd = course->completed;
	end[SIDE_A].syn_has = course->syn_has[0];
	end[SIDE_B].syn_has = course->syn_has[1];
	end[SIDE_B].syn_time = end[SIDE_B].syn_last = course->answered;
	if (course->closed)
		fill_close(stencil, course, time_wait, ongoing);
	return stencil;
}
