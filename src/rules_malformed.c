/* rules_malformed.c - segments of a connection that are not as a TCP makes them */
#include "rules_table.h"

/* Of the first one; what no flag at all means is told apart. */
static const char *which_flags(unsigned flags)
{
	if ((flags & (TE_SYN | TE_FIN | TE_RST | TE_ACK)) ==
	    (TE_SYN | TE_FIN | TE_RST | TE_ACK))
		return "all of them at once";
	if (flags & TE_SYN && flags & TE_FIN)
		return "SYN and FIN together";
	if (flags & TE_SYN)
		return "SYN and RST together";
	if (flags & TE_RST)
		return "FIN and RST together";
	return flags & TE_FIN ? "FIN without ACK" : "none of SYN, ACK and RST";
}

bool rules_bad_flags(const struct rule_view *view, struct te_finding *finding)
{
	const struct transfer_tally *tally =
	    transfer_find(view->conn, SIDE_A, TRANSFER_BAD_FLAGS);

	if (!tally)
		tally = transfer_find(view->conn, SIDE_B, TRANSFER_BAD_FLAGS);
	if (!tally)
		return false;
	evidence_tallies(view, TRANSFER_BAD_FLAGS, finding);
	finding->detail = which_flags(tally->value);
	finding->causes = evidence_all_causes(3);
	return true;
}

bool rules_bad_option(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(3);
	return evidence_tallies(view, TRANSFER_BAD_OPTION, finding) > 0;
}

bool rules_bad_checksum(const struct rule_view *view, struct te_finding *finding)
{
	finding->causes = evidence_all_causes(3);
	return evidence_tallies(view, TRANSFER_BAD_CHECKSUM, finding) > 0;
}
