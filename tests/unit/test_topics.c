/* test_topics.c - is each topic whole, and does it lead only to pages that there are? */
#include "config.h"

#include "explain.h"
#include "topics.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { LONGEST_TITLE = 56, WORD = 64 }; /* lists begin a title in column 24 of 80 */

static void test_whole(void **state)
{
	(void)state;
	assert_non_null(topic_at(0));
	for (size_t i = 0; topic_at(i); i++) {
		const struct topic *topic = topic_at(i);

		print_message("%s\n", topic->id);
		assert_int_equal(
		    strspn(topic->id, "abcdefghijklmnopqrstuvwxyz-0123456789"),
		    strlen(topic->id));
		assert_true(strlen(topic->title) <= LONGEST_TITLE);
		assert_non_null(topic->words);
		assert_non_null(topic->text[1]);
		assert_true(topic->rfc[0] != '\0');
		assert_non_null(topic->see[0]);
	}
}

static void test_sees_pages(void **state)
{
	char err[OPTIONS_ERRLEN];

	(void)state;
	for (size_t i = 0; topic_at(i); i++) {
		for (size_t k = 0; topic_at(i)->see[k]; k++) {
			const char *id = topic_at(i)->see[k];

			print_message("%s: %s\n", topic_at(i)->id, id);
			assert_true(explain_has(id, err, sizeof(err)));
			/* its own name, not a word that leads somewhere */
			assert_true(te_rule_find(id) ||
				    strcmp(topic_find(id)->id, id) == 0);
			assert_string_not_equal(id, topic_at(i)->id);
		}
	}
}

/* A word is no finding's name, whose page comes first, and leads to one topic. */
static void test_words_lead(void **state)
{
	(void)state;
	for (size_t i = 0; topic_at(i); i++) {
		const char *words = topic_at(i)->words;

		while (*words) {
			char word[WORD];
			size_t len = strcspn(words, " ");

			assert_true(len > 0 && len < sizeof(word));
			memcpy(word, words, len);
			word[len] = '\0';
			print_message("%s\n", word);
			assert_null(te_rule_find(word));
			assert_ptr_equal(topic_find(word), topic_at(i));
			words += len;
			words += strspn(words, " ");
		}
	}
}

static void test_no_such_word(void **state)
{
	(void)state;
	assert_null(topic_find(""));
	assert_null(topic_find("SO_LING"));
	assert_null(topic_find("SO_LINGER SO_DONTLINGER"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_sees_pages),
		cmocka_unit_test(test_words_lead),
		cmocka_unit_test(test_no_such_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
