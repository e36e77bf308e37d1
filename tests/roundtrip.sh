#!/bin/bash
# Does -T script say in its notation what was captured? Each packet script becomes a
# capture, the capture a script: it must be read back and hold, and a capture of it must
# have the states, how they are known, and the findings of the first. So must each
# capture in testdata/, and those of TCPENDS_SHARED_CAPTURES.
: "${SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}" "${BUILDDIR:=$SRCDIR}"
: "${TCPENDS:=$BUILDDIR/tcpends}"
[ -x "$TCPENDS" ] || { echo "$TCPENDS: no program to test"; exit 1; }
run=$BUILDDIR/tests/run-scripts compile=$BUILDDIR/tests/mkpcap
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0 count=0
fail() { echo "$*"; status=1; }

# What is said of a capture, without frames and addresses.
said() {
	"$TCPENDS" --json "${options[@]}" "$1" 2>/dev/null | sed -nE '
		# no payload is written, and no frame that is no segment
		/"(scope":"capture|finding":"overlap-conflict)"/d
		s/,?"overlap-conflict"//
		/^\{"type":"(transition|connection|finding)"/ {
			s/"(id|community_id|fingerprint|filter|text|ts|t|first_ts|last_ts|verdict)":("[^"]*"|[0-9.]+|null),?//g
			s/"(file|frame|proof|vlan)":([0-9]+|null),?//g
			s/"frames":\[[^]]*\],?//
			s/"(addr|zeek_[a-z]*)":("[^"]*"|null),?//g
			s/"(port|completeness)":([0-9]+|null),?//g
			p
		}' | LC_ALL=C sort
}

# trip CAPTURE NAME: and what limits its script sets
trip() {
	local capture=$1 name=$2
	count=$((count + 1))
	if ! "$TCPENDS" -T script "${options[@]}" "$capture" >"$work/back.pkt" 2>"$work/errors"; then
		fail "$name: $(cat "$work/errors")"
	elif ! grep -q '^conn ' "$work/back.pkt"; then
		[ -z "$(said "$capture")" ] || fail "$name: nothing is written of it"
	elif ! "$run" "$work/back.pkt" >"$work/told"; then
		head -n 4 "$work/told"
		fail "$name: what is written does not hold"
	elif grep -q 'was told otherwise' "$work/back.pkt"; then
		fail "$name: the segments written say something else"
	elif ! grep -q 'left out here' "$work/back.pkt"; then
		"$compile" -n "$work/back.pkt" "$work/back.pcap"
		said "$capture" >"$work/want"
		said "$work/back.pcap" >"$work/got"
		[ -s "$work/want" ] || fail "$name: nothing is said of it"
		diff "$work/want" "$work/got" >"$work/diff" && return
		head -n 6 "$work/diff"
		fail "$name: another story when it comes back"
	fi
}

for script in "$SRCDIR"/tests/scripts/*.pkt; do
	mapfile -t options < <(sed -n 's/#.*//; s/^set \(key\|checksum\)=/--\1=/p
		t; /^set port-/d; s/^set /--set=/p' "$script" | tr -d ' \t')
	ports=$(sed -n 's/^set port-\(low\|high\)=\([0-9]*\).*/\2/p' "$script" | sort -n | paste -sd-)
	[ -z "$ports" ] || options+=("--port-range=$ports")
	"$compile" -n "$script" "$work/there.pcap" || { fail "$script"; continue; }
	trip "$work/there.pcap" "${script##*/}"
done

options=()
IFS=: read -ra places <<<"$SRCDIR/testdata:${TCPENDS_SHARED_CAPTURES-}"
for place in "${places[@]}"; do
	for capture in "$place"/*.pcap "$place"/*.pcapng; do
		[ -f "$capture" ] && trip "$capture" "${capture##*/}"
	done
done
[ "$count" -gt 100 ] || fail "only $count captures"
echo "$count captures there and back"
exit $status
