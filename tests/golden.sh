#!/bin/bash
# golden.sh [-u] - are the formats' bytes those in tests/golden/?
#
# `list` there says what is run. -u (make update-golden) rewrites what differs, and shows
# the difference; the version in the output is written as VERSION.
: "${SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}" "${BUILDDIR:=$SRCDIR}"
: "${TCPENDS:=$BUILDDIR/tcpends}"
[ -x "$TCPENDS" ] || { echo "$TCPENDS: no program to test"; exit 1; }
golden=$SRCDIR/tests/golden
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0
count=0
export LC_ALL=C.UTF-8
unset COLUMNS NO_COLOR SOURCE_DATE_EPOCH

version=$("$TCPENDS" --version | sed 's/^tcpends //')
[ -n "$version" ] || { echo "no version"; exit 1; }

# Paths are told as they are given, so they must not depend on where the source is.
cd "$SRCDIR/testdata" || exit 1
while read -r name words; do
	count=$((count + 1))
	want=$golden/$name.out
	[ -f "$want" ] || want=/dev/null
	# shellcheck disable=SC2086 # a list of words
	"$TCPENDS" ${words//\{\}/outage.pcap} >"$work/out" 2>&1
	sed "s/\"version\":\"$version\"/\"version\":\"VERSION\"/" "$work/out" >"$work/got"
	cmp -s "$want" "$work/got" && continue
	diff -u --label "$name.out" --label "tcpends $words" "$want" "$work/got"
	if [ "${1-}" = -u ]; then
		cp "$work/got" "$golden/$name.out"
	else
		echo "$name: not as in tests/golden (make update-golden)"
		status=1
	fi
done < <(grep -v '^#' "$golden/list")

[ "$count" -gt 0 ] || { echo "$golden/list: names nothing"; status=1; }
for path in "$golden"/*.out; do
	name=${path##*/}
	grep -q "^${name%.out} " "$golden/list" || { echo "$path: not in the list"; status=1; }
done
echo "$count outputs compared"
exit $status
