#!/bin/bash
# man.sh [-u] - is the manual page well formed, and does it know all that the command
# knows: options, limits, findings, profiles? 77 (skipped) without mandoc for the first.
# -u (make update-golden) writes the list of findings anew from the catalogue.
: "${SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}" "${BUILDDIR:=$SRCDIR}"
: "${TCPENDS:=$BUILDDIR/tcpends}"
[ -x "$TCPENDS" ] || { echo "$TCPENDS: no program to test"; exit 1; }
page=$SRCDIR/man/tcpends.1
status=0
fail() { echo "$*"; status=1; }

# same WHAT PROGRAM PAGE: two lists of words, one a line, must be the same
same() {
	[ -n "$2" ] || fail "$1: the program names none"
	diff <(sort -u <<<"$2") <(sort -u <<<"$3") |
		sed -n "s/^< \(.*\)/$1 \1: not in the manual page/p
			s/^> \(.*\)/$1 \1: in the manual page only/p" | grep . && status=1
}

# ---- options ----
# A line of --help begins with its options; what a text mentions is not one.
help=$("$TCPENDS" --help | sed -n 's/^ \{2,6\}\(-.*\)/\1/p' | sed 's/   *.*//' |
	grep -oE -- '--[a-z][a-z-]*' | sed 's/^--//')
tagged=$(grep '^\.It Fl' "$page" | grep -oE 'Fl -[a-z][a-z-]*' | sed 's/^Fl -//')
same option "$help" "$tagged"

# ---- limits ----
limits=$(grep -oE 'X\([A-Z0-9_]+, "[a-z0-9-]+", TE_UNIT' "$SRCDIR/include/tcpends.h" |
	cut -d '"' -f 2)
[ -n "$limits" ] || fail "include/tcpends.h: no limits found"
words=$(tr -c 'a-z0-9-' '\n' <"$page")
for limit in $limits; do
	grep -qx -- "$limit" <<<"$words" || fail "limit $limit: not in the manual page"
done

# ---- profiles ----
# A row of option_limits.c, { "linux", 60, 32768, 60999 }, is a row of the page's table.
profiles=$(sed -n 's/^\t{ "\([a-z]*\)", *\([0-9]*\), *\([0-9]*\), *\([0-9]*\) },$/\1 \2 \3-\4/p' \
	"$SRCDIR/src/option_limits.c")
same profile "$profiles" "$(sed -n 's/^\.It Cm \([a-z]*\) Ta \([0-9]*\) s Ta \([0-9-]*\) Ta .*/\1 \2 \3/p' "$page")"

# ---- findings ----
in_list='/^\.Sh FINDINGS/,/^\.Sh SIGNALS/{/^\.It Cm/,/^\.El/{/^\.El/!p}}'
if [ "${1-}" = -u ]; then
	"$BUILDDIR/tests/catalogue" -m >"$page.findings" &&
		sed -e '/^\.Sh FINDINGS/,/^\.Sh SIGNALS/{' -e '/^\.Bl/r '"$page.findings" \
			-e '/^\.It Cm/,/^\.El/{/^\.El/!d}' -e '}' "$page" >"$page.new" &&
		cat "$page.new" >"$page"
	rm -f "$page.findings" "$page.new"
fi
diff -u --label "$page" --label "the catalogue" <(sed -n "$in_list" "$page") \
	<("$BUILDDIR/tests/catalogue" -m) ||
	fail "the page's list of findings is not the catalogue's (make update-golden)"
diff <("$BUILDDIR/tests/catalogue" -l) <("$TCPENDS" --list-findings | awk '{ print $1 }') ||
	fail "--list-findings is not the catalogue"

# ---- form ----
if ! command -v mandoc >/dev/null; then
	echo "mandoc is not there: the page's form was not looked at"
	[ $status = 0 ] && exit 77
else
	mandoc -T lint -W warning "$page" || status=1
fi
exit $status
