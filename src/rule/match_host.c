/*
 * match_host: "host": "~^eu[.]": one or some of the file's hosts. The name is
 * the one the program meant: lower-case, A-labels, no port.
 */
#include "config.h"

#include <errno.h>

#include "rule/matcher.h"

static int parse(const struct ow_pattern_source *source, const cJSON *node,
                 void **ret, struct ow_err *err)
{
    struct ow_pattern *pattern =
        ow_arena_zalloc(source->arena, sizeof *pattern);

    if (!pattern)
        return -ENOMEM;
    *ret = pattern;
    return ow_pattern_parse(source, node, pattern, err);
}

static int match(const void *self, struct ow_match_run *run)
{
    struct ow_subject value = ow_subject_text(run->host);

    return ow_matcher_test(self, "host", &value, run);
}

const struct ow_matcher_ops ow_match_host_ops = {parse, match, NULL};
