/* blind.c - why a filter passed nothing */
#include "config.h"
#include "blind.h"
#include "say.h"
#include <inttypes.h>

/* IPIP, IPv6 in IPv4, GRE, VXLAN, Geneve, GTP */
static const char blind_tunnels[] = "ip proto 4 or ip proto 41 or ip proto 47 or "
				    "ip6 proto 4 or ip6 proto 41 or ip6 proto 47 or "
				    "udp port 4789 or udp port 6081 or udp port 2152";

void blind_open(struct blind *blind, uint16_t linktype)
{
	char err[256];

	*blind = (struct blind){ 0 };
	blind->vlan = filter_new("vlan", linktype, err, sizeof(err));
	blind->tunnel = filter_new(blind_tunnels, linktype, err, sizeof(err));
}

void blind_refused(struct blind *blind, const struct te_frame *frame)
{
	if (blind->vlan != NULL && filter_passes(blind->vlan, frame))
		blind->vlans++;
	else if (blind->tunnel != NULL && filter_passes(blind->tunnel, frame))
		blind->tunnels++;
}

void blind_say(const struct blind *blind, const char *filter)
{
	if (blind->vlans > 0)
		say_warning("no packet passed the filter, but %" PRIu64
			    " have VLAN tags: try 'vlan and (%s)'",
			    blind->vlans, filter);
	else if (blind->tunnels > 0)
		say_warning("no packet passed the filter, but %" PRIu64
			    " are tunnelled and a filter sees the outer headers only: "
			    "filter on those, 'vlan and (%s)' if tagged, or not at all",
			    blind->tunnels, filter);
	else
		say_warning("no packet passed the filter");
}

void blind_close(struct blind *blind)
{
	filter_free(blind->vlan);
	filter_free(blind->tunnel);
}
