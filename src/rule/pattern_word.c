/*
 * pattern_word: the nodes that are words (words.def), all but "is", which makes
 * a literal. See pattern.h.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "rule/pattern.h"

/* Searched as text: strings, and numbers and booleans as JSON writes them. */
static struct ow_str searchable(const struct ow_subject *value,
                                struct ow_arena *arena)
{
    const cJSON *json = value->json;

    if (value->kind == OW_SUBJECT_TEXT)
        return value->text;
    if (value->kind != OW_SUBJECT_JSON)
        return (struct ow_str){NULL, 0};
    if (cJSON_IsString(json))
        return ow_str_from(json->valuestring);
    if (cJSON_IsNumber(json))
        return ow_arena_printf(arena, "%.15g", json->valuedouble);
    if (cJSON_IsBool(json))
        return ow_str_from(cJSON_IsTrue(json) ? "true" : "false");
    return (struct ow_str){NULL, 0};
}

static int test_regex(const struct ow_pattern *pattern,
                      const struct ow_subject *value,
                      struct ow_pattern_run *run)
{
    struct ow_str text = searchable(value, run->arena);

    if (!text.ptr)
        return ow_pattern_differ(pattern, value, run);
    int r = ow_regex_search(pattern->regex, text, &run->regex, &run->captures);
    if (r == -E2BIG && run->reason && run->reason->len == 0)
        ow_buf_printf(run->reason, "the search for ~%.*s in %s took too long",
                      OW_STR_ARGS(pattern->text), run->noun);
    if (r == 1 || r == -ENOMEM)
        return r;
    return ow_pattern_differ(pattern, value, run);
}

static void describe_regex(const struct ow_pattern *pattern,
                           struct ow_buf *text)
{
    struct ow_str s = pattern->text;

    ow_buf_printf(text, "it to match ~%.*s%s", s.len > 100 ? 100 : (int)s.len,
                  s.ptr, s.len > 100 ? "..." : "");
}

const struct ow_pattern_ops ow_pattern_regex_ops = {test_regex, describe_regex};

static int test_contains(const struct ow_pattern *pattern,
                         const struct ow_subject *value,
                         struct ow_pattern_run *run)
{
    struct ow_str text = searchable(value, run->arena);

    if (text.ptr &&
        memmem(text.ptr, text.len, pattern->text.ptr, pattern->text.len))
        return 1;
    return ow_pattern_differ(pattern, value, run);
}

static void describe_contains(const struct ow_pattern *pattern,
                              struct ow_buf *text)
{
    ow_buf_printf(text, "it to contain ");
    ow_subject_quote(text, pattern->text);
}

const struct ow_pattern_ops ow_pattern_contains_ops = {test_contains,
                                                       describe_contains};

static int test_not(const struct ow_pattern *pattern,
                    const struct ow_subject *value, struct ow_pattern_run *run)
{
    size_t captures = run->captures.n;
    int r = ow_pattern_try(pattern->items, value, run);

    run->captures.n = captures;
    if (r == 0)
        return 1;
    return r < 0 ? r : ow_pattern_differ(pattern, value, run);
}

static void describe_not(const struct ow_pattern *pattern, struct ow_buf *text)
{
    ow_buf_printf(text, "not ");
    pattern->items->ops->describe(pattern->items, text);
}

const struct ow_pattern_ops ow_pattern_not_ops = {test_not, describe_not};

static int test_any(const struct ow_pattern *pattern,
                    const struct ow_subject *value, struct ow_pattern_run *run)
{
    for (size_t i = 0; i < pattern->n; i++) {
        int r = ow_pattern_try(&pattern->items[i], value, run);
        if (r != 0)
            return r;
    }
    return ow_pattern_differ(pattern, value, run);
}

static void describe_joined(const struct ow_pattern *pattern, const char *with,
                            struct ow_buf *text)
{
    for (size_t i = 0; i < pattern->n; i++) {
        ow_buf_printf(text, "%s", i > 0 ? with : "");
        pattern->items[i].ops->describe(&pattern->items[i], text);
    }
}

static void describe_any(const struct ow_pattern *pattern, struct ow_buf *text)
{
    describe_joined(pattern, " or ", text);
}

const struct ow_pattern_ops ow_pattern_any_ops = {test_any, describe_any};

static int test_all(const struct ow_pattern *pattern,
                    const struct ow_subject *value, struct ow_pattern_run *run)
{
    for (size_t i = 0; i < pattern->n; i++) {
        int r = ow_pattern_test(&pattern->items[i], value, run);
        if (r <= 0)
            return r;
    }
    return 1;
}

static void describe_all(const struct ow_pattern *pattern, struct ow_buf *text)
{
    describe_joined(pattern, " and ", text);
}

const struct ow_pattern_ops ow_pattern_all_ops = {test_all, describe_all};

static int test_present(const struct ow_pattern *pattern,
                        const struct ow_subject *value,
                        struct ow_pattern_run *run)
{
    if (value->kind != OW_SUBJECT_ABSENT)
        return 1;
    return ow_pattern_differ(pattern, value, run);
}

static void describe_present(const struct ow_pattern *pattern,
                             struct ow_buf *text)
{
    (void)pattern;
    ow_buf_printf(text, "it to be there");
}

const struct ow_pattern_ops ow_pattern_present_ops = {test_present,
                                                      describe_present};

static int test_absent(const struct ow_pattern *pattern,
                       const struct ow_subject *value,
                       struct ow_pattern_run *run)
{
    if (value->kind == OW_SUBJECT_ABSENT)
        return 1;
    return ow_pattern_differ(pattern, value, run);
}

static void describe_absent(const struct ow_pattern *pattern,
                            struct ow_buf *text)
{
    (void)pattern;
    ow_buf_printf(text, "it to be absent");
}

const struct ow_pattern_ops ow_pattern_absent_ops = {test_absent,
                                                     describe_absent};

static int test_gt(const struct ow_pattern *pattern,
                   const struct ow_subject *value, struct ow_pattern_run *run)
{
    double number;

    if (ow_subject_as_number(value, &number) && number > pattern->number)
        return 1;
    return ow_pattern_differ(pattern, value, run);
}

static void describe_gt(const struct ow_pattern *pattern, struct ow_buf *text)
{
    ow_buf_printf(text, "more than %.15g", pattern->number);
}

const struct ow_pattern_ops ow_pattern_gt_ops = {test_gt, describe_gt};

static int test_lt(const struct ow_pattern *pattern,
                   const struct ow_subject *value, struct ow_pattern_run *run)
{
    double number;

    if (ow_subject_as_number(value, &number) && number < pattern->number)
        return 1;
    return ow_pattern_differ(pattern, value, run);
}

static void describe_lt(const struct ow_pattern *pattern, struct ow_buf *text)
{
    ow_buf_printf(text, "less than %.15g", pattern->number);
}

const struct ow_pattern_ops ow_pattern_lt_ops = {test_lt, describe_lt};
