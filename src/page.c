/* page.c - text that explains: headings, paragraphs, lists and small ladders */
#include "config.h"
#include "page.h"
#include "arrow.h"
#include "terminal.h"
#include <limits.h>
#include <string.h>

enum {
	PAGE_COLUMNS = 80,
	PAGE_LEAST = 40, /* narrower than that, lines are cut by the terminal */
	PAGE_INDENT = 2,
	PAGE_ARROW_AT = 16,
	PAGE_ARROW = 36,
	PAGE_LEAST_ARROW = 14,
	PAGE_GAP = 2,
	PAGE_SERVER = 14, /* columns that a state takes */
	PAGE_WORDS = 96,
};

static const struct out_format page_format = { .name = "page" };

bool page_open(struct page *page, const struct options *options)
{
	int width = terminal_width();

	*page = (struct page){ .run = {
				   .color = terminal_color(options->color),
				   .utf8 = terminal_utf8() && !options->ascii,
				   .width = width < PAGE_LEAST || width > PAGE_COLUMNS
						? PAGE_COLUMNS
						: width,
			       } };
	if (!out_open(&page->out, &page_format, &page->run, stdout))
		return false;
	term_init(&page->term, &page->out);
	return true;
}

void page_close(struct page *page)
{
	(void)out_flush(&page->out);
	out_close(&page->out);
}

void page_blank(struct page *page)
{
	term_end(&page->term);
}

void page_heading(struct page *page, const char *text)
{
	page_blank(page);
	term_put(&page->term, TERM_HEAD, text);
	term_end(&page->term);
}

void page_text(struct page *page, const char *text)
{
	term_to(&page->term, PAGE_INDENT, 0);
	term_wrap(&page->term, TERM_PLAIN, text, UINT_MAX);
	term_end(&page->term);
}

void page_item(struct page *page, const char *text)
{
	term_to(&page->term, PAGE_INDENT, 0);
	term_put(&page->term, TERM_DIM, "- ");
	term_wrap(&page->term, TERM_PLAIN, text, UINT_MAX);
	term_end(&page->term);
}

void page_items(struct page *page, const char *const *items)
{
	for (; *items != NULL; items++)
		page_item(page, *items);
}

/* ---- ladders ---- */

/* clang-format off */
static const struct {
	const char *mark;
	bool to_server, lost;
} page_arrows[] = {
	{ "-> ", true,  false }, { "<- ", false, false },
	{ "-x ", true,  true },  { "x- ", false, true },
};
/* clang-format on */

static unsigned page_arrow_columns(const struct page *page)
{
	unsigned fixed = PAGE_ARROW_AT + PAGE_GAP + PAGE_SERVER;

	if (page->term.width >= fixed + PAGE_ARROW)
		return PAGE_ARROW;
	return page->term.width > fixed + PAGE_LEAST_ARROW ? page->term.width - fixed
							   : PAGE_LEAST_ARROW;
}

static void page_between(struct page *page, const char *between)
{
	unsigned columns = page_arrow_columns(page);
	char words[PAGE_WORDS];

	for (size_t i = 0; i < sizeof(page_arrows) / sizeof(page_arrows[0]); i++) {
		if (strncmp(between, page_arrows[i].mark, 3) != 0)
			continue;
		(void)snprintf(words, sizeof(words), "%s", between + 3);
		if (page_arrows[i].lost)
			arrow_lost(&page->term, page_arrows[i].to_server, words, columns);
		else
			arrow_put(&page->term, page_arrows[i].to_server, "─", words,
				  columns);
		return;
	}
	term_printf(&page->term, TERM_DIM, "(%s)", between);
}

static void page_rung(struct page *page, enum term_style style,
		      const struct te_step *step)
{
	struct term *term = &page->term;

	term_to(term, PAGE_INDENT, 0);
	if (step->client != NULL)
		term_put(term, style, step->client);
	if (step->between != NULL) {
		term_to(term, PAGE_ARROW_AT, 1);
		page_between(page, step->between);
	}
	if (step->server != NULL) {
		term_to(term, PAGE_ARROW_AT + page_arrow_columns(page) + PAGE_GAP, 1);
		term_put(term, style, step->server);
	}
	term_end(term);
}

void page_ladder(struct page *page, const struct te_step *step)
{
	static const struct te_step heads = { "client", NULL, "server" };

	page_rung(page, TERM_DIM, &heads);
	for (; step->client != NULL || step->between != NULL || step->server != NULL;
	     step++)
		page_rung(page, TERM_STATE, step);
}

/* ---- references ---- */

void page_rfc(struct page *page, const char *rfc)
{
	while (*rfc != '\0' && strcmp(rfc, "-") != 0) {
		size_t len = strcspn(rfc, ", ");
		size_t number = strcspn(rfc, ":, ");

		term_to(&page->term, PAGE_INDENT, 0);
		term_printf(&page->term, TERM_PLAIN, "RFC %.*s", (int)number, rfc);
		if (number < len)
			term_printf(&page->term, TERM_PLAIN, ", section %.*s",
				    (int)(len - number - 1), rfc + number + 1);
		term_end(&page->term);
		rfc += len;
		rfc += strspn(rfc, ", ");
	}
}
