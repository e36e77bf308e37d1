/* filter.c - pcap-filter expressions on frames of any link type
 *
 * A compiled program is right for one link type only; a capture of several interfaces
 * has several, so programs are made when a type is first met.
 */
#include "config.h"
#include "filter.h"
#include "capture_live.h"
#include "probe.h"
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILTER_TYPES = 32, /* more link types in one run than anyone has */
	FILTER_SNAPLEN = 262144,
};

struct filter_program {
	uint16_t linktype;
	bool usable;
	struct bpf_program bpf;
};

struct filter {
	char *expression;
	struct filter_program programs[FILTER_TYPES];
	size_t count;
};

static void filter_line(char *err, size_t errlen, const char *text)
{
	if (err == NULL)
		return;
	snprintf(err, errlen, "%s", text);
	err[strcspn(err, "\r\n")] = '\0';
}

static bool filter_compile(const char *expression, uint16_t linktype,
			   struct bpf_program *bpf, char *err, size_t errlen)
{
	pcap_t *dead = pcap_open_dead(capture_tap_dlt(linktype), FILTER_SNAPLEN);
	bool ok;

	if (dead == NULL) {
		filter_line(err, errlen, "out of memory");
		return false;
	}
	ok = pcap_compile(dead, bpf, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!ok)
		filter_line(err, errlen, pcap_geterr(dead));
	pcap_close(dead);
	return ok;
}

/* NULL when there is no room for one more type. */
static struct filter_program *filter_add(struct filter *filter, uint16_t linktype,
					 char *err, size_t errlen)
{
	struct filter_program *program;

	if (filter->count == FILTER_TYPES)
		return NULL;
	program = &filter->programs[filter->count++];
	program->linktype = linktype;
	program->usable =
	    filter_compile(filter->expression, linktype, &program->bpf, err, errlen);
	return program;
}

static struct filter_program *filter_program(struct filter *filter, uint16_t linktype)
{
	for (size_t i = 0; i < filter->count; i++) {
		if (filter->programs[i].linktype == linktype)
			return &filter->programs[i];
	}
	return filter_add(filter, linktype, NULL, 0);
}

struct filter *filter_new(const char *expression, uint16_t linktype, char *err,
			  size_t errlen)
{
	struct filter *filter = calloc(1, sizeof(*filter));

	if (filter != NULL)
		filter->expression = strdup(expression);
	if (filter == NULL || filter->expression == NULL) {
		filter_line(err, errlen, "out of memory");
		filter_free(filter);
		return NULL;
	}
	if (!filter_add(filter, linktype, err, errlen)->usable) {
		filter_free(filter);
		return NULL;
	}
	return filter;
}

bool filter_passes(struct filter *filter, const struct te_frame *frame)
{
	const struct filter_program *program = filter_program(filter, frame->linktype);

	return program != NULL && program->usable &&
	       bpf_filter(program->bpf.bf_insns, frame->bytes, frame->len,
			  frame->caplen) != 0;
}

static bool filter_try(void *filter, const struct te_frame *frame)
{
	return filter_passes(filter, frame);
}

bool filter_one_way(struct filter *filter)
{
	return probe_one_way(filter->expression, filter_try, filter);
}

void filter_free(struct filter *filter)
{
	if (filter == NULL)
		return;
	if (filter == NULL)
		return;
	for (size_t i = 0; i < filter->count; i++) {
		if (filter->programs[i].usable)
			pcap_freecode(&filter->programs[i].bpf);
	}
	free(filter->expression);
	free(filter);
}
