/* rows_fin.c - findings of FINs that are not where they should be: all that is said of
 * them */
#include "rules_table.h"

static const struct rules_row rows[] = {
	{ { .id = "data-after-fin",
	    .severity = TE_ERROR,
	    .title = "an end went on behind its own FIN",
	    .definition =
		"An end sent data beyond its FIN, or went on, with another TTL, at the "
		"FIN's number as if it had sent none.",
	    .rfc = "9293:3.10.4, 9293:3.6",
	    .normal = "after a FIN only its repeats, repeats of data before it, ACKs and "
		      "keep-alives, which lie one below the next number",
	    .why =
		"The receiver has been told that no more data comes: it is in "
		"CLOSE_WAIT, "
		"its program has read end of file, and it drops what follows. A FIN that "
		"its apparent sender does not stand by was most likely forged, and cut "
		"the connection.",
	    .ladder = { { "ESTABLISHED", "data both ways", "ESTABLISHED" },
			{ NULL, "-> FIN,ACK (not its own)", "CLOSE_WAIT" },
			{ NULL, "<- ACK of the FIN", NULL },
			{ NULL, "-> data beyond the FIN", NULL },
			{ NULL, "<- ACK, data ignored", NULL } },
	    .look = { "the FIN's TTL, IP ID and timestamps beside the end's other "
		      "segments: "
		      "did another host make it?",
		      "captures on both sides of each firewall and balancer on the way",
		      "on the receiver: nstat -az TcpExtTCPRcvQDrop; ss -tanp state "
		      "close-wait" },
	    .causes = { "the FIN was not its own: a middlebox or an attacker sent it",
			"the sender's TCP is broken, or a device in between renumbers",
			"two connections are taken for one: the SYN between them is not "
			"in "
			"the capture" },
	    .remedies = { "find the device by its TTL, and its rule that closes "
			  "connections",
			  "TCP-AO (RFC 5925) or IPsec between hosts that are attacked; "
			  "the price: both ends must be set up" } },
	  rules_data_after_fin,
	  RULES_NOTE(NOTE_FIN_MOVED) },
	{ { .id = "fin-moved",
	    .severity = TE_ERROR,
	    .title = "an end sent a second FIN at another number",
	    .definition = "Two FINs of one end do not end at the same sequence number.",
	    .rfc = "9293:3.10.4, 9293:3.6",
	    .normal = "a repeated FIN has the number of the first, whatever data goes "
		      "with it",
	    .why =
		"Only one of the two can be right. If the receiver took the first, data "
		"up to the second is lost; if the first is nobody's, it was forged.",
	    .ladder = { { "ESTABLISHED", "data both ways", "ESTABLISHED" },
			{ NULL, "-> FIN,ACK at 101", "CLOSE_WAIT" },
			{ NULL, "<- ACK 102", NULL },
			{ "FIN_WAIT_1", "-> FIN,ACK at 1501", NULL },
			{ NULL, "<- ACK 102", NULL } },
	    .look = { "TTL, IP ID and timestamps of both FINs beside the end's other "
		      "segments",
		      "what lies between the end and the tap: a proxy or balancer that "
		      "changes sequence numbers" },
	    .causes = { "one of the FINs was not its own: a middlebox or an attacker "
			"sent "
			"it",
			"the sender's TCP is broken, or a device in between renumbers",
			"two connections are taken for one: the SYN between them is not "
			"in "
			"the capture" },
	    .remedies = { "find the device by its TTL, and its rule that closes "
			  "connections",
			  "a broken stack or proxy: update it, or take it out of the "
			  "way" } },
	  rules_fin_moved,
	  RULES_NOTE(NOTE_FIN_MOVED) },
	{ { .id = "fin-ahead-of-data",
	    .severity = TE_NOTE,
	    .title = "a FIN came before the data in front of it",
	    .definition = "A FIN passed, or by its receiver's SACK or ACK arrived, while "
			  "data before "
			  "it was missing. The time is until the ACK that covers it.",
	    .rfc = "9293:3.10.7.4",
	    .normal = "a FIN in order",
	    .why =
		"A FIN counts only in order: until the hole is filled the receiver stays "
		"ESTABLISHED, its program sees no end of file, and the close waits for a "
		"repeat of the data.",
	    .ladder = { { "ESTABLISHED", "-x data 1-1000", "ESTABLISHED" },
			{ "FIN_WAIT_1", "-> FIN,ACK at 1001", NULL },
			{ NULL, "<- ACK 1, SACK of the FIN", "(waits)" },
			{ NULL, "-> data 1-1000 again", "CLOSE_WAIT" },
			{ "FIN_WAIT_2", "<- ACK 1002", NULL } },
	    .look = { "on the sender: ss -ti (retrans, rto); nstat -az TcpRetransSegs",
		      "how long it waited: a round trip is a fast repeat, 0.2 s and more "
		      "a "
		      "time-out" },
	    .causes = { "a segment of the data was lost, and the FIN behind it was not",
			"the network swapped segments" },
	    .remedies = { "nothing for one: the repeat heals it",
			  "often, and slow: look for loss; SACK and tail loss probes "
			  "(net.ipv4.tcp_sack, tcp_early_retrans) must be on at both "
			  "ends" } },
	  rules_fin_ahead_of_data,
	  RULES_FIN_AHEAD },
};

const struct rules_group rules_fin = { rows, sizeof(rows) / sizeof(rows[0]) };
