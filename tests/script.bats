#!/usr/bin/env bats
# -T script: what it leaves out, and when it refuses. That it says what was captured is
# tests/roundtrip.sh's.
#
# TCPENDS is the program, BUILDDIR where tests/mkpcap and tests/run-scripts were built.

setup_file() {
	here=$(cd "$(dirname "$BATS_TEST_FILENAME")/.." && pwd)
	export TCPENDS="${TCPENDS:-$here/tcpends}"
	export MKPCAP="${BUILDDIR:-$here}/tests/mkpcap"
	export RUN_SCRIPTS="${BUILDDIR:-$here}/tests/run-scripts"
	export LC_ALL=C.UTF-8
}

setup() { cd "$BATS_TEST_TMPDIR"; }

# capture FILE: what the script on standard input compiles to
capture() {
	cat >"$1.pkt"
	"$MKPCAP" "$1.pkt" "$1"
}

wrong() {
	local status=0
	output=$("$TCPENDS" "${@:2}" 2>err.txt) || status=$?
	cat err.txt
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	grep -q "^tcpends: .*$1" err.txt
}

# lacks FILE TEXT
lacks() {
	if grep -F -- "$2" "$1"; then return 1; fi
}

handshake() {
	cat <<-END
		+0    A > S  0:0         <mss 1460,sackOK>
		+10ms B > S. 0:0   ack 1 <mss 1460,sackOK>
		+50us A > .  1:1   ack 1
	END
}

# long COUNT: so many times data and its ACK, then a close
long() {
	handshake
	for ((i = 0; i < $1; i++)); do
		echo "+1ms A > P. $((i * 1000 + 1)):$((i * 1000 + 1001)) ack 1"
		echo "+1ms B > .  1:1 ack $((i * 1000 + 1001))"
	done
	cat <<-END
		+1ms  A > F. $((i * 1000 + 1)):$((i * 1000 + 1)) ack 1
		+10ms B > F. 1:1 ack $((i * 1000 + 2))
		+50us A > .  $((i * 1000 + 2)):$((i * 1000 + 2)) ack 2
	END
}

@test "nothing in a script names anybody" {
	capture secret.pcap <<-END
		conn x 172.31.77.201:51777 > 203.0.113.99:5433 vlan 777
		iss A 1234567890
		iss B 2345678901
		+0    A > S  0:0         <mss 1460,sackOK,TS val 987654321 ecr 0> ttl 57 id 54321
		+10ms B > S. 0:0   ack 1 <mss 1460,TS val 876543210 ecr 987654321> ttl 61 id 0
		+50us A > .  1:1   ack 1 <TS val 987654331 ecr 876543210> ttl 57 id 54322
		+1ms  A > P. 1:301 ack 1 <TS val 987654332 ecr 876543210> ttl 57 id 54323
		+10ms B > R. 1:1 ack 1
	END
	"$TCPENDS" -T script secret.pcap >out.pkt
	cat out.pkt
	grep -q '^conn c1 10.0.0.1:40000 > 10.0.0.2:8080 vlan 1$' out.pkt
	for secret in 172.31 203.0.113 51777 5433 777 12345 23456 98765 87654 5432 \
		secret 17000 'ttl 57' 'ttl 61'; do
		lacks out.pkt "$secret"
	done
	"$RUN_SCRIPTS" out.pkt
}

@test "the same name for the same address and port, another for others" {
	capture two.pcap <<-END
		conn x 172.31.77.201:51777 > 203.0.113.99:443
		$(handshake)
		conn y 172.31.77.202:51777 > 203.0.113.99:80
		$(handshake)
		conn z [2001:db8:1::5]:50000 > [2001:db8:1::6]:443
		$(handshake)
	END
	"$TCPENDS" -T script two.pcap >out.pkt
	cat out.pkt
	grep -q '^conn c1 10.0.0.1:40000 > 10.0.0.2:80$' out.pkt
	grep -q '^conn c2 10.0.0.3:40000 > 10.0.0.2:81$' out.pkt
	grep -q '^conn c3 \[fd00::4\]:40001 > \[fd00::5\]:80$' out.pkt
	"$RUN_SCRIPTS" out.pkt
}

@test "a long connection becomes a short script that says the same" {
	long 500 | capture long.pcap
	"$TCPENDS" -T script long.pcap >out.pkt
	cat out.pkt
	[ "$(grep -c '^[+@]' out.pkt)" -lt 40 ]
	grep -q '^# 9[0-9][0-9] segments are left out here$' out.pkt
	"$RUN_SCRIPTS" out.pkt
	"$MKPCAP" out.pkt short.pcap
	for capture in long short; do
		"$TCPENDS" --json --show transitions $capture.pcap |
			grep -o '"end":.*"basis":"[a-z]*"' >$capture.txt
	done
	[ -s long.txt ]
	diff long.txt short.txt
	# no hole is left where segments were
	"$TCPENDS" --json short.pcap | grep -q '"implied_gaps":0,'
}

@test "a connection that is not long stays whole" {
	long 10 | capture small.pcap
	"$TCPENDS" -T script small.pcap >out.pkt
	[ "$(grep -c '^[+@]' out.pkt)" -eq 26 ]
	lacks out.pkt 'left out'
}

@test "what is evidence stays in a long connection" {
	{
		long 300 | head -n 303
		echo "@9 B > R 5000:5000"
		echo "+1ms A > P. 150001:151001 ack 1"
		echo "+1ms B > . 1:1 ack 151001"
		for ((i = 151; i < 300; i++)); do
			echo "+1ms A > P. $((i * 1000 + 1)):$((i * 1000 + 1001)) ack 1"
			echo "+1ms B > .  1:1 ack $((i * 1000 + 1001))"
		done
	} | capture forged.pcap
	"$TCPENDS" -T script forged.pcap >out.pkt
	cat out.pkt
	"$TCPENDS" --json forged.pcap | sed -n 's/.*"finding":"\([a-z0-9-]*\)".*/\1/p' >want.txt
	[ -s want.txt ]
	sed -n 's/^! \([a-z0-9-]*\) [AB-] .*/\1/p' out.pkt | diff want.txt -
	[ "$(grep -c 'left out here' out.pkt)" -eq 2 ]
	"$RUN_SCRIPTS" out.pkt
}

@test "only what is selected" {
	capture some.pcap <<-END
		conn x 172.31.77.201:51777 > 203.0.113.99:443
		$(handshake)
		conn y 172.31.77.202:51777 > 203.0.113.99:80
		+0    A > S  0:0
		+10ms B > R. =0 ack 1
	END
	for choice in "--finding refused" "--conn 2" "--state CLOSED@client"; do
		# shellcheck disable=SC2086 # a list of words
		"$TCPENDS" -T script $choice some.pcap >out.pkt
		cat out.pkt
		[ "$(grep -c '^conn' out.pkt)" -eq 1 ]
		grep -q '^conn c2 10.0.0.1:40000 > 10.0.0.2:80$' out.pkt
		"$RUN_SCRIPTS" out.pkt
	done
}

@test "other limits are in the script" {
	capture leak.pcap <<-END
		$(handshake)
		+1s   A > F. 1:1 ack 1
		+10ms B > .  1:1 ack 2
		tick 5s
		conn other 10.9.9.9:40000 > 10.9.9.8:80
		+5s   A > S  0:0
	END
	"$TCPENDS" -T script --set close-wait-stuck=2.5s --conn 1 leak.pcap >out.pkt
	cat out.pkt
	grep -q '^set close-wait-stuck=2.5s$' out.pkt
	grep -q '^! close-wait-stuck B ' out.pkt
	"$RUN_SCRIPTS" out.pkt
	sed -i '/^set /d' out.pkt
	if "$RUN_SCRIPTS" out.pkt; then return 1; fi
}

@test "--out script=FILE, whatever else is shown" {
	handshake | capture a.pcap
	"$TCPENDS" --show overview --out script=out.pkt a.pcap >/dev/null
	"$RUN_SCRIPTS" out.pkt
}

@test "an empty capture is a script without a segment" {
	echo 'set key=auto' | capture empty.pcap
	[ "$("$TCPENDS" -T script empty.pcap | grep -vc '^#')" -eq 0 ]
}

@test "what a script cannot be" {
	handshake | capture a.pcap
	cp a.pcap b.pcap
	wrong "a script is one capture" -T script --separate a.pcap b.pcap
	wrong "a script is one capture" --out script=x.pkt --separate a.pcap b.pcap
	[ ! -e x.pkt ]
	wrong "not script" -T script --at 0 a.pcap
}
