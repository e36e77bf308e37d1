/* table.h - uthash as it is used here: a hash nobody outside can aim at, and no exit
 *
 * Before uthash is included: keys are whole 64-bit words, and SipHash hashes them with
 * the `seed` (const uint64_t[2]) that is in scope where HASH_FIND or HASH_ADD stand.
 * When memory runs out the item is not added, and its member `lost` is set.
 */
#ifndef TABLE_H
#define TABLE_H

#include "siphash.h"
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) \
	((hash) = (unsigned)siphash_words(seed, (const uint64_t *)(key), (len) / 8))
#define uthash_nonfatal_oom(item) ((item)->lost = true)
#include <uthash.h>

/* The words of an address. */
static inline void table_put_addr(uint64_t words[2], const void *bytes)
{
	memcpy(words, bytes, 16);
}

#endif
