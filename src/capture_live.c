/* capture_live.c - frames from an interface, by libpcap
 *
 * libpcap's own timeout need not end a wait in which no packet comes, so the handle does
 * not block, and we wait with poll(2).
 */
#include "config.h"

#include "capture_live.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_MS = 100 };

struct capture_tap {
	pcap_t *pcap;
	struct capture_file *info; /* borrowed */
	int fd;                    /* to wait for; -1: cannot be waited for */
	uint16_t linktype;
	te_time unit; /* of the time's fraction, nanoseconds */
	char error[CAPTURE_ERRLEN];
};

static bool tap_fail(char err[CAPTURE_ERRLEN], const char *text, const char *detail)
{
	snprintf(err, CAPTURE_ERRLEN, "%s%s%s", text, detail[0] != '\0' ? ": " : "",
		 detail);
	return false;
}

/* ---- setting up ---- */

static bool tap_settings(pcap_t *pcap, const struct capture_live *live)
{
	/* Nanoseconds are a wish: what we get is asked for after activation. */
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	return pcap_set_snaplen(pcap, (int)live->snaplen) == 0 &&
	       pcap_set_promisc(pcap, live->promiscuous) == 0 &&
	       pcap_set_timeout(pcap, TIMEOUT_MS) == 0 &&
	       (live->buffer_kib == 0 ||
		(live->buffer_kib <= INT_MAX / 1024 &&
		 pcap_set_buffer_size(pcap, live->buffer_kib * 1024) == 0));
}

static bool tap_activate(pcap_t *pcap, const char *interface, char err[CAPTURE_ERRLEN])
{
	int status = pcap_activate(pcap);

	if (status >= 0) /* above 0 are warnings, such as no promiscuous mode */
		return true;
	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return tap_fail(err, "no such interface (-D lists them)", "");
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		/* Without permission libpcap does not look whether it is there. */
		if (strcmp(interface, "any") != 0 && if_nametoindex(interface) == 0)
			return tap_fail(err, "no such interface (-D lists them)", "");
		return tap_fail(err,
				"no permission to capture (it needs root or "
				"CAP_NET_RAW)",
				"");
	case PCAP_ERROR_IFACE_NOT_UP:
		return tap_fail(err, "the interface is not up", "");
	case PCAP_ERROR:
		return tap_fail(err, pcap_geterr(pcap), "");
	default:
		return tap_fail(err, pcap_statustostr(status), pcap_geterr(pcap));
	}
}

static bool tap_filter(pcap_t *pcap, const char *filter, char err[CAPTURE_ERRLEN])
{
	struct bpf_program program;
	bool done;

	if (filter == NULL)
		return true;
	if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return tap_fail(err, "filter", pcap_geterr(pcap));
	done = pcap_setfilter(pcap, &program) == 0;
	pcap_freecode(&program);
	return done || tap_fail(err, "filter", pcap_geterr(pcap));
}

static bool tap_drop_rights(const char *user, char err[CAPTURE_ERRLEN])
{
	const struct passwd *pw;

	if (user == NULL || geteuid() != 0)
		return true;
	pw = getpwnam(user);
	if (pw == NULL)
		return tap_fail(err, "no such user", user);
	if (initgroups(user, pw->pw_gid) != 0 || setgid(pw->pw_gid) != 0 ||
	    setuid(pw->pw_uid) != 0)
		return tap_fail(err, "cannot become the user", strerror(errno));
	if (pw->pw_uid != 0 && setuid(0) == 0)
		return tap_fail(err, "cannot give up root's rights", "");
	return true;
}

static bool tap_set_up(pcap_t *pcap, const struct capture_live *live,
		       char err[CAPTURE_ERRLEN])
{
	char text[PCAP_ERRBUF_SIZE] = "";

	if (!tap_settings(pcap, live))
		return tap_fail(err, "impossible settings", pcap_geterr(pcap));
	if (!tap_activate(pcap, live->interface, err) ||
	    !tap_filter(pcap, live->filter, err))
		return false;
	if (pcap_setnonblock(pcap, 1, text) != 0)
		return tap_fail(err, text, "");
	return tap_drop_rights(live->user, err);
}

/* ---- link types ---- */

/* libpcap's numbers below 104 or so differ from the files'; the rest are the same. */
static const struct {
	int dlt;
	uint16_t linktype;
} linktypes[] = {
	{ DLT_ATM_RFC1483, 100 }, { DLT_RAW, 101 },      { DLT_SLIP_BSDOS, 102 },
	{ DLT_PPP_BSDOS, 103 },   { DLT_ATM_CLIP, 106 }, { DLT_LOOP, 108 },
	{ DLT_ENC, 109 },         { DLT_PFSYNC, 246 },
};

uint16_t capture_tap_linktype(int dlt)
{
	for (size_t i = 0; i < sizeof(linktypes) / sizeof(linktypes[0]); i++)
		if (linktypes[i].dlt == dlt)
			return linktypes[i].linktype;
	return (uint16_t)dlt;
}

int capture_tap_dlt(uint16_t linktype)
{
	for (size_t i = 0; i < sizeof(linktypes) / sizeof(linktypes[0]); i++)
		if (linktypes[i].linktype == linktype)
			return linktypes[i].dlt;
	return linktype;
}

/* ---- the tap ---- */

static void tap_describe(struct capture_tap *tap, struct capture_file *info)
{
	bool nano = pcap_get_tstamp_precision(tap->pcap) == PCAP_TSTAMP_PRECISION_NANO;

	tap->info = info;
	tap->fd = pcap_get_selectable_fd(tap->pcap);
	tap->linktype = capture_tap_linktype(pcap_datalink(tap->pcap));
	tap->unit = nano ? 1 : TE_US;
	info->format = "live";
	info->linktype = tap->linktype;
	info->snaplen = (uint32_t)pcap_snapshot(tap->pcap);
	info->digits = nano ? 9 : 6;
}

struct capture_tap *capture_tap_open(const struct capture_live *live,
				     struct capture_file *info, char err[CAPTURE_ERRLEN])
{
	struct capture_tap *tap = calloc(1, sizeof(*tap));
	char text[PCAP_ERRBUF_SIZE];

	if (tap == NULL) {
		tap_fail(err, "out of memory", "");
		return NULL;
	}
	tap->pcap = pcap_create(live->interface, text);
	if (tap->pcap == NULL)
		tap_fail(err, text, "");
	if (tap->pcap == NULL || !tap_set_up(tap->pcap, live, err)) {
		capture_tap_close(tap);
		return NULL;
	}
	tap_describe(tap, info);
	return tap;
}

/* At most TIMEOUT_MS; some devices want to be asked more often. */
static void tap_wait(struct capture_tap *tap)
{
	struct pollfd p = { .fd = tap->fd, .events = POLLIN };
	const struct timeval *often = pcap_get_required_select_timeout(tap->pcap);

	poll(&p, 1, often != NULL || tap->fd < 0 ? 1 : TIMEOUT_MS);
}

static int tap_read(struct capture_tap *tap, struct te_frame *frame)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int got = pcap_next_ex(tap->pcap, &header, &bytes);

	if (got != 1)
		return got;
	frame->time = header->ts.tv_sec * TE_SEC + header->ts.tv_usec * tap->unit;
	frame->number = ++tap->info->packets;
	frame->file = 1;
	frame->caplen = header->caplen;
	frame->len = header->len;
	frame->linktype = tap->linktype;
	frame->bytes = bytes;
	return 1;
}

int capture_tap_next(struct capture_tap *tap, struct te_frame *frame)
{
	int got = tap_read(tap, frame);

	if (got == 0) {
		tap_wait(tap);
		got = tap_read(tap, frame);
	}
	if (got == 1)
		return 1;
	if (got != PCAP_ERROR)
		return -1;
	tap_fail(tap->error, pcap_geterr(tap->pcap), "");
	tap->info->error = tap->error;
	return 0;
}

void capture_tap_break(struct capture_tap *tap)
{
	pcap_breakloop(tap->pcap);
}

void capture_tap_stats(struct capture_tap *tap)
{
	struct pcap_stat stat;

	if (pcap_stats(tap->pcap, &stat) != 0)
		return;
	tap->info->dropped_known = true;
	tap->info->dropped = stat.ps_drop;
	tap->info->dropped_by_if = stat.ps_ifdrop;
}

void capture_tap_close(struct capture_tap *tap)
{
	if (tap == NULL)
		return;
	if (tap->pcap != NULL)
		pcap_close(tap->pcap);
	free(tap);
}

/* ---- the list of interfaces ---- */

static void list_one(size_t n, const pcap_if_t *i)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {
		{ PCAP_IF_UP, "Up" },
		{ PCAP_IF_RUNNING, "Running" },
		{ PCAP_IF_LOOPBACK, "Loopback" },
		{ PCAP_IF_WIRELESS, "Wireless" },
	};
	const char *before = " [";

	printf("%zu.%s", n, i->name);
	if (i->description != NULL)
		printf(" (%s)", i->description);
	for (size_t k = 0; k < sizeof(flags) / sizeof(flags[0]); k++) {
		if ((i->flags & flags[k].flag) == 0)
			continue;
		printf("%s%s", before, flags[k].name);
		before = ", ";
	}
	puts(before[0] == ',' ? "]" : "");
}

int capture_list_interfaces(char err[CAPTURE_ERRLEN])
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_if_t *all;
	size_t n = 0;

	if (pcap_findalldevs(&all, text) != 0) {
		tap_fail(err, text, "");
		return -1;
	}
	for (const pcap_if_t *i = all; i != NULL; i = i->next)
		list_one(++n, i);
	pcap_freealldevs(all);
	return 0;
}
