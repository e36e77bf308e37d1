/* quality.c - how good the capture is, in a sentence
 *
 * Poor is a capture that lacks more than one packet of a hundred, or one direction of
 * more than half of its connections. Findings that rest on what was not seen are then
 * more likely its own fault than the network's.
 */
#include "config.h"
#include "quality.h"
#include "phrase.h"
#include "term.h"

/* What was sent and is not there. */
static uint64_t missing(const struct out_run *run, const struct te_totals *totals)
{
	return run->dropped + totals->quality.implied_gaps + totals->quality.snaplen_cut;
}

static bool is_poor(const struct out_run *run, const struct te_totals *totals)
{
	return missing(run, totals) * 100 > totals->tcp_packets ||
	       totals->quality.one_way * 2 > totals->connections;
}

static void add_lack(struct phrase *phrase, uint64_t n, const char *one, const char *many)
{
	char number[TERM_NUMBER];

	if (n > 0)
		phrase_add(phrase, "%s%s %s", phrase->used ? ", " : "",
			   term_count(n, number), n == 1 ? one : many);
}

static void list_lacks(struct phrase *phrase, const struct out_run *run,
		       const struct te_totals *totals)
{
	const struct te_quality *quality = &totals->quality;
	/* clang-format off */
	const struct {
		uint64_t n;
		const char *one, *many;
	} lacks[] = {
		{ run->dropped, "packet dropped by the capture", "packets dropped by the capture" },
		{ quality->implied_gaps, "gap: acknowledged, never captured", "gaps: acknowledged, never captured" },
		{ quality->snaplen_cut, "TCP header cut by the snap length", "TCP headers cut by the snap length" },
		{ quality->one_way, "connection seen one way only", "connections seen one way only" },
		{ quality->midstream, "connection begins midstream", "connections begin midstream" },
		{ quality->duplicates, "frame captured twice", "frames captured twice" },
		{ quality->backward_time, "step back in time", "steps back in time" },
		{ quality->reordered, "segment out of order", "segments out of order" },
		{ quality->bad_checksums, "wrong checksum", "wrong checksums" },
		{ run->verbose > 0 ? quality->offloaded : 0, "segment as its card had yet to cut or sum it", "segments as their card had yet to cut or sum them" },
		{ totals->malformed, "malformed packet", "malformed packets" },
		{ totals->unsupported, "frame of an unknown link type", "frames of an unknown link type" },
	};
	/* clang-format on */

	if (run->truncated_tail)
		phrase_add(phrase, "the file ends in the middle of a packet");
	else if (!run->complete && run->dropped == 0)
		phrase_add(phrase, "not all could be read");
	for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++)
		add_lack(phrase, lacks[i].n, lacks[i].one, lacks[i].many);
}

bool quality_verdict(const struct out_run *run, const struct te_totals *totals,
		     char words[QUALITY_WORDS])
{
	struct phrase verdict = phrase_new(words, QUALITY_WORDS);
	char list[QUALITY_WORDS];
	struct phrase lacks = phrase_new(list, sizeof(list));

	list_lacks(&lacks, run, totals);
	if (!lacks.used) {
		phrase_add(&verdict, run->dropped_known ? "good: nothing lost"
							: "good: no loss seen");
		return true;
	}
	phrase_add(&verdict, "%s: %s", is_poor(run, totals) ? "poor" : "fair", list);
	if (missing(run, totals) || totals->quality.one_way)
		phrase_add(&verdict,
			   "; what seems to be missing may only not be captured");
	return false;
}
