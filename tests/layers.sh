#!/bin/bash
# The directions in which modules may know of each other. Fails, too, when it finds
# nothing to look at.
: "${SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}" "${BUILDDIR:=$SRCDIR}"
library=$(cd "$BUILDDIR" && pwd)/libcore.a
cd "$SRCDIR" || exit 1
status=0
fail() { echo "$*"; status=1; }

# The words of a list in an automake file, one a line: list FILE VARIABLE
list() {
	awk -v name="$2" '$1 == name && $2 == "=" { on = 1 }
		on { for (i = 1; i <= NF; i++) if ($i ~ /\//) print $i }
		on && !/\\$/ { exit }' "$1"
}

# includes HEADER FILE...: the files that include it
includes() {
	local header=$1
	shift
	grep -lE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]([a-z]+/)?${header}[>\"]" "$@"
}

mapfile -t core < <(list Makefile.am libcore_a_SOURCES)
mapfile -t all < <(find src include -name '*.[ch]' | sort)
[ "${#core[@]}" -ge 20 ] || fail "Makefile.am: only ${#core[@]} files in libcore_a_SOURCES"
[ "${#all[@]}" -gt "${#core[@]}" ] || fail "src: only ${#all[@]} files"
for path in "${core[@]}"; do
	[ -f "$path" ] || fail "$path: in libcore_a_SOURCES, but not there"
done

# ---- headers of others ----
# libpcap compiles filters and opens interfaces; files are read without it.
may_pcap=' src/capture_live.c src/filter.c '
found=0
for path in $(includes 'pcap\.h' "${all[@]}"); do
	found=$((found + 1))
	[[ $may_pcap == *" $path "* ]] || fail "$path: includes pcap.h"
done
[ "$found" -gt 0 ] || fail "nobody includes pcap.h: is this test looking at the right files?"

# JSON is written by hand and read back by a library, in one module.
may_jansson=' src/diff_json.h src/diff_read.c src/diff_json.c '
found=0
for path in $(includes 'jansson\.h' "${all[@]}"); do
	found=$((found + 1))
	[[ $may_jansson == *" $path "* ]] || fail "$path: includes jansson.h"
done
[ "$found" -gt 0 ] || fail "nobody includes jansson.h"

# The core has no I/O, no clock, and an index of its own.
# The core has no I/O, no clock, and an index of its own; only what is met once for each
# connection is kept in a table of uthash's.
may_table=' src/crowd_parts.h '
for path in $(includes 'table\.h' "${core[@]}"); do
	[[ $may_table == *" $path "* ]] || fail "$path: the core does not include table.h"
done
for header in 'stdio\.h' 'uthash\.h' 'time\.h' 'unistd\.h' 'fcntl\.h' 'errno\.h' 'config\.h'; do
	for path in $(includes "$header" "${core[@]}" | grep -vx src/table.h); do
		fail "$path: the core does not include ${header/\\/}"
	done
done

# The core knows nothing of what is above it.
found=0
while read -r path header; do
	found=$((found + 1))
	[[ " ${core[*]} " == *" src/$header "* || " ${core[*]} " == *" include/$header "* ]] ||
		fail "$path: includes $header, which is not of the core"
done < <(sed -n 's/^#include "\(.*\)"$/\1/p' "${core[@]}" /dev/null | sort -u |
	while read -r header; do
		grep -l "^#include \"$header\"" "${core[@]}" | sed "s,$, $header,"
	done)
[ "$found" -gt 0 ] || fail "the core includes nothing of its own: a broken pattern?"

# ---- no mutable variables of file scope in the core ----
# Constant tables of pointers are in .data.rel.ro; sanitizers have data of their own.
symbols=$(nm -f sysv "$library") || fail "$library: nm cannot read it"
grep -q te_engine_new <<<"$symbols" || fail "$library: not the core"
mutable=$(awk -F '|' '{ gsub(/ /, "", $1); gsub(/ /, "", $7) }
	$7 ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && $7 !~ /^\.data\.rel\.ro/ &&
	$1 !~ /^\.|^__unnamed_|asan|ubsan|gcov|^__llvm/ { print $1 " in " $7 }' <<<"$symbols")
[ -z "$mutable" ] || fail "variables in the core: $mutable"

# ---- every packet script stands in scripts.am, and the other way round ----
there=$(printf '%s\n' tests/scripts/*.pkt | sort)
listed=$(list tests/scripts.am packet_scripts | sort)
[ "$(wc -l <<<"$there")" -ge 100 ] || fail "tests/scripts: hardly a script is there"
diff <(echo "$there") <(echo "$listed") | sed -n 's/^< \(.*\)/\1: not in scripts.am/p
	s/^> \(.*\)/\1: in scripts.am, but not there/p'
[ "$there" = "$listed" ] || status=1

echo "${#core[@]} files of the core, ${#all[@]} in all"
exit $status
