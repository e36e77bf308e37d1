/* option_help.c - --help, from the option table */
#include "config.h"
#include "option_table.h"
#include <stdio.h>
#include <string.h>

enum { OPTION_HELP_COLUMN = 30 };

static const char option_usage[] =
    "usage: tcpends [options] [-r FILE | FILE]... [FILTER]     read captures\n"
    "       tcpends [options] -i INTERFACE [FILTER]            live\n"
    "       tcpends --explain [NAME] | --list-findings | -D | --help | --version\n"
    "\n"
    "Tells the RFC 9293 state of both ends of every TCP connection in a capture.\n"
    "FILTER is a pcap-filter(7), as tcpdump's. Exit status: 0 analysed, 1 findings at\n"
    "or above the threshold, 2 wrong usage, 3 the result is incomplete.\n";

static void option_help_row(const struct option_row *row)
{
	char left[64];
	const char *line = row->help;
	int used = 0;

	if (row->letter != 0)
		used = snprintf(left, sizeof(left), "  -%c%s", row->letter,
				row->name != NULL ? "," : "");
	else
		used = snprintf(left, sizeof(left), "     ");
	if (row->name != NULL)
		used += snprintf(left + used, sizeof(left) - (size_t)used, " --%s",
				 row->name);
	if (row->arg != NULL)
		snprintf(left + used, sizeof(left) - (size_t)used, " %s", row->arg);
	printf("%-*s", OPTION_HELP_COLUMN, left);
	if (strlen(left) >= OPTION_HELP_COLUMN)
		printf("\n%*s", OPTION_HELP_COLUMN, "");
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		printf("%.*s\n", (int)len, line);
		line += len;
		if (*line == '\n')
			printf("%*s", OPTION_HELP_COLUMN, ""), line++;
	}
}

void options_help(void)
{
	fputs(option_usage, stdout);
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->kind == OPTION_HEADING)
			printf("\n%s:\n", row->help);
		else if (row->kind != OPTION_HINT && row->help != NULL)
			option_help_row(row);
	}
}
