/* diff_run.c - a whole run of --diff: two inputs to reports to exit status
 *
 * Reports are read back, captures go through a session that reports nothing but is
 * listened to.
 */
#include "config.h"
#include "diff_run.h"
#include "diff_read.h"
#include "outputs.h"
#include "say.h"
#include "session.h"
#include "signals.h"
#include <string.h>
#include <sys/stat.h>

struct diff_run {
	const struct options *options;
	const struct te_config *config;
	struct diff *diff;
	const char *path[2];
	struct diff_reader *readers[2]; /* NULL: a capture */
	struct diff_input inputs[2];
	enum diff_side side; /* the one that is read */
	bool broken;
};

/* ---- which is a report, and which a capture ---- */

/* What can be opened again, for a capture is. */
static bool diff_run_twice(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && (stat(path, &st) != 0 || !S_ISFIFO(st.st_mode));
}

static bool diff_run_open(struct diff_run *run, enum diff_side side)
{
	const char *path = run->path[side];
	struct diff_reader *reader = diff_reader_open(path);

	if (reader == NULL) {
		say_error("out of memory");
		return false;
	}
	run->readers[side] = reader;
	if (diff_reader_is_report(reader)) {
		if (run->options->filter == NULL && run->options->count == 0)
			return true;
		say_error("%s: is a report: FILTER and -c choose packets of captures",
			  path);
		return false;
	}
	if (!diff_run_twice(path)) {
		say_error("%s: no report in JSON Lines; give a capture as a file", path);
		return false;
	}
	diff_reader_close(reader);
	run->readers[side] = NULL;
	return true;
}

/* ---- captures ---- */

static void diff_run_connection(void *ctx, const struct te_connection *connection)
{
	struct diff_run *run = ctx;

	run->broken |= !diff_add_connection(run->diff, run->side, connection);
}

static void diff_run_finding(void *ctx, const struct te_finding *finding)
{
	struct diff_run *run = ctx;

	run->broken |= !diff_add_finding(run->diff, run->side, finding);
}

static void diff_run_end(void *ctx, const struct out_run *out,
			 const struct te_totals *totals)
{
	struct diff_run *run = ctx;
	struct diff_input *input = &run->inputs[run->side];

	if (out->file_count == 0)
		return; /* out of memory, which was said */
	input->file = out->files[0];
	input->file.path = run->path[run->side];
	input->readable = strcmp(out->files[0].linktype, "unknown") != 0;
	input->totals = *totals;
	input->state.truncated_tail = out->truncated_tail;
	input->dropped_known = out->dropped_known;
	input->dropped = out->dropped;
}

static int diff_run_capture(struct diff_run *run)
{
	const struct session_listener listener = {
		.ctx = run,
		.connection = diff_run_connection,
		.finding = diff_run_finding,
		.end = diff_run_end,
	};
	const struct out_naming naming = { 0 };
	struct options silent = *run->options;
	struct session_spec spec = {
		.options = run->options,
		.config = run->config,
		.paths = &run->path[run->side],
		.path_count = 1,
		.naming = &naming,
		.listener = &listener,
	};
	int status;

	silent.report_count = 0;
	spec.outputs = outputs_new(&silent);
	if (spec.outputs == NULL)
		return CHECK_INCOMPLETE;
	status = session_run(&spec);
	outputs_free(spec.outputs);
	return status;
}

static int diff_run_report(struct diff_run *run)
{
	const struct check_counts none = { 0 };
	struct diff_input *input = &run->inputs[run->side];

	run->broken |=
	    !diff_reader_read(run->readers[run->side], run->diff, run->side, input);
	return check_judge(&run->options->check, &input->state, &input->totals, &none)
	    .status;
}

static int diff_run_read(struct diff_run *run, enum diff_side side)
{
	int status;

	run->side = side;
	status =
	    run->readers[side] != NULL ? diff_run_report(run) : diff_run_capture(run);
	return signals_stopped() && status == CHECK_OK ? CHECK_INCOMPLETE : status;
}

/* ---- the reports ---- */

static void diff_run_sum(struct te_totals *sum, const struct te_totals *part)
{
	const struct te_quality *q = &part->quality;

	sum->packets += part->packets;
	sum->tcp_packets += part->tcp_packets;
	sum->connections += part->connections;
	sum->quality.implied_gaps += q->implied_gaps;
	sum->quality.duplicates += q->duplicates;
	sum->quality.backward_time += q->backward_time;
	sum->quality.bad_checksums += q->bad_checksums;
	sum->quality.one_way += q->one_way;
	sum->quality.midstream += q->midstream;
	sum->quality.snaplen_cut += q->snaplen_cut;
}

/* Of an input that could not be read, everything would have appeared or gone. */
static bool diff_run_compare(struct diff_run *run, struct diff_report *report)
{
	bool ok = diff_report(run->diff, report) && !run->broken;

	if (!ok)
		say_error("out of memory");
	if (ok && !signals_stopped() && run->inputs[DIFF_OLD].readable &&
	    run->inputs[DIFF_NEW].readable)
		return true;
	report->row_count = 0;
	return false;
}

static int diff_run_tell(struct diff_run *run, struct outputs *outputs, int worst)
{
	const struct diff_input *old = &run->inputs[DIFF_OLD];
	const struct diff_input *new = &run->inputs[DIFF_NEW];
	struct diff_report report = { .path = { run->path[0], run->path[1] } };
	struct out_file files[] = { old->file, new->file };
	struct te_totals totals = { .start = TE_TIME_NONE, .end = TE_TIME_NONE };
	bool compared = diff_run_compare(run, &report);
	int status = !compared || worst != CHECK_OK ? CHECK_INCOMPLETE
		     : report.row_count > 0         ? CHECK_FAILED
						    : CHECK_OK;
	struct out_run out = {
		.files = files,
		.file_count = 2,
		.config = run->config,
		.start = TE_TIME_NONE,
		.complete = status != CHECK_INCOMPLETE,
		.exit = status,
		.truncated_tail = old->state.truncated_tail || new->state.truncated_tail,
		.dropped_known = old->dropped_known || new->dropped_known,
		.dropped = old->dropped + new->dropped,
		.diff = &report,
	};

	diff_run_sum(&totals, &old->totals);
	diff_run_sum(&totals, &new->totals);
	if (!outputs_begin(outputs, &out, compared))
		return CHECK_INCOMPLETE;
	outputs_end(outputs, &out, &totals);
	return outputs_commit(outputs) ? status : CHECK_INCOMPLETE;
}

static int diff_run_inputs(struct diff_run *run)
{
	struct outputs *outputs;
	int worst = CHECK_OK, status;

	for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
		if (!diff_run_open(run, (enum diff_side)side))
			return CHECK_USAGE;
	}
	outputs = outputs_new(run->options);
	if (outputs == NULL)
		return CHECK_INCOMPLETE;
	for (int side = DIFF_OLD; side <= DIFF_NEW && worst != CHECK_USAGE; side++) {
		status = diff_run_read(run, (enum diff_side)side);
		worst = status > worst ? status : worst;
	}
	if (worst != CHECK_USAGE)
		worst = diff_run_tell(run, outputs, worst);
	outputs_free(outputs);
	return worst;
}

int diff_run(const struct options *options, const struct te_config *config)
{
	struct diff_run run = {
		.options = options,
		.config = config,
		.diff = diff_new(config->seed),
		.path = { options->diff_old, options->words.inputs[0] },
	};
	int status = CHECK_INCOMPLETE;

	if (run.diff == NULL)
		say_error("out of memory");
	else
		status = diff_run_inputs(&run);
	diff_reader_close(run.readers[DIFF_OLD]);
	diff_reader_close(run.readers[DIFF_NEW]);
	diff_free(run.diff);
	return status;
}
