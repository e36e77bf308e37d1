/* text_arrow.c - segments and runs of data as arrows between two ends */
#include "config.h"

#include "arrow.h"
#include "phrase.h"
#include "text.h"

#include <string.h>

/* clang-format off */
static const struct {
	uint8_t flag;
	bool verbose; /* told only then */
	const char *name;
} flags[] = {
	{ TE_SYN, false, "SYN" }, { TE_FIN, false, "FIN" }, { TE_RST, false, "RST" },
	{ TE_PSH, true, "PSH" },  { TE_ACK, false, "ACK" }, { TE_URG, false, "URG" },
};
/* clang-format on */

static void add_flags(struct phrase *words, uint8_t set, bool verbose)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if ((set & flags[i].flag) == 0 || (flags[i].verbose && !verbose))
			continue;
		if (words->used > 0)
			phrase_word(words, ",");
		phrase_word(words, flags[i].name);
	}
	if (words->used == 0)
		phrase_word(words, "no flags");
}

static void add_number(struct phrase *words, const char *name, uint32_t n)
{
	phrase_word(words, name);
	phrase_u64(words, n);
}

void text_arrow_words(const struct text_step *step, bool verbose, char words[TEXT_ARROW])
{
	bool marked = (step->flags & (TE_SYN | TE_FIN | TE_RST)) != 0;
	struct phrase phrase = phrase_new(words, TEXT_ARROW);

	add_flags(&phrase, step->flags, verbose);
	/* the number that matters most comes first: what does not fit is cut behind */
	if (marked)
		add_number(&phrase, " seq=", step->seq);
	if (step->len > 0)
		add_number(&phrase, " len=", step->len);
	if (!marked && (step->len > 0 || verbose))
		add_number(&phrase, " seq=", step->seq);
	if (verbose && (step->flags & TE_ACK) != 0)
		add_number(&phrase, " ack=", step->ack);
}

void text_arrow_bytes(struct term *term, bool to_server, uint64_t bytes, unsigned columns)
{
	char words[TEXT_ARROW], *unit;

	(void)term_bytes(bytes, words);
	/* the unit is no word that could be left out: "3.1 kB" stays whole */
	unit = strchr(words, ' ');
	if (unit != NULL && strlen(words) + 5 > columns)
		memmove(unit, unit + 1, strlen(unit));
	arrow_put(term, to_server, "═", words, columns);
}
