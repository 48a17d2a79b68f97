/*
 * source: what a stream is made of, when it is not a file: "sse", "ndjson",
 * "chunks" and "text" of a rule, as the pieces that reach the wire.
 */
#ifndef OW_PLAN_SOURCE_H
#define OW_PLAN_SOURCE_H

#include "plan/action.h"
#include "plan/pieces.h"
#include "plan/split.h"

struct ow_source {
    const char *key;
    struct ow_str type; /* the Content-Type that follows */
    bool is_uncached;   /* "cache-control: no-cache" follows, too */
    bool takes_split;
    /* Appends pieces to the maker; split counts for takes_split alone. */
    int (*read)(const struct ow_action_input *in, const cJSON *node,
                const struct ow_split *split, struct ow_pieces_maker *maker);
};

/* Ends with key NULL. */
const struct ow_source *ow_sources(void);

#endif
