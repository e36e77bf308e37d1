#!/usr/bin/env bats
# The examples for CI work as they stand: their commands are run on a project whose tests
# are testdata/broken's. Where tcpdump may not capture here, another one stands in for it
# that copies what was captured before.

bats_require_minimum_version 1.5.0

setup_file() {
	here=$(cd "$(dirname "$BATS_TEST_FILENAME")/.." && pwd)
	export here TCPENDS="${TCPENDS:-$here/tcpends}" LC_ALL=C.UTF-8
	export RUN_SCRIPTS="${BUILDDIR:-$here}/tests/run-scripts"
	unset MAKEFLAGS MAKEOVERRIDES # of the make that runs this
}

# A project with its tests, server.py's options are the first argument. What must pass is
# what was captured before: on a busy machine the mended server may be late, or close
# first, and the gate would be right to say so.
project() {
	cp "$here"/testdata/broken/*.py .
	cp "$here/testdata/broken/tcpends.ini" .
	# on the loopback interface nothing takes 10 s
	sed -i 's/^close-wait-stuck = .*/close-wait-stuck = 1s/' tcpends.ini
	mkdir -p tools/tcpends bin
	ln -s "$TCPENDS" tools/tcpends/tcpends
	cat >bin/sudo <<-'END'
		#!/bin/sh
		# a shell has kill, a small system has no other
		[ "$1" != kill ] || { "$@"; exit; }
		exec "$@"
	END
	cat >run-tests <<-END
		#!/bin/bash
		exec 3< <(exec python3 server.py 127.0.0.1 $1)
		server=\$!
		read -r ready <&3
		python3 client.py 127.0.0.1 2
		status=\$?
		kill \$server
		exit \$status
	END
	if [ "$1" != --fixed ] && captures; then
		echo "captured here"
	else
		stand_in "$2"
	fi
	chmod +x run-tests bin/*
	export PATH="$PWD/bin:$PATH" GITHUB_STEP_SUMMARY="$PWD/summary.md"
}

# With a network of its own, its ports are free and nobody else's packets are on it.
captures() {
	[ "$(id -u)" = 0 ] && command -v tcpdump >/dev/null && command -v ip >/dev/null &&
		unshare -npf true 2>/dev/null || return 1
	timeout 1 unshare -n sh -c 'ip link set lo up && tcpdump -i lo -w /dev/null' 2>/dev/null
	[ $? = 124 ]
}

# alone COMMAND...: what it leaves running, bats would wait for; here it ends with it
alone() {
	if [ -e bin/tcpdump ]; then
		"$@"
	else
		unshare -npf sh -c 'ip link set lo up && exec "$@"' sh "$@"
	fi
}

# stand_in CAPTURE: a tcpdump that has seen it, and gives up when nobody stops it
stand_in() {
	cat >bin/tcpdump <<-END
		#!/bin/bash
		while [ "\$1" != -w ]; do shift; done
		trap 'cp "$here/testdata/broken/$1" "\$2"; exit 0' TERM
		for ((i = 0; i < 200; i++)); do sleep 0.1; done
	END
	printf '#!/bin/sh\nexit 0\n' >run-tests
}

need_yaml() { python3 -c 'import yaml' 2>/dev/null || skip "python3-yaml is not there"; }

# service NAME WANT OPTIONS CAPTURE: run its commands; they end with WANT
service() {
	need_yaml
	cd "$BATS_TEST_TMPDIR"
	project "$3" "$4"
	python3 "$here/tests/examples.py" "$here/examples/$1.yml" >commands
	grep -q -- '--policy tcpends.ini' commands
	run -"$2" alone bash commands
	echo "$output"
	[ -s tests.pcap ]
}

@test "the GitHub workflow fails for the broken server" {
	service github-workflow 1 "" red.pcap
	[[ $output == *"::error"* || $output == *"::warning"* ]]
	[ -s summary.md ]
	[ -s tcpends.sarif ]
	"$RUN_SCRIPTS" failing.pkt
}

@test "the GitHub workflow passes for the mended one" {
	service github-workflow 0 --fixed green.pcap
	[ -s tcpends.sarif ]
}

@test "the GitLab job fails for the broken server" {
	service gitlab-ci 1 "" red.pcap
	grep -q '<failure' tcpends.xml
	"$RUN_SCRIPTS" failing.pkt
}

@test "the GitLab job passes for the mended one" {
	service gitlab-ci 0 --fixed green.pcap
	[ -s tcpends.xml ]
	[ ! -e failing.pkt ]
}

@test "the Makefile fails for the broken server, and not for what is known" {
	cd "$BATS_TEST_TMPDIR"
	project "" red.pcap
	cp "$here/examples/Makefile" wire.mk
	run -2 alone make -f wire.mk wire
	echo "$output"
	[ -s tests.pcap ]
	[ -s tcpends.xml ]
	"$RUN_SCRIPTS" failing.pkt
	sed -i '/^\[rule/,$d' tcpends.ini
	run make -f wire.mk known
	[ -s known.ini ]
	make -f wire.mk gate
}

@test "the Makefile passes for the mended one" {
	cd "$BATS_TEST_TMPDIR"
	project --fixed green.pcap
	alone make -f "$here/examples/Makefile" wire
	[ ! -e failing.pkt ]
}
