/* test_peers.c - the words of Zeek and Wireshark, row by row */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peers.h"

enum { CLIENT, SERVER };

/* Segments as in tests/scripts, flags first: "S 0:0 ack 0" is { CLIENT, "S", 0, 0, 0 }.
 * Numbers count from 0 at the SYN of their sender. */
struct step {
	int from;
	const char *flags; /* tcpdump's letters; 'w' a window of 0, 'c' a bad checksum,
			      'n' cut by the snap length; NULL ends the list */
	uint32_t seq, len, ack;
	unsigned seconds; /* before it */
};

enum { MAX_STEPS = 12 };

struct row {
	const char *name;
	struct step steps[MAX_STEPS];
	const char *state, *history;
	unsigned completeness;
};

/* clang-format off */
#define HANDSHAKE { CLIENT, "S", 0, 0, 0, 0 }, { SERVER, "S.", 0, 0, 1, 0 }, \
		  { CLIENT, ".", 1, 0, 1, 0 }

static const struct row rows[] = {
	{ "nothing yet", { { 0 } }, "OTH", "", 0 },
	{ "unanswered", { { CLIENT, "S", 0, 0, 0, 0 }, { CLIENT, "S", 0, 0, 0, 1 } },
	  "S0", "S", 1 },
	{ "refused", { { CLIENT, "S", 0, 0, 0, 0 }, { SERVER, "R.", 0, 0, 1, 0 } },
	  "REJ", "Sr", 37 },
	{ "open", { HANDSHAKE }, "S1", "ShA", 7 },
	{ "acknowledged before it is answered",
	  { { CLIENT, "S", 0, 0, 0, 0 }, { SERVER, ".", 0, 0, 1, 0 }, { SERVER, "S.", 0, 0, 1, 0 } },
	  "S1", "Sah", 7 },
	{ "simultaneous", { { CLIENT, "S", 0, 0, 0, 0 }, { SERVER, "S", 0, 0, 0, 0 } },
	  "S1", "Ss", 1 },
	{ "normal", { HANDSHAKE, { CLIENT, "P.", 1, 10, 1, 0 }, { SERVER, ".", 1, 0, 11, 0 },
		      { SERVER, "P.", 1, 20, 11, 0 }, { CLIENT, "F.", 11, 0, 21, 0 },
		      { SERVER, "F.", 21, 0, 12, 0 }, { CLIENT, ".", 12, 0, 22, 0 } },
	  "SF", "ShADadFf", 31 },
	{ "client closed", { HANDSHAKE, { CLIENT, "F.", 1, 0, 1, 0 } }, "S2", "ShAF", 23 },
	{ "server closed", { HANDSHAKE, { SERVER, "F.", 1, 0, 1, 0 } }, "S3", "ShAf", 23 },
	{ "FIN again", { HANDSHAKE, { CLIENT, "F.", 1, 0, 1, 0 }, { CLIENT, "F.", 1, 0, 1, 1 } },
	  "S2", "ShAF", 23 },
	{ "FIN moved", { HANDSHAKE, { CLIENT, "F.", 1, 0, 1, 0 }, { CLIENT, "F.", 1, 9, 1, 1 } },
	  "S2", "ShAFF", 31 },
	{ "aborted by client", { HANDSHAKE, { CLIENT, "R.", 1, 0, 1, 0 } }, "RSTO", "ShAR", 39 },
	{ "aborted by server", { HANDSHAKE, { SERVER, "R.", 1, 0, 1, 0 } }, "RSTR", "ShAr", 39 },
	{ "aborted by both, without data",
	  { HANDSHAKE, { CLIENT, "R", 1, 0, 0, 0 }, { SERVER, "R.", 1, 0, 1, 0 } },
	  "REJ", "ShARr", 39 },
	{ "aborted by both, with data",
	  { HANDSHAKE, { CLIENT, ".", 1, 1, 1, 0 }, { CLIENT, "R", 2, 0, 0, 0 },
	    { SERVER, "R.", 1, 0, 2, 0 } }, "RSTR", "ShADRr", 47 },
	{ "withdrawn", { { CLIENT, "S", 0, 0, 0, 0 }, { CLIENT, "R", 1, 0, 0, 0 } },
	  "RSTOS0", "SR", 33 },
	{ "not withdrawn: acknowledged before",
	  { { CLIENT, "S", 0, 0, 0, 0 }, { CLIENT, ".", 1, 0, 1, 0 }, { CLIENT, "R", 1, 0, 0, 0 } },
	  "OTH", "SAR", 37 },
	{ "SYN+ACK to a stranger, then RST",
	  { { SERVER, "S.", 0, 0, 1, 0 }, { SERVER, "R", 1, 0, 0, 0 } }, "RSTRH", "^hr", 32 },
	{ "one way, closed",
	  { { CLIENT, "S", 0, 0, 0, 0 }, { CLIENT, ".", 1, 0, 1, 0 }, { CLIENT, "F.", 1, 0, 1, 9 } },
	  "SH", "SAF", 21 },
	{ "other way, closed",
	  { { SERVER, "S.", 0, 0, 1, 0 }, { SERVER, "F.", 1, 0, 1, 0 } }, "SHR", "^hf", 20 },
	{ "SYN not captured",
	  { { SERVER, "S.", 0, 0, 1, 0 }, { CLIENT, ".", 1, 0, 1, 0 }, { CLIENT, ".", 1, 5, 1, 0 } },
	  "S1", "^hAD", 12 },
	{ "SYN+ACK before the SYN",
	  { { SERVER, "S.", 0, 0, 1, 0 }, { CLIENT, "S", 0, 0, 0, 0 }, { CLIENT, ".", 1, 0, 1, 0 } },
	  "S1", "^hSA", 4 },
	{ "midstream",
	  { { CLIENT, ".", 100, 5, 200, 0 }, { SERVER, ".", 200, 5, 105, 0 } }, "OTH", "Dd", 8 },
	{ "opened after all",
	  { { CLIENT, ".", 100, 5, 200, 0 }, { CLIENT, "S", 0, 0, 0, 0 } }, "S0", "DS", 0 },
	{ "RST after both FIN",
	  { HANDSHAKE, { CLIENT, "F.", 1, 0, 1, 0 }, { SERVER, "F.", 1, 0, 2, 0 },
	    { CLIENT, "R", 2, 0, 0, 0 } }, "SF", "ShAFfR", 55 },
	{ "RST between the FINs",
	  { HANDSHAKE, { CLIENT, "F.", 1, 0, 1, 0 }, { CLIENT, "R", 2, 0, 0, 0 },
	    { SERVER, "F.", 1, 0, 2, 0 } }, "SF", "ShAFRf", 55 },
	{ "long after the end",
	  { HANDSHAKE, { CLIENT, "R.", 1, 0, 1, 0 }, { SERVER, "R.", 1, 0, 1, 6 } },
	  "RSTO", "ShAR", 39 },
	{ "not so long after the end",
	  { HANDSHAKE, { CLIENT, "R.", 1, 0, 1, 0 }, { SERVER, "R.", 1, 0, 1, 5 } },
	  "REJ", "ShARr", 39 },
	{ "long after the FIN that came first",
	  { { SERVER, "F.", 9, 0, 9, 0 }, { CLIENT, ".", 9, 0, 10, 0 }, { CLIENT, "F.", 9, 0, 10, 6 } },
	  "SHR", "^fA", 20 },
	{ "data in the SYN", { { CLIENT, "S", 0, 7, 0, 0 }, { SERVER, "S.", 0, 0, 8, 0 } },
	  "S1", "STh", 11 },
	{ "RST, and again with another number",
	  { HANDSHAKE, { SERVER, "R", 1, 0, 0, 0 }, { SERVER, "R", 1, 0, 0, 0 },
	    { SERVER, "R", 9, 0, 0, 0 } }, "RSTR", "ShArr", 39 },
	{ "retransmission", { HANDSHAKE, { CLIENT, ".", 1, 5, 1, 0 }, { CLIENT, ".", 1, 5, 1, 1 } },
	  "S1", "ShADT", 15 },
	{ "zero window", { HANDSHAKE, { SERVER, ".w", 1, 0, 1, 0 } }, "S1", "ShAaw", 7 },
	{ "zero window after the peer's FIN",
	  { HANDSHAKE, { CLIENT, "F.", 1, 0, 1, 0 }, { SERVER, ".w", 1, 0, 2, 0 } },
	  "S2", "ShAFa", 23 },
	{ "never captured", { HANDSHAKE, { SERVER, ".", 1, 0, 11, 0 } }, "S1", "ShAaG", 7 },
	{ "cut by the snap length", { HANDSHAKE, { CLIENT, ".n", 1, 10, 1, 0 },
				      { SERVER, ".", 1, 0, 11, 0 } }, "S1", "ShADaG", 15 },
	{ "a hole, filled in time",
	  { HANDSHAKE, { CLIENT, ".", 11, 10, 1, 0 }, { CLIENT, ".", 1, 10, 1, 0 },
	    { SERVER, ".", 1, 0, 21, 0 } }, "S1", "ShADTa", 15 },
	{ "a hole, never filled",
	  { HANDSHAKE, { CLIENT, ".", 11, 10, 1, 0 }, { SERVER, ".", 1, 0, 21, 0 } },
	  "S1", "ShADaG", 15 },
	{ "the FIN is no hole", { HANDSHAKE, { CLIENT, "F.", 1, 0, 1, 0 }, { SERVER, ".", 1, 0, 2, 0 } },
	  "S2", "ShAFa", 23 },
	{ "bad checksum", { { CLIENT, "Sc", 0, 0, 0, 0 } }, "S0", "CS", 1 },
	{ "FIN and RST", { HANDSHAKE, { CLIENT, "FR.", 1, 0, 1, 0 } }, "RSTO", "ShAI", 55 },
	{ "SYN and FIN", { { CLIENT, "SF", 0, 0, 0, 0 } }, "SH", "Q", 1 },
	{ "SYN and RST", { { CLIENT, "SR", 0, 0, 0, 0 } }, "OTH", "Q", 1 },
	{ "no flags", { { CLIENT, "", 5, 0, 0, 0 } }, "OTH", "", 0 },
};
/* clang-format on */

static const struct {
	char letter;
	uint8_t flag;
} flag_letters[] = {
	{ 'F', TE_FIN }, { 'S', TE_SYN }, { 'R', TE_RST },
	{ 'P', TE_PSH }, { '.', TE_ACK },
};

static struct te_segment segment(const struct step *step, te_time time)
{
	/* the spaces wrap in the middle of the connection */
	const uint32_t base[] = { 0xfffffffc, 0xfffffff0 };
	struct te_segment seg = { .time = time,
				  .seq = base[step->from] + step->seq,
				  .ack = base[!step->from] + step->ack,
				  .len = step->len,
				  .window = strchr(step->flags, 'w') ? 0 : 1000 };

	for (size_t i = 0; i < sizeof(flag_letters) / sizeof(flag_letters[0]); i++)
		if (strchr(step->flags, flag_letters[i].letter))
			seg.flags |= flag_letters[i].flag;
	if (strchr(step->flags, 'c'))
		seg.has |= TE_BAD_SUM;
	if (strchr(step->flags, 'n'))
		seg.has |= TE_SNAPPED;
	return seg;
}

/* `client` is the client's slot. */
static void run(struct peers *peers, const struct row *row, unsigned client)
{
	te_time time = 0;

	for (const struct step *step = row->steps;
	     step < row->steps + MAX_STEPS && step->flags; step++) {
		struct te_segment seg;

		time += step->seconds * TE_SEC;
		seg = segment(step, time);
		peers_segment(peers, step->from == CLIENT ? client : !client, &seg);
	}
}

static void check_row(const struct row *row, unsigned client)
{
	struct peers peers = { 0 };
	const char *state, *history;

	run(&peers, row, client);
	state = peers_zeek_state(&peers, client);
	history = peers_zeek_history(&peers, client);
	if (strcmp(state, row->state) || strcmp(history, row->history))
		print_message("%s: want %s %s, got %s %s\n", row->name, row->state,
			      row->history, state, history);
	assert_string_equal(state, row->state);
	assert_string_equal(history, row->history);
	assert_int_equal(peers_completeness(&peers), row->completeness);
	peers_release(&peers);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_row(&rows[i], 0);
		check_row(&rows[i], 1);
	}
}

/* Who is the client may be learned late; nothing is lost by having asked before. */
static void test_roles_change(void **state)
{
	static const struct row row = { .steps = { { CLIENT, ".", 100, 5, 200, 0 },
						   { SERVER, "R", 200, 0, 0, 0 } } };
	struct peers peers = { 0 };

	(void)state;
	run(&peers, &row, 0);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(peers_zeek_state(&peers, 0), "RSTRH");
		assert_string_equal(peers_zeek_history(&peers, 0), "Dr");
		assert_string_equal(peers_zeek_state(&peers, 1), "OTH");
		assert_string_equal(peers_zeek_history(&peers, 1), "^dR");
	}
	run(&peers, &row, 0); /* asked last for the other side's view */
	assert_string_equal(peers_zeek_history(&peers, 0), "DrT");
	peers_release(&peers);
}

/* The tenth and the hundredth time, not each. */
static void test_scaled(void **state)
{
	static const struct step open[] = { HANDSHAKE };
	static const struct step data = { CLIENT, ".", 1, 5, 1, 0 };
	struct peers peers = { 0 };
	struct te_segment seg;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		seg = segment(&open[i], 0);
		peers_segment(&peers, (unsigned)open[i].from, &seg);
	}
	seg = segment(&data, 0);
	for (int i = 0; i <= 9; i++)
		peers_segment(&peers, 0, &seg);
	assert_string_equal(peers_zeek_history(&peers, 0), "ShADT");
	peers_segment(&peers, 0, &seg);
	assert_string_equal(peers_zeek_history(&peers, 0), "ShADTT");
	for (int i = 0; i < 90; i++)
		peers_segment(&peers, 0, &seg);
	assert_string_equal(peers_zeek_history(&peers, 0), "ShADTTT");
	peers_release(&peers);
}

/* Nothing that passes makes it too long or gives a letter that there is none of. */
static void test_anything(void **state)
{
	struct peers peers = { 0 };
	uint32_t x = 1;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		struct te_segment seg = { .time = TE_MS * (i % 4000) };
		const char *history;

		x = x * 1664525 + 1013904223;
		seg.flags = (uint8_t)(x >> 24);
		seg.len = x >> 20 & 7 ? 0 : x >> 8 & 0xffff;
		seg.seq = (x & 64 ? x << 16 : x >> 16);
		seg.ack = x & 128 ? ~x : x >> 12;
		seg.window = (uint16_t)(x >> 3 & 3);
		peers_segment(&peers, x >> 10 & 1, &seg);
		if (i % 64)
			continue;
		history = peers_zeek_history(&peers, x >> 11 & 1);
		assert_true(strlen(history) <= 61);
		assert_int_equal(strspn(history, "^SsHhAaDdFfRrCcGgTtWwIiQq"),
				 strlen(history));
		assert_non_null(peers_zeek_state(&peers, x >> 11 & 1));
		if (i % 1024 == 0) {
			peers_release(&peers);
			peers = (struct peers){ 0 };
		}
	}
	peers_release(&peers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_roles_change),
		cmocka_unit_test(test_scaled),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
