/*
 * pattern: what a rule asks of one value. See pattern.h. Here: values, the way
 * through lists, and the sentence that tells a difference. Called by the
 * matchers and by the nodes themselves.
 */
#include "config.h"

#include "rule/pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void describe_where(const struct ow_where *where, struct ow_buf *text)
{
    if (!where)
        return;
    describe_where(where->up, text);
    ow_buf_printf(text, "%s%.*s", where->up ? "." : " ",
                  where->name.len > 60 ? 60 : (int)where->name.len,
                  where->name.ptr);
}

int ow_pattern_differ(const struct ow_pattern *pattern,
                      const struct ow_subject *value,
                      struct ow_pattern_run *run)
{
    struct ow_buf *text = run->reason;

    if (!text || text->len > 0)
        return 0;
    ow_buf_printf(text, "%s", run->noun);
    describe_where(run->where, text);
    ow_buf_printf(text, " is ");
    ow_subject_describe(value, text);
    ow_buf_printf(text, ", the rule wants ");
    pattern->ops->describe(pattern, text);
    return 0;
}

/* Some value of several: the captures are those of the first that fits. */
static int test_elements(const struct ow_pattern *pattern,
                         const struct ow_subject *list,
                         struct ow_pattern_run *run)
{
    if (list->n == 1)
        return ow_pattern_test(pattern, &list->items[0], run);
    for (size_t i = 0; i < list->n; i++) {
        int r = ow_pattern_try(pattern, &list->items[i], run);
        if (r != 0)
            return r;
    }
    return ow_pattern_differ(pattern, list, run);
}

int ow_pattern_test(const struct ow_pattern *pattern,
                    const struct ow_subject *value, struct ow_pattern_run *run)
{
    if (value->kind == OW_SUBJECT_LIST && !pattern->whole)
        return test_elements(pattern, value, run);
    return pattern->ops->test(pattern, value, run);
}

int ow_pattern_test_part(const struct ow_pattern *pattern, struct ow_str name,
                         const struct ow_subject *value,
                         struct ow_pattern_run *run)
{
    struct ow_where where = {run->where, name};

    run->where = &where;
    int r = ow_pattern_test(pattern, value, run);
    run->where = where.up;
    return r;
}

int ow_pattern_try(const struct ow_pattern *pattern,
                   const struct ow_subject *value, struct ow_pattern_run *run)
{
    struct ow_buf *reason = run->reason;
    size_t captures = run->captures.n;

    run->reason = NULL;
    int r = ow_pattern_test(pattern, value, run);
    run->reason = reason;
    if (r <= 0)
        run->captures.n = captures;
    return r;
}
