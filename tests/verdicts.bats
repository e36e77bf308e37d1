#!/usr/bin/env bats
# The verdict on each connection, as its reader meets it; captures are packet scripts.

setup_file() {
	export TCPENDS="${TCPENDS:-$PWD/tcpends}" MKPCAP="${BUILDDIR:-$PWD}/tests/mkpcap"
	TCPENDS=$(realpath "$TCPENDS")
	MKPCAP=$(realpath "$MKPCAP")
	SCRIPTS=$(realpath "$(dirname "$BATS_TEST_FILENAME")/scripts")
	export SCRIPTS
	export LC_ALL=C.UTF-8 NO_COLOR=1
	unset COLUMNS
}

capture() {
	"$MKPCAP" "$SCRIPTS/$1.pkt" "$BATS_TEST_TMPDIR/x.pcap"
}

verdicts() {
	"$TCPENDS" --json "$BATS_TEST_TMPDIR/x.pcap" |
		sed -n 's/.*"type":"connection".*"verdict":"\([^"]*\)".*/\1/p'
}

# The second line above the timeline: the verdict, and who holds TIME_WAIT until when
head_line() {
	"$TCPENDS" "$@" --show timeline "$BATS_TEST_TMPDIR/x.pcap" | sed -n 2p
}

@test "four closes that others do not tell apart have four verdicts" {
	capture trap-four-closes
	[ "$(verdicts)" = "closed normally, client first
both finished, client first, the last ACK is missing: server in LAST_ACK
closed normally, client first, FIN of the client sent 3 times
closing not finished: server in CLOSE_WAIT" ]
}

@test "who holds TIME_WAIT, and until when: 2MSL after the last segment" {
	capture close-client-four
	[[ "$(head_line)" = *"client first; client holds TIME_WAIT until 6"?.*" s" ]]
	[[ "$(head_line -tt)" =~ "client holds TIME_WAIT until "[0-9]+\.[0-9]{3}$ ]]
	[[ "$(head_line --time-wait 240)" = *"TIME_WAIT until 24"?.*" s" ]]
	capture close-server-four
	[[ "$(head_line)" = *"server first; server holds TIME_WAIT until 6"?.*" s" ]]
	capture close-simultaneous
	[[ "$(head_line)" = *"closed by both at once; both ends hold TIME_WAIT until 6"* ]]
}

@test "nobody holds TIME_WAIT after a RST" {
	capture rst-by-client
	[[ "$(head_line)" = *"reset by client" ]]
}
