/*
 * match_upgrade: "upgrade": "websocket": what the client wants the connection
 * to become, in lower case, whether it said so by HTTP/1.1's Upgrade or by
 * HTTP/2's :protocol. A request that wants nothing has none.
 */
#include "config.h"

#include "rule/matcher.h"

static int match(const void *self, struct ow_match_run *run)
{
    struct ow_subject value = ow_subject_text(run->request->upgrade);

    return ow_matcher_test(self, "upgrade", &value, run);
}

const struct ow_matcher_ops ow_match_upgrade_ops = {ow_matcher_parse_pattern,
                                                    match, NULL};
