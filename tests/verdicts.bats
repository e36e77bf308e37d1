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

@test "the overview of one connection says it too" {
	capture close-client-four
	[[ "$("$TCPENDS" "$BATS_TEST_TMPDIR/x.pcap")" = *"client first; client holds TIME_WAIT until 6"* ]]
}

@test "nobody holds TIME_WAIT after a RST" {
	capture rst-by-client
	[[ "$(head_line)" = *"reset by client" ]]
}

# ---- resets: what was lost, and the causes that a capture allows ----

# Reads the end of a script behind a handshake.
reset_capture() {
	{
		printf '+0 A > S 0:0 <mss 1460>\n+10ms B > S. 0:0 ack 1 <mss 1460>\n'
		printf '+50us A > . 1:1 ack 1\n'
		cat
		printf '! may rst-abort\n'
	} >"$BATS_TEST_TMPDIR/x.pkt"
	"$MKPCAP" "$BATS_TEST_TMPDIR/x.pkt" "$BATS_TEST_TMPDIR/x.pcap"
}

finding() {
	"$TCPENDS" --json "$BATS_TEST_TMPDIR/x.pcap" | grep "\"finding\":\"$1\""
}

@test "an abort by an end that received nothing: no unread data, no killed reader" {
	reset_capture <<<'+1ms B > P. 1:101 ack 1
+10ms A > . 1:1 ack 101
+1s B > R. 101:101 ack 1'
	run finding rst-abort
	[[ "$output" = *"SO_LINGER"* && "$output" != *unread* && "$output" != *keep-alive* ]]
	[[ "$output" != *firewall* && "$output" = *'"value":null'* ]]
}

@test "an abort with data of its peer: unread data may be the cause" {
	reset_capture <<<'+1ms A > P. 1:101 ack 1
+10ms B > . 1:1 ack 101
+1s B > R. 1:1 ack 101'
	run finding rst-abort
	[[ "$output" = *unread* && "$output" != *keep-alive* && "$output" != *firewall* ]]
}

@test "an abort behind segments without answer: a time-out may be the cause" {
	reset_capture <<<'+1ms B > P. 1:101 ack 1
+10ms A > . 1:1 ack 101
+1s B > P. 101:301 ack 1
+1s B > P. 101:301 ack 1
+2s B > R. 301:301 ack 1'
	run finding rst-abort
	[[ "$output" = *"user time-out"* && "$output" = *'"value":200,'*'"unit":"bytes"'* ]]
}

@test "an abort after a long silence, or with another TTL: a middlebox may be the cause" {
	reset_capture <<<'+1ms B > P. 1:101 ack 1
+10ms A > . 1:1 ack 101
+300s B > R. 101:101 ack 1'
	run finding rst-abort
	[[ "$output" = *firewall* && "$output" != *"user time-out"* ]]
	reset_capture <<<'+1ms B > P. 1:101 ack 1
+10ms A > . 1:1 ack 101
+1s B > R. 101:101 ack 1 ttl 250'
	run finding rst-abort
	[[ "$output" = *firewall* ]]
}

@test "an abort counts what its peer sent and it did not have, not what its ACK number covers" {
	reset_capture <<<'+1ms A > P. 1:101 ack 1
+1ms A > P. 101:301 ack 1
+10ms B > R. 1:1 ack 101'
	run finding rst-abort
	[[ "$output" = *'"value":200,'*'"unit":"bytes"'*refused* ]]
}

@test "a RST after FIN counts the data that it refuses" {
	reset_capture <<<'+1s A > F. 1:1 ack 1
+10ms B > . 1:1 ack 2
+1s B > P. 1:501 ack 2
+1ms A > R. 2:2 ack 1'
	run finding rst-after-fin
	[[ "$output" = *'"value":500,'*'"unit":"bytes"'*refused* ]]
}

@test "an abort behind keep-alives without answer: a time-out may be the cause" {
	reset_capture <<<'+1ms B > P. 1:101 ack 1
+10ms A > . 1:1 ack 101
+20s B > . 100:100 ack 1
+20s B > . 100:100 ack 1
+20s B > R. 101:101 ack 1'
	run finding rst-abort
	[[ "$output" = *"keep-alive or user time-out"* ]]
}

@test "a RST soon after its FIN is no time-out of FIN_WAIT_2" {
	reset_capture <<<'+1s A > F. 1:1 ack 1
+10ms B > . 1:1 ack 2
+1s B > P. 1:501 ack 2
+1ms A > R. 2:2 ack 1'
	run finding rst-after-fin
	[[ "$output" = *shutdown* && "$output" != *FIN_WAIT_2* ]]
	reset_capture <<<'+1s A > F. 1:1 ack 1
+10ms B > . 1:1 ack 2
+70s B > P. 1:501 ack 2
+1ms A > R. 2:2 ack 1'
	run finding rst-after-fin
	[[ "$output" = *FIN_WAIT_2* ]]
}

@test "a bare RST: of an end that had closed it is no restart, of one that had not it may be" {
	reset_capture <<<'+1s A > F. 1:1 ack 1
+10ms B > . 1:1 ack 2
+1s B > P. 1:501 ack 2
+1ms A > R 2'
	run finding rst-no-connection
	[[ "$output" = *closed* && "$output" != *restarted* && "$output" = *'"value":500,'* ]]
	reset_capture <<<'+1ms B > P. 1:101 ack 1
+10ms A > . 1:1 ack 101
+900s B > P. 101:201 ack 1
+1ms A > R 1'
	run finding rst-no-connection
	[[ "$output" = *restarted* && "$output" = *'"value":100,'* ]]
}
