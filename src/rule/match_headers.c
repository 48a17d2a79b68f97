/*
 * match_headers: "headers": { "authorization": "~^Bearer " }. Names have no
 * case; a field that comes several times is a list.
 */
#include "config.h"

#include "rule/matcher.h"

static int get_value(struct ow_match_run *run, struct ow_str name,
                     struct ow_subject *ret)
{
    return ow_named_fields(&run->request->headers, name, false,
                           run->pattern.arena, ret);
}

static int match(const void *self, struct ow_match_run *run)
{
    return ow_named_match(self, "header", get_value, run);
}

const struct ow_matcher_ops ow_match_headers_ops = {ow_matcher_parse_named,
                                                    match, NULL};
