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

/* Up to its number. */
static const struct record_piece *head(struct record *record)
{
	const struct record_piece *who;
	size_t from;

	if (record->step_head.length)
		return &record->step_head;
	who = record_who(record);
	from = record_keep(record);
	record_begin(record, "transition");
	record_put(record, who);
	emit_value(&record->emit, "n");
	return record_made(record, from, &record->step_head);
}

/* Up to the frame. */
static const struct record_piece *in_file(struct record *record, uint32_t file)
{
	size_t from;

	if (record->in_file.length && record->file == file)
		return &record->in_file;
	record->file = file;
	from = record_keep(record);
	emit_count(&record->emit, "file", file);
	emit_value(&record->emit, "frame");
	return record_made(record, from, &record->in_file);
}

static const struct record_piece *key(struct record *record, const char *name,
				      struct record_piece *piece)
{
	size_t from;

	if (piece->length)
		return piece;
	from = record_keep(record);
	emit_value(&record->emit, name);
	return record_made(record, from, piece);
}

static const struct record_piece *moment(struct record *record,
					 const struct te_transition *step)
{
	struct record_piece *piece = record_moment(record, step);
	char *at = piece->text;

	if (piece->length)
		return piece;
	at = record_copy(at, in_file(record, step->file));
	at = put_count(record, at, step->frame);
	at = record_copy(at, key(record, "ts", &record->ts));
	at = put_time(record, at, step->time, record_file_digits(record, step->file));
	at = record_copy(at, key(record, "t", &record->t));
	at = put_time(record, at, record_since_start(record, step->time), record->digits);
	piece->length = (size_t)(at - piece->text);
	return piece;
}

/* Up to the frame that proves it, and behind that. */
static const struct record_step *what(struct record *record,
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

/* ---- the line ---- */

void record_transition(struct record *record, size_t i)
{
	const struct te_connection *connection = record->connection;
	const struct te_transition *step = &connection->transitions[i];
	const struct record_piece *start = head(record), *when = moment(record, step),
				  *ends = record_both_ends(record);
	const struct record_step *pieces = what(record, step);
	char *at = out_room(record->out);

	_Static_assert(5 * RECORD_PIECE + 2 * OUT_DIGITS <= OUT_ROOM, "a line has room");
	at = record_copy(at, start);
	at = put_count(record, at, connection->told + i + 1);
	at = record_copy(at, when);
	at = record_copy(at, ends);
	at = record_copy(at, &pieces->what);
	at = put_count(record, at, step->proof);
	at = record_copy(at, &pieces->end);
	out_end(record->out, at);
}
