/* crowd_parts.h - what the files crowd*.c share; nobody else needs it */
#ifndef CROWD_PARTS_H
#define CROWD_PARTS_H

#include "crowd.h"
#include "series.h"
#include "table.h"

/* What is counted. */
enum crowd_what {
	CROWD_TIME_WAIT, /* of a holder: the client; of a listener: the server */
	CROWD_OF_HOLDER, /* has no more than these */
	CROWD_SYN_RCVD = CROWD_OF_HOLDER, /* the server in it, whatever came of it */
	CROWD_HALF_OPEN,                  /* handshakes that were never completed */
	CROWD_RATE,                       /* those of the last second */
	CROWD_WHATS
};

struct crowd_count {
	struct series series;
	te_time first_time;
	uint64_t first, last; /* frames */
	uint32_t file;        /* of the first; the last is 0 if it is of another */
};

/* A server that did not close, from its peer's FIN on. */
struct crowd_stuck {
	te_time from, to; /* TE_TIME_NONE: it never did */
	uint64_t frame;
	uint32_t file;
};

enum {
	CROWD_KEY = 5,
	CROWD_MET = 4096,
	CROWD_SEEN = 65536,
	CROWD_SOURCES = 1024 / 64,
	CROWD_STUCK = 65536
};

/* A listener, or a holder: then its address is in front. */
struct crowd_place {
	uint64_t key[CROWD_KEY];
	uint64_t weight;       /* connections; near the key, as most only add to it */
	bool holder, guessed;  /* guessed: who is the client, of one of them at least */
	uint64_t *sources;     /* a bit for each of 1024 classes of addresses */
	unsigned source_count; /* of these bits: there are so many, at least */
	struct crowd_stuck *stuck; /* in the order in which they were told */
	uint32_t stuck_count, stuck_size;
	/* SYN+ACKs that nothing answered, sent once; any sent again */
	uint32_t unrepeated, repeated;
	uint32_t stripped, granted; /* without and with the options of their SYN */
	uint32_t unanswered;        /* of the half-open, those without a SYN+ACK */
	uint32_t old, young;        /* half-open ones that had time to go on, or little */
	uint32_t completed;         /* handshakes */
	uint32_t half_now, stuck_now;
	uint64_t flood_peak; /* when it was told live */
	bool told;
	bool lost; /* uthash: no memory for it */
	UT_hash_handle hh;
	struct crowd_count count[]; /* by enum crowd_what; see CROWD_OF_HOLDER */
};

static inline int crowd_whats(bool holder)
{
	return holder ? CROWD_OF_HOLDER : CROWD_WHATS;
}

struct crowd {
	const struct te_config *config;
	struct crowd_place *places; /* in the order in which they were met */
	/* How often there was no place yet, by a hash: most clients toward a server, and
	 * most targets of a scan, are seen so few times that they need none. */
	uint16_t *seen;
	struct crowd_place *met[CROWD_MET]; /* lately, by a hash that need not be good */
	te_time start;                      /* nothing is before it */
	te_time grace;                      /* half-open-grace */
	unsigned spared_syns, spared_time_waits; /* see crowd_find(), crowd_add.c */
	bool answered;                           /* some server said something */
	bool beyond_syns; /* some connection had more than SYN and SYN+ACK */
};

/* The place of a connection's listener, or of its client. There is one only when it was
 * asked for oftener than `spare` times. NULL: there is none. */
struct crowd_place *crowd_find(struct crowd *, const struct conn *, bool holder,
			       unsigned spare);
/* The same by the listener's address. */
struct crowd_place *crowd_find_listener(struct crowd *, const struct te_addr *,
					uint16_t port, uint8_t ip_version,
					unsigned spare);

/* ---- crowd_add.c ---- */

/* What the configuration comes to. */
void crowd_set_limits(struct crowd *);
te_time crowd_seconds(const struct crowd *, enum te_limit);
/* All that its client sent is a SYN, once, or a RST followed. */
bool crowd_never_completed(const struct conn *);
/* When nobody would wait for the rest of it any more. */
te_time crowd_half_open_until(const struct crowd *, const struct conn *);
void crowd_add_source(struct crowd_place *, const struct te_addr *);
/* From how many addresses a flood comes at least. */
unsigned crowd_many_sources(const struct crowd *);

/* ---- crowd_tell.c ---- */

/* A finding while it is put together. */
struct telling {
	struct crowd *crowd;
	struct crowd_place *place;
	struct te_connection about; /* made up: the addresses */
	struct te_finding finding;
	char detail[200];
	crowd_tell_fn *tell;
	void *ctx;
};

double telling_limit_of(const struct telling *, enum te_limit);
/* A finding of this place; `about` is filled before, by telling_about_place(). */
void telling_begin(struct telling *, const char *id, enum te_end);
void telling_about_place(struct telling *);
/* Words of its detail, one after the other. */
void telling_say(struct telling *, const char *words);
void telling_say_count(struct telling *, uint64_t count);
void telling_say_when(struct telling *, te_time when); /* the most there were */
/* The frames of the first and the last connection that count. */
void telling_show_count(struct telling *, enum crowd_what);
void telling_also(struct telling *, const char *id);
/* The most at once, and when; 0 if there were fewer than `least` in all. */
uint64_t telling_peak(const struct telling *, enum crowd_what, double least,
		      te_time *when);

/* ---- crowd_flood.c ---- */

/* True: there is one, and the other two are part of it. */
bool crowd_tell_flood(struct telling *);
void crowd_tell_backlog(struct telling *);
void crowd_tell_cookies(struct telling *);

#endif
