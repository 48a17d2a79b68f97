/*
 * match_query: "query": { "limit": "10" }. Names and values are compared
 * decoded; names have case.
 */
#include "config.h"

#include <errno.h>

#include "rule/matcher.h"

static int get_value(struct ow_match_run *run, struct ow_str name,
                     struct ow_subject *ret)
{
    const struct ow_fields *params = ow_request_params(run->request);

    if (!params)
        return -ENOMEM;
    return ow_named_fields(params, name, true, run->pattern.arena, ret);
}

static int match(const void *self, struct ow_match_run *run)
{
    return ow_named_match(self, "query", get_value, run);
}

const struct ow_matcher_ops ow_match_query_ops = {ow_matcher_parse_named, match,
                                                  NULL};
