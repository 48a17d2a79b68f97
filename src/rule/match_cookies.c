/*
 * match_cookies: "cookies": { "session": "present" }. Names have case.
 */
#include "config.h"

#include <errno.h>

#include "rule/matcher.h"

static int get_value(struct ow_match_run *run, struct ow_str name,
                     struct ow_subject *ret)
{
    const struct ow_fields *cookies = ow_request_cookies(run->request);

    if (!cookies)
        return -ENOMEM;
    return ow_named_fields(cookies, name, true, run->pattern.arena, ret);
}

static int match(const void *self, struct ow_match_run *run)
{
    return ow_named_match(self, "cookie", get_value, run);
}

const struct ow_matcher_ops ow_match_cookies_ops = {ow_matcher_parse_named,
                                                    match, NULL};
