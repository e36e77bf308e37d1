/* floor.c - the bare libpcap loop: reads a capture, counts its packets, nothing more
 *
 * No program that reads captures through libpcap can take less time than this. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>

/* pcap_loop with this callback is a little faster than pcap_next_ex: one call a packet.
 */
static void count(u_char *packets, const struct pcap_pkthdr *header, const u_char *bytes)
{
	(void)header;
	(void)bytes;
	++*(uint64_t *)(void *)packets;
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE] = "usage: floor FILE";
	pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
	uint64_t packets = 0;
	int status;

	if (!pcap) {
		fprintf(stderr, "floor: %s\n", error);
		return 2;
	}
	status = pcap_loop(pcap, -1, count, (u_char *)&packets);
	if (status != 0)
		fprintf(stderr, "floor: %s\n", pcap_geterr(pcap));
	printf("%" PRIu64 "\n", packets);
	pcap_close(pcap);
	return status != 0;
}
