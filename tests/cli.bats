#!/usr/bin/env bats
# The command as its user meets it: words, options, messages, exit status, files.
#
# TCPENDS is the program (./tcpends), MAN the manual page; captures are made here.

setup_file() {
	export TCPENDS="${TCPENDS:-$PWD/tcpends}"
	export MAN="${MAN:-$(dirname "$BATS_TEST_FILENAME")/../man/tcpends.1}"
	TCPENDS=$(realpath "$TCPENDS")
	MAN=$(realpath "$MAN")
	export LC_ALL=C.UTF-8 NO_COLOR=1
	unset COLUMNS
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	close_capture close.pcap 10.0.0.1 1000 100
	abort_capture abort.pcap
}

# ---- captures -------------------------------------------------------------

le32() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
	$(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }
be16() { printf '\\x%02x\\x%02x' $(($1 >> 8 & 255)) $(($1 & 255)); }
be32() { be16 $(($1 >> 16 & 65535)); be16 $(($1 & 65535)); }
addr() { printf '\\x%02x' ${1//./ }; }

# An Ethernet capture of microseconds
pcap_header() { printf "$(le32 0xa1b2c3d4)$(le32 0x00040002)$(le32 0)$(le32 0)$(le32 65535)$(le32 1)"; }

# segment SECONDS SRC SPORT DST DPORT FLAGS SEQ ACK [VLAN [PAYLOAD]]
segment() {
	local tag='' data=${10:-} len

	[ -z "${9:-}" ] || tag="\\x81\\x00$(be16 "$9")"
	len=$((54 + ${#tag} / 4 + ${#data}))
	printf "$(le32 "$1")$(le32 0)$(le32 $len)$(le32 $len)"
	printf "\\x02\\0\\0\\0\\0\\x01\\x02\\0\\0\\0\\0\\x02${tag}\\x08\\x00"
	printf "\\x45\\0$(be16 $((40 + ${#data})))$(be16 $((RANDOM & 32767)))\\x40\\0\\x40\\x06\\0\\0$(addr "$2")$(addr "$4")"
	printf "$(be16 "$3")$(be16 "$5")$(be32 "$7")$(be32 "$8")\\x50$(printf '\\x%02x' "$6")$(be16 8192)\\0\\0\\0\\0$data"
}

# close_capture FILE CLIENT PORT START [VLAN]: opened and closed, the client first
close_capture() {
	local c=$2 p=$3 t=$4 v=${5:-} s=10.0.0.2

	{
		pcap_header
		segment $t $c $p $s 80 2 100 0 $v
		segment $t $s 80 $c $p 18 500 101 $v
		segment $t $c $p $s 80 16 101 501 $v
		segment $((t + 1)) $c $p $s 80 17 101 501 $v
		segment $((t + 1)) $s 80 $c $p 17 501 102 $v
		segment $((t + 1)) $c $p $s 80 16 102 502 $v
	} >"$1"
}

# Opened, then aborted by the client: rst-abort, a warning
abort_capture() {
	local c=10.0.0.1 s=10.0.0.2

	{
		pcap_header
		segment 110 $c 2000 $s 80 2 100 0
		segment 110 $s 80 $c 2000 18 500 101
		segment 110 $c 2000 $s 80 16 101 501
		segment 110 $s 80 $c 2000 24 501 101 '' hello
		segment 110 $c 2000 $s 80 16 101 506
		segment 111 $c 2000 $s 80 20 101 506
	} >"$1"
}

# ---- helpers ----------------------------------------------------------------

# run with standard error apart: $status, $output, $errors
try() {
	status=0
	output=$("$TCPENDS" "$@" 2>err.txt </dev/null) || status=$?
	errors=$(cat err.txt)
	echo "status $status; out: $output; err: $errors"
}

# wrong TEXT ARGUMENTS...: status 2, nothing printed, one line that holds TEXT
wrong() {
	local text=$1

	shift
	try "$@"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[ "$(wc -l <err.txt)" -eq 1 ]
	[[ $errors == "tcpends: "*"$text"* ]]
}

# how many packets were analysed
packets() {
	tcpends_json "$@" | sed -n 's/.*"type":"summary","packets":\([0-9]*\).*/\1/p'
}
tcpends_json() { "$TCPENDS" --json "$@" </dev/null; }

# ---- words --------------------------------------------------------------------

@test "a capture, by word and by -r" {
	try close.pcap
	[ "$status" -eq 0 ]
	[[ $output == *"6"* ]]
	[ -z "$errors" ]
	[ "$(packets -r close.pcap)" = 6 ]
	cp close.pcap plain
	[ "$(packets plain)" = 6 ]
	[ "$(packets ./plain)" = 6 ]
}

@test "the first word that is no file begins FILTER" {
	[ "$(packets close.pcap port 80)" = 6 ]
	[ "$(packets close.pcap 'port 80')" = 6 ]
	[ "$(packets close.pcap port 81)" = 0 ]
	[ "$(packets close.pcap -- port 81)" = 0 ]
	[ "$(packets close.pcap net 10.0.0.0/8)" = 6 ]
	[ "$(packets close.pcap 'net 10.0.0.0/8')" = 6 ]
	[ "$(packets close.pcap '(net 10.0.0.0/8 and tcp)')" = 6 ]
}

@test "options stand anywhere, also within FILTER" {
	[ "$(packets close.pcap tcp -v port -n 80)" = 6 ]
	[ "$(packets close.pcap -c 2 tcp)" = 2 ]
	[ "$(packets close.pcap -- tcp -c 3)" = 3 ]
}

@test "a keyword of pcap-filter is never a file, ./tcp is" {
	cp close.pcap tcp
	wrong "taken for FILTER" tcp
	[ "$(packets ./tcp)" = 6 ]
	[ "$(packets ./tcp tcp)" = 6 ]
}

@test "what looks like a file and is not there is an error about that file" {
	for name in gone.pcap gone.pcapng gone.cap gone.pcap.gz some/where; do
		try "$name"
		[ "$status" -eq 3 ]
		[ -z "$output" ]
		[ "$(wc -l <err.txt)" -eq 1 ]
		[[ $errors == "tcpends: $name: "* ]]
	done
}

@test "a file behind the filter is named in the message" {
	wrong "files come before" port 80 close.pcap
	wrong "files come before" close.pcap port 80 abort.pcap
}

@test "no input" {
	wrong "no input"
	wrong "no input" nonsense
	wrong "give one" -i lo close.pcap
	wrong "twice" - -
}

@test "-t takes no word of FILTER unless it is one of tshark's" {
	[ "$(packets close.pcap -t port 80)" = 6 ]
	[ "$(packets close.pcap -t ad port 80)" = 6 ]
	[ "$(packets -ttt close.pcap)" = 6 ]
	[ "$(packets -nvt r close.pcap)" = 6 ]
	[ "$(packets -t close.pcap)" = 6 ]
}

@test "-t: the kinds of time" {
	local first=1700000000.000000 data=${TESTDATA:-$(dirname "$BATS_TEST_FILENAME")/../testdata}
	times() { "$TCPENDS" --show transitions "$@" "$data/outage.pcap" | sed -n 2p; }
	[[ $(times) == *" 1   0.000000 "* ]]
	[[ $(times -t) == *" 1  client "* ]]
	[[ $(times -tt) == *" $first "* ]]
	[[ $(times -t -t) == *" $first "* ]]
	[[ $(times -te) == *" 1  client "* ]]
	[[ $(times -tttt) == *" 2023-11-14 22:13:20.000000 "* ]]
	[[ $(times -t udoy) == *" 2023/318 22:13:20.000000 "* ]]
	[[ $(times -t a) == *" 22:13:20.000000 "* ]]
	[[ $(times -tt -t r) == *" 1   0.000000 "* ]]
}

@test "standard input" {
	run bash -c '"$TCPENDS" --json - <close.pcap | tail -n 1'
	[[ $output == *'"packets":6'* ]]
	run bash -c 'cat close.pcap | "$TCPENDS" --json -r - port 80 | tail -n 1'
	[[ $output == *'"packets":6'* ]]
}

@test "FILTER from a file" {
	printf 'port 81 # not 80\n' >filter.txt
	[ "$(packets -F filter.txt close.pcap)" = 0 ]
	wrong "give one" -F filter.txt close.pcap tcp
	wrong "No such file" -F gone.txt close.pcap
}

# ---- options ------------------------------------------------------------------

@test "accepted from tcpdump, nothing to do" {
	[ "$(packets -neSUK close.pcap)" = 6 ]
}

@test "other tools' letters say what to use" {
	wrong "display filters are Wireshark's; give a pcap-filter" -Y tcp close.pcap
	wrong "-x" -x close.pcap
	for letter in A R X a b C d E f W z; do
		wrong "-$letter: " -$letter x close.pcap
	done
}

@test "what is not available yet says so" {
	for option in --tui --follow "-G 1" "--interval 1" "-T prom" \
		"--sandbox strict" "--out html=x"; do
		wrong "not available yet" $option close.pcap
	done
}

@test "wrong options and values" {
	wrong "did you mean --check?" --chekc close.pcap
	wrong "no option -5" -5 close.pcap
	wrong "needs a value" close.pcap -r
	wrong "takes no value" --json=1 close.pcap
	wrong "-c: " -c 0 close.pcap
	wrong "no format" -T xml close.pcap
	wrong "FORMAT=FILE" --out jsonl close.pcap
	wrong "csv is one table" -T csv --show overview close.pcap
	wrong "'x' is none of" --show x close.pcap
	wrong "is no state" --state NOWHERE close.pcap
	wrong "is no state" --state ESTAB@middle close.pcap
	wrong "did you mean refused?" --finding refusd close.pcap
	wrong "none of note, warning, error" --severity bad close.pcap
	wrong "is no duration" --min-duration soon close.pcap
	wrong "is none of" --sort beauty close.pcap
	wrong "did you mean close-wait-stuck?" --set close-wait-stuk=1s close.pcap
	wrong "close-wait-stuck=10s" --set close-wait-stuck=soon close.pcap
	wrong "is none of linux, windows, rfc" --profile mac close.pcap
	wrong "is no range" --port-range 9-1 close.pcap
	wrong "truncated-tail" --allow everything close.pcap
	wrong "filter 'foo bar'" close.pcap foo bar
	wrong "no such interface" -i nosuch0
}

@test "every common spelling of a state" {
	for state in TIME_WAIT TIME-WAIT time-wait timewait; do
		run tcpends_json --state "$state@client" close.pcap
		[[ $output == *'"type":"connection"'* ]]
	done
	for state in ESTAB SYN-RECEIVED SYN_RECV FIN_WAIT2 FIN-WAIT-1 LISTENING CLOSE_WAIT; do
		run tcpends_json --state "$state" close.pcap
		[ "$status" -eq 0 ]
		[[ $output != *'"type":"connection"'* ]]
	done
}

@test "selection" {
	both="close.pcap abort.pcap"
	count() { tcpends_json "$@" $both | grep -c '"type":"connection"' || true; }
	[ "$(count)" = 2 ]
	[ "$(count --conn 2)" = 1 ]
	[ "$(count --conn 1,2)" = 2 ]
	[ "$(count --conn 3)" = 0 ]
	[ "$(count --finding rst-abort)" = 1 ]
	[ "$(count --severity warning)" = 1 ]
	[ "$(count --min-duration 1s)" = 2 ]
	[ "$(count --min-duration 2s)" = 0 ]
	[ "$(count --top 1)" = 1 ]
	id=$(tcpends_json abort.pcap | sed -n 's/.*"type":"connection".*"id":"\([0-9a-f]*\)".*/\1/p')
	[ "$(count --conn "$id")" = 1 ]
	run bash -c '"$TCPENDS" --json --sort packets abort.pcap close.pcap | grep \"connection\"'
	[[ ${lines[0]} == *'"conn":1'* ]]
	run bash -c '"$TCPENDS" --json --sort severity abort.pcap close.pcap | grep \"type\":\"connection\"'
	[[ ${lines[0]} == *'"conn":2'* ]]
}

@test "help, version, catalogue" {
	try --help
	[ "$status" -eq 0 ]
	[ -z "$(awk 'length > 80' <<<"$output")" ]
	for letter in r i D F c s B p Z w l q h v V t T; do
		[[ $output == *"  -$letter"* ]]
	done
	try -V
	[[ $output == "tcpends "* ]]
	try --list-findings
	[ "$status" -eq 0 ]
	[[ $output == *"rst-abort"* ]]
	try --explain rst-abort
	[ "$status" -eq 0 ]
	[[ $output == "rst-abort (warning): "* ]]
	try --explain
	[ "$status" -eq 0 ]
	wrong "did you mean rst-abort?" --explain rst-abrot
}

@test "the manual knows every option and every finding" {
	for name in $("$TCPENDS" --help | sed -n 's/^ .* --\([a-z-]*\).*/\1/p'); do
		grep -q -- "Fl -$name" "$MAN"
	done
	for id in $("$TCPENDS" --list-findings | cut -d' ' -f1); do
		grep -q -- "Cm $id " "$MAN"
	done
}

# ---- filter -------------------------------------------------------------------

@test "a filter that sees one direction warns" {
	for filter in "dst port 80" "src host 10.0.0.1" "tcp[13] == 2"; do
		try close.pcap $filter
		[ "$status" -eq 0 ]
		[[ $errors == *"one direction only"* ]]
	done
	for filter in "port 80" "host 10.0.0.1" "tcp" "net 10.0.0.0/8" "ip6 or port 80" \
		"src port 80 or dst port 80"; do
		try close.pcap $filter
		[ -z "$errors" ]
	done
}

@test "nothing passed: VLAN tags are named" {
	close_capture vlan.pcap 10.0.0.1 1000 100 7
	try vlan.pcap port 80
	[ "$status" -eq 0 ]
	[[ $errors == *"vlan and (port 80)"* ]]
	[ "$(packets vlan.pcap 'vlan and (port 80)')" = 6 ]
	try close.pcap port 81
	[[ $errors == *"no packet passed"* ]]
}

# ---- exit status ----------------------------------------------------------------

@test "findings fail with --check and --fail-on" {
	try abort.pcap
	[ "$status" -eq 0 ]
	try --check abort.pcap
	[ "$status" -eq 1 ]
	[ "$(tail -n 1 <<<"$output")" = "check: FAILED - 1 finding at or above warning" ]
	try --check close.pcap
	[ "$status" -eq 0 ]
	[[ $output == *"check: passed"* ]]
	try --fail-on warning abort.pcap
	[ "$status" -eq 1 ]
	[[ $output != *"check:"* ]]
	try --check --fail-on error abort.pcap
	[ "$status" -eq 0 ]
	try --check --fail-on never abort.pcap
	[ "$status" -eq 0 ]
	try --check --json abort.pcap
	[ "$status" -eq 1 ]
	[[ $output != *"check:"* ]]
}

@test "selection does not change the judgement" {
	try --check --finding refused abort.pcap
	[ "$status" -eq 1 ]
}

@test "--check judges each file alone, the worst wins" {
	try --check close.pcap abort.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"check: close.pcap: passed"* ]]
	[[ $output == *"check: abort.pcap: FAILED"* ]]
	try --check abort.pcap gone.pcap close.pcap
	[ "$status" -eq 3 ]
	[[ $output == *"check: close.pcap: passed"* ]]
}

@test "a cut tail is 3 unless allowed" {
	head -c 400 close.pcap >cut.pcap
	try cut.pcap
	[ "$status" -eq 3 ]
	[[ $errors == "tcpends: cut.pcap: "*"byte"* ]]
	[ "$(packets cut.pcap)" = 5 ]
	try --allow truncated-tail cut.pcap
	[ "$status" -eq 0 ]
	try --check --allow truncated-tail cut.pcap
	[ "$status" -eq 0 ]
}

@test "no TCP connection is 3 with --check unless allowed" {
	head -c 24 close.pcap >none.pcap
	try none.pcap
	[ "$status" -eq 0 ]
	try --check none.pcap
	[ "$status" -eq 3 ]
	try --check --allow empty none.pcap
	[ "$status" -eq 0 ]
	try --check --allow loss=0.1%,empty none.pcap
	[ "$status" -eq 0 ]
}

@test "unreadable inputs" {
	: >empty.pcap
	mkdir dir.pcap
	printf 'hello, world, this is no capture\n' >text.pcap
	for name in empty.pcap dir.pcap text.pcap; do
		try $name
		[ "$status" -eq 3 ]
		[ -z "$output" ]
		[ "$(wc -l <err.txt)" -eq 1 ]
		[[ $errors == "tcpends: $name: "* ]]
	done
	try close.pcap text.pcap
	[ "$status" -eq 3 ]
	[[ $output == *"6"* ]]
}

@test "control characters of a name stay on one line" {
	try $'a\nb\033[31m.pcap'
	[ "$status" -eq 3 ]
	[ "$(wc -l <err.txt)" -eq 1 ]
	[[ $errors == *'a\x0ab\x1b[31m.pcap'* ]]
}

@test "two taps of the same traffic are refused" {
	wrong "same traffic" close.pcap close.pcap
	try --separate close.pcap close.pcap
	[ "$status" -eq 0 ]
	try --check close.pcap close.pcap
	[ "$status" -eq 0 ]
}

# ---- what is written --------------------------------------------------------------

@test "several files are one timeline" {
	[ "$(packets abort.pcap close.pcap)" = 12 ]
	run tcpends_json abort.pcap close.pcap
	[[ ${lines[1]} == *'"file":2'* ]]
}

@test "--out writes further reports" {
	try --out jsonl=r.jsonl --out csv=r.csv --out text=r.txt close.pcap
	[ "$status" -eq 0 ]
	[[ $(tail -n 1 r.jsonl) == *'"exit":0'* ]]
	[ "$(wc -l <r.csv)" -eq 2 ]
	"$TCPENDS" close.pcap >plain.txt
	cmp plain.txt r.txt
	[ "$(ls -A | grep -c XXXX)" = 0 ]
	[ "$(ls -A | grep -c '^r\.')" = 3 ]
}

@test "--out leaves an old report alone when nothing was analysed" {
	echo old >r.jsonl
	wrong "filter" --out jsonl=r.jsonl close.pcap foo bar
	[ "$(cat r.jsonl)" = old ]
	[ "$(ls -A | grep -c '^r\.jsonl')" = 1 ]
}

@test "a full disk is noticed" {
	[ -w /dev/full ] || skip
	for report in "" --json "-T csv" --help --explain --list-findings; do
		status=0
		"$TCPENDS" $report close.pcap >/dev/full 2>err.txt || status=$?
		[ "$status" -eq 3 ] || [ "$report" = --explain ]
		[ "$(wc -l <err.txt)" -eq 1 ]
	done
	try --out jsonl=/dev/full close.pcap
	[ "$status" -eq 3 ]
	[[ $errors == "tcpends: /dev/full: "* ]]
	try --out jsonl=no/such/dir/x close.pcap
	[ "$status" -eq 3 ]
	[ "$(wc -l <err.txt)" -eq 1 ]
}

@test "SIGPIPE dies quietly by the signal" {
	run bash -c '(trap - PIPE; { sleep 0.2; exec "$TCPENDS" --json close.pcap; }; ) 2>err.txt | :; echo "${PIPESTATUS[0]}"; cat err.txt'
	[ "$output" = 141 ]
}

@test "-w writes the selected packets" {
	try -w all.pcap close.pcap abort.pcap
	[ "$status" -eq 0 ]
	[ "$(packets all.pcap)" = 12 ]
	try -w one.pcap --conn 2 close.pcap abort.pcap
	[ "$(packets one.pcap)" = 6 ]
	try -w state.pcap --state TIME_WAIT close.pcap abort.pcap
	[ "$(packets state.pcap)" = 6 ]
	try -w top.pcap --top 1 --sort packets close.pcap abort.pcap
	[ "$(packets top.pcap)" = 6 ]
	try -w none.pcap --finding refused close.pcap
	[ "$(packets none.pcap)" = 0 ]
	[ "$(packets all.pcap)" = 12 ]
	wrong "name a file" -w - close.pcap
	wrong "twice" -w x.pcap --state ESTAB -
	mkfifo pipe
	wrong "twice" -w x.pcap --state ESTAB pipe
	run bash -c '"$TCPENDS" -w in.pcap - <close.pcap'
	[ "$(packets in.pcap)" = 6 ]
}

@test "a timeline of files, read twice, is that of standard input, read once" {
	{ cat close.pcap; tail -c +25 abort.pcap; } >both.pcap
	for how in "--state TIME_WAIT" "--conn 2" "--finding rst-abort" "--top 1 --sort packets" \
		"--sort duration -v" "--severity note --conn 1,2" "--finding refused"; do
		try --show timeline $how both.pcap
		[ "$status" -eq 0 ]
		[ "$output" = "$("$TCPENDS" --show timeline $how - <both.pcap)" ]
	done
	[ "$("$TCPENDS" --show timeline --state TIME_WAIT both.pcap | grep -c '#1 ')" = 1 ]
	[ "$("$TCPENDS" --show timeline --state TIME_WAIT both.pcap | grep -c 'FIN,ACK')" = 2 ]
}

@test "stop in order by SIGINT while standard input is silent" {
	mkfifo pipe
	"$TCPENDS" --json - <pipe >out.txt 2>err.txt &
	program=$!
	exec 9>pipe
	cat close.pcap >&9
	sleep 0.5
	kill -INT $program
	sleep 0.3
	exec 9>&-
	status=0
	wait $program || status=$?
	echo "status $status"
	[[ $(tail -n 1 out.txt) == *'"type":"summary"'* ]]
}

# ---- how good the capture is ----

# One client's data in N segments, of which the tap lost every one named
lossy_capture() {
	local file=$1 count=$2 lost=" $3 " i

	{
		pcap_header
		segment 100 10.0.0.1 1000 10.0.0.2 80 2 100 0
		segment 100 10.0.0.2 80 10.0.0.1 1000 18 500 101
		segment 100 10.0.0.1 1000 10.0.0.2 80 16 101 501
		for ((i = 0; i < count; i++)); do
			[[ $lost == *" $i "* ]] ||
				segment 101 10.0.0.1 1000 10.0.0.2 80 24 $((101 + i)) 501 '' x
		done
		segment 102 10.0.0.2 80 10.0.0.1 1000 16 501 $((101 + count))
	} >"$file"
}

@test "quality: fair with one packet of many lost, poor with one of few" {
	lossy_capture fair.pcap 110 5
	lossy_capture poor.pcap 5 2
	"$TCPENDS" --checksum ignore fair.pcap | grep '^quality  fair: 1 gap: acknowledged, never captured; '
	"$TCPENDS" --checksum ignore poor.pcap | grep '^quality  poor: 1 gap: '
	"$TCPENDS" --checksum ignore --json poor.pcap | tail -n 1 |
		grep '"implied_gaps":1,.*"verdict":"poor: 1 gap: '
}

@test "quality: good where nothing is missing" {
	lossy_capture good.pcap 5 ''
	"$TCPENDS" --checksum ignore good.pcap | grep -x 'quality  good: no loss seen'
}

@test "quiet notes are counted, and listed with -v; they do not fail a check" {
	lossy_capture again.pcap 3 ''
	segment 103 10.0.0.1 1000 10.0.0.2 80 24 101 501 '' x >>again.pcap
	"$TCPENDS" --checksum ignore again.pcap >brief.txt
	grep 'retransmission 1' brief.txt
	! grep '^note' brief.txt
	"$TCPENDS" --checksum ignore -v again.pcap | grep '^note     retransmission'
	"$TCPENDS" --checksum ignore --check again.pcap
	"$TCPENDS" --checksum ignore --json again.pcap | grep '"finding":"retransmission"'
}
