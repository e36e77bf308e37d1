/* main.c - tcpends: TCP states of both ends, from a capture */
#include "config.h"
#include "capture.h"
#include "catalogue.h"
#include "explain.h"
#include "options.h"
#include "run.h"
#include "say.h"
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static int main_interfaces(void)
{
	char err[CAPTURE_ERRLEN];

	if (capture_list_interfaces(err) == 0)
		return CHECK_OK;
	say_error("%s", err);
	return CHECK_USAGE;
}

static void main_version(void)
{
	printf("tcpends %s\n", PACKAGE_VERSION);
}

static int main_told(bool told)
{
	if (!told)
		say_error("out of memory");
	return told ? CHECK_OK : CHECK_INCOMPLETE;
}

static int main_explain(const struct options *options)
{
	if (options->format == NULL || options->format == &out_text)
		return main_told(explain(options->explain, options));
	say_error("--explain is text; --list-findings --json tells the same to programs");
	return CHECK_USAGE;
}

static int main_list(const struct options *options)
{
	if (options->format != &out_csv)
		return main_told(catalogue_list(options));
	say_error("--list-findings is text or jsonl, not csv");
	return CHECK_USAGE;
}

static int main_do(const struct options *options)
{
	switch (options->action) {
	case OPTIONS_RUN:
		return run(options);
	case OPTIONS_INTERFACES:
		return main_interfaces();
	case OPTIONS_HELP:
		options_help();
		break;
	case OPTIONS_VERSION:
		main_version();
		break;
	case OPTIONS_EXPLAIN:
		return main_explain(options);
	case OPTIONS_LIST_FINDINGS:
		return main_list(options);
	}
	return CHECK_OK;
}

int main(int argc, char **argv)
{
	struct options options;
	int status = CHECK_USAGE;

	setlocale(LC_CTYPE, "");
	if (options_parse(&options, argc, argv))
		status = main_do(&options);
	options_free(&options);
	/* What a run could not print was said already; this is for the rest */
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		if (status == CHECK_OK)
			say_error("standard output: %s", strerror(errno));
		status = CHECK_INCOMPLETE;
	}
	return status;
}
