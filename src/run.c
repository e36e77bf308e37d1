/* run.c - a whole run: inputs to reports to exit status */
#include "config.h"
#include "run.h"
#include "diff_run.h"
#include "rights.h"
#include "say.h"
#include "session.h"
#include "signals.h"
#include <errno.h>
#include <string.h>
#include <sys/random.h>

static int run_worse(int a, int b)
{
	return a > b ? a : b;
}

/* Each file alone, or all as one timeline. Wrong usage ends it: it is the same for all.
 */
static int run_sessions(struct session_spec *spec)
{
	const struct words *words = &spec->options->words;
	int worst = CHECK_OK;

	spec->paths = words->inputs;
	spec->path_count = words->input_count;
	if (!spec->options->separate || words->input_count < 2)
		return session_run(spec);
	if (outputs_want_script(spec->outputs)) {
		say_error("a script is one capture: give one FILE, or several without "
			  "--separate");
		return CHECK_USAGE;
	}
	spec->path_count = 1;
	spec->one_of_many = true;
	for (size_t i = 0; i < words->input_count && !signals_stopped(); i++) {
		spec->paths = &words->inputs[i];
		worst = run_worse(worst, session_run(spec));
		if (worst == CHECK_USAGE)
			break;
	}
	return worst;
}

static bool run_commit_write(struct pcapout *write, const char *path)
{
	bool ok = write->skipped == 0;

	if (!ok)
		say_error("%s: %llu packets of another link type are left out: pcap has "
			  "room for one",
			  path, (unsigned long long)write->skipped);
	if (pcapout_commit(write))
		return ok;
	say_error("%s: %s", path, strerror(errno));
	return false;
}

/* Every file that is written: the reports', and -w's. */
static bool run_open(const struct options *options, struct session_spec *spec,
		     struct pcapout *write)
{
	spec->outputs = outputs_new(options);
	if (spec->outputs == NULL || options->write_path == NULL)
		return spec->outputs != NULL;
	if (!pcapout_open(write, options->write_path)) {
		say_error("%s: %s", options->write_path, strerror(errno));
		return false;
	}
	spec->write = write;
	return true;
}

/* Is there anything to be judged, be it without --check? */
static bool run_new_gate(struct session_spec *spec)
{
	const struct options *o = spec->options;

	if (!o->check.enabled && !o->check.has_fail_on)
		return true;
	spec->gate = gate_new(&o->policy, &o->check, spec->naming, spec->config->seed);
	if (spec->gate == NULL) {
		say_error("out of memory");
		return false;
	}
	spec->gate->many = o->separate && o->words.input_count > 1;
	return true;
}

static int run_end_gate(struct session_spec *spec)
{
	const char *path = spec->options->write_baseline_path;

	outputs_gate(spec->outputs, spec->gate);
	if (path == NULL)
		return CHECK_OK;
	if (gate_status(spec->gate) == CHECK_INCOMPLETE)
		/* What was not read would be missing, with its reason and day */
		say_error("%s: not written, for the captures are incomplete", path);
	else if (gate_write_baseline(spec->gate, path))
		return CHECK_OK;
	else
		say_error("%s: %s", path, strerror(errno));
	return CHECK_INCOMPLETE;
}

static int run_reports(struct session_spec *spec)
{
	int status = run_sessions(spec);

	if (status == CHECK_USAGE)
		return status;
	if (spec->gate != NULL)
		status = run_worse(status, run_end_gate(spec));
	if (spec->write != NULL &&
	    !run_commit_write(spec->write, spec->options->write_path))
		status = CHECK_INCOMPLETE;
	if (!outputs_commit(spec->outputs))
		status = CHECK_INCOMPLETE;
	return status;
}

int run(const struct options *options)
{
	struct te_config config = options->config;
	const struct out_naming naming = {
		.port_only = options->policy.port_only,
		.port_low = options->ports_given ? options->config.port_low : 0,
		.port_high = options->ports_given ? options->config.port_high : 0,
	};
	struct session_spec spec = { .options = options,
				     .config = &config,
				     .naming = &naming };
	struct pcapout write = { 0 };
	int status = CHECK_INCOMPLETE;
	struct rights rights;
	bool open;

	if (getrandom(config.seed, sizeof(config.seed), 0) != sizeof(config.seed)) {
		say_error("no random numbers: %s", strerror(errno));
		return CHECK_USAGE;
	}
	if (!run_new_gate(&spec))
		return status;
	signals_catch();
	if (options->diff_old != NULL)
		return diff_run(options, &config);
	rights = rights_lend(options->interface != NULL ? options->user : NULL);
	open = run_open(options, &spec, &write);
	rights_return(&rights);
	if (open)
		status = run_reports(&spec);
	aside_abandon(&write.aside);
	outputs_free(spec.outputs);
	gate_free(spec.gate);
	return status;
}
