/* topics.c - finding a topic among the tables of topics_*.c */
#include "config.h"
#include "topics_table.h"
#include <string.h>
#include <strings.h>

static const struct topic_group *const groups[] = { &topics_addresses, &topics_closing,
						    &topics_opening };

const struct topic *topic_at(size_t i)
{
	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		if (i < groups[g]->count)
			return &groups[g]->topics[i];
		i -= groups[g]->count;
	}
	return NULL;
}

static bool topic_has_word(const struct topic *topic, const char *word)
{
	size_t len = strlen(word);

	for (const char *w = topic->words; *w != '\0'; w += strspn(w, " ")) {
		size_t own = strcspn(w, " ");

		if (own == len && strncasecmp(w, word, len) == 0)
			return true;
		w += own;
	}
	return false;
}

const struct topic *topic_find(const char *word)
{
	for (size_t i = 0; topic_at(i) != NULL; i++)
		if (strcasecmp(topic_at(i)->id, word) == 0)
			return topic_at(i);
	for (size_t i = 0; topic_at(i) != NULL; i++)
		if (topic_has_word(topic_at(i), word))
			return topic_at(i);
	return NULL;
}

bool topic_sees(const struct topic *topic, const char *id)
{
	for (size_t i = 0; topic->see[i] != NULL; i++)
		if (strcmp(topic->see[i], id) == 0)
			return true;
	return false;
}
