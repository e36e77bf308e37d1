/* syn.c - a SYN and its answer as frames, made up to try filters on */
#include "config.h"
#include "syn.h"
#include <netinet/in.h>
#include <string.h>

enum { SYN_ETHER = 14, SYN_TCP = 20 };

static void syn_put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* The length of the header. */
static size_t syn_ip(uint8_t *at, const struct syn_end *src, const struct syn_end *dst,
		     uint8_t ip_version)
{
	if (ip_version == 4) {
		at[0] = 0x45;
		syn_put16(at + 2, 20 + SYN_TCP);
		at[8] = 64;
		at[9] = IPPROTO_TCP;
		memcpy(at + 12, src->addr.bytes, 4);
		memcpy(at + 16, dst->addr.bytes, 4);
		return 20;
	}
	at[0] = 0x60;
	syn_put16(at + 4, SYN_TCP);
	at[6] = IPPROTO_TCP;
	at[7] = 64;
	memcpy(at + 8, src->addr.bytes, 16);
	memcpy(at + 24, dst->addr.bytes, 16);
	return 40;
}

struct te_frame syn_frame(uint8_t bytes[SYN_FRAME], const struct syn_end *client,
			  const struct syn_end *server, bool answer)
{
	const struct syn_end *src = answer ? server : client;
	const struct syn_end *dst = answer ? client : server;
	size_t len = SYN_ETHER;

	memset(bytes, 0, SYN_FRAME);
	bytes[answer ? 5 : 11] = 1; /* MAC addresses: 0 and 1 */
	syn_put16(bytes + 12, client->ip_version == 4 ? 0x0800 : 0x86dd);
	len += syn_ip(bytes + len, src, dst, client->ip_version);
	syn_put16(bytes + len, src->port);
	syn_put16(bytes + len + 2, dst->port);
	bytes[len + 12] = 5 << 4;
	bytes[len + 13] = answer ? TE_SYN | TE_ACK : TE_SYN;
	len += SYN_TCP;
	return (struct te_frame){ .linktype = 1, /* LINKTYPE_ETHERNET */
				  .caplen = (uint32_t)len,
				  .len = (uint32_t)len,
				  .bytes = bytes };
}
