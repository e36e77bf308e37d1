#!/usr/bin/env bats
# Findings of a listener, or of a client toward one, by the command.
#
# TCPENDS is the program, BUILDDIR where tests/mkpcap was built; captures are compiled
# from packet scripts, tests/scripts/README is their notation.

setup_file() {
	here=$(cd "$(dirname "$BATS_TEST_FILENAME")/.." && pwd)
	export TCPENDS="${TCPENDS:-$here/tcpends}"
	export MKPCAP="${BUILDDIR:-$here}/tests/mkpcap"
	export SCRIPTS="$here/tests/scripts"
	export LC_ALL=C.UTF-8 NO_COLOR=1
	unset COLUMNS
}

setup() { cd "$BATS_TEST_TMPDIR"; }

# Four connections that the client closes first, within half a second.
time_waits() { "$MKPCAP" "$SCRIPTS/finding-time-wait-pressure-error.pkt" tw.pcap; }

@test "the ephemeral range decides what TIME_WAIT uses up" {
	time_waits
	run "$TCPENDS" --check tw.pcap
	[ "$status" = 0 ]
	run "$TCPENDS" --check --port-range 40000-40003 tw.pcap
	[ "$status" = 1 ]
	[[ $output == *"error    time-wait-pressure"* ]]
	run "$TCPENDS" --check --port-range 40000-40004 tw.pcap
	[[ $output == *"warning  time-wait-pressure"* ]]
	run "$TCPENDS" --check --port-range 50000-50003 tw.pcap
	[ "$status" = 0 ]
}

@test "a holder is shown by its address, without a port" {
	time_waits
	run "$TCPENDS" --port-range 40000-40003 tw.pcap
	[[ $output == *"192.0.2.1 → 198.51.100.2:80"* ]]
	"$TCPENDS" --json --port-range 40000-40003 tw.pcap >tw.json
	grep -q '"scope":"holder","conn":null,"id":null' tw.json
	grep -q '"client":{"addr":"192.0.2.1","port":null}' tw.json
}

@test "a listener is shown by its address and port alone" {
	"$MKPCAP" "$SCRIPTS/finding-backlog-pressure-fires.pkt" backlog.pcap
	run "$TCPENDS" --set backlog-pressure=4 backlog.pcap
	[[ $output == *"frames 1, 7  198.51.100.2:80"* ]]
	"$TCPENDS" --json --set backlog-pressure=4 backlog.pcap >backlog.json
	grep -q '"scope":"listener","conn":null' backlog.json
	grep '"scope":"listener"' backlog.json | grep -q '"client":null'
}

@test "selection by finding finds those of a listener" {
	"$MKPCAP" "$SCRIPTS/finding-backlog-pressure-fires.pkt" backlog.pcap
	"$TCPENDS" --json --set backlog-pressure=4 --finding backlog-pressure backlog.pcap |
		grep -c '"type":"finding"' | grep -qx 1
	run "$TCPENDS" --json --set backlog-pressure=4 --severity warning backlog.pcap
	[[ $output != *'"type":"finding"'* ]]
}

@test "two runs say the same" {
	"$MKPCAP" "$SCRIPTS/finding-syn-flood-rate.pkt" rate.pcap
	for i in 1 2 3; do
		"$TCPENDS" --json --set syn-flood-rate=5 rate.pcap >"$i.json"
		cmp 1.json "$i.json"
	done
	grep -q '"finding":"syn-flood"' 1.json
}
