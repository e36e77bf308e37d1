/* option_table.c - every option, and every letter of tcpdump and tshark that is none
 *
 * A new option is one row here, and one function in option_values.c, option_report.c,
 * option_check.c or option_limits.c when no kind of row takes its value already.
 */
#include "config.h"
#include "option_table.h"
#include "option_values.h"
#include <stddef.h>

/* clang-format off */
#define AT(member) .offset = offsetof(struct options, member)
#define HEADING(text) { .kind = OPTION_HEADING, .help = text }
#define CALL(l, n, a, f, text) \
	{ l, n, a, OPTION_CALL, .take = option_##f, .help = text }
#define FLAG(l, n, member, text) { l, n, NULL, OPTION_FLAG, AT(member), .help = text }
#define COUNT(l, n, member, text) { l, n, NULL, OPTION_COUNT, AT(member), .help = text }
#define TEXT(l, n, a, member, text) { l, n, a, OPTION_TEXT, AT(member), .help = text }
#define ACTION(l, n, does, text) \
	{ l, n, NULL, OPTION_ACTION, .action = does, .help = text }
#define MAYBE(l, n, a, f, text) \
	{ l, n, a, OPTION_MAYBE, .take = option_##f, .help = text }
#define NOTHING(l) { .letter = l, .kind = OPTION_NOTHING }
#define LATER(l, n, a) { .letter = l, .name = n, .arg = a, .kind = OPTION_LATER }
#define HINT(l, n, text) { l, n, NULL, OPTION_HINT, .help = text }

const struct option_row option_rows[] = {
	HEADING("Input"),
	CALL('r', "read-file", "FILE", input, "read FILE; '-' is standard input"),
	TEXT('i', "interface", "IFACE", interface, "capture on IFACE"),
	ACTION('D', "list-interfaces", OPTIONS_INTERFACES, "list the interfaces"),
	TEXT('F', "filter-file", "FILE", filter_file, "take FILTER from FILE"),
	CALL('c', NULL, "N", count, "stop after N packets"),
	CALL('s', "snapshot-length", "LEN", snaplen, "live: capture LEN bytes of each packet (256)"),
	CALL('B', "buffer-size", "KiB", buffer, "live: the kernel's buffer"),
	FLAG('p', "no-promiscuous-mode", no_promiscuous, "live: not in promiscuous mode"),
	TEXT('Z', "relinquish-privileges", "USER", user, "live: become USER once capturing"),
	FLAG(0, "separate", separate, "judge each file alone (the default with --check)"),

	HEADING("Report"),
	CALL('T', "format", "FORMAT", format, "text, jsonl, csv, script; with --check also\n"
					      "junit, sarif, tap, github, summary"),
	CALL(0, "json", NULL, json, "the same as -T jsonl"),
	CALL(0, "out", "FORMAT=FILE", out, "one more report, written to FILE; repeatable"),
	CALL(0, "show", "LIST", show, "overview, findings, connections, transitions,\n"
				      "timeline, hosts"),
	CALL(0, "at", "TIME", at, "the sockets of that moment, as ss -tan lists them:\n"
				  "Unix seconds, RFC 3339, +SEC, or '#FRAME'"),
	CALL(0, "host", "ADDR", host, "with --at: those of one host"),
	TEXT('w', NULL, "FILE", write_path, "write the selected connections' packets as pcap"),
	MAYBE('t', NULL, NULL, time, "time column, as tcpdump (-tt) or tshark (-t ad)"),
	FLAG('l', NULL, line_buffered, "write line by line"),
	FLAG('q', NULL, quiet, "less: the overview alone, no progress line"),
	COUNT('v', NULL, verbose, "more: all findings, all states, every segment"),
	CALL(0, "color", "WHEN", color, "auto, always, never"),
	FLAG(0, "ascii", ascii, "plain letters only"),
	CALL(0, "progress", "WHEN", progress, "auto, never"),

	HEADING("Selection: what is shown, not what is judged"),
	CALL(0, "conn", "ID", conn, "by number, or by the 16 hex digits of its id"),
	CALL(0, "state", "STATE[@END]", state, "an end's last state; END: client, server"),
	CALL(0, "finding", "ID", finding, "with this finding"),
	CALL(0, "severity", "LEVEL", severity, "with a finding at or above note, warning,\nerror"),
	CALL(0, "min-duration", "D", min_duration, "that lasted at least 10s, 500ms, 2min"),
	CALL(0, "sort", "KEY", sort, "bytes, packets, retransmits, duration, rtt,\n"
				     "findings, severity, start, end, conn"),
	CALL(0, "top", "N", top, "the first N of that order (or of bytes)"),

	HEADING("Judgement"),
	CALL(0, "check", NULL, check, "exit with 1 when a finding is a warning or worse"),
	CALL(0, "fail-on", "LEVEL", fail_on, "with 1 at note, warning, error, or never"),
	CALL(0, "allow", "LIST", allow, "tolerate truncated-tail, loss=0.1%, empty"),
	CALL(0, "policy", "FILE", policy, "rules for connections, limits, what is known;\n"
					  "implies --check"),
	CALL(0, "baseline", "FILE", baseline, "what is known fails nothing; implies --check"),
	CALL(0, "write-baseline", "FILE", write_baseline,
	     "make all that is there now known"),
	TEXT(0, "diff", "OLD NEW", diff_old, "what appeared, went away or changed in number\n"
					     "between two captures or JSON Lines reports;\n"
					     "exit with 1 when anything did"),

	HEADING("Limits"),
	CALL(0, "set", "NAME=VALUE", set, "a limit, as close-wait-stuck=10s"),
	CALL(0, "profile", "SYSTEM", profile, "timers and ports of linux, windows, rfc"),
	CALL(0, "time-wait", "SEC", time_wait, "how long TIME_WAIT lasts (60)"),
	CALL(0, "port-range", "LO-HI", port_range, "ephemeral ports"),
	CALL(0, "key", "WHAT", key, "whether VLANs tell connections apart: auto,\nvlan, novlan"),
	CALL(0, "checksum", "WHAT", checksum, "of a wrong sum: ignore, count, strict"),
	CALL(0, "max-memory", "SIZE", max_memory, "bound it: beyond, connections are told early"),
	CALL(0, "threads", "N", threads, "accepted; one is used"),
	CALL(0, "sandbox", "WHEN", sandbox, "auto, off; accepted"),

	HEADING("Help"),
	MAYBE(0, "explain", "[NAME]", explain, "what a finding means and what to do; or a topic:\n"
					       "time-wait, linger, ...; alone: what there is"),
	ACTION(0, "list-findings", OPTIONS_LIST_FINDINGS, "all findings, one a line, or with --json"),
	ACTION('h', "help", OPTIONS_HELP, "this text"),
	ACTION('V', "version", OPTIONS_VERSION, "the version"),

	/* tcpdump's, and already so */
	NOTHING('n'), NOTHING('e'), NOTHING('S'), NOTHING('U'), NOTHING('K'),

	LATER('G', NULL, "SEC"),
	LATER(0, "follow", NULL), LATER(0, "interval", "SEC"), LATER(0, "tui", NULL),

	HINT('A', NULL, "payload is not printed; use tcpdump -A or tshark -z follow"),
	HINT('x', NULL, "bytes are not printed; use tcpdump -x or tshark -x"),
	HINT('X', NULL, "bytes are not printed; use tcpdump -X or tshark -x"),
	HINT('Y', NULL, "display filters are Wireshark's; give a pcap-filter"),
	HINT('R', NULL, "read filters are Wireshark's; give a pcap-filter"),
	HINT('f', NULL, "give the filter as the last words of the command, or with -F FILE"),
	HINT('a', NULL, "use -c N, or end the capture with SIGINT"),
	HINT('b', NULL, "ring buffers are dumpcap's; read its files one by one"),
	HINT('C', NULL, "files are not cut by size; use tcpdump -C"),
	HINT('W', NULL, "files are not rotated by number; use tcpdump -W"),
	HINT('d', NULL, "ports need no decoding here; to see a compiled filter use tcpdump -d"),
	HINT('E', NULL, "nothing is decrypted; states are in the TCP header"),
	HINT('g', NULL, "use umask for the mode of what is written"),
	HINT('H', NULL, "wireless mesh headers are not read"),
	HINT('I', NULL, "monitor mode is set with iw; then use -i IFACE"),
	HINT('j', NULL, "the interface's own time stamps are used; see --show for what is printed"),
	HINT('J', NULL, "time stamp types are listed by tcpdump -J"),
	HINT('L', NULL, "link types are listed by tcpdump -L"),
	HINT('y', NULL, "the interface's own link type is used"),
	HINT('M', NULL, "TCP-MD5 signatures are not checked; use tcpdump -M"),
	HINT('m', NULL, "no MIB is read"),
	HINT('N', NULL, "names are never resolved; addresses are printed as numbers"),
	HINT('o', NULL, "preferences are Wireshark's; use --set NAME=VALUE for limits"),
	HINT('O', NULL, "use --show LIST to choose what is printed"),
	HINT('P', NULL, "use --show LIST to choose what is printed"),
	HINT('Q', NULL, "use 'inbound' or 'outbound' in FILTER"),
	HINT('u', NULL, "use -t for the time column"),
	HINT('z', NULL, "statistics are --show connections, or -T csv"),
	HINT('2', NULL, "one pass is enough here"),
	HINT('#', "number", "frames are always numbered as in Wireshark"),
	HINT(0, "count", "the number of packets stands in the overview"),
	HINT(0, "print", "the report is always printed, also with -w"),
	HINT(0, "immediate-mode", "live lines are written at once"),
};
/* clang-format on */

const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);
