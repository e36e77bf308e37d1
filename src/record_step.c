/* record_step.c - what a transition says of itself, and its being void
 *
 * There are more transitions than all else, and only two numbers of each stand in no
 * other line: what is around them is made once, in pieces. The keys are a promise, as in
 * record.c.
 */
#include "config.h"
#include "record_parts.h"

void record_revision(struct record *record)
{
	const struct te_connection *connection = record->connection;
	const struct te_revision *revision = connection->revision;
	struct emit *emit = record_begin(record, "revision");

	record_put(record, record_who(record));
	emit_list(emit, "voids");
	for (size_t i = 0; i < revision->count; i++)
		emit_item_u64(emit, revision->voids[i]);
	emit_list_end(emit);
	record_when(record, connection->file, revision->time);
	emit_count(emit, "frame", revision->frame);
	emit_word(emit, "why", revision->why);
	emit_end(emit);
}

/* ---- its values ---- */

static char *put_absent(const struct record *record, char *at)
{
	if (record->mode != EMIT_JSON)
		return at;
	memcpy(at, "null", 4);
	return at + 4;
}

/* From 1; 0 is absent. */
static char *put_count(const struct record *record, char *at, uint64_t number)
{
	if (record->mode == EMIT_CSV_HEADER)
		return at;
	return number ? out_decimal(at, number) : put_absent(record, at);
}

static char *put_time(struct record *record, char *at, te_time time, unsigned digits)
{
	if (record->mode == EMIT_CSV_HEADER)
		return at;
	if (time == TE_TIME_NONE)
		return put_absent(record, at);
	return out_put_time(record->out, at, time, digits);
}

/* ---- its pieces ---- */

/* Up to the frame. */
static void make_in_file(struct record *record, uint32_t file)
{
	size_t from;

	if (record->in_file.length && record->file == file)
		return;
	record->file = file;
	record->file_digits = record_file_digits(record, file);
	from = record_keep(record);
	emit_count(&record->emit, "file", file);
	emit_value(&record->emit, "frame");
	record_made(record, from, &record->in_file);
}

/* Up to the frame that proves it, and behind that. */
static const struct record_step *made_step(struct record *record,
					   const struct te_transition *step)
{
	struct record_step *pieces = record_step(record, step);
	struct emit *emit = &record->emit;
	size_t from;

	if (pieces->what.length)
		return pieces;
	from = record_keep(record);
	emit_word(emit, "end", te_end_name(step->end));
	emit_word(emit, "from", te_state_name(step->from));
	emit_word(emit, "to", te_state_name(step->to));
	emit_word(emit, "basis", te_basis_name(step->basis));
	emit_bool(emit, "certain", step->certain);
	emit_value(emit, "proof");
	record_made(record, from, &pieces->what);
	from = record_keep(record);
	emit_word(emit, "rfc", step->rfc);
	emit_end(emit);
	record_made(record, from, &pieces->end);
	return pieces;
}

/* ---- the lines ---- */

/* Which segment it is of, as it stands in a line. */
struct moment {
	const char *text;
	size_t length;
};

static bool is_same_moment(const struct te_transition *a, const struct te_transition *b)
{
	return a->time == b->time && a->frame == b->frame && a->file == b->file;
}

static char *put_moment(struct record *record, char *at, const struct te_transition *step)
{
	at = record_copy(at, &record->in_file);
	at = put_count(record, at, step->frame);
	at = record_copy(at, &record->keys[RECORD_TS]);
	at = put_time(record, at, step->time, record->file_digits);
	at = record_copy(at, &record->keys[RECORD_T]);
	return put_time(record, at, record_since_start(record, step->time),
			record->digits);
}

/* Several are of one segment: then it is copied from the line above, which is still in
 * the buffer. */
static void put_line(struct record *record, size_t i, const struct record_step *pieces,
		     struct moment *moment)
{
	const struct te_connection *connection = record->connection;
	const struct te_transition *step = &connection->transitions[i];
	char *at = out_room(record->out), *from;

	_Static_assert(8 * RECORD_PIECE <= OUT_ROOM, "a line has room");
	at = record_copy(at, &record->step_head);
	from = at = put_count(record, at, connection->told + i + 1);
	if (i && is_same_moment(step, step - 1)) {
		memcpy(at, moment->text, moment->length);
		at += moment->length;
	} else {
		at = put_moment(record, at, step);
	}
	*moment = (struct moment){ .text = from, .length = (size_t)(at - from) };
	at = record_copy(at, &record->ends);
	at = record_copy(at, &pieces->what);
	at = put_count(record, at, step->proof);
	out_end(record->out, record_copy(at, &pieces->end));
}

void record_transitions(struct record *record)
{
	const struct te_connection *connection = record->connection;
	struct moment moment = { 0 };

	if (!connection->transition_count)
		return;
	(void)record_step_head(record);
	(void)record_both_ends(record);
	for (size_t i = 0; i < connection->transition_count; i++) {
		const struct te_transition *step = &connection->transitions[i];

		make_in_file(record, step->file);
		put_line(record, i, made_step(record, step), &moment);
	}
}
