#!/bin/bash
# Does every line of --json, over all captures there are, obey the schema? 77 (skipped)
# without python3's jsonschema.
: "${SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}" "${BUILDDIR:=$SRCDIR}"
: "${TCPENDS:=$BUILDDIR/tcpends}"
[ -x "$TCPENDS" ] || { echo "$TCPENDS: no program to test"; exit 1; }
sample=24
if ! command -v python3 >/dev/null || ! python3 -c 'import jsonschema' 2>/dev/null; then
	echo "skipped: python3 with jsonschema is not there"
	exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0
count=0

check() {
	"$TCPENDS" --json "$1" >"$work/lines" 2>"$work/errors"
	if grep -q 'was not built in' "$work/errors"; then
		echo "$1: skipped: $(cat "$work/errors")"
		return
	fi
	count=$((count + 1))
	python3 "$SRCDIR/tests/check-schema.py" <"$work/lines" >"$work/wrong" && return
	echo "$1:"
	cat "$work/errors" "$work/wrong"
	status=1
}

for path in "$SRCDIR"/testdata/*.pcap*; do
	check "$path"
done
[ "$count" -ge 10 ] || { echo "$SRCDIR/testdata: hardly a capture is there"; status=1; }

# Captures of real kernels, which do not belong to this project: every so many of them.
shared=${TCPENDS_SHARED:-$SRCDIR/../shared}/truth/captures
if [ -d "$shared" ]; then
	mapfile -t captures < <(find "$shared" -name '*.pcap*' | sort)
	step=$((${#captures[@]} / sample | 1)) # odd: of every tap
	for ((i = 0; i < ${#captures[@]}; i += step)); do
		check "${captures[i]}"
	done
fi
echo "$count captures"
exit $status
