/* outputs.c - all reports of a run: standard output's and those of --out */
#include "config.h"
#include "outputs.h"
#include "aside.h"
#include "say.h"
#include "terminal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct output {
	const struct options_report *report;
	struct aside aside; /* unused for standard output */
	FILE *file;
	struct out out;
	struct out_run run;
	bool open;   /* between begin and end */
	bool begun;  /* once at least */
	bool failed; /* something could not be written */
	int why;     /* errno of that */
};

struct outputs {
	const struct options *options;
	struct output *list;
	size_t count;
};

static bool output_open(struct output *output, const struct options_report *report)
{
	output->report = report;
	if (report->path == NULL) {
		output->file = stdout;
		return true;
	}
	if (!aside_open(&output->aside, report->path)) {
		say_error("%s: %s", report->path, strerror(errno));
		return false;
	}
	output->file = output->aside.file;
	return true;
}

struct outputs *outputs_new(const struct options *options)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));

	if (outputs != NULL)
		outputs->list = calloc(options->report_count + 1, sizeof(*outputs->list));
	if (outputs == NULL || outputs->list == NULL) {
		say_error("out of memory");
		outputs_free(outputs);
		return NULL;
	}
	outputs->options = options;
	for (; outputs->count < options->report_count; outputs->count++) {
		if (!output_open(&outputs->list[outputs->count],
				 &options->reports[outputs->count])) {
			outputs_free(outputs);
			return NULL;
		}
	}
	return outputs;
}

static bool output_is_text(const struct output *output)
{
	return strcmp(output->report->format->name, "text") == 0;
}

static bool output_wants_passing(const struct output *output)
{
	return output->report->format->passing != NULL &&
	       (output->report->show & OUT_TIMELINE) != 0;
}

bool outputs_want_passing(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		if (output_wants_passing(&outputs->list[i]))
			return true;
	}
	return false;
}

bool outputs_want_part(const struct outputs *outputs, unsigned parts)
{
	for (size_t i = 0; i < outputs->count; i++) {
		if ((outputs->list[i].report->show & parts) != 0)
			return true;
	}
	return false;
}

bool outputs_want_peers(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		if ((outputs->list[i].report->show & OUT_CONNECTIONS) != 0 &&
		    !output_is_text(&outputs->list[i]))
			return true;
	}
	return false;
}

bool outputs_want_ids(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		if (!output_is_text(&outputs->list[i]))
			return true;
	}
	return false;
}

bool outputs_want_all(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		const struct options_report *report = outputs->list[i].report;

		if ((report->show & ~report->format->from_totals) != 0)
			return true;
	}
	return false;
}

bool outputs_want_script(const struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		if (outputs->list[i].report->format == &out_script)
			return true;
	}
	return false;
}

/* A file is read later, by whatever: no colours, no width. */
static void output_run(struct output *output, const struct out_run *run,
		       const struct options *options)
{
	bool to_stdout = output->report->path == NULL;

	output->run = *run;
	output->run.show = output->report->show;
	output->run.verbose = options->verbose;
	output->run.quiet = options->quiet;
	output->run.time = options->time;
	output->run.color = to_stdout && terminal_color(options->color);
	output->run.utf8 = !options->ascii && terminal_utf8();
	output->run.width = to_stdout ? terminal_width() : 0;
}

/* While errno still tells why. */
static void output_note(struct output *output)
{
	if (output->failed || !output->out.failed)
		return;
	output->failed = true;
	output->why = errno;
}

bool outputs_begin(struct outputs *outputs, const struct out_run *run, bool readable)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];

		if ((!readable && output_is_text(output)) ||
		    out_is_gate(output->report->format))
			continue;
		output_run(output, run, outputs->options);
		if (!out_open(&output->out, output->report->format, &output->run,
			      output->file))
			return false;
		output->open = output->begun = true;
		if (output->out.format->begin != NULL)
			output->out.format->begin(&output->out);
	}
	return true;
}

void outputs_passing(struct outputs *outputs, const struct te_passing *passing)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];

		if (output->open && output_wants_passing(output))
			output->out.format->passing(&output->out, passing);
	}
}

void outputs_forget(struct outputs *outputs, uint64_t connection)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];

		if (output->open && output->out.format->forget != NULL)
			output->out.format->forget(&output->out, connection);
	}
}

void outputs_connection(struct outputs *outputs, const struct te_connection *connection)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];

		if (output->open && output->out.format->connection != NULL)
			output->out.format->connection(&output->out, connection);
		output_note(output);
	}
}

void outputs_finding(struct outputs *outputs, const struct te_finding *finding)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];

		if (output->open && output->out.format->finding != NULL)
			output->out.format->finding(&output->out, finding);
		output_note(output);
	}
}

void outputs_sockets(struct outputs *outputs, const struct out_socket *sockets,
		     size_t count)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];

		if (output->open && output->out.format->sockets != NULL)
			output->out.format->sockets(&output->out, sockets, count);
		output_note(output);
	}
}

void outputs_flush(struct outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		if (outputs->list[i].open && !out_flush(&outputs->list[i].out))
			output_note(&outputs->list[i]);
	}
}

void outputs_end(struct outputs *outputs, const struct out_run *run,
		 const struct te_totals *totals)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];

		if (!output->open)
			continue;
		output_run(output, run, outputs->options);
		if (output->out.format->end != NULL)
			output->out.format->end(&output->out, totals);
		output_note(output);
		if (!out_flush(&output->out))
			output_note(output);
		out_close(&output->out);
		output->open = false;
	}
}

/* One telling that is a report of its own. */
static void output_tell_gate(struct output *output, const struct options *options,
			     void (*tell)(struct out *, const struct gate *),
			     const struct gate *gate)
{
	const struct out_run run = { .config = &options->config, .complete = true };

	output_run(output, &run, options);
	if (!out_open(&output->out, output->report->format, &output->run, output->file)) {
		output->failed = true;
		output->why = ENOMEM;
		return;
	}
	output->begun = true;
	tell(&output->out, gate);
	output_note(output);
	if (!out_flush(&output->out))
		output_note(output);
	out_close(&output->out);
}

/* Where nothing could be read, a file keeps what an earlier run wrote there. */
static bool output_may_tell(const struct output *output)
{
	return output->begun || output->report->path == NULL || !output_is_text(output);
}

void outputs_judged(struct outputs *outputs, const struct gate *gate)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];

		if (output->report->format->judged != NULL && output_may_tell(output))
			output_tell_gate(output, outputs->options,
					 output->report->format->judged, gate);
	}
}

void outputs_gate(struct outputs *outputs, const struct gate *gate)
{
	for (size_t i = 0; i < outputs->count; i++) {
		struct output *output = &outputs->list[i];

		if (output->report->format->gate != NULL && output_may_tell(output))
			output_tell_gate(output, outputs->options,
					 output->report->format->gate, gate);
	}
}

static bool output_commit(struct output *output)
{
	bool ok;

	if (output->report->path == NULL) {
		ok = fflush(stdout) == 0 && ferror(stdout) == 0 && !output->failed;
		if (!ok)
			say_error("standard output: %s",
				  strerror(output->failed ? output->why : errno));
		return ok;
	}
	/* Nothing could be read: what an earlier run wrote there stays */
	if (!output->begun)
		return true;
	if (output->failed) {
		errno = output->why;
		ok = false;
	} else {
		ok = aside_commit(&output->aside);
	}
	if (!ok)
		say_error("%s: %s", output->report->path, strerror(errno));
	return ok;
}

bool outputs_commit(struct outputs *outputs)
{
	bool ok = true;

	for (size_t i = 0; i < outputs->count; i++)
		ok = output_commit(&outputs->list[i]) && ok;
	return ok;
}

void outputs_free(struct outputs *outputs)
{
	if (outputs == NULL)
		return;
	for (size_t i = 0; i < outputs->count; i++) {
		if (outputs->list[i].open)
			out_close(&outputs->list[i].out);
		aside_abandon(&outputs->list[i].aside);
	}
	free(outputs->list);
	free(outputs);
}
