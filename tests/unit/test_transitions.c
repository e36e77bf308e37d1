/* test_transitions.c - a line that is put together of pieces is as if it were the first
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "out.h"

enum { ENDS = TE_NO_END + 1, BASES = TE_ASSUMED + 1, RFCS = 2 };
enum { STEPS = ENDS * TE_STATE_COUNT * TE_STATE_COUNT * BASES * RFCS };

/* Every step, each with two RFCs, of which the next has one, too; and what stands in the
 * line above, time, frame or both. */
static void fill_steps(struct te_transition *steps)
{
	static const char *const rfcs[] = { "9293:3.10.1", "5961:3.2", NULL };

	for (uint32_t i = 0; i < STEPS; i++) {
		uint32_t kind = i / RFCS;
		struct te_transition *step = &steps[i];

		*step = (struct te_transition){
			.time = 1000 * (te_time)(i / 2),
			.file = 1,
			.frame = i / 3 * 977 % 20000,
			.proof = i % 5 * 1000,
			.rfc = rfcs[(i + 1) / RFCS % 3],
		};
		step->end = (uint8_t)(kind % ENDS);
		kind /= ENDS;
		step->from = (uint8_t)(kind % TE_STATE_COUNT);
		kind /= TE_STATE_COUNT;
		step->to = (uint8_t)(kind % TE_STATE_COUNT);
		step->basis = (uint8_t)(kind / TE_STATE_COUNT);
	}
}

/* The report of these alone; to be freed. */
static char *report(const struct out_run *run, const struct te_transition *steps,
		    size_t count)
{
	struct te_connection connection = {
		.number = 12345,
		.ip_version = 4,
		.first_closer = TE_NO_END,
		.time_wait_until = TE_TIME_NONE,
		.transitions = steps,
		.transition_count = count,
	};
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	struct out out;

	assert_non_null(file);
	assert_true(out_open(&out, &out_text, run, file));
	out_text.connection(&out, &connection);
	assert_true(out_flush(&out));
	out_close(&out);
	assert_int_equal(fclose(file), 0);
	return text;
}

static void expect_same(const struct out_run *run)
{
	struct te_transition *steps = calloc(STEPS, sizeof(*steps));
	char *all, *line, *rest = NULL;

	assert_non_null(steps);
	fill_steps(steps);
	all = report(run, steps, STEPS);
	line = strtok_r(all, "\n", &rest); /* the head */
	assert_non_null(line);
	for (size_t i = 0; i < STEPS; i++) {
		char *one = report(run, &steps[i], 1);
		char *own = strchr(one, '\n') + 1;

		line = strtok_r(NULL, "\n", &rest);
		assert_non_null(line);
		own[strlen(own) - 1] = '\0';
		assert_string_equal(line, own);
		free(one);
	}
	assert_null(strtok_r(NULL, "\n", &rest));
	free(all);
	free(steps);
}

static void test_same(void **state)
{
	static const struct out_run runs[] = {
		{ .utf8 = true },
		{ .color = true, .utf8 = true, .width = 90 },
		{ .time = OUT_TIME_NONE, .color = true, .width = 40 },
		{ .time = OUT_TIME_DATE, .utf8 = true, .width = 80 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct out_run run = runs[i];

		run.show = OUT_TRANSITIONS;
		expect_same(&run);
	}
}

/* Since the line above: a second one in the same moment has another time. */
static void test_delta(void **state)
{
	const struct out_run run = { .show = OUT_TRANSITIONS, .time = OUT_TIME_DELTA };
	struct te_transition steps[3] = { { .time = TE_SEC, .frame = 1 },
					  { .time = TE_SEC, .frame = 1 },
					  { .time = 3 * TE_SEC, .frame = 2 } };
	char *text = report(&run, steps, 3);
	const char *line = strchr(text, '\n');

	(void)state;
	assert_non_null(strstr(line, "     1   1.000000 "));
	assert_non_null(strstr(line, "     1   0.000000 "));
	assert_non_null(strstr(line, "     2   2.000000 "));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_delta),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
