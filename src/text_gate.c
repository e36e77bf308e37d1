/* text_gate.c - --check in text: the rules of a capture, its verdict, stale entries */
#include "config.h"

#include "gate.h"
#include "text.h"

#include <inttypes.h>
#include <limits.h>

enum {
	TEXT_GATE_ITEMS = 3, /* of one rule, unless -v is given */
	TEXT_GATE_WORDS = 1024,
};

static enum term_style gate_style(enum gate_status status)
{
	static const enum term_style styles[] = {
		[GATE_PASSED] = TERM_PLAIN,
		[GATE_KNOWN] = TERM_DIM,
		[GATE_FAILED] = TERM_ERROR,
		[GATE_ERROR] = TERM_ERROR,
	};

	return styles[status];
}

static void put_items(struct text *text, const struct gate_case *of)
{
	size_t shown = 0, more = 0;
	char sentence[TEXT_GATE_WORDS];

	for (const struct gate_item *i = of->items; i != NULL; i = i->hh.next) {
		if (gate_item_new(i) == 0 && text->run->verbose == 0)
			continue;
		if (shown == TEXT_GATE_ITEMS && text->run->verbose == 0) {
			more++;
			continue;
		}
		shown++;
		term_to(&text->term, TEXT_LABEL + 2, 1);
		if (gate_item_new(i) == 0)
			term_put(&text->term, TERM_DIM, "known: ");
		term_wrap(&text->term, TERM_PLAIN,
			  gate_sentence(i, sentence, sizeof(sentence)), UINT_MAX);
		term_end(&text->term);
	}
	if (more > 0) {
		term_to(&text->term, TEXT_LABEL + 2, 1);
		term_printf(&text->term, TERM_DIM, "and %zu more (-v)", more);
		term_end(&text->term);
	}
}

static void put_case(struct text *text, const struct gate_file *file,
		     const struct gate_case *of)
{
	char summary[TEXT_GATE_WORDS];

	term_put(&text->term, gate_style(of->status), gate_status_word(of->status));
	term_to(&text->term, TEXT_LABEL, 1);
	term_safe(&text->term, TERM_HEAD, of->name);
	term_put(&text->term, TERM_PLAIN, ": ");
	term_safe(&text->term, TERM_PLAIN,
		  gate_summary(file, of, summary, sizeof(summary)));
	term_end(&text->term);
	if (of->kind != GATE_CAPTURE)
		put_items(text, of);
}

/* What the report above does not tell already: rules, and what stands against them. */
static bool is_told(const struct text *text, const struct gate_case *of)
{
	if (of->kind == GATE_FINDING)
		return of->known > 0 && text->run->verbose > 0;
	return of->kind == GATE_RULE || of->kind == GATE_REST;
}

static void put_cases(struct text *text, const struct gate_file *file)
{
	bool headed = false;

	for (size_t i = 0; i < file->case_count; i++) {
		if (!is_told(text, &file->cases[i]))
			continue;
		if (!headed)
			term_end(&text->term);
		headed = true;
		put_case(text, file, &file->cases[i]);
	}
}

void text_gate_judged(struct out *out, const struct gate *gate)
{
	const struct gate_file *file = &gate->files[gate->file_count - 1];
	struct text *text = out->state;
	char verdict[TEXT_GATE_WORDS];

	if (!gate->check->enabled)
		return;
	if (!out->run->quiet)
		put_cases(text, file);
	term_put(&text->term, TERM_HEAD, "check: ");
	if (gate->many) {
		term_safe(&text->term, TERM_PLAIN, file->path);
		term_put(&text->term, TERM_PLAIN, ": ");
	}
	term_put(&text->term, file->result.status == CHECK_OK ? TERM_PLAIN : TERM_ERROR,
		 check_verdict(gate->check, &file->result, verdict, sizeof(verdict)));
	term_end(&text->term);
}

/* An entry of the baseline that should be looked at again. */
static void put_entry(struct text *text, const struct baseline_entry *entry)
{
	term_put(&text->term, TERM_NOTE, baseline_idle_word(entry));
	term_to(&text->term, TEXT_LABEL, 1);
	term_printf(&text->term, TERM_PLAIN, "%016" PRIx64, entry->fingerprint);
	if (entry->reason != NULL) {
		term_put(&text->term, TERM_PLAIN, "  ");
		term_safe(&text->term, TERM_PLAIN, entry->reason);
	}
	term_put(&text->term, TERM_DIM, "  ");
	term_safe(&text->term, TERM_DIM, entry->where);
	term_end(&text->term);
}

static void put_captures(struct text *text, const struct gate *gate)
{
	size_t passed = 0;

	for (size_t i = 0; i < gate->file_count; i++)
		passed += gate->files[i].result.status == CHECK_OK;
	term_put(&text->term, TERM_HEAD, "check: ");
	term_printf(&text->term, passed == gate->file_count ? TERM_PLAIN : TERM_ERROR,
		    "%s - %zu of %zu captures passed", check_word(gate_status(gate)),
		    passed, gate->file_count);
	term_end(&text->term);
}

void text_gate_end(struct out *out, const struct gate *gate)
{
	const struct baseline *baseline = gate->policy->baseline;
	const struct baseline_entry *entry = NULL;
	struct text *text = out->state;

	while ((entry = baseline_next_idle(baseline, entry)) != NULL)
		put_entry(text, entry);
	if (gate->many && gate->check->enabled)
		put_captures(text, gate);
}
