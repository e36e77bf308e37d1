/* test_gate.c - judging what captures seldom have: wide findings, and news while live */
#include "config.h"

#include "gate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct te_rule flood = { .id = "syn-flood",
				      .severity = TE_ERROR,
				      .title = "too many half-open at once" };

struct bench {
	struct policy policy;
	struct policy_rule rule;
	struct check check;
	struct gate *gate;
	struct te_connection connection;
	struct te_finding finding;
};

static void bench_open(struct bench *b, bool with_rule)
{
	static const uint64_t seed[2] = { 1, 2 };
	const struct out_naming naming = { .port_only = false };
	char err[160];

	memset(b, 0, sizeof(*b));
	assert_true(policy_new(&b->policy, err, sizeof(err)));
	b->rule.name = (char[]){ "all" };
	for (int i = 0; i < POLICY_PERCENTILE_COUNT; i++)
		b->rule.handshake[i] = TE_TIME_NONE;
	b->policy.rules = with_rule ? &b->rule : NULL;
	b->policy.rule_count = with_rule;
	b->check.enabled = true;
	b->gate = gate_new(&b->policy, &b->check, &naming, seed);
	assert_non_null(b->gate);
	assert_true(gate_begin(b->gate, "a.pcap"));
	b->connection = (struct te_connection){
		.number = 1,
		.ip_version = 4,
		.end = { { .addr.bytes = { 10, 0, 0, 1 }, .port = 4000 },
			 { .addr.bytes = { 10, 0, 0, 2 }, .port = 80 } },
	};
	b->finding = (struct te_finding){ .rule = &flood,
					  .severity = TE_ERROR,
					  .scope = TE_SCOPE_LISTENER,
					  .connection = &b->connection,
					  .end = TE_SERVER };
}

static const struct gate_file *bench_end(struct bench *b)
{
	const struct check_inputs inputs = { .damaged = false };
	const struct te_totals totals = { .connections = 1 };

	return gate_end(b->gate, &inputs, &totals);
}

static void bench_close(struct bench *b)
{
	gate_free(b->gate);
	b->policy.rules = NULL;
	b->policy.rule_count = 0;
	policy_free(&b->policy);
}

/* A finding without a case of its own falls to the threshold's. */
static void test_listener(void **state)
{
	const struct gate_file *file;
	const struct gate_item *item;
	struct bench b;

	(void)state;
	bench_open(&b, false);
	assert_true(gate_wide(b.gate, &b.finding));
	assert_true(gate_wide(b.gate, &b.finding));
	file = bench_end(&b);
	assert_int_equal(file->result.status, CHECK_FAILED);
	assert_int_equal(file->result.counts.failing, 2);
	item = file->cases[file->case_count - 1].items;
	assert_non_null(item);
	assert_int_equal(item->count, 2);
	assert_string_equal(item->place, "10.0.0.2:80");
	assert_string_equal(item->label, "syn-flood, server 10.0.0.2:80");
	bench_close(&b);
}

static void test_holder_and_capture(void **state)
{
	const struct gate_file *file;
	const struct gate_item *item;
	struct bench b;

	(void)state;
	bench_open(&b, false);
	b.finding.scope = TE_SCOPE_HOLDER;
	b.finding.end = TE_CLIENT;
	assert_true(gate_wide(b.gate, &b.finding));
	b.finding.scope = TE_SCOPE_CAPTURE;
	b.finding.end = TE_NO_END;
	b.finding.connection = NULL;
	assert_true(gate_wide(b.gate, &b.finding));
	file = bench_end(&b);
	item = file->cases[file->case_count - 1].items;
	assert_string_equal(item->place, "10.0.0.1 > 10.0.0.2:80");
	item = item->hh.next;
	assert_string_equal(item->place, "");
	assert_string_equal(item->label, "syn-flood");
	bench_close(&b);
}

/* A rule forbids it, so that the threshold has no say. */
static void test_wide_by_rule(void **state)
{
	const struct te_rule *list[] = { &flood };
	const struct gate_file *file;
	struct bench b;

	(void)state;
	bench_open(&b, true);
	b.rule.forbid = (struct policy_findings){ list, 1 };
	b.rule.max_count = 1;
	assert_true(gate_wide(b.gate, &b.finding));
	file = bench_end(&b);
	assert_int_equal(file->result.status, CHECK_OK);
	assert_int_equal(file->case_count, 1);
	assert_int_equal(file->cases[0].failing, 1);
	bench_close(&b);
}

/* Live, news is marked and not counted; the end is. */
static void test_ongoing(void **state)
{
	struct baseline_entry *entry;
	struct bench b;
	bool is_new;

	(void)state;
	bench_open(&b, false);
	b.finding.scope = TE_SCOPE_CONNECTION;
	entry = baseline_add(b.policy.baseline, describe_fingerprint(&b.finding, NULL),
			     &is_new);
	assert_non_null(entry);
	entry->max = 1;
	b.connection.finding_count = 1;
	b.connection.ongoing = true;
	for (int i = 0; i < 3; i++) {
		assert_true(gate_connection(b.gate, &b.connection, &b.finding));
		assert_true(b.finding.known);
	}
	b.connection.ongoing = false;
	assert_true(gate_connection(b.gate, &b.connection, &b.finding));
	assert_true(b.finding.known);
	assert_true(gate_connection(b.gate, &b.connection, &b.finding));
	assert_false(b.finding.known);
	assert_int_equal(bench_end(&b)->result.counts.failing, 1);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listener),
		cmocka_unit_test(test_holder_and_capture),
		cmocka_unit_test(test_wide_by_rule),
		cmocka_unit_test(test_ongoing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
