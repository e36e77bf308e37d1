/* match.c - which connections a rule is about: a pcap-filter on the client's SYN */
#include "config.h"
#include "match.h"
#include "filter.h"
#include "syn.h"
#include <stdio.h>
#include <stdlib.h>

enum { MATCH_LINKTYPE = 1 }; /* of syn_frame() */

struct match {
	struct filter *filter;
};

/* `not tcp`, or an IPv4 address in IPv6: libpcap's optimizer sees that nothing is left.
 */
static bool match_can_be(const char *expression, char *err, size_t size)
{
	struct filter *filter;
	char *tcp;

	if (asprintf(&tcp, "tcp and (%s)", expression) < 0) {
		snprintf(err, size, "out of memory");
		return false;
	}
	filter = filter_new(tcp, MATCH_LINKTYPE, err, size);
	free(tcp);
	if (filter == NULL)
		snprintf(err, size, "no TCP connection can be like that");
	filter_free(filter);
	return filter != NULL;
}

struct match *match_new(const char *expression, const char **at, char *err, size_t size)
{
	struct match *match;

	*at = match_check(expression, err, size);
	if (*at != NULL)
		return NULL;
	*at = expression;
	match = malloc(sizeof(*match));
	if (match == NULL) {
		snprintf(err, size, "out of memory");
		return NULL;
	}
	match->filter = filter_new(expression, MATCH_LINKTYPE, err, size);
	if (match->filter != NULL && match_can_be(expression, err, size))
		return match;
	match_free(match);
	return NULL;
}

static struct syn_end match_end(const struct te_connection *c, enum te_end end)
{
	return (struct syn_end){ .ip_version = c->ip_version,
				 .addr = c->end[end].addr,
				 .port = c->end[end].port };
}

bool match_connection(struct match *match, const struct te_connection *c)
{
	struct syn_end client = match_end(c, TE_CLIENT), server = match_end(c, TE_SERVER);
	uint8_t bytes[SYN_FRAME];
	struct te_frame frame = syn_frame(bytes, &client, &server, false);

	return filter_passes(match->filter, &frame);
}

void match_free(struct match *match)
{
	if (match == NULL)
		return;
	filter_free(match->filter);
	free(match);
}
