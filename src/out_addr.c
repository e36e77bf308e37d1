/* out_addr.c - addresses as text, for all formats */
#include "config.h"
#include "out.h"
#include <arpa/inet.h>
#include <string.h>

static char *put_byte(char *at, unsigned byte)
{
	if (byte >= 100)
		*at++ = (char)('0' + byte / 100);
	if (byte >= 10)
		*at++ = (char)('0' + byte / 10 % 10);
	*at++ = (char)('0' + byte % 10);
	return at;
}

/* inet_ntop() goes through sprintf() for these. */
static char *put_ipv4(char *at, const uint8_t bytes[4])
{
	at = put_byte(at, bytes[0]);
	for (int i = 1; i < 4; i++) {
		*at++ = '.';
		at = put_byte(at, bytes[i]);
	}
	return at;
}

static char *put_group(char *at, unsigned group)
{
	int shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[group >> shift & 15];
	return at;
}

/* From which group to which: the longest run, the first of several; one alone is none. */
static void find_zeros(const unsigned groups[8], int *from, int *to)
{
	*from = *to = -1;
	for (int i = 0, run = 0; i < 8; i++) {
		run = groups[i] ? 0 : run + 1;
		if (run >= 2 && run > *to - *from) {
			*from = i + 1 - run;
			*to = i + 1;
		}
	}
}

/* RFC 5952 section 4 */
static char *put_ipv6(char *at, const uint8_t bytes[16])
{
	unsigned groups[8];
	int from, to;

	for (int i = 0; i < 8; i++)
		groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
	find_zeros(groups, &from, &to);
	for (int i = 0; i < 8; i++) {
		if (i == from) {
			*at++ = ':';
			i = to;
		}
		if (i)
			*at++ = ':';
		if (i < 8)
			at = put_group(at, groups[i]);
	}
	return at;
}

/* There is room for OUT_ADDR. */
static char *put_address(char *at, uint8_t ip_version, const struct te_addr *addr)
{
	static const uint8_t zeros[10];

	if (ip_version != 6)
		return put_ipv4(at, addr->bytes);
	/* some of these have an IPv4 address in them */
	if (memcmp(addr->bytes, zeros, sizeof zeros) != 0)
		return put_ipv6(at, addr->bytes);
	(void)inet_ntop(AF_INET6, addr->bytes, at, OUT_ADDR);
	return at + strlen(at);
}

const char *out_addr_text(uint8_t ip_version, const struct te_addr *addr,
			  char buf[OUT_ADDR])
{
	*put_address(buf, ip_version, addr) = '\0';
	return buf;
}

const char *out_socket_text(uint8_t ip_version, const struct te_addr *addr, uint16_t port,
			    char buf[OUT_SOCKET_ADDR])
{
	char *at = buf;

	if (ip_version == 6)
		*at++ = '[';
	at = put_address(at, ip_version, addr);
	if (ip_version == 6)
		*at++ = ']';
	*at++ = ':';
	*out_decimal(at, port) = '\0';
	return buf;
}
