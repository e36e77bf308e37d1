/* main.c - tcpends: TCP states of both ends, from a capture */
#include "config.h"
#include "capture.h"
#include "catalogue.h"
#include "options.h"
#include "run.h"
#include "say.h"
#include "terminal.h"
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
		catalogue_explain(options->explain, terminal_width());
		break;
	case OPTIONS_LIST_FINDINGS:
		catalogue_list();
		break;
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
