/* page.h - text that explains: headings, paragraphs, lists and small ladders
 *
 * At most 80 columns wide, also where standard output is no terminal: people read it,
 * wherever it goes.
 */
#ifndef PAGE_H
#define PAGE_H

#include "options.h"
#include "term.h"

struct page {
	struct out_run run;
	struct out out;
	struct term term;
};

/* Standard output, as --color and --ascii want it. False: out of memory. */
bool page_open(struct page *, const struct options *);
/* What could not be written is left to whoever looks at stdout's error. */
void page_close(struct page *);

/* Each begins on a new line and ends its last one. */
void page_heading(struct page *, const char *);
void page_text(struct page *, const char *);
/* "- ..." */
void page_item(struct page *, const char *);
/* Items, up to NULL. */
void page_items(struct page *, const char *const *);
/* Two ends and what passes between them, up to a step that is all NULL. */
void page_ladder(struct page *, const struct te_step *);
/* "9293:3.10.5, 2525:2.17": a line for each; nothing for "-". */
void page_rfc(struct page *, const char *);
void page_blank(struct page *);

#endif
