#!/usr/bin/env bats
# How many sockets in which state, when: --at and --show hosts.
#
# TCPENDS is the program, BUILDDIR where tests/mkpcap was built; captures are compiled
# from packet scripts, tests/scripts/README is their notation.

setup_file() {
	here=$(cd "$(dirname "$BATS_TEST_FILENAME")/.." && pwd)
	export TCPENDS="${TCPENDS:-$here/tcpends}"
	export MKPCAP="${BUILDDIR:-$here}/tests/mkpcap"
	export CHECK_SCHEMA="$here/tests/check-schema.py"
	export LC_ALL=C.UTF-8 NO_COLOR=1
	unset COLUMNS
}

setup() { cd "$BATS_TEST_TMPDIR"; }

# capture FILE: what the script on standard input compiles to
capture() {
	cat >"$1.pkt"
	"$MKPCAP" "$1.pkt" "$1"
}

# The client closes first. Frames 4 and 5 are 100 bytes and their ACK.
close_capture() {
	capture "$1" <<-END
		$(printf '%s\n' "${@:2}")
		@0     A > S  0:0
		@10ms  B > S. 0:0     ack 1
		@20ms  A > .  1:1     ack 1
		@1     A > P. 1:101   ack 1
		@1.01  B > .  1:1     ack 101
		@2     A > F. 101:101 ack 1
		@2.01  B > .  1:1     ack 102
		@3     B > F. 1:1     ack 102
		@3.01  A > .  102:102 ack 2
		conn later 10.0.0.9:1 > 10.0.0.8:2
		@70    A > .  1:1     ack 1
	END
}

# run with standard error apart: $status, $output, $errors
try() {
	status=0
	output=$("$TCPENDS" "$@" 2>err.txt </dev/null) || status=$?
	errors=$(cat err.txt)
	echo "status $status; out: $output; err: $errors"
}

# sockets TIME ARGUMENTS...: the table without its head, its columns parted by one blank
sockets() { "$TCPENDS" --at "$1" "${@:2}" | tail -n +2 | tr -s ' '; }

# is TEXT < got
is() { diff <(echo "$1") -; }

wrong() {
	try "${@:2}"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $errors == "tcpends: "*"$1"* ]]
	[ "$(wc -l <err.txt)" -eq 1 ]
}

client=192.0.2.1
server=198.51.100.2

@test "the columns are those of ss" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	[ "$("$TCPENDS" --at +0.5 a.pcap | head -n 1 | tr -s ' ')" = \
		"State Recv-Q Send-Q Local Address:Port Peer Address:Port" ]
	sockets +0.5 a.pcap | is "LISTEN - - $server:80 0.0.0.0:*
ESTAB - 0 $client:40000 $server:80
ESTAB - 0 $server:80 $client:40000"
}

@test "each state in its time, one host" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	c() { sockets "$1" --host $client a.pcap | cut -d' ' -f1; }
	s() { sockets "$1" --host $server a.pcap | cut -d' ' -f1 | xargs; }
	[ "$(c +0)" = SYN-SENT ]
	[ "$(c +0.009)" = SYN-SENT ]
	[ "$(c +0.010)" = ESTAB ]
	[ "$(c +2)" = FIN-WAIT-1 ]
	[ "$(c +2.5)" = 'FIN-WAIT-2?' ] # or the ACK came with the FIN
	[ "$(c +3)" = TIME-WAIT ]
	[ "$(s +0)" = LISTEN ]
	[ "$(s +0.015)" = "LISTEN SYN-RECV" ]
	[ "$(s +0.5)" = "LISTEN ESTAB" ]
	[ "$(s +2)" = "LISTEN CLOSE-WAIT" ]
	[ "$(s +3)" = "LISTEN LAST-ACK" ]
	[ "$(s +4)" = LISTEN ]
}

@test "a TIME-WAIT whose time is over is no socket" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	[[ $(sockets +63 --host $client a.pcap) == TIME-WAIT* ]]
	[ -z "$(sockets +63.01 --host $client a.pcap)" ]
	[ -z "$(sockets +34 --time-wait 30 --host $client a.pcap)" ]
	for profile in "linux 0" "windows 1" "rfc 1"; do
		[ "$(sockets +65 --profile ${profile% *} --host $client a.pcap | grep -c TIME-WAIT)" = ${profile#* } ]
	done
}

@test "times: Unix, RFC 3339, from the start, a frame" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	start=$("$TCPENDS" --json a.pcap | sed -n 's/.*"start":\([0-9]*\)\..*/\1/p')
	sockets +2 a.pcap >want
	[ -s want ]
	sockets $((start + 2)) a.pcap | diff want -
	sockets "$(date -u -d "@$((start + 2))" +%FT%TZ)" a.pcap | diff want -
	sockets "$(TZ=XXX-2 date -d "@$((start + 2))" +%FT%T+02:00)" a.pcap | diff want -
	sockets '#6' a.pcap | diff want -
	sockets +2s a.pcap | diff want -
}

@test "a frame is told from the next one of the same time" {
	capture a.pcap <<-END
		conn c $client:40000 > $server:80
		@0 A > S  0:0
		@0 B > S. 0:0 ack 1
		@0 A > .  1:1 ack 1
		@0 A > P. 1:11 ack 1
		@1 B > .  1:1 ack 11
	END
	[[ $(sockets '#1' --host $client a.pcap) == "SYN-SENT - 0 "* ]]
	[[ $(sockets '#2' --host $client a.pcap) == "ESTAB - 0 "* ]]
	[[ $(sockets '#4' --host $client a.pcap) == "ESTAB - 10 "* ]]
	[[ $(sockets +0 --host $client a.pcap) == "ESTAB - 10 "* ]]
	[[ $(sockets '#5' --host $client a.pcap) == "ESTAB - 0 "* ]]
}

@test "Send-Q is what is in flight then, a FIN is no byte" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	q() { sockets "$1" --host $client a.pcap | cut -d' ' -f3; }
	[ "$(q +0)" = 0 ]
	[ "$(q +0.5)" = 0 ]
	[ "$(q +1)" = 100 ]
	[ "$(q '#4')" = 100 ]
	[ "$(q '#5')" = 0 ]
	[ "$(q +2)" = 0 ]
}

@test "what is presumed ends in ?" {
	capture a.pcap <<-END
		conn c $client:40000 > $server:80
		@0    A > S  0:0
		@10ms B > S. 0:0 ack 1
		@20ms A > .  1:1 ack 1
	END
	[[ $(sockets +0.02 --host $server a.pcap) == *"ESTAB? - 0 $server:80 $client:40000" ]]
	[[ $(sockets +0.015 --host $server a.pcap) == *"SYN-RECV - 0 "* ]]
	[[ $("$TCPENDS" --json --at +0.02 --host $server a.pcap | grep ESTAB) == \
		*'"state":"ESTAB","certain":false,"send_q":0,'* ]]
}

@test "a listener: once, from the first SYN it answered, until it refuses one" {
	capture a.pcap <<-END
		conn refused $client:1 > $server:80
		@0    A > S  0:0
		@10ms B > R. 0:0 ack 1
		conn one $client:2 > $server:80
		@1    A > S  0:0
		@1.5  B > S. 0:0 ack 1
		conn two $client:3 > $server:80
		@2    A > S  0:0
		@2.5  B > S. 0:0 ack 1
		conn again $client:4 > $server:80
		@3    A > S  0:0
		@3.01 B > R. 0:0 ack 1
	END
	listeners() { sockets "$1" a.pcap | grep -c LISTEN; }
	[ "$(listeners +0.5)" = 0 ]
	[ "$(listeners +1)" = 1 ]
	[ "$(listeners +2.5)" = 1 ]
	[ "$(listeners +3.01)" = 0 ]
}

@test "a listener is known though its connections are long over" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	sockets +70 a.pcap --host $server | is "LISTEN - - $server:80 0.0.0.0:*"
}

@test "a new connection on the same addresses hides the old one" {
	capture a.pcap <<-END
		conn old $client:40000 > $server:80
		@0     A > S  0:0
		@10ms  B > S. 0:0 ack 1
		@20ms  A > .  1:1 ack 1
		@30ms  A > P. 1:11 ack 1
		@40ms  B > .  1:1 ack 11
		conn new $client:40000 > $server:80
		iss A 2000000000
		iss B 4000000000
		@5     A > S  0:0
		@5.1   B > S. 0:0 ack 1
		@5.2   A > .  1:1 ack 1
		@5.3   A > P. 1:11 ack 1
		@5.4   B > .  1:1 ack 11
	END
	states() { sockets "$1" a.pcap | cut -d' ' -f1 | xargs; }
	[ "$(states +4.9)" = "LISTEN ESTAB ESTAB" ]
	[ "$(states +5)" = "LISTEN SYN-SENT ESTAB" ]
	[ "$(states +5.1)" = "LISTEN ESTAB SYN-RECV" ]
	[ "$(states +5.4)" = "LISTEN ESTAB ESTAB" ]
}

@test "IPv6 in brackets, listeners first, sorted by address and port" {
	capture a.pcap <<-END
		conn six [2001:db8::1]:40000 > [2001:db8::2]:443
		@0  A > S  0:0
		@.1 B > S. 0:0 ack 1
		conn ten 10.0.0.10:9 > 10.0.0.1:80
		@.2 A > S  0:0
		@.3 B > S. 0:0 ack 1
		conn nine 10.0.0.9:10 > 10.0.0.1:80
		@.4 A > S  0:0
		@.5 B > S. 0:0 ack 1
	END
	sockets '#6' a.pcap | cut -d' ' -f4,5 | is "10.0.0.1:80 0.0.0.0:*
[2001:db8::2]:443 [::]:*
10.0.0.1:80 10.0.0.9:10
10.0.0.1:80 10.0.0.10:9
10.0.0.9:10 10.0.0.1:80
10.0.0.10:9 10.0.0.1:80
[2001:db8::1]:40000 [2001:db8::2]:443
[2001:db8::2]:443 [2001:db8::1]:40000"
	[ "$(sockets +0.1 --host 2001:DB8::0:1 a.pcap | wc -l)" = 1 ]
}

@test "a moment before the capture is wrong usage, one after it an empty table" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	wrong "before the first frame" --at 1 a.pcap
	wrong "before the first frame" --at 1970-01-02T00:00:00Z --json a.pcap
	wrong "before the start" --at -3 a.pcap
	for time in +71 '#99' 2200-01-01T00:00:00Z; do
		try --at "$time" a.pcap
		[ "$status" -eq 0 ]
		[ "$(wc -l <<<"$output")" -eq 1 ]
		[[ $errors == "tcpends: warning: --at: "* ]]
		[ "$(wc -l <err.txt)" -eq 1 ]
	done
	try --at +1 --host 10.9.9.9 a.pcap
	[ "$(wc -l <<<"$output")" -eq 1 ]
	[[ $errors == *"no connection has an end there"* ]]
}

@test "--at and what does not go with it" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	wrong "is no time" --at noon a.pcap
	wrong "says no zone" --at 2023-11-14T22:13:20 a.pcap
	wrong "is no frame" --at '#0' a.pcap
	wrong "is no IPv4 or IPv6 address" --at +1 --host example.org a.pcap
	wrong "goes with --at" --host 10.0.0.1 a.pcap
	wrong "give one" --at +1 --show overview a.pcap
	wrong "no --sort" --at +1 --top 3 a.pcap
	wrong "not csv" --at +1 -T csv a.pcap
	wrong "-i" --at +1 -i lo
}

@test "--conn selects, and what is selected may be hidden by what is not" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	[ "$(sockets +0.5 --conn 1 a.pcap | wc -l)" = 3 ]
	[ -z "$(sockets +0.5 --conn 2 a.pcap)" ]
}

@test "sockets as JSON Lines obey the schema" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	"$TCPENDS" --json --at +1 a.pcap >lines
	[ "$(cut -d'"' -f4 lines | xargs)" = "capture socket socket socket summary" ]
	grep '"state":"LISTEN","certain":true,"send_q":null,' lines |
		grep -q '"peer":null,"conn":null,"id":null}$'
	grep -qF '"host":"192.0.2.1","state":"ESTAB","certain":true,"send_q":100,"local":{"addr":"192.0.2.1","port":40000},"peer":{"addr":"198.51.100.2","port":80},"conn":1,"id":"' lines
	"$TCPENDS" --show hosts --json a.pcap >>hosts
	for file in lines hosts; do
		run python3 "$CHECK_SCHEMA" <$file
		[ "$status" -eq 0 ] || [ "$status" -eq 77 ]
	done
}

# ---- hosts --------------------------------------------------------------------

@test "--show hosts: now and peak of each state" {
	capture a.pcap <<-END
		conn one $client:1 > $server:80
		@0    A > S  0:0
		@.1   B > S. 0:0 ack 1
		@.2   A > .  1:1 ack 1
		@.3   A > P. 1:11 ack 1
		@.4   B > .  1:1 ack 11
		conn two $client:2 > $server:80
		@1    A > S  0:0
		@1.1  B > S. 0:0 ack 1
		conn three $client:3 > $server:80
		@1.2  A > S  0:0
		@1.3  B > S. 0:0 ack 1
		conn two
		@2    A > R  1:1
		conn one
		@3    A > F. 11:11 ack 1
		@3.1  B > F. 1:1 ack 12
		@3.2  A > .  12:12 ack 2
	END
	try --show hosts --json a.pcap
	[ "$(grep -c '"type":"host"' <<<"$output")" = 2 ]
	grep '"role":"listener"' <<<"$output" | grep -F \
		'"host":"198.51.100.2","port":80,' | grep -F \
		'"now":{"SYN_RCVD":1},"peak":{"SYN_RCVD":2,"ESTABLISHED":1,"CLOSE_WAIT":1,"LAST_ACK":1},' | grep -F \
		'"peak_t":{"SYN_RCVD":1.300000,"ESTABLISHED":0.200000,"CLOSE_WAIT":3.000000,"LAST_ACK":3.100000}'
	grep '"role":"client"' <<<"$output" | grep -F '"host":"192.0.2.1","port":null,' |
		grep -F '"TIME_WAIT":1'
	try --show hosts a.pcap
	[[ $output == *"listener"*"now/peak"*"client host"* ]]
	[[ $output == *"$server:80 "*" 1/3 "* ]]
	[ -z "$errors" ]
}

@test "--show hosts: a TIME_WAIT that is over, or taken over, is not there now" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	"$TCPENDS" --show hosts --json a.pcap | grep '"host":"192.0.2.1"' |
		grep -F '"now":{},' | grep -F '"TIME_WAIT":1'
}

@test "--show hosts: a screen, unless -v" {
	for i in $(seq 60); do
		echo "conn c$i 10.0.0.$i:1 > 10.0.1.$i:80"
		echo "+1ms A > S 0:0"
		echo "+1ms B > S. 0:0 ack 1"
	done | capture a.pcap
	[ "$("$TCPENDS" --show hosts a.pcap | wc -l)" -le 23 ]
	[ "$("$TCPENDS" --show overview,hosts a.pcap | wc -l)" -le 23 ]
	"$TCPENDS" --show hosts a.pcap | grep "more; -v shows all"
	[ "$("$TCPENDS" --show hosts -v a.pcap | grep -c '^10\.')" = 120 ]
}

@test "--show hosts is no CSV, and not in the default" {
	close_capture a.pcap "conn c $client:40000 > $server:80"
	wrong "csv is one table" --show hosts -T csv a.pcap
	! "$TCPENDS" --json a.pcap | grep '"type":"host"'
}
