/* test_policy.c - policies as they are read: what is taken, what is refused and where */
#include "config.h"

#include "policy.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ERRLEN = 1024 };

/* A file with this text, until the next one. */
static const char *file_of(const char *text, size_t size)
{
	static char path[] = "test_policy.tmp";
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	return path;
}

static bool read_policy(struct policy *policy, const char *text, char err[ERRLEN])
{
	err[0] = '\0';
	assert_true(policy_new(policy, err, ERRLEN));
	return policy_read(policy, file_of(text, strlen(text)), err, ERRLEN);
}

/* ---- what is taken ---- */

static void test_all_keys(void **state)
{
	struct policy policy;
	char err[ERRLEN];
	const struct policy_rule *rule;
	const struct baseline_entry *entry;

	(void)state;
	setenv("SOURCE_DATE_EPOCH", "1767225600", 1); /* 2026-01-01 */
	if (!read_policy(&policy,
			 "\xef\xbb\xbf# a gate\r\n"
			 "[check]\r\n"
			 "fail-on = error\n"
			 "\tallow = truncated-tail , loss=0.5%, empty\n"
			 "fingerprint = port\n"
			 "\n"
			 "[limits]\n"
			 "close-wait-stuck = 10s\n"
			 "time-wait-pressure=50%\n"
			 "; another comment\n"
			 "[rule api closes = cleanly]\n"
			 "match = dst port 443\n"
			 "opened = handshake, fast-open\n"
			 "closed = fin\n"
			 "first-closer = client, none\n"
			 "forbid = rst-abort, refused\n"
			 "allow = half-open-syn-rcvd\n"
			 "max-count = 7\n"
			 "handshake-p99 = 50ms\n"
			 "require-match = no\n"
			 "[rule other]\n"
			 "closed = none\n"
			 "[allow 9C1e22b07d41a6f0]\n"
			 "reason = known # ticket 12\n"
			 "max = 3\n"
			 "until = 2025-12-31",
			 err))
		fail_msg("%s", err);
	assert_true(policy.check.has_fail_on);
	assert_int_equal(policy.check.threshold, TE_ERROR);
	assert_true(policy.check.allow.truncated_tail && policy.check.allow.empty);
	assert_true(policy.check.allow.loss > 0.49 && policy.check.allow.loss < 0.51);
	assert_true(policy.port_only);
	assert_int_equal(policy.limits_given, 1u << TE_LIMIT_CLOSE_WAIT_STUCK |
						  1u << TE_LIMIT_TIME_WAIT_PRESSURE);
	assert_true(policy.limits[TE_LIMIT_CLOSE_WAIT_STUCK] > 9.9);
	assert_int_equal(policy.rule_count, 2);
	rule = &policy.rules[0];
	assert_string_equal(rule->name, "api closes = cleanly");
	assert_non_null(rule->match);
	assert_int_equal(rule->opened,
			 1u << TE_OPENED_HANDSHAKE | 1u << TE_OPENED_FAST_OPEN);
	assert_int_equal(rule->closed, 1u << TE_CLOSED_FIN);
	assert_int_equal(rule->closer, 1u << TE_CLIENT | 1u << TE_NO_END);
	assert_int_equal(rule->forbid.count, 2);
	assert_string_equal(rule->forbid.list[1]->id, "refused");
	assert_int_equal(rule->allow.count, 1);
	assert_int_equal(rule->max_count, 7);
	assert_int_equal(rule->handshake[POLICY_P99], 50 * TE_MS);
	assert_int_equal(rule->handshake[POLICY_P50], TE_TIME_NONE);
	assert_false(rule->require_match);
	assert_true(policy.rules[1].require_match);
	assert_null(policy.rules[1].match);
	entry = baseline_find(policy.baseline, 0x9c1e22b07d41a6f0);
	assert_non_null(entry);
	assert_string_equal(entry->reason, "known # ticket 12");
	assert_int_equal(entry->max, 3);
	assert_true(entry->expired);
	policy_free(&policy);
}

/* ---- what is refused, and where ---- */

static void test_wrong(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "max = 1\n", "line 1, column 1: 'max' stands before the first [section]" },
		{ "[chekc]\n", "line 1, column 2: 'chekc' is none of check, limits, rule, allow; did you mean check?" },
		{ "\n[check\n", "line 2, column 7: ']' is missing" },
		{ "[check] x\n", "line 1, column 9: nothing may follow" },
		{ "[]\n", "line 1, column 2: a section needs a name" },
		{ "[check now]\n", "line 1, column 8: [check] takes no name" },
		{ "[check]\n[check]\n", "line 2, column 2: [check] is there twice" },
		{ "[rule]\n", "line 1, column 2: [rule] needs a name: [rule NAME]" },
		{ "[rule a]\n[rule a]\n", "line 2, column 7: there are two rules 'a'" },
		{ "[rule a]\nclosd = fin\n", "line 2, column 1: [rule] has no key 'closd'; did you mean closed?" },
		{ "[rule a]\n  Closed = fin\n", "line 2, column 3: [rule] has no key 'Closed'; did you mean closed?" },
		{ "[rule a]\nclosed\n", "line 2, column 1: this is no 'key = value'" },
		{ "[rule a]\n= fin\n", "line 2, column 1: a key is missing" },
		{ "[rule a]\nclosed =\n", "line 2, column 9: 'closed' has no value" },
		{ "[rule a]\nclosed = fin\nclosed = open\n", "line 3, column 1: 'closed' is given twice" },
		{ "[rule a]\nclosed = fin, fni\n", "line 2, column 15: 'fni' is none of fin, fin-simultaneous" },
		{ "[rule a]\nclosed = fin, , open\n", "line 2, column 15: an empty or overlong item" },
		{ "[rule a]\nclosed = rst-clien\n", "did you mean rst-client?" },
		{ "[rule a]\nfirst-closer = clients\n", "line 2, column 16: 'clients' is none of client, server, none; did you mean client?" },
		{ "[rule a]\nforbid = rst-abort, close-wait\n", "line 2, column 21: no finding is called 'close-wait'; did you mean close-wait-stuck?" },
		{ "[rule a]\nmatch = port 80\nforbid = rst-abort, bad-header\n", "line 3, column 10: bad-header is of the capture, not of connections" },
		{ "[rule a]\nallow = truncated\nmatch = port 80\n", "line 3, column 9: truncated is of the capture, not of connections" },
		{ "[rule a]\nmax-count = -1\n", "line 2, column 13: '-1' is no number" },
		{ "[rule a]\nhandshake-p99 = 50 parsecs\n", "line 2, column 17: '50 parsecs' is no duration" },
		{ "[rule a]\nhandshake-p98 = 50ms\n", "line 2, column 1: [rule] has no key 'handshake-p98'; did you mean handshake-p9" },
		{ "[rule a]\nrequire-match = maybe\n", "line 2, column 17: 'maybe' is none of no, yes" },
		{ "[rule a]\nclosed = fin # why\n", "'fin # why' is none of" },
		{ "[limits]\nclose-wait-stuk = 1s\n", "line 2, column 1: no limit is called 'close-wait-stuk'; did you mean close-wait-stuck?" },
		{ "[limits]\nclose-wait-stuck = soon\n", "line 2, column 20: 'soon' is not like close-wait-stuck=" },
		{ "[limits]\nduplicate = 1ms\nduplicate = 2ms\n", "line 3, column 1: 'duplicate' is given twice" },
		{ "[check]\nfail-on = bad\n", "line 2, column 11: 'bad' is none of note, warning, error, never" },
		{ "[check]\nallow = empty, all\n", "line 2, column 16: 'all' is none of truncated-tail" },
		{ "[check]\nfingerprint = name\n", "line 2, column 15: 'name' is none of address, port" },
		{ "[allow 123]\n", "line 1, column 8: '123' is no fingerprint" },
		{ "[allow 0123456789abcdeg]\n", "is no fingerprint" },
		{ "[allow 0123456789abcdef]\n[allow 0123456789ABCDEF]\n", "line 2, column 8: 0123456789ABCDEF is allowed before: test_policy.tmp: line 1" },
		{ "[allow 0123456789abcdef]\nuntil = 2026-02-30\n", "line 2, column 9: '2026-02-30' is no day" },
		{ "[allow 0123456789abcdef]\nuntil = tomorrow\n", "is no day; one is 2027-01-01" },
		{ "[allow 0123456789abcdef]\nmax = many\n", "line 2, column 7: 'many' is no number" },
		/* characters, not bytes, are counted */
		{ "[rule \xc3\xa4\xc3\xb6] x\n", "line 1, column 11: nothing may follow" },
		{ "[rule a]\nreason\xc3\xa4 = fin\n", "line 2, column 1: [rule] has no key" },
		{ "[rule a]\nclosed = fin\xff\n", "line 2, column 13: no text" },
		{ "[rule a]\nclosed = f\x01in\n", "line 2, column 11: no text" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy policy;
		char err[ERRLEN];

		if (read_policy(&policy, rows[i].text, err))
			fail_msg("taken: %s", rows[i].text);
		policy_free(&policy);
		if (strncmp(err, "test_policy.tmp: line ", 22) != 0 ||
		    strstr(err, rows[i].want) == NULL || strchr(err, '\n') != NULL)
			fail_msg("%s\n%s\nwant: %s", rows[i].text, err, rows[i].want);
	}
}

static void test_nul(void **state)
{
	static const char text[] = "[check]\nfail-on = \0never\n";
	struct policy policy;
	char err[ERRLEN];

	(void)state;
	assert_true(policy_new(&policy, err, sizeof(err)));
	assert_false(
	    policy_read(&policy, file_of(text, sizeof(text) - 1), err, sizeof(err)));
	assert_non_null(strstr(err, "line 2, column 11"));
	policy_free(&policy);
}

/* Whatever comes, nothing is read past its end: run with sanitizers. */
static void test_cut_short(void **state)
{
	static const char text[] =
	    "\xef\xbb\xbf[rule a b]\r\nmatch = dst port 443 and (tcp[2:2] > 1 or "
	    "not src net 10.0.0.0/8)\n[allow 0123456789abcdef]\nuntil = 2026-01-02\n";
	char err[ERRLEN];

	(void)state;
	for (size_t size = 0; size < sizeof(text); size++) {
		struct policy policy;

		assert_true(policy_new(&policy, err, sizeof(err)));
		policy_read(&policy, file_of(text, size), err, sizeof(err));
		policy_free(&policy);
	}
}

static void test_baseline_alone(void **state)
{
	static const char text[] = "[allow 0123456789abcdef]\n[rule a]\n";
	struct policy policy;
	char err[ERRLEN];

	(void)state;
	assert_true(policy_new(&policy, err, sizeof(err)));
	assert_false(policy_read_baseline(&policy, file_of(text, sizeof(text) - 1), err,
					  sizeof(err)));
	assert_non_null(strstr(err, "line 2, column 2: a baseline has [allow"));
	policy_free(&policy);
}

/* ---- match ---- */

static struct te_connection connection_of(int version, const char *client, uint16_t cport,
					  const char *server, uint16_t sport)
{
	struct te_connection c = { .ip_version = (uint8_t)version };
	int family = version == 4 ? AF_INET : AF_INET6;

	assert_int_equal(inet_pton(family, client, c.end[TE_CLIENT].addr.bytes), 1);
	assert_int_equal(inet_pton(family, server, c.end[TE_SERVER].addr.bytes), 1);
	c.end[TE_CLIENT].port = cport;
	c.end[TE_SERVER].port = sport;
	return c;
}

static void test_match(void **state)
{
	/* clang-format off */
	static const struct {
		const char *expression;
		bool v4, v6;
	} rows[] = {
		{ "tcp", true, true },
		{ "dst port 443", true, true },
		{ "src port 443", false, false },
		{ "port 443", true, true },
		{ "dst port 80 or 443", true, true },
		{ "src portrange 50000-52000", true, true },
		{ "ip", true, false },
		{ "ip6 and dst port 443", false, true },
		{ "src net 10.1.0.0/16", true, false },
		{ "src net 10.1 and dst host 10.2.0.9", true, false },
		{ "dst net 10.2.0.0 mask 255.255.0.0", true, false },
		{ "src 10.2.0.9", false, false },
		{ "dst net 2001:db8::/32", false, true },
		{ "dst host 2001:db8::9", false, true },
		{ "not (dst net 10.2.0.0/16 and tcp dst port 443)", false, true },
		{ "!(src port 1) && (dst port 443 || dst port 80)", true, true },
		{ "ip proto 6", true, false },
		{ "ip proto \\tcp", true, false },
		{ "tcp[2:2] = 443", true, false }, /* pcap-filter(7): of IPv4 alone */
		{ "tcp[0:2] > 51000 and ip[16:4] = 0x0a020009", true, false },
	};
	/* clang-format on */
	struct te_connection v4 = connection_of(4, "10.1.0.7", 51514, "10.2.0.9", 443);
	struct te_connection v6 =
	    connection_of(6, "2001:db8:1::7", 51514, "2001:db8::9", 443);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at;
		char err[256];
		struct match *match =
		    match_new(rows[i].expression, &at, err, sizeof(err));

		if (match == NULL)
			fail_msg("%s: %s", rows[i].expression, err);
		if (match_connection(match, &v4) != rows[i].v4 ||
		    match_connection(match, &v6) != rows[i].v6)
			fail_msg("%s: matches otherwise", rows[i].expression);
		match_free(match);
	}
}

static void test_no_match(void **state)
{
	/* clang-format off */
	static const struct {
		const char *expression;
		unsigned at;
		const char *want;
	} rows[] = {
		{ "len > 100", 0, "no length" },
		{ "tcp and greater 100", 8, "no length" },
		{ "less 100", 0, "no length" },
		{ "port 80 and inbound", 12, "at no interface" },
		{ "outbound", 0, "at no interface" },
		{ "vlan 5 and port 80", 0, "tags and tunnels" },
		{ "ether host 02:00:00:00:00:01", 0, "no link layer" },
		{ "host 02:00:00:00:00:01", 5, "no IPv4 or IPv6 address" },
		{ "dst host example.org", 9, "the name of a host" },
		{ "example", 0, "the name of a host" },
		{ "dst port 443 and host db1", 22, "the name of a host" },
		{ "dst port http or dst db1", 21, "the name of a host" },
		{ "host 999.1.1", 0, "" },
		{ "udp port 53", 0, "a connection is TCP" },
		{ "not icmp", 4, "a connection is TCP" },
		{ "ip proto 17", 9, "a connection is TCP" },
		{ "ip proto udp", 9, "" },
		{ "ip broadcast", 3, "no link layer" },
		{ "tcp[20:4] = 0x47455420", 4, "past the tcp header" },
		{ "tcp[2:4] = 1", 4, "says nothing of a connection" },
		{ "tcp[18:4] = 1", 4, "past the tcp header" },
		{ "ip[40] = 1", 3, "past the ip header" },
		{ "tcp[13] & 4 != 0", 4, "says nothing of a connection" },
		{ "tcp[tcpflags] & tcp-rst != 0", 4, "only numbers" },
		{ "tcp[(tcp[12] >> 2):4] = 1", 4, "only numbers" },
		{ "ip[8] > 9", 3, "says nothing of a connection" },
		{ "tcp[2:0] = 1", 4, "" },
		{ "[2] = 1", 1, "brackets belong" },
		{ "tcp[99999999999999999999] = 1", 4, "" },
		{ "port", 0, "" }, /* libpcap's own words: no place is known */
		{ "(dst port 80", 0, "" },
		{ "port 80 port", 0, "" },
		{ "dst port 99999", 0, "" },
		{ "ip and ip6", 0, "rejects all packets" },
		{ "not tcp", 0, "no TCP connection can be like that" },
		{ "not (ip or ip6)", 0, "no TCP connection can be like that" },
		{ " ", 0, "missing" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = NULL;
		char err[256] = "";

		if (match_new(rows[i].expression, &at, err, sizeof(err)) != NULL)
			fail_msg("%s: taken", rows[i].expression);
		if (err[0] == '\0' || strchr(err, '\n') != NULL ||
		    at != rows[i].expression + rows[i].at ||
		    strstr(err, rows[i].want) == NULL)
			fail_msg("%s: at %td: %s", rows[i].expression,
				 at - rows[i].expression, err);
	}
}

/* ---- the baseline ---- */

static void test_days(void **state)
{
	int64_t day;
	char err[160];

	(void)state;
	assert_true(baseline_parse_day("1970-01-02", &day));
	assert_int_equal(day, 1);
	assert_true(baseline_parse_day("2024-02-29", &day));
	assert_int_equal(day, 19782);
	assert_true(baseline_parse_day("9999-12-31", &day));
	assert_int_equal(day, 2932896);
	assert_false(baseline_parse_day("2023-02-29", &day));
	assert_false(baseline_parse_day("2024-02-29 ", &day));
	assert_false(baseline_parse_day("20240-2-29", &day));
	assert_false(baseline_parse_day("2024-2-29", &day));
	setenv("SOURCE_DATE_EPOCH", "86399", 1);
	assert_true(baseline_today(&day, err, sizeof(err)));
	assert_int_equal(day, 0);
	setenv("SOURCE_DATE_EPOCH", "soon", 1);
	assert_false(baseline_today(&day, err, sizeof(err)));
	assert_non_null(strstr(err, "SOURCE_DATE_EPOCH"));
	unsetenv("SOURCE_DATE_EPOCH");
	assert_true(baseline_today(&day, err, sizeof(err)));
	assert_true(day > 20000);
}

static void test_counts(void **state)
{
	struct baseline *baseline = baseline_new(100);
	struct baseline_entry *entry;
	bool is_new;

	(void)state;
	assert_non_null(baseline);
	assert_false(baseline_take(baseline, 7));
	entry = baseline_add(baseline, 7, &is_new);
	assert_non_null(entry);
	assert_true(is_new);
	assert_ptr_equal(baseline_add(baseline, 7, &is_new), entry);
	assert_false(is_new);
	entry->max = 2;
	entry->until = 100;
	baseline_expire(baseline);
	assert_true(baseline_see(baseline, 7)); /* counts nothing */
	assert_true(baseline_take(baseline, 7));
	assert_true(baseline_take(baseline, 7));
	assert_false(baseline_take(baseline, 7));
	baseline_begin(baseline);
	assert_true(baseline_take(baseline, 7));
	entry->until = 99; /* the day before */
	baseline_expire(baseline);
	assert_false(baseline_take(baseline, 7));
	baseline_free(baseline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_baseline_alone),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_no_match),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_counts),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	unlink("test_policy.tmp");
	return failed;
}
