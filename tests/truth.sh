#!/bin/bash
# How many ends of real kernels have their true states, at each of four taps, and how many
# wrong ones claim to be certain. Fails below what was reached; 77 when the captures,
# which do not belong to this project, are not there.
here=$(cd "$(dirname "$0")/.." && pwd)
truth=${TCPENDS_SHARED:-$here/../shared}/truth
program=${TCPENDS:-$here/tcpends}
if [ ! -x "$truth/score.py" ] || ! command -v python3 >/dev/null; then
	echo "skipped: no kernel captures beside the source"
	exit 77
fi

# tap, ends that match at the least, dates off by more than 60 ms at the most
reached='client 1869 19
server 1867 24
mid 1870 5
midafter 1866 28'

status=0
while read -r tap least dates; do
	line=$(python3 "$truth/score.py" --dir "$truth/captures" \
		--cmd "$(printf %q "$program") --json {pcap}" --vantage "$tap" | tail -n 1)
	echo "$tap: $line"
	[[ $line =~ TOTAL\ ([0-9]+)/.*60\ ms\ ([0-9]+),\ wrong\ but\ sure\ ([0-9]+)$ ]] ||
		{ echo "no total from score.py"; exit 1; }
	if [ "${BASH_REMATCH[1]}" -lt "$least" ] || [ "${BASH_REMATCH[2]}" -gt "$dates" ] ||
	   [ "${BASH_REMATCH[3]}" != 0 ]; then
		echo "$tap: below $least, dates above $dates, or sure of something wrong"
		status=1
	fi
done <<<"$reached"
exit $status
