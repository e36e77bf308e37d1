/* rows_malformed.c - frames that are no proper TCP: all that is said of them. They say
 * something of who made or captured them, never of a connection's state */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "bad-flags",
	    .severity = TE_NOTE,
	    .plain_fact = true,
	    .title = "segments with flags that no TCP sends",
	    .definition = "SYN with FIN, SYN with RST, FIN with RST, all of them, or "
			  "none of SYN, ACK "
			  "and RST.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "SYN, SYN+ACK, ACK with or without FIN, RST with or without ACK",
	    .why = "Port scanners send them to pass simple filters and to tell systems "
		   "apart by the answer. They move no connection of an honest pair.",
	    .ladder = { { NULL, "-> FIN,PSH,URG", "LISTEN" },
			{ NULL, "an open port says nothing", "LISTEN" },
			{ NULL, "-> FIN,PSH,URG", "a closed port" },
			{ NULL, "<- RST,ACK", NULL } },
	    .look = { "in the capture: how many ports and hosts does the sender try?",
		      "at the firewall: does it drop such segments?" },
	    .causes = { "a port scanner (null, FIN or Xmas scan) or a test tool",
			"a TCP of a small device that is wrong",
			"frames damaged in a way that the checksum does not show" },
	    .remedies = { "drop them at the edge (nftables: ct state invalid); rarely "
			  "hurts anybody" } },
	  rules_bad_flags,
	  RULES_EVENT(TRANSFER_BAD_FLAGS) },
	{ { .id = "bad-header",
	    .severity = TE_NOTE,
	    .title = "frames with lengths that contradict each other",
	    .definition =
		"An IP or TCP length is below the least, or beyond what the packet has. "
		"No connection can be told, so the frames are not in any.",
	    .rfc = "9293:3.1",
	    .normal = "each header's length fits into the one around it",
	    .why = "What these frames carried is missing from the analysis.",
	    .ladder = { { "ESTABLISHED", NULL, "ESTABLISHED" },
			{ NULL, "-> IP length 30, TCP header 40", "drops it" },
			{ NULL, "no ACK", NULL },
			{ NULL, "-> the same again, perhaps", "drops it" } },
	    .look = { "in the capture: the frames, byte by byte",
		      "on the hosts: nstat -az IpInHdrErrors TcpInErrs" },
	    .causes = { "a fuzzer or scanner",
			"frames damaged on the way or by the tool that wrote the capture",
			"a tunnel or header that is read as what it is not" },
	    .remedies = { "look at one of them in Wireshark before believing it was on "
			  "the wire" } },
	  NULL,
	  0 },
	{ { .id = "bad-option",
	    .severity = TE_NOTE,
	    .plain_fact = true,
	    .title = "segments with a TCP option of a wrong length",
	    .definition = "An option's length is below 2, not what its kind has, or runs "
			  "out of the "
			  "header. The options behind it are not read.",
	    .rfc = "9293:3.1",
	    .normal = "options fill the header as their kinds say",
	    .why =
		"A receiver drops the segment or ignores the rest of its options, such "
		"as the window's scale.",
	    .ladder = { { "SYN_SENT", "-> SYN, an MSS of 5 bytes", "SYN_RCVD" },
			{ "ESTABLISHED", "<- SYN,ACK", NULL },
			{ NULL, "-> ACK", "ESTABLISHED" },
			{ NULL, "without what stood behind it", "no scale, no SACK" } },
	    .look = { "in the capture: the bytes of the options",
		      "on the way: boxes that rewrite options (MSS clamping, "
		      "optimisers)" },
	    .causes = { "a middlebox that rewrites options and does it wrong",
			"a fuzzer, or a TCP that is wrong", "a damaged frame" },
	    .remedies = { "switch the box's option rewriting off, and clamp the MSS "
			  "elsewhere if need be" } },
	  rules_bad_option,
	  RULES_EVENT(TRANSFER_BAD_OPTION) },
	{ { .id = "bad-checksum",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .plain_fact = true,
	    .title = "segments with a wrong TCP checksum",
	    .definition =
		"The whole segment was captured, and its sum is wrong; sums of the "
		"pseudo-header alone, which a network card was to finish, are not. With "
		"--checksum strict such segments are dropped and counted for the whole "
		"capture.",
	    .rfc = "9293:3.1",
	    .normal = "the sum over pseudo-header, header and data is right",
	    .why =
		"A receiver drops what is really damaged. But where all segments of one "
		"host are concerned, the capture was made before its card finished "
		"them, or addresses were changed later.",
	    .ladder = { { "ESTABLISHED", "-> data, damaged on the way", "drops it" },
			{ NULL, "no ACK", NULL },
			{ NULL, "-> data again", NULL },
			{ NULL, "<- ACK", NULL } },
	    .look = { "at the tap: ethtool -k, tx-checksumming and "
		      "generic-receive-offload",
		      "on the receiver: nstat -az TcpInCsumErrors" },
	    .causes = { "the capturing host leaves the sum to its network card",
			"the capture's addresses were rewritten without the sums",
			"damage on the way: a bad cable, memory or card" },
	    .remedies = { "for a clean capture: ethtool -K DEVICE tx off, which costs "
			  "processor time",
			  "--checksum ignore if the sums were never to be right" } },
	  rules_bad_checksum,
	  RULES_EVENT(TRANSFER_BAD_CHECKSUM) },
	{ { .id = "truncated",
	    .severity = TE_NOTE,
	    .quiet = true,
	    .title = "frames were cut before their TCP header ended",
	    .definition =
		"The snap length left less than the headers. No connection can be told, "
		"so the frames are not in any.",
	    .rfc = "-",
	    .normal = "at least the TCP header is captured",
	    .why = "What these segments said is missing from the analysis, and may look "
		   "like loss.",
	    .ladder = { { "ESTABLISHED", "-> headers of 66 bytes, and data",
			  "ESTABLISHED" },
			{ NULL, "the capture kept 40 of them", NULL },
			{ NULL, "<- ACK of it", NULL },
			{ NULL, "of what, the capture cannot tell", NULL } },
	    .look = { "at the tap: the snap length (tcpdump -s), tunnels and VLAN tags "
		      "that make headers longer" },
	    .causes = { "a snap length below what the headers need",
			"tunnels or tags that the snap length did not allow for",
			"a record that was cut when the file was written" },
	    .remedies = { "tcpdump -s 256 or more; the price is disk" } },
	  NULL,
	  0 },
};

const struct rules_group rules_malformed = { rows, sizeof(rows) / sizeof(rows[0]) };
