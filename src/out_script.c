/* out_script.c - the script format: what was captured as a test that anybody may see
 *
 * Which connections are asked for is known only when they are told, so all segments are
 * kept until then; with --conn only those of these connections come.
 */
#include "config.h"
#include "pkt.h"
#include <errno.h>
#include <stdlib.h>

enum { SCRIPT_MAX = 1 << 20 }; /* segments that are kept */

static bool script_open(struct out *out)
{
	struct pkt *pkt = calloc(1, sizeof(*pkt));

	if (pkt == NULL)
		return false;
	out->state = pkt;
	pkt->out = out;
	pkt->told = hold_new(hold_key_find("conn"), 0);
	return pkt->told != NULL;
}

static void script_begin(struct out *out)
{
	struct pkt *pkt = out->state;

	pkt->failed |= !pkt_cast_new(pkt, out->run->config->seed);
}

static struct pkt_kept *script_room(struct pkt *pkt)
{
	size_t size = pkt->kept_size == 0 ? 256 : 2 * pkt->kept_size;
	struct pkt_kept *kept = pkt->kept;

	if (pkt->kept_count < pkt->kept_size)
		return &kept[pkt->kept_count++];
	if (size <= SCRIPT_MAX)
		kept = realloc(kept, size * sizeof(*kept));
	if (size > SCRIPT_MAX || kept == NULL) {
		pkt->no_room++;
		return NULL;
	}
	pkt->kept = kept;
	pkt->kept_size = size;
	return &kept[pkt->kept_count++];
}

static void script_passing(struct out *out, const struct te_passing *passing)
{
	struct pkt_kept *kept = script_room(out->state);

	if (kept == NULL)
		return;
	*kept = (struct pkt_kept){ .segment = *passing->segment,
				   .connection = passing->connection,
				   .flow = PKT_NONE };
	kept->segment.data = NULL;
	kept->segment.data_len = 0;
}

static void script_connection(struct out *out, const struct te_connection *connection)
{
	struct pkt *pkt = out->state;

	if (pkt->failed)
		return;
	pkt_cast_connection(pkt, connection);
	pkt->failed |= !hold_add(pkt->told, connection);
}

static void script_end(struct out *out, const struct te_totals *totals)
{
	struct pkt *pkt = out->state;
	struct pkt_replay replay = { 0 };

	hold_sort(pkt->told);
	if (!pkt->failed)
		pkt_cast_segments(pkt);
	if (!pkt->failed)
		pkt_cut(pkt, &replay, totals->end);
	if (!pkt->failed)
		pkt_write(pkt, &replay);
	pkt_replay_free(&replay);
	if (pkt->failed) {
		errno = ENOMEM;
		out->failed = true;
	}
}

static void script_close(struct out *out)
{
	struct pkt *pkt = out->state;

	pkt_cast_free(pkt);
	hold_free(pkt->told);
	free(pkt->kept);
	free(pkt->lines);
	free(pkt);
}

const struct out_format out_script = {
	.name = "script",
	.open = script_open,
	.begin = script_begin,
	.passing = script_passing,
	.connection = script_connection,
	.end = script_end,
	.close = script_close,
};
