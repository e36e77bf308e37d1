/* text_arrow.c - segments and runs of data as arrows between two ends */
#include "config.h"

#include "arrow.h"
#include "text.h"

#include <string.h>

static void add_flag(char *words, uint8_t flags, uint8_t flag, const char *name)
{
	size_t used = strlen(words);

	if ((flags & flag) != 0)
		(void)snprintf(words + used, TEXT_ARROW - used, "%s%s",
			       used > 0 ? "," : "", name);
}

static void add_number(char *words, const char *name, uint32_t n)
{
	size_t used = strlen(words);

	(void)snprintf(words + used, TEXT_ARROW - used, " %s=%u", name, n);
}

void text_arrow_words(const struct text_step *step, bool verbose, char words[TEXT_ARROW])
{
	bool marked = (step->flags & (TE_SYN | TE_FIN | TE_RST)) != 0;

	words[0] = '\0';
	add_flag(words, step->flags, TE_SYN, "SYN");
	add_flag(words, step->flags, TE_FIN, "FIN");
	add_flag(words, step->flags, TE_RST, "RST");
	if (verbose)
		add_flag(words, step->flags, TE_PSH, "PSH");
	add_flag(words, step->flags, TE_ACK, "ACK");
	add_flag(words, step->flags, TE_URG, "URG");
	if (words[0] == '\0')
		(void)snprintf(words, TEXT_ARROW, "no flags");
	/* the number that matters most comes first: what does not fit is cut behind */
	if (marked)
		add_number(words, "seq", step->seq);
	if (step->len > 0)
		add_number(words, "len", step->len);
	if (!marked && (step->len > 0 || verbose))
		add_number(words, "seq", step->seq);
	if (verbose && (step->flags & TE_ACK) != 0)
		add_number(words, "ack", step->ack);
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
