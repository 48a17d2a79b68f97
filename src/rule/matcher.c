/*
 * matcher: what the matchers share. See matcher.h.
 */
#include "config.h"

#include "rule/matcher.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"

static const struct ow_matcher_ops *const matchers[] = {
#define OW_MATCHER(key, early, type, help) &ow_match_##key##_ops,
#include "rule/matchers.def"
#undef OW_MATCHER
};

static const char *const keys[] = {
#define OW_MATCHER(key, early, type, help) #key,
#include "rule/matchers.def"
#undef OW_MATCHER
    NULL};

static const bool early_ones[] = {
#define OW_MATCHER(key, early, type, help) early,
#include "rule/matchers.def"
#undef OW_MATCHER
};

const struct ow_matcher_ops *ow_matcher_ops(enum ow_matcher_kind kind)
{
    return matchers[kind];
}

const char *const *ow_matcher_keys(void)
{
    return keys;
}

int ow_matcher_find(const char *key)
{
    for (int i = 0; keys[i]; i++)
        if (strcmp(keys[i], key) == 0)
            return i;
    return -1;
}

bool ow_matcher_is_early(enum ow_matcher_kind kind)
{
    return early_ones[kind];
}

int ow_matcher_parse_pattern(const struct ow_pattern_source *source,
                             const cJSON *node, void **ret, struct ow_err *err)
{
    struct ow_pattern *pattern =
        ow_arena_zalloc(source->arena, sizeof *pattern);

    if (!pattern)
        return -ENOMEM;
    *ret = pattern;
    return ow_pattern_parse(source, node, pattern, err);
}

int ow_matcher_test(const struct ow_pattern *pattern, const char *noun,
                    const struct ow_subject *value, struct ow_match_run *run)
{
    run->pattern.noun = noun;
    run->pattern.where = NULL;
    return ow_pattern_test(pattern, value, &run->pattern);
}

int ow_named_parse(const struct ow_pattern_source *source, const cJSON *node,
                   struct ow_named *ret, struct ow_err *err)
{
    const cJSON *member;
    size_t i = 0;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected an object of names and what they "
                              "have to be");
    ret->n = (size_t)cJSON_GetArraySize(node);
    ret->names = ow_arena_zalloc(source->arena, ret->n * sizeof *ret->names);
    ret->patterns =
        ow_arena_zalloc(source->arena, ret->n * sizeof *ret->patterns);
    if (!ret->names || !ret->patterns)
        return -ENOMEM;
    cJSON_ArrayForEach(member, node)
    {
        ret->names[i] =
            ow_arena_copy(source->arena, ow_str_from(member->string));
        if (!ret->names[i].ptr)
            return -ENOMEM;
        int r = ow_pattern_parse(source, member, &ret->patterns[i++], err);
        if (r < 0)
            return r;
    }
    return 0;
}

int ow_matcher_parse_named(const struct ow_pattern_source *source,
                           const cJSON *node, void **ret, struct ow_err *err)
{
    struct ow_named *named = ow_arena_zalloc(source->arena, sizeof *named);

    if (!named)
        return -ENOMEM;
    *ret = named;
    return ow_named_parse(source, node, named, err);
}

int ow_named_match(const struct ow_named *named, const char *noun,
                   ow_named_value_fn value, struct ow_match_run *run)
{
    for (size_t i = 0; i < named->n; i++) {
        struct ow_subject v;
        int r = value(run, named->names[i], &v);
        if (r < 0)
            return r;
        run->pattern.noun = noun;
        run->pattern.where = NULL;
        r = ow_pattern_test_part(&named->patterns[i], named->names[i], &v,
                                 &run->pattern);
        if (r == 0 && v.is_cut && run->pattern.reason)
            ow_buf_printf(run->pattern.reason,
                          " (of more than %d, the first %d are looked at)",
                          OW_LIMIT_PARAMS, OW_LIMIT_PARAMS);
        if (r <= 0)
            return r;
    }
    return 1;
}

static bool is_named(const struct ow_field *field, struct ow_str name,
                     bool with_case)
{
    return with_case ? ow_str_equal(field->name, name)
                     : ow_str_equal_case(field->name, name);
}

int ow_named_fields(const struct ow_fields *fields, struct ow_str name,
                    bool with_case, struct ow_arena *arena,
                    struct ow_subject *ret)
{
    struct ow_str only = {NULL, 0};
    size_t n = 0, i = 0;

    for (size_t j = 0; j < fields->n; j++) {
        if (is_named(&fields->items[j], name, with_case)) {
            only = fields->items[j].value;
            n++;
        }
    }
    *ret = ow_subject_text(only);
    ret->is_cut = n == 0 && fields->n >= OW_LIMIT_PARAMS;
    if (n < 2)
        return 0;
    struct ow_subject *items = ow_arena_alloc(arena, n * sizeof *items);
    if (!items)
        return -ENOMEM;
    for (size_t j = 0; j < fields->n; j++)
        if (is_named(&fields->items[j], name, with_case))
            items[i++] = ow_subject_text(fields->items[j].value);
    *ret = (struct ow_subject){.kind = OW_SUBJECT_LIST, .items = items, .n = n};
    return 0;
}
