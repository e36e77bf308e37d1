/* test_out.c - the writer, JSON Lines, CSV and the derived words */
#include "config.h"
#include "emit.h"
#include "out.h"
#include "utf8.h"
#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- something to write to, and something to write ---- */

struct page {
	struct out out;
	char *text;
	size_t length;
};

static struct out_file one_file = {
	.path = "a.pcap",
	.format = "pcap",
	.linktype = "EN10MB",
	.snaplen = 262144,
	.digits = 6,
};

static struct out_run run_of(unsigned show)
{
	return (struct out_run){
		.files = &one_file,
		.file_count = 1,
		.show = show,
		.utf8 = true,
		.start = 1700000000 * TE_SEC,
		.complete = true,
	};
}

static void page_open(struct page *page, const struct out_format *format,
		      const struct out_run *run)
{
	FILE *file = open_memstream(&page->text, &page->length);

	assert_non_null(file);
	assert_true(out_open(&page->out, format, run, file));
}

/* What was written; valid until page_free(). */
static const char *page_text(struct page *page)
{
	assert_true(out_flush(&page->out));
	return page->text;
}

static void page_free(struct page *page)
{
	FILE *file = page->out.file;

	out_close(&page->out);
	fclose(file);
	free(page->text);
}

static const struct out_format plain = { .name = "plain" };

static void set_end(struct te_end_view *view, int family, const char *addr, uint16_t port,
		    enum te_state state)
{
	assert_int_equal(inet_pton(family, addr, view->addr.bytes), 1);
	view->port = port;
	view->state = state;
	view->certain = true;
	view->rtt = TE_TIME_NONE;
}

static struct te_connection connection_of(enum te_opened opened, enum te_closed closed,
					  enum te_state client, enum te_state server)
{
	struct te_connection connection = {
		.number = 1,
		.id = 0x0123456789abcdef,
		.ip_version = 4,
		.incarnation = 1,
		.file = 1,
		.frame = 1,
		.first = 1700000000 * TE_SEC + 12041 * TE_US,
		.last = 1700000000 * TE_SEC + 212041 * TE_US,
		.opened = opened,
		.closed = closed,
		.first_closer = TE_NO_END,
		.time_wait_until = TE_TIME_NONE,
		.zeek_state = "SF",
		.zeek_history = "ShADadFf",
		.completeness = 31,
	};

	set_end(&connection.end[TE_CLIENT], AF_INET, "10.0.0.1", 51234, client);
	set_end(&connection.end[TE_SERVER], AF_INET, "10.0.0.2", 80, server);
	return connection;
}

static const struct te_rule half_open = {
	.id = "half-open-syn-rcvd",
	.severity = TE_WARNING,
	.title = "handshake never completed",
	.causes = { "the ACK was lost", "the \"accept\" queue was full, or so",
		    "a flood" },
};

static const struct te_rule ignored = { .id = "handshake-ack-ignored",
					.title = "ignored" };

static struct te_finding finding_of(const struct te_connection *connection)
{
	return (struct te_finding){
		.rule = &half_open,
		.severity = TE_WARNING,
		.scope = TE_SCOPE_CONNECTION,
		.connection = connection,
		.end = TE_SERVER,
		.file = 1,
		.frames = { 4, 5, 7 },
		.frame_count = 3,
		.time = 1700000001 * TE_SEC,
		.has_value = true,
		.has_limit = true,
		.value = 7.0,
		.limit = 3.5,
		.unit = "s",
		.detail = "no ACK covers its SYN+ACK",
		.certain = true,
		.also = { &ignored },
		.also_count = 1,
		.causes = 0x3,
	};
}

/* ---- the writer ---- */

static void test_time(void **state)
{
	static const struct {
		te_time time;
		unsigned digits;
		const char *want;
	} rows[] = {
		{ 1700000000123456789, 9, "1700000000.123456789" },
		{ 1700000000123456789, 6, "1700000000.123456" },
		{ 1700000000123456789, 1, "1700000000.1" },
		{ 1700000000123456789, 0, "1700000000" },
		{ 1700000000000000000, 3, "1700000000.000" },
		{ 0, 6, "0.000000" },
		{ 0, 0, "0" },
		{ 1, 9, "0.000000001" },
		{ 12041000, 6, "0.012041" },
		{ -1, 9, "-0.000000001" },
		{ -1, 6, "0.000000" },
		{ -500000000, 6, "-0.500000" },
		{ -1500000000, 2, "-1.50" },
		{ -86400 * TE_SEC, 0, "-86400" },
		{ 12041000, 12, "0.012041000" },
		{ INT64_MAX, 9, "9223372036.854775807" },
		{ INT64_MIN, 9, "-9223372036.854775808" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct page page = { 0 };
		struct out_run run = run_of(OUT_ALL);

		page_open(&page, &plain, &run);
		out_time(&page.out, rows[i].time, rows[i].digits);
		assert_string_equal(page_text(&page), rows[i].want);
		page_free(&page);
	}
}

/* One behind the other, of the same second and of others */
static void test_times(void **state)
{
	static const te_time seconds[] = { 1700000000,  1700000000, 12,    1700000000,
					   1700000001,  9999,       10000, 99999,
					   -1700000001, 9999 };
	struct page page = { 0 };
	struct out_run run = run_of(OUT_ALL);

	(void)state;
	page_open(&page, &plain, &run);
	for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
		out_time(&page.out, seconds[i] * TE_SEC + 5 * TE_MS, 3);
		out_char(&page.out, ' ');
	}
	assert_string_equal(page_text(&page),
			    "1700000000.005 1700000000.005 12.005 1700000000.005 "
			    "1700000001.005 9999.005 10000.005 99999.005 "
			    "-1700000000.995 9999.005 ");
	page_free(&page);
}

static void test_numbers(void **state)
{
	struct page page = { 0 };
	struct out_run run = run_of(OUT_ALL);

	(void)state;
	page_open(&page, &plain, &run);
	out_u64(&page.out, 0);
	out_char(&page.out, ' ');
	out_u64(&page.out, UINT64_MAX);
	out_printf(&page.out, " %d%%", 5);
	assert_string_equal(page_text(&page), "0 18446744073709551615 5%");
	page_free(&page);
}

/* Below and at each number of digits */
static void test_digits(void **state)
{
	struct out_run run = run_of(OUT_ALL);
	uint64_t power = 1;

	(void)state;
	for (int digits = 1; digits <= 20; digits++, power *= 10) {
		struct page page = { 0 };
		char want[48];

		page_open(&page, &plain, &run);
		out_u64(&page.out, power);
		out_char(&page.out, ' ');
		out_u64(&page.out, power - 1);
		(void)snprintf(want, sizeof want, "%" PRIu64 " %" PRIu64, power,
			       power - 1);
		assert_string_equal(page_text(&page), want);
		page_free(&page);
	}
}

/* As the C library has it: RFC 5952 */
static void test_ipv6(void **state)
{
	static const uint16_t groups[] = {
		0, 1, 0x12, 0x123, 0x1a3f, 0xffff, 0xfe80, 0xa0
	};
	struct te_addr addr;
	char want[INET6_ADDRSTRLEN], text[OUT_ADDR];

	(void)state;
	for (unsigned which = 0; which < 4096; which++) {
		for (unsigned i = 0; i < 8; i++) {
			uint16_t group = groups[which >> i & 1 ? (which + i * 3) % 8 : 0];

			addr.bytes[2 * i] = (uint8_t)(group >> 8);
			addr.bytes[2 * i + 1] = (uint8_t)group;
		}
		inet_ntop(AF_INET6, addr.bytes, want, sizeof want);
		assert_string_equal(out_addr_text(6, &addr, text), want);
	}
	assert_int_equal(inet_pton(AF_INET6, "::ffff:10.0.0.1", addr.bytes), 1);
	assert_string_equal(out_addr_text(6, &addr, text), "::ffff:10.0.0.1");
}

/* Longer than the writer's buffer, in one piece and in many */
static void test_long(void **state)
{
	enum { LENGTH = 200000 };
	struct page page = { 0 };
	struct out_run run = run_of(OUT_ALL);
	char *text = malloc(LENGTH + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LENGTH);
	text[LENGTH] = '\0';
	page_open(&page, &plain, &run);
	out_char(&page.out, '<');
	out_str(&page.out, text);
	out_printf(&page.out, "%s", text);
	for (size_t i = 0; i < LENGTH; i++)
		out_char(&page.out, 'y');
	page_text(&page);
	assert_int_equal(page.length, 1 + 3 * LENGTH);
	assert_int_equal(page.text[0], '<');
	assert_int_equal(page.text[2 * LENGTH], 'x');
	assert_int_equal(page.text[2 * LENGTH + 1], 'y');
	page_free(&page);
	free(text);
}

static void test_safe(void **state)
{
	struct page page = { 0 };
	struct out_run run = run_of(OUT_ALL);

	(void)state;
	page_open(&page, &plain, &run);
	out_safe(&page.out, "a\033[2J\xc3\xa9\xff\xc2\x9b\x7f\xe2\x82");
	assert_string_equal(page_text(&page),
			    "a\\x1b[2J\xc3\xa9\\xff\\xc2\\x9b\\x7f\\xe2\\x82");
	page_free(&page);

	run.utf8 = false;
	page_open(&page, &plain, &run);
	out_safe(&page.out, "\xc3\xa9!");
	assert_string_equal(page_text(&page), "\\xc3\\xa9!");
	page_free(&page);
}

/* An error is not forgotten by what is written after it. */
static void test_full_disk(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct out_run run = run_of(OUT_ALL);
	struct out out;

	(void)state;
	if (!full)
		skip();
	assert_true(out_open(&out, &plain, &run, full));
	out_str(&out, "something");
	assert_false(out_flush(&out));
	assert_true(out.failed);
	assert_false(out_flush(&out));
	out_close(&out);
	fclose(full);
}

static void test_utf8(void **state)
{
	(void)state;
	assert_int_equal(utf8_length("a"), 1);
	assert_int_equal(utf8_length("\xc3\xa9"), 2);
	assert_int_equal(utf8_length("\xe2\x82\xac"), 3);
	assert_int_equal(utf8_length("\xf0\x9f\x98\x80"), 4);
	assert_int_equal(utf8_length("\xc0\x80"), 0);         /* overlong */
	assert_int_equal(utf8_length("\xe0\x80\x80"), 0);     /* overlong */
	assert_int_equal(utf8_length("\xed\xa0\x80"), 0);     /* surrogate */
	assert_int_equal(utf8_length("\xf4\x90\x80\x80"), 0); /* above U+10FFFF */
	assert_int_equal(utf8_length("\xe2\x82"), 0);         /* cut */
	assert_int_equal(utf8_length("\x80"), 0);
}

static void test_formats(void **state)
{
	(void)state;
	assert_ptr_equal(out_format_find("jsonl"), &out_json);
	assert_ptr_equal(out_format_find("csv"), &out_csv);
	assert_null(out_format_find("JSON"));
	for (size_t i = 0; out_format_at(i); i++)
		assert_ptr_equal(out_format_find(out_format_at(i)->name),
				 out_format_at(i));
}

/* ---- one value ---- */

static void emit_one(enum emit_mode mode, const char *text, const char *want)
{
	struct page page = { 0 };
	struct out_run run = run_of(OUT_ALL);
	struct emit emit;

	page_open(&page, &plain, &run);
	emit_begin(&emit, &page.out, mode);
	emit_text(&emit, "k", text);
	emit_end(&emit);
	assert_string_equal(page_text(&page), want);
	page_free(&page);
}

static void test_json_text(void **state)
{
	(void)state;
	emit_one(EMIT_JSON, NULL, "{\"k\":null}\n");
	emit_one(EMIT_JSON, "", "{\"k\":\"\"}\n");
	emit_one(EMIT_JSON, "a\"b\\c/", "{\"k\":\"a\\\"b\\\\c/\"}\n");
	emit_one(EMIT_JSON, "\b\f\n\r\t", "{\"k\":\"\\b\\f\\n\\r\\t\"}\n");
	emit_one(EMIT_JSON, "\001\033\x7f\xc2\x85",
		 "{\"k\":\"\\u0001\\u001b\\u007f\\u0085\"}\n");
	emit_one(EMIT_JSON, "\xc3\xa9\xf0\x9f\x98\x80",
		 "{\"k\":\"\xc3\xa9\xf0\x9f\x98\x80\"}\n");
	emit_one(EMIT_JSON, "x\xff\xed\xa0\x80",
		 "{\"k\":\"x\xef\xbf\xbd\xef\xbf\xbd"
		 "\xef\xbf\xbd\xef\xbf\xbd\"}\n");
}

static void write_json(const char *text, char *to, size_t size)
{
	struct page page = { 0 };
	struct out_run run = run_of(OUT_ALL);
	struct emit emit;

	page_open(&page, &plain, &run);
	emit_begin(&emit, &page.out, EMIT_JSON);
	emit_text(&emit, "k", text);
	(void)snprintf(to, size, "%s", page_text(&page));
	page_free(&page);
}

/* Wherever it stands in a long text, a byte is written as it is alone. */
static void test_json_places(void **state)
{
	const char *prefix = "{\"k\":\"";
	char alone[32], want[128], got[128];

	(void)state;
	for (int c = 1; c < 256; c++) {
		char text[18] = { (char)c };

		write_json(text, alone, sizeof alone);
		alone[strlen(alone) - 1] = '\0'; /* the quote */
		for (size_t at = 0; at < sizeof text - 1; at++) {
			memset(text, 'a', sizeof text - 1);
			text[at] = (char)c;
			(void)snprintf(want, sizeof want, "%s%.*s%s%.*s\"", prefix,
				       (int)at, "aaaaaaaaaaaaaaaaa",
				       alone + strlen(prefix), (int)(16 - at),
				       "aaaaaaaaaaaaaaaaa");
			write_json(text, got, sizeof got);
			assert_string_equal(got, want);
		}
	}
}

static void test_csv_text(void **state)
{
	(void)state;
	emit_one(EMIT_CSV, NULL, "\r\n");
	emit_one(EMIT_CSV, "plain", "plain\r\n");
	emit_one(EMIT_CSV, "a,b", "\"a,b\"\r\n");
	emit_one(EMIT_CSV, "say \"no\"", "\"say \"\"no\"\"\"\r\n");
	emit_one(EMIT_CSV, "a\nb", "\"a\nb\"\r\n");
	emit_one(EMIT_CSV, "=1+1", "'=1+1\r\n");
	emit_one(EMIT_CSV, "-x", "'-x\r\n");
	emit_one(EMIT_CSV, "@a,b", "\"'@a,b\"\r\n");
	emit_one(EMIT_CSV_HEADER, "-x", "k\r\n");
}

static void test_emit_numbers(void **state)
{
	struct page page = { 0 };
	struct out_run run = run_of(OUT_ALL);
	struct emit emit;

	(void)state;
	page_open(&page, &plain, &run);
	emit_begin(&emit, &page.out, EMIT_CSV);
	emit_seconds(&emit, "a", 0);
	emit_seconds(&emit, "b", 200 * TE_MS);
	emit_seconds(&emit, "c", 10 * TE_US);
	emit_seconds(&emit, "d", -7 * TE_SEC);
	emit_seconds(&emit, "e", TE_TIME_NONE);
	emit_double(&emit, "f", 7.0);
	emit_double(&emit, "g", 41.2);
	emit_double(&emit, "h", 1e12);
	emit_double(&emit, "i", -1e12);
	emit_double(&emit, "j", 1e300);
	emit_double(&emit, "k", (double)NAN);
	emit_end(&emit);
	assert_string_equal(
	    page_text(&page),
	    "0,0.2,0.00001,-7,,7,41.2,1000000000000,-1000000000000,,\r\n");
	page_free(&page);
}

/* ---- whole lines ---- */

#define ENDS                                                 \
	"\"client\":{\"addr\":\"10.0.0.1\",\"port\":51234}," \
	"\"server\":{\"addr\":\"10.0.0.2\",\"port\":80},"

static const char transition_line[] =
    "{\"type\":\"transition\",\"conn\":1,\"id\":\"0123456789abcdef\",\"n\":1,\"file\":1,"
    "\"frame\":2,\"ts\":1700000000.012041,\"t\":0.012041," ENDS "\"end\":\"client\","
    "\"from\":\"SYN_SENT\",\"to\":\"ESTABLISHED\",\"basis\":\"acked\",\"certain\":true,"
    "\"proof\":3,\"rfc\":\"9293:3.10.7.3\"}\n";

static const char finding_line[] =
    "{\"type\":\"finding\",\"finding\":\"half-open-syn-rcvd\",\"severity\":\"warning\","
    "\"scope\":\"connection\",\"conn\":1,\"id\":\"0123456789abcdef\",\"file\":1,"
    "\"frames\":[4,5,7],\"ts\":1700000001.000000,\"t\":1.000000," ENDS
    "\"end\":\"server\",\"value\":7,\"limit\":3.5,\"unit\":\"s\",\"certain\":true,"
    "\"still\":false,\"also\":[\"handshake-ack-ignored\"],"
    "\"causes\":[\"the ACK was lost\",\"the \\\"accept\\\" queue was full, or so\"],"
    "\"fingerprint\":\"e6ea75d472c44b1e\",\"known\":false,"
    "\"filter\":\"ip.addr==10.0.0.1 && tcp.port==51234 && ip.addr==10.0.0.2 && "
    "tcp.port==80\",\"text\":\"handshake never completed; server, 7.0 s (limit 3.5 s): "
    "no "
    "ACK covers its SYN+ACK\"}\n";

static const char connection_line[] =
    "{\"type\":\"connection\",\"conn\":1,\"id\":\"0123456789abcdef\","
    "\"community_id\":\"1:QLxQqYtupV5k5diZC6nSoE5E7bY=\",\"incarnation\":1,\"vlan\":null,"
    "\"client\":{\"addr\":\"10.0.0.1\",\"port\":51234,\"state\":\"TIME_WAIT\","
    "\"certain\":true,\"packets\":0,\"bytes\":0,\"retransmits\":0},"
    "\"server\":{\"addr\":\"10.0.0.2\",\"port\":80,\"state\":\"CLOSED\","
    "\"certain\":true,\"packets\":0,\"bytes\":0,\"retransmits\":0},"
    "\"file\":1,\"frame\":1,\"first_ts\":1700000000.012041,"
    "\"last_ts\":1700000000.212041,\"t\":0.012041,\"duration\":0.2,\"rtt_client\":null,"
    "\"rtt_server\":0.012,\"opened\":\"handshake\",\"closed\":\"fin\","
    "\"segments_to_close\":null,\"first_closer\":\"client\","
    "\"verdict\":\"closed normally, client first\",\"zeek_state\":\"SF\","
    "\"zeek_history\":\"ShADadFf\",\"completeness\":31,"
    "\"finding_ids\":[\"half-open-syn-rcvd\"]}\n";

static const struct te_transition one_step = {
	.time = 1700000000 * TE_SEC + 12041 * TE_US,
	.frame = 2,
	.proof = 3,
	.file = 1,
	.end = TE_CLIENT,
	.from = TE_SYN_SENT,
	.to = TE_ESTABLISHED,
	.basis = TE_ACKED,
	.certain = true,
	.rfc = "9293:3.10.7.3",
};

/* One connection with one transition and one finding, in a format of the table */
static void tell(struct page *page, const struct out_format *format, unsigned show)
{
	struct te_connection connection =
	    connection_of(TE_OPENED_HANDSHAKE, TE_CLOSED_FIN, TE_TIME_WAIT, TE_CLOSED);
	struct te_finding finding = finding_of(&connection);
	struct te_totals totals = { .packets = 12, .tcp_packets = 11, .connections = 1 };
	struct out_run run = run_of(show);

	connection.end[TE_SERVER].rtt = 12 * TE_MS;
	connection.first_closer = TE_CLIENT;
	connection.transitions = &one_step;
	connection.transition_count = 1;
	connection.findings = &finding;
	connection.finding_count = 1;
	page_open(page, format, &run);
	if (format->begin)
		format->begin(&page->out);
	format->connection(&page->out, &connection);
	if (format->end)
		format->end(&page->out, &totals);
	page_text(page);
}

/* The line after `text`; NULL behind the last */
static const char *next_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end && end[1] ? end + 1 : NULL;
}

static void assert_line(const char *text, const char *want)
{
	assert_non_null(text);
	assert_memory_equal(text, want, strlen(want));
}

static void test_json_lines(void **state)
{
	struct page page = { 0 };
	const char *line;

	(void)state;
	tell(&page, &out_json, OUT_ALL);
	assert_line(page.text,
		    "{\"type\":\"capture\",\"schema\":\"tcpends/1\",\"version\":\"");
	line = strstr(page.text, ",\"files\":");
	assert_line(line,
		    ",\"files\":[{\"file\":1,\"path\":\"a.pcap\",\"format\":\"pcap\","
		    "\"codec\":null,\"linktype\":\"EN10MB\",\"snaplen\":262144}],"
		    "\"start\":1700000000.000000}\n");
	line = next_line(line);
	assert_line(line, transition_line);
	line = next_line(line);
	assert_line(line, finding_line);
	line = next_line(line);
	assert_line(line, connection_line);
	line = next_line(line);
	assert_line(
	    line,
	    "{\"type\":\"summary\",\"packets\":12,\"tcp_packets\":11,\"connections\":1,"
	    "\"finding_counts\":{},\"capture_quality\":{\"implied_gaps\":0,"
	    "\"dropped\":null,\"duplicates\":0,\"backward_time\":0,"
	    "\"truncated_tail\":false,\"bad_checksums\":0,\"one_way\":0,"
	    "\"midstream\":0,\"snaplen_cut\":0,\"reordered\":0,\"offloaded\":0,"
	    "\"verdict\":\"good: no loss seen\"},\"complete\":true,\"exit\":0}\n");
	assert_null(next_line(line));
	page_free(&page);
}

static void test_json_show(void **state)
{
	struct page page = { 0 };

	(void)state;
	tell(&page, &out_json, OUT_FINDINGS);
	assert_non_null(strstr(page.text, "\"type\":\"capture\""));
	assert_non_null(strstr(page.text, "\"type\":\"finding\""));
	assert_non_null(strstr(page.text, "\"type\":\"summary\""));
	assert_null(strstr(page.text, "\"type\":\"connection\""));
	assert_null(strstr(page.text, "\"type\":\"transition\""));
	page_free(&page);
}

/* A listener names its server alone, a holder no port of its own, a capture nobody. */
static void test_json_scopes(void **state)
{
	static const struct {
		enum te_scope scope;
		const char *ends, *filter;
	} rows[] = {
		{ TE_SCOPE_LISTENER,
		  "\"client\":null,\"server\":{\"addr\":\"10.0.0.2\",\"port\":80},",
		  "\"filter\":\"ip.addr==10.0.0.2 && tcp.port==80\"" },
		{ TE_SCOPE_HOLDER,
		  "\"client\":{\"addr\":\"10.0.0.1\",\"port\":null},"
		  "\"server\":{\"addr\":\"10.0.0.2\",\"port\":80},",
		  "\"filter\":\"ip.addr==10.0.0.1 && ip.addr==10.0.0.2 && "
		  "tcp.port==80\"" },
		{ TE_SCOPE_CAPTURE, "\"client\":null,\"server\":null,",
		  "\"filter\":\"frame.number in {4,5,7}\"" },
	};
	struct te_connection connection =
	    connection_of(TE_OPENED_HANDSHAKE, TE_CLOSED_FIN, TE_TIME_WAIT, TE_CLOSED);
	struct out_run run = run_of(OUT_ALL);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct te_finding finding = finding_of(&connection);
		struct page page = { 0 };

		finding.scope = rows[i].scope;
		if (finding.scope == TE_SCOPE_CAPTURE)
			finding.connection = NULL;
		page_open(&page, &out_json, &run);
		out_json.finding(&page.out, &finding);
		page_text(&page);
		assert_non_null(strstr(page.text, "\"conn\":null,\"id\":null,"));
		assert_non_null(strstr(page.text, rows[i].ends));
		assert_non_null(strstr(page.text, rows[i].filter));
		page_free(&page);
	}
}

static void test_csv_tables(void **state)
{
	struct page page = { 0 };

	(void)state;
	tell(&page, &out_csv, OUT_OVERVIEW | OUT_FINDINGS);
	assert_line(page.text, "type,conn,id,community_id,incarnation,vlan,client_addr,");
	assert_line(next_line(page.text), "connection,1,0123456789abcdef,1:");
	page_free(&page);

	tell(&page, &out_csv, OUT_TRANSITIONS);
	assert_line(page.text,
		    "type,conn,id,n,file,frame,ts,t,client_addr,client_port,"
		    "server_addr,server_port,end,from,to,basis,certain,proof,rfc\r\n");
	assert_line(
	    next_line(page.text),
	    "transition,1,0123456789abcdef,1,1,2,1700000000.012041,0.012041,10.0.0.1,"
	    "51234,10.0.0.2,80,client,SYN_SENT,ESTABLISHED,acked,true,3,"
	    "9293:3.10.7.3\r\n");
	page_free(&page);

	tell(&page, &out_csv, OUT_FINDINGS);
	assert_line(page.text, "type,finding,severity,scope,conn,id,file,frames,ts,t,");
	assert_non_null(strstr(page.text, ",4 5 7,"));
	assert_non_null(strstr(page.text, ",handshake-ack-ignored,\"the ACK was lost the "
					  "\"\"accept\"\" queue was full, or so\","));
	page_free(&page);
}

/* ---- many: what is remembered of the lines above ---- */

enum { MANY = 4000, STEPS = 6 };

struct many {
	struct te_connection connection;
	struct te_transition steps[STEPS];
	struct te_finding finding;
};

static uint32_t vary(uint32_t *seed, uint32_t count)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 16) % count;
}

static void vary_end(struct te_end_view *view, uint32_t *seed)
{
	for (size_t i = 0; i < sizeof view->addr.bytes; i += 1 + vary(seed, 3))
		view->addr.bytes[i] = (uint8_t)vary(seed, 256);
	view->port = (uint16_t)vary(seed, 65536);
	view->state = vary(seed, 2) ? TE_CLOSED : TE_CLOSE_WAIT;
	view->certain = vary(seed, 2);
	view->presumed = vary(seed, 2);
	view->fin_repeats = vary(seed, 4);
	view->packets = vary(seed, 2000);
	view->rtt = vary(seed, 4) ? TE_TIME_NONE : vary(seed, 65536);
}

static void vary_steps(struct many *many, uint32_t *seed)
{
	for (size_t i = 0; i < STEPS; i++) {
		struct te_transition *step = &many->steps[i];

		if (i && vary(seed, 2))
			*step = step[-1];
		else
			*step = (struct te_transition){ .time = 1700000000 * TE_SEC +
								vary(seed, 4) * TE_MS,
							.frame = vary(seed, 4),
							.file = vary(seed, 3) };
		step->proof = vary(seed, 30) * vary(seed, 65536);
		step->end = vary(seed, 2) ? TE_CLIENT : TE_SERVER;
		step->from = (uint8_t)vary(seed, TE_STATE_COUNT);
		step->to = (uint8_t)vary(seed, TE_STATE_COUNT);
		step->basis = vary(seed, 2) ? TE_SENT : TE_PRESUMED;
		step->certain = vary(seed, 2);
		step->rfc = vary(seed, 2) ? "9293:3.10.1" : NULL;
	}
}

/* The same for the same number. */
static void make_one(struct many *many, uint32_t number)
{
	uint32_t seed = number;
	struct te_connection *connection = &many->connection;

	*connection =
	    connection_of(vary(&seed, 2) ? TE_OPENED_HANDSHAKE : TE_OPENED_MIDSTREAM,
			  vary(&seed, 2) ? TE_CLOSED_FIN : TE_CLOSED_OPEN, 0, 0);
	memset(connection->end, 0, sizeof connection->end);
	connection->number = number;
	connection->id = number * 0x9e3779b97f4a7c15u;
	connection->ip_version = vary(&seed, 2) ? 6 : 4;
	connection->first_closer = vary(&seed, 2) ? TE_CLIENT : TE_NO_END;
	connection->segments_to_close = 3 + vary(&seed, 2);
	vary_end(&connection->end[TE_CLIENT], &seed);
	vary_end(&connection->end[TE_SERVER], &seed);
	vary_steps(many, &seed);
	connection->transitions = many->steps;
	connection->transition_count = vary(&seed, STEPS + 1);
	many->finding = finding_of(connection);
	many->finding.rule = vary(&seed, 2) ? &half_open : &ignored;
	many->finding.severity = (enum te_severity)vary(&seed, TE_ERROR + 1);
	many->finding.causes = vary(&seed, 8);
	connection->findings = &many->finding;
	connection->finding_count = vary(&seed, 2);
}

/* One after the other they read as each does alone, also where the buffer was full. */
static void compare_many(const struct out_format *format, unsigned show)
{
	struct page all = { 0 };
	struct out_run run = run_of(show);
	struct many many;
	size_t at = 0;

	page_open(&all, format, &run);
	for (uint32_t i = 0; i < MANY; i++) {
		make_one(&many, i);
		format->connection(&all.out, &many.connection);
	}
	page_text(&all);
	for (uint32_t i = 0; i < MANY; i++) {
		struct page one = { 0 };

		make_one(&many, i);
		page_open(&one, format, &run);
		format->connection(&one.out, &many.connection);
		page_text(&one);
		assert_true(one.length <= all.length - at);
		assert_memory_equal(all.text + at, one.text, one.length);
		at += one.length;
		page_free(&one);
	}
	assert_int_equal(at, all.length);
	page_free(&all);
}

static void test_many(void **state)
{
	(void)state;
	compare_many(&out_json, OUT_ALL & ~OUT_HOSTS);
	compare_many(&out_csv, OUT_TRANSITIONS);
	compare_many(&out_csv, OUT_CONNECTIONS);
	compare_many(&out_csv, OUT_FINDINGS);
}

/* ---- derived words ---- */

static void test_verdicts(void **state)
{
	static const struct {
		enum te_opened opened;
		enum te_closed closed;
		enum te_state client, server;
		enum te_end first;
		const char *want;
	} rows[] = {
		{ TE_OPENED_HANDSHAKE, TE_CLOSED_FIN, TE_TIME_WAIT, TE_CLOSED, TE_CLIENT,
		  "closed normally, client first" },
		{ TE_OPENED_HANDSHAKE, TE_CLOSED_FIN_SIMULTANEOUS, TE_TIME_WAIT,
		  TE_TIME_WAIT, TE_CLIENT, "closed by both at once" },
		{ TE_OPENED_REFUSED, TE_CLOSED_RST_SERVER, TE_CLOSED, TE_CLOSED,
		  TE_NO_END, "refused" },
		{ TE_OPENED_UNANSWERED, TE_CLOSED_OPEN, TE_SYN_SENT, TE_UNKNOWN,
		  TE_NO_END, "no answer to SYN" },
		{ TE_OPENED_HALF_OPEN, TE_CLOSED_OPEN, TE_ESTABLISHED, TE_SYN_RCVD,
		  TE_NO_END, "half-open: server left in SYN_RCVD" },
		{ TE_OPENED_HANDSHAKE, TE_CLOSED_RST_SERVER, TE_CLOSED, TE_CLOSED,
		  TE_NO_END, "reset by server" },
		{ TE_OPENED_HANDSHAKE, TE_CLOSED_RST_SERVER, TE_CLOSED, TE_CLOSED,
		  TE_CLIENT, "reset by server after the FIN of the client" },
		{ TE_OPENED_HANDSHAKE, TE_CLOSED_OPEN, TE_ESTABLISHED, TE_ESTABLISHED,
		  TE_NO_END, "still open" },
		{ TE_OPENED_HANDSHAKE, TE_CLOSED_OPEN, TE_FIN_WAIT_2, TE_CLOSE_WAIT,
		  TE_CLIENT, "closing not finished: server in CLOSE_WAIT" },
		{ TE_OPENED_MIDSTREAM, TE_CLOSED_FIN, TE_CLOSED, TE_TIME_WAIT, TE_SERVER,
		  "closed normally, server first; its opening is not in the capture" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct te_connection connection = connection_of(
		    rows[i].opened, rows[i].closed, rows[i].client, rows[i].server);

		connection.first_closer = rows[i].first;
		assert_string_equal(describe_verdict(&connection, text, sizeof text),
				    rows[i].want);
	}
}

/* Every pair of words has a verdict, also those that no engine should tell. */
static void test_verdict_always(void **state)
{
	char text[256];

	(void)state;
	for (int opened = 0; opened < TE_OPENED_COUNT; opened++)
		for (int closed = 0; closed < TE_CLOSED_COUNT; closed++) {
			struct te_connection connection =
			    connection_of((enum te_opened)opened, (enum te_closed)closed,
					  TE_UNKNOWN, TE_UNKNOWN);

			assert_true(
			    strlen(describe_verdict(&connection, text, sizeof text)) > 4);
		}
}

static void test_durations(void **state)
{
	static const struct {
		te_time time;
		const char *want;
	} rows[] = {
		{ 0, "0 s" },
		{ 5, "5 ns" },
		{ 7 * TE_US, "7 us" },
		{ 999600, "1.0 ms" },
		{ 1240 * TE_US, "1.2 ms" },
		{ 9600 * TE_US, "9.6 ms" },
		{ 12041 * TE_US, "12 ms" },
		{ 999700 * TE_US, "1.0 s" },
		{ 41200 * TE_MS, "41.2 s" },
		{ 59960 * TE_MS, "1 min 0 s" },
		{ 185 * TE_SEC, "3 min 5 s" },
		{ 3576 * TE_SEC, "59 min 36 s" },
		{ 11100 * TE_SEC, "3 h 5 min" },
		{ 183600 * TE_SEC, "2 d 3 h" },
		{ -2 * TE_SEC, "-2.0 s" },
		{ TE_TIME_NONE, "-" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(describe_duration(rows[i].time, text, sizeof text),
				    rows[i].want);
}

static void test_finding_words(void **state)
{
	struct te_finding finding = finding_of(NULL);
	char text[256], small[12];

	(void)state;
	finding.has_limit = false;
	finding.value = 3;
	finding.unit = "segments";
	finding.end = TE_NO_END;
	finding.detail = NULL;
	assert_string_equal(describe_finding(&finding, text, sizeof text),
			    "handshake never completed; 3 segments");
	finding.has_value = false;
	assert_string_equal(describe_finding(&finding, text, sizeof text),
			    "handshake never completed");
	assert_string_equal(describe_finding(&finding, small, sizeof small),
			    "handshake n");
}

static void assert_community(int family, const char *client, uint16_t client_port,
			     const char *server, uint16_t server_port, const char *want)
{
	struct te_connection connection = { .ip_version = family == AF_INET ? 4 : 6 };
	char text[64];

	set_end(&connection.end[TE_CLIENT], family, client, client_port, TE_UNKNOWN);
	set_end(&connection.end[TE_SERVER], family, server, server_port, TE_UNKNOWN);
	describe_community_id(&connection, text);
	assert_string_equal(text, want);
}

/* The specification's own example, both ways round */
static void test_community_id(void **state)
{
	(void)state;
	assert_community(AF_INET, "128.232.110.120", 34855, "66.35.250.204", 80,
			 "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	assert_community(AF_INET, "66.35.250.204", 80, "128.232.110.120", 34855,
			 "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	assert_community(AF_INET6, "fe80::1", 9, "fe80::2", 1,
			 "1:eqCCdB+VnaZhxUHtBYKPtjdWFUM=");
	assert_community(AF_INET6, "fe80::2", 1, "fe80::1", 9,
			 "1:eqCCdB+VnaZhxUHtBYKPtjdWFUM=");
}

/* A fingerprint must hold over captures and versions: these never change. They are the
 * first 16 hex digits of sha256sum of what stands behind them. */
static void test_fingerprint(void **state)
{
	const struct out_naming port_only = { .port_only = true };
	const struct out_naming range = { .port_low = 49152, .port_high = 65535 };
	struct te_connection connection = connection_of(
	    TE_OPENED_HALF_OPEN, TE_CLOSED_OPEN, TE_ESTABLISHED, TE_SYN_RCVD);
	struct te_finding finding = finding_of(&connection);
	uint64_t first;

	(void)state;
	first = describe_fingerprint(&finding, NULL);
	/* half-open-syn-rcvd|server|10.0.0.2|80 */
	assert_int_equal(first, 0xe6ea75d472c44b1e);
	connection.end[TE_CLIENT].port = 1;
	connection.id = 7;
	assert_int_equal(describe_fingerprint(&finding, &range), first);
	/* half-open-syn-rcvd|server||80 */
	assert_int_equal(describe_fingerprint(&finding, &port_only), 0xf760c028ec086ddf);
	connection.end[TE_SERVER].port = 40000;
	/* half-open-syn-rcvd|server|10.0.0.2|* */
	assert_int_equal(describe_fingerprint(&finding, NULL), 0x223fd0cd1fef5b4b);
	/* half-open-syn-rcvd|server|10.0.0.2|40000 */
	assert_int_equal(describe_fingerprint(&finding, &range), 0x66ec08d0d9048a63);
	/* closed||10.0.0.2|40000 */
	assert_int_equal(describe_print("closed", TE_NO_END, &connection, &range),
			 0x4d9295ceb03ed2c6);
	finding.scope = TE_SCOPE_CAPTURE;
	finding.connection = NULL;
	finding.end = TE_NO_END;
	/* half-open-syn-rcvd||| */
	assert_int_equal(describe_fingerprint(&finding, NULL), 0x262f5b027cce411a);
}

static void test_filter_v6(void **state)
{
	struct te_connection connection = { .ip_version = 6 };
	struct te_finding finding = finding_of(&connection);
	char text[256];

	(void)state;
	set_end(&connection.end[TE_CLIENT], AF_INET6, "2001:db8::1", 4000, TE_UNKNOWN);
	set_end(&connection.end[TE_SERVER], AF_INET6, "2001:db8::2", 443, TE_UNKNOWN);
	assert_string_equal(describe_filter(&finding, text, sizeof text),
			    "ipv6.addr==2001:db8::1 && tcp.port==4000 && "
			    "ipv6.addr==2001:db8::2 && tcp.port==443");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_json_text),
		cmocka_unit_test(test_json_places),
		cmocka_unit_test(test_csv_text),
		cmocka_unit_test(test_emit_numbers),
		cmocka_unit_test(test_json_lines),
		cmocka_unit_test(test_json_show),
		cmocka_unit_test(test_json_scopes),
		cmocka_unit_test(test_csv_tables),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_verdict_always),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_finding_words),
		cmocka_unit_test(test_community_id),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_filter_v6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
