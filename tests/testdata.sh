#!/bin/bash
# Are the captures in testdata/ what their scripts compile to, byte by byte; is each in
# the list; do packed copies give the same transitions as the plain file?
: "${SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}" "${BUILDDIR:=$SRCDIR}"
: "${TCPENDS:=$BUILDDIR/tcpends}"
[ -x "$TCPENDS" ] || { echo "$TCPENDS: no program to test"; exit 1; }
data=$SRCDIR/testdata
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0
fail() { echo "$*"; status=1; }

# ---- compiled ----
count=0
while read -r capture script options; do
	# shellcheck disable=SC2086 # options are a list of words
	{ "$BUILDDIR/tests/mkpcap" $options "$SRCDIR/$script" "$work/compiled" &&
		cmp "$work/compiled" "$data/$capture"; } ||
		fail "$capture: not what $script compiles to (make update-testdata)"
	count=$((count + 1))
done < <(grep -v '^#' "$data/list")
[ "$count" -gt 0 ] || fail "$data/list: names no capture"

for path in "$data"/*.pcap "$data"/*.pcapng; do
	grep -q "^${path##*/} " "$data/list" || fail "$path: not in the list"
done

# ---- packed ----
transitions() { "$TCPENDS" --json "$1" 2>"$work/errors" | grep '"type":"transition"'; }

transitions "$data/outage.pcap" >"$work/plain"
[ -s "$work/plain" ] || fail "outage.pcap: no transitions"
for suffix in pcap.gz pcap.zst pcap.xz pcap.lz4 pcap.bz2 pcapng; do
	transitions "$data/outage.$suffix" >"$work/packed"
	if grep -q 'was not built in' "$work/errors"; then
		echo "outage.$suffix: skipped: $(cat "$work/errors")"
	elif ! cmp -s "$work/plain" "$work/packed"; then
		cat "$work/errors"
		diff "$work/plain" "$work/packed" | head -n 4
		fail "outage.$suffix: other transitions than outage.pcap"
	fi
done
echo "$count captures compared"
exit $status
