#!/usr/bin/env bats
# --explain and --list-findings: is every question answered, and can it be read?
#
# What the pages must say is doc and RFC knowledge: a wrong number here is a wrong page.

setup_file() {
	here=$(cd "$(dirname "$BATS_TEST_FILENAME")/.." && pwd)
	export TCPENDS="${TCPENDS:-$here/tcpends}"
	export CHECK_SCHEMA="$here/tests/check-schema.py"
	export LC_ALL=C.UTF-8 NO_COLOR=1
	unset COLUMNS
}

setup() { cd "$BATS_TEST_TMPDIR"; }

findings() { "$TCPENDS" --list-findings | cut -d ' ' -f 1; }

topics() { "$TCPENDS" --explain | sed -n '/^Topics$/,$s/^  \([a-z0-9-]*\) .*/\1/p'; }

# page NAME: as one line, so that a phrase is found wherever lines are broken
page() { "$TCPENDS" --explain "$1" | tr -s '\n ' ' '; }

# says NAME PHRASE...
says() {
	local text phrase
	text=$(page "$1")
	for phrase in "${@:2}"; do
		[[ $text == *"$phrase"* ]] || { echo "$1 does not say: $phrase"; return 1; }
	done
}

# leads WORD PAGE
leads() { [[ $("$TCPENDS" --explain "$1" | head -n 1) == "$2"[:\ ]* ]]; }

@test "every finding has a page with all its parts, in their order" {
	[ "$(findings | wc -l)" -ge 14 ]
	for id in $(findings); do
		"$TCPENDS" --explain "$id" >page.txt
		diff <(grep -E '^[A-Z]' page.txt | grep -vE '^(Limits|RFC|See also)') - <<-END
			What it means
			Why it matters
			What happens, for example
			What would have been normal
			Possible causes
			What to look at
			What to do, and its price
		END
		grep -qE '^  client +server$' page.txt
	done
}

@test "no page is wider than 80 columns, or cut" {
	for option in "" --ascii; do
		"$TCPENDS" --explain all $option >pages.txt
		[ "$(wc -l <pages.txt)" -gt 500 ]
		[ -z "$(grep '.\{81\}' pages.txt)" ]
		# cut lines end in an ellipsis, which becomes a tilde; no text of ours has either
		[ -z "$(grep '[…~]' pages.txt)" ]
	done
}

@test "plain letters where UTF-8 is not wanted or not there" {
	"$TCPENDS" --explain rst-lost | grep -q '×─* RST ──'
	for page in "--ascii --explain rst-lost" "--explain all --ascii"; do
		[ -z "$("$TCPENDS" $page | LC_ALL=C grep '[^ -~]')" ]
	done
	"$TCPENDS" --ascii --explain rst-lost | grep -q 'x-* RST --  CLOSED$'
	[ "$(LC_ALL=C "$TCPENDS" --explain rst-lost)" = "$("$TCPENDS" --ascii --explain rst-lost)" ]
}

@test "the list of pages is grouped, and names each that there is" {
	"$TCPENDS" --explain >list.txt
	diff <(findings | sort) \
		<(sed -n '1,/^Topics$/s/^  \([a-z0-9-]*\)  *\(note\|warning\|error\) .*/\1/p' list.txt | sort)
	diff <(grep '^[A-Z]' list.txt) - <<-END
		Opening
		Closing
		Resets
		The same addresses
		Listeners and hosts
		Transfer
		Malformed
		Topics
	END
	[ -z "$(grep '…' list.txt)" ]
	for name in $(topics); do
		[[ $("$TCPENDS" --explain "$name" | head -n 1) == "$name"[:\ ]* ]]
	done
}

@test "a word that has no page gets the nearest one" {
	run "$TCPENDS" --explain time-wiat
	[ "$status" -eq 2 ]
	[[ $output == "tcpends: --explain: "*"did you mean time-wait?" ]]
	run "$TCPENDS" --explain qqq
	[ "$status" -eq 2 ]
	[[ $output == *"--explain alone lists what there is" ]]
	run "$TCPENDS" --explain rst-lost --json
	[ "$status" -eq 2 ]
	[[ $output == *"--list-findings --json"* ]]
}

@test "names of sysctls, options and states lead to their topic" {
	leads TIME_WAIT time-wait
	leads time_wait time-wait
	leads TcpTimedWaitDelay time-wait
	leads tcp_tw_reuse tw-reuse
	leads SO_REUSEADDR reuse
	leads ip_local_port_range ephemeral-ports
	leads SO_LINGER linger
	leads SO_DONTLINGER linger
	leads CLOSE_WAIT close-wait
	leads somaxconn accept-queue
	leads tcp_abort_on_overflow accept-queue
	leads tcp_syncookies syn-cookies
	leads SO_KEEPALIVE keepalive
	leads keep-alive keep-alive
	leads SHUT_WR half-close
	leads tcp_fin_timeout fin-wait-2
}

@test "the two senses of half-open" {
	says rst-lost "half-open in the sense of RFC 9293 3.5.1" "is half-open-syn-rcvd"
	says half-open-syn-rcvd "RFC 4987" "RFC 9293 3.5.1 uses the same word for something else" \
		"see rst-lost"
	says half-open "RFC 9293 3.5.1" "RFC 4987" "half-open-syn-rcvd" "rst-lost"
}

@test "what TIME_WAIT is for, who has it, how long, and what helps" {
	# RFC 9293 3.6 and 3.4.2; TCP_TIMEWAIT_LEN; Microsoft's reference; xnu's TCPTV_MSL
	says time-wait "The last ACK may be lost" "repeats its FIN" "Old duplicates must die" \
		"active closer" "RFC 9293: 240 s" "Linux: 60 s" "TcpTimedWaitDelay" \
		"30 to 300 s; 120 s" "macOS: 30 s" "tcp_fin_timeout does not change it"
	says first-closer "Whoever closes first has the TIME_WAIT" "pool"
	says pool "Idle time-outs must grow" "SO_KEEPALIVE is something else"
	# ip-sysctl.rst
	says tw-reuse "net.ipv4.tcp_tw_reuse" "2 on loopback only" "outgoing connections" \
		"timestamps" "RFC 6191"
	says reuse "SO_REUSEADDR" "EADDRINUSE" "SO_EXCLUSIVEADDRUSE"
}

@test "ports: how many there are, and why a client should not bind one" {
	says ephemeral-ports "ip_local_port_range" "32768 to 60999" "28 232" "49152 to 65535" \
		"16 384" "1025 to 5000" "3 976" "EADDRNOTAVAIL"
	[ $((60999 - 32768 + 1)) = 28232 ] && [ $((65535 - 49152 + 1)) = 16384 ]
	says client-bind "bind()" "IP_BIND_ADDRESS_NO_PORT" "EADDRINUSE"
}

@test "closing: linger, half-close, CLOSE_WAIT" {
	says linger "{1,0} is a poor cure for TIME_WAIT" "throws away" "SO_DONTLINGER" \
		"in the background" "ECONNRESET"
	says half-close "shutdown(fd, SHUT_WR)" "close(fd)" "RFC 2525"
	says close-wait "always the local program's own missing close()"
	says close-wait-stuck "always the local program's own missing close()"
	says fin-wait-2 "tcp_fin_timeout, 60 s" "tcp_fin_timeout is not the length of TIME_WAIT"
}

@test "opening: queues, cookies; keep-alive" {
	# ip-sysctl.rst: somaxconn 4096, 128 before 5.4; SYN+ACK 63 s; SYN 131 s
	says accept-queue "net.core.somaxconn (4096; 128 before" "net.ipv4.tcp_abort_on_overflow=1" \
		"Recv-Q is the queue, Send-Q its limit"
	says syn-queue "tcp_max_syn_backlog" "after 63 s" "after 131 s"
	says syn-cookies "net.ipv4.tcp_syncookies" "SACK survive only if" "RFC 4987 3.6"
	says keepalive "7200 s" "9 probes" "75 s apart" "RFC 9293 3.8.4" "Windows: KeepAliveTime 2 h"
}

@test "--list-findings names limits with their defaults, one line each" {
	"$TCPENDS" --list-findings >list.txt
	grep -q '^close-wait-stuck  *warning  .* \[close-wait-stuck=30s, close-wait-many=10\]$' list.txt
	# as a rule: what a listing says of those that can be worse
	grep -q '^rst-no-connection  *note  ' list.txt
	grep -q '^time-wait-pressure  *warning  ' list.txt
	grep -q '^half-open-syn-rcvd  *warning  .* \[half-open-grace=3.5s, rtt-factor=4\]$' list.txt
	# what is in the brackets is what --set takes
	for limit in $(sed -n 's/.* \[\(.*\)\]$/\1/p' list.txt | tr -d ,); do
		run "$TCPENDS" --set "$limit" no-such-file.pcap
		[[ $output == *"no-such-file.pcap"* ]]
	done
	run "$TCPENDS" --list-findings -T csv
	[ "$status" -eq 2 ]
}

@test "--list-findings --json tells all of it, by the schema" {
	"$TCPENDS" --list-findings --json >rules.jsonl
	[ "$(wc -l <rules.jsonl)" = "$(findings | wc -l)" ]
	diff <(sed 's/.*"finding":"\([^"]*\)".*/\1/' rules.jsonl) <(findings)
	grep '"finding":"close-wait-stuck"' rules.jsonl |
		grep -qF '"limits":[{"name":"close-wait-stuck","default":30,"unit":"s"},{"name":"close-wait-many","default":10,"unit":null}]'
	grep '"finding":"rst-no-connection"' rules.jsonl |
		grep -qF '"severity":"note","worst":"warning"'
	python3 -c 'import jsonschema' 2>/dev/null || skip "no jsonschema"
	python3 "$CHECK_SCHEMA" --rules <rules.jsonl
}
