/* topics_table.h - the tables of topics; for topics*.c only */
#ifndef TOPICS_TABLE_H
#define TOPICS_TABLE_H

#include "topics.h"

struct topic_group {
	const struct topic *topics;
	size_t count;
};
extern const struct topic_group topics_addresses, topics_closing, topics_opening;

#endif
