/* rows_after_rst.c - findings of who sent a RST and what came after it: all that is said
 * of them */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "rst-other-sender",
	    .severity = TE_NOTE,
	    .title = "a RST is unlike its end's other segments",
	    .definition =
		"The TTL of a RST differs by two or more from that of the end's segment "
		"before it, its IP ID leaps out of a slow count, or it has timestamps "
		"that "
		"were never agreed on. Of a RST that is forged or rejected, a word in "
		"that "
		"finding.",
	    .rfc = "-",
	    .normal =
		"an end's own RST comes by the same way, with the same TTL at the tap",
	    .why = "A middlebox may have ended the connection in the end's name: then "
		   "neither program did, and the place to look is the path.",
	    .ladder = { { "ESTABLISHED", "-> data, TTL 57 at the tap", "ESTABLISHED" },
			{ NULL, "<- ACK, TTL 64", NULL },
			{ NULL, "-> RST, TTL 251 (by whom?)", "CLOSED" } },
	    .look = { "the TTL: 255, 128 and 64 are usual starts; the difference is the "
		      "number of hops to who sent it",
		      "on the apparent sender: does a capture there show the RST leave?",
		      "firewalls, balancers and intrusion prevention between: their logs "
		      "at "
		      "that second" },
	    .causes = { "a firewall, balancer or intrusion prevention system sent it",
			"an attacker who sees the numbers",
			"several hosts answer for this address, and another one sent the "
			"RST" },
	    .remedies = { "find the device by its TTL; correct its rule or its idle "
			  "time-out",
			  "keep-alive shorter than the device's time-out; the price: a "
			  "packet per interval" } },
	  rules_rst_other_sender,
	  RULES_RST_UNLIKE },
	{ { .id = "traffic-after-rst",
	    .severity = TE_WARNING,
	    .title = "an end went on after its own RST",
	    .definition =
		"Ordinary segments of an end pass later than a round trip after a RST of "
		"its own. They are repeats, so they do not prove that the RST was "
		"another's "
		"(rst-forged does).",
	    .rfc = "9293:3.5.1",
	    .normal = "silence; further RSTs; a new SYN on the same addresses; segments "
		      "that the network merely brought late",
	    .why =
		"An end that has sent a RST has no connection left to repeat anything. "
		"Either it did not send the RST, or something else sends in its name; "
		"the peer has given up meanwhile, and the data is lost.",
	    .ladder = { { "ESTABLISHED", "data both ways", "ESTABLISHED" },
			{ NULL, "-> RST,ACK (its own?)", "CLOSED" },
			{ NULL, "1 s", NULL },
			{ NULL, "-> data once more", NULL },
			{ "CLOSED", "<- RST", NULL } },
	    .look = { "TTL and IP ID of the RST and of what followed: are they of one "
		      "host?",
		      "on the apparent sender: does a capture there show the RST leave?",
		      "balancers on the way: do two hosts serve this connection?" },
	    .causes = { "the RST was a middlebox's, and the end knows nothing of it",
			"a device in between repeats segments for the end",
			"two hosts share the address" },
	    .remedies = { "find out who sent the RST, and why: see rst-other-sender",
			  "a proxy or accelerator that repeats for its clients: update "
			  "it, or "
			  "take it out of the way" } },
	  rules_traffic_after_rst,
	  RULES_NOTE(NOTE_AFTER_RST) },
};

const struct rules_group rules_after_rst = { rows, sizeof(rows) / sizeof(rows[0]) };
