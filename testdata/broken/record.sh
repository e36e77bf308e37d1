#!/bin/bash
# record.sh OUT.pcap [--fixed] - server.py and client.py on two hosts, with a tap at the
# client; how the captures beside it were made. Two network namespaces and wire.py
# between them; wants root, ip, tcpdump, python3 and /dev/net/tun, takes 15 seconds.
set -eu
out=$(realpath "$1") fixed=${2-}
cd "$(dirname "$0")"
near=near$$ far=far$$
pids=()
clean() {
	kill "${pids[@]}" 2>/dev/null || true
	ip netns del $near 2>/dev/null || true
	ip netns del $far 2>/dev/null || true
}
trap clean EXIT

python3 wire.py $near $far >/dev/null &
pids+=($!)
sleep 0.5
# host NAMESPACE ADDRESS: its interface has its name
host() {
	ip netns add "$1"
	ip link set "$1" netns "$1"
	ip -n "$1" address add "$2/24" dev "$1"
	ip -n "$1" link set "$1" mtu 1500 up
}
host $near 192.0.2.1
host $far 192.0.2.2

# shellcheck disable=SC2086 # a word or none
ip netns exec $far python3 server.py 192.0.2.2 $fixed >/dev/null &
pids+=($!)
ip netns exec $near tcpdump -q --immediate-mode -Z root -s 128 -i $near -w "$out" tcp 2>/dev/null &
tap=$!
pids+=("$tap")
sleep 1
ip netns exec $near python3 client.py 192.0.2.2 "$([ -n "$fixed" ] && echo 1 || echo 12)"
sleep 0.5
kill -INT $tap
wait $tap || true
