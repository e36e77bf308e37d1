/* gate_words.c - what the reports of --check say in common */
#include "config.h"
#include "gate.h"
#include "phrase.h"
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

const char *gate_status_word(enum gate_status status)
{
	static const char *const words[] = {
		[GATE_PASSED] = "passed",
		[GATE_KNOWN] = "known",
		[GATE_FAILED] = "FAILED",
		[GATE_ERROR] = "ERROR",
	};

	return words[status];
}

uint64_t gate_item_new(const struct gate_item *item)
{
	return item->count - item->known;
}

const struct gate_item *gate_next_new(const struct gate_item *item)
{
	while (item != NULL && gate_item_new(item) == 0)
		item = item->hh.next;
	return item;
}

const char *gate_path(const char *path)
{
	char here[PATH_MAX];
	size_t len;

	if (strncmp(path, "./", 2) == 0)
		return path + 2 + strspn(path + 2, "/");
	if (path[0] != '/' || getcwd(here, sizeof(here)) == NULL)
		return path;
	len = strlen(here);
	if (strncmp(path, here, len) == 0 && path[len] == '/' && path[len + 1] != '\0')
		return path + len + 1;
	return path;
}

static void gate_phrase_count(struct phrase *phrase, uint64_t count, const char *what)
{
	phrase_add(phrase, "%" PRIu64 " %s%s", count, what, count == 1 ? "" : "s");
}

static void gate_phrase_rule(struct phrase *phrase, const struct gate_case *of)
{
	gate_phrase_count(phrase, of->failing, "violation");
	if (of->failing > 0 && of->status == GATE_PASSED)
		phrase_add(phrase, " (%" PRIu64 " tolerated)", of->rule->max_count);
	phrase_add(phrase, " in ");
	gate_phrase_count(phrase, of->matched, "connection");
}

const char *gate_summary(const struct gate_file *file, const struct gate_case *of,
			 char *buf, size_t size)
{
	struct phrase phrase = phrase_new(buf, size);

	if (of->kind == GATE_CAPTURE) {
		phrase_add(&phrase, "%s",
			   of->status == GATE_ERROR ? file->result.trouble : "complete");
		return buf;
	}
	if (of->kind == GATE_RULE)
		gate_phrase_rule(&phrase, of);
	else
		gate_phrase_count(&phrase, of->failing, "finding");
	if (of->known > 0)
		phrase_add(&phrase, ", %" PRIu64 " known", of->known);
	return buf;
}

const char *gate_sentence(const struct gate_item *item, char *buf, size_t size)
{
	struct phrase phrase = phrase_new(buf, size);

	if (item->place[0] != '\0')
		phrase_add(&phrase, "%s: ", item->place);
	phrase_add(&phrase, "%s", item->what);
	if (item->count > 1)
		phrase_add(&phrase, " (and %" PRIu64 " more)", item->count - 1);
	phrase_add(&phrase, " [%016" PRIx64 "]", item->fingerprint);
	return buf;
}
