#!/bin/bash
# Is the manual page well formed, and does it know all that the command knows: options,
# limits, findings? 77 (skipped) without mandoc for the first.
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

# ---- findings ----
rules=$("$BUILDDIR/tests/catalogue" -l)
same finding "$rules" "$(sed -n '/^\.Sh FINDINGS/,/^\.Sh SIGNALS/s/^\.It Cm \([a-z0-9-]*\).*/\1/p' "$page")"
diff <(echo "$rules") <("$TCPENDS" --list-findings | awk '{ print $1 }') ||
	fail "--list-findings is not the catalogue"

# ---- form ----
if ! command -v mandoc >/dev/null; then
	echo "mandoc is not there: the page's form was not looked at"
	[ $status = 0 ] && exit 77
else
	mandoc -T lint -W warning "$page" || status=1
fi
exit $status
