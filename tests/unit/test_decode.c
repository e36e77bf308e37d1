/* test_decode.c - frames written as hex, and what decoding makes of them
 *
 * All frames that hold TCP hold the same segment, TCP below, so that a row only says
 * what stands around it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "checksum.h"
#include "cursor.h"
#include "decode.h"
#include "decode_plain.h"
#include "tcpopt.h"

/* ports 49153 and 80, seq 0x11111111, ack 0x22222222, PSH and ACK, window 1024 */
#define TCP_SUM(sum) "c0010050 11111111 22222222 50180400" sum "0000 61626364"
#define TCP TCP_SUM("d412")  /* the sum in IPv4 ... */
#define TCP6 TCP_SUM("64d5") /* ... and in IPv6 */

#define ADDR "c0000201 c6336402"
#define OPTIONS(twelve)                             \
	MACS "0800" IPV4("0038", "0000", "06") ADDR \
	    "c0010050 11111111 22222222 80180400 0000 0000" twelve "61626364"
#define IPV4(total, fragment, protocol) "4500" total "1234" fragment "40" protocol "0000"
#define V4 IPV4("002c", "0000", "06") ADDR TCP
#define ADDR6                              \
	"20010db8000000000000000000000001" \
	"20010db8000000000000000000000002"
#define IPV6(len, next) "60000000" len next "40" ADDR6
#define V6 IPV6("0018", "06") TCP6

#define MACS "020000000001 020000000002"
#define ETH4 MACS "0800" V4
#define SNAP "aaaa03 000000"
#define SLL "0000 0001 0006 0200000000010000"
#define SLL2(type) type "0000 00000002 0001 00 06 0200000000010000"
#define OUTER(protocol) MACS "0800" IPV4("0000", "0000", protocol) "0a000001 0a000002"
#define UDP(port, len) OUTER("11") "1000" port len "0000"

enum {
	ETHERNET = 1,
	GOOD = TE_SUM_KNOWN,
	VLAN = TE_HAS_VLAN | GOOD,
	TUNNEL = TE_TUNNELLED | GOOD,
};

struct row {
	const char *name, *hex;
	uint16_t linktype;
	enum te_status want;
	uint16_t has, vlan;
	uint32_t cut; /* bytes that were sent but not captured */
	uint32_t len; /* payload, where it is not four bytes; 0: four */
	bool empty;   /* no payload at all */
};

/* clang-format off */
static const struct row links[] = {
	{ "ethernet", ETH4, ETHERNET, .want = TE_OK, .has = GOOD },
	{ "ethernet, IPv6", MACS "86dd" V6, ETHERNET, .want = TE_OK, .has = GOOD },
	{ "ethernet, padded", ETH4 "000000000000", ETHERNET, .want = TE_OK, .has = GOOD },
	{ "ethernet, LLC/SNAP", MACS "0034" SNAP "0800" V4 "0000", ETHERNET,
	  .want = TE_OK, .has = GOOD },
	{ "ethernet, LLC with IP's SAP", MACS "002f 060603" V4, ETHERNET,
	  .want = TE_OK, .has = GOOD },
	{ "ethernet, other LLC", MACS "0003 424203", ETHERNET, .want = TE_IGNORED },
	{ "ethernet, ARP", MACS "0806 0001", ETHERNET, .want = TE_IGNORED },
	{ "802.1Q", MACS "8100 6064 0800" V4, ETHERNET,
	  .want = TE_OK, .has = VLAN, .vlan = 100 },
	{ "802.1Q, LLC/SNAP", MACS "8100 0064 0034" SNAP "0800" V4, ETHERNET,
	  .want = TE_OK, .has = VLAN, .vlan = 100 },
	{ "802.1ad and 802.1Q", MACS "88a8 0001 8100 0002 0800" V4, ETHERNET,
	  .want = TE_OK, .has = VLAN, .vlan = 2 },
	{ "a stack of tags",
	  MACS "9100 0003 9200 0004 9300 0005 88a8 0006 8100 0fff 86dd" V6,
	  ETHERNET, .want = TE_OK, .has = VLAN, .vlan = 4095 },
	{ "a priority tag in a VLAN", MACS "8100 0007 8100 e000 0800" V4, ETHERNET,
	  .want = TE_OK, .has = VLAN, .vlan = 7 },
	{ "a VLAN's ARP", MACS "8100 0007 0806", ETHERNET,
	  .want = TE_IGNORED, .has = TE_HAS_VLAN },
	{ "MPLS", MACS "8847 00010040 00020140" V4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "MPLS multicast, IPv6", MACS "8848 00020140" V6, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "MPLS pseudowire", MACS "8847 00020140 00000000" ETH4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "MPLS, something else", MACS "8847 00020140 10000000", ETHERNET,
	  .want = TE_IGNORED },
	{ "PPPoE", MACS "8864 1100 0001 002e 0021" V4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "PPPoE, IPv6, one-byte protocol", MACS "8864 1100 0001 0041 57" V6, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "PPPoE discovery", MACS "8864 1109 0000 0000", ETHERNET, .want = TE_IGNORED },
	{ "802.1ah", MACS "88e7 00012345" MACS "8100 0009 0800" V4, ETHERNET,
	  .want = TE_OK, .has = VLAN | TUNNEL, .vlan = 9 },
	{ "VN-Tag", MACS "8926 00010002 0800" V4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "FabricPath", MACS "8903 0040" ETH4, ETHERNET, .want = TE_OK, .has = TUNNEL },
	{ "cooked", SLL "0800" V4, 113, .want = TE_OK, .has = GOOD },
	{ "cooked, VLAN", SLL "8100 0064 86dd" V6, 113,
	  .want = TE_OK, .has = VLAN, .vlan = 100 },
	{ "cooked, 802.2", SLL "0004" SNAP "0800" V4, 113, .want = TE_OK, .has = GOOD },
	{ "cooked, netlink", "0004 0338 0000 0000000000000000 0800" V4, 113,
	  .want = TE_IGNORED },
	{ "cooked 2", SLL2("0800") V4, 276, .want = TE_OK, .has = GOOD },
	{ "cooked 2, VLAN", SLL2("8100") "0064 0800" V4, 276,
	  .want = TE_OK, .has = VLAN, .vlan = 100 },
	{ "cooked 2, netlink", "0800 0000 00000002 0338 00 00 0000000000000000" V4, 276,
	  .want = TE_IGNORED },
	{ "cooked 2, IPv6", "86dd 0000 00000002 0304 00 06 0200000000010000" V6, 276,
	  .want = TE_OK, .has = GOOD },
	{ "null, little-endian", "02000000" V4, 0, .want = TE_OK, .has = GOOD },
	{ "null, big-endian", "00000002" V4, 0, .want = TE_OK, .has = GOOD },
	{ "null, Linux", "0a000000" V6, 0, .want = TE_OK, .has = GOOD },
	{ "null, OpenBSD", "00000018" V6, 0, .want = TE_OK, .has = GOOD },
	{ "null, FreeBSD", "1c000000" V6, 0, .want = TE_OK, .has = GOOD },
	{ "null, Darwin", "1e000000" V6, 0, .want = TE_OK, .has = GOOD },
	{ "null, AppleTalk", "10000000", 0, .want = TE_IGNORED },
	{ "loop", "00000018" V6, 108, .want = TE_OK, .has = GOOD },
	{ "raw", V4, 101, .want = TE_OK, .has = GOOD },
	{ "raw, IPv6", V6, 101, .want = TE_OK, .has = GOOD },
	{ "raw, as DLT_RAW", V4, 12, .want = TE_OK, .has = GOOD },
	{ "raw, as OpenBSD's DLT_RAW", V6, 14, .want = TE_OK, .has = GOOD },
	{ "raw, no IP", "00", 101, .want = TE_IGNORED },
	{ "IPv4", V4, 228, .want = TE_OK, .has = GOOD },
	{ "IPv6", V6, 229, .want = TE_OK, .has = GOOD },
	{ "PPP", "ff03 0021" V4, 9, .want = TE_OK, .has = GOOD },
	{ "PPP, one-byte protocol", "ff03 57" V6, 9, .want = TE_OK, .has = GOOD },
	{ "PPP, no address", "0021" V4, 9, .want = TE_OK, .has = GOOD },
	{ "PPP, neither", "21" V4, 9, .want = TE_OK, .has = GOOD },
	{ "PPP, MPLS", "0281 00020140" V4, 9, .want = TE_OK, .has = TUNNEL },
	{ "PPP, LCP", "ff03 c021", 9, .want = TE_IGNORED },
	{ "serial PPP", "ff03 0057" V6, 50, .want = TE_OK, .has = GOOD },
	{ "serial, Cisco's way", "8f00 0800" V4, 50, .want = TE_OK, .has = GOOD },
	{ "C_HDLC", "0f00 86dd" V6, 104, .want = TE_OK, .has = GOOD },
	{ "PPP_ETHER", "1100 0001 002e 0021" V4, 51, .want = TE_OK, .has = GOOD },
	{ "PPP with direction", "01 ff03 0021" V4, 204, .want = TE_OK, .has = GOOD },
	{ "FDDI", "50" MACS SNAP "0800" V4, 10, .want = TE_OK, .has = GOOD },
	{ "FDDI, station management", "41" MACS SNAP "0800" V4, 10, .want = TE_IGNORED },
	{ "NFLOG", "02000000 0800 0100 08000103 0500 0a00 78000000 3000 0900" V4, 239,
	  .want = TE_OK, .has = GOOD },
	{ "NFLOG, big-endian, IPv6", "0a000000 0008 0001 86dd0103 0044 0009" V6, 239,
	  .want = TE_OK, .has = GOOD },
	{ "NFLOG, a bad length", "02000000 0300 0100", 239, .want = TE_MALFORMED },
	{ "NFLOG, no payload", "02000000 0800 0100 08000103", 239, .want = TE_MALFORMED },
	{ "IPOIB", "0000000000000000000000000000000000000000"
	  "000005500000000000000000000000000000000a" "0800 0000" V4, 242,
	  .want = TE_OK, .has = GOOD },
	{ "a link type nobody knows", V4, 147, .want = TE_UNSUPPORTED },
};

static const struct row ip[] = {
	{ "options", "4600 0030 1234 0000 40 06 0000" ADDR "01010101" TCP, 228,
	  .want = TE_OK, .has = 0 },
	{ "length 0: all that was sent", IPV4("0000", "0000", "06") ADDR TCP, 228,
	  .want = TE_OK, .has = GOOD },
	{ "longer than the frame: IP decides", IPV4("05dc", "0000", "06") ADDR TCP, 228,
	  .want = TE_OK, .has = TE_SNAPPED, .len = 1460 },
	{ "longer, and no TCP header", IPV4("05dc", "0000", "06") ADDR "c001", 228,
	  .want = TE_TRUNCATED },
	{ "UDP", IPV4("001c", "0000", "11") ADDR "0035 0035 0008 0000", 228,
	  .want = TE_IGNORED },
	{ "ICMP quoting TCP",
	  IPV4("0000", "0000", "01") ADDR "0301 0000 00000000" V4, 228,
	  .want = TE_IGNORED },
	{ "ESP", IPV4("0000", "0000", "32") ADDR TCP, 228, .want = TE_IGNORED },
	{ "header of 16", "4400 002c 1234 0000 40 06 0000" ADDR TCP, 228,
	  .want = TE_MALFORMED },
	{ "total below the header", IPV4("0013", "0000", "06") ADDR TCP, 228,
	  .want = TE_MALFORMED },
	{ "header of 60 in 44", "4f00 002c 1234 0000 40 06 0000" ADDR TCP, 228,
	  .want = TE_MALFORMED },
	{ "the wrong version", MACS "0800" V6, ETHERNET, .want = TE_MALFORMED },
	{ "the wrong version, too", MACS "86dd" V4, ETHERNET, .want = TE_MALFORMED },
	{ "no room for IP", MACS "0800 4500", ETHERNET, .want = TE_MALFORMED },
	{ "no room for ethernet", "0200", ETHERNET, .want = TE_MALFORMED },
	{ "nothing", "", ETHERNET, .want = TE_MALFORMED },
	{ "nothing captured", "", ETHERNET, .want = TE_TRUNCATED, .cut = 60 },
	{ "first fragment", IPV4("002c", "2000", "06") ADDR TCP, 228,
	  .want = TE_OK, .has = TE_FRAGMENTED },
	{ "later fragment", IPV4("002c", "0010", "06") ADDR TCP, 228,
	  .want = TE_FRAGMENT, .has = TE_FRAGMENTED },
	{ "later fragment of UDP", IPV4("002c", "0010", "11") ADDR TCP, 228,
	  .want = TE_IGNORED, .has = TE_FRAGMENTED },
	{ "tiny fragment", IPV4("001c", "2000", "06") ADDR "c001005011111111", 228,
	  .want = TE_FRAGMENT, .has = TE_FRAGMENTED },
	{ "fragmented tunnel", IPV4("0040", "2000", "04") ADDR V4, 228,
	  .want = TE_FRAGMENT, .has = TE_FRAGMENTED },
	{ "fragmented UDP", IPV4("001c", "2000", "11") ADDR "0035 0035 0008 0000", 228,
	  .want = TE_IGNORED, .has = TE_FRAGMENTED },
	{ "fragmented VXLAN",
	  IPV4("0020", "2000", "11") ADDR "1000 12b5 0800 0000 08000000", 228,
	  .want = TE_FRAGMENT, .has = TE_FRAGMENTED },
	{ "AH in IPv4",
	  IPV4("0044", "0000", "33") ADDR
	  "06040000 00000001 00000001 000000000000000000000000" TCP,
	  228, .want = TE_OK, .has = GOOD },
	{ "IPv6, length 0", IPV6("0000", "06") TCP6, 229, .want = TE_OK, .has = GOOD },
	{ "IPv6, jumbogram", IPV6("0000", "00") "0600c20400000020" TCP6, 229,
	  .want = TE_OK, .has = GOOD },
	{ "IPv6, longer than the frame", IPV6("0518", "06") TCP6, 229,
	  .want = TE_OK, .has = TE_SNAPPED, .len = 0x518 - 20 },
	{ "IPv6, hop-by-hop", IPV6("0020", "00") "0600050200000100" TCP6, 229,
	  .want = TE_OK, .has = GOOD },
	{ "IPv6, routing",
	  IPV6("0030", "2b") "0602000100000000" "20010db8000000000000000000000009" TCP6,
	  229,
	  .want = TE_OK, .has = 0 },
	{ "IPv6, destination options", IPV6("0020", "3c") "0600010400000000" TCP6, 229,
	  .want = TE_OK, .has = 0 },
	{ "IPv6, mobility", IPV6("0020", "87") "0600000000000000" TCP6, 229,
	  .want = TE_OK, .has = 0 },
	{ "IPv6, AH", IPV6("0028", "33") "06020000 00000001 00000001 00000000" TCP6, 229,
	  .want = TE_OK, .has = GOOD },
	{ "IPv6, options past the end", IPV6("0018", "00") "06ff050200000100", 229,
	  .want = TE_TRUNCATED, .has = TE_SNAPPED },
	{ "IPv6, options past the length",
	  IPV6("0008", "00") "06ff050200000100" TCP6, 229,
	  .want = TE_MALFORMED },
	{ "IPv6, in one fragment", IPV6("0020", "2c") "0600000000000001" TCP6, 229,
	  .want = TE_OK, .has = GOOD },
	{ "IPv6, first fragment", IPV6("0020", "2c") "0600000100000001" TCP6, 229,
	  .want = TE_OK, .has = TE_FRAGMENTED },
	{ "IPv6, later fragment", IPV6("0020", "2c") "0600001000000001" TCP6, 229,
	  .want = TE_FRAGMENT, .has = TE_FRAGMENTED },
	{ "IPv6, no next header", IPV6("0000", "3b"), 229, .want = TE_IGNORED },
	{ "IPv6's fragment header in IPv4",
	  IPV4("0034", "0000", "2c") ADDR "0600000000000001" TCP, 228,
	  .want = TE_IGNORED },
	{ "IPv6's options in IPv4",
	  IPV4("0034", "0000", "00") ADDR "0600050200000100" TCP, 228,
	  .want = TE_IGNORED },
};

static const struct row tcp[] = {
	{ "bad checksum", IPV4("002c", "0000", "06") ADDR TCP_SUM("d413"), 228,
	  .want = TE_OK, .has = GOOD | TE_BAD_SUM },
	{ "partial checksum", IPV4("002c", "0000", "06") ADDR TCP_SUM("ec55"), 228,
	  .want = TE_OK, .has = TE_PART_SUM },
	{ "partial without length", IPV4("002c", "0000", "06") ADDR TCP_SUM("ec3d"), 228,
	  .want = TE_OK, .has = TE_PART_SUM },
	{ "IPv6, bad checksum", IPV6("0018", "06") TCP_SUM("64d6"), 229,
	  .want = TE_OK, .has = GOOD | TE_BAD_SUM },
	{ "no payload",
	  IPV4("0028", "0000", "06") ADDR "c0010050 11111111 22222222 50180400 98dd0000",
	  228,
	  .want = TE_OK, .has = GOOD, .empty = true },
	{ "payload cut", V4, 228, .want = TE_OK, .has = GOOD },
	{ "long payload cut", IPV4("05dc", "0000", "06") ADDR TCP, 228,
	  .want = TE_OK, .has = TE_SNAPPED, .cut = 1456, .len = 1460 },
	{ "header of 16",
	  IPV4("002c", "0000", "06") ADDR
	  "c0010050 11111111 22222222 40180400 0000 0000 61626364",
	  228, .want = TE_MALFORMED },
	{ "header past the end",
	  IPV4("002c", "0000", "06") ADDR
	  "c0010050 11111111 22222222 70180400 0000 0000 61626364",
	  228, .want = TE_MALFORMED },
	{ "options cut",
	  IPV4("0038", "0000", "06") ADDR
	  "c0010050 11111111 22222222 80180400 0000 0000 0101080a",
	  228, .want = TE_OK, .has = TE_SNAPPED, .cut = 12 },
	{ "less than a header", IPV4("0020", "0000", "06") ADDR TCP, 228,
	  .want = TE_MALFORMED },
	{ "19 of 20 bytes",
	  IPV4("002c", "0000", "06") ADDR "c0010050 11111111 22222222 50180400 d41200",
	  228,
	  .want = TE_TRUNCATED, .cut = 5 },
};

static const struct row tunnels[] = {
	{ "IP in IP", OUTER("04") V4, ETHERNET, .want = TE_OK, .has = TUNNEL },
	{ "IPv6 in IP", OUTER("29") V6, ETHERNET, .want = TE_OK, .has = TUNNEL },
	{ "IPv4 in IPv6", IPV6("002c", "04") V4, 229, .want = TE_OK, .has = TUNNEL },
	{ "IPv6 in IPv6, behind options", IPV6("0048", "3c") "2900040104010100" V6, 229,
	  .want = TE_OK, .has = TUNNEL },
	{ "whole, in one that is not", IPV4("05dc", "0000", "04") ADDR V4, 228,
	  .want = TE_OK, .has = TUNNEL },
	{ "VLAN outside and in", MACS "8100 0005 0800" IPV4("0000", "0000", "2f") ADDR
	  "0000 6558" MACS "8100 0006 0800" V4, ETHERNET,
	  .want = TE_OK, .has = VLAN | TUNNEL, .vlan = 6 },
	{ "GRE", OUTER("2f") "0000 0800" V4, ETHERNET, .want = TE_OK, .has = TUNNEL },
	{ "GRE, all fields",
	  OUTER("2f") "b000 86dd 00000000 00000001 00000002" V6, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "GRE, ethernet", OUTER("2f") "2000 6558 00000001" ETH4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "GRE, routed", OUTER("2f") "4000 0800" V4, ETHERNET, .want = TE_IGNORED },
	{ "GRE, version 2", OUTER("2f") "0002 0800" V4, ETHERNET, .want = TE_IGNORED },
	{ "GRE, keepalive", OUTER("2f") "0000 0000", ETHERNET,
	  .want = TE_IGNORED, .has = TE_TUNNELLED },
	{ "PPTP",
	  OUTER("2f") "3081 880b 00000001 00000002 00000003 ff03 0021" V4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "PPTP, only an ack", OUTER("2f") "2081 880b 00000001 00000003", ETHERNET,
	  .want = TE_IGNORED },
	{ "ERSPAN I", OUTER("2f") "0000 88be" ETH4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "ERSPAN II", OUTER("2f") "1000 88be 00000001 1000000000000000" ETH4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "ERSPAN III",
	  OUTER("2f") "1000 22eb 00000001 200000000000000000000000" ETH4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "ERSPAN III, longer",
	  OUTER("2f") "1000 22eb 00000001 200000000000000000000001 0000000000000000" ETH4,
	  ETHERNET, .want = TE_OK, .has = TUNNEL },
	{ "GTP-U", UDP("0868", "003c") "30ff 002c 00000001" V4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "GTP-U, sequence",
	  UDP("0868", "0054") "32ff 0044 00000001 00010000" V6, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "GTP-U, extensions",
	  UDP("0868", "0048") "34ff 0038 00000001 00000085 01001085 01001100" V4,
	  ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "GTP-U, extension of no length",
	  UDP("0868", "0000") "34ff 0038 00000001 00000085 00" V4, ETHERNET,
	  .want = TE_IGNORED },
	{ "GTP-U, echo", UDP("0868", "0010") "3001 0000 00000000", ETHERNET,
	  .want = TE_IGNORED },
	{ "Teredo", UDP("0dd8", "0048") V6, ETHERNET, .want = TE_OK, .has = TUNNEL },
	{ "Teredo, authentication and origin",
	  UDP("0dd8", "0000") "0001 0102 aa bbbb 1122334455667788 00"
	  "0000 1234 0a000001" V6, ETHERNET, .want = TE_OK, .has = TUNNEL },
	{ "Teredo, IPv4", UDP("0dd8", "0034") V4, ETHERNET, .want = TE_IGNORED },
	{ "VXLAN", UDP("12b5", "004a") "0800000000000100" ETH4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "VXLAN, by the source port",
	  OUTER("11") "12b5 1000 004a 0000 0800000000000100" ETH4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "VXLAN, no VNI", UDP("12b5", "004a") "0000000000000100" ETH4, ETHERNET,
	  .want = TE_IGNORED },
	{ "VXLAN, bad IP in it",
	  UDP("12b5", "0042") "0800000000000100" MACS "0800" IPV4("05dc", "0000", "06")
	  ADDR TCP,
	  ETHERNET, .want = TE_IGNORED, .has = TE_TUNNELLED },
	{ "VXLAN, not all there", UDP("12b5", "000c") "08000000", ETHERNET,
	  .want = TE_IGNORED },
	{ "Geneve", UDP("17c1", "004a") "0000655800000100" ETH4, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "Geneve, option, IPv6",
	  UDP("17c1", "0058") "0200 86dd 00000100 0102030100000000" V6, ETHERNET,
	  .want = TE_OK, .has = TUNNEL },
	{ "Geneve, version 1", UDP("17c1", "004a") "4000655800000100" ETH4, ETHERNET,
	  .want = TE_IGNORED },
	{ "UDP with a bad length", UDP("12b5", "0007") "0800000000000100" ETH4, ETHERNET,
	  .want = TE_IGNORED },
	{ "UDP longer than IP", UDP("12b5", "0fff") "0800000000000100" ETH4, ETHERNET,
	  .want = TE_IGNORED },
};

static const struct {
	const char *name, *hex;
	bool cut;
	struct te_segment want;
} options[] = {
	{ "none", "", false, { .has = 0 } },
	{ "end before anything", "00ffff", false, { .has = 0 } },
	{ "of a SYN", "020405b4 0402 080a 00000001 00000002 01 030307", false,
	  { .has = TE_HAS_MSS | TE_HAS_SACK_OK | TE_HAS_TS | TE_HAS_WSCALE, .mss = 1460,
	    .tsval = 1, .tsecr = 2, .wscale = 7 } },
	{ "of a SYN, a shift above 14",
	  "020405b4 0402 080a 00000001 00000002 01 03030f", false,
	  { .has = TE_HAS_MSS | TE_HAS_SACK_OK | TE_HAS_TS | TE_HAS_WSCALE, .mss = 1460,
	    .tsval = 1, .tsecr = 2, .wscale = 14 } },
	{ "of a SYN without timestamps", "020405b4 01 030308 0101 0402", false,
	  { .has = TE_HAS_MSS | TE_HAS_SACK_OK | TE_HAS_WSCALE, .mss = 1460,
	    .wscale = 8 } },
	{ "of a SYN without timestamps, a shift above 14",
	  "020405b4 01 030310 0101 0402", false,
	  { .has = TE_HAS_MSS | TE_HAS_SACK_OK | TE_HAS_WSCALE, .mss = 1460,
	    .wscale = 14 } },
	{ "of a SYN without timestamps, wrong at its end",
	  "020405b4 01 030308 0101 0403", false,
	  { .has = TE_HAS_MSS | TE_HAS_WSCALE | TE_BAD_OPTION, .mss = 1460,
	    .wscale = 8 } },
	{ "of a SYN, in another order",
	  "020405b4 01 030308 0101 080a 00000001 00000002 0402", false,
	  { .has = TE_HAS_MSS | TE_HAS_SACK_OK | TE_HAS_TS | TE_HAS_WSCALE, .mss = 1460,
	    .tsval = 1, .tsecr = 2, .wscale = 8 } },
	{ "of a SYN, wrong at its end",
	  "020405b4 0402 080a 00000001 00000002 01 030407", false,
	  { .has = TE_HAS_MSS | TE_HAS_SACK_OK | TE_HAS_TS | TE_BAD_OPTION, .mss = 1460,
	    .tsval = 1, .tsecr = 2 } },
	{ "a shift above 14", "03030f", false, { .has = TE_HAS_WSCALE, .wscale = 14 } },
	{ "SACK", "0101 0512 00000010 00000020 00000030 00000040", false,
	  { .has = TE_HAS_SACK, .sack_right = 0x40 } },
	{ "SACK, wrapped, newest first",
	  "051a 00000005 00000010 fffffff0 fffffffe ffffff00 ffffff10",
	  false, { .has = TE_HAS_SACK, .sack_right = 0x10 } },
	{ "SACK of half a block",
	  "050c 00000010 00000020 0000", false, { .has = TE_BAD_OPTION } },
	{ "SACK, odd",
	  "050e 00000010 00000020 00000030", false, { .has = TE_BAD_OPTION } },
	{ "SACK, no block", "0502", false, { .has = TE_BAD_OPTION } },
	{ "Fast Open, asking", "2202", false, { .has = TE_HAS_TFO } },
	{ "Fast Open, cookie", "220a 0102030405060708", false, { .has = TE_HAS_TFO } },
	{ "Fast Open, experimental", "fe04 f989", false, { .has = TE_HAS_TFO } },
	{ "Fast Open, experimental, 253",
	  "fd08 f989 01020304", false, { .has = TE_HAS_TFO } },
	{ "another experiment", "fe04 1234 fd02", false, { .has = 0 } },
	{ "unknown kind is skipped",
	  "1306 00000000 020405b4", false, { .has = TE_HAS_MSS, .mss = 1460 } },
	{ "length 0", "1300 020405b4", false, { .has = TE_BAD_OPTION } },
	{ "length 1",
	  "020405b4 1301", false, { .has = TE_HAS_MSS | TE_BAD_OPTION, .mss = 1460 } },
	{ "MSS of five", "020505b400 030307", false, { .has = TE_BAD_OPTION } },
	{ "past the end", "080a 00000001", false, { .has = TE_BAD_OPTION } },
	{ "past the end, not captured", "080a 00000001", true, { .has = 0 } },
	{ "kind without length", "08", false, { .has = TE_BAD_OPTION } },
	{ "kind without length, not captured",
	  "020405b4 08", true, { .has = TE_HAS_MSS, .mss = 1460 } },
};
/* clang-format on */

static const struct {
	const struct row *rows;
	size_t count;
} groups[] = {
	{ links, sizeof(links) / sizeof(links[0]) },
	{ ip, sizeof(ip) / sizeof(ip[0]) },
	{ tcp, sizeof(tcp) / sizeof(tcp[0]) },
	{ tunnels, sizeof(tunnels) / sizeof(tunnels[0]) },
};

static unsigned nibble(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

/* Exactly the bytes of `hex`, from malloc, so that a sanitizer sees each one too many. */
static uint8_t *from_hex(const char *hex, uint32_t *n)
{
	char digits[1024];
	size_t count = 0;
	uint8_t *bytes;

	for (; *hex; hex++)
		if (*hex != ' ')
			digits[count++] = *hex;
	assert_true(count % 2 == 0 && count < sizeof(digits));
	bytes = malloc(count / 2 + !count);
	assert_non_null(bytes);
	for (size_t i = 0; i < count; i += 2)
		bytes[i / 2] = (uint8_t)(nibble(digits[i]) << 4 | nibble(digits[i + 1]));
	*n = (uint32_t)(count / 2);
	return bytes;
}

static void check_segment(const struct row *row, const struct te_segment *seg)
{
	uint32_t len = row->empty ? 0 : row->len ? row->len : 4;

	assert_int_equal(seg->time, 42);
	assert_int_equal(seg->frame, 7);
	assert_int_equal(seg->file, 3);
	assert_true(seg->ip_version == 4 || seg->ip_version == 6);
	assert_int_equal(seg->ip_id, seg->ip_version == 4 ? 0x1234 : 0);
	assert_int_equal(seg->ttl, 64);
	assert_int_equal(seg->src.bytes[0], seg->ip_version == 4 ? 0xc0 : 0x20);
	assert_int_equal(seg->dst.bytes[seg->ip_version == 4 ? 3 : 15], 2);
	assert_int_equal(seg->dst.bytes[4], 0);
	assert_int_equal(seg->src_port, 49153);
	assert_int_equal(seg->dst_port, 80);
	assert_int_equal(seg->seq, 0x11111111);
	assert_int_equal(seg->ack, 0x22222222);
	assert_int_equal(seg->flags, TE_PSH | TE_ACK);
	assert_int_equal(seg->window, 1024);
	assert_int_equal(seg->len, len);
	assert_true(seg->data_len <= len);
	if (seg->data_len)
		assert_memory_equal(seg->data, "abcd", 4);
}

static struct te_frame frame_of(const struct row *row, uint8_t *bytes, uint32_t n)
{
	return (struct te_frame){
		.time = 42,
		.number = 7,
		.file = 3,
		.caplen = n,
		.len = n + row->cut,
		.linktype = row->linktype,
		.bytes = bytes,
	};
}

typedef bool short_way(const struct te_frame *, bool, struct te_segment *);

/* This short way takes it, and the walk through the layers is of the same mind. */
static bool takes(short_way *way, const struct te_frame *frame)
{
	struct te_segment plain, walked;

	memset(&plain, 0, sizeof(plain));
	memset(&walked, 0, sizeof(walked));
	if (!way(frame, true, &plain))
		return false;
	assert_int_equal(decode_layers(frame, true, &walked), TE_OK);
	assert_memory_equal(&plain, &walked, sizeof(plain));
	return true;
}

/* What the first one takes is taken by the second, too. */
static void check_short_ways(const struct te_frame *frame)
{
	if (takes(decode_plain, frame))
		assert_true(takes(decode_plain_link, frame));
	else
		(void)takes(decode_plain_link, frame);
}

static void check_row(const struct row *row)
{
	struct te_segment seg;
	uint32_t n;
	uint8_t *bytes = from_hex(row->hex, &n);
	struct te_frame frame = frame_of(row, bytes, n);
	enum te_status got = te_decode(&frame, &seg);
	uint16_t read_first = TE_HAS_VLAN | TE_TUNNELLED;

	check_short_ways(&frame);
	if (got != row->want || (got == TE_OK && seg.has != row->has))
		print_error("%s: status %d, has %#x\n", row->name, (int)got, seg.has);
	assert_int_equal(got, row->want);
	if (got == TE_OK) {
		assert_int_equal(seg.has, row->has);
		assert_int_equal(seg.vlan, row->vlan);
		check_segment(row, &seg);
	} else {
		assert_int_equal(seg.has & read_first, row->has & read_first);
	}
	free(bytes);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		for (size_t k = 0; k < groups[i].count; k++)
			check_row(&groups[i].rows[k]);
}

static void check_taken(short_way *way, const struct row *row, bool want)
{
	uint32_t n;
	uint8_t *bytes = from_hex(row->hex, &n);
	struct te_frame frame = frame_of(row, bytes, n);

	if (takes(way, &frame) != want)
		print_error("link type %u, %s\n", row->linktype, row->hex);
	assert_int_equal(takes(way, &frame), want);
	free(bytes);
}

static void test_plain(void **state)
{
	static const struct row plain[] = {
		{ .linktype = ETHERNET, .hex = ETH4 },
		{ .linktype = ETHERNET, .hex = MACS "86dd" V6 },
		{ .linktype = ETHERNET, .hex = ETH4 "0000", .cut = 3 },
		{ .linktype = ETHERNET, .hex = OPTIONS("0101080a 00000007 00000005") },
		{ .linktype = ETHERNET, .hex = OPTIONS("020405b4 01030307 01010402") },
		{ .linktype = ETHERNET, .hex = OPTIONS("01010101 01010101 01010101") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		check_taken(decode_plain, &plain[i], true);
}

static void test_plain_link(void **state)
{
	static const struct row plain[] = {
		{ .linktype = ETHERNET, .hex = MACS "86dd" V6 },
		{ .linktype = ETHERNET, .hex = MACS "8100 6064 0800" V4 },
		{ .linktype = ETHERNET, .hex = MACS "8100 e000 86dd" V6 },
		{ .linktype = 113, .hex = SLL "0800" V4 },
		{ .linktype = 113, .hex = SLL "8100 0064 86dd" V6 },
		{ .linktype = 276, .hex = SLL2("0800") V4 },
		{ .linktype = 276, .hex = SLL2("86dd") V6 },
		{ .linktype = 276, .hex = SLL2("8100") "0064 0800" V4 },
		{ .linktype = 101, .hex = V4 },
		{ .linktype = 101, .hex = V6 },
		{ .linktype = 228, .hex = V4 },
		{ .linktype = 229, .hex = V6 },
		{ .linktype = 0, .hex = "02000000" V4 },
		{ .linktype = 0, .hex = "1e000000" V6 },
		{ .linktype = 0, .hex = "00000002" V4 },
		{ .linktype = 108, .hex = "00000018" V6 },
	}, other[] = {
		{ .linktype = ETHERNET, .hex = MACS "8100 0001 8100 0002 0800" V4 },
		{ .linktype = ETHERNET, .hex = MACS "8100 0001 86dd" V4 },
		{ .linktype = 113, .hex = "0004 0338 0000 0000000000000000 0800" V4 },
		{ .linktype = 113, .hex = SLL "86dd" V4 },
		{ .linktype = 0, .hex = "1e000000" V4 },
		{ .linktype = 9, .hex = "ff03 0021" V4 },
		{ .linktype = 147, .hex = V4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		check_taken(decode_plain_link, &plain[i], true);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		check_taken(decode_plain_link, &other[i], false);
}

/* Cut in its headers, a TCP frame is truncated; after them, only its payload is. */
static void check_cuts(const struct row *row, uint32_t header)
{
	uint32_t n;
	uint8_t *bytes = from_hex(row->hex, &n);

	for (uint32_t keep = 0; keep < n; keep++) {
		struct te_frame frame = frame_of(row, bytes, n);
		struct te_segment seg;
		enum te_status got;

		frame.bytes = memcpy(malloc(keep + !keep), bytes, keep);
		frame.caplen = keep;
		check_short_ways(&frame);
		got = te_decode(&frame, &seg);
		if (got != (keep < header ? TE_TRUNCATED : TE_OK))
			print_error("%s: %u bytes, status %d\n", row->name, keep,
				    (int)got);
		assert_int_equal(got, keep < header ? TE_TRUNCATED : TE_OK);
		if (got == TE_OK)
			assert_int_equal(seg.len, 4);
		free((void *)(uintptr_t)frame.bytes);
	}
	free(bytes);
}

static void test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		for (size_t k = 0; k < groups[i].count; k++) {
			const struct row *row = &groups[i].rows[k];
			struct te_segment seg;
			uint32_t n;
			uint8_t *bytes = from_hex(row->hex, &n);
			struct te_frame frame = frame_of(row, bytes, n);

			if (te_decode(&frame, &seg) == TE_OK && seg.len == 4 && !row->cut)
				check_cuts(row, (uint32_t)(seg.data - bytes));
			free(bytes);
		}
	}
}

static void test_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct te_segment got = { .has = 0 };
		const struct te_segment *want = &options[i].want;
		uint32_t n;
		uint8_t *bytes = from_hex(options[i].hex, &n);

		tcpopt_parse(bytes, n, options[i].cut, &got);
		if (got.has != want->has)
			print_error("%s: has %#x\n", options[i].name, got.has);
		assert_int_equal(got.has, want->has);
		assert_int_equal(got.mss, want->mss);
		assert_int_equal(got.wscale, want->wscale);
		assert_int_equal(got.tsval, want->tsval);
		assert_int_equal(got.tsecr, want->tsecr);
		assert_int_equal(got.sack_right, want->sack_right);
		free(bytes);
	}
}

static void test_without_checksum(void **state)
{
	const struct row *row = &tcp[0];
	struct te_segment seg;
	uint32_t n;
	uint8_t *bytes = from_hex(row->hex, &n);
	struct te_frame frame = frame_of(row, bytes, n);

	(void)state;
	assert_int_equal(decode_frame(&frame, false, &seg), TE_OK);
	assert_int_equal(seg.has, 0);
	free(bytes);
}

/* Tags without end: the walk gives up. */
static void test_endless_tags(void **state)
{
	uint8_t bytes[14 + 4 * 100 + 1] = { 0 };
	struct te_frame frame = { .caplen = sizeof(bytes), .linktype = ETHERNET };
	struct te_segment seg;

	(void)state;
	for (size_t i = 12; i + 4 <= sizeof(bytes); i += 4)
		bytes[i] = 0x81;
	frame.bytes = bytes;
	assert_int_equal(te_decode(&frame, &seg), TE_IGNORED);
	assert_true(seg.has & TE_HAS_VLAN);
}

static void test_no_bytes(void **state)
{
	struct te_frame frame = { .linktype = ETHERNET, .bytes = NULL };
	struct te_segment seg;

	(void)state;
	assert_int_equal(te_decode(&frame, &seg), TE_MALFORMED);
	frame.len = 60;
	assert_int_equal(te_decode(&frame, &seg), TE_TRUNCATED);
	frame.linktype = 147;
	assert_int_equal(te_decode(&frame, &seg), TE_UNSUPPORTED);
}

static void test_checksum_sum(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4,
					 0xf5, 0xf6, 0xf7, 0x80 };

	(void)state;
	assert_int_equal(checksum_sum(bytes, 0), 0);
	assert_int_equal(checksum_sum(bytes, 8), 0xddf2); /* RFC 1071 3 */
	assert_int_equal(checksum_sum(bytes, 9), 0x5df3);
	assert_int_equal(checksum_sum(bytes, 3), 0xf201);
}

/* By sixteen bits, as RFC 1071 says it first. */
static uint16_t sum_slowly(const uint8_t *bytes, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* Of every length, and with carries everywhere. */
static void test_checksum_long(void **state)
{
	uint8_t bytes[1500];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 3 ? 0xff : (uint8_t)(i * i);
	for (size_t n = 0; n + 7 < sizeof(bytes); n++)
		assert_int_equal(checksum_sum(bytes + n % 7, n),
				 sum_slowly(bytes + n % 7, n));
}

/* Behind addresses that end where it begins. */
static void put_checksum(uint8_t *header, uint32_t n, uint32_t before)
{
	uint32_t sum;

	header[16] = header[17] = 0;
	sum = sum_slowly(header - before, before + n) + 6 + n;
	sum = ~((sum & 0xffff) + (sum >> 16));
	header[16] = (uint8_t)(sum >> 8);
	header[17] = (uint8_t)sum;
}

/* It is right; with any of its bits turned, it is not. */
static void check_header(uint32_t n, bool ipv4)
{
	uint8_t bytes[32 + 40], *header = bytes + 32;
	uint32_t before = ipv4 ? 8 : 32;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 3 ? 0xff : (uint8_t)(i * i);
	put_checksum(header, n, before);
	assert_true(checksum_of_header(header, n, ipv4));
	for (size_t bit = (32 - before) * 8; bit < (32 + n) * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(checksum_of_header(header, n, ipv4));
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void test_checksum_of_header(void **state)
{
	(void)state;
	for (int ipv4 = 0; ipv4 < 2; ipv4++) {
		check_header(32, ipv4);
		check_header(40, ipv4);
	}
}

static void test_linktypes(void **state)
{
	(void)state;
	assert_string_equal(te_linktype_name(1), "EN10MB");
	assert_string_equal(te_linktype_name(276), "LINUX_SLL2");
	assert_true(te_linktype_known(0));
	assert_false(te_linktype_known(147));
	assert_null(te_linktype_name(147));
}

static void test_cursor(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct cursor c = cur_make(bytes, sizeof(bytes)), part;

	(void)state;
	assert_int_equal(cur_u8(&c), 1);
	assert_int_equal(cur_u16(&c), 0x0203);
	assert_int_equal(cur_u32(&c), 0x04050607);
	part = cur_take(&c, 1);
	assert_int_equal(cur_left(&part), 1);
	assert_int_equal(cur_u16(&part), 0);
	assert_true(cur_failed(&part));
	assert_false(cur_failed(&c));
	assert_int_equal(cur_u16(&c), 0);
	assert_true(cur_failed(&c));
	assert_int_equal(cur_left(&c), 0);
	part = cur_take(&c, 0);
	assert_true(cur_failed(&part));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cursor),
		cmocka_unit_test(test_checksum_sum),
		cmocka_unit_test(test_checksum_long),
		cmocka_unit_test(test_checksum_of_header),
		cmocka_unit_test(test_linktypes),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_without_checksum),
		cmocka_unit_test(test_endless_tags),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_plain_link),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_no_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
