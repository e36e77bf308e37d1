/* spoilt.c - frames of TCP that no connection can be told from */
#include "spoilt.h"
#include "engine.h"
#include "rules_table.h"

static void count(struct spoilt *spoilt, uint32_t file, uint64_t frame, te_time time)
{
	if (spoilt->count < TE_MAX_FRAMES)
		spoilt->frames[spoilt->count] = frame;
	if (!spoilt->count++) {
		spoilt->file = file;
		spoilt->time = time;
	}
}

void spoilt_frame(struct spoilt kinds[SPOILT_KINDS], enum te_status status,
		  const struct te_frame *frame)
{
	if (status == TE_MALFORMED || status == TE_TRUNCATED)
		count(&kinds[status == TE_MALFORMED ? SPOILT_HEADER : SPOILT_TRUNCATED],
		      frame->file, frame->number, frame->time);
}

void spoilt_sum(struct spoilt kinds[SPOILT_KINDS], const struct te_segment *seg)
{
	count(&kinds[SPOILT_CHECKSUM], seg->file, seg->frame, seg->time);
}

static void tell(struct te_engine *engine, const struct spoilt *spoilt,
		 const struct te_rule *rule)
{
	struct te_finding finding = { .rule = rule,
				      .severity = rule->severity,
				      .scope = TE_SCOPE_CAPTURE,
				      .end = TE_NO_END,
				      .certain = true,
				      .causes = evidence_all_causes(3) };

	for (int i = 0; i < TE_MAX_FRAMES; i++)
		evidence_frame(&finding, spoilt->file, spoilt->frames[i], spoilt->time);
	evidence_value(&finding, (double)spoilt->count, 0, "frames");
	engine->finding_counts[rules_index(rule)]++;
	engine->totals.severities[finding.severity]++;
	if (engine->sink.finding)
		engine->sink.finding(engine->sink.ctx, &finding);
}

void spoilt_tell(struct te_engine *engine)
{
	static const char *const ids[SPOILT_KINDS] = {
		[SPOILT_HEADER] = "bad-header",
		[SPOILT_TRUNCATED] = "truncated",
		[SPOILT_CHECKSUM] = "bad-checksum",
	};

	for (int i = 0; i < SPOILT_KINDS; i++)
		if (engine->spoilt[i].count)
			tell(engine, &engine->spoilt[i], te_rule_find(ids[i]));
}
