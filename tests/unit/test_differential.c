/* test_differential.c - our reader of capture files against libpcap's
 *
 * Reads every capture below the directories named as arguments, or else, colon by colon,
 * in TCPENDS_SHARED_CAPTURES, with both, and compares frame by frame: time, lengths, link
 * type, bytes. What libpcap refuses or stops at, we must at least read as far. Exit
 * status 77, "skipped", if there is no such directory.
 */
#include "config.h"

#include "capture_live.h"
#include "savefile.h"

#include <ftw.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	unsigned long files, frames, refused, stopped, differ;
} total;

/* libpcap's seconds are signed or not by byte order; the file's are unsigned. */
static te_time libpcap_time(const struct pcap_pkthdr *h, bool is_pcap)
{
	te_time secs = is_pcap ? (te_time)(uint32_t)h->ts.tv_sec : (te_time)h->ts.tv_sec;

	return secs * TE_SEC + (te_time)h->ts.tv_usec;
}

static const char *difference(const struct te_frame *a, const struct pcap_pkthdr *h,
			      const u_char *bytes, uint16_t linktype, bool is_pcap)
{
	if (a->time != libpcap_time(h, is_pcap))
		return "time";
	if (a->caplen != h->caplen)
		return "caplen";
	if (a->len != h->len)
		return "len";
	if (a->linktype != linktype)
		return "link type";
	return memcmp(a->bytes, bytes, a->caplen) != 0 ? "bytes" : NULL;
}

static void report(const char *path, const char *what, const char *detail)
{
	printf("%s: %s%s%s\n", path, what, detail != NULL ? ": " : "",
	       detail != NULL ? detail : "");
}

/* Is it what we agree on to be a capture at all? */
static bool known_format(const struct capture_file *info)
{
	return strcmp(info->format, "pcap") == 0 || strcmp(info->format, "pcapng") == 0;
}

static void compare(const char *path, struct savefile *ours, pcap_t *theirs)
{
	uint16_t linktype = capture_tap_linktype(pcap_datalink(theirs));
	const struct capture_file *info = savefile_info(ours);
	struct pcap_pkthdr *header;
	const u_char *bytes;
	struct te_frame frame;
	int got;

	while ((got = pcap_next_ex(theirs, &header, &bytes)) == 1) {
		const char *what = "we stop before libpcap does";

		if (savefile_next(ours, &frame) == 1)
			what = difference(&frame, header, bytes, linktype,
					  strcmp(info->format, "pcap") == 0);
		if (what != NULL) {
			total.differ++;
			printf("%s: frame %llu: %s\n", path,
			       (unsigned long long)info->packets, what);
			return;
		}
		total.frames++;
	}
	if (got == PCAP_ERROR) {
		total.stopped++;
		report(path, "libpcap stops", pcap_geterr(theirs));
	}
	if (got == PCAP_ERROR_BREAK && savefile_next(ours, &frame) != 0) {
		total.differ++;
		report(path, "we read more than libpcap", NULL);
	}
	while (savefile_next(ours, &frame) == 1)
		total.frames++;
	if ((info->error != NULL) != (got == PCAP_ERROR))
		report(path, "(only one of us complains) we", info->error);
	else if (info->error != NULL)
		report(path, "      and we stop", info->error);
}

static void refused(const char *path, struct savefile *ours, const char *why)
{
	struct te_frame frame;

	while (savefile_next(ours, &frame) == 1)
		total.frames++;
	total.refused++;
	report(path, "libpcap refuses", why);
	printf(
	    "%s:       we read %llu frames of %s; %s\n", path,
	    (unsigned long long)savefile_info(ours)->packets,
	    known_format(savefile_info(ours)) ? savefile_info(ours)->format : "nothing",
	    savefile_info(ours)->error != NULL ? savefile_info(ours)->error : "no error");
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	const char *dot = strrchr(path, '.');
	char err[PCAP_ERRBUF_SIZE];
	struct savefile *ours;
	pcap_t *theirs;

	(void)st, (void)ftw;
	if (kind != FTW_F ||
	    (dot != NULL && (strncmp(dot, ".json", 5) == 0 || strcmp(dot, ".tsv") == 0 ||
			     strcmp(dot, ".md") == 0)))
		return 0;
	total.files++;
	ours = savefile_open(path);
	theirs = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO,
							 err);
	if (ours == NULL)
		return 1;
	if (theirs != NULL) {
		compare(path, ours, theirs);
		pcap_close(theirs);
	} else {
		refused(path, ours, err);
	}
	savefile_close(ours);
	return 0;
}

static bool walk(const char *dir)
{
	return nftw(dir, visit, 16, FTW_PHYS) == 0;
}

int main(int argc, char **argv)
{
	const char *env = getenv("TCPENDS_SHARED_CAPTURES");
	char *dirs = env != NULL ? strdup(env) : NULL;
	bool any = false;

	for (int i = 1; i < argc; i++)
		any |= walk(argv[i]);
	for (char *d = argc > 1 || dirs == NULL ? NULL : strtok(dirs, ":"); d != NULL;
	     d = strtok(NULL, ":"))
		any |= walk(d);
	free(dirs);
	if (!any || total.files == 0) {
		puts("no captures to compare with");
		return 77;
	}
	printf("%lu files, %lu frames; libpcap refused %lu files and stopped early in "
	       "%lu; %lu differ\n",
	       total.files, total.frames, total.refused, total.stopped, total.differ);
	return total.differ > 0;
}
