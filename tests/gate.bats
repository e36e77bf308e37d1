#!/usr/bin/env bats
# The gate for CI: policies, baselines, exit status, and the reports of --check.
#
# TCPENDS is the program, BUILDDIR where tests/mkpcap was built; captures are compiled
# from packet scripts, tests/scripts/README is their notation.

setup_file() {
	here=$(cd "$(dirname "$BATS_TEST_FILENAME")/.." && pwd)
	export TCPENDS="${TCPENDS:-$here/tcpends}"
	export MKPCAP="${BUILDDIR:-$here}/tests/mkpcap"
	export CHECK_SCHEMA="$here/tests/check-schema.py" CHECK_SARIF="$here/tests/check-sarif.py"
	export JUNIT_XSD="$here/schema/junit.xsd"
	export LC_ALL=C.UTF-8 NO_COLOR=1
	unset COLUMNS SOURCE_DATE_EPOCH
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	{ closes a 10.0.0.1:40000 10.0.0.9:443; } | capture good.pcap
	{ closes a 10.0.0.1:40000 10.0.0.9:443; aborts b 10.0.0.1:40001 10.0.0.9:443; } |
		capture bad.pcap
}

# ---- captures: what packet scripts compile to ----

capture() {
	cat >"$1.pkt"
	"$MKPCAP" "$1.pkt" "$1"
}

# closes NAME CLIENT SERVER: opened in 20 ms, closed, the client first
closes() {
	cat <<-END
		conn $1 $2 > $3
		+1s    A > S  0:0
		+15ms  B > S. 0:0 ack 1
		+5ms   A > .  1 ack 1
		+1s    A > F. 1 ack 1
		+1ms   B > F. 1 ack 2
		+1ms   A > .  2 ack 2
	END
}

# aborts NAME CLIENT SERVER: by RST of the client, while idle: rst-abort, a warning
aborts() {
	cat <<-END
		conn $1 $2 > $3
		+1s    A > S  0:0
		+15ms  B > S. 0:0 ack 1
		+5ms   A > .  1 ack 1
		+1ms   B > P. 1:11 ack 1
		+1ms   A > .  1 ack 11
		+1s    A > R. 1 ack 11
	END
}

# refuses NAME CLIENT SERVER: a note
refuses() {
	cat <<-END
		conn $1 $2 > $3
		+1s    A > S  0:0
		+1ms   B > R. 0 ack 1
	END
}

le32() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
	$(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }
pcap_header() { printf "$(le32 0xa1b2c3d4)$(le32 0x00040002)$(le32 0)$(le32 0)$(le32 65535)$(le32 1)"; }
# One datagram of UDP
udp_capture() {
	pcap_header
	printf "$(le32 9)$(le32 0)$(le32 42)$(le32 42)"
	printf '\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0'
	printf '\x45\0\0\x1c\0\x01\0\0\x40\x11\0\0\x0a\0\0\x01\x0a\0\0\x02'
	printf '\0\x35\0\x35\0\x08\0\0'
}

# ---- helpers ----

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

policy() { cat >ci.ini; }

# No line is like that; `! grep` would pass in the middle of a test whatever it finds.
none() { if grep "$@"; then return 1; fi; }

# What another reader of TAP makes of it
tap_counts='open my $in, "<", shift; my $p = TAP::Parser->new({ tap => join("", <$in>) });
	$p->run; die $p->parse_errors if $p->parse_errors || !$p->is_good_plan;
	printf "%d passed, %d failed, %d skipped\n", scalar $p->actual_passed,
		scalar $p->actual_failed, scalar $p->skipped;'

# All reports of one run, into r.*, each looked at by what reads it elsewhere.
reports() {
	for tool in xmllint perl python3; do
		command -v $tool >/dev/null || skip "$tool is not there"
	done
	try "$@" --out junit=r.xml --out sarif=r.sarif --out tap=r.tap --out github=r.github \
		--out summary=r.md --out jsonl=r.jsonl
	xmllint --noout --schema "$JUNIT_XSD" r.xml
	python3 "$CHECK_SARIF" r.sarif >r.results
	[ "$(grep -c . r.github)" -le 10 ]
	head -n 1 r.md | grep '^## tcpends: '
	perl -MTAP::Parser -e "$tap_counts" r.tap >r.points
}

# ---- rules ----

@test "a rule that is kept, one that is broken" {
	policy <<-END
		[rule closes]
		match = dst port 443
		closed = fin
		first-closer = client
	END
	try --policy ci.ini good.pcap
	[ "$status" -eq 0 ]
	[[ $output == *"passed   closes: 0 violations in 1 connection"* ]]
	[ "$(tail -n 1 <<<"$output")" = \
		"check: passed - 0 of 1 rule broken, 0 findings at or above warning" ]
	try --policy ci.ini --fail-on never bad.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"FAILED   closes: 1 violation in 2 connections"* ]]
	[[ $output == *"#2 10.0.0.1:40001 > 10.0.0.9:443, frame 7: closed rst-client, not fin"* ]]
	sed -i 's/^first-closer = client/first-closer = server, none/' ci.ini
	try --policy ci.ini --fail-on never bad.pcap
	[[ $output == *"FAILED   closes: 3 violations in 2 connections"* ]]
	[[ $output == *"first-closer client, not server or none (and 1 more)"* ]]
	try -q --policy ci.ini --fail-on never bad.pcap
	[[ $output != *"closes:"* ]]
	[ "$(tail -n 1 <<<"$output")" = "check: FAILED - 1 of 1 rule broken, no finding fails" ]
}

@test "match is from client to server" {
	for match in "dst port 443" "src port 40000" "dst host 10.0.0.9" "src net 10.0.0.0/24"; do
		printf '[rule a]\nmatch = %s\n' "$match" >ci.ini
		try --policy ci.ini good.pcap
		[ "$status" -eq 0 ]
	done
	for match in "src port 443" "dst host 10.0.0.1" "ip6"; do
		printf '[rule a]\nmatch = %s\n' "$match" >ci.ini
		try --policy ci.ini good.pcap
		[ "$status" -eq 1 ]
		[[ $output == *"no connection matches"* ]]
	done
}

@test "require-match = no lets a rule have nothing to judge" {
	printf '[rule a]\nmatch = dst port 1\nrequire-match = no\n' >ci.ini
	try --policy ci.ini good.pcap
	[ "$status" -eq 0 ]
}

@test "opened: a word of several" {
	refuses a 10.0.0.1:40000 10.0.0.9:443 | capture refused.pcap
	printf '[rule a]\nopened = handshake, refused\n' >ci.ini
	try --policy ci.ini refused.pcap
	[ "$status" -eq 0 ]
	printf '[rule a]\nopened = handshake\n' >ci.ini
	try --policy ci.ini refused.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"opened refused, not handshake"* ]]
}

@test "forbid fails below the threshold, allow passes above it" {
	refuses a 10.0.0.1:40000 10.0.0.9:443 | capture refused.pcap
	try --check refused.pcap
	[ "$status" -eq 0 ]
	printf '[rule a]\nforbid = refused\n' >ci.ini
	try --policy ci.ini refused.pcap
	[ "$status" -eq 1 ]
	printf '[rule a]\nallow = rst-abort\n' >ci.ini
	try --policy ci.ini bad.pcap
	[ "$status" -eq 0 ]
	# of the connections that the rule matches
	printf '[rule a]\nmatch = src port 40000\nallow = rst-abort\n' >ci.ini
	try --policy ci.ini bad.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"FAILED   findings at or above warning: 1 finding"* ]]
}

@test "a forbidden finding is judged by its rule alone: max-count tolerates it" {
	printf '[rule a]\nforbid = rst-abort\nmax-count = 1\n' >ci.ini
	try --policy ci.ini bad.pcap
	[ "$status" -eq 0 ]
	[[ $output == *"1 violation (1 tolerated) in 2 connections"* ]]
	printf '[rule a]\nforbid = rst-abort\nmax-count = 0\n' >ci.ini
	try --policy ci.ini bad.pcap
	[ "$status" -eq 1 ]
}

@test "handshake-p99 is of the nearest rank, repeats of the SYN included" {
	{
		for i in $(seq 1 19); do closes "c$i" "10.0.0.1:$((41000 + i))" 10.0.0.9:443; done
		cat <<-END
			conn slow 10.0.0.1:42000 > 10.0.0.9:443
			+1s    A > S  0:0
			+1s    A > same
			+15ms  B > S. 0:0 ack 1
			+5ms   A > .  1 ack 1
			+1ms   A > F. 1 ack 1
			+1ms   B > F. 1 ack 2
			+1ms   A > .  2 ack 2
		END
	} | capture slow.pcap
	printf '[rule a]\nhandshake-p95 = 20ms\nhandshake-p50 = 20ms\n' >ci.ini
	try --policy ci.ini slow.pcap
	[ "$status" -eq 0 ]
	printf '[rule a]\nhandshake-p95 = 19ms\nmax-count = 9\n' >ci.ini
	try --policy ci.ini slow.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"handshake-p95 is 20 ms, above 19 ms (of 20)"* ]]
	printf '[rule a]\nhandshake-p99 = 1s\n' >ci.ini
	try --policy ci.ini slow.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"handshake-p99 is 1020.000 ms, above 1000.000 ms (of 20)"* ]]
	printf '[rule a]\nhandshake-p99 = 1020ms\n' >ci.ini
	try --policy ci.ini slow.pcap
	[ "$status" -eq 0 ]
}

@test "a handshake that no capture has cannot be timed" {
	refuses a 10.0.0.1:40000 10.0.0.9:443 | capture refused.pcap
	printf '[rule a]\nhandshake-p99 = 1s\n' >ci.ini
	try --policy ci.ini refused.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"no handshake of a connection that matches was captured"* ]]
}

# ---- the policy as a file ----

@test "what is wrong in a policy is told with its place, and nothing is analysed" {
	printf '[rule a]\nmatch = dst port 443 and vlan\n' >ci.ini
	wrong "ci.ini: line 2, column 26: match: 'vlan' can mean nothing here" \
		--policy ci.ini --out junit=r.xml good.pcap
	[ ! -e r.xml ]
	printf '[rule a]\nclosd = fin\n' >ci.ini
	wrong "line 2, column 1: [rule] has no key 'closd'; did you mean closed?" \
		--policy ci.ini good.pcap
	wrong "nosuch.ini: No such file" --policy nosuch.ini good.pcap
	wrong "is given twice" --policy ci.ini --policy ci.ini good.pcap
	wrong "nosuch.ini: No such file" --baseline nosuch.ini good.pcap
	printf '[rule a]\n' >known.ini
	wrong "known.ini: line 1, column 2: a baseline has [allow FINGERPRINT] alone" \
		--baseline known.ini good.pcap
	mkdir -p dir
	wrong "dir: " --policy dir good.pcap
	: >ci.ini
	SOURCE_DATE_EPOCH=x wrong "SOURCE_DATE_EPOCH" --policy ci.ini good.pcap
}

@test "the command line wins over the policy" {
	printf '[check]\nfail-on = never\nallow = empty\n' >ci.ini
	try --policy ci.ini bad.pcap
	[ "$status" -eq 0 ]
	try --fail-on warning --policy ci.ini bad.pcap
	[ "$status" -eq 1 ]
	pcap_header >empty.pcap
	try --policy ci.ini empty.pcap
	[ "$status" -eq 0 ]
	capture leak.pcap <<-END
		conn a 10.0.0.1:40000 > 10.0.0.9:443
		+0     A > S  0:0
		+1ms   B > S. 0:0 ack 1
		+1ms   A > .  1 ack 1
		+1s    A > F. 1 ack 1
		+1ms   B > .  1 ack 2
		conn b 10.0.0.1:40001 > 10.0.0.9:443
		+20s   A > S  0:0
		+1ms   B > R. 0 ack 1
	END
	try --check leak.pcap
	[ "$status" -eq 0 ]
	printf '[limits]\nclose-wait-stuck = 10s\n' >ci.ini
	try --policy ci.ini leak.pcap
	[ "$status" -eq 1 ]
	try --policy ci.ini --set close-wait-stuck=60s leak.pcap
	[ "$status" -eq 0 ]
	try --set close-wait-stuck=60s --policy ci.ini leak.pcap
	[ "$status" -eq 0 ]
}

@test "findings of listeners and holders: by the rules that match one of their connections" {
	for i in 1 2 3 4; do closes "c$i" "10.0.0.1:4000$i" 10.0.0.9:443; done | capture pressed.pcap
	flags="--port-range 40000-40004 --set time-wait=600"
	try --check $flags pressed.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"time-wait-pressure"* ]]
	for match in "dst port 443" "src net 10.0.0.0/24" "src portrange 40000-40009" \
		"src host 10.0.0.1 and dst host 10.0.0.9"; do
		printf '[rule a]\nmatch = %s\nallow = time-wait-pressure\n' "$match" >ci.ini
		try --policy ci.ini $flags pressed.pcap
		[ "$status" -eq 0 ]
		printf '[rule a]\nmatch = %s\nforbid = time-wait-pressure\n' "$match" >ci.ini
		try --policy ci.ini $flags --fail-on never pressed.pcap
		[ "$status" -eq 1 ]
		[[ $output == *"FAILED   a: 1 violation in 4 connections"* ]]
	done
	printf '[rule a]\nmatch = dst port 80\nrequire-match = no\nallow = time-wait-pressure\n' >ci.ini
	try --policy ci.ini $flags pressed.pcap
	[ "$status" -eq 1 ]
	for i in 1 2 3 4; do
		cat <<-END
			conn h$i 10.0.1.$i:4000 > 10.0.0.9:443
			+1ms   A > S  0:0
			+1ms   B > S. 0:0 ack 1
		END
	done | capture pending.pcap
	cat >>pending.pcap.pkt <<-END
		conn last 10.0.2.1:4000 > 10.0.0.9:80
		+20s   A > S  0:0
		+1ms   B > R. 0 ack 1
	END
	"$MKPCAP" pending.pcap.pkt pending.pcap
	# a flood is of the listener, and is the half-open connections of these clients, too
	for forbid in syn-flood half-open-syn-rcvd; do
		printf '[rule a]\nmatch = src net 10.0.1.0/24\nforbid = %s\n' $forbid >ci.ini
		try --policy ci.ini --fail-on never --set syn-flood-count=3 pending.pcap
		[ "$status" -eq 1 ]
		[[ $output == *"10.0.0.9:443"*"syn-flood: "* ]]
		printf '[rule a]\nmatch = src net 10.0.2.0/24\nforbid = %s\n' $forbid >ci.ini
		try --policy ci.ini --fail-on never --set syn-flood-count=3 pending.pcap
		[ "$status" -eq 0 ]
	done
}

# ---- inputs and exit status ----

@test "each capture is judged alone, also those of a directory" {
	mkdir captures
	cp good.pcap captures/b.pcap
	cp bad.pcap captures/a.pcap.cap
	echo "no capture" >captures/README
	try --check captures good.pcap
	[ "$status" -eq 1 ]
	[ "$(grep '^check: ' <<<"$output")" = "check: captures/a.pcap.cap: FAILED - 1 finding at or above warning
check: captures/b.pcap: passed - 0 findings at or above warning
check: good.pcap: passed - 0 findings at or above warning
check: FAILED - 2 of 3 captures passed" ]
	try --check captures/ good.pcap
	[[ $output == *"check: captures/b.pcap: passed"* ]]
	mkdir empty
	try --check empty good.pcap
	[ "$status" -eq 3 ]
	[[ $errors == *"empty: is a directory"* ]]
	[[ $output == *"check: good.pcap: passed"* ]]
}

@test "incomplete wins over broken, wrong usage over all" {
	head -c -3 bad.pcap >cut.pcap
	try --check cut.pcap
	[ "$status" -eq 3 ]
	[[ $output == *"check: INCOMPLETE"* ]]
	reports --check cut.pcap
	[ "$status" -eq 3 ]
	grep -q '<error message="[^"]*at byte' r.xml
	grep -q '^not ok .*cut.pcap: capture' r.tap
	grep -q '^::error file=cut.pcap,title=capture::' r.github
	reports --check good.pcap nosuch.pcap
	[ "$status" -eq 3 ]
	grep -q 'No such file' r.xml
	grep -q 'nosuch.pcap: No such file' r.sarif
}

@test "captures without TCP: 3, and well-formed reports" {
	udp_capture >udp.pcap
	pcap_header >none.pcap
	printf '[rule a]\nclosed = fin\n' >ci.ini
	for capture in udp.pcap none.pcap; do
		reports --check $capture
		[ "$status" -eq 3 ]
		grep -q 'no TCP connection to judge' r.xml
		reports --policy ci.ini $capture
		[ "$status" -eq 3 ]
		reports --check --allow empty $capture
		[ "$status" -eq 0 ]
		[ "$(grep -c '^ok' r.tap)" -ge 1 ]
		none '^not ok' r.tap
	done
	reports --check --allow empty --fail-on never none.pcap
	[ "$status" -eq 0 ]
	grep -q '^1\.\.1$' r.tap
}

# ---- baselines ----

@test "what is in the baseline fails nothing, in a new capture of the same system too" {
	try --check --write-baseline known.ini bad.pcap
	[ "$status" -eq 1 ]
	# rst-abort|client|10.0.0.9|443
	print=$(printf 'rst-abort|client|10.0.0.9|443' | sha256sum | cut -c 1-16)
	grep -qx "\[allow $print\]" known.ini
	grep -qx "max = 1" known.ini
	try --check --baseline known.ini bad.pcap
	[ "$status" -eq 0 ]
	[[ $output == *"check: passed - 0 findings at or above warning, 1 known"* ]]
	# other client, other port, other time
	aborts x 10.0.0.77:55555 10.0.0.9:443 | sed 's/+1s/+7s/' | capture later.pcap
	try --baseline known.ini later.pcap
	[ "$status" -eq 0 ]
	# other server
	aborts x 10.0.0.77:55555 10.0.0.8:443 | capture other.pcap
	try --baseline known.ini other.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"stale    $print"*"known.ini: line "* ]]
	reports --baseline known.ini other.pcap
	grep -q "^# stale: $print was there when this was written (known.ini: line " r.tap
	grep -q "\"note\",\"message\":{\"text\":\"stale: $print " r.sarif
	[ "$(grep -c "^::notice .*1 of the baseline stale or expired, as $print in known.ini" r.github)" = 1 ]
	grep -q "^- stale \`$print\`" r.md
}

@test "more than max is new, and JSON says which is known" {
	{ aborts a 10.0.0.1:1 10.0.0.9:443; aborts b 10.0.0.1:2 10.0.0.9:443; } | capture two.pcap
	try --check --write-baseline known.ini bad.pcap
	try --baseline known.ini two.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"1 finding at or above warning, 1 known"* ]]
	try --baseline known.ini --json two.pcap
	[ "$(grep -o '"known":[a-z]*' <<<"$output" | paste -sd ' ')" = '"known":true "known":false' ]
	python3 "$CHECK_SCHEMA" <<<"$output"
	# each capture has its own count
	try --baseline known.ini bad.pcap good.pcap bad.pcap
	[ "$status" -eq 0 ]
	# the largest number of one capture
	try --check --write-baseline known.ini bad.pcap two.pcap
	grep -qx "max = 2" known.ini
	try --baseline known.ini bad.pcap two.pcap
	[ "$status" -eq 0 ]
}

@test "until: the last day, by SOURCE_DATE_EPOCH" {
	try --check --write-baseline known.ini bad.pcap
	echo 'until = 2026-03-01' >>known.ini
	SOURCE_DATE_EPOCH=$(date -u -d 2026-03-01T23:59:59Z +%s) try --baseline known.ini bad.pcap
	[ "$status" -eq 0 ]
	SOURCE_DATE_EPOCH=$(date -u -d 2026-03-02T00:00:00Z +%s) try --baseline known.ini bad.pcap
	[ "$status" -eq 1 ]
	[[ $output == *"expired  "*"known.ini: line "* ]]
}

@test "a baseline that is written anew keeps reasons and days" {
	try --baseline known.ini --write-baseline known.ini bad.pcap
	[ "$status" -eq 1 ]
	sed -i 's/^reason = .*/reason = ticket 12/' known.ini
	echo 'until = 9999-12-31' >>known.ini
	cp known.ini before.ini
	try --baseline known.ini --write-baseline known.ini bad.pcap
	[ "$status" -eq 0 ]
	cmp known.ini before.ini
	# what is stale goes
	try --baseline known.ini --write-baseline known.ini good.pcap
	none '^\[allow' known.ini
}

@test "what the policy allows is not written, and not said twice" {
	try --check --write-baseline known.ini bad.pcap
	grep -A 2 '^\[allow' known.ini >ci.ini
	try --policy ci.ini bad.pcap
	[ "$status" -eq 0 ]
	try --policy ci.ini --write-baseline more.ini bad.pcap
	none '^\[allow' more.ini
	wrong "is allowed before: ci.ini: line 1" --policy ci.ini --baseline known.ini bad.pcap
}

@test "a broken rule can be known as well" {
	printf '[rule a]\nclosed = fin\nfirst-closer = client\n[rule b]\nmatch = dst port 1\n' >ci.ini
	try --policy ci.ini --fail-on never --write-baseline known.ini bad.pcap
	[ "$status" -eq 1 ]
	print=$(printf 'a:closed||10.0.0.9|443' | sha256sum | cut -c 1-16)
	grep -q "^\[allow $print\]" known.ini
	try --policy ci.ini --fail-on never --baseline known.ini bad.pcap
	[ "$status" -eq 0 ]
	[[ $output == *"known    a: 0 violations in 2 connections, 1 known"* ]]
	{ aborts a 10.0.0.1:1 10.0.0.9:443; aborts b 10.0.0.1:2 10.0.0.9:443; } | capture two.pcap
	try --policy ci.ini --fail-on never --baseline known.ini two.pcap
	[ "$status" -eq 1 ]
}

@test "fingerprint = port holds when servers move; --port-range says what is ephemeral" {
	printf '[check]\nfingerprint = port\n' >ci.ini
	try --policy ci.ini --write-baseline known.ini bad.pcap
	aborts x 10.0.0.77:55555 10.0.0.8:443 | capture other.pcap
	try --policy ci.ini --baseline known.ini other.pcap
	[ "$status" -eq 0 ]
	try --baseline known.ini other.pcap
	[ "$status" -eq 1 ]
	aborts x 10.0.0.77:55555 10.0.0.9:40001 | capture high1.pcap
	aborts x 10.0.0.77:55555 10.0.0.9:40002 | capture high2.pcap
	try --check --write-baseline known.ini high1.pcap
	try --baseline known.ini high2.pcap
	[ "$status" -eq 0 ]
	try --check --port-range 49152-65535 --write-baseline known.ini high1.pcap
	try --baseline known.ini --port-range 49152-65535 high2.pcap
	[ "$status" -eq 1 ]
}

@test "what a rule tolerates is not written into a baseline" {
	printf '[rule a]\nforbid = rst-abort\nmax-count = 1\n' >ci.ini
	try --policy ci.ini --write-baseline known.ini bad.pcap
	[ "$status" -eq 0 ]
	none '^\[allow' known.ini
	{ aborts a 10.0.0.1:1 10.0.0.9:443; aborts b 10.0.0.1:2 10.0.0.9:443; } | capture two.pcap
	try --policy ci.ini --baseline known.ini two.pcap
	[ "$status" -eq 1 ]
	try --policy ci.ini --write-baseline known.ini two.pcap
	grep -qx 'max = 2' known.ini
}

@test "an incomplete run leaves a baseline as it was" {
	try --check --write-baseline known.ini bad.pcap
	cp known.ini before.ini
	try --baseline known.ini --write-baseline known.ini good.pcap nosuch.pcap
	[ "$status" -eq 3 ]
	[[ $errors == *"known.ini: not written, for the captures are incomplete"* ]]
	cmp known.ini before.ini
	head -c -3 bad.pcap >cut.pcap
	try --check --allow truncated-tail --write-baseline new.ini cut.pcap
	[ -e new.ini ]
}

@test "a baseline that cannot be written is said" {
	try --check --write-baseline nosuch/known.ini good.pcap
	[ "$status" -eq 3 ]
	[[ $errors == *"nosuch/known.ini: No such file"* ]]
}

# ---- reports ----

@test "reports of --check need it" {
	for format in junit sarif tap github summary; do
		wrong "$format tells of --check" -T $format good.pcap
		wrong "$format tells of --check" --out $format=r good.pcap
		[ ! -e r ]
	done
}

@test "without rules: a case for each finding that can reach the threshold" {
	reports --check bad.pcap
	[ "$status" -eq 1 ]
	cases=$("$TCPENDS" --list-findings | awk '$2 != "note"' | wc -l)
	[ "$(grep -c '<testcase ' r.xml)" = "$cases" ]
	grep -qx "1\.\.$cases" r.tap
	[ "$(grep -c '<failure ' r.xml)" = 1 ]
	grep -q 'testcase name="rst-abort"' r.xml
	grep -q '<failure message="1 finding: #2 10.0.0.1:40001 &gt; 10.0.0.9:443, frame 12: rst-abort: ' r.xml
	grep -q '^#2 .*rst-abort: .* \[[0-9a-f]*\]$' r.xml
	grep -q '^not ok [0-9]* - bad.pcap: rst-abort$' r.tap
	[ "$(cut -f 1,2,4- r.results)" = "$(printf 'warning\trst-abort\t1\tactive\tbad.pcap:12')" ]
	grep -q '^::error file=bad.pcap,title=rst-abort::#2 ' r.github
	[ "$(wc -l <r.github)" = 1 ]
	grep -q '| ❌ FAILED | rst-abort | 1 finding |' r.md
	[ "$(cat r.points)" = "$((cases - 1)) passed, 1 failed, 0 skipped" ]
}

@test "with rules: a case for each, and the known is skipped" {
	printf '[rule one]\nclosed = fin\n[rule two]\nforbid = rst-abort\n' >ci.ini
	reports --policy ci.ini good.pcap
	[ "$status" -eq 0 ]
	[ "$(grep -c '<testcase ' r.xml)" = 2 ]
	[ "$(cat r.tap)" = "TAP version 13
1..2
ok 1 - good.pcap: one
ok 2 - good.pcap: two" ]
	[ ! -s r.github ]
	[ ! -s r.results ]
	[ "$(cat r.points)" = "2 passed, 0 failed, 0 skipped" ]
	try --policy ci.ini --write-baseline known.ini bad.pcap
	reports --policy ci.ini --baseline known.ini bad.pcap
	[ "$status" -eq 0 ]
	[ "$(grep -c '<skipped message="0 violations in 2 connections, 1 known"/>' r.xml)" = 2 ]
	grep -q '^ok 1 - bad.pcap: one # SKIP 0 violations' r.tap
	[ "$(cut -f 1,2,4,5 r.results)" = "$(printf 'note\trule/one\t1\tsuppressed\nnote\trst-abort\t1\tsuppressed')" ]
	[ ! -s r.github ]
	grep -q '"justification":"was there when this was written"' r.sarif
	[ "$(cat r.points)" = "2 passed, 0 failed, 2 skipped" ]
}

@test "what two rules forbid is one result" {
	printf '[rule one]\nforbid = rst-abort\n[rule two]\nforbid = rst-abort, refused\n' >ci.ini
	reports --policy ci.ini bad.pcap
	[ "$status" -eq 1 ]
	[ "$(cut -f 1,2,4,5 r.results)" = "$(printf 'warning\trst-abort\t1\tactive')" ]
	[ "$(grep -c '<failure ' r.xml)" = 2 ]
}

@test "a report for each format on standard output, and files are written aside" {
	for format in junit sarif tap github summary; do
		try --check -T $format --out $format=r bad.pcap
		[ "$status" -eq 1 ]
		[ "$output" = "$(cat r)" ]
	done
	[ -z "$(find . -name 'r.??????')" ]
	echo old >r
	wrong "filter" --check --out junit=r bad.pcap port
	[ "$(cat r)" = old ]
}

@test "names of rules and files cannot break a report" {
	name="a<b>&\"c\" 'd' # %0A, e: |f| \`g\` *h* [i](j) \\k @l ]]> ä"
	printf '[rule %s]\nclosed = open\n' "$name" >ci.ini
	cp bad.pcap 'x #1,&%<b>:.pcap'
	reports --policy ci.ini 'x #1,&%<b>:.pcap'
	[ "$status" -eq 1 ]
	[ "$(xmllint --xpath 'string(//testcase[1]/@name)' r.xml)" = "$name" ]
	[ "$(xmllint --xpath 'string(//testsuite/@name)' r.xml)" = 'x #1,&%<b>:.pcap' ]
	grep -qF "rule/$name" r.results
	grep -qF 'x%20%231%2C%26%25%3Cb%3E%3A.pcap:1' r.results
	grep -qF 'not ok 1 - x \#1,&%<b>:.pcap: a<b>&"c"' r.tap
	grep -qF '::error file=x #1%2C&%25<b>%3A.pcap,title=a<b>&"c" '"'d'"' # %250A%2C e%3A |f|' r.github
	none -F '<b>' r.md
	none -F ' |f| ' r.md
	grep -qF '\|f\|' r.md
}

@test "ten thousand findings: all in SARIF, nine and the rest in GitHub" {
	awk 'BEGIN { for (i = 0; i < 10000; i++) {
		a = int(i / 250) "." i % 250 + 1
		printf "conn c%d 10.1.%s:40000 > 10.2.%s:80\n+1ms A > S 0:0\n+1ms B > S. 0:0 ack 1\n", i, a, a
		printf "+1ms A > . 1 ack 1\n+1ms B > P. 1:2 ack 1\n+1ms A > . 1 ack 2\n+1ms A > R. 1 ack 2\n" } }' |
		capture many.pcap
	reports --check many.pcap
	[ "$status" -eq 1 ]
	[ "$(wc -l <r.results)" = 10000 ]
	[ "$(cut -f 3 r.results | sort -u | wc -l)" = 10000 ]
	[ "$(wc -l <r.github)" = 10 ]
	[ "$(tail -n 1 r.github)" = "::error title=tcpends::and 9991 more" ]
	grep -q '^and 9900 more$' r.xml
	grep -q 'more: 9990' r.tap
	[ "$(wc -c <r.md)" -lt 100000 ]
	# the same server, ten thousand times: one result
	sed 's/> 10\.2\.[0-9.]*:80/> 10.2.0.9:80/' many.pcap.pkt | capture one.pcap
	reports --check one.pcap
	[ "$(cut -f 4 r.results)" = 10000 ]
	[ "$(wc -l <r.github)" = 1 ]
	try --check --write-baseline known.ini one.pcap
	grep -qx 'max = 10000' known.ini
	try --baseline known.ini one.pcap
	[ "$status" -eq 0 ]
}

@test "the fingerprint for an [allow] stands in every report; terminals get whole sentences" {
	printf '[rule a]\nclosed = fin\n' >ci.ini
	reports --policy ci.ini --fail-on never bad.pcap
	print=$(printf 'a:closed||10.0.0.9|443' | sha256sum | cut -c 1-16)
	for report in r.xml r.sarif r.tap r.github r.md; do grep -q "$print" $report; done
	[[ $output == *"closed rst-client, not fin [$print]"* ]]
	command -v script >/dev/null || skip "no script(1)"
	script -qec "stty cols 80; $TCPENDS --policy ci.ini --fail-on never bad.pcap" /dev/null \
		>tty.txt </dev/null || true
	tr -d '\r' <tty.txt | sed -n '/^FAILED   a/,$p' >judged.txt
	grep -q "\[$print\]" judged.txt
	none '…' judged.txt
	none '.\{81\}' judged.txt
}

@test "paths are relative to the working directory" {
	mkdir -p sub
	cp bad.pcap sub/
	reports --check "$PWD/sub/bad.pcap"
	[ "$(cut -f 6 r.results)" = sub/bad.pcap:12 ]
	grep -q '^::error file=sub/bad.pcap,' r.github
	cd sub
	reports --check "$BATS_TEST_TMPDIR/bad.pcap"
	cut -f 6 r.results | grep '^file:///.*/bad.pcap:12$'
	reports --check - <bad.pcap
}

@test "sorting and selecting change nothing of the judgement" {
	try --check --sort bytes --conn 1 --write-baseline known.ini bad.pcap
	[ "$status" -eq 1 ]
	grep -q '^\[allow' known.ini
	try --baseline known.ini --sort bytes --json bad.pcap
	[ "$status" -eq 0 ]
	[[ $output == *'"known":true'* ]]
}
