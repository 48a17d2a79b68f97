/*
 * match_host: "host": "~^eu[.]": one or some of the file's hosts. The name is
 * the one the program meant: lower-case, A-labels, no port.
 */
#include "config.h"

#include "rule/matcher.h"

static int match(const void *self, struct ow_match_run *run)
{
    struct ow_subject value = ow_subject_text(run->host);

    return ow_matcher_test(self, "host", &value, run);
}

const struct ow_matcher_ops ow_match_host_ops = {ow_matcher_parse_pattern,
                                                 match, NULL};
