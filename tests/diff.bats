#!/usr/bin/env bats
# What differs between two captures, or reports of them: --diff.
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

setup() {
	cd "$BATS_TEST_TMPDIR"
	count=0
}

# ---- captures -------------------------------------------------------------

# capture FILE: what the script on standard input compiles to
capture() {
	cat >"$1.pkt"
	"$MKPCAP" "$1.pkt" "$1"
}

# Of each of these: lines of a script; CLIENT and SERVER are ADDR:PORT.
opens() {
	count=$((count + 1))
	cat <<-END
		conn c$count $1 > $2
		+1s    A > S  0:0          ttl ${3:-64}
		+10ms  B > S. 0:0     ack 1
		+10ms  A > .  1:1     ack 1
	END
}

closes() {
	opens "$@"
	cat <<-END
		+10ms  A > F. 1:1     ack 1
		+10ms  B > F. 1:1     ack 2
		+10ms  A > .  2:2     ack 2
	END
}

# The server aborts, data of its own unacknowledged: rst-abort, a warning.
aborts() {
	opens "$@"
	cat <<-END
		+10ms  B > P. 1:101   ack 1
		+10ms  B > R. 101:101 ack 1
	END
}

refuses() {
	count=$((count + 1))
	cat <<-END
		conn c$count $1 > $2
		+1s    A > S  0:0
		+10ms  B > R. =0      ack 1
	END
}

old_capture() {
	capture "$1" < <(
		closes 10.0.0.1:40001 10.0.0.9:80
		closes 10.0.0.1:40002 10.0.0.9:80
		aborts 10.0.0.1:40003 10.0.0.9:443
		refuses 10.0.0.1:40004 10.0.0.9:81
	)
}

# One more of the first, none of the second, and something new.
new_capture() {
	capture "$1" < <(
		closes 10.0.0.7:51001 10.0.0.9:80
		closes 10.0.0.7:51002 10.0.0.9:80
		closes 10.0.0.7:51003 10.0.0.9:80
		refuses 10.0.0.7:51004 10.0.0.9:81
		aborts 10.0.0.7:51005 10.0.0.9:8443
		aborts 10.0.0.7:51006 10.0.0.9:8443
	)
}

report() { "$TCPENDS" --json "$1" >"$2"; }

# ---- helpers ----------------------------------------------------------------

# run with standard error apart: $status, $output, $errors
try() {
	status=0
	output=$("$TCPENDS" "$@" 2>err.txt </dev/null) || status=$?
	errors=$(cat err.txt)
	echo "status $status; out: $output; err: $errors"
}

wrong() {
	try "${@:2}"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[ "$(wc -l <err.txt)" -eq 1 ]
	[[ $errors == "tcpends: "*"$1"* ]]
}

same() {
	try --diff "$@"
	[ "$status" -eq 0 ]
	[ -z "$errors" ]
	[[ $output == *"no difference" ]]
}

# incomplete TEXT ARGUMENTS...: status 3, one line on standard error that holds TEXT
incomplete() {
	try "${@:2}"
	[ "$status" -eq 3 ]
	[ "$(wc -l <err.txt)" -eq 1 ]
	[[ $errors == "tcpends: "*"$1"* ]]
}

# The differences of OLD and NEW as JSON, a line each: change of what old new
changes() {
	"$TCPENDS" --json --diff "$@" >lines.jsonl || [ $? -eq 1 ]
	python3 "$CHECK_SCHEMA" <lines.jsonl
	python3 - lines.jsonl <<-'END'
		import json, sys
		for line in open(sys.argv[1]):
		    row = json.loads(line)
		    if row["type"] != "diff":
		        continue
		    server = row["server"] and f'{row["server"]["addr"]}:{row["server"]["port"]}'
		    what = row["finding"] or f'{row["opened"]}/{row["closed"]}'
		    print(row["change"], row["of"], server, what, row["old"], row["new"])
	END
}

is() { diff <(echo "$1") -; }

# ---- comparing ----------------------------------------------------------------

@test "a directory is not compared" {
	mkdir captures
	closes 10.0.0.1:4000 10.0.0.9:80 | capture a.pcap
	cp a.pcap captures/
	for pair in "captures a.pcap" "a.pcap captures"; do
		run "$TCPENDS" --diff $pair
		[ "$status" -eq 3 ]
		[[ $output == *"captures: is a directory"* ]]
	done
}

@test "nothing differs: a capture, its report, packed, from a pipe" {
	old_capture a.pcap
	report a.pcap a.jsonl
	gzip -k a.jsonl
	same a.pcap a.pcap
	same a.pcap a.jsonl
	same a.jsonl a.pcap
	same a.jsonl a.jsonl
	same a.jsonl.gz a.pcap
	same <(report a.pcap /dev/stdout) a.pcap
	"$TCPENDS" --diff a.jsonl - <a.jsonl
	report a.pcap /dev/stdout | "$TCPENDS" --diff - a.pcap
}

@test "a new capture of the same system: other times, clients and ports" {
	capture a.pcap < <(
		closes 10.0.0.1:40001 10.0.0.9:80
		aborts 10.0.0.1:40002 10.0.0.9:45123
		closes '[2001:db8::1]:40003' '[2001:db8::9]:50123'
	)
	capture b.pcap < <(
		echo 'tick 3600s'
		closes '[2001:db8::2]:60003' '[2001:db8::9]:60123'
		closes 10.9.0.3:1025 10.0.0.9:80 128
		aborts 10.9.0.4:1026 10.0.0.9:39000
	)
	same a.pcap b.pcap
	report b.pcap b.jsonl
	same a.pcap b.jsonl
}

@test "how sure a state is makes no other kind" {
	capture a.pcap < <(
		opens 10.0.0.1:40001 10.0.0.9:80
		echo '+1s   A > P. 1:101 ack 1'
		echo '+10ms B > F. 1:1   ack 101'
		echo '+10ms A > .  101:101 ack 2'
	)
	# data before the FIN are not in the capture, and nobody acknowledges it
	capture b.pcap < <(
		opens 10.0.0.1:40001 10.0.0.9:80
		echo '+1s   A > P. 1:101 ack 1'
		echo '+10ms B > F. 500:500 ack 101'
	)
	"$TCPENDS" --show connections a.pcap | grep -q 'client in CLOSE_WAIT$'
	"$TCPENDS" --show connections b.pcap | grep -q 'client in CLOSE_WAIT?$'
	changes a.pcap b.pcap | { ! grep connection; }
}

@test "what appeared, what is gone, what changed in number" {
	old_capture a.pcap
	new_capture b.pcap
	changes a.pcap b.pcap | is "$(cat <<-END
		appeared finding 10.0.0.9:8443 rst-abort 0 2
		appeared connection 10.0.0.9:8443 handshake/rst-server 0 2
		gone finding 10.0.0.9:443 rst-abort 1 0
		gone connection 10.0.0.9:443 handshake/rst-server 1 0
		changed connection 10.0.0.9:80 handshake/fin 2 3
	END
	)"
	report a.pcap a.jsonl
	report b.pcap b.jsonl
	cp lines.jsonl want.jsonl
	changes a.jsonl b.jsonl >/dev/null
	diff <(grep '"diff"' want.jsonl) <(grep '"diff"' lines.jsonl)
	changes b.pcap a.jsonl | grep -c ' 0 2$' | is 0
	changes b.pcap a.jsonl | tail -n 1 |
		is 'changed connection 10.0.0.9:80 handshake/fin 3 2'
}

@test "the same verdict, but not the same end" {
	capture a.pcap <<-END
		conn half 10.0.0.1:40001 > 10.0.0.9:80
		+1s   A > S  0:0
		+10ms B > S. 0:0 ack 1
		+9s   B > S. 0:0 ack 1
	END
	report a.pcap a.jsonl
	sed 's/"closed":"open"/"closed":"replaced"/' a.jsonl >b.jsonl
	changes a.pcap b.jsonl | is "$(cat <<-END
		appeared connection 10.0.0.9:80 half-open/replaced 0 1
		gone connection 10.0.0.9:80 half-open/open 1 0
	END
	)"
	try --diff a.pcap b.jsonl
	[ "$(grep -c '0 → 1 .*half-open: server left in SYN_RCVD: replaced$' <<<"$output")" -eq 1 ]
	[ "$(grep -c '1 → 0 .*half-open: server left in SYN_RCVD$' <<<"$output")" -eq 1 ]
}

@test "text: three groups, old -> new" {
	old_capture a.pcap
	new_capture b.pcap
	try --diff a.pcap b.pcap
	[ "$status" -eq 1 ]
	[ -z "$errors" ]
	is "$output" <<-END
		old      4 connections, 2 findings  a.pcap
		new      6 connections, 3 findings  b.pcap

		appeared 0 → 2  10.0.0.9:8443  warning rst-abort, server
		         0 → 2  10.0.0.9:8443  reset by server

		gone     1 → 0  10.0.0.9:443   warning rst-abort, server
		         1 → 0  10.0.0.9:443   reset by server

		changed  2 → 3  10.0.0.9:80    closed normally, client first

		next     tcpends --explain rst-abort
	END
	try --ascii --diff b.pcap a.pcap
	[[ $output == *"3 -> 2  10.0.0.9:80"* ]]
	try --diff a.pcap --out jsonl=report.jsonl b.pcap
	[ "$status" -eq 1 ]
	python3 "$CHECK_SCHEMA" <report.jsonl
	[ "$(grep -c '"type":"diff"' report.jsonl)" -eq 5 ]
}

@test "JSON: both files first, both together in the summary" {
	old_capture a.pcap
	report a.pcap a.jsonl
	new_capture b.pcap
	changes a.jsonl b.pcap
	head -n 1 lines.jsonl | grep -q '"file":1,"path":"a.jsonl","format":"jsonl","codec":null,"linktype":null,.*"file":2,"path":"b.pcap","format":"pcap"'
	tail -n 1 lines.jsonl | grep -q '"connections":10,"finding_counts":{"refused":2,"rst-abort":3},.*"complete":true,"exit":1}'
	packets=$(($(tail -n 1 a.jsonl | sed 's/.*"packets":\([0-9]*\),"tcp.*/\1/') + \
		$("$TCPENDS" --json b.pcap | tail -n 1 | sed 's/.*"packets":\([0-9]*\),"tcp.*/\1/')))
	tail -n 1 lines.jsonl | grep -q "\"packets\":$packets,"
}

@test "a row for each end" {
	capture a.pcap < <(closes 10.0.0.1:40001 10.0.0.9:80)
	capture b.pcap < <(
		aborts 10.0.0.1:40001 10.0.0.9:80
		opens 10.0.0.1:40002 10.0.0.9:80
		echo '+10ms B > P. 1:101   ack 1'
		echo '+10ms A > .  1:1     ack 101'
		echo '+10ms A > R. 1:1     ack 101'
	)
	changes a.pcap b.pcap | grep -c 'appeared finding 10.0.0.9:80 rst-abort 0 1' | is 2
}

# ---- not all of it is there ------------------------------------------------------

@test "a cut capture: compared all the same, status 3, unless allowed" {
	old_capture a.pcap
	new_capture b.pcap
	head -c -5 b.pcap >cut.pcap
	incomplete 'cut.pcap: ' --diff a.pcap cut.pcap
	[[ $output == *appeared* ]]
	try --allow truncated-tail --diff a.pcap cut.pcap
	[ "$status" -eq 1 ]
	"$TCPENDS" --json cut.pcap >cut.jsonl || [ $? -eq 3 ]
	incomplete 'says that its capture is not complete' --diff a.pcap cut.jsonl
	[[ $output == *appeared* ]]
	try --allow truncated-tail --diff cut.jsonl cut.pcap
	[ "$status" -eq 0 ]
	"$TCPENDS" --json --allow truncated-tail cut.pcap >cut.jsonl
	same cut.jsonl cut.jsonl
}

@test "an input that cannot be read is compared with nothing" {
	old_capture a.pcap
	echo 'no capture' >text
	for bad in nowhere.pcap text; do
		incomplete "$bad: " --diff a.pcap ./$bad
		[ -z "$output" ]
		incomplete "$bad: " --diff ./$bad a.pcap
		[ -z "$output" ]
	done
	incomplete 'nowhere.pcap: ' --json --diff nowhere.pcap a.pcap
	python3 "$CHECK_SCHEMA" <<<"$output"
	[[ $output != *'"type":"diff"'* ]]
	[[ $output == *'"complete":false,"exit":3}' ]]
}

@test "a cut report: in a line, or behind one" {
	old_capture a.pcap
	report a.pcap a.jsonl
	head -n -1 a.jsonl >cut.jsonl
	incomplete "cut.jsonl: cut: there is no summary (at line $(wc -l <cut.jsonl))" \
		--diff a.jsonl cut.jsonl
	[[ $output == *'no difference' ]]
	head -c -40 a.jsonl >cut.jsonl
	incomplete 'cut.jsonl: cut: there is no summary' --diff cut.jsonl a.jsonl
	gzip -c a.jsonl | head -c -20 >cut.jsonl
	incomplete 'cut.jsonl: gzip data cut at byte' --diff cut.jsonl a.jsonl
	new_capture b.pcap
	"$TCPENDS" --json --separate a.pcap b.pcap >two.jsonl
	head -c $(($(wc -c <a.jsonl) + 9)) two.jsonl >cut.jsonl
	incomplete "cut: there is no summary (at line $(($(wc -l <a.jsonl) + 1)))" \
		--diff a.jsonl cut.jsonl
	[[ $output == *'no difference' ]]
	(head -n -1 a.jsonl && cat a.jsonl) >cut.jsonl
	incomplete 'cut: there is no summary' --diff a.jsonl cut.jsonl
	[[ $output == *'changed'*'2 → 4'* ]]
	head -c -1 a.jsonl >whole.jsonl
	same whole.jsonl a.jsonl
}

@test "damaged lines: the first is named, the others count" {
	old_capture a.pcap
	report a.pcap a.jsonl
	sed '3s/^{/[/' a.jsonl >bad.jsonl
	incomplete 'bad.jsonl: line 3: no JSON object: ' --diff a.jsonl bad.jsonl
	[[ $output == *'no difference' ]]
	sed '3s/^{/[/;5s/"/:/' a.jsonl >bad.jsonl
	incomplete '(and 1 more wrong lines)' --diff a.jsonl bad.jsonl
	[[ $errors == *'bad.jsonl: line 3: '* ]]
	n=$(grep -n '"type":"transition"' a.jsonl | head -n 1 | cut -d : -f 1)
	sed "${n}s/,[^,]*\$//" a.jsonl >bad.jsonl
	incomplete "bad.jsonl: line $n: no JSON object: " --diff a.jsonl bad.jsonl
	n=$(grep -n '"type":"connection"' a.jsonl | head -n 1 | cut -d : -f 1)
	for wrong in 's/"opened":"[a-z]*"/"opened":"ajar"/' 's/"closed":"/"shut":"/' \
		's/"first_closer":"client"/"first_closer":"nobody"/' \
		's/"server":{"addr":"[0-9.]*"/"server":{"addr":"10.0.0.300"/' \
		's/"port":80,/"port":65536,/' 's/"port":80,/"port":null,/' \
		's/"state":"TIME_WAIT"/"state":"WAITING"/' 's/"type":"connection"/"type":"con"/' \
		's/"opened":/"opened":"fin","opened":/'; do
		sed "${n}$wrong" a.jsonl >bad.jsonl
		! cmp -s a.jsonl bad.jsonl
		try --diff a.jsonl bad.jsonl
		[ "$status" -eq 3 ]
		[[ $errors == "tcpends: bad.jsonl: line $n: "* ]]
		[[ $output == *'changed  2 → 1  10.0.0.9:80 '* ]]
	done
	n=$(grep -n '"type":"finding"' a.jsonl | head -n 1 | cut -d : -f 1)
	for wrong in 's/"fingerprint":"[0-9a-f]/"fingerprint":"/' 's/"severity":"/&big/' \
		's/"finding":"/&\\u001b/' 's/"end":"server"/"end":"both"/'; do
		sed "${n}$wrong" a.jsonl >bad.jsonl
		! cmp -s a.jsonl bad.jsonl
		incomplete "bad.jsonl: line $n: finding: " --diff a.jsonl bad.jsonl
		[[ $output == *'gone     1 → 0'* ]]
	done
	printf '{\0}\n' | cat a.jsonl - >bad.jsonl
	incomplete "line $(($(wc -l <a.jsonl) + 1)): " --diff a.jsonl bad.jsonl
}

@test "JSON of others is no report" {
	old_capture a.pcap
	report a.pcap a.jsonl
	printf '{"type":"capture","schema":"tcpends/2"}\n{}\n{}\n' >other.jsonl
	incomplete "other.jsonl: line 1: its schema is 'tcpends/2', not 'tcpends/1'" \
		--diff a.jsonl other.jsonl
	[[ $errors == *"'tcpends/1'" ]]
	[ -z "$output" ]
	printf '{"a":"\\u001b[2J"}\n{}\n' >other.jsonl
	incomplete 'other.jsonl: line 1: ' --diff other.jsonl a.jsonl
	[ -z "$output" ]
	printf '{"type":"capture","schema":"\\u001b[2J\\n"}\n' >other.jsonl
	incomplete '\x1b[2J\x0a' --diff other.jsonl a.jsonl
	echo '{' >other.jsonl
	incomplete 'other.jsonl: line 1: no JSON' --diff other.jsonl a.jsonl
	echo '[1]' >other.jsonl
	incomplete 'other.jsonl: ' --diff other.jsonl a.jsonl
	new_capture b.pcap
	"$TCPENDS" --json --diff a.pcap b.pcap >diff.jsonl || [ $? -eq 1 ]
	incomplete 'line 2: this is a report of --diff already' --diff diff.jsonl a.jsonl
	[ -z "$output" ]
	tail -n +2 a.jsonl >tail.jsonl
	incomplete "line 1: no report of tcpends begins so" --diff tail.jsonl a.jsonl
}

@test "a report that does not tell all cannot be compared" {
	old_capture a.pcap
	report a.pcap a.jsonl
	"$TCPENDS" --json --show findings a.pcap >part.jsonl
	incomplete 'it tells 0 of 4 connections' --diff a.jsonl part.jsonl
	"$TCPENDS" --json --finding refused a.pcap >part.jsonl
	incomplete 'it tells 1 of 4 connections' --diff a.jsonl part.jsonl
	"$TCPENDS" --json --show connections a.pcap >part.jsonl
	incomplete 'it tells 0 of 2 findings' --diff a.jsonl part.jsonl
	"$TCPENDS" --json --show connections,findings a.pcap >short.jsonl
	same a.jsonl short.jsonl
}

@test "a report with several captures in it" {
	old_capture a.pcap
	new_capture b.pcap
	"$TCPENDS" --json --separate a.pcap b.pcap >two.jsonl
	changes a.pcap two.jsonl | grep ' 10.0.0.9:80 ' | is \
		'changed connection 10.0.0.9:80 handshake/fin 2 5'
}

# ---- nothing, and much ------------------------------------------------------------

@test "empty captures do not differ" {
	old_capture a.pcap
	head -c 24 a.pcap >empty.pcap
	report empty.pcap empty.jsonl
	same empty.pcap empty.jsonl
	try --diff empty.pcap a.pcap
	[ "$status" -eq 1 ]
	[[ $output != *gone* ]]
	: >nothing
	incomplete 'nothing: ' --diff ./nothing a.pcap
}

@test "a filter is for captures" {
	old_capture a.pcap
	new_capture b.pcap
	report b.pcap b.jsonl
	changes a.pcap b.pcap port 80 | is 'changed connection 10.0.0.9:80 handshake/fin 2 3'
	try --diff a.pcap b.pcap port 81
	[ "$status" -eq 0 ]
	wrong 'b.jsonl: is a report' --diff a.pcap b.jsonl port 80
	wrong 'filter' --diff a.pcap b.pcap 'port 80 and'
}

@test "a great difference: a screen of text, all with -v" {
	capture a.pcap < <(closes 10.0.0.1:40001 10.0.0.9:80)
	report a.pcap a.jsonl
	python3 - a.jsonl >b.jsonl <<-'END'
		import json, sys
		lines = [json.loads(line) for line in open(sys.argv[1])]
		one = next(line for line in lines if line["type"] == "connection")
		print(json.dumps(lines[0]))
		for i in range(10000):
		    finding = {"type": "finding", "finding": "rst-abort", "severity": "error",
		               "server": {"addr": f"10.1.{i // 250}.{i % 250}", "port": 80},
		               "end": "client", "fingerprint": f"{i:016x}"}
		    one["server"].update(finding["server"])
		    print(json.dumps(finding))
		    print(json.dumps(one))
		lines[-1]["connections"] = 10000
		lines[-1]["finding_counts"] = {"rst-abort": 10000}
		print(json.dumps(lines[-1]))
	END
	try --diff a.pcap b.jsonl
	[ "$status" -eq 1 ]
	[ "$(wc -l <<<"$output")" -le 23 ]
	[[ $output == *'and 19,989 more (-v)'* ]]
	try -v --diff a.pcap b.jsonl
	[ "$(grep -c '0 → 1' <<<"$output")" -eq 20000 ]
	[ "$(grep -c '10.1.39.249:80 *error rst-abort, client$' <<<"$output")" -eq 1 ]
}

# ---- the command line ----------------------------------------------------------------

@test "two inputs, and nothing that makes no sense beside them" {
	old_capture a.pcap
	wrong '--diff needs a value: OLD NEW' --diff
	wrong 'NEW is missing' --diff a.pcap
	wrong "'b' is no file" --diff a.pcap b
	wrong "'a.pcap' is one too many" --diff a.pcap a.pcap a.pcap
	wrong "'-' is given twice" --diff - -
	wrong '--check' --check --diff a.pcap a.pcap
	wrong '--fail-on' --fail-on error --diff a.pcap a.pcap
	wrong 'selection' --state ESTAB --diff a.pcap a.pcap
	wrong 'selection' --top 3 --diff a.pcap a.pcap
	wrong '--show' --show hosts --diff a.pcap a.pcap
	wrong '--at' --at +1 --diff a.pcap a.pcap
	wrong '-w' -w out.pcap --diff a.pcap a.pcap
	wrong '-i' -i lo --diff a.pcap
	wrong 'text or jsonl, not csv' -T csv --diff a.pcap a.pcap
	wrong 'text or jsonl, not csv' --out csv=x --diff a.pcap a.pcap
	wrong 'no report' --diff a.pcap -
	wrong 'no report' --diff <(cat a.pcap) a.pcap
	[ ! -e out.pcap ]
	same a.pcap -r a.pcap
	cp a.pcap plain
	same plain plain
}
