#!/bin/bash
# Compile testdata/ anew from its scripts, and pack outage.pcap by every codec. Wants
# SRCDIR, BUILDDIR and the compressors.
set -eu
: "${SRCDIR:=.}" "${BUILDDIR:=.}"
cd "$SRCDIR/testdata"
grep -v '^#' list | while read -r capture script options; do
	# shellcheck disable=SC2086 # options are a list of words
	"$BUILDDIR/tests/mkpcap" $options "../$script" "$capture"
done
gzip -n -9 -c outage.pcap >outage.pcap.gz
zstd -q -19 -c outage.pcap >outage.pcap.zst
xz -9 -c outage.pcap >outage.pcap.xz
lz4 -q -9 --no-frame-crc -c outage.pcap >outage.pcap.lz4
bzip2 -9 -c outage.pcap >outage.pcap.bz2
